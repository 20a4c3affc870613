"""Frozen copies of invented cases: one is composed by the product itself, the others say another person and loan.

So every copy opens and reads as a real one, but all show the same budget.
"""

from datetime import date
from decimal import Decimal

from tests.benchmark.lives import Life
from tests.benchmark.people import Borrower
from tests.benchmark.tenants import Tenant

from microcredit.cases.budget_codes import BudgetCode, Periodicity
from microcredit.cases.codes import Motive
from microcredit.cases.models import BudgetLine, Case
from microcredit.cases.services.diagnosis import Facts
from microcredit.people.codes import Civility, Employment, Family, Housing
from microcredit.people.models import Household, Person
from microcredit.submissions import copy


def model() -> dict[str, object]:
    """A copy as `send` would compose it; written by the product, so it follows when the copy changes."""
    case = Case(
        number="AAA-2026-0001", motive=Motive.MOBILITY.value, amount_cents=2_000_00, months=24,
        total_cost_cents=2_300_00, contribution_cents=300_00, purpose="car",
    )  # fmt: skip
    person = Person(
        civility=Civility.MADAM.value, last_name="Essai", first_names="Anne", phone="06 00 00 00 00",
        birth_date=date(1988, 5, 4), email="", address="1 rue des Essais",
    )  # fmt: skip
    household = Household(
        family=Family.SINGLE.value, adults=1, children=0, alternate_children=0, children_born=[],
        housing=Housing.SOCIAL_TENANT.value, employment=Employment.PERMANENT.value,
    )  # fmt: skip
    lines = [
        BudgetLine(
            rank=rank, code=code.value, amount_cents=cents, periodicity=Periodicity.MONTH.value,
            whose="applicant", confidence="declared", creditor="",
        )
        for rank, (code, cents) in enumerate(
            [(BudgetCode.SALARY, 1_150_00), (BudgetCode.HOUSING_AID, 180_00), (BudgetCode.RENT, 520_00),
             (BudgetCode.ENERGY, 95_00), (BudgetCode.PHONE, 35_00)], 1,
        )
    ]  # fmt: skip
    facts = Facts(case, person, household, lines, PROJECT, OPINION)
    return copy.compose(
        facts,
        commune="Fresnes-sur-Escaut",
        sent_by="Référente",
        terms="300 à 3 000 €, 2 %",
        annual_rate=Decimal("0.02"),
    )


PROJECT = (
    "Acheter une voiture d’occasion pour accepter un emploi à vingt kilomètres, sans bus le matin. "
    "Le devis du garage est joint ; l’assurance a été comparée avec la personne."
)
OPINION = (
    "Le budget tient avec la mensualité. Les factures sont à jour depuis six mois, le projet est "
    "préparé de longue date et la personne accepte d’être accompagnée."
)


def sealed_copy(
    tenant: Tenant, like: dict[str, object], number: str, who: Borrower, lived: Life
) -> tuple[bytes, str]:
    """The sealed copy of one case, and its hash."""
    written = copy.canonical(
        like
        | {
            "number": number,
            "civility": who.civility.label,
            "last_name": who.last_name,
            "first_names": who.first_names,
            "birth_date": who.birth_date.isoformat(),
            "phone": who.phone,
            "address": who.address,
            "amount_cents": lived.cents,
            "months": lived.months,
        }
    )
    sha256 = copy.digest(written)
    return tenant.seal(written, f"submission:{sha256}"), sha256
