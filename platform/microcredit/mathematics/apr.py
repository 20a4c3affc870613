"""The TAEG, the yearly cost of a credit: Code de la consommation R.314-3 and its annex.

    Σ C_k · (1 + X)^−t_k  =  Σ D_l · (1 + X)^−s_l

C is lent at t, D is paid at s, both in years since the first release; X is the TAEG. Interest, fees
and compulsory insurance count among what is paid (R.314-4), or less is lent when they are withheld.

Amounts are cents and times are fractions: both exact. X is sought in `Decimal`, put back in the
equation, and shown to be the only answer (`_prove`). What cannot be shown is an error, never a
figure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from itertools import accumulate

import pyxirr

from microcredit.mathematics.dates import add_months, months_between

_PRECISION = Context(prec=34, rounding=ROUND_HALF_UP)
_DIGITS = Decimal("1E-28")
_HALF = Decimal("0.5")
_STEPS = 200
#: What may be left over, in cents, when X is put back in the equation.
TOLERANCE = Decimal("1E-9")
#: The rates that are sought: −50 % to 1 000 000 %. Beyond, an amount or a date is mistyped.
LOWEST, HIGHEST = Decimal("-0.5"), Decimal(10_000)


class RateError(ValueError):
    """These flows have no TAEG that can be shown. The message is a French sentence for a screen."""


class NoRate(RateError):
    """No rate fits: nothing is lent, nothing is paid, or the rate would be beyond all bounds."""


class SeveralRates(RateError):
    """More than one rate may fit, so that none means anything."""


@dataclass(frozen=True)
class Flow:
    """Cents (never negative) that move `years` after the first release."""

    years: Fraction
    cents: int


#: Years since the first release, and cents: lent above nothing, paid below.
_Net = tuple[Decimal, int]


@dataclass(frozen=True)
class Taeg:
    """A rate as a fraction: 0.0202 is 2.02 %."""

    exact: Decimal
    """The root of the equation, to 28 decimals."""

    @property
    def rate(self) -> Decimal:
        """The same to two decimals of a per cent, half up (away from zero below zero).

        The annex wants one decimal at least, raised when the next digit is 5 or more.
        """
        return self.exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP) + 0


def years_between(start: date, end: date) -> Fraction:
    """The time between two dates in years, as the annex to R.314-3 counts it.

    Whole months are twelfths of a year, whatever their days: 28 February comes one month after
    31 January, since a debit on the 31st is taken that day. Otherwise whole months are counted back
    from `end`, and the odd days that remain down to `start` (the first excluded, the last included)
    are divided by the days, 365 or 366, of the year that ends on the last of them. So the divisor
    is 366 exactly when a 29 February lies in that year, not when the calendar year is a leap year.
    Whole weeks, which the annex also allows, are not used: these loans are repaid by the month.
    Raises ValueError when `end` comes before `start`.
    """
    months = months_between(start, end)
    if add_months(start, months) == end:
        return Fraction(months, 12)
    while add_months(end, -months) < start:
        months -= 1
    last_odd_day = add_months(end, -months)
    year = (last_odd_day - add_months(last_odd_day, -12)).days
    return Fraction(months, 12) + Fraction((last_odd_day - start).days, year)


def taeg_of_dates(lent: Sequence[tuple[date, int]], paid: Sequence[tuple[date, int]]) -> Taeg:
    """The TAEG of (date, cents) releases and payments. Raises as `taeg` does."""
    if not lent:
        raise NoRate("Aucune somme n’est prêtée : le TAEG n’existe pas.")
    first = min(day for day, _ in lent)
    if any(day < first for day, cents in paid if cents):
        raise SeveralRates(
            "Un paiement précède la première remise de fonds : "
            "comptez-le au jour de cette remise, comme une somme retenue."
        )
    return taeg(
        [Flow(years_between(first, day), cents) for day, cents in lent],
        [Flow(years_between(first, day), cents) for day, cents in paid if cents],
    )


def taeg_monthly(lent: int, instalments: Iterable[int]) -> Taeg:
    """The TAEG of `lent` cents (without what was withheld) repaid one month after the other.

    Raises as `taeg` does.
    """
    return taeg(
        [Flow(Fraction(), lent)],
        [Flow(Fraction(rank, 12), cents) for rank, cents in enumerate(instalments, 1)],
    )


def taeg(lent: Iterable[Flow], paid: Iterable[Flow]) -> Taeg:
    """The TAEG of any flows: several releases, fees withheld or paid, insurance.

    Flows of the same time are one. Raises NoRate or SeveralRates with a French sentence, ValueError
    for a negative amount.
    """
    with localcontext(_PRECISION):
        flows = _netted(lent, paid)
        _check_signs([cents for _, cents in flows])
        found = Taeg((_solve(flows).exp() - 1).quantize(_DIGITS) + 0)
        _prove(flows, found.exact)
    return found


def _netted(lent: Iterable[Flow], paid: Iterable[Flow]) -> list[_Net]:
    """What moves at each time, in the order of time, without what cancels out."""
    cents: dict[Fraction, int] = {}
    for sign, flows in ((1, lent), (-1, paid)):
        for flow in flows:
            if flow.cents < 0:
                raise ValueError("the amount of a flow is not negative")
            cents[flow.years] = cents.get(flow.years, 0) + sign * flow.cents
    return [
        (_PRECISION.divide(Decimal(years.numerator), Decimal(years.denominator)), cents[years])
        for years in sorted(cents)
        if cents[years]
    ]


def _check_signs(cents: list[int]) -> None:
    """The first flow is lent, the last is paid: there is then a root. Raises a RateError if not."""
    if max(cents, default=0) <= 0:
        raise NoRate("Ce qui est retenu vaut au moins ce qui est prêté : le TAEG n’existe pas.")
    if min(cents) > 0:
        raise NoRate("Aucun remboursement n’est prévu : le TAEG n’existe pas.")
    if cents[0] < 0:
        raise SeveralRates("Un paiement précède la première remise de fonds : le TAEG est ambigu.")
    if cents[-1] > 0:
        raise SeveralRates("Une remise de fonds suit le dernier paiement : le TAEG est ambigu.")


def _solve(flows: list[_Net]) -> Decimal:
    """ln(1 + X), by Newton's steps kept inside an interval at whose ends the value has two signs.

    The value rises from below nothing at the lowest rate (the last flow, paid, counts most) to above
    it at the highest (the first one, lent, does). Raises NoRate when it does not.
    """
    enough = Decimal(max(cents for _, cents in flows)).scaleb(-30)
    low, high = (1 + LOWEST).ln(), (1 + HIGHEST).ln()
    if _value(flows, low)[0] > 0 or _value(flows, high)[0] < 0:
        raise NoRate("Aucun taux entre −50 % et 1 000 000 % ne convient : vérifiez les montants.")
    point = min(max(_start(flows), low), high)
    for _ in range(_STEPS):
        value, slope = _value(flows, point)
        if abs(value) <= enough:
            break
        low, high = (low, point) if value > 0 else (point, high)
        step = point - _PRECISION.divide(value, slope) if slope else low
        point = step if low < step < high else (low + high) * _HALF
    return point


def _start(flows: list[_Net]) -> Decimal:
    """Where to start: pyxirr's answer for the same flows moved to the nearest month, or 0 %."""
    months = [(int((years * 12).to_integral_value()), cents) for years, cents in flows]
    by_month = [0] * (months[-1][0] - months[0][0] + 1)
    for month, cents in months:
        by_month[month - months[0][0]] += cents
    rate = pyxirr.irr(by_month, silent=True)
    return 12 * (1 + Decimal(rate)).ln() if rate is not None and rate > -1 else Decimal(0)


def _value(flows: list[_Net], point: Decimal) -> tuple[Decimal, Decimal]:
    """What the flows are worth at ln(1 + X) = point, and how fast that changes with it."""
    value = slope = Decimal(0)
    for years, cents in flows:
        worth = cents * (-point * years).exp()
        value += worth
        slope -= worth * years
    return value, slope


def _prove(flows: list[_Net], rate: Decimal) -> None:
    """Put the rate back in the equation, and show that it is the only one.

    By Laguerre's rule of signs, a sum Σ c·v^t has at most as many roots v below v* as the partial
    sums of c·v*^t change sign, and above v* as those taken from the end do. These sums are what is
    still due at that rate after each flow. While never more is paid back than is due, they keep one
    sign, and no other rate above −100 % fits. (Descartes' rule, one change of sign among the flows,
    is the plain case of it, and Norstrøm's criterion is it at X = 0.)
    """
    point = (1 + rate).ln()
    *due, left = accumulate(cents * (-point * years).exp() for years, cents in flows)
    if abs(left) > TOLERANCE:
        raise NoRate("Le calcul du TAEG n’aboutit pas : vérifiez les montants et les dates.")
    if min(due) < -TOLERANCE:
        raise SeveralRates(
            "À un moment, il serait remboursé plus que ce qui est dû : "
            "plusieurs taux pourraient convenir, le TAEG est ambigu."
        )
