"""The TAEG of 2,000 loans at once against pyxirr: rounds interleaved in one run, ratios only.

Both start from what they read fastest, prepared beforehand, and pyxirr is given a good first guess.
Ours is also rounded to the hundredth of a per cent and put back in the equation.
"""

import random
from collections.abc import Callable
from datetime import date
from statistics import median
from time import process_time

import numpy as np
import pytest
import pyxirr

from microcredit.mathematics.apr_batch import RegularLoans, taeg_of_loans
from microcredit.mathematics.dates import add_months

LOANS = 2_000
ROUNDS = 15
GUESS = 0.0025
DAYS = np.array([add_months(date(2026, 1, 5), rank) for rank in range(85)], dtype="datetime64[D]")


def loans() -> list[tuple[int, int, int, int]]:
    """Microcredits as they are: 300 to 8 000 €, 6 to 84 months, 0 to 4 %, at times a fee withheld."""
    draw = random.Random(24)  # noqa: S311
    wanted = []
    for _ in range(LOANS):
        cents, months = draw.randrange(300_00, 8_000_00), draw.randint(6, 84)
        monthly = draw.choice([0, 0.01, 0.015, 0.02, 0.03, 0.04]) / 12
        share = monthly / (1 - (1 + monthly) ** -months) if monthly else 1 / months
        instalment, due = round(cents * share), cents
        for _ in range(months - 1):
            due += round(due * monthly) - instalment
        last = due + round(due * monthly)
        wanted.append((cents - draw.choice([0, 0, 30_00]), instalment, months, last))
    return wanted


def seconds(act: Callable[[], object]) -> float:
    """Processor time: what else the machine does is not counted."""
    start = process_time()
    act()
    return process_time() - start


@pytest.mark.benchmark
def test_the_taeg_of_two_thousand_loans_is_not_slower_than_pyxirr() -> None:
    wanted = loans()
    table = np.array(wanted, dtype=np.int64)
    columns = RegularLoans(*table.T.copy())
    flows = [
        np.array([-lent, *[instalment] * (months - 1), last], dtype=np.float64)
        for lent, instalment, months, last in wanted
    ]
    dated = [(DAYS[: one.size], one) for one in flows]
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: taeg_of_loans(columns),
        "pyxirr.irr": lambda: [pyxirr.irr(one, guess=GUESS) for one in flows],
        "pyxirr.xirr": lambda: [pyxirr.xirr(days, one) for days, one in dated],
    }

    monthly = np.array(ways["pyxirr.irr"](), dtype=np.float64)
    theirs = ((1 + monthly) ** 12 - 1) * 10_000
    assert np.max(np.abs(taeg_of_loans(columns) - theirs)) < 0.5 + 1e-6, "the same figures"

    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name in random.sample(list(ways), len(ways)):
            spent[name].append(seconds(ways[name]))
    ratios = {
        name: median(other / ours for other, ours in zip(spent[name], spent["ours"], strict=True))
        for name in ("pyxirr.irr", "pyxirr.xirr")
    }
    for name, ratio in ratios.items():
        print(f"\nTAEG of {LOANS} loans: {ratio:.1f} × {name} (median of {ROUNDS} rounds)")
    assert min(ratios.values()) >= 1.0
