"""The loans of the residents of one commune: where each stands, what is late, what comes next."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from microcredit.cases.codes import Motive, State
from microcredit.cases.models import Case
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import Standing
from microcredit.loans.models import Loan
from microcredit.loans.services.find import within
from microcredit.loans.services.portfolio import LoanStanding, standings
from microcredit.people.models import Person
from microcredit.people.services import full_name

#: How many loans the page names; the others are counted.
SHOWN = 12

#: What asks for somebody stands first.
_ORDER = {
    Standing.IN_ARREARS: 0,
    Standing.LATE: 1,
    Standing.GUARANTEE_CALLED: 2,
    Standing.SETTLED: 3,
    Standing.SETTLED_EARLY: 3,
    Standing.ON_TIME: 4,
}


@dataclass(frozen=True)
class LoanRow:
    """One loan of a resident; `disbursed_on` is None for an offer that waits for its money."""

    number: str
    name: str
    motive: Motive
    principal_cents: int
    standing: Standing
    outstanding_cents: int
    overdue_cents: int
    days_late: int
    disbursed_on: date | None
    next_due_on: date | None
    next_due_cents: int | None
    settled_on: date | None


@dataclass(frozen=True)
class CommuneLoans:
    """Signed offers and loans that are not closed, the late ones first; how many, and how many are late."""

    rows: list[LoanRow]
    count: int
    late: int


def commune_loans(session: Session, identity: Identity) -> CommuneLoans:
    """The loans within reach that are signed and not closed. What is shown is logged."""
    today = business_date(session)
    reach = (
        within(identity, Permission.READ_LOANS),
        Loan.withdrawn_on.is_(None),
        or_(Case.state == State.OFFER_SIGNED.value, Case.state == State.DISBURSED.value),
    )
    found = sorted(standings(session, today, *reach), key=_urgency)
    named = _named(session, [one.case_id for one in found[:SHOWN]])
    rows = [_row(one, *named[one.case_id]) for one in found[:SHOWN]]
    if rows:
        audit.record(session, "list", "loans", shown=" ".join(row.number for row in rows))
    late = sum(one.standing in (Standing.LATE, Standing.IN_ARREARS) for one in found)
    return CommuneLoans(rows, len(found), late)


def _urgency(one: LoanStanding) -> tuple[int, int, date, int]:
    return (_ORDER[one.standing], -one.days_late, one.next_due_on or date.max, one.loan_id)


def _named(session: Session, cases: list[int]) -> dict[int, tuple[str, str, Motive]]:
    """Number, name and motive of some cases."""
    if not cases:
        return {}
    rows = session.execute(
        select(
            Case.id, Case.number, Case.motive,
            Person.civility, Person.first_names, Person.last_name,
        )
        .outerjoin(Person, Person.id == Case.person_id)
        .where(Case.id.in_(cases))
    )  # fmt: skip
    return {
        row.id: (
            row.number,
            full_name(row.civility or "", row.first_names or "", row.last_name or ""),
            Motive(row.motive),
        )
        for row in rows
    }


def _row(one: LoanStanding, number: str, name: str, motive: Motive) -> LoanRow:
    return LoanRow(
        number, name, motive, one.principal_cents, one.standing, one.outstanding_cents,
        one.overdue_cents, one.days_late, one.disbursed_on, one.next_due_on, one.next_due_cents,
        one.settled_on,
    )  # fmt: skip
