"""Who asked when, and how far each request went: the published years, request by request.

The tables are met exactly or not at all: a seeded shuffle gives out their lines, and `check` raises
when a table and the story disagree.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from microcredit.cases.codes import Channel, DeclineReason
from microcredit.demo import published
from microcredit.demo.helping import send_on
from microcredit.demo.lending import QuotasDisagree, lend
from microcredit.demo.people import Crowd, draw
from microcredit.demo.projects import ASKED_FOR, DOUBTFUL, FAVOURABLE, PROJECTS
from microcredit.demo.published import END
from microcredit.demo.repaying import repay
from microcredit.demo.routes import route
from microcredit.demo.tale import Fate, Tale, What
from microcredit.kernel.codes import Labelled
from microcredit.mathematics.dates import is_working_day

R = TypeVar("R", bound=Labelled)

SEED = 2016
OPENED = date(2012, 3, 5)
VIEUX_CONDE = "59616"

CHANNELS = (
    (Channel.DESK, 48), (Channel.PHONE, 22), (Channel.OUTREACH, 16), (Channel.PARTNER, 10), (Channel.WEB, 4),
)  # fmt: skip

LENT = (Fate.LENT, Fate.WITHDREW, Fate.DROPPED)


@dataclass(frozen=True)
class Way:
    """How a request ends, and the code of why."""

    fate: Fate
    reason: str = ""


def past() -> list[Tale]:
    """The 497 requests of 2012 to 2015, in order of first contact. Raises QuotasDisagree."""
    random = Random(SEED)
    crowd = Crowd(random)
    tales = []
    ways = _ways_of_years(random)
    for year in published.YEARS:
        days = _days(random, year, len(ways[year]))
        tales += [_tale(random, crowd, day, way) for day, way in zip(days, ways[year], strict=True)]
    _settle_in(random, tales)
    for tale in tales:
        route(random, tale)
    lent = [tale for tale in tales if tale.fate is Fate.LENT]
    lend(random, lent)
    for tale in tales:
        _describe(random, tale)
    _grant_otherwise(random, lent)
    repay(random, lent, END)
    send_on(random, tales, END)
    check(tales)
    return tales


def _ways_of_years(random: Random) -> dict[int, list[Way]]:
    """How the requests of each year end, shuffled."""
    refused = _each(Fate.REFUSED, published.REFUSED)
    unsent = [
        *_each(Fate.TURNED_AWAY, published.TURNED_AWAY), *_each(Fate.REDIRECTED, published.REDIRECTED),
        *_each(Fate.GAVE_UP, published.GAVE_UP), *_each(Fate.DECLINED, published.DECLINED),
        *[Way(Fate.NO_SHOW, "no_show")] * published.NO_SHOW,
        *[Way(Fate.MISSING_PAPERS, str(DeclineReason.MISSING_PAPERS.value))] * published.MISSING_PAPERS,
    ]  # fmt: skip
    unused = [Way(Fate.WITHDREW)] * published.WITHDREW + _each(Fate.DROPPED, published.DROPPED)
    for ways in (refused, unsent, unused):
        random.shuffle(ways)
    found: dict[int, list[Way]] = {}
    for number, year in published.YEARS.items():
        found[number] = [Way(Fate.LENT)] * year.loans
        found[number] += _take(unused, year.accepted - year.loans)
        found[number] += _take(refused, year.refused)
        found[number] += _take(unsent, year.requests - year.sent)
        random.shuffle(found[number])
    if refused or unsent or unused:
        raise QuotasDisagree("the ways out and the years do not have the same sum")
    return found


def _each(fate: Fate, quotas: Mapping[R, int]) -> list[Way]:
    return [Way(fate, str(reason.value)) for reason, n in quotas.items() for _ in range(n)]


def _take(ways: list[Way], count: int) -> list[Way]:
    taken, ways[:] = ways[:count], ways[count:]
    return taken


def _days(random: Random, year: int, count: int) -> list[date]:
    """Days of first contact in a year, in order: working days, few in August."""
    first = max(OPENED, date(year, 1, 1))
    days = [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]
    open_days = [day for day in days if is_working_day(day)]
    weights = [2 if day.month == 8 else 5 for day in open_days]
    return sorted(random.choices(open_days, weights=weights, k=count))


def _tale(random: Random, crowd: Crowd, day: date, way: Way) -> Tale:
    motive, purpose = draw(random, ASKED_FOR)
    usual = PROJECTS[purpose].usual
    euros = max(300, min(3000, round(usual * random.uniform(0.6, 1.3) / 50) * 50))
    months = max(6, min(36, euros // 80 // 6 * 6 + 6))
    return Tale(
        way.fate, crowd.one(day.year), "", draw(random, CHANNELS), motive, purpose, euros * 100,
        months, day, way.reason,
    )  # fmt: skip


def _settle_in(random: Random, tales: list[Tale]) -> None:
    """Give each request its commune: so many loans in each, and so many requests in all."""
    for lent in (True, False):
        codes = [
            code
            for code, (requests, loans) in published.COMMUNES.items()
            for _ in range(loans if lent else requests - loans)
        ]
        random.shuffle(codes)
        among = [tale for tale in tales if (tale.fate is Fate.LENT) is lent]
        for tale, code in zip(among, codes, strict=True):
            tale.commune = code
            tale.at_desk = code == VIEUX_CONDE and random.random() < 0.6


def _describe(random: Random, tale: Tale) -> None:
    project = PROJECTS[tale.purpose]
    tale.project = random.choice(project.sentences)
    favourable = tale.fate in (*LENT, Fate.REFUSED, Fate.MISSING_PAPERS, Fate.GAVE_UP)
    tale.opinion = random.choice(FAVOURABLE if favourable else DOUBTFUL)


def _grant_otherwise(random: Random, lent: list[Tale]) -> None:
    """Some loans are granted for less than was asked, and taken all the same."""
    for tale in lent:
        step = next((one for one in tale.steps if one.what is What.COUNTER), None)
        if step:
            tale.lent, tale.lent_months = tale.amount, tale.months
            tale.amount = min(300_000, tale.amount + random.choice((20_000, 30_000, 40_000)))
            tale.months -= 6 if tale.amount == tale.lent else 0


def check(tales: Sequence[Tale]) -> None:
    """Raise QuotasDisagree when the story is not the published one, or leaves its years."""
    counted = Counter((tale.contact_on.year, tale.fate is Fate.LENT) for tale in tales)
    for number, year in published.YEARS.items():
        told = counted[number, True], counted[number, True] + counted[number, False]
        if told != (year.loans, year.requests):
            raise QuotasDisagree(f"{number}: {told} loans and requests")
    for tale in tales:
        last = max(step.on for step in tale.steps)
        if last > END:
            raise QuotasDisagree(f"a request of {tale.contact_on} is told until {last}")
