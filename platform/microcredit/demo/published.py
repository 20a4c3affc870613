"""The founding territory as it was published, in tables: what the demo shows on 31 March 2016.

Each table says how many; which request gets which line of it is decided in `plan`, by a seed. Nothing
here is stored: the product counts rows, and a test counts them again.
"""

from dataclasses import dataclass
from datetime import date

from microcredit.cases.codes import (
    CloseReason,
    DeclineReason,
    Motive,
    OrientationTarget,
    Purpose,
    RedirectReason,
)
from microcredit.submissions.codes import RefusalReason

#: The day on which the figures hold.
END = date(2016, 3, 31)


@dataclass(frozen=True)
class Year:
    """The requests first noted in one year, and what became of them."""

    requests: int
    sent: int
    refused: int
    accepted: int
    loans: int


YEARS = {
    2012: Year(98, 25, 4, 21, 20),
    2013: Year(126, 44, 9, 35, 34),
    2014: Year(134, 54, 15, 39, 38),
    2015: Year(139, 63, 22, 41, 40),
}

#: By commune: all requests, and the loans among them.
COMMUNES = {
    "59253": (128, 32),  # Fresnes-sur-Escaut
    "59153": (150, 41),  # Condé-sur-l’Escaut
    "59207": (61, 17),  # Escautpont
    "59616": (158, 42),  # Vieux-Condé
}

#: Before a diagnosis: another answer was better (73), or nobody came (29).
TURNED_AWAY = {
    RedirectReason.OBJECT_EXCLUDED: 31,
    RedirectReason.BETTER_AID: 24,
    RedirectReason.NO_CAPACITY: 12,
    RedirectReason.NOT_RESIDENT: 6,
}
NO_SHOW = 29

#: After the diagnosis: sent elsewhere (95), or given up (38).
REDIRECTED = {RedirectReason.RAV_TOO_LOW: 61, RedirectReason.OVERINDEBTED: 34}
GAVE_UP = {CloseReason.CHANGED_MIND: 21, CloseReason.FOUND_OTHER: 17}

#: Instructed and not presented: declared complete (48), or papers that never came (28).
DECLINED = {
    DeclineReason.RAV_TOO_LOW: 17,
    DeclineReason.DEFICIT: 11,
    DeclineReason.UNSTABLE: 8,
    DeclineReason.NOT_VIABLE: 7,
    DeclineReason.NO_FOLLOW_UP: 3,
    DeclineReason.OVERINDEBTED: 2,
}
MISSING_PAPERS = 28

#: Refused by the bank, then sent elsewhere.
REFUSED = {
    RefusalReason.BUDGET: 22,
    RefusalReason.FICP: 9,
    RefusalReason.FCC: 3,
    RefusalReason.ACCOUNT_INCIDENTS: 7,
    RefusalReason.INCOME: 5,
    RefusalReason.OTHER: 4,
}

#: Accepted by the bank and never paid out: withdrawn within fourteen days, or dropped before signing.
WITHDREW = 2
DROPPED = {CloseReason.PROJECT_GONE: 1, CloseReason.FOUND_OTHER: 1}

#: What the 132 loans pay.
LENT_FOR = {
    (Motive.MOBILITY, Purpose.CAR): 62,
    (Motive.MOBILITY, Purpose.REPAIR): 25,
    (Motive.MOBILITY, Purpose.LICENCE): 8,
    (Motive.MOBILITY, Purpose.TWO_WHEELS): 4,
    (Motive.HOUSING, Purpose.APPLIANCES): 8,
    (Motive.HOUSING, Purpose.MOVING): 6,
    (Motive.HOUSING, Purpose.WORKS): 3,
    (Motive.TRAINING, Purpose.TRAINING_FEE): 6,
    (Motive.HEALTH, Purpose.CARE): 5,
    (Motive.FAMILY, Purpose.FUNERAL): 3,
    (Motive.OTHER, Purpose.OTHER): 2,
}


@dataclass(frozen=True)
class Band:
    """Loans of some euros, both bounds included, with their mean; `given` are among them."""

    least: int
    most: int
    count: int
    mean: int
    given: tuple[int, ...] = ()


#: 2 500 € is the loan whose guarantee is called; the two others keep the mean of its band.
AMOUNTS = (
    Band(300, 999, 18, 650),
    Band(1000, 1499, 24, 1200),
    Band(1500, 1999, 21, 1700),
    Band(2000, 2499, 23, 2200),
    Band(2500, 2999, 18, 2750, (2500, 2870, 2880)),
    Band(3000, 3000, 28, 3000),
)
LENT_EUROS = 260_300

#: How many loans last so many months, and which durations of the band are usual.
DURATIONS = {
    (6, 12): (10, (6, 8, 10, 12, 12)),
    (13, 18): (14, (15, 18, 18)),
    (19, 24): (28, (20, 24, 24, 24)),
    (25, 30): (22, (28, 30, 30)),
    (31, 36): (58, (36, 36, 36, 33)),
}

#: Where the 132 loans stand: settled by their schedule, or before it; the four incidents; the others.
SETTLED, SETTLED_EARLY, ON_TIME = 51, 6, 71
INCIDENTS = 4

#: The loan whose guarantee is called: euros, months, first instalment that was not paid.
CALLED = (2500, 36, 19)

#: Other helps: how many were proposed, how many obtained, and for how many euros in all.
ORIENTATIONS = {
    OrientationTarget.OVERINDEBTEDNESS: (43, 20, 0),
    OrientationTarget.BUDGET_POINT: (28, 12, 0),
    OrientationTarget.HOUSING_FUND: (48, 24, 12_600),
    OrientationTarget.CAF_LOAN: (24, 10, 6_000),
    OrientationTarget.CAF_AID: (38, 18, 6_300),
    OrientationTarget.CCAS_AID: (66, 34, 8_840),
    OrientationTarget.FRANCE_TRAVAIL: (39, 12, 5_400),
    OrientationTarget.RIGHTS: (58, 26, 18_200),
    OrientationTarget.MISSION_LOCALE: (24, 8, 3_200),
    OrientationTarget.DISABILITY: (5, 1, 900),
    OrientationTarget.ACTION_LOGEMENT: (6, 2, 1_200),
    OrientationTarget.CPAM: (8, 2, 620),
    OrientationTarget.PENSION_FUND: (5, 1, 340),
    OrientationTarget.GARAGE: (9, 1, 300),
    OrientationTarget.FRAGILE_OFFER: (4, 0, 0),
    OrientationTarget.ADIE: (3, 0, 0),
    OrientationTarget.LEGAL_HELP: (2, 0, 0),
    OrientationTarget.CLASSIC_CREDIT: (2, 0, 0),
}

#: How many persons whose request was closed without redirection were sent to another help all the
#: same: everybody who gave up, and some of those who did not come.
ORIENTED_NO_SHOWS = 12
