"""The gate: the few static statements that know passwords, open sessions and change rights.

Only this folder uses the gate's login role, which can read no business table. One file per subject;
`Gate` is all of them.
"""

from microcredit.accounts.gate.departures import Departures, OpenWork, Review
from microcredit.accounts.gate.factors import PATIENCE, Factor, Factors
from microcredit.accounts.gate.forms import Forms, KeptForm
from microcredit.accounts.gate.invitations import Invitations, JoinRequest, Pending, Sent, Shown
from microcredit.accounts.gate.limits import Limits
from microcredit.accounts.gate.notes import Notes
from microcredit.accounts.gate.own import RESET_LIFETIME, Own, OwnSession
from microcredit.accounts.gate.provider_settings import ProviderSettings
from microcredit.accounts.gate.providers import Providers
from microcredit.accounts.gate.sessions import (
    IDLE,
    LIFETIME,
    Credentials,
    DemoAccount,
    PublicTenant,
    Sessions,
)

__all__ = (
    "IDLE",
    "LIFETIME",
    "PATIENCE",
    "RESET_LIFETIME",
    "Credentials",
    "DemoAccount",
    "Factor",
    "Gate",
    "JoinRequest",
    "KeptForm",
    "OpenWork",
    "OwnSession",
    "Pending",
    "PublicTenant",
    "Review",
    "Sent",
    "Shown",
)


class Gate(
    Sessions, Forms, Limits, Notes, Factors, Own, Invitations, Departures, Providers, ProviderSettings
):  # fmt: skip
    """The gate's functions of the database, each in a short transaction of its own."""
