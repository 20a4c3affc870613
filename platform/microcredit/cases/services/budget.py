"""A budget as the arithmetic takes it: lines brought to the month, who lives there, what is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from microcredit.cases.budget_codes import BudgetCode, Periodicity, Whose
from microcredit.cases.diagnosis_schemas import Diagnosis
from microcredit.cases.models import BudgetLine, Case
from microcredit.mathematics.budget import (
    Balance,
    Child,
    Every,
    Household,
    Line,
    balance,
    per_month,
)
from microcredit.people.codes import Family
from microcredit.people.models import Household as StoredHousehold


@dataclass(frozen=True)
class Entry:
    """One line as it is noted: cents of a periodicity, whose, and the last day when it is known."""

    code: str
    cents: int
    periodicity: str
    whose: str = str(Whose.APPLICANT.value)
    ends_on: date | None = None

    @property
    def label(self) -> str:
        """The words of the line, with whose it is when it is not the applicant's."""
        words = BudgetCode(self.code).label
        if self.whose == Whose.APPLICANT.value:
            return words
        return f"{words} ({Whose(self.whose).label.lower()})"


@dataclass(frozen=True)
class Situation:
    """What figures are computed from: counted lines a month, the household, cents asked, months."""

    lines: tuple[Line, ...]
    household: Household
    amount: int
    months: int | None

    @property
    def balance(self) -> Balance:
        """The monthly totals."""
        return balance_of(self.lines)


def counted(entries: Iterable[Entry]) -> tuple[Line, ...]:
    """The lines of the monthly budget, each brought to the month, half up to the cent.

    Left out are what comes once, and what is noted but not counted (`BudgetCode.counts`).
    """
    return tuple(
        Line(one.code, one.label, per_month(one.cents, Every(one.periodicity)), one.ends_on)
        for one in entries
        if BudgetCode(one.code).counts and one.periodicity != Periodicity.ONCE.value
    )


def balance_of(lines: Iterable[Line]) -> Balance:
    """The totals of lines in cents a month."""
    totals: dict[str, list[int]] = {"R": [], "C": [], "D": []}
    for line in lines:
        totals[line.code[0]].append(line.cents)
    return balance(totals["R"], totals["C"], totals["D"])


def stored_lines(lines: Iterable[BudgetLine], contract_ends_on: date | None) -> tuple[Line, ...]:
    """The counted lines of a stored budget."""
    return counted(
        Entry(
            line.code, line.amount_cents, line.periodicity, line.whose,
            _end(line.code, line.whose, line.ends_on, contract_ends_on),
        )
        for line in lines
    )  # fmt: skip


def typed_situation(filled: Diagnosis, case: Case, today: date) -> Situation:
    """What an open form says; a line without an amount counts for nothing."""
    lines = counted(
        Entry(
            line.code, line.amount, line.periodicity, line.whose,
            _end(line.code, line.whose, line.ends_on, filled.employment_ends_on),
        )
        for line in filled.lines
        if line.amount is not None
    )  # fmt: skip
    children, alternate = filled.children or 0, filled.alternate_children or 0
    household = _household(adults_of(filled), children, alternate, filled.children_born, today)
    return Situation(lines, household, filled.amount or case.amount_cents, filled.months)


def stored_situation(
    case: Case, home: StoredHousehold | None, lines: Iterable[BudgetLine], today: date
) -> Situation:
    """What is stored of a case."""
    found = stored_lines(lines, home.employment_ends_on if home else None)
    household = Household(0)
    if home is not None:
        household = _household(
            home.adults, home.children, home.alternate_children, home.children_born, today
        )
    return Situation(found, household, case.amount_cents, case.months)


def adults_of(filled: Diagnosis) -> int:
    """How many adults a household has: as typed, or as the family situation says."""
    return filled.adults or (2 if filled.family.startswith(Family.COUPLE.value) else 1)


def _end(code: str, whose: str, ends_on: date | None, contract: date | None) -> date | None:
    """The last day of a line: its own, or for the applicant's wage the end of her contract."""
    wage = code == BudgetCode.SALARY.value and whose == Whose.APPLICANT.value
    return ends_on or (contract if wage else None)


def _household(
    adults: int, children: int, alternate: int, born: Iterable[int], today: date
) -> Household:
    """Who lives together. A year of birth gives the age reached in the year.

    Which children are in alternate custody is not asked: the youngest are taken to be.
    """
    ages: list[int | None] = [max(0, today.year - year) for year in born]
    ages += [None] * (children - len(ages))
    known = sorted(ages, key=lambda age: -1 if age is None else -age)
    shared = children - alternate
    return Household(adults, [Child(age, rank >= shared) for rank, age in enumerate(known)])
