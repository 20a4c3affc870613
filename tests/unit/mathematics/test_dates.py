"""Months, working days, and the clocks of consumer credit."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microcredit.mathematics.dates import (
    Region,
    add_months,
    add_working_days,
    credit_clocks,
    is_working_day,
    months_between,
    next_working_day,
    public_holidays,
)

a_few = settings(max_examples=25, deadline=None)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 5), 12, date(2027, 1, 5)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_short_month(
    start: date, months: int, expected: date
) -> None:
    assert add_months(start, months) == expected


def test_the_day_of_debit_comes_back_after_a_short_month() -> None:
    assert [add_months(date(2026, 2, 28), k, day=31) for k in range(3)] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


@a_few
@given(DAYS, st.integers(0, 400))
def test_the_months_that_were_added_are_the_months_between(start: date, months: int) -> None:
    assert months_between(start, add_months(start, months)) == months


@a_few
@given(DAYS, st.integers(0, 10_000))
def test_one_month_more_would_pass_the_end(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    months = months_between(start, end)

    assert add_months(start, months) <= end < add_months(start, months + 1)


def test_months_that_cannot_be_counted_are_refused() -> None:
    with pytest.raises(ValueError, match="before the start"):
        months_between(date(2026, 2, 1), date(2026, 1, 1))
    with pytest.raises(ValueError, match="between 1 and 31"):
        add_months(date(2026, 2, 1), 1, day=32)
    with pytest.raises(ValueError, match="leaves the calendar"):
        add_months(date(9999, 12, 1), 1)


def test_the_eleven_public_holidays_of_2026_and_two_more_in_alsace_moselle() -> None:
    everywhere = public_holidays(2026)
    alsace = public_holidays(2026, Region.ALSACE_MOSELLE)

    assert [f"{day:%d/%m}" for day in everywhere] == [
        "01/01", "06/04", "01/05", "08/05", "14/05", "25/05",
        "14/07", "15/08", "01/11", "11/11", "25/12",
    ]  # fmt: skip
    assert everywhere[date(2026, 4, 6)] == "Lundi de Pâques"
    assert sorted(set(alsace) - set(everywhere)) == [date(2026, 4, 3), date(2026, 12, 26)]


def test_a_bridge_of_holidays_is_crossed() -> None:
    assert next_working_day(date(2026, 5, 8)) == date(2026, 5, 11)
    assert next_working_day(date(2026, 5, 11)) == date(2026, 5, 11)
    assert next_working_day(date(2027, 1, 1)) == date(2027, 1, 4)
    assert next_working_day(date(2026, 4, 3), Region.ALSACE_MOSELLE) == date(2026, 4, 7)
    assert not is_working_day(date(2026, 7, 14))


def test_working_days_are_counted_from_the_day_after() -> None:
    assert add_working_days(date(2026, 5, 7), 1) == date(2026, 5, 11)
    assert add_working_days(date(2026, 3, 16), 5) == date(2026, 3, 23)
    assert add_working_days(date(2026, 3, 14), 0) == date(2026, 3, 16)
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2026, 3, 16), -1)


def test_no_payment_in_the_seven_days_after_acceptance() -> None:
    clocks = credit_clocks(date(2026, 3, 2))

    assert clocks.first_payment_on == date(2026, 3, 10), "3 to 9 March are the seven days"


def test_the_seven_days_are_not_lengthened_by_a_sunday() -> None:
    assert credit_clocks(date(2026, 3, 1)).first_payment_on == date(2026, 3, 9)
    assert credit_clocks(date(2026, 3, 7)).first_payment_on == date(2026, 3, 15)


@pytest.mark.parametrize(
    ("accepted", "last"),
    [
        (date(2026, 3, 2), date(2026, 3, 16)),
        (date(2026, 3, 7), date(2026, 3, 23)),  # day 14 is a Saturday
        (date(2026, 4, 24), date(2026, 5, 11)),  # 8 May, then a week-end
    ],
)
def test_one_may_withdraw_until_the_fourteenth_day_or_the_working_day_after(
    accepted: date, last: date
) -> None:
    clocks = credit_clocks(accepted)

    assert clocks.withdrawal_until == last
    assert clocks.final_from == last + timedelta(days=1)


@a_few
@given(DAYS, st.sampled_from(Region))
def test_a_right_to_withdraw_lasts_at_least_fourteen_days_and_ends_on_a_working_day(
    accepted: date, region: Region
) -> None:
    last = credit_clocks(accepted, region).withdrawal_until

    assert is_working_day(last, region)
    assert 14 <= (last - accepted).days <= 19
