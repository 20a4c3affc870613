"""Where a loan stands: sentences first, then the same day by day, done the slow way."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microcredit.loans.codes import OF_THE_LOAN, InstalmentState, PostingKind, Source, Standing
from microcredit.loans.situation import Due, Fact, Line, Situation, situation

PAID, UNPAID = InstalmentState.PAID, InstalmentState.UNPAID
EARLY, CALLED = PostingKind.SETTLED_EARLY, PostingKind.GUARANTEE_CALLED
SIGNED = date(2016, 1, 4)
AMOUNT, PRINCIPAL = 50_00, 48_00


def on(month: int, day: int) -> date:
    """A day of 2016."""
    return date(2016, month, day)


def due(number: int, month: int, day: int = 5, *, since: date = SIGNED) -> Due:
    """An instalment of 50 €, of which 48 € are capital."""
    return Due(number, number, on(month, day), AMOUNT, PRINCIPAL, since)


FEBRUARY, MARCH, APRIL = due(1, 2), due(2, 3), due(3, 4)
THREE = [FEBRUARY, MARCH, APRIL]


def paid(of: Due, day: date, amount_cents: int = AMOUNT, source: Source = Source.BANK) -> Fact:
    """A payment on an instalment."""
    return Fact(of.id, PostingKind.PAID, source, day, amount_cents)


def rejected(of: Due, day: date) -> Fact:
    """A debit that the bank sent back."""
    return Fact(of.id, PostingKind.REJECTED, Source.BANK, day, AMOUNT)


def of_the_loan(kind: PostingKind, day: date) -> Fact:
    """An early settlement, or a call of the guarantee."""
    return Fact(None, kind, Source.BANK, day, 100_00)


def states(found: Situation) -> list[str]:
    """The state of each line."""
    return [line.state.value for line in found.lines]


@pytest.mark.parametrize(
    ("day", "state", "source"),
    [
        (on(2, 4), InstalmentState.UPCOMING, None),
        (on(2, 5), InstalmentState.AWAITED, None),
        (on(2, 9), InstalmentState.AWAITED, None),
        (on(2, 10), PAID, Source.PRESUMED),
    ],
)
def test_silence_means_upcoming_then_awaited_then_presumed_paid_five_days_after(
    day: date, state: InstalmentState, source: Source | None
) -> None:
    (line,) = situation([FEBRUARY], [], day).lines

    assert (line.state, line.source) == (state, source)


def test_a_loan_without_news_is_on_time_and_owes_the_capital_of_what_is_not_yet_paid() -> None:
    found = situation(THREE, [], on(3, 7))

    assert found.standing is Standing.ON_TIME
    assert states(found) == ["paid", "awaited", "upcoming"]
    assert (found.outstanding_cents, found.overdue_cents, found.days_late) == (96_00, 0, 0)
    assert found.next_due == Line(MARCH, InstalmentState.AWAITED)
    assert (found.oldest_unpaid_on, found.incident_on, found.settled_on) == (None, None, None)


def test_what_is_known_prevails_over_the_presumption_even_before_the_due_date() -> None:
    facts = [paid(FEBRUARY, on(2, 1), source=Source.PERSON), paid(FEBRUARY, on(2, 5))]

    declared = situation([FEBRUARY], facts, on(2, 3)).lines[0]
    confirmed = situation([FEBRUARY], facts, on(2, 12)).lines[0]

    assert (declared.state, declared.source) == (PAID, Source.PERSON)
    assert (confirmed.state, confirmed.source) == (PAID, Source.BANK)
    assert confirmed.paid_since == on(2, 1)
    assert not confirmed.regularised


def test_one_rejected_debit_makes_the_loan_late_from_its_day_on() -> None:
    facts = [rejected(FEBRUARY, on(2, 11))]

    before, after = situation(THREE, facts, on(2, 10)), situation(THREE, facts, on(2, 15))

    assert (before.standing, states(before)[0]) == (Standing.ON_TIME, "paid")
    assert (after.standing, states(after)[0]) == (Standing.LATE, "unpaid")
    assert (after.outstanding_cents, after.overdue_cents) == (3 * PRINCIPAL, AMOUNT)
    assert (after.oldest_unpaid_on, after.days_late) == (on(2, 5), 10)
    assert after.lines[0].unpaid_since == on(2, 11)
    assert after.next_due == Line(MARCH, InstalmentState.UPCOMING)


def test_a_part_paid_leaves_the_rest_missing_and_the_rest_clears_it() -> None:
    facts = [
        rejected(FEBRUARY, on(2, 7)),
        paid(FEBRUARY, on(2, 12), 20_00, Source.PERSON),
        paid(FEBRUARY, on(2, 20), 30_00),
    ]

    part, whole = situation(THREE, facts, on(2, 19)), situation(THREE, facts, on(2, 20))

    assert (part.standing, part.overdue_cents) == (Standing.LATE, 30_00)
    assert (part.lines[0].paid_cents, part.lines[0].missing_cents) == (20_00, 30_00)
    assert part.outstanding_cents == 3 * PRINCIPAL
    assert (whole.standing, whole.overdue_cents) == (Standing.ON_TIME, 0)
    assert whole.lines[0].regularised
    assert (whole.lines[0].paid_since, whole.lines[0].unpaid_since) == (on(2, 20), None)


def test_a_second_rejection_undoes_what_was_written_before_it() -> None:
    facts = [
        rejected(FEBRUARY, on(2, 7)),
        paid(FEBRUARY, on(2, 12), source=Source.PERSON),
        rejected(FEBRUARY, on(2, 16)),
    ]

    assert situation(THREE, facts, on(2, 15)).lines[0].regularised
    line = situation(THREE, facts, on(2, 16)).lines[0]
    assert (line.state, line.missing_cents, line.unpaid_since) == (UNPAID, AMOUNT, on(2, 16))


def test_a_payment_found_late_clears_the_rejection_written_before_it_whatever_its_date() -> None:
    facts = [rejected(FEBRUARY, on(2, 8)), paid(FEBRUARY, on(2, 8))]

    assert situation(THREE, facts, on(2, 8)).lines[0].state is PAID
    assert situation(THREE, facts[::-1], on(2, 8)).lines[0].state is UNPAID


def test_two_unpaid_at_once_are_an_incident_which_remains_after_it_was_regularised() -> None:
    facts = [rejected(FEBRUARY, on(2, 8)), rejected(MARCH, on(3, 9))]
    facts += [paid(FEBRUARY, on(3, 20)), paid(MARCH, on(3, 25))]

    assert situation(THREE, facts, on(3, 8)).incident_on is None
    arrears = situation(THREE, facts, on(3, 9))
    assert (arrears.standing, arrears.incident_on) == (Standing.IN_ARREARS, on(3, 9))
    assert (arrears.overdue_cents, arrears.days_late) == (2 * AMOUNT, 33)
    assert situation(THREE, facts, on(3, 20)).standing is Standing.LATE
    regularised = situation(THREE, facts, on(3, 25))
    assert (regularised.standing, regularised.incident_on) == (Standing.ON_TIME, on(3, 9))


def test_two_unpaid_one_after_the_other_are_no_incident() -> None:
    facts = [rejected(FEBRUARY, on(2, 8)), paid(FEBRUARY, on(3, 9)), rejected(MARCH, on(3, 9))]

    found = situation(THREE, facts, on(3, 30))

    assert (found.standing, found.incident_on) == (Standing.LATE, None)


def test_rescheduling_ends_what_was_unpaid_and_keeps_the_day_of_the_incident() -> None:
    facts = [rejected(FEBRUARY, on(2, 8)), rejected(MARCH, on(3, 9))]
    replaced = [replace(one, valid_to=on(3, 20)) for one in THREE]
    renewed = [due(number, month, since=on(3, 20)) for number, month in ((11, 5), (12, 6), (13, 7))]

    before = situation(replaced + renewed, facts, on(3, 19))
    after = situation(replaced + renewed, facts, on(3, 20))
    end = situation(replaced + renewed, facts, on(7, 10))

    assert before.standing is Standing.IN_ARREARS
    assert [line.due for line in before.lines] == replaced
    assert (after.standing, after.incident_on) == (Standing.ON_TIME, on(3, 9))
    assert [line.due for line in after.lines] == renewed
    assert after.overdue_cents == 0
    assert (end.standing, end.settled_on) == (Standing.SETTLED, on(7, 10))


def test_a_loan_is_settled_on_the_day_its_last_instalment_counts_as_paid() -> None:
    assert situation(THREE, [], on(4, 9)).settled_on is None
    presumed = situation(THREE, [], on(5, 1))
    assert (presumed.standing, presumed.settled_on) == (Standing.SETTLED, on(4, 10))
    assert (presumed.outstanding_cents, presumed.next_due) == (0, None)

    confirmed = situation(THREE, [paid(APRIL, on(4, 5))], on(5, 1))
    assert confirmed.settled_on == on(4, 5)

    cleared = [rejected(FEBRUARY, on(2, 8)), paid(FEBRUARY, on(4, 28))]
    assert situation(THREE, cleared, on(4, 27)).standing is Standing.LATE
    assert situation(THREE, cleared, on(5, 1)).settled_on == on(4, 28)


def test_the_end_of_an_unpaid_row_may_be_what_settles_a_loan() -> None:
    forgiven = replace(APRIL, valid_to=on(4, 30))

    found = situation([FEBRUARY, MARCH, forgiven], [rejected(APRIL, on(4, 8))], on(5, 1))

    assert (found.standing, found.settled_on) == (Standing.SETTLED, on(4, 30))


def test_an_early_settlement_covers_all_that_remained_and_closes_the_loan() -> None:
    facts = [rejected(FEBRUARY, on(2, 8)), of_the_loan(EARLY, on(2, 20)), rejected(MARCH, on(3, 8))]

    before, after = situation(THREE, facts, on(2, 19)), situation(THREE, facts, on(3, 30))

    assert (before.standing, before.outstanding_cents) == (Standing.LATE, 3 * PRINCIPAL)
    assert (after.standing, after.settled_on) == (Standing.SETTLED_EARLY, on(2, 20))
    assert (after.outstanding_cents, after.overdue_cents, after.days_late) == (0, 0, 0)
    assert (after.next_due, after.incident_on) == (None, None)
    assert all(line.settled_early and line.source is Source.BANK for line in after.lines)
    assert [line.regularised for line in after.lines] == [True, False, False]
    presumed, covered, _ = situation(THREE, [of_the_loan(EARLY, on(3, 7))], on(12, 31)).lines
    assert (presumed.source, presumed.settled_early) == (Source.PRESUMED, False)
    assert (covered.paid_since, covered.paid_cents) == (on(3, 7), 0)


def test_the_call_of_the_guarantee_prevails_and_what_is_owed_remains_owed() -> None:
    facts = [rejected(FEBRUARY, on(2, 8)), rejected(MARCH, on(3, 8))]
    facts.append(of_the_loan(CALLED, on(4, 1)))

    assert situation(THREE, facts, on(3, 31)).standing is Standing.IN_ARREARS
    year_end = situation(THREE, facts, on(12, 31))
    assert (year_end.standing, year_end.settled_on) == (Standing.GUARANTEE_CALLED, None)
    assert year_end.incident_on == on(3, 8)
    assert year_end.outstanding_cents == 3 * PRINCIPAL, "no debit is presumed after the call"
    repaid = situation(THREE, [*facts, of_the_loan(EARLY, on(6, 1))], on(12, 31))
    assert (repaid.standing, repaid.outstanding_cents) == (Standing.GUARANTEE_CALLED, 0)


def test_a_loan_whose_schedule_has_not_begun_owes_nothing_and_is_not_settled() -> None:
    found = situation(THREE, [], on(1, 3))

    assert (found.standing, found.lines, found.settled_on) == (Standing.ON_TIME, (), None)


def test_a_fact_that_would_be_counted_nowhere_is_refused() -> None:
    for instalment, kinds in ((None, set(PostingKind) - OF_THE_LOAN), (1, OF_THE_LOAN)):
        for kind in kinds:
            with pytest.raises(ValueError, match="instalment"):
                Fact(instalment, kind, Source.BANK, SIGNED, AMOUNT)
    with pytest.raises(ValueError, match="presumption"):
        Fact(1, PostingKind.PAID, Source.PRESUMED, SIGNED, AMOUNT)


# Any loan, and the same answers found day by day without any shortcut.

LAST = 75  # days after the signature
DAYS = st.integers(0, LAST).map(lambda number: SIGNED + timedelta(days=number))


@st.composite
def loans(draw: st.DrawFn, *, closed: bool = True) -> tuple[list[Due], list[Fact]]:
    """Up to five instalments two weeks apart, perhaps rescheduled, and facts in any order of dates."""
    count = draw(st.integers(1, 5))
    changed_on = draw(st.none() | DAYS.filter(lambda day: day > SIGNED))
    dues = []
    for number in range(1, count + 1):
        one = Due(number, number, SIGNED + timedelta(days=11 * number), AMOUNT, PRINCIPAL, SIGNED)
        if changed_on and draw(st.booleans()):
            later = replace(
                one,
                id=100 + number,
                due_on=changed_on + timedelta(days=number),
                valid_from=changed_on,
            )
            dues += [replace(one, valid_to=changed_on), later]
        else:
            dues.append(one)
    ids = st.sampled_from([one.id for one in dues])
    source = st.sampled_from([Source.BANK, Source.PERSON])
    of_an_instalment = st.builds(
        Fact,
        ids,
        st.sampled_from([PostingKind.REJECTED, PostingKind.REJECTED, PostingKind.PAID]),
        source,
        DAYS,
        st.sampled_from([AMOUNT, 20_00, 30_00]),
    )
    facts = draw(st.lists(of_an_instalment, max_size=9))
    if closed:
        closings = draw(st.sets(st.sampled_from([EARLY, CALLED])))
        facts += [of_the_loan(kind, draw(DAYS)) for kind in closings]
    return dues, facts


def told(one: Due, facts: list[Fact], day: date) -> str:
    """What the facts say, replayed one by one as a clerk would read the register."""
    state, missing = "silent", 0
    for fact in facts:
        if fact.instalment_id != one.id or fact.on_date > day:
            continue
        if fact.kind is PostingKind.REJECTED:
            state, missing = "unpaid", one.amount_cents
        else:
            missing -= fact.amount_cents
            state = "unpaid" if state == "unpaid" and missing > 0 else "paid"
    return state


def naive(dues: list[Due], facts: list[Fact], day: date) -> tuple[Standing, date | None, int]:
    """Standing, day of the incident and capital owed, from a walk through every day from the signature."""
    closed_on = {fact.kind: fact.on_date for fact in facts if fact.instalment_id is None}
    early, called = closed_on.get(EARLY, date.max), closed_on.get(CALLED, date.max)
    incident, owed, presumed = None, 0, set()
    found: list[str] = []
    for passed in range((day - SIGNED).days + 1):
        today = SIGNED + timedelta(days=passed)
        if today <= called:
            presumed |= {one.id for one in dues if today - one.due_on == timedelta(days=5)}
        found, owed = [], 0
        for one in dues:
            if one.valid_from <= today and not (one.valid_to and one.valid_to <= today):
                state = "paid" if today >= early else told(one, facts, today)
                if state == "silent" and one.id in presumed:
                    state = "paid"
                found.append(state)
                owed += 0 if state == "paid" else one.principal_cents
        if found.count("unpaid") >= 2 and incident is None:
            incident = today
    standing = [Standing.ON_TIME, Standing.LATE, Standing.IN_ARREARS][min(found.count("unpaid"), 2)]
    for reached, closing in (
        (set(found) == {"paid"}, Standing.SETTLED),
        (early <= day, Standing.SETTLED_EARLY),
        (called <= day, Standing.GUARANTEE_CALLED),
    ):
        standing = closing if reached else standing
    return standing, incident, owed


@given(loans(), DAYS)
def test_walking_day_by_day_gives_the_same_standing_incident_and_capital(
    loan: tuple[list[Due], list[Fact]], day: date
) -> None:
    found = situation(*loan, day)

    assert (found.standing, found.incident_on, found.outstanding_cents) == naive(*loan, day)


@given(loans(), DAYS)
def test_a_day_never_depends_on_what_is_dated_later(
    loan: tuple[list[Due], list[Fact]], day: date
) -> None:
    dues, facts = loan
    past = [fact for fact in facts if fact.on_date <= day]
    rows = [
        replace(one, valid_to=None) if one.valid_to and one.valid_to > day else one
        for one in dues
        if one.valid_from <= day
    ]

    then = situation(rows, past, day)
    now = situation(dues, facts, day)

    assert situation(dues, past, day) == now
    assert states(then) == states(now)
    assert replace(then, lines=()) == replace(now, lines=())


@given(loans(closed=False), DAYS)
def test_a_loan_is_settled_if_and_only_if_every_instalment_is_paid(
    loan: tuple[list[Due], list[Fact]], day: date
) -> None:
    found = situation(*loan, day)

    all_paid = all(line.state is PAID for line in found.lines)
    assert (found.standing is Standing.SETTLED) == all_paid == (found.settled_on is not None)
    if found.settled_on:
        assert found.settled_on <= day


@given(loans(), DAYS)
def test_what_is_owed_and_what_is_repaid_add_up_to_the_capital_in_force(
    loan: tuple[list[Due], list[Fact]], day: date
) -> None:
    found = situation(*loan, day)

    repaid = sum(line.due.principal_cents for line in found.lines if line.state is PAID)
    assert found.outstanding_cents + repaid == sum(line.due.principal_cents for line in found.lines)
    assert found.overdue_cents == sum(
        line.due.amount_cents - line.paid_cents for line in found.lines if line.state is UNPAID
    )


@given(loans(), DAYS)
def test_each_line_has_been_in_its_state_since_the_day_it_names(
    loan: tuple[list[Due], list[Fact]], day: date
) -> None:
    dues, facts = loan
    rows = [replace(one, valid_from=date.min, valid_to=None) for one in dues]
    for line in situation(rows, facts, day).lines:
        since = line.paid_since or line.unpaid_since
        assert (since is None) == (line.state not in (PAID, UNPAID))
        assert (line.source is None) == (since is None)
        if since:
            (then,) = (one for one in situation(rows, facts, since).lines if one.due == line.due)
            assert then.state is line.state
