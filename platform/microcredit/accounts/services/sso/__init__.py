"""Single sign-on: to a provider and back, believing nothing that was not checked."""

from microcredit.accounts.services.sso.errors import Refused
from microcredit.accounts.services.sso.exchange import Site
from microcredit.accounts.services.sso.flow import Begun, Proved, Returned, begin, finish
from microcredit.accounts.services.sso.leaving import Away, Home, leave
from microcredit.accounts.services.sso.settings import decide, organisations, save, switch
from microcredit.accounts.services.sso.states import Place, States

__all__ = (
    "Away",
    "Begun",
    "Home",
    "Place",
    "Proved",
    "Refused",
    "Returned",
    "Site",
    "States",
    "begin",
    "decide",
    "finish",
    "leave",
    "organisations",
    "save",
    "switch",
)
