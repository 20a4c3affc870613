"""What an organisation is, and what it is to the grouping."""

from microcredit.kernel.codes import Labelled


class OrganisationKind(Labelled):
    """The kind of an organisation."""

    CCAS = "ccas", "CCAS"
    COMMUNE = "commune", "commune sans CCAS"
    MISSION_LOCALE = "mission_locale", "mission locale"
    ASSOCIATION = "association", "association"
    BANK = "bank", "banque"
    FUNDER = "funder", "financeur"


class ParticipationKind(Labelled):
    """What an organisation does in the grouping, for as long as its dates say."""

    MEMBER = "member", "membre"
    PRESCRIBER = "prescriber", "prescripteur"
    LENDER = "lender", "banque partenaire"
    FUNDER = "funder", "financeur"
