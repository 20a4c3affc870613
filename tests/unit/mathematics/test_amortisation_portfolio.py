"""Many loans at once are the same loans one by one, to the cent."""

from decimal import Decimal

import numpy as np
import pytest
from tests.unit.mathematics.loan_oracle import oracle

from microcredit.mathematics.amortisation.instalments import ImpossibleTerms, instalment
from microcredit.mathematics.amortisation.portfolio import (
    MOST_CENTS,
    TooLarge,
    millionths,
    portfolio,
)
from microcredit.mathematics.amortisation.schedule import Loan, schedule


def agree_with_the_oracle(count: int, seed: int) -> None:
    """Random loans of 300 € to 1 000 000 €, 0 to 20 %, 1 to 84 months: every balance, both ways."""
    draw = np.random.default_rng(seed)
    cents = draw.integers(300_00, 1_000_000_00, count)
    cents[::2] = draw.integers(300_00, 12_000_00, cents[::2].size)
    rates = draw.integers(0, 401, count) * 500
    lengths = draw.integers(1, 85, count)
    many = portfolio(cents, rates, lengths)
    assert (many.principal_cents.sum(axis=0) == cents).all()
    assert (many.amounts_cents.sum(axis=0) == cents + many.total_interest_cents).all()
    columns = zip(
        cents.tolist(),
        [Decimal(rate) / 1_000_000 for rate in rates.tolist()],
        lengths.tolist(),
        many.instalment_cents.tolist(),
        many.outstanding_cents.T.tolist(),
        many.last_instalment_cents.tolist(),
        strict=True,
    )
    for principal, rate, months, paid, owed, last in columns:
        assert (paid, owed[: months + 1], last) == oracle(principal, rate, months)
        assert not any(owed[months:])


def test_a_sample_of_random_loans_agrees_with_the_oracle() -> None:
    agree_with_the_oracle(600, seed=2026)


@pytest.mark.thorough
def test_a_million_random_loans_agree_with_the_oracle() -> None:
    for seed in range(50):
        agree_with_the_oracle(20_000, seed)


def test_many_loans_are_the_same_one_by_one() -> None:
    cents, rates, months = (
        [2_000_00, 2_500_00, 1_000_00, 1],
        [20_000, 20_000, 0, 40_000],
        [24, 36, 10, 1],
    )
    many = portfolio(cents, rates, months)
    for index, (principal, rate, length) in enumerate(zip(cents, rates, months, strict=True)):
        one = schedule(Loan(principal, Decimal(rate) / 1_000_000, length))
        assert tuple(many.interest_cents[:length, index]) == one.interest_cents
        assert tuple(many.outstanding_cents[: length + 1, index]) == one.outstanding_cents
        assert tuple(many.amounts_cents[:length, index]) == one.amounts_cents
        assert many.last_instalment_cents[index] == one.last_instalment_cents
        assert not many.amounts_cents[length:, index].any()


def test_half_cents_are_decided_exactly() -> None:
    """At 2 % over one month each odd multiple of 3 € is to be paid back with half a cent."""
    halves = np.arange(300, 3_000_000, 600)
    assert (portfolio(halves, 20_000, 1).instalment_cents == (halves * 601 + 300) // 600).all()
    largest = np.arange(MOST_CENTS - 500, MOST_CENTS + 1)
    found = portfolio(largest, 20_000, 60).instalment_cents
    assert found.tolist() == [instalment(int(one), Decimal("0.02"), 60) for one in largest]


def test_the_largest_loan_at_the_largest_rate_does_not_overflow() -> None:
    many = portfolio(MOST_CENTS, 1_000_000, 600)
    one = schedule(Loan(MOST_CENTS, Decimal(1), 600))
    assert tuple(many.outstanding_cents[:, 0]) == one.outstanding_cents


def test_no_loan_has_no_schedule() -> None:
    assert portfolio([], 20_000, 24).amounts_cents.shape == (0, 0)


def test_rates_are_given_in_millionths() -> None:
    assert [millionths(Decimal(rate)) for rate in ("0", "0.02", "0.01525", "1")] == [
        0,
        20_000,
        15_250,
        1_000_000,
    ]
    with pytest.raises(ImpossibleTerms, match="six decimals"):
        millionths(Decimal("0.0000001"))


@pytest.mark.parametrize(
    ("cents", "rates", "months", "says"),
    [
        ([100, 0], 0, 1, "at least one cent, not 0"),
        ([100], -1, 1, "from 0 to 1000000 millionths"),
        ([100], 1_000_001, 1, "millionths"),
        ([100], 0, [0], "from 1 to 600 months"),
        ([100], 0, [601], "from 1 to 600 months"),
        ([100.0], 0, [1], "principals are integers"),
        ([100], 0.02, [1], "rates in millionths are integers"),
        ([2**64], 0, [1], "principals are integers"),
        ([2**64 - 1], 0, [1], "at least one cent"),
        ([100, 200], 0, [1, 2, 3], "as many rates and lengths"),
        ([[100]], 0, [1], "one list of loans"),
        ([10_000_00, 4_00], 0, 600, "loan 1: 400 cents cannot be shared between 600 months"),
        ([1], 0, 3, "loan 0: 1 cents cannot be shared"),
    ],
)
def test_impossible_portfolios_are_refused(
    cents: list[int], rates: int, months: list[int], says: str
) -> None:
    with pytest.raises(ImpossibleTerms, match=says):
        portfolio(cents, rates, months)


def test_a_loan_too_large_for_arrays_is_refused() -> None:
    with pytest.raises(TooLarge, match="at most 1000000000 cents"):
        portfolio([MOST_CENTS + 1], 0, 1)
