"""Synthetic people, drawn from lists with a seed: the same demo on every machine, and nobody real."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TypeVar

from microcredit.people.codes import Employment, Family, Housing

T = TypeVar("T")

WOMEN = (
    "Sandrine", "Nadège", "Corinne", "Rachida", "Jeanne", "Laetitia", "Aurélie", "Fatiha", "Mélanie",
    "Virginie", "Sabrina", "Ludivine", "Ophélie", "Yamina", "Christelle", "Perrine", "Séverine",
    "Marie-Line", "Élodie", "Justine", "Pascale", "Malika", "Dorothée", "Coralie", "Gwendoline",
    "Brigitte", "Samira", "Noémie", "Cathy", "Priscilla", "Hakima", "Angélique", "Solène", "Vanessa",
)  # fmt: skip
MEN = (
    "Karim", "Alain", "Yanis", "Luc", "Serge", "Grégory", "Mickaël", "Sofiane", "Bruno", "Dylan",
    "Fabrice", "Kévin", "Rachid", "Thierry", "Loïc", "Hugo", "Cédric", "Jean-Marie", "Ludovic",
    "Farid", "Anthony", "Didier", "Steeve", "Maxence", "Abdel", "Gaëtan", "Willy", "Romuald",
    "Jordan", "Éric", "Mathieu", "Nordine", "Frédéric", "Tanguy",
)  # fmt: skip
NAMES = (
    "Delattre", "Poulain", "Wozniak", "Carlier", "Descamps", "Fauvel", "Benali", "Hornez", "Renaut",
    "Sobczak", "Lefèbvre", "Duhamel", "Mercier", "Kaczmarek", "Boulanger", "Vandamme", "Legrand",
    "Ouali", "Bernard", "Sénéchal", "Crépin", "Dhaussy", "Nowak", "Tison", "Moreau", "Amrani",
    "Cœurdoux", "Walczak", "Hénin", "Fontaine", "Delcourt", "Brassart", "Lemaire", "Lesage",
    "Bauduin", "Cuvelier", "Dubrulle", "Flament", "Gosselin", "Haddad", "Herbin", "Jakubiak",
    "Lecocq", "Lepoutre", "Macaire", "Marlière", "Mansouri", "Obert", "Pruvost", "Quéva",
    "Rigaut", "Szymanski", "Taquet", "Ultré", "Vasseur-Roy", "Wacheux", "Ziani", "Bouchart",
    "Caudrelier", "Dassonville", "Empis", "Fiévet", "Grandin", "Houzé", "Inglebert", "Kowalski",
    "Leclercq", "Martinache", "Noël", "Parent", "Quenneson", "Rouzé", "Stievenard", "Trinel",
)  # fmt: skip
STREETS = (
    "rue de l’Écluse", "rue Jean-Jaurès", "cité du Rivage", "rue du Moulin", "place Verte",
    "rue des Mineurs", "avenue de la Gare", "résidence du Parc", "rue Pasteur", "rue du Canal",
    "cité des Acacias", "rue de la Fosse", "allée des Tilleuls", "rue Victor-Hugo", "coron du Midi",
)  # fmt: skip

#: From the seeding figures of the trade: ages, families, what one lives from.
AGES = (((18, 25), 12), ((26, 35), 28), ((36, 45), 26), ((46, 55), 20), ((56, 72), 14))
FAMILIES = (
    (Family.SINGLE, 45), (Family.SINGLE_PARENT, 28), (Family.COUPLE_CHILDREN, 18), (Family.COUPLE, 9),
)  # fmt: skip
LIVINGS = (
    (Employment.PERMANENT, 12), (Employment.PERMANENT_PART, 10), (Employment.FIXED_TERM, 10),
    (Employment.TEMPORARY, 8), (Employment.SUBSIDISED, 4), (Employment.JOB_SEEKER, 20),
    (Employment.MINIMUM, 20), (Employment.OTHER, 9), (Employment.RETIRED, 5), (Employment.STUDENT, 2),
)  # fmt: skip
HOUSINGS = (
    (Housing.SOCIAL_TENANT, 50), (Housing.PRIVATE_TENANT, 33), (Housing.OWNER, 3),
    (Housing.BUYING, 3), (Housing.HOSTED, 9), (Housing.HOSTEL, 2),
)  # fmt: skip


@dataclass(frozen=True)
class Somebody:
    """A synthetic person and her household."""

    civility: str
    last_name: str
    first_names: str
    birth_date: date
    phone: str
    address: str
    family: Family
    children_born: list[int]
    housing: Housing
    employment: Employment
    ends_on: date | None = None

    @property
    def adults(self) -> int:
        """How many adults live there."""
        return 2 if self.family in (Family.COUPLE, Family.COUPLE_CHILDREN) else 1

    @property
    def persons(self) -> int:
        """How many people live there."""
        return self.adults + len(self.children_born)

    def age(self, year: int) -> int:
        """Age reached in a year."""
        return year - self.birth_date.year


class Crowd:
    """People, each name once, drawn one after the other."""

    def __init__(self, random: Random, known: Iterable[Somebody] = ()) -> None:
        self.random = random
        taken = {(who.first_names, who.last_name) for who in known}
        self._women, self._men = (
            random.sample(names, k=len(names))
            for names in (
                [(first, last) for first in firsts for last in NAMES if (first, last) not in taken]
                for firsts in (WOMEN, MEN)
            )
        )

    def one(self, year: int, ages: tuple[int, int] | None = None) -> Somebody:
        """The next person, adult in `year`, between `ages` when it is said."""
        random = self.random
        woman = random.random() < 0.55
        first, last = (self._women if woman else self._men).pop()
        low, high = ages or draw(random, AGES)
        age = random.randint(low, high)
        born = date(year - age, random.randint(1, 12), random.randint(1, 28))
        family = _family(random, age)
        return Somebody(
            civility="mme" if woman else "m",
            last_name=last,
            first_names=first,
            birth_date=born,
            phone=f"06 39 98 {random.randint(0, 99):02d} {random.randint(0, 99):02d}",
            address=f"{random.randint(1, 90)} {random.choice(STREETS)}",
            family=family,
            children_born=_children(random, family, age, year),
            housing=Housing.HOSTED if age < 21 else draw(random, HOUSINGS),
            employment=_employment(random, age),
        )


def draw(random: Random, weighted: tuple[tuple[T, int], ...]) -> T:
    """One of the values, by their weights."""
    values, weights = [value for value, _ in weighted], [weight for _, weight in weighted]
    return random.choices(values, weights=weights)[0]


def _family(random: Random, age: int) -> Family:
    family = draw(random, FAMILIES)
    if age < 20:
        return Family.SINGLE
    if age > 60:  # their children are grown up
        return Family.COUPLE if family is Family.COUPLE_CHILDREN else Family.SINGLE
    return family


def _children(random: Random, family: Family, age: int, year: int) -> list[int]:
    if family not in (Family.SINGLE_PARENT, Family.COUPLE_CHILDREN):
        return []
    oldest = max(1, min(17, age - 19))
    youngest = min(oldest, max(0, age - 44))
    many = random.choices((1, 2, 3, 4), weights=(42, 36, 17, 5))[0]
    return sorted(year - random.randint(youngest, oldest) for _ in range(many))


def _employment(random: Random, age: int) -> Employment:
    if age >= 62:
        return Employment.RETIRED
    while True:
        drawn = draw(random, LIVINGS)
        if drawn is Employment.RETIRED:
            continue
        # Studies are for the young; the RSA is not, before 25.
        if not (drawn is Employment.STUDENT and age > 26) and not (
            drawn is Employment.MINIMUM and age < 25
        ):
            return drawn
