"""Two territories as their tenant files say them, and who works where."""

from microcredit.kernel.permissions import Role

ALPHA, BETA, GAMMA = "59253", "59153", "59616"


def mission_locale(territory: str) -> str:
    """The name of the mission locale of a territory."""
    return f"Mission locale {territory}"


def tenant_file(
    name: str, prefix: str, communes: dict[str, tuple[str, str]], banks: list[str]
) -> str:
    """A tenant file with one CCAS per commune, as a human would write it."""
    text_ = f'name = "{name}"\nnumber_prefix = "{prefix}"\n'
    for code, (commune, _) in communes.items():
        text_ += f"""
[[communes]]
code = "{code}"
name = "{commune}"
populations = [{{ valid_from = 2012-01-01, inhabitants = 8000, source = "Recensement" }}]
"""
    for code, (_, ccas) in communes.items():
        text_ += f"""
[[organisations]]
kind = "ccas"
name = "{ccas}"
commune = "{code}"
participations = [
  {{ kind = "member", valid_from = 2012-01-01 }},
  {{ kind = "prescriber", valid_from = 2012-01-01 }},
]
"""
    text_ += f"""
[[organisations]]
kind = "mission_locale"
name = "{mission_locale(name)}"
participations = [
  {{ kind = "prescriber", valid_from = 2012-01-01 }},
]
"""
    lead = next(iter(communes.values()))[1]
    text_ += f"""
[[actions]]
code = "microcredit"
name = "Microcrédit personnel accompagné"
leads = [{{ organisation = "{lead}", valid_from = 2012-01-01 }}]
"""
    for bank in banks:
        text_ += f"""
[[banks]]
name = "{bank}"
valid_from = 2012-01-01

[[banks.terms]]
valid_from = 2012-01-01
min_amount = "300"
max_amount = "3000"
min_months = 6
max_months = 36
annual_rate = "2 %"
answer_days = 10
source = "Convention"
"""
    text_ += """
[[funders]]
name = "Fonds d’appui"
valid_from = 2012-01-01

[[delays]]
valid_from = 2012-01-01
source = "Commission"

[delays.days]
contact = 14
appointment = 21
diagnosis = 21
awaiting_documents = 30
ready = 5
local_review = 15
sent_to_bank = 10
bank_info_requested = 15
adjourned = 30
bank_refused = 14
bank_counter_offer = 10
approved = 14
offer_signed = 21
bank_copy = 90

[[thresholds]]
valid_from = 2012-01-01
source = "Commission"
living_watch = "9 €"
living_stop = "6 €"
credit_share = "33 %"
guarantee_share = "50 %"
"""
    return text_


NORTH = {ALPHA: ("Fresnes-sur-Escaut", "CCAS Alpha"), BETA: ("Condé-sur-l’Escaut", "CCAS Beta")}
SOUTH = {GAMMA: ("Vieux-Condé", "CCAS Gamma")}

TROUPE: dict[str, dict[str, list[tuple[Role, str]]]] = {
    "north": {
        "nadia": [(Role.CASE_WORKER, "CCAS Alpha")],
        "farid": [(Role.FRONT_DESK, "CCAS Alpha")],
        "bea": [(Role.FRONT_DESK, "CCAS Beta")],
        "diane": [(Role.CCAS_DIRECTOR, "CCAS Alpha")],
        "denis": [(Role.CCAS_DIRECTOR, "CCAS Beta")],
        "carole": [(Role.COORDINATOR, "CCAS Alpha")],
        "elie": [(Role.ELECTED_MEMBER, "CCAS Alpha")],
        "fanny": [(Role.FUNDER_VIEWER, "Fonds d’appui")],
        "boris": [(Role.BANK_OFFICER, "Banque Une")],
        "bella": [(Role.BANK_OFFICER, "Banque Deux")],
        "tania": [(Role.TENANT_ADMIN, "CCAS Alpha")],
        "delphine": [(Role.DPO, "CCAS Alpha")],
        "manon": [(Role.PRESCRIBER_ADVISER, "Mission locale Nord")],
        "mathis": [(Role.PRESCRIBER_ADVISER, "Mission locale Nord")],
        "yves": [(Role.CASE_WORKER, "CCAS Alpha"), (Role.FRONT_DESK, "CCAS Beta")],
    },
    "south": {
        "lucie": [(Role.CASE_WORKER, "CCAS Gamma")],
        "flora": [(Role.FRONT_DESK, "CCAS Gamma")],
        "dora": [(Role.CCAS_DIRECTOR, "CCAS Gamma")],
        "colin": [(Role.COORDINATOR, "CCAS Gamma")],
        "elsa": [(Role.ELECTED_MEMBER, "CCAS Gamma")],
        "basil": [(Role.BANK_OFFICER, "Banque du Sud")],
        "theo": [(Role.TENANT_ADMIN, "CCAS Gamma")],
        "melanie": [(Role.PRESCRIBER_ADVISER, "Mission locale Sud")],
    },
}
