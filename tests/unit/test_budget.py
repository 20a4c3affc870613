"""The arithmetic of a budget, against decimals that know nothing of how we compute."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microcredit.cases.budget_codes import BudgetCode, Periodicity
from microcredit.cases.services.budget import Entry, balance_of, counted
from microcredit.mathematics.budget import Balance, balance, monthly

CENTS = st.integers(0, 10**13)
AMOUNTS = st.lists(st.integers(0, 10**9), max_size=12)
LINES = st.lists(
    st.tuples(
        st.sampled_from([code.value for code in BudgetCode]),
        st.integers(1, 1_000_000_00),
        st.sampled_from([one.value for one in Periodicity]),
    ),
    max_size=27,
)


def half_up(cents: int, months: int) -> int:
    """`cents` / `months` as an accountant rounds it."""
    exact = Decimal(cents) / Decimal(months)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(CENTS, st.integers(1, 240))
def test_an_amount_brought_to_the_month_is_rounded_half_up(cents: int, months: int) -> None:
    assert monthly(cents, months) == half_up(cents, months)


@given(CENTS)
def test_what_comes_each_month_is_left_as_it_is(cents: int) -> None:
    assert monthly(cents, 1) == cents


@given(CENTS, CENTS, st.integers(1, 240))
def test_more_a_year_is_never_less_a_month(one: int, other: int, months: int) -> None:
    low, high = sorted((one, other))
    assert monthly(low, months) <= monthly(high, months)


@pytest.mark.parametrize(("cents", "months", "a_month"), [(900_00, 12, 75_00), (100, 3, 33), (6, 12, 1),
                                                          (5, 12, 0), (100_01, 12, 8_33)])  # fmt: skip
def test_known_amounts(cents: int, months: int, a_month: int) -> None:
    assert monthly(cents, months) == a_month


@pytest.mark.parametrize(("cents", "months"), [(-1, 1), (1, 0), (1, -3)])
def test_a_negative_amount_and_a_period_of_nothing_are_refused(cents: int, months: int) -> None:
    with pytest.raises(ValueError, match="not negative"):
        monthly(cents, months)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_what_is_left_is_what_comes_in_without_what_goes_out(
    resources: list[int], charges: list[int], debts: list[int]
) -> None:
    found = balance(resources, charges, debts)

    assert (found.resources, found.charges, found.debts) == (
        sum(resources),
        sum(charges),
        sum(debts),
    )
    assert found.left == sum(resources) - sum(charges + debts)


def test_what_is_left_may_be_less_than_nothing() -> None:
    assert Balance(100, 80, 30).left == -10


@given(LINES)
def test_a_budget_is_the_sum_of_its_lines_each_rounded_once(
    lines: list[tuple[str, int, str]],
) -> None:
    times = {"week": 52, "month": 12, "quarter": 4, "half_year": 2, "year": 1, "once": 0}
    total = dict.fromkeys("RCD", 0)
    for code, cents, every in lines:
        if code not in ("R16", "R17"):  # help from relatives, savings: noted, not counted
            total[code[0]] += half_up(cents * times[every], 12)

    found = balance_of(counted(Entry(*line) for line in lines))

    assert (found.resources, found.charges, found.debts) == (total["R"], total["C"], total["D"])
