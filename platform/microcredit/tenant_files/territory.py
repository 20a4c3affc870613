"""What a tenant file says, typed: what the schemas read, and what is read back from the database.

In a file with faults a block lacks the keys that could not be read; in one without, none.
"""

from datetime import date
from decimal import Decimal
from typing import TypedDict

from microcredit.governance.codes import ThresholdCode


class Period(TypedDict, total=False):
    """Days from `valid_from`, up to and excluding `valid_to`."""

    valid_from: date
    valid_to: date | None


class Population(TypedDict, total=False):
    """See PopulationSchema."""

    valid_from: date
    inhabitants: int
    source: str


class Commune(TypedDict, total=False):
    """See CommuneSchema."""

    code: str
    name: str
    epci_siren: str
    epci_name: str
    populations: list[Population]


class Participation(Period, total=False):
    """See ParticipationSchema."""

    kind: str


class Organisation(TypedDict, total=False):
    """See OrganisationSchema."""

    name: str
    kind: str
    commune: str
    participations: list[Participation]


class Lead(Period, total=False):
    """See LeadSchema."""

    organisation: str


class Action(TypedDict, total=False):
    """See ActionSchema."""

    code: str
    name: str
    leads: list[Lead]


class Terms(Period, total=False):
    """See TermsSchema; amounts are cents."""

    min_amount: int
    max_amount: int
    min_months: int
    max_months: int
    annual_rate: Decimal
    answer_days: int
    source: str


class Funder(Period, total=False):
    """See FunderSchema."""

    name: str


class Bank(Funder, total=False):
    """See BankSchema."""

    terms: list[Terms]


class Provider(TypedDict, total=False):
    """See ProviderSchema; `secret` names a variable of the environment."""

    name: str
    organisation: str
    role: str
    issuer: str
    client_id: str
    secret: str
    profile: str
    admission: str
    domain: str
    siret: str
    requires_acr: list[str]
    requires_amr: list[str]


class Delays(TypedDict, total=False):
    """See DelaysSchema; `days` goes from a state to a number of days."""

    valid_from: date
    source: str
    days: dict[str, int | None]


class Thresholds(TypedDict, total=False):
    """See ThresholdsSchema; a threshold that is not defined is None. Amounts are cents, shares per cents."""

    valid_from: date
    source: str
    living_watch: int | None
    living_stop: int | None
    credit_share: int | None
    guarantee_share: int | None


class Territory(TypedDict, total=False):
    """See TerritorySchema."""

    name: str
    number_prefix: str
    communes: list[Commune]
    organisations: list[Organisation]
    actions: list[Action]
    banks: list[Bank]
    funders: list[Funder]
    providers: list[Provider]
    delays: list[Delays]
    thresholds: list[Thresholds]


def values_of(block: Thresholds) -> dict[str, int]:
    """Code → value of the thresholds that a block defines."""
    values = {
        ThresholdCode.LIVING_WATCH: block.get("living_watch"),
        ThresholdCode.LIVING_STOP: block.get("living_stop"),
        ThresholdCode.CREDIT_SHARE: block.get("credit_share"),
        ThresholdCode.GUARANTEE_SHARE: block.get("guarantee_share"),
    }
    return {str(code.value): value for code, value in values.items() if value is not None}
