"""Synthetic people, drawn from lists with a seed: the same demo on every machine, and nobody real."""

from dataclasses import dataclass
from datetime import date
from random import Random

from microcredit.cases.budget_codes import BudgetCode
from microcredit.cases.codes import Motive
from microcredit.people.codes import Employment, Family, Housing

WOMEN = (
    "Sandrine", "Nadège", "Corinne", "Rachida", "Jeanne", "Laetitia", "Aurélie", "Fatiha", "Mélanie",
    "Virginie", "Sabrina", "Ludivine", "Ophélie", "Yamina", "Christelle", "Perrine",
)  # fmt: skip
MEN = (
    "Karim", "Alain", "Yanis", "Luc", "Serge", "Grégory", "Mickaël", "Sofiane", "Bruno", "Dylan",
    "Fabrice", "Kévin", "Rachid", "Thierry", "Loïc", "Hugo",
)  # fmt: skip
NAMES = (
    "Lenoir", "Delattre", "Poulain", "Wozniak", "Carlier", "Petit", "Descamps", "Fauvel", "Benali",
    "Hornez", "Renaut", "Sobczak", "Lefèbvre", "Duhamel", "Mercier", "Kaczmarek", "Boulanger",
    "Vandamme", "Legrand", "Ouali", "Bernard", "Sénéchal", "Crépin", "Dhaussy", "Nowak", "Tison",
    "Moreau", "Amrani", "Cœurdoux", "Walczak", "Hénin", "Fontaine", "Delcourt", "Brassart", "Lemaire",
)  # fmt: skip
STREETS = (
    "rue de l’Écluse", "rue Jean-Jaurès", "cité du Rivage", "rue du Moulin", "place Verte",
    "rue des Mineurs", "avenue de la Gare", "résidence du Parc", "rue Pasteur",
)  # fmt: skip

PROJECTS = {
    Motive.MOBILITY: (
        ("Acheter une voiture d’occasion pour prendre un poste aux horaires décalés.", 3200, 2500, 36),
        ("Remplacer l’embrayage : sans voiture, le poste de 5 h est inaccessible en car.", 1650, 1500, 18),
        ("Passer le permis B et acheter un scooter pour l’alternance.", 1600, 1400, 24),
        ("Réparer la voiture avant le contrôle technique, trajet domicile-travail de 18 km.", 1050, 900, 12),
        ("Acheter une voiture pour garder un remplacement à l’hôpital.", 3000, 3000, 36),
    ),
    Motive.HOUSING: (
        ("Lave-linge et lit d’enfant après un déménagement.", 750, 650, 12),
        ("Dépôt de garantie et camion pour un logement plus petit.", 1250, 1100, 24),
    ),
    Motive.TRAINING: (("Frais d’examen et matériel pour le CAP cuisine.", 900, 800, 18),),
    Motive.HEALTH: (("Lunettes, part restant à payer.", 620, 500, 10),),
    Motive.FAMILY: (("Frais d’obsèques, part restant à payer.", 1500, 1200, 24),),
}  # fmt: skip

OPINIONS = (
    "Budget tenu, aucun rejet sur les trois derniers relevés. Le prêt garde l’emploi. Suivi standard.",
    "Reste juste mais régulier ; le crédit en cours s’achève bientôt. Suivi renforcé la première année.",
    "Projet précis, devis comparés, paiement direct au vendeur. Avis favorable.",
    "Ressources modestes et stables, charges maîtrisées. La mensualité tient. Avis favorable.",
)  # fmt: skip


@dataclass(frozen=True)
class Somebody:
    """A synthetic person with a project and a budget."""

    civility: str
    last_name: str
    first_names: str
    birth_date: date
    phone: str
    address: str
    family: Family
    children: int
    housing: Housing
    employment: Employment
    motive: Motive
    project: str
    total_cost: int
    amount: int
    months: int
    opinion: str
    budget: dict[BudgetCode, int]


def crowd(seed: int, number: int, year: int) -> list[Somebody]:
    """`number` people, the same for the same seed; amounts in cents; adults in `year`."""
    random = Random(seed)
    names = random.sample(NAMES, k=min(number, len(NAMES)))
    return [_one(random, names[place % len(names)], year) for place in range(number)]


def _one(random: Random, last_name: str, year: int) -> Somebody:
    woman = random.random() < 0.55
    motive = random.choices(list(PROJECTS), weights=(75, 13, 5, 4, 3))[0]
    project, cost, amount, months = random.choice(PROJECTS[motive])
    family = random.choices(list(Family), weights=(45, 28, 9, 16, 2))[0]
    children = (
        random.randint(1, 3) if family in (Family.SINGLE_PARENT, Family.COUPLE_CHILDREN) else 0
    )
    employment = random.choice(
        (Employment.PERMANENT, Employment.PERMANENT_PART, Employment.TEMPORARY, Employment.JOB_SEEKER,
         Employment.MINIMUM, Employment.RETIRED)
    )  # fmt: skip
    return Somebody(
        civility="mme" if woman else "m",
        last_name=last_name,
        first_names=random.choice(WOMEN if woman else MEN),
        birth_date=date(
            year - random.randint(20, 64), random.randint(1, 12), random.randint(1, 28)
        ),
        phone=f"06 39 98 {random.randint(0, 99):02d} {random.randint(0, 99):02d}",
        address=f"{random.randint(1, 90)} {random.choice(STREETS)}",
        family=family,
        children=children,
        housing=random.choices(list(Housing), weights=(45, 35, 3, 4, 10, 2, 1))[0],
        employment=employment,
        motive=motive,
        project=project,
        total_cost=cost * 100,
        amount=amount * 100,
        months=months,
        opinion=random.choice(OPINIONS),
        budget=_budget(random, employment, children),
    )


def _budget(random: Random, employment: Employment, children: int) -> dict[BudgetCode, int]:
    main = {
        Employment.PERMANENT: (BudgetCode.SALARY, 1310), Employment.PERMANENT_PART: (BudgetCode.SALARY, 890),
        Employment.TEMPORARY: (BudgetCode.SALARY, 1120), Employment.JOB_SEEKER: (BudgetCode.UNEMPLOYMENT, 920),
        Employment.MINIMUM: (BudgetCode.RSA, 640), Employment.RETIRED: (BudgetCode.PENSION, 980),
    }[employment]  # fmt: skip
    euros = {
        main[0]: main[1] + random.randrange(0, 160, 10),
        BudgetCode.HOUSING_AID: random.randrange(140, 290, 10),
        BudgetCode.RENT: random.randrange(380, 560, 10),
        BudgetCode.ENERGY: random.randrange(80, 140, 5),
        BudgetCode.WATER: random.randrange(20, 45, 5),
        BudgetCode.INSURANCE: random.randrange(45, 95, 5),
        BudgetCode.PHONE: random.randrange(30, 60, 5),
        BudgetCode.FUEL: random.randrange(60, 140, 10),
    }
    if employment in (Employment.PERMANENT_PART, Employment.TEMPORARY):
        euros[BudgetCode.ACTIVITY_BONUS] = random.randrange(90, 280, 10)
    if children:
        euros[BudgetCode.FAMILY] = 130 * children
        euros[BudgetCode.CHILDCARE] = random.randrange(30, 80, 5)
    if random.random() < 0.4:
        euros[BudgetCode.REVOLVING] = random.randrange(30, 80, 5)
    return {code: amount * 100 for code, amount in euros.items()}
