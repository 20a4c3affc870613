"""The constant instalment of a loan, exactly: integers of any size, no float, one rounding."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import gcd

MOST_MONTHS = 600
MOST_DECIMALS = 12  # of an annual rate


class ImpossibleTerms(ValueError):
    """These terms describe no loan: a figure computed from them would be wrong."""


@dataclass(frozen=True, slots=True)
class Annuity:
    """What all loans of one rate and length share, as integers.

    Instalment per cent lent = `numerator / denominator`; a month's interest per cent owed =
    `rate_numerator / rate_denominator`.
    """

    numerator: int
    denominator: int
    rate_numerator: int
    rate_denominator: int

    def instalment(self, principal_cents: int) -> int:
        """The constant instalment in cents, half up."""
        return half_up(principal_cents * self.numerator, self.denominator)

    def interest(self, balance_cents: int) -> int:
        """One month's interest on a balance, in cents, half up."""
        return half_up(balance_cents * self.rate_numerator, self.rate_denominator)


def half_up(numerator: int, denominator: int) -> int:
    """The nearest integer to a fraction of integers, not negative; the upper one when it is half-way."""
    return (2 * numerator + denominator) // (2 * denominator)


@lru_cache(maxsize=1024)
def monthly_rate(annual_rate: Decimal) -> tuple[int, int]:
    """The proportional monthly rate, annual / 12, as a reduced fraction: (numerator, denominator).

    Proportional, not actuarial, is the practice of French consumer loans; the TAEG is the actuarial one
    (Code de la consommation, R.314-3 and its annex).

    Raises ImpossibleTerms for a rate that is not a number from 0 to 1 with at most 12 decimals.
    """
    if not annual_rate.is_finite() or not 0 <= annual_rate <= 1:
        raise ImpossibleTerms(
            f"an annual rate is a number from 0 to 1 (0.02 is 2 %), not {annual_rate}"
        )
    if annual_rate != round(annual_rate, MOST_DECIMALS):
        raise ImpossibleTerms(f"an annual rate has at most {MOST_DECIMALS} decimals: {annual_rate}")
    numerator, denominator = annual_rate.as_integer_ratio()
    common = gcd(numerator, 12)
    return numerator // common, denominator * 12 // common


@lru_cache(maxsize=1024)
def annuity(annual_rate: Decimal, months: int) -> Annuity:
    """The factors of a loan of `months` equal instalments; kept, since a territory has few rates.

    i / (1 − (1 + i)^−n) with i = a/b is a·(a + b)^n / (b·((a + b)^n − b^n)), and 1/n at zero rate.

    Raises ImpossibleTerms for a rate outside 0 to 1 or a length outside 1 to 600 months.
    """
    a, b = monthly_rate(annual_rate)
    if not 1 <= months <= MOST_MONTHS:
        raise ImpossibleTerms(f"a loan lasts from 1 to {MOST_MONTHS} months, not {months}")
    if a == 0:
        return Annuity(1, months, 0, 1)
    grown = (a + b) ** months
    return Annuity(a * grown, b * (grown - b**months), a, b)


def instalment(principal_cents: int, annual_rate: Decimal, months: int) -> int:
    """The constant monthly instalment in cents, half up from the exact formula.

    Raises ImpossibleTerms for a principal under one cent or the terms that `annuity` refuses.
    """
    if principal_cents < 1:
        raise ImpossibleTerms(f"a loan is of at least one cent, not {principal_cents}")
    return annuity(annual_rate, months).instalment(principal_cents)


def odd_days_interest(balance_cents: int, annual_rate: Decimal, days: int) -> int:
    """Interest of some days, in cents: balance · rate · days / 365, half up. 365 in leap years too.

    A negative number of days gives the opposite of what so many days bear: what a short first period
    takes off. Raises ImpossibleTerms for a rate that `monthly_rate` refuses or a negative balance.
    """
    a, b = monthly_rate(annual_rate)
    if balance_cents < 0:
        raise ImpossibleTerms(f"a balance is not negative: {balance_cents}")
    borne = half_up(balance_cents * 12 * a * abs(days), b * 365)
    return borne if days >= 0 else -borne
