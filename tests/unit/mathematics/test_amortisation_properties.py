"""What holds for any loan, and agreement with a schedule written another way."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.unit.mathematics.loan_oracle import oracle

from microcredit.mathematics.amortisation.capacity import (
    CapacityTooLow,
    largest_principal,
    months_for_instalment,
    shortest_term,
)
from microcredit.mathematics.amortisation.due_dates import Dates
from microcredit.mathematics.amortisation.instalments import ImpossibleTerms, instalment
from microcredit.mathematics.amortisation.payoff import outstanding_on, payoff
from microcredit.mathematics.amortisation.schedule import Deferral, Loan, Schedule, schedule

PRINCIPALS = st.integers(1, 20_000_00)
RATES = st.integers(0, 30_000).map(lambda rate: Decimal(rate) / 100_000)
MONTHS = st.integers(1, 120)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
FEW = settings(max_examples=30, deadline=None)


def scheduled(loan: Loan) -> Schedule:
    """The schedule of a loan that has one: a few cents over years have none."""
    try:
        return schedule(loan)
    except ImpossibleTerms:
        assume(False)
        raise


def dated(released_on: date, wait: int) -> Dates:
    return Dates(released_on, released_on + timedelta(days=wait))


@FEW
@given(PRINCIPALS, RATES, MONTHS)
def test_a_schedule_is_that_of_the_oracle(principal: int, rate: Decimal, months: int) -> None:
    paid, owed, last = oracle(principal, rate, months)
    try:
        result = schedule(Loan(principal, rate, months))
    except ImpossibleTerms:
        assert paid < 1 or owed[-2] <= 0
        return
    assert (result.instalment_cents, list(result.outstanding_cents)) == (paid, owed)
    assert result.last_instalment_cents == result.amounts_cents[-1] == last


@FEW
@given(PRINCIPALS, RATES, MONTHS)
def test_the_last_instalment_differs_by_no_more_than_all_roundings_with_their_interest(
    principal: int, rate: Decimal, months: int
) -> None:
    """Each month errs by half a cent of instalment and half a cent of interest at most, which then bear interest."""
    result = scheduled(Loan(principal, rate, months))
    monthly = Fraction(rate) / 12
    bound = ((1 + monthly) ** months - 1) / monthly if monthly else months
    assert abs(result.last_instalment_cents - result.instalment_cents) <= bound


@FEW
@given(
    st.integers(300_00, 20_000_00),
    RATES,
    st.integers(2, 84),
    st.sampled_from(Deferral),
    st.data(),
)
def test_principal_is_conserved_and_lines_add_up(
    principal: int, rate: Decimal, months: int, deferral: Deferral, data: st.DataObject
) -> None:
    deferred = data.draw(st.integers(0, months - 1))
    dates = dated(data.draw(DAYS), data.draw(st.integers(1, 90)))
    result = scheduled(Loan(principal, rate, months, dates, deferred, deferral))
    lines = list(result)
    assert len(lines) == months
    assert sum(result.principal_cents) == principal
    assert (
        sum(result.amounts_cents) == principal + result.total_interest_cents == result.total_cents
    )
    assert result.outstanding_cents[-1] == 0
    for line in lines:
        assert line.amount_cents == line.interest_cents + line.principal_cents >= 0
        assert line.interest_cents >= 0
        assert line.outstanding_cents == result.outstanding_cents[line.number]


@FEW
@given(st.integers(300_00, 20_000_00), RATES, st.integers(2, 60), st.integers(1, 12), st.booleans())
def test_a_deferred_loan_is_worth_what_was_lent(
    principal: int, rate: Decimal, months: int, deferred: int, capitalised: bool
) -> None:
    """Discounted at its own rate, what is paid is what was lent, but for a cent of rounding each month."""
    kind = Deferral.CAPITALISED if capitalised else Deferral.INTEREST_PAID
    result = scheduled(Loan(principal, rate, months + deferred, None, deferred, kind))
    factor = 1 / (1 + Fraction(rate) / 12)
    worth = Fraction(0)
    for amount in reversed(result.amounts_cents):
        worth = (worth + amount) * factor
    assert abs(worth - principal) <= Fraction(months + deferred, 2)


@FEW
@given(st.integers(1, 5_000_00), RATES, MONTHS)
def test_the_largest_principal_is_the_last_whose_instalment_fits(
    capacity: int, rate: Decimal, months: int
) -> None:
    largest = largest_principal(capacity, rate, months)
    assume(largest > 0)
    assert instalment(largest, rate, months) <= capacity < instalment(largest + 1, rate, months)


@FEW
@given(st.integers(300_00, 20_000_00), RATES, st.integers(1_00, 5_000_00))
def test_the_shortest_term_is_the_first_whose_instalment_fits(
    principal: int, rate: Decimal, capacity: int
) -> None:
    try:
        months = shortest_term(principal, rate, capacity)
    except CapacityTooLow:
        assert instalment(principal, rate, 600) > capacity
        return
    assert instalment(principal, rate, months) <= capacity
    assert months == 1 or instalment(principal, rate, months - 1) > capacity


@FEW
@given(st.integers(300_00, 20_000_00), RATES, st.integers(5, 2_000))
def test_a_whole_euro_instalment_ends_on_one_that_is_no_larger(
    principal: int, rate: Decimal, euros: int
) -> None:
    try:
        months = months_for_instalment(principal, rate, euros * 100)
    except CapacityTooLow:
        assert instalment(principal, rate, 600) >= euros * 100
        return
    result = schedule(Loan(principal, rate, months, instalment_cents=euros * 100))
    assert 0 < result.last_instalment_cents <= euros * 100
    assert set(result.amounts_cents[:-1]) <= {euros * 100}


@FEW
@given(DAYS, st.integers(1, 90), st.integers(1, 50))
def test_instalments_fall_on_the_day_of_debit_or_the_last_of_a_shorter_month(
    released_on: date, wait: int, months: int
) -> None:
    dates = dated(released_on, wait)
    wanted = dates.first_due_on.day
    before = dates.due_on(0)
    for number in range(1, months + 1):
        due_on = dates.due_on(number)
        assert (due_on.year * 12 + due_on.month) - (before.year * 12 + before.month) == 1
        assert due_on.day == wanted or (
            due_on.day < wanted and (due_on + timedelta(days=1)).month != due_on.month
        )
        before = due_on


@FEW
@given(st.integers(300_00, 20_000_00), RATES, st.integers(2, 60), DAYS, st.integers(1, 60))
def test_settling_on_a_due_date_pays_what_remains_after_it(
    principal: int, rate: Decimal, months: int, released_on: date, wait: int
) -> None:
    result = scheduled(Loan(principal, rate, months, dated(released_on, wait)))
    for line in result:
        assert line.due_on is not None
        assert payoff(result, line.due_on).total_cents == line.outstanding_cents
        day_before = line.due_on - timedelta(days=1)
        assert outstanding_on(result, day_before) == result.outstanding_cents[line.number - 1]
        owed = payoff(result, day_before).total_cents
        assert owed <= line.outstanding_cents + line.amount_cents + 1
