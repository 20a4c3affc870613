"""Invented people: names made of syllables, households and budgets in the shares of the trade's own figures."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from random import Random

from microcredit.cases.budget_codes import BudgetCode, Periodicity
from microcredit.people.codes import Civility, Employment, Family, Housing

LAST = [
    "".join(parts)
    for parts in product(
        ("Bar", "Cor", "Del", "Fav", "Gar", "Hen", "Lam", "Mar", "Nor", "Pel", "Rou", "Sav", "Til", "Ver"),
        ("b", "d", "gn", "l", "m", "n", "t", "v"),
        ("ault", "eau", "el", "ert", "ier", "in", "on", "oy", "uez"),
    )
]  # fmt: skip
FIRST = {
    Civility.MADAM: ("Aïcha", "Chloé", "Delphine", "Émilie", "Fatou", "Inès", "Léa", "Maëlle", "Noémie", "Sandrine"),
    Civility.SIR: ("Adrien", "Bilal", "Cédric", "Éric", "Hugo", "Jérôme", "Karim", "Loïc", "Noël", "Yann"),
}  # fmt: skip

#: Years of age from, to, and their share.
AGES = ((18, 25, 12), (26, 35, 28), (36, 45, 26), (46, 55, 20), (56, 75, 14))

FAMILIES = {
    Family.SINGLE: 45, Family.SINGLE_PARENT: 28, Family.COUPLE_CHILDREN: 18, Family.COUPLE: 9,
}  # fmt: skip
EMPLOYMENTS = {
    Employment.PERMANENT: 22, Employment.FIXED_TERM: 13, Employment.TEMPORARY: 7,
    Employment.JOB_SEEKER: 20, Employment.MINIMUM: 30, Employment.RETIRED: 6, Employment.OTHER: 2,
}  # fmt: skip
HOUSINGS = {
    Housing.SOCIAL_TENANT: 52, Housing.PRIVATE_TENANT: 32, Housing.HOSTED: 9, Housing.BUYING: 7,
}  # fmt: skip

#: What a month brings and takes: code, euros from, euros to, and how many of 100 households have it.
LINES = (
    (BudgetCode.SALARY, 380, 1450, 60), (BudgetCode.RSA, 560, 650, 35),
    (BudgetCode.ACTIVITY_BONUS, 90, 320, 40), (BudgetCode.FAMILY, 75, 480, 45),
    (BudgetCode.HOUSING_AID, 120, 340, 75), (BudgetCode.RENT, 280, 640, 100),
    (BudgetCode.ENERGY, 55, 170, 95), (BudgetCode.WATER, 15, 60, 80),
    (BudgetCode.INSURANCE, 25, 95, 90), (BudgetCode.HEALTH_COVER, 0, 85, 60),
    (BudgetCode.PHONE, 15, 60, 98), (BudgetCode.FUEL, 40, 180, 70),
    (BudgetCode.LOAN, 30, 190, 30),
)  # fmt: skip


@dataclass(slots=True)
class Borrower:
    """Somebody who asks, with the household and the budget of her diagnosis."""

    civility: Civility
    last_name: str
    first_names: str
    birth_date: date
    phone: str
    address: str
    family: Family
    adults: int
    children: int
    housing: Housing
    employment: Employment
    budget: list[tuple[BudgetCode, int]]


def borrower(draw: Random, today: date) -> Borrower:
    """One person."""
    civility = Civility.MADAM if draw.random() < 0.55 else Civility.SIR
    least, most, _ = draw.choices(AGES, [share for _, _, share in AGES])[0]
    family = draw.choices(list(FAMILIES), list(FAMILIES.values()))[0]
    with_children = family in (Family.SINGLE_PARENT, Family.COUPLE_CHILDREN)
    return Borrower(
        civility=civility,
        last_name=draw.choice(LAST),
        first_names=draw.choice(FIRST[civility]),
        birth_date=today - timedelta(days=draw.randint(least * 365 + 5, most * 365)),
        phone=f"06 00 {draw.randint(10, 99)} {draw.randint(10, 99)} {draw.randint(10, 99)}",
        address=f"{draw.randint(1, 140)} rue des Essais",
        family=family,
        adults=2 if family in (Family.COUPLE, Family.COUPLE_CHILDREN) else 1,
        children=draw.randint(1, 4) if with_children else 0,
        housing=draw.choices(list(HOUSINGS), list(HOUSINGS.values()))[0],
        employment=draw.choices(list(EMPLOYMENTS), list(EMPLOYMENTS.values()))[0],
        budget=[
            (code, 100 * draw.randint(least, most) + 50)
            for code, least, most, share in LINES
            if draw.random() * 100 < share
        ]
        or [(BudgetCode.RSA, 600_00)],
    )


PERIODICITY = Periodicity.MONTH.value
