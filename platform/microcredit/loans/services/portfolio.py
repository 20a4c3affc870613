"""Where many loans stand on a day, computed by the database: the same words and rules as `situation`.

One statement reads the instalments and the postings of all loans at once. What only a history tells
(since when nothing remains to pay after a rejection, and the day on which two instalments were first
unpaid at once) is read for the few loans that had rejections, by `situation` itself. A test compares
both on random loans (`tests/integration/loans/test_portfolio.py`).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from microcredit.cases.codes import State
from microcredit.cases.models import Case as CaseFile
from microcredit.kernel.keyset import AnyRow, AnySelect
from microcredit.loans.codes import PostingKind, Source, Standing
from microcredit.loans.models import Instalment, Loan, Posting
from microcredit.loans.services.standing_table import ON, standing_on, standing_table
from microcredit.loans.situation import Due, Fact, Situation, situation


class LoanStanding(NamedTuple):
    """One signed offer or loan on a day, in the words of `situation`; amounts in cents.

    `disbursed_on` is None for an offer that waits for its money; `withdrawn_on` is set when the
    borrower withdrew: such a loan is on time and owes nothing here. `month_due_cents`: what falls due
    in the calendar month of the day. `incident_on`: first day with two unpaid instalments at once.
    `case_state` is the state of the case now.
    """

    loan_id: int
    submission_id: int
    case_id: int
    case_state: State
    bank_id: int
    commune: str
    principal_cents: int
    signed_on: date
    disbursed_on: date | None
    withdrawn_on: date | None
    standing: Standing
    outstanding_cents: int
    overdue_cents: int
    month_due_cents: int
    unpaid: int
    oldest_unpaid_on: date | None
    days_late: int
    next_due_on: date | None
    next_due_cents: int | None
    settled_on: date | None
    incident_on: date | None

    @property
    def lent(self) -> bool:
        """Whether money is out and was not given back."""
        return self.disbursed_on is not None and self.withdrawn_on is None

    @property
    def over(self) -> bool:
        """Whether the household has nothing more to pay: settled, or its guarantee called."""
        return self.settled_on is not None or self.standing is Standing.GUARANTEE_CALLED

    @property
    def runs(self) -> bool:
        """Whether money is out and the household still pays: not settled, no guarantee called."""
        return self.lent and not self.over


def standings(session: Session, on: date, *wanted: ColumnElement[bool]) -> list[LoanStanding]:
    """Every loan signed until `on` that meets `wanted`, by id, as it stands that day.

    `wanted` may speak of `Loan` and of the case (`cases.models.Case`), such as `loans.services.find.
    within(identity, permission)`. What is known only later (a signature, a disbursement, a withdrawal
    after `on`) is left out, so that a past day is told as it was. Two statements more, never one per
    loan, where some had rejections.
    """
    rows = session.execute(_statement().where(*wanted), standing_on(on)).all()
    told = histories(session, on, [row.id for row in rows if row.needs_history])
    return [_standing(row, on, told.get(row.id)) for row in rows]


@cache
def _statement() -> AnySelect:
    table = standing_table()
    return (
        select(
            Loan.id, Loan.submission_id, Loan.case_id, Loan.bank_id,
            CaseFile.state.label("case_state"), CaseFile.residence_code.label("commune"),
            Loan.principal_cents, Loan.signed_on, Loan.disbursed_on, Loan.withdrawn_on,
            *(column for column in table.c if column.name != "loan_id"),
        )
        .join(CaseFile, CaseFile.id == Loan.case_id)
        .join(table, table.c.loan_id == Loan.id)
        .where(Loan.signed_on <= ON)
        .order_by(Loan.id)
    )  # fmt: skip


def histories(session: Session, on: date, loan_ids: Sequence[int]) -> dict[int, Situation]:
    """`situation` on a day of some loans, in two statements: for the few whose history must be read."""
    if not loan_ids:
        return {}
    dues: dict[int, list[Due]] = defaultdict(list)
    facts: dict[int, list[Fact]] = defaultdict(list)
    for row in session.execute(_dues(), {"loans": loan_ids}):
        dues[row.loan_id].append(Due(*row[1:]))
    for row in session.execute(_facts(), {"loans": loan_ids}):
        kind, source = PostingKind(row.kind), Source(row.source)
        facts[row.loan_id].append(
            Fact(row.instalment_id, kind, source, row.on_date, row.amount_cents)
        )
    return {one: situation(dues[one], facts[one], on) for one in loan_ids}


@cache
def _dues() -> AnySelect:
    return select(
        Instalment.loan_id, Instalment.id, Instalment.number, Instalment.due_on,
        Instalment.amount_cents, Instalment.principal_cents,
        Instalment.valid_from, Instalment.valid_to,
    ).where(Instalment.loan_id.in_(bindparam("loans", expanding=True)))  # fmt: skip


@cache
def _facts() -> AnySelect:
    return (
        select(
            Posting.loan_id, Posting.instalment_id, Posting.kind, Posting.source,
            Posting.on_date, Posting.amount_cents,
        )
        .where(Posting.loan_id.in_(bindparam("loans", expanding=True)))
        .order_by(Posting.id)
    )  # fmt: skip


def _standing(row: AnyRow, on: date, told: Situation | None) -> LoanStanding:
    return LoanStanding(
        loan_id=row.id,
        submission_id=row.submission_id,
        case_id=row.case_id,
        case_state=State(row.case_state),
        bank_id=row.bank_id,
        commune=row.commune,
        principal_cents=row.principal_cents,
        signed_on=row.signed_on,
        disbursed_on=_by(row.disbursed_on, on),
        withdrawn_on=_by(row.withdrawn_on, on),
        standing=Standing(row.standing),
        outstanding_cents=row.outstanding_cents,
        overdue_cents=row.overdue_cents,
        month_due_cents=row.month_due_cents,
        unpaid=row.unpaid,
        oldest_unpaid_on=row.oldest_unpaid_on,
        days_late=row.days_late,
        next_due_on=row.next_due_on,
        next_due_cents=row.next_due_cents,
        settled_on=told.settled_on if told else row.settled_on,
        incident_on=told.incident_on if told else None,
    )


def _by(day: date | None, on: date) -> date | None:
    """A day that had come by then."""
    return day if day is not None and day <= on else None
