"""The list of loans and offers, with the figures above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Subquery,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from microcredit.cases.codes import State
from microcredit.cases.models import Case
from microcredit.cases.services.find import within as case_within
from microcredit.groupings.models import Organisation
from microcredit.kernel import audit, keyset
from microcredit.kernel.clock import business_date
from microcredit.kernel.keyset import AnyRow, AnySelect, Keyset
from microcredit.kernel.permissions import Permission, Scope
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import LoanPhase, Standing
from microcredit.loans.models import Loan
from microcredit.loans.schemas import LoanFilters, LoanView
from microcredit.loans.services.find import within
from microcredit.loans.services.portfolio import LoanStanding, standings
from microcredit.loans.services.read import knows_borrowers, phase
from microcredit.loans.services.standing_table import standing_table
from microcredit.people.models import Person
from microcredit.people.services import full_name
from microcredit.submissions.codes import Answer
from microcredit.submissions.models import Submission

#: Lateness by age: to so many days, and more.
AGES = ((1, 30), (31, 60), (61, 90), (91, None))

#: Loans with something unpaid come first in the list, by the age of it; the others by their next day.
_AFTER_THE_LATE = 1_000_000
_EPOCH = date(2000, 1, 1)


@dataclass(frozen=True)
class Age:
    """How many loans are late by so many days, and what they lack."""

    least: int
    most: int | None
    loans: int
    overdue_cents: int


@dataclass(frozen=True)
class Totals:
    """The figures of all running loans within reach, on a day; amounts in cents."""

    running: int
    outstanding_cents: int
    month_due_cents: int
    overdue_cents: int
    late: int
    incidents: int
    ages: list[Age]


@dataclass(frozen=True)
class LoanRow:
    """One line of the list."""

    number: str
    name: str
    bank: str
    phase: LoanPhase
    outstanding_cents: int | None
    next_due_on: date | None
    next_due_cents: int | None
    days_late: int
    overdue_cents: int


@dataclass(frozen=True)
class LoanListing:
    """One page of the list with its figures and how many lines each view holds."""

    totals: Totals
    counts: dict[str, int]
    rows: list[LoanRow]
    named: bool
    today: date
    before: str
    after: str


def list_loans(session: Session, identity: Identity, filters: LoanFilters) -> LoanListing:
    """The loans and the offers to sign within reach, one page of them, and the figures of all."""
    today = business_date(session)
    table = standing_table(today)
    reach, view = _reach(identity), LoanView(filters.vue)
    counts = session.execute(
        _joined(table).with_only_columns(
            *(func.count().filter(_in_view(one, table)).label(one.name) for one in LoanView)
        ).where(reach)
    ).one()  # fmt: skip
    page = keyset.fetch(
        session,
        _joined(table).where(reach, _in_view(view, table)),
        Keyset(_urgency(table), Submission.id.expression, "urgency", "id"),
        filters.page,
    )
    named = knows_borrowers(identity)
    rows = [_row(row, named=named) for row in page.rows]
    audit.record(session, "list_loans", "loans", shown=" ".join(row.number for row in rows))
    return LoanListing(
        totals=totals(standings(session, today, within(identity, Permission.READ_LOANS))),
        counts={one.value: counts._mapping[one.name] for one in LoanView},
        rows=rows,
        named=named,
        today=today,
        before=page.before,
        after=page.after,
    )


def totals(found: Sequence[LoanStanding]) -> Totals:
    """The figures of the running loans among these."""
    running = [one for one in found if one.runs]
    late = [one for one in running if one.unpaid]
    return Totals(
        running=len(running),
        outstanding_cents=sum(one.outstanding_cents for one in running),
        month_due_cents=sum(one.month_due_cents for one in running),
        overdue_cents=sum(one.overdue_cents for one in running),
        late=len(late),
        incidents=sum(one.incident_on is not None for one in found),
        ages=[_age(late, least, most) for least, most in AGES],
    )


def _age(late: Sequence[LoanStanding], least: int, most: int | None) -> Age:
    lowest = 0 if least == AGES[0][0] else least  # a debit rejected on its own day is late already
    of_age = [
        one for one in late if one.days_late >= lowest and (most is None or one.days_late <= most)
    ]
    return Age(least, most, len(of_age), sum(one.overdue_cents for one in of_age))


def _joined(table: Subquery) -> AnySelect:
    """Each loan, and each agreement that waits for its signature, with where it stands."""
    return (
        select(
            Submission.id, Case.number, Loan,
            Organisation.name.label("bank"),
            Person.civility, Person.first_names, Person.last_name,
            table.c.standing, table.c.outstanding_cents, table.c.overdue_cents,
            table.c.next_due_on, table.c.next_due_cents, table.c.days_late,
            _urgency(table).label("urgency"),
        )
        .select_from(Submission)
        .join(Case, Case.id == Submission.case_id)
        .join(Organisation, Organisation.id == Submission.bank_id)
        .outerjoin(Loan, Loan.submission_id == Submission.id)
        .outerjoin(table, table.c.loan_id == Loan.id)
        .outerjoin(Person, Person.id == Case.person_id)
        .where(or_(Loan.id.is_not(None), _to_sign()))
    )  # fmt: skip


def _to_sign() -> ColumnElement[bool]:
    """The last copy of an agreed case, which nobody signed yet."""
    newer = aliased(Submission)
    return and_(
        Case.state == State.APPROVED.value,
        Submission.answer.in_([Answer.GRANTED.value, Answer.COUNTER_OFFER.value]),
        ~exists().where(newer.case_id == Submission.case_id, newer.id > Submission.id),
    )


def _reach(identity: Identity) -> ColumnElement[bool]:
    if identity.scope(Permission.READ_LOANS) is Scope.OWN_BANK:
        return Submission.bank_id == identity.organisation_id
    return case_within(identity, Permission.READ_LOANS)


def _in_view(view: LoanView, table: Subquery) -> ColumnElement[bool]:
    out = and_(Loan.disbursed_on.is_not(None), Loan.withdrawn_on.is_(None))
    called = table.c.standing == Standing.GUARANTEE_CALLED.value
    match view:
        case LoanView.RUNNING:
            return and_(out, table.c.settled_on.is_(None), ~called)
        case LoanView.UNPAID:
            return and_(out, table.c.unpaid > 0, ~called)
        case LoanView.OFFERS:
            return or_(Loan.id.is_(None), Case.state == State.OFFER_SIGNED.value)
        case LoanView.TO_CLOSE:
            over = or_(table.c.settled_on.is_not(None), called)
            return and_(out, Case.state == State.DISBURSED.value, over)
        case LoanView.ALL:
            return true()


def _urgency(table: Subquery) -> ColumnElement[int]:
    """The oldest unpaid first; then by the next day something falls due; what ended, last."""
    oldest = table.c.oldest_unpaid_on - literal(_EPOCH, Date)
    ahead = table.c.next_due_on - literal(_EPOCH, Date)
    signed = Loan.signed_on - literal(_EPOCH, Date)
    return func.coalesce(
        oldest, _AFTER_THE_LATE + ahead, 2 * _AFTER_THE_LATE + signed, _AFTER_THE_LATE
    ).cast(Integer)


def _row(row: AnyRow, *, named: bool) -> LoanRow:
    loan, out = row.Loan, row.Loan is not None and row.Loan.disbursed_on is not None
    return LoanRow(
        number=row.number,
        name=full_name(row.civility or "", row.first_names or "", row.last_name or "")
        if named
        else "",
        bank=row.bank,
        phase=phase(loan, Standing(row.standing or Standing.ON_TIME.value)),
        outstanding_cents=row.outstanding_cents if out else None,
        next_due_on=row.next_due_on,
        next_due_cents=row.next_due_cents,
        days_late=row.days_late or 0,
        overdue_cents=row.overdue_cents or 0,
    )
