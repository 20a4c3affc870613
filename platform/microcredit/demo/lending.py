"""Which request becomes which loan: amounts, durations and endings as published, found by a seeded search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TypeVar

from microcredit.cases.codes import Motive, Purpose
from microcredit.demo import published
from microcredit.demo.projects import PROJECTS
from microcredit.demo.tale import Ending, Tale, What
from microcredit.loans.situation import PRESUMED_AFTER
from microcredit.mathematics.dates import add_months

#: How many exchanges are tried before giving up.
PATIENCE = 20_000

T = TypeVar("T")


class QuotasDisagree(Exception):
    """The published tables cannot all be met with this seed."""


@dataclass(frozen=True)
class Terms:
    """What one loan is: euros, months, motive and purpose."""

    euros: int
    months: int
    motive: Motive
    purpose: Purpose


def first_due(disbursed_on: date) -> date:
    """The household is first debited one month after the money was paid."""
    return add_months(disbursed_on, 1)


def due_on(disbursed_on: date, number: int) -> date:
    """The day of an instalment; 1 is the first."""
    first = first_due(disbursed_on)
    return add_months(first, number - 1, first.day)


def settled_on(disbursed_on: date, months: int) -> date:
    """The day from which the last instalment counts as paid."""
    return due_on(disbursed_on, months) + PRESUMED_AFTER


def lend(random: Random, tales: Sequence[Tale]) -> None:
    """Give each of the lent tales its terms and its ending. Raises QuotasDisagree."""
    free = list(tales)
    euros, months, _ = published.CALLED
    pairs = terms(random)
    special = {
        Ending.CALLED: (date(2013, 6, 1), date(2014, 1, 31)),
        Ending.RESCHEDULED: (date(2014, 4, 1), date(2014, 12, 31)),
        Ending.REGULARISED: (date(2014, 7, 1), date(2015, 3, 31)),
        Ending.ARREARS: (date(2015, 1, 1), date(2015, 9, 30)),
    }
    for ending, (since, until) in special.items():
        # The loan in arrears failed lately: its day of debit comes shortly before the end.
        days = range(18, 25) if ending is Ending.ARREARS else range(1, 32)
        tale = _first(
            t
            for t in free
            if since <= t.day_of(What.DISBURSE) <= until and t.day_of(What.DISBURSE).day in days
        )
        wanted = [
            one for one in pairs
            if one.months >= 30 and (ending is not Ending.CALLED or (one.euros, one.months) == (euros, months))
        ]  # fmt: skip
        chosen = _first(wanted)
        _give(tale, chosen, ending)
        pairs.remove(chosen)
        free.remove(tale)
    _end(random, free, pairs)


def terms(random: Random) -> list[Terms]:
    """132 loans: the larger, the longer; the dearer the purpose, the larger; with some disorder."""
    amounts = sorted(_amounts(random))
    months = sorted(
        random.choice(usual) for count, usual in published.DURATIONS.values() for _ in range(count)
    )
    purposes = [one for one, count in published.LENT_FOR.items() for _ in range(count)]
    purposes.sort(key=lambda one: PROJECTS[one[1]].usual * random.uniform(0.55, 1.45))
    if not len(amounts) == len(months) == len(purposes):
        raise QuotasDisagree(f"{len(amounts)} amounts, {len(months)} durations, {len(purposes)}")
    called, duration, _ = published.CALLED
    amounts.remove(called)
    months.remove(duration)
    months = _disorder(random, months)
    amounts.insert(months.index(duration), called)
    months.insert(months.index(duration), duration)
    return [
        Terms(euros, lasts, motive, purpose)
        for euros, lasts, (motive, purpose) in zip(amounts, months, purposes, strict=True)
    ]


def _amounts(random: Random) -> Iterable[int]:
    """Amounts by pairs around the mean of their band, in tens of euros."""
    found: list[int] = []
    for band in published.AMOUNTS:
        reach = min(band.mean - band.least, band.most - band.mean) // 10
        values = list(band.given)
        while band.count - len(values) > 1:
            away = 10 * random.randint(0, reach)
            values += [band.mean - away, band.mean + away]
        found += values + [band.mean] * (band.count - len(values))
    if sum(found) != published.LENT_EUROS:
        raise QuotasDisagree(f"{sum(found)} € lent")
    return found


def _disorder(random: Random, values: Sequence[int]) -> list[int]:
    """The values nearly in order: small loans may last, large ones may be short."""
    places = {place: place + random.uniform(-9, 9) for place in range(len(values))}
    return [values[place] for place in sorted(places, key=places.__getitem__)]


def _end(random: Random, tales: list[Tale], pairs: list[Terms]) -> None:
    """Exchange terms until as many loans are settled by their schedule as was published."""
    early = _early(tales)
    kept = [tale for tale in tales if id(tale) not in {id(one) for one in early}]
    random.shuffle(pairs)
    long = sorted(pairs, key=lambda one: one.months)[-len(early) :]
    for tale, one in zip(early, long, strict=True):
        _give(tale, one, Ending.EARLY)
        pairs.remove(one)
    for tale, one in zip(kept, pairs, strict=True):
        _give(tale, one, Ending.ON_TIME)
    missing = published.SETTLED - sum(map(_is_settled, kept))
    for _ in range(PATIENCE):
        if not missing:
            break
        missing -= _exchange(random.sample(kept, k=2), missing)
    if missing:
        raise QuotasDisagree(f"{missing} more loans should be settled")
    for tale in kept:
        tale.ending = Ending.SETTLED if _is_settled(tale) else Ending.ON_TIME


def _exchange(two: list[Tale], missing: int) -> int:
    """Exchange the terms of two loans unless it leads away; by how many the settled ones grew."""
    one, other = two
    before = _is_settled(one) + _is_settled(other)
    _swap(one, other)
    grown = _is_settled(one) + _is_settled(other) - before
    if grown * missing < 0 or abs(grown) > abs(missing):
        _swap(one, other)
        return 0
    return grown


def _early(tales: list[Tale]) -> list[Tale]:
    """The loans that will be settled before their schedule: paid out well before the end, evenly."""
    past = [t for t in tales if date(2013, 6, 1) <= t.day_of(What.DISBURSE) <= date(2015, 5, 31)]
    return past[:: len(past) // published.SETTLED_EARLY][: published.SETTLED_EARLY]


def _is_settled(tale: Tale) -> bool:
    return settled_on(tale.day_of(What.DISBURSE), tale.months) <= published.END


def _swap(one: Tale, other: Tale) -> None:
    one.amount, other.amount = other.amount, one.amount
    one.months, other.months = other.months, one.months
    one.motive, other.motive = other.motive, one.motive
    one.purpose, other.purpose = other.purpose, one.purpose


def _give(tale: Tale, one: Terms, ending: Ending) -> None:
    tale.amount, tale.months, tale.ending = one.euros * 100, one.months, ending
    tale.motive, tale.purpose = one.motive, one.purpose


def _first(found: Iterable[T]) -> T:
    """The first of what fits. Raises QuotasDisagree when nothing does."""
    for one in found:
        return one
    raise QuotasDisagree("no request fits the ending of a loan")
