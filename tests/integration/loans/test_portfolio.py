"""Many loans in one statement stand where `situation` puts each of them, whatever happened to them."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from tests.cast import Cast

from microcredit.cases.codes import State
from microcredit.kernel.permissions import Permission
from microcredit.loans.codes import PostingKind
from microcredit.loans.models import Instalment, Loan, LoanSchedule, Posting
from microcredit.loans.services.find import get_loan
from microcredit.loans.services.portfolio import LoanStanding, standings
from microcredit.loans.situation import Situation

AMOUNT, PRINCIPAL = 50_00, 48_00
LAST = 80  # days after the signature


@dataclass(frozen=True)
class Told:
    """One thing told of an instalment (by its place among the rows), or of the loan (None)."""

    row: int | None
    kind: PostingKind
    after: int
    amount: int


@dataclass(frozen=True)
class Story:
    """A random loan: instalments eleven days apart, perhaps rescheduled, and what is told of them."""

    count: int
    changed_after: int | None
    kept: int
    told: list[Told]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Up to five instalments, one new schedule at most, and facts in any order of dates."""
    count = draw(st.integers(0, 5))
    changed_after = draw(st.none() | st.integers(0, LAST))
    rows = max(count * (2 if changed_after is not None else 1), 1)
    told = draw(
        st.lists(
            st.builds(
                Told,
                st.integers(0, rows - 1),
                st.sampled_from([PostingKind.REJECTED, PostingKind.REJECTED, PostingKind.PAID]),
                st.integers(0, LAST),
                st.sampled_from([AMOUNT, 20_00, 30_00]),
            ),
            max_size=9 if count else 0,
        )
    )
    for kind in draw(
        st.sets(st.sampled_from([PostingKind.SETTLED_EARLY, PostingKind.GUARANTEE_CALLED]))
    ):
        told.append(Told(None, kind, draw(st.integers(0, LAST)), 100_00))
    return Story(count, changed_after, draw(st.integers(0, count)), told)


def write(session: Session, loan: Loan, story: Story, account_id: int) -> None:
    """The rows of a story, as the acts would write them."""
    start = loan.signed_on

    def rows(version: int, numbers: range, since: date, until: date | None) -> list[Instalment]:
        session.add(
            LoanSchedule(
                loan_id=loan.id, version=version, valid_from=since,
                reason="first" if version == 1 else "rescheduled",
                first_number=numbers.start, account_id=account_id,
            )
        )  # fmt: skip
        session.flush()
        shift = 0 if version == 1 else 5
        made = [
            Instalment(
                loan_id=loan.id, version=version, number=number,
                due_on=start + timedelta(days=11 * number + shift), amount_cents=AMOUNT + version,
                principal_cents=PRINCIPAL + version, interest_cents=2_00, outstanding_cents=0,
                valid_from=since,
                valid_to=until if until and number > story.kept else None,
            )
            for number in numbers
        ]  # fmt: skip
        session.add_all(made)
        session.flush()
        return made

    changed = None if story.changed_after is None else start + timedelta(days=story.changed_after)
    written = rows(1, range(1, story.count + 1), start, changed)
    if changed is not None:
        written += rows(2, range(story.kept + 1, story.count + 1), changed, None)
    for one in story.told:
        if one.row is not None and one.row >= len(written):
            continue
        session.add(
            Posting(
                loan_id=loan.id, instalment_id=None if one.row is None else written[one.row].id,
                kind=one.kind.value, source="bank", on_date=start + timedelta(days=one.after),
                amount_cents=one.amount, account_id=account_id,
            )
        )  # fmt: skip
        session.flush()


def as_situation(found: Situation) -> tuple[object, ...]:
    """What both sides say, from the computation of one loan."""
    ahead = found.next_due
    return (
        found.standing, found.outstanding_cents, found.overdue_cents,
        sum(line.state.value == "unpaid" for line in found.lines),
        found.oldest_unpaid_on, found.days_late,
        ahead.due.due_on if ahead else None, ahead.due.amount_cents if ahead else None,
        found.settled_on, found.incident_on,
    )  # fmt: skip


def as_standing(found: LoanStanding) -> tuple[object, ...]:
    """The same, from the statement over all loans."""
    return (
        found.standing, found.outstanding_cents, found.overdue_cents, found.unpaid,
        found.oldest_unpaid_on, found.days_late, found.next_due_on, found.next_due_cents,
        found.settled_on, found.incident_on,
    )  # fmt: skip


@pytest.fixture(scope="module")
def signed(cast: Cast) -> list[str]:
    """Three signed offers without money yet."""
    return [cast.case(State.OFFER_SIGNED) for _ in range(3)]


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.tuples(stories(), stories(), stories()), st.integers(0, LAST))
def test_one_statement_says_of_each_loan_what_its_situation_says(
    cast: Cast, signed: list[str], told: tuple[Story, ...], after: int
) -> None:
    with cast.nadia.at_work() as (session, identity):
        helds = []
        for number, story in zip(signed, told, strict=True):
            loan = get_loan(session, identity, number, Permission.READ_LOANS).loan
            write(session, loan, story, identity.account_id)
            helds.append(get_loan(session, identity, number, Permission.READ_LOANS))
        day = helds[0].loan.signed_on + timedelta(days=after)
        found = {one.loan_id: one for one in standings(session, day)}
        for held in helds:
            assert as_standing(found[held.loan.id]) == as_situation(held.on(day))
        session.rollback()
