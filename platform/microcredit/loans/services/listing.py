"""The list of loans and offers, with the figures above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from microcredit.cases.codes import State
from microcredit.cases.models import Case
from microcredit.cases.services.find import within as case_within
from microcredit.groupings.models import Organisation
from microcredit.kernel import audit, keyset
from microcredit.kernel.clock import business_date
from microcredit.kernel.keyset import AnyRow
from microcredit.kernel.permissions import Permission, Scope
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import LoanPhase, Standing
from microcredit.loans.models import Loan
from microcredit.loans.schemas import LoanFilters, LoanView
from microcredit.loans.services.find import within
from microcredit.loans.services.portfolio import LoanStanding, standings
from microcredit.loans.services.read import knows_borrowers, phase
from microcredit.people.models import Person
from microcredit.people.services import full_name
from microcredit.submissions.codes import Answer
from microcredit.submissions.models import Submission

#: Lateness by age: to so many days, and more.
AGES = ((1, 30), (31, 60), (61, 90), (91, None))

#: Loans with something unpaid come first in the list, by the age of it; the others by their next day.
_AFTER_THE_LATE = 1_000_000
_EPOCH = date(2000, 1, 1)

_Newer = aliased(Submission)


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
    today, view = business_date(session), LoanView(filters.vue)
    found = standings(session, today, within(identity, Permission.READ_LOANS))
    lines = [_Line(one.submission_id, one) for one in found]
    lines += [_Line(offer, None) for offer in _to_sign(session, identity)]
    shown = sorted((line for line in lines if line.is_in(view)), key=_Line.key)
    page = keyset.cut([line.key() for line in shown], filters.page)
    named = knows_borrowers(identity)
    rows = _rows(session, shown[page.start : page.stop], named=named)
    audit.record(session, "list_loans", "loans", shown=" ".join(row.number for row in rows))
    return LoanListing(
        totals=totals(found),
        counts={str(one.value): sum(line.is_in(one) for line in lines) for one in LoanView},
        rows=rows,
        named=named,
        today=today,
        before=page.before,
        after=page.after,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """A loan, or with no `loan` an agreement that waits for its signature."""

    submission_id: int
    loan: LoanStanding | None

    def is_in(self, view: LoanView) -> bool:
        """Whether a ready-made view holds it."""
        loan = self.loan
        if loan is None:
            return view in (LoanView.OFFERS, LoanView.ALL)
        match view:
            case LoanView.RUNNING:
                return loan.runs
            case LoanView.UNPAID:
                called = loan.standing is Standing.GUARANTEE_CALLED
                return loan.lent and loan.unpaid > 0 and not called
            case LoanView.OFFERS:
                return loan.case_state is State.OFFER_SIGNED
            case LoanView.TO_CLOSE:
                return loan.lent and loan.case_state is State.DISBURSED and loan.over
            case LoanView.ALL:
                return True

    def key(self) -> tuple[int, int]:
        """The oldest unpaid first; then by the next day something falls due; what ended, last."""
        loan = self.loan
        if loan is None:
            return _AFTER_THE_LATE, self.submission_id
        if loan.oldest_unpaid_on is not None:
            return (loan.oldest_unpaid_on - _EPOCH).days, self.submission_id
        if loan.next_due_on is not None:
            return _AFTER_THE_LATE + (loan.next_due_on - _EPOCH).days, self.submission_id
        return 2 * _AFTER_THE_LATE + (loan.signed_on - _EPOCH).days, self.submission_id


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


def _to_sign(session: Session, identity: Identity) -> Sequence[int]:
    """The last copies of agreed cases within reach, which nobody signed yet: ids of submissions."""
    return session.scalars(
        select(Submission.id)
        .join(Case, Case.id == Submission.case_id)
        .where(
            Case.state == State.APPROVED.value,
            Submission.answer.in_([Answer.GRANTED.value, Answer.COUNTER_OFFER.value]),
            ~exists().where(_Newer.case_id == Submission.case_id, _Newer.id > Submission.id),
            ~exists().where(Loan.submission_id == Submission.id),
            _reach(identity),
        )
    ).all()


def _reach(identity: Identity) -> ColumnElement[bool]:
    if identity.scope(Permission.READ_LOANS) is Scope.OWN_BANK:
        return Submission.bank_id == identity.organisation_id
    return case_within(identity, Permission.READ_LOANS)


def _rows(session: Session, lines: Sequence[_Line], *, named: bool) -> list[LoanRow]:
    """The lines of a page in their order, with what only they need."""
    found = session.execute(
        select(
            Submission.id, Case.number,
            Organisation.name.label("bank"),
            Person.civility, Person.first_names, Person.last_name,
        )
        .select_from(Submission)
        .join(Case, Case.id == Submission.case_id)
        .join(Organisation, Organisation.id == Submission.bank_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .where(Submission.id.in_([line.submission_id for line in lines]))
    )  # fmt: skip
    told = {row.id: row for row in found}
    return [_row(told[line.submission_id], line.loan, named=named) for line in lines]


def _row(row: AnyRow, stands: LoanStanding | None, *, named: bool) -> LoanRow:
    out = stands is not None and stands.disbursed_on is not None
    return LoanRow(
        number=row.number,
        name=full_name(row.civility or "", row.first_names or "", row.last_name or "")
        if named
        else "",
        bank=row.bank,
        phase=phase(stands, stands.standing if stands else Standing.ON_TIME),
        outstanding_cents=stands.outstanding_cents if stands and out else None,
        next_due_on=stands.next_due_on if stands else None,
        next_due_cents=stands.next_due_cents if stands else None,
        days_late=stands.days_late if stands else 0,
        overdue_cents=stands.overdue_cents if stands else 0,
    )
