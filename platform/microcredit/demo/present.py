"""What is on the desks at the end of the story: open files by hand, so that every state can be seen.

A route is a sentence of acts, each with how many days before the end it took place, and « for » the day
it names: « contact 21, meet 20 for 0 » asked three weeks ago and comes today; a negative number of days
is still to come.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle

from microcredit.cases.budget_codes import BudgetCode, Confidence
from microcredit.cases.codes import Channel, Motive, OrientationResult, OrientationTarget, Purpose
from microcredit.cases.diagnosis_schemas import Line
from microcredit.cases.services.referral import ADULT
from microcredit.demo.people import Crowd, Somebody
from microcredit.demo.projects import FAVOURABLE, PROJECTS
from microcredit.demo.tale import Fate, Help, Tale, What
from microcredit.mathematics.dates import is_working_day
from microcredit.people.codes import Employment, Family, Housing
from microcredit.people.services import age

MOTIVES = {
    Purpose.CAR: Motive.MOBILITY, Purpose.REPAIR: Motive.MOBILITY, Purpose.LICENCE: Motive.MOBILITY,
    Purpose.TWO_WHEELS: Motive.MOBILITY, Purpose.APPLIANCES: Motive.HOUSING,
    Purpose.MOVING: Motive.HOUSING, Purpose.WORKS: Motive.HOUSING,
    Purpose.TRAINING_FEE: Motive.TRAINING, Purpose.CARE: Motive.HEALTH, Purpose.OTHER: Motive.OTHER,
}  # fmt: skip

FICP, YOUNG = "ficp", "young"
LENOIR, PETIT, TIGHT = "lenoir", "petit", "tight"


@dataclass(frozen=True)
class File:
    """One open file: its route, what it is for, euros and months; `note` says what is special."""

    route: str
    purpose: Purpose
    euros: int
    months: int
    note: str = ""


#: Pays de Condé, first quarter of 2016, in order of contact: PC-2016-0001 to 0024.
CONDE = (
    File("contact 86, meet 85 for 77, diagnose 77, complete 66, send 65, refuse 13", Purpose.CAR, 2600, 36, FICP),
    File("contact 84, meet 83 for 73, diagnose 73, complete 63, send 62, grant 20, sign 6", Purpose.CAR, 3000, 36),
    File("contact 79, meet 79 for 72, diagnose 72, complete 55, send 52, grant 10", Purpose.REPAIR, 950, 12),
    File("contact 77, meet 76 for 70, diagnose 70, complete 52, send 50, counter 7", Purpose.CAR, 3000, 36),
    File("contact 72, meet 72 for 65, diagnose 65, complete 50, send 49, grant 2", Purpose.LICENCE, 1500, 24),
    File("contact 70, meet 69 for 62, diagnose 62, complete 45, send 43, adjourn 8 for -12", Purpose.CAR, 2400, 36),
    File("contact 65, meet 64 for 58, diagnose 58, complete 36, send 35, ask_items 9 for -8", Purpose.WORKS, 1800, 30),
    File("contact 63, meet 62 for 56, diagnose 56, complete 30, send 17", Purpose.CAR, 2500, 36),
    File("contact 58, meet 57 for 50, diagnose 50, complete 16, ask_review 8", Purpose.TRAINING_FEE, 1200, 18),
    File("contact 56, meet 56 for 49, diagnose 49, complete 36, send 35, grant 9, sign 1", Purpose.CAR, 2800, 36),
    File("contact 51, meet 50 for 43, diagnose 43, complete 15, send 9", Purpose.REPAIR, 1100, 15),
    File("contact 49, meet 48 for 42, diagnose 42, complete 7, send 2", Purpose.CAR, 2300, 30),
    File("contact 44, meet 44 for 37, diagnose 37, await 36", Purpose.APPLIANCES, 600, 12),
    File("contact 42, meet 41 for 36, diagnose 36, complete 10", Purpose.CAR, 2700, 36),
    File("contact 37, meet 36 for 28, diagnose 28", Purpose.MOVING, 1000, 18),
    File("contact 35, meet 34 for 27, diagnose 27, complete 1", Purpose.REPAIR, 1400, 24, TIGHT),
    File("contact 30, meet 29 for 21, diagnose 21, await 7", Purpose.TWO_WHEELS, 1300, 24, YOUNG),
    File("contact 28, meet 27 for 14, diagnose 14", Purpose.CAR, 2500, 36, LENOIR),
    File("contact 23, meet 22 for 0", Purpose.LICENCE, 1600, 24, YOUNG),
    File("contact 21, meet 20 for 0", Purpose.CARE, 700, 12),
    File("contact 17, meet 16 for 2, diagnose 2", Purpose.LICENCE, 1400, 24, PETIT),
    File("contact 16", Purpose.CAR, 2900, 36, YOUNG),
    File("contact 9, meet 8 for -4", Purpose.TWO_WHEELS, 1100, 18, YOUNG),
    File("contact 2", Purpose.APPLIANCES, 500, 10, "anonymous"),
)  # fmt: skip

#: Ternois, at today's caps: loans that run, some late, some on their way, some elsewhere.
TERNOIS = (
    File("contact 240, meet 239 for 231, diagnose 231, complete 219, send 217, grant 206, sign 199, disburse 187,"
         " follow_up 155, follow_up 94, follow_up 1", Purpose.CAR, 6500, 60),
    File("contact 210, meet 209 for 203, diagnose 203, complete 192, send 190, grant 178, sign 171, disburse 159,"
         " follow_up 127, follow_up 65", Purpose.CAR, 5200, 48),
    File("contact 180, meet 179 for 171, diagnose 171, complete 160, send 157, refuse 146,"
         " redirect 139, results 44",
         Purpose.CAR, 7800, 84, FICP),
    File("contact 150, meet 149 for 142, diagnose 142, complete 131, send 129, grant 117, sign 110, disburse 97,"
         " follow_up 65, follow_up 2", Purpose.REPAIR, 1900, 24),
    File("contact 120, meet 119 for 112, diagnose 112, complete 101, send 99, grant 88, sign 81, disburse 68,"
         " follow_up 36", Purpose.LICENCE, 1700, 24),
    File("contact 70, meet 69 for 62, diagnose 62, complete 50, send 48, grant 37, sign 30, disburse 17",
         Purpose.CAR, 8000, 84),
    File("contact 60, meet 59 for 52, diagnose 52, complete 40, send 38, grant 4", Purpose.CAR, 4300, 48),
    File("contact 52, meet 51 for 44, diagnose 44, complete 33, send 18", Purpose.WORKS, 3600, 48),
    File("contact 40, meet 39 for 30, diagnose 30, complete 8", Purpose.CAR, 5600, 60),
    File("contact 30, meet 29 for 23, diagnose 23, await 21", Purpose.APPLIANCES, 800, 18),
    File("contact 26, meet 25 for 16, diagnose 16", Purpose.MOVING, 1100, 18),
    File("contact 18", Purpose.CAR, 6200, 72),
    File("contact 15, meet 8 for 0", Purpose.LICENCE, 1800, 30, YOUNG),
    File("contact 11, meet 4 for -2", Purpose.TWO_WHEELS, 1300, 24),
    File("contact 2", Purpose.REPAIR, 1200, 18, "anonymous"),
)  # fmt: skip


def open_files(
    files: tuple[File, ...], communes: list[str], end: date, since: date, crowd: Crowd
) -> list[Tale]:
    """The files as tales that end on `end`, commune after commune; none begins before `since`."""
    tales = [
        _tale(crowd, one, code, end) for one, code in zip(files, cycle(communes), strict=False)
    ]
    return [tale for tale in tales if tale.contact_on >= since]


def _tale(crowd: Crowd, file: File, commune: str, end: date) -> Tale:
    random = crowd.random
    young = file.note in (YOUNG, PETIT)
    channel = random.choice((Channel.DESK, Channel.PHONE, Channel.OUTREACH, Channel.PARTNER))
    tale = Tale(
        Fate.OPEN, _who(crowd, file, end), commune,
        Channel.MISSION_LOCALE if young else channel, MOTIVES[file.purpose], file.purpose,
        file.euros * 100, file.months, end, file.note if file.note == FICP else "",
        anonymous=file.note == "anonymous", opinion=random.choice(FAVOURABLE),
        project=random.choice(PROJECTS[file.purpose].sentences),
    )  # fmt: skip
    for words in file.route.split(", "):
        what, ago, *until = words.split()
        named = _day(end, int(until[1])) if until else None
        tale.then(_day(end, int(ago)), What[what.upper()], until=named)
    tale.contact_on = tale.steps[0].on
    if "redirect" in file.route:
        tale.fate = Fate.REFUSED
        tale.helps = [
            Help(OrientationTarget.OVERINDEBTEDNESS, OrientationResult.OBTAINED),
            Help(OrientationTarget.CCAS_AID, OrientationResult.OBTAINED, 250_00),
        ]
    tale.lent, tale.lent_months = tale.amount - 50_000, tale.months
    _special(tale, file.note)
    return tale


def _day(end: date, ago: int) -> date:
    """A working day: the one before for the past, the one after for what is still to come."""
    day, pace = end - timedelta(days=ago), timedelta(days=1 if ago < 0 else -1)
    while ago and not is_working_day(day):
        day += pace
    return day


def _who(crowd: Crowd, file: File, end: date) -> Somebody:
    somebody = crowd.one(end.year, (18, 24) if file.note == YOUNG else (28, 58))
    if age(somebody.birth_date, end - timedelta(days=60)) < ADULT:  # nobody refers a minor
        somebody = replace(
            somebody, birth_date=somebody.birth_date.replace(year=end.year - ADULT - 1, day=1)
        )
    if file.note == LENOIR:
        return replace(
            somebody, civility="mme", last_name="Lenoir", first_names="Sandrine",
            birth_date=date(1981, 11, 17), family=Family.SINGLE_PARENT,
            children_born=[end.year - 8], housing=Housing.SOCIAL_TENANT,
            employment=Employment.FIXED_TERM,
        )  # fmt: skip
    if file.note == PETIT:
        return replace(
            somebody, civility="m", last_name="Petit", first_names="Dylan",
            birth_date=date(1993, 9, 8), family=Family.SINGLE, children_born=[],
            housing=Housing.HOSTED, employment=Employment.STUDENT,
        )  # fmt: skip
    return somebody


def _special(tale: Tale, note: str) -> None:
    """What the four files that people come back to say in their own words."""
    if note == LENOIR:
        tale.lines = lenoir()
        tale.project = "Acheter une voiture d’occasion : le CDD est à Onnaing, en équipe du matin."
        tale.opinion = "Contrat renouvelé deux fois. Le budget tient, sans rejet depuis un an."
    elif note == PETIT:
        tale.project = (
            "Passer le permis et acheter un scooter pour rejoindre les missions proposées."
        )
        tale.opinion = ""
    elif note == TIGHT:
        tale.reason = "rav_too_low"
        tale.opinion = (
            "Reste à vivre sous le seuil, et avis favorable : le crédit à 60 € s’achève dans deux mois,"
            " la réparation garde le CDI, et la mensualité est au plus bas. Suivi renforcé."
        )


def lenoir() -> list[Line]:
    """The budget of the worked example: 1 570 € come in, 980 € go out, 60 € are owed each month."""
    b = BudgetCode
    euros = (
        (b.SALARY, 1050), (b.ACTIVITY_BONUS, 280), (b.HOUSING_AID, 240), (b.RENT, 520),
        (b.ENERGY, 110), (b.WATER, 30), (b.INSURANCE, 20), (b.CAR_INSURANCE, 55),
        (b.HEALTH_COVER, 20), (b.PHONE, 45), (b.FUEL, 120), (b.CANTEEN, 60), (b.REVOLVING, 60),
    )  # fmt: skip
    proven = str(Confidence.PROVEN.value)
    return [
        Line(
            str(code.value), amount * 100, "month", confidence=proven,
            ends_on=date(2016, 12, 31) if code is b.SALARY else None,
        )
        for code, amount in euros
    ]  # fmt: skip
