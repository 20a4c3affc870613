"""Months, working days, French public holidays, and the clocks of consumer credit.

Dates in, dates out: nothing here knows what day it is. (The module is not named `calendar`, which
would hide the standard library's from a script run in this folder.)
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from types import MappingProxyType

import holidays

_SATURDAY = 5


class Region(Enum):
    """Where a public holiday is kept."""

    METROPOLE = ""
    ALSACE_MOSELLE = "57"
    """Good Friday and 26 December besides (Code du travail L.3134-13). Good Friday is strictly kept
    only where a Protestant church or a mixed one stands; it is counted everywhere."""


@dataclass(frozen=True)
class CreditClocks:
    """What the law allows from when, after a consumer-credit contract is accepted."""

    accepted_on: date
    first_payment_on: date
    """First day on which money may move, either way."""
    withdrawal_until: date
    """Last day on which the borrower may withdraw, until midnight."""

    @property
    def final_from(self) -> date:
        """First day on which the borrower can no longer withdraw."""
        return self.withdrawal_until + timedelta(days=1)


def add_months(start: date, months: int, day: int | None = None) -> date:
    """`start` moved by whole months, back when negative; the day is kept, or the month's last one.

    `day` is the day of debit when it is not `start`'s own: after a short month it comes back
    (31 January, 28 February, 31 March). Always add to the first date, never to the previous one.
    Raises ValueError for a day outside 1–31 or a year outside 1–9999.
    """
    wanted = start.day if day is None else day
    if not 1 <= wanted <= 31:
        raise ValueError("a day of the month is between 1 and 31")
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError("the year leaves the calendar")
    return date(year, month + 1, min(wanted, calendar.monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole months that have passed at `end`: the most that can be added without passing it.

    31 January to 28 February is one month, as a debit on the 31st is taken on the 28th.
    Raises ValueError when `end` comes before `start`.
    """
    if end < start:
        raise ValueError("the end comes before the start")
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


@lru_cache(maxsize=256)
def public_holidays(year: int, region: Region = Region.METROPOLE) -> Mapping[date, str]:
    """The public holidays of a year with their French names (Code du travail L.3133-1)."""
    found = holidays.country_holidays(
        "FR", subdiv=region.value or None, years=year, language="fr", expand=False
    )
    return MappingProxyType(dict(sorted(found.items())))


def is_working_day(day: date, region: Region = Region.METROPOLE) -> bool:
    """Neither Saturday, Sunday nor public holiday: « jour ouvré », a day on which banks settle."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year, region)


def next_working_day(day: date, region: Region = Region.METROPOLE) -> date:
    """`day` when it is a working day, otherwise the first one after it."""
    while not is_working_day(day, region):
        day += timedelta(days=1)
    return day


def add_working_days(start: date, days: int, region: Region = Region.METROPOLE) -> date:
    """The working day that comes `days` working days after `start`, which is not counted.

    Raises ValueError for a negative number. Zero gives `next_working_day(start)`.
    """
    if days < 0:
        raise ValueError("working days are counted forwards")
    if days == 0:
        return next_working_day(start, region)
    for _ in range(days):
        start = next_working_day(start + timedelta(days=1), region)
    return start


def credit_clocks(accepted_on: date, region: Region = Region.METROPOLE) -> CreditClocks:
    """The clocks that start when the borrower accepts the contract.

    The day of acceptance never counts: days run from the next one (Code de procédure civile 641;
    règlement 1182/71 art. 3).

    *7 days without payment* (Code de la consommation L.312-25): neither lender nor borrower may pay
    during days 1 to 7, so the 8th day after acceptance is the first possible one. This clock forbids
    and gives nobody time to act, so a Sunday does not lengthen it.

    *14 calendar days to withdraw* (L.312-19): until midnight of day 14. A last day that is a
    Saturday, a Sunday or a public holiday is carried to the next working day (Code de procédure
    civile 642, which the Cour de cassation applies to a right of withdrawal: 3e civ., 5 December
    2007, n° 06-19.567; règlement 1182/71 art. 3 § 4). It is the reading under which nobody loses a
    right and no lender relies on one too early.
    """
    return CreditClocks(
        accepted_on,
        accepted_on + timedelta(days=8),
        next_working_day(accepted_on + timedelta(days=14), region),
    )
