"""A schedule computed before it is written; nothing is kept."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import ScheduleReason
from microcredit.loans.schemas import Disburse, NewSchedule
from microcredit.loans.services.disburse import check_days
from microcredit.loans.services.find import get_loan
from microcredit.loans.services.schedule import Start, planned, replacement
from microcredit.loans.situation import Line
from microcredit.mathematics.amortisation.schedule import Instalment
from microcredit.mathematics.dates import add_months

#: The day of the month on which banks of the trade debit, unless the household asks for another.
DEBIT_DAY = 5


@dataclass(frozen=True)
class Preview:
    """The lines that would be written, and those that they would replace."""

    lines: list[Instalment]
    replaced: list[Line]
    reason: ScheduleReason

    @property
    def total_cents(self) -> int:
        """What the new lines ask for in all."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def interest_cents(self) -> int:
        """The interest in it."""
        return sum(line.interest_cents for line in self.lines)


def first_due_on(disbursed_on: date) -> date:
    """The usual day of the first debit: the first fifth of a month that comes a month later or more."""
    earliest = add_months(disbursed_on, 1)
    this_month = earliest.replace(day=DEBIT_DAY)
    return this_month if this_month >= earliest else add_months(this_month, 1)


def preview_first(session: Session, identity: Identity, number: str, paid: Disburse) -> Preview:
    """The schedule that a disbursement would write. Raises as `disburse` does."""
    found = get_loan(session, identity, number, Permission.WRITE_LOAN)
    transitions.check(found.case, Act.DISBURSE)
    loan = found.loan
    check_days(loan, paid, business_date(session))
    start = Start(loan.principal_cents, paid.disbursed_on, paid.first_due_on, loan.months)
    audit.record(session, "preview_schedule", f"case:{number}")
    return Preview(planned(loan, start), [], ScheduleReason.FIRST)


def preview_change(session: Session, identity: Identity, number: str, new: NewSchedule) -> Preview:
    """The schedule that a decision of the bank would write. Raises as `change_schedule` does."""
    found = get_loan(session, identity, number, Permission.WRITE_LOAN)
    transitions.check(found.case, Act.CHANGE_SCHEDULE)
    change = replacement(found, new, business_date(session))
    lines = planned(found.loan, change.start, change.first_number)
    audit.record(session, "preview_schedule", f"case:{number}")
    return Preview(lines, change.remaining, ScheduleReason(new.reason))
