"""Schedules a bank would print: known loans, deferrals, odd periods, what settles a loan, refusals."""

from datetime import date
from decimal import Decimal

import pytest

from microcredit.mathematics.amortisation.capacity import (
    CapacityTooLow,
    cost_of_credit,
    largest_principal,
    months_for_instalment,
    shortest_term,
)
from microcredit.mathematics.amortisation.due_dates import Dates
from microcredit.mathematics.amortisation.instalments import (
    ImpossibleTerms,
    half_up,
    instalment,
    odd_days_interest,
)
from microcredit.mathematics.amortisation.payoff import outstanding_on, payoff
from microcredit.mathematics.amortisation.schedule import Deferral, Loan, schedule

TWO = Decimal("0.02")
IRREGULAR = Dates(date(2026, 3, 16), date(2026, 5, 5))
REGULAR = Dates(date(2026, 1, 5), date(2026, 2, 5))


@pytest.mark.parametrize(
    ("principal", "rate", "months", "constant", "last", "interest"),
    [
        (3_000_00, "0.02", 36, 85_93, 85_85, 93_40),
        (2_500_00, "0.02", 36, 71_61, 71_50, 77_85),
        (2_000_00, "0.02", 24, 85_08, 85_09, 41_93),
        (1_500_00, "0.02", 18, 84_66, 84_63, 23_85),
        (300_00, "0.02", 6, 50_29, 50_30, 1_75),
        (2_000_00, "0.015", 36, 56_85, 56_83, 46_58),
        (3_000_00, "0.04", 36, 88_57, 88_64, 188_59),
        (5_000_00, "0.03", 48, 110_67, 110_77, 312_26),
        (8_000_00, "0.03", 60, 143_75, 143_71, 624_96),
        (8_000_00, "0.04", 84, 109_35, 109_37, 1_185_42),
        (1_000_00, "0", 10, 100_00, 100_00, 0),
        (1_000_00, "0.04", 12, 85_15, 85_15, 21_80),
    ],
)
def test_known_loans_have_the_known_schedule(
    principal: int, rate: str, months: int, constant: int, last: int, interest: int
) -> None:
    result = schedule(Loan(principal, Decimal(rate), months))
    assert result.amounts_cents == (constant,) * (months - 1) + (last,)
    assert result.last_instalment_cents == last
    assert (
        result.total_interest_cents == interest == cost_of_credit(principal, Decimal(rate), months)
    )
    assert result.total_cents == principal + interest


def test_a_half_cent_goes_up() -> None:
    assert [half_up(n, 2) for n in (0, 1, 2, 3)] == [0, 1, 1, 2]
    assert instalment(5, Decimal(0), 2) == 3
    assert schedule(Loan(300, TWO, 1)).interest_cents == (1,)  # 3.00 € at 2 %: 0.5 cent


def test_the_interim_interest_of_a_late_first_instalment_is_added_to_it() -> None:
    loan = Loan(2_000_00, TWO, 24, IRREGULAR)
    assert IRREGULAR.odd_days == 20
    assert loan.interim_interest_cents == 2_19
    result = schedule(loan)
    assert result.amounts_cents == (87_27, *[85_08] * 22, 85_09)
    assert result.total_cents == 2_044_12
    assert result.outstanding_cents == schedule(Loan(2_000_00, TWO, 24)).outstanding_cents


def test_a_short_first_period_takes_its_missing_days_off_the_first_instalment() -> None:
    dates = Dates(date(2026, 3, 16), date(2026, 4, 5))
    assert dates.odd_days == -11
    loan = Loan(2_000_00, TWO, 24, dates)
    assert loan.interim_interest_cents == -1_21  # 2 000 · 2 % · 11 / 365 = 1.2055
    assert schedule(loan).amounts_cents[:2] == (83_87, 85_08)


def test_days_are_over_365_in_a_leap_year_too() -> None:
    assert odd_days_interest(365_00, Decimal("0.1"), 29) == 2_90


@pytest.mark.parametrize(
    ("released", "first", "day", "odd"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), None, 0),
        (date(2026, 1, 30), date(2026, 2, 28), 31, 0),
        (date(2026, 2, 28), date(2026, 3, 31), 31, 0),
        (date(2026, 1, 28), date(2026, 2, 28), 28, 0),
        (date(2026, 1, 20), date(2026, 2, 28), 31, 11),
        (date(2024, 1, 1), date(2024, 3, 1), None, 31),
    ],
)
def test_a_period_is_whole_from_a_day_to_the_same_or_the_last_of_the_next_month(
    released: date, first: date, day: int | None, odd: int
) -> None:
    assert Dates(released, first, day).odd_days == odd


def test_the_day_of_debit_comes_back_after_a_short_month() -> None:
    dates = Dates(date(2027, 12, 31), date(2028, 1, 31), 31)
    assert [line.due_on for line in schedule(Loan(400_00, TWO, 4, dates))] == [
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
    ]
    started_short = Dates(date(2027, 1, 31), date(2027, 2, 28), 31)
    assert started_short.due_on(2) == date(2027, 3, 31)


def test_a_partial_deferral_pays_interest_only() -> None:
    result = schedule(Loan(1_200_00, TWO, 15, deferred_months=3))
    assert result.amounts_cents[:3] == (2_00, 2_00, 2_00)
    assert result.outstanding_cents[:4] == (1_200_00,) * 4
    plain = schedule(Loan(1_200_00, TWO, 12))
    assert result.amounts_cents[3:] == plain.amounts_cents


def test_a_total_deferral_carries_its_interest_to_the_first_instalment() -> None:
    result = schedule(Loan(1_200_00, TWO, 15, deferred_months=3, deferral=Deferral.CARRIED))
    plain = schedule(Loan(1_200_00, TWO, 12))
    assert result.amounts_cents[:3] == (0, 0, 0)
    assert result.amounts_cents[3] == plain.amounts_cents[0] + 6_00
    assert result.amounts_cents[4:] == plain.amounts_cents[1:]


def test_a_total_deferral_may_capitalise_its_interest() -> None:
    result = schedule(Loan(1_200_00, TWO, 14, deferred_months=2, deferral=Deferral.CAPITALISED))
    assert result.outstanding_cents[:3] == (1_200_00, 1_202_00, 1_204_00)
    lines = list(result)
    assert (lines[0].amount_cents, lines[0].interest_cents, lines[0].principal_cents) == (
        0,
        2_00,
        -2_00,
    )
    assert result.amounts_cents[2:] == schedule(Loan(1_204_00, TWO, 12)).amounts_cents
    assert sum(result.principal_cents) == 1_200_00


@pytest.mark.parametrize(
    ("deferral", "first", "fourth", "lent_on"),
    [
        (Deferral.INTEREST_PAID, 2_00 + 1_32, 0, 1_200_00),
        (Deferral.CARRIED, 0, 6_00 + 1_32, 1_200_00),
        (Deferral.CAPITALISED, 0, 0, 1_207_34),
    ],
)
def test_interim_interest_follows_the_interest_of_a_deferral(
    deferral: Deferral, first: int, fourth: int, lent_on: int
) -> None:
    result = schedule(Loan(1_200_00, TWO, 15, IRREGULAR, 3, deferral))  # 20 days: 1.3151 €
    assert result.amounts_cents[0] == first
    assert result.amounts_cents[3] == instalment(lent_on, TWO, 12) + fourth
    assert result.outstanding_cents[3] == lent_on


def test_a_whole_euro_instalment_takes_its_months_and_leaves_a_smaller_last_one() -> None:
    months = months_for_instalment(2_000_00, TWO, 90_00)
    assert months == 23
    result = schedule(Loan(2_000_00, TWO, months, instalment_cents=90_00))
    assert result.amounts_cents[:-1] == (90_00,) * 22
    assert 0 < result.last_instalment_cents <= 90_00
    assert result.total_cents == 22 * 90_00 + result.last_instalment_cents


def test_a_whole_euro_instalment_over_given_months_leaves_the_rest_to_the_last() -> None:
    result = schedule(Loan(2_000_00, TWO, 24, instalment_cents=85_00))
    assert result.amounts_cents[:-1] == (85_00,) * 23
    assert result.last_instalment_cents == 86_98
    assert result.total_interest_cents == 41_98


def test_the_guarantee_example_owes_1_268_68_after_eighteen_instalments() -> None:
    result = schedule(Loan(2_500_00, TWO, 36, REGULAR))
    assert result.outstanding_cents[18] == 1_268_68
    assert outstanding_on(result, REGULAR.due_on(18)) == 1_268_68
    assert outstanding_on(result, date(2027, 8, 4)) == 1_268_68
    assert outstanding_on(result, date(2027, 8, 5)) < 1_268_68


def test_settling_a_loan_costs_what_is_owed_and_the_interest_of_odd_days() -> None:
    result = schedule(Loan(2_500_00, TWO, 36, REGULAR))
    on_the_day = payoff(result, REGULAR.due_on(18))
    assert (on_the_day.days, on_the_day.total_cents) == (0, 1_268_68)
    later = payoff(result, date(2027, 7, 25))
    assert (later.days, later.accrued_cents, later.total_cents) == (20, 1_39, 1_270_07)  # 1.3903
    assert payoff(result, date(2026, 1, 5)).total_cents == 2_500_00
    assert payoff(result, date(2026, 1, 15)).accrued_cents == 1_37  # 2 500 · 2 % · 10 / 365
    assert payoff(result, date(2040, 1, 1)).total_cents == 0


def test_settling_within_a_total_deferral_pays_the_interest_put_off() -> None:
    loan = Loan(1_200_00, TWO, 15, IRREGULAR, 3, Deferral.CARRIED)
    second = payoff(schedule(loan), date(2026, 6, 5))
    assert (second.outstanding_cents, second.carried_cents) == (1_200_00, 2 * 2_00 + 1_32)
    assert payoff(schedule(loan), date(2026, 8, 5)).carried_cents == 0
    capitalised = Loan(1_200_00, TWO, 15, IRREGULAR, 3, Deferral.CAPITALISED)
    assert payoff(schedule(capitalised), date(2026, 5, 5)).total_cents == 1_203_32


def test_a_capacity_gives_a_principal_and_a_length() -> None:
    assert largest_principal(85_08, TWO, 24) >= 2_000_00
    assert instalment(largest_principal(85_08, TWO, 24), TWO, 24) == 85_08
    assert shortest_term(2_000_00, TWO, 85_08) == 24
    assert shortest_term(2_000_00, TWO, 85_07) == 25
    assert shortest_term(1_000_00, Decimal(0), 100_00) == 10
    assert shortest_term(1_000_00, TWO, 5_000_00) == 1


def test_a_principal_whose_instalment_is_half_a_cent_over_the_capacity_is_too_large() -> None:
    assert largest_principal(1, Decimal(0), 2) == 2  # 3 cents over two months are 1.5, paid 2
    assert largest_principal(3_00, TWO, 1) == 2_99  # 3.00 € is paid back with 3.005, so 3.01


def test_a_capacity_under_the_interest_borrows_nothing() -> None:
    with pytest.raises(CapacityTooLow, match="333 cents a month are less than"):
        shortest_term(2_000_00, TWO, 3_33)
    with pytest.raises(CapacityTooLow, match="over 24 months"):
        shortest_term(2_000_00, TWO, 85_07, most_months=24)
    with pytest.raises(CapacityTooLow, match="do not repay"):
        months_for_instalment(2_000_00, TWO, 3_33)
    with pytest.raises(CapacityTooLow, match="in 600 months"):
        months_for_instalment(2_000_00, Decimal(0), 3_00)


@pytest.mark.parametrize(
    ("loan", "says"),
    [
        ((0, TWO, 12), "at least one cent, not 0"),
        ((-5, TWO, 12), "at least one cent"),
        ((100, TWO, 0), "from 1 to 600 months, not 0"),
        ((100, TWO, 601), "from 1 to 600 months, not 601"),
        ((100, Decimal("-0.01"), 12), "from 0 to 1"),
        ((100, Decimal(2), 12), r"from 0 to 1 \(0.02 is 2 %\), not 2"),
        ((100, Decimal("NaN"), 12), "not NaN"),
        ((100, Decimal("Infinity"), 12), "not Infinity"),
        ((100, Decimal("0.0000000000001"), 12), "at most 12 decimals"),
        ((100, TWO, 12, None, 12), "leaves none of 12"),
        ((100, TWO, 12, None, -1), "deferral of -1"),
        ((100, TWO, 12, None, 0, Deferral.CARRIED, 0), "instalment is of at least one cent"),
    ],
)
def test_impossible_terms_are_refused(loan: tuple[int, Decimal, int], says: str) -> None:
    with pytest.raises(ImpossibleTerms, match=says):
        Loan(*loan)


@pytest.mark.parametrize(
    ("loan", "says"),
    [
        (Loan(2_000_00, TWO, 24, instalment_cents=3_33), "does not exceed a month's interest"),
        (Loan(2_000_00, TWO, 24, instalment_cents=100_00), "before the last of 24 months"),
        (Loan(4_00, Decimal(0), 600), "before the last of 600 months"),
        (Loan(1, Decimal(0), 3), "cannot be shared between 3 months"),
    ],
)
def test_a_schedule_that_would_end_early_or_never_is_refused(loan: Loan, says: str) -> None:
    with pytest.raises(ImpossibleTerms, match=says):
        schedule(loan)


@pytest.mark.parametrize(
    ("first", "day", "says"),
    [
        (date(2026, 1, 5), None, "is due after the release"),
        (date(2026, 1, 4), None, "is due after the release"),
        (date(2026, 2, 5), 0, "from 1 to 31, not 0"),
        (date(2026, 2, 5), 32, "from 1 to 31, not 32"),
        (date(2026, 2, 5), 6, "not a day of debit on the 6"),
        (date(2026, 2, 27), 31, "not a day of debit on the 31"),
    ],
)
def test_impossible_dates_are_refused(first: date, day: int | None, says: str) -> None:
    with pytest.raises(ImpossibleTerms, match=says):
        Dates(date(2026, 1, 5), first, day)


def test_a_day_before_the_release_or_a_loan_without_dates_owes_nothing_known() -> None:
    with pytest.raises(ImpossibleTerms, match="before the release"):
        payoff(schedule(Loan(100_00, TWO, 3, REGULAR)), date(2026, 1, 4))
    with pytest.raises(ImpossibleTerms, match="without dates"):
        outstanding_on(schedule(Loan(100_00, TWO, 3)), date(2026, 1, 4))


def test_amounts_that_are_not_amounts_are_refused() -> None:
    for act in (
        lambda: instalment(0, TWO, 12),
        lambda: odd_days_interest(-1, TWO, 3),
        lambda: largest_principal(0, TWO, 12),
        lambda: shortest_term(100, TWO, 0),
        lambda: months_for_instalment(100, TWO, 0),
    ):
        with pytest.raises(ImpossibleTerms):
            act()
