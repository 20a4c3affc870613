"""How much faster our schedules are than numpy-financial's: rounds interleaved in one run, ratios only.

Both give, for each loan, the instalment and the columns of interest and principal; ours are exact cents.
"""

from collections.abc import Callable
from decimal import Decimal
from statistics import median
from time import process_time

import numpy as np
import numpy_financial as nf
import pytest

from microcredit.mathematics.amortisation.portfolio import portfolio
from microcredit.mathematics.amortisation.schedule import Loan, schedule

ROUNDS = 15
MONTHS = 24
NUMBERS = np.arange(1, MONTHS + 1)
RATES = [Decimal(rate) for rate in ("0.015", "0.02", "0.025", "0.03", "0.04")]  # at 0 it warns


def loans(count: int) -> list[tuple[int, Decimal]]:
    """Microcredits as they are: 300 to 8 000 €, at few rates."""
    draw = np.random.default_rng(24)
    cents, rates = draw.integers(300_00, 8_000_00, count), draw.integers(0, len(RATES), count)
    return [(int(principal), RATES[rate]) for principal, rate in zip(cents, rates, strict=True)]


def usual(wanted: list[tuple[int, Decimal]]) -> None:
    """The usual way: instalment, interest and principal of each loan, in floats."""
    for cents, rate in wanted:
        monthly, principal = float(rate) / 12, cents / 100
        nf.pmt(monthly, MONTHS, -principal)
        nf.ipmt(monthly, NUMBERS, MONTHS, -principal)
        nf.ppmt(monthly, NUMBERS, MONTHS, -principal)


def one_by_one(wanted: list[tuple[int, Decimal]]) -> None:
    """Terms checked, the instalment, interest, balances, and the column of principal."""
    for cents, rate in wanted:
        _ = schedule(Loan(cents, rate, MONTHS)).principal_cents


def with_lines(wanted: list[tuple[int, Decimal]]) -> None:
    """The same, and a line of each month."""
    for cents, rate in wanted:
        list(schedule(Loan(cents, rate, MONTHS)))


def seconds(act: Callable[[], None], times: int) -> float:
    """The mean processor time of an act done some times: what else the machine does is not counted."""
    start = process_time()
    for _ in range(times):
        act()
    return (process_time() - start) / times


def ratios(name: str, reference: Callable[[], None], ours: Callable[[], None], times: int) -> float:
    """The median over rounds of reference / ours, each round measuring both in a random order; printed."""
    draw = np.random.default_rng(1)
    found = []
    ours()
    for _ in range(ROUNDS):
        if draw.random() < 0.5:
            slow, fast = seconds(reference, 1), seconds(ours, times)
        else:
            fast, slow = seconds(ours, times), seconds(reference, 1)
        found.append(slow / fast)
    low, high = min(found), max(found)
    print(
        f"\n{name}: x{median(found):.0f} numpy-financial ({low:.0f} to {high:.0f}, {ROUNDS} rounds)"
    )
    return median(found)


@pytest.mark.benchmark
def test_one_loan_is_scheduled_fifteen_times_faster() -> None:
    """One loan at a time, 24 months; the lines a screen reads are measured beside it."""
    some = loans(100)
    lines = ratios("one loan, with its lines", lambda: usual(some), lambda: with_lines(some), 8)
    assert lines > 1
    assert ratios("one loan", lambda: usual(some), lambda: one_by_one(some), 16) >= 15


@pytest.mark.benchmark
def test_two_thousand_loans_are_scheduled_two_hundred_times_faster() -> None:
    """A batch of 2 000 loans of 24 months, against numpy-financial loan by loan."""
    many = loans(2_000)
    cents = np.array([principal for principal, _ in many])
    rates = np.array([int(rate * 1_000_000) for _, rate in many])

    def ours() -> None:
        _ = portfolio(cents, rates, MONTHS).principal_cents

    assert ratios("batch of 2 000", lambda: usual(many), ours, 50) >= 200
