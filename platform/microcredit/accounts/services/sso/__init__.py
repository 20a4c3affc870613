"""Single sign-on: to a provider and back, believing nothing that was not checked."""

from microcredit.accounts.services.sso.errors import Refused
from microcredit.accounts.services.sso.flow import Begun, Returned, begin, finish
from microcredit.accounts.services.sso.settings import decide, organisations, save, switch

__all__ = (
    "Begun",
    "Refused",
    "Returned",
    "begin",
    "decide",
    "finish",
    "organisations",
    "save",
    "switch",
)
