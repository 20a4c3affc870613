"""What a household can borrow with what it can pay each month: the instalment, read backwards.

All answers speak of the constant instalment; the last one may differ from it by a few cents.
"""

from bisect import bisect_left
from decimal import Decimal

from microcredit.mathematics.amortisation.instalments import (
    MOST_MONTHS,
    ImpossibleTerms,
    annuity,
    instalment,
)
from microcredit.mathematics.amortisation.schedule import Loan, schedule


class CapacityTooLow(ValueError):
    """No length of loan brings the instalment down to that capacity."""


def largest_principal(capacity_cents: int, annual_rate: Decimal, months: int) -> int:
    """The largest principal in cents whose instalment is at most the capacity.

    Exact: the rounded instalment is at most c when principal · factor < c + 1/2.

    Raises ImpossibleTerms for a capacity under one cent or the terms that `annuity` refuses.
    """
    factors = annuity(annual_rate, months)
    _refuse_no_capacity(capacity_cents)
    return ((2 * capacity_cents + 1) * factors.denominator - 1) // (2 * factors.numerator)


def shortest_term(
    principal_cents: int, annual_rate: Decimal, capacity_cents: int, most_months: int = MOST_MONTHS
) -> int:
    """The smallest number of months whose instalment is at most the capacity.

    Found by halving: a longer loan never has a larger instalment.

    Raises CapacityTooLow when not even `most_months` (600, or the bank's own limit) suffice, among
    others when the capacity does not cover a month's interest; ImpossibleTerms for no terms of a loan.
    """
    _refuse_no_capacity(capacity_cents)
    smallest = instalment(principal_cents, annual_rate, most_months)
    if smallest > capacity_cents:
        raise CapacityTooLow(
            f"{capacity_cents} cents a month are less than {smallest}, the instalment over {most_months} months"
        )
    terms = range(1, most_months + 1)
    return terms[
        bisect_left(
            terms,
            True,
            key=lambda months: instalment(principal_cents, annual_rate, months) <= capacity_cents,
        )
    ]


def months_for_instalment(principal_cents: int, annual_rate: Decimal, instalment_cents: int) -> int:
    """How many months an imposed instalment (whole euros, often) takes; the last is at most as large.

    Its schedule is `schedule(Loan(principal, rate, months, instalment_cents=…))`.

    Raises CapacityTooLow when the instalment does not exceed a month's interest or takes over 600
    months; ImpossibleTerms for no terms of a loan.
    """
    _refuse_no_capacity(instalment_cents)
    factors = annuity(annual_rate, MOST_MONTHS)
    balance = Loan(principal_cents, annual_rate, MOST_MONTHS).principal_cents
    for months in range(1, MOST_MONTHS + 1):
        interest = factors.interest(balance)
        if balance + interest <= instalment_cents:
            return months
        if interest >= instalment_cents:
            break
        balance += interest - instalment_cents
    raise CapacityTooLow(
        f"{instalment_cents} cents a month do not repay {principal_cents} in {MOST_MONTHS} months"
    )


def cost_of_credit(principal_cents: int, annual_rate: Decimal, months: int) -> int:
    """The interest of a loan paid as agreed, in cents: what a CCAS that refunds it would pay.

    Raises ImpossibleTerms as `Loan` and `schedule` do.
    """
    return schedule(Loan(principal_cents, annual_rate, months)).total_interest_cents


def _refuse_no_capacity(cents: int) -> None:
    if cents < 1:
        raise ImpossibleTerms(f"a monthly amount is of at least one cent, not {cents}")
