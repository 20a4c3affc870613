"""Any sequence of acts, allowed and forbidden, on any days: what is true of every case stays true.

`-m thorough` looks much further.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.cast import Cast
from tests.integration.life.chances import Chance, Doing
from tests.integration.life.tale import Tale, begin, days, granted, lent, ready, sent, signed

from microcredit.cases.codes import AT_BANK, Act, State
from microcredit.cases.models import CaseEvent
from microcredit.cases.transitions import TABLE, acts_from
from microcredit.followups.services import evaluation_of
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.loans.codes import InstalmentState, Standing
from microcredit.loans.models import Loan
from microcredit.loans.services.find import Held
from microcredit.loans.services.portfolio import standings
from microcredit.loans.situation import Situation

#: Where a tale begins: a random sequence alone seldom lends.
BEGINNINGS: dict[str, Callable[[Cast], Tale]] = {
    "contact": begin, "ready": ready, "sent": sent, "granted": granted, "signed": signed,
    "lent": lent, "still lent": lent, "lent and lent": lent,
}  # fmt: skip

ACTS = [act for act in Act if act is not Act.OPEN_CONTACT]

#: Acts that every state permits: left to chance, or they would hide the others.
ANYWHERE = {act for act in ACTS if TABLE[act].sources == frozenset(State)}

ENDS = {
    Act.REDIRECT, Act.CLOSE, Act.DECLINE, Act.WITHDRAW, Act.SETTLE_EARLY, Act.CLOSE_LOAN, Act.LAPSE_OFFER,
}  # fmt: skip
NOTHING_FOLLOWS = {State.REDIRECTED, State.CLOSED}

#: Acts that were done, for the thorough test to know that it saw them all.
DONE: Counter[Act] = Counter()


def check_timeline(events: list[CaseEvent], state: State, since: date) -> None:
    """The state is where the last event led, and every event is a row of the table."""
    assert events[-1].to_state == state.value
    assert [event.from_state for event in events] == [None, *(e.to_state for e in events[:-1])]
    for event in events:
        row = TABLE[Act(event.act)]
        assert event.to_state == (row.target.value if row.target else event.from_state)
        assert (event.from_state is None) is (not row.sources)
        assert event.from_state is None or State(event.from_state) in row.sources
    dates = [event.on_date for event in events]
    assert dates == sorted(dates)
    entered = [e for e in events if e.to_state != e.from_state or e.act == Act.ADJOURN.value]
    assert since == entered[-1].on_date


def check_copies(tale: Tale, state: State) -> None:
    """One copy is open while a bank has the next word, and none otherwise."""
    waiting = [copy for copy in tale.copies if copy.answer is None]
    assert len(waiting) == (1 if state in AT_BANK else 0)


def check_schedule(held: Held, on: date) -> None:
    """On every day that meant something the schedule in force is one, and its capital what was lent."""
    loan = held.loan
    if loan.disbursed_on is None:
        assert held.rows == []
        return
    last = max(row.version for row in held.rows)
    moments = {on, *(row.valid_from for row in held.rows), *(fact.on_date for fact in held.facts)}
    for day in sorted(moment for moment in moments if moment >= loan.disbursed_on):
        stands = held.on(day)
        if loan.withdrawn_on is not None and day >= max(loan.withdrawn_on, loan.disbursed_on):
            assert stands.lines == ()
            continue
        check_sums(stands, loan.principal_cents)
    if loan.withdrawn_on is None:
        assert {row.version for row in held.rows if row.valid_to is None} >= {last}
    assert (loan.refund_due_on is None) is (loan.withdrawn_on is None)


def check_sums(stands: Situation, principal_cents: int) -> None:
    """What is paid and what is owed make what was lent; no instalment stands twice."""
    numbers = [line.due.number for line in stands.lines]
    assert len(numbers) == len(set(numbers))
    paid = sum(
        line.due.principal_cents for line in stands.lines if line.state is InstalmentState.PAID
    )
    assert paid + stands.outstanding_cents == principal_cents
    assert stands.overdue_cents <= sum(line.due.amount_cents for line in stands.lines)
    nothing_left = all(line.state is InstalmentState.PAID for line in stands.lines)
    assert (stands.settled_on is not None) is nothing_left


def check_shown(tale: Tale, held: Held, on: date) -> None:
    """The list of loans, computed by the database, says what the rows say one by one."""
    with tale.look() as (session, _):
        (shown,) = standings(session, on, Loan.id == held.loan.id)
    stands = held.on(on)
    assert (
        shown.standing, shown.outstanding_cents, shown.overdue_cents, shown.settled_on,
        shown.incident_on, shown.days_late, shown.oldest_unpaid_on,
    ) == (
        stands.standing, stands.outstanding_cents, stands.overdue_cents, stands.settled_on,
        stands.incident_on, stands.days_late, stands.oldest_unpaid_on,
    )  # fmt: skip


def check(tale: Tale, on: date) -> None:
    """All that is true of every case."""
    with tale.look() as (session, case):
        state, since = State(case.state), case.state_since
        loans = session.scalars(select(Loan.id).where(Loan.case_id == case.id)).all()
        evaluation = evaluation_of(session, loans[-1]) if loans else None
    check_timeline(tale.events, state, since)
    check_copies(tale, state)
    try:
        held = tale.held()
    except NotFound:
        assert loans == []
        return
    check_schedule(held, on)
    check_shown(tale, held, on)
    assert (evaluation is not None) is (state is State.CLOSED)
    if state is State.CLOSED:
        stands = held.on(on)
        assert stands.settled_on or stands.standing is Standing.GUARANTEE_CALLED


def lines_of(written: dict[str, str], table: str) -> int:
    """How many rows a table has of the case."""
    return len(written[table].splitlines()) if written[table] else 0


def attempt(tale: Tale, who: str, on: date, doing: Doing) -> str:
    """Do it; what was said when it is refused, otherwise ""."""
    try:
        tale.do(who, on, doing)
    except DomainError as refused:
        return str(refused)
    return ""


def any_act(dice: Random, state: State) -> Act:
    """Mostly one that fits; ends are rarer than what goes on."""
    fitting = [act for act in acts_from(state) if act not in ANYWHERE]
    if not fitting or not dice.randrange(5):
        return dice.choice(ACTS)
    return dice.choices(fitting, [1 if act in ENDS else 4 for act in fitting])[0]


def live(cast: Cast, seed: int, steps: int) -> None:
    """So many acts on one case, and on another once nothing can follow; the same seed tells the same."""
    dice = Random(seed)  # noqa: S311  (chance, not secrecy)
    tale = BEGINNINGS[dice.choice(list(BEGINNINGS))](cast)
    on, before = tale.events[-1].on_date, tale.written()
    for _ in range(steps):
        on += days(dice.choice([0, 0, 1, 3, 9, 16, 31]))
        act = any_act(dice, tale.state)
        chance = Chance(dice, tale, on)
        who, doing = chance.who(act), chance.act(act)
        refused = attempt(tale, who, on, doing)
        now = tale.written()
        if refused:
            assert now == before, (act, refused)
        else:
            assert tale.acts[-1] is act
            for table in ("case_event", "audit_event"):
                assert lines_of(now, table) == lines_of(before, table) + 1, (act, table)
            check(tale, on)
            DONE[act] += 1
        if tale.state in NOTHING_FOLLOWS:
            check_page(tale)
            tale = BEGINNINGS[dice.choice(list(BEGINNINGS))](cast)
            on, now = tale.events[-1].on_date, tale.written()
        before = now
    check_page(tale)


def check_page(tale: Tale) -> None:
    """The page of the case says where it stands."""
    page = tale.cast.nadia.get(f"/dossiers/{tale.number}")
    assert page.status_code == 200
    assert tale.state.label in page.text


#: A seed is not made smaller, the number of acts is: the shortest tale that fails is told.
SEEDS, LENGTHS = st.integers(0, 2**32), st.integers(15, 35)
UNHURRIED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@given(SEEDS, LENGTHS)
@settings(max_examples=6, deadline=None, suppress_health_check=UNHURRIED)
def test_any_sequence_of_acts_keeps_what_is_true_of_every_case(
    cast: Cast, seed: int, steps: int
) -> None:
    live(cast, seed, steps)


@pytest.mark.thorough
def test_many_sequences_of_acts_see_every_act_and_keep_what_is_true(cast: Cast) -> None:
    @given(SEEDS, LENGTHS)
    @settings(max_examples=300, deadline=None, suppress_health_check=UNHURRIED)
    def many(seed: int, steps: int) -> None:
        live(cast, seed, steps)

    many()
    assert set(DONE) == set(ACTS)
