"""The TAEG of many regular monthly loans at once: a portfolio, a table of rates, a replay of terms.

Floating point is only the road. Each rate is put back in the equation term by term; one that misses
it, is beyond 100 % or below −40 %, or stands too near the middle of two hundredths to be rounded
safely is computed again by `apr.taeg_monthly`. Both give the same figure, always.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from microcredit.mathematics.apr import taeg_monthly

Whole = NDArray[np.int64]
_Real = NDArray[np.float64]

_STEPS = 20
_LOW = np.float64("-0.4")
_HALF = np.float64("0.5")
#: Newton's steps end when no monthly rate moves by more: the error left is about its square.
_STILL = np.float64("1e-8")
#: What the equation may leave over for one cent lent: at most 1e-9 on a yearly rate under 100 %.
_LEFT = np.float64("1e-11")
#: How near to a tie the rounding is not trusted, in half hundredths of a per cent.
_TIE = np.float64("1e-5")


@dataclass(frozen=True)
class RegularLoans:
    """One loan per row: `lent` cents (less what was withheld), paid back month after month.

    There are `months` payments of `instalment` cents, but for the last one, of `last` cents.
    """

    lent: Whole
    instalment: Whole
    months: Whole
    last: Whole

    def __post_init__(self) -> None:
        """Raise ValueError for columns of several lengths, or an amount that is not above 0."""
        columns = (self.lent, self.instalment, self.months, self.last)
        if self.lent.ndim != 1 or {column.shape for column in columns} != {self.lent.shape}:
            raise ValueError("the four columns have one row per loan")
        if any(np.any(column <= 0) for column in columns):
            raise ValueError("amounts and months are above nothing")


def taeg_of_loans(loans: RegularLoans) -> Whole:
    """The TAEG of each loan in hundredths of a per cent (202 is 2.02 %), half up as `Taeg.rate`.

    Raises as `apr.taeg` does when a loan has none.
    """
    if not loans.lent.size:
        return np.zeros(0, dtype=np.int64)
    with np.errstate(all="ignore"):  # a rate that went astray is caught below
        monthly = _solve(loans)
        yearly = np.expm1(12 * np.log1p(monthly))
        exact = np.abs(_left_over(loans, monthly)) <= _LEFT * loans.lent
        halves = np.abs(yearly) * 20_000
        nearest = np.rint(halves)
        tie = (np.abs(halves - nearest) < _TIE) & (np.mod(nearest, 2) == 1)
        sure = exact & ~tie & (yearly <= 1) & (yearly >= _LOW)
    hundredths: Whole = (np.floor(np.where(sure, halves, 0)).astype(np.int64) + 1) // 2
    hundredths *= np.where(yearly < 0, -1, 1)
    for row in np.flatnonzero(~sure):
        hundredths[row] = _one(loans, int(row))
    return hundredths


def _one(loans: RegularLoans, row: int) -> int:
    before_last = [int(loans.instalment[row])] * (int(loans.months[row]) - 1)
    found = taeg_monthly(int(loans.lent[row]), [*before_last, int(loans.last[row])])
    return int(found.rate.scaleb(4))


def _solve(loans: RegularLoans) -> _Real:
    """Monthly rates by Newton's steps on M·(1 − v^m)÷i + L·v^(m+1) − P, with v = 1÷(1 + i), m = n − 1.

    This falls and is convex in i: from the second step on, rates rise towards the root, whose sign is
    that of the cost. A loan that costs nothing has the rate 0, where the formula means nothing.
    """
    lent, instalment, last = (
        column.astype(np.float64) for column in (loans.lent, loans.instalment, loans.last)
    )
    before_last = (loans.months - 1).astype(np.float64)
    cost = instalment * before_last + last - lent
    # As if the capital came back by equal parts.
    rates: _Real = np.where(cost == 0, 1, np.divide(2 * cost, lent * (before_last + 2)))
    for _ in range(_STEPS):
        gone = np.expm1(-before_last * np.log1p(rates))
        v, inverse = np.reciprocal(1 + rates), np.reciprocal(rates)
        annuity, last_worth = -gone * inverse, (1 + gone) * v
        value = instalment * annuity + last * last_worth - lent
        slope = instalment * inverse * (
            before_last * last_worth - annuity
        ) - last * last_worth * v * (before_last + 1)
        step = rates - np.divide(value, slope)
        step = np.where(step * rates > 0, step, rates * _HALF)
        moved = np.max(np.abs(step - rates))
        rates = step
        if moved <= _STILL:
            break
    return np.where(cost == 0, 0, rates)


def _left_over(loans: RegularLoans, monthly: _Real) -> _Real:
    """What the equation leaves over in cents, summed term by term (Horner), the longest loan first."""
    order = np.argsort(-loans.months, kind="stable")
    months = loans.months[order]
    instalment = loans.instalment[order].astype(np.float64)
    v = np.reciprocal(1 + monthly[order])
    worth = loans.last[order] - instalment
    running = np.searchsorted(-months, -np.arange(int(months[0]) + 1), side="right")
    for month in range(int(months[0]), 0, -1):
        some = worth[: running[month]]
        some += instalment[: some.size]
        some *= v[: some.size]
    left = np.empty_like(worth)
    left[order] = worth
    return left - loans.lent
