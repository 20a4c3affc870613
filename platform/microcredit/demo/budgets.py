"""Budgets that hang together: what a household has left decides the rest, as it decided its request."""

from datetime import date, timedelta
from random import Random

from microcredit.cases.budget_codes import BudgetCode, Whose
from microcredit.cases.diagnosis_schemas import Line
from microcredit.demo.people import Somebody
from microcredit.people.codes import Employment, Housing

B = BudgetCode

#: What one lives from: its line, and between how many euros a month it usually is.
MAIN = {
    Employment.PERMANENT: (B.SALARY, 1080, 1560), Employment.PERMANENT_PART: (B.SALARY, 620, 980),
    Employment.FIXED_TERM: (B.SALARY, 880, 1340), Employment.TEMPORARY: (B.SALARY, 760, 1420),
    Employment.SUBSIDISED: (B.SALARY, 680, 960), Employment.APPRENTICE: (B.SALARY, 520, 900),
    Employment.SELF_EMPLOYED: (B.SELF_EMPLOYED, 600, 1300),
    Employment.JOB_SEEKER: (B.UNEMPLOYMENT, 640, 1090), Employment.MINIMUM: (B.RSA, 460, 780),
    Employment.RETIRED: (B.PENSION, 780, 1180), Employment.STUDENT: (B.YOUTH, 380, 560),
    Employment.OTHER: (B.DISABILITY, 720, 810),
}  # fmt: skip

#: What can be less or more, in this order, until the budget holds; with its least and most.
ELASTIC = ((B.RENT, 260, 660), (B.FUEL, 40, 190), (B.ENERGY, 40, 160), (B.OTHER_OUT, 0, 150))
PROOF = {B.SALARY: "proven", B.RENT: "proven", B.HOUSING_AID: "proven", B.RSA: "proven"}


def lines_of(
    random: Random, who: Somebody, instalment: int, left_per_day: int, until: date
) -> list[Line]:
    """The lines of a household that, with a loan of `instalment`, is left about `left_per_day` per person.

    All in euros, a month being thirty days. Income of a contract that ends does so after `until`.
    """
    euros = _charges(random, who)
    code, least, most = MAIN[who.employment]
    incomes = _aids(random, who, code)
    partner = random.randrange(480, 1080, 10) if who.adults == 2 else 0
    needed = (
        sum(euros.values()) + instalment + who.persons * 30 * left_per_day - sum(incomes.values())
    )
    main = max(least, min(most, _tens(needed - partner)))
    _stretch(euros, main + partner - needed)
    ends_on = until + timedelta(days=240) if who.employment is Employment.FIXED_TERM else None
    lines = [_line(code, main, ends_on=ends_on)]
    if partner:
        lines.append(_line(B.SALARY, partner, whose=Whose.PARTNER))
    return lines + [_line(one, amount) for one, amount in {**incomes, **euros}.items() if amount]


def _charges(random: Random, who: Somebody) -> dict[BudgetCode, int]:
    """Usual charges and, for two households in five, a credit; in euros."""
    many = who.persons
    rent = {Housing.HOSTED: 120, Housing.OWNER: 90, Housing.HOSTEL: 310}.get(who.housing)
    euros = {
        B.RENT: rent or random.randrange(330, 520, 10),
        B.ENERGY: random.randrange(55, 100, 5) + 8 * many // 5 * 5,
        B.WATER: 15 + 5 * many,
        B.INSURANCE: random.randrange(15, 35, 5),
        B.CAR_INSURANCE: random.choice((0, 35, 45, 55, 65)),
        B.HEALTH_COVER: random.choice((0, 0, 20, 35, 50)),
        B.PHONE: random.randrange(20, 60, 5),
        B.FUEL: random.randrange(50, 130, 10),
        B.CANTEEN: sum(random.randrange(20, 45, 5) for _ in who.children_born),
        B.OTHER_OUT: 0,
    }
    if random.random() < 0.4:
        euros[random.choice((B.REVOLVING, B.LOAN, B.OVERPAYMENT))] = random.randrange(30, 90, 5)
    return euros


def _aids(random: Random, who: Somebody, main: BudgetCode) -> dict[BudgetCode, int]:
    """Benefits beside the main income; in euros."""
    rents = who.housing in (Housing.SOCIAL_TENANT, Housing.PRIVATE_TENANT, Housing.HOSTEL)
    children = len(who.children_born)
    aids = {B.HOUSING_AID: random.randrange(180, 300, 10) + 30 * children if rents else 0}
    if main is B.SALARY:
        aids[B.ACTIVITY_BONUS] = random.choice((0, 90, 130, 180, 240))
    if children > 1:
        aids[B.FAMILY] = 130 + 165 * (children - 2)
    elif children and who.adults == 1:
        aids[B.FAMILY] = 100
    return aids


def _stretch(euros: dict[BudgetCode, int], spare: int) -> None:
    """Spread what the main income could not meet, more or less, over what is elastic."""
    for code, least, most in ELASTIC:
        wanted = _tens(euros[code] + spare)
        kept = max(min(least, euros[code]), min(max(most, euros[code]), wanted))
        spare -= kept - euros[code]
        euros[code] = kept


def _line(
    code: BudgetCode, euros: int, *, whose: Whose = Whose.APPLICANT, ends_on: date | None = None
) -> Line:
    return Line(
        str(code.value), euros * 100, "month", whose=str(whose.value), ends_on=ends_on,
        confidence=PROOF.get(code, "declared"),
        creditor="Crédit Exemple" if code in (B.LOAN, B.REVOLVING) else "",
        owed=euros * 100 * 14 if code in (B.LOAN, B.REVOLVING) else None,
    )  # fmt: skip


def _tens(euros: int) -> int:
    return (euros + 5) // 10 * 10
