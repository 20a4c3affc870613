"""A household and its monthly budget: amounts brought to the month, totals, what is left.

Amounts are cents. Each rounding is half up to the cent, once per line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction

#: An age from which a person weighs as an adult in a household (INSEE, OECD-modified scale).
GROWN_UP = 14


class Every(Enum):
    """How often an amount comes or goes."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    ONCE = "once"


_TIMES_A_YEAR = {
    Every.WEEK: 52,
    Every.MONTH: 12,
    Every.QUARTER: 4,
    Every.HALF_YEAR: 2,
    Every.YEAR: 1,
    Every.ONCE: 0,
}


@dataclass(frozen=True)
class Line:
    """One line of the budget, in cents a month.

    The first letter of the code says what it is: R comes in, C goes out, D is owed. What does not
    count (help from relatives, savings…) is left out by the caller.
    """

    code: str
    label: str
    cents: int
    ends_on: date | None = None
    """The last day on which it comes, when that is known: the end of a contract or of rights."""

    def __post_init__(self) -> None:
        """Raise ValueError for a code that is neither R, C nor D, or an amount below nothing."""
        if self.code[:1] not in ("R", "C", "D") or self.cents < 0:
            raise ValueError("a line is R, C or D and its amount is not negative")


@dataclass(frozen=True)
class Child:
    """A child of the household; in alternate custody it counts for half. `age` may be unknown."""

    age: int | None = None
    alternate: bool = False
    disabled: bool = False


@dataclass(frozen=True)
class Household:
    """Who lives together. Raises ValueError for a number or an age below nothing."""

    adults: int
    children: Sequence[Child] = ()

    def __post_init__(self) -> None:
        """Refuse what is no household."""
        if self.adults < 0 or any(
            child.age is not None and child.age < 0 for child in self.children
        ):
            raise ValueError("adults and ages are not negative")

    @property
    def persons(self) -> Fraction:
        """Persons at home, a child in alternate custody for half."""
        return self.adults + sum((_presence(child) for child in self.children), Fraction())

    @property
    def units(self) -> Fraction | None:
        """Consumption units, OECD-modified (INSEE): 1, then 0.5 from 14 years on, 0.3 below.

        A child in alternate custody counts for half of its own. None without an adult, or when the
        age of a child is unknown.
        """
        if not self.adults:
            return None
        units = 1 + Fraction(self.adults - 1, 2)
        for child in self.children:
            if child.age is None:
                return None
            weight = Fraction(1, 2) if child.age >= GROWN_UP else Fraction(3, 10)
            units += weight * _presence(child)
        return units

    @property
    def parts(self) -> Fraction | None:
        """Parts of the quotient familial of the CAF; None without an adult.

        2 for a couple or a single person; 0.5 for the first child, 0.5 for the second, 1 for the
        third, 0.5 for each one more, and 0.5 more for a disabled child. Children in alternate custody
        come last and count for half, as when the family benefits are shared (CSS L.521-2): only the
        CAF's own figure is authoritative.
        """
        if not self.adults:
            return None
        parts = Fraction(2)
        for rank, child in enumerate(sorted(self.children, key=lambda child: child.alternate), 1):
            own = Fraction(2 if rank == 3 else 1, 2) + Fraction(int(child.disabled), 2)
            parts += own * _presence(child)
        return parts


@dataclass(frozen=True)
class Balance:
    """Monthly totals in cents; `left` = resources − charges − debts, which may be negative."""

    resources: int
    charges: int
    debts: int

    @property
    def left(self) -> int:
        """What is left each month once charges and debts are paid."""
        return self.resources - self.charges - self.debts


def monthly(cents: int, months: int) -> int:
    """An amount paid every `months` months, brought to one month, half up to the cent.

    Raises ValueError for a negative amount or a period under one month.
    """
    if cents < 0 or months < 1:
        raise ValueError("an amount is not negative and a period is at least one month")
    return (2 * cents + months) // (2 * months)


def per_month(cents: int, every: Every) -> int:
    """An amount of any periodicity brought to the month, half up to the cent.

    A year has 52 weeks. What comes once is no part of a monthly budget: 0. Raises ValueError for a
    negative amount.
    """
    if cents < 0:
        raise ValueError("an amount is not negative")
    return monthly(cents * _TIMES_A_YEAR[every], 12)


def balance(resources: Iterable[int], charges: Iterable[int], debts: Iterable[int]) -> Balance:
    """The totals of monthly amounts in cents."""
    return Balance(sum(resources), sum(charges), sum(debts))


def _presence(child: Child) -> Fraction:
    return Fraction(1, 2) if child.alternate else Fraction(1)
