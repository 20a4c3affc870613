"""Schedules of many loans at once: the rounding rule of the package, a column of loans at each step.

For plain loans: constant instalment, whole months, no deferral. The results are those of `schedule`, to
the cent; a rate is an integer number of millionths here (2 % is 20 000), because arrays hold no `Decimal`.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from microcredit.mathematics.amortisation.instalments import (
    MOST_MONTHS,
    Annuity,
    ImpossibleTerms,
    annuity,
    monthly_rate,
)

Integers = npt.NDArray[np.int64]

MILLIONTHS = 1_000_000
YEAR_OF_MILLIONTHS = 12 * MILLIONTHS
MOST_CENTS = 10**9  # 10 million euros: far over any microcredit, far under what 64 bits hold


class TooLarge(ValueError):
    """A principal that the arithmetic of arrays could not carry exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """The schedules of many loans, in cents: one column per loan, one row per month.

    `outstanding_cents` has a first row, what was lent. Rows after a loan's last month are 0.
    """

    months: Integers
    instalment_cents: Integers
    interest_cents: Integers
    outstanding_cents: Integers

    @property
    def principal_cents(self) -> Integers:
        """The part of principal in each instalment."""
        return self.outstanding_cents[:-1] - self.outstanding_cents[1:]

    @property
    def amounts_cents(self) -> Integers:
        """What is debited each month."""
        return self.interest_cents + self.principal_cents

    @property
    def last_instalment_cents(self) -> Integers:
        """The last instalment of each loan."""
        last, loan = self.months - 1, np.arange(len(self.months))
        return self.outstanding_cents[last, loan] + self.interest_cents[last, loan]

    @property
    def total_interest_cents(self) -> Integers:
        """The cost of each credit."""
        total: Integers = self.interest_cents.sum(axis=0)
        return total


def millionths(annual_rate: Decimal) -> int:
    """A rate as an integer number of millionths.

    Raises ImpossibleTerms for a rate outside 0 to 1 or with more than six decimals.
    """
    numerator, denominator = monthly_rate(annual_rate)
    whole, rest = divmod(numerator * YEAR_OF_MILLIONTHS, denominator)
    if rest:
        raise ImpossibleTerms(f"a rate of a portfolio has at most six decimals: {annual_rate}")
    return whole


def portfolio(
    principal_cents: npt.ArrayLike, rate_millionths: npt.ArrayLike, months: npt.ArrayLike
) -> Portfolio:
    """The schedules of as many loans as there are principals; a rate or a length may be one for all.

    Exact: a product of the largest balance (10⁹ cents) by the largest rate (10⁶) is 10¹⁵, far under 2⁶³.

    Raises TooLarge over 10 million euros; ImpossibleTerms for values that are not integers, lengths of
    arrays that differ, terms that `Loan` refuses, and loans of too few cents over too many months.
    """
    loans = _integers(principal_cents, "principals")
    rates = _integers(rate_millionths, "rates in millionths")
    lengths = _integers(months, "numbers of months")
    try:
        loans, rates, lengths = np.broadcast_arrays(np.atleast_1d(loans), rates, lengths)
    except ValueError:
        raise ImpossibleTerms("as many rates and lengths as principals, or one for all") from None
    if loans.ndim != 1:
        raise ImpossibleTerms("a portfolio is one list of loans")
    if not loans.size:
        nothing = np.zeros((0, 0), np.int64)
        return Portfolio(lengths, loans, nothing, np.zeros((1, 0), np.int64))
    _refuse_outside(loans, rates, lengths)
    paid = _instalments(loans, rates, lengths)
    result = Portfolio(lengths, paid, *_repay(loans, rates, lengths, paid))
    _refuse_early_end(result)
    return result


def _repay(
    loans: Integers, rates: Integers, lengths: Integers, paid: Integers
) -> tuple[Integers, Integers]:
    """Interest and balances, month after month, written in place.

    Both are views of one block: the allocator gives a second large one back to the system each time,
    and fetching its pages again takes longer than the arithmetic.
    """
    longest, shortest = int(lengths.max()), int(lengths.min())
    block = np.empty((2 * longest + 1, loans.size), np.int64)
    interests, owed = block[:longest], block[longest:]
    owed[0] = loans
    for month in range(longest):
        interest, balance = interests[month], owed[month + 1]
        np.multiply(owed[month], rates, out=interest)
        interest += YEAR_OF_MILLIONTHS // 2
        interest //= YEAR_OF_MILLIONTHS
        np.subtract(interest, paid, out=balance)
        balance += owed[month]
        if month + 1 >= shortest:
            balance *= lengths > month + 1
    return interests, owed


def _instalments(loans: Integers, rates: Integers, lengths: Integers) -> Integers:
    """The constant instalments, half up: in 64 bits between two bounds, exactly where the bounds differ.

    The factor of each rate and length, times 2^`bits`, lies between an integer and the next one. Where
    both give the same instalment, it is the exact one, since rounding keeps the order. A factor is at
    most 13/12, so that with `bits` + the bits of the largest principal = 61 no product reaches 2⁶³.
    """
    pairs, which = np.unique(rates * (MOST_MONTHS + 1) + lengths, return_inverse=True)
    shared = [_shared(*divmod(pair, MOST_MONTHS + 1)) for pair in pairs.tolist()]
    bits = 61 - int(loans.max()).bit_length()
    factors = np.array([(each.numerator << bits) // each.denominator for each in shared])
    at_least = loans * factors[which] + (1 << (bits - 1))
    paid: Integers = at_least >> bits
    for loan in np.flatnonzero(paid != (at_least + loans) >> bits):
        paid[loan] = shared[which[loan]].instalment(int(loans[loan]))
    return paid


@lru_cache(maxsize=4096)
def _shared(rate_millionths: int, months: int) -> Annuity:
    """What loans of one rate and length share."""
    return annuity(Decimal(rate_millionths).scaleb(-6), months)


def _integers(values: npt.ArrayLike, name: str) -> Integers:
    """An array of 64-bit integers, of integers only: a float is refused, never truncated."""
    array = np.asarray(values)
    if array.size and array.dtype.kind not in "iu":
        raise ImpossibleTerms(f"{name} are integers")
    return array.astype(np.int64)


def _refuse_outside(loans: Integers, rates: Integers, lengths: Integers) -> None:
    if loans.min() < 1:
        raise ImpossibleTerms(f"a loan is of at least one cent, not {loans.min()}")
    if loans.max() > MOST_CENTS:
        raise TooLarge(f"a portfolio's loans are of at most {MOST_CENTS} cents: {loans.max()}")
    if rates.min() < 0 or rates.max() > MILLIONTHS:
        raise ImpossibleTerms(f"annual rates go from 0 to {MILLIONTHS} millionths")
    if lengths.min() < 1 or lengths.max() > MOST_MONTHS:
        raise ImpossibleTerms(f"a loan lasts from 1 to {MOST_MONTHS} months")


def _refuse_early_end(result: Portfolio) -> None:
    """Refuse loans whose rounded instalment is nothing, or repays before the last month, as `schedule` does."""
    before_last = result.outstanding_cents[result.months - 1, np.arange(len(result.months))]
    wrong = np.flatnonzero((before_last <= 0) | (result.instalment_cents < 1))
    if wrong.size:
        cents = result.outstanding_cents[0, wrong[0]]
        raise ImpossibleTerms(
            f"loan {wrong[0]}: {cents} cents cannot be shared between {result.months[wrong[0]]} months"
        )
