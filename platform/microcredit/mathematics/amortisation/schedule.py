"""The schedule of one loan: what is paid each month, on what date, and what remains owed.

The rounding rule is that of the package. Outside a deferral every instalment but the last is the same;
interest of an odd first period is added to the first one (or taken off it, when the period is short).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import add, sub
from typing import NamedTuple

from microcredit.mathematics.amortisation.due_dates import Dates
from microcredit.mathematics.amortisation.instalments import (
    Annuity,
    ImpossibleTerms,
    annuity,
    odd_days_interest,
)


class Deferral(StrEnum):
    """What is paid while the repayment of the principal is put off."""

    INTEREST_PAID = "interest_paid"  # partial: each month's interest, no principal
    CARRIED = (
        "carried"  # total: nothing; the interest is due with the first instalment and bears none
    )
    CAPITALISED = "capitalised"  # total: nothing; the interest joins the balance each month


@dataclass(frozen=True, slots=True)
class Loan:
    """The terms of one loan.

    `months` counts every monthly date, those of the deferral too: 36 months with 3 deferred are repaid
    in 33 instalments. `instalment_cents` is the bank's own (often whole euros) when it imposes one: the
    last instalment then settles the difference, whatever it is. Whether interest may be capitalised is for
    the contract (Code civil 1343-2); the arithmetic does not judge.

    Raises ImpossibleTerms for a principal under one cent, a rate outside 0 to 1, a length outside 1 to
    600 months, a deferral that is negative or leaves no month to repay, an instalment under one cent.
    """

    principal_cents: int
    annual_rate: Decimal
    months: int
    dates: Dates | None = None
    deferred_months: int = 0
    deferral: Deferral = Deferral.INTEREST_PAID
    instalment_cents: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is no loan."""
        if self.principal_cents < 1:
            raise ImpossibleTerms(f"a loan is of at least one cent, not {self.principal_cents}")
        annuity(self.annual_rate, self.months)
        if not 0 <= self.deferred_months < self.months:
            raise ImpossibleTerms(
                f"a deferral of {self.deferred_months} months leaves none of {self.months} to repay in"
            )
        if self.instalment_cents is not None and self.instalment_cents < 1:
            raise ImpossibleTerms(
                f"an instalment is of at least one cent, not {self.instalment_cents}"
            )

    @property
    def interim_interest_cents(self) -> int:
        """Interest of the odd first period (« intérêts intercalaires »), added to the first month's.

        principal · rate · odd days / 365, half up; negative when the first period is short; 0 without dates.
        """
        if self.dates is None:
            return 0
        return odd_days_interest(self.principal_cents, self.annual_rate, self.dates.odd_days)


class Instalment(NamedTuple):
    """One line of a schedule, in cents: `amount_cents` = `interest_cents` + `principal_cents`.

    Interest that is capitalised is a line of amount 0, whose principal is negative.
    """

    number: int
    due_on: date | None
    amount_cents: int
    interest_cents: int
    principal_cents: int
    outstanding_cents: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """All the instalments of a loan, in columns of cents; lines are made when they are read.

    `instalment_cents` is the constant one. `outstanding_cents[k]` is the principal owed once k
    instalments are paid (at 0, what was lent); `interest_cents[k]` the interest in instalment k + 1.
    """

    loan: Loan
    instalment_cents: int
    outstanding_cents: tuple[int, ...]
    interest_cents: tuple[int, ...]

    def __iter__(self) -> Iterator[Instalment]:
        """The lines, from the first to the last."""
        return map(
            Instalment,
            range(1, self.loan.months + 1),
            self.due_dates,
            self.amounts_cents,
            self.interest_cents,
            self.principal_cents,
            self.outstanding_cents[1:],
        )

    @property
    def due_dates(self) -> Sequence[date | None]:
        """The day of each instalment; None for each when the loan has no dates."""
        dates, months = self.loan.dates, self.loan.months
        if dates is None:
            return [None] * months
        return [dates.due_on(number) for number in range(1, months + 1)]

    @property
    def principal_cents(self) -> tuple[int, ...]:
        """The part of principal in each instalment."""
        return tuple(map(sub, self.outstanding_cents, self.outstanding_cents[1:]))

    @property
    def amounts_cents(self) -> tuple[int, ...]:
        """What is debited each month."""
        return tuple(map(add, self.interest_cents, self.principal_cents))

    @property
    def last_instalment_cents(self) -> int:
        """The last instalment: what is still owed and its interest."""
        return self.outstanding_cents[-2] + self.interest_cents[-1]

    @property
    def total_interest_cents(self) -> int:
        """The cost of the credit when nothing is paid but principal and interest."""
        return sum(self.interest_cents)

    @property
    def total_cents(self) -> int:
        """All that the borrower pays."""
        return self.loan.principal_cents + self.total_interest_cents


def schedule(loan: Loan) -> Schedule:
    """The schedule of a loan, by the rounding rule of the package.

    Raises ImpossibleTerms when an instalment would not repay the loan (it does not exceed the first
    month's interest), or would repay it before the last month (too few cents over too many months, or
    an imposed instalment too large).
    """
    interim = loan.interim_interest_cents
    if loan.deferred_months:
        owed, interests, due_with_first = _deferred(loan, interim)
    else:
        owed, interests, due_with_first = [loan.principal_cents], [], interim
    factors = annuity(loan.annual_rate, loan.months - loan.deferred_months)
    paid = loan.instalment_cents
    if paid is None:
        paid = factors.instalment(owed[-1])
        if paid < 1:
            raise ImpossibleTerms(f"{owed[-1]} cents cannot be shared between {loan.months} months")
    elif paid <= factors.interest(owed[-1]) and len(interests) < loan.months - 1:
        raise ImpossibleTerms(f"an instalment of {paid} cents does not exceed a month's interest")
    _repay(owed, interests, factors, paid, loan.months)
    if due_with_first:
        interests[loan.deferred_months] += due_with_first
    return Schedule(loan, paid, tuple(owed), tuple(interests))


def _deferred(loan: Loan, interim: int) -> tuple[list[int], list[int], int]:
    """Balances and interest of the deferral, and the interest it leaves to the first instalment."""
    factors = annuity(loan.annual_rate, loan.months)
    owed, interests, carried = [loan.principal_cents], [], 0
    for month in range(loan.deferred_months):
        interest = factors.interest(owed[-1]) + (0 if month else interim)
        if loan.deferral is Deferral.CARRIED:
            carried += interest
            interest = 0
        interests.append(interest)
        owed.append(owed[-1] + (interest if loan.deferral is Deferral.CAPITALISED else 0))
    return owed, interests, carried


def _repay(owed: list[int], interests: list[int], factors: Annuity, paid: int, months: int) -> None:
    """Append the instalments: all of `paid`, the last of what is left. Half up, inlined for speed."""
    balance = owed[-1]
    half = factors.rate_denominator
    whole = 2 * half
    rate = 2 * factors.rate_numerator
    add_owed, add_interest = owed.append, interests.append
    for _ in range(months - len(interests) - 1):
        interest = (balance * rate + half) // whole
        balance += interest - paid
        add_interest(interest)
        add_owed(balance)
    if balance <= 0:
        raise ImpossibleTerms(
            f"instalments of {paid} cents repay the loan before the last of {months} months"
        )
    add_interest((balance * rate + half) // whole)
    add_owed(0)
