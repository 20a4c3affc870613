"""Writing a schedule: the first one, and those that the bank decides later."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act, TaskKind
from microcredit.cases.services.tasks import move_task
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import InstalmentState, PostingKind, ScheduleReason, Source
from microcredit.loans.models import Instalment, Loan, LoanSchedule, Posting
from microcredit.loans.schemas import NewSchedule
from microcredit.loans.services.find import Held, between, get_loan
from microcredit.loans.situation import PRESUMED_AFTER, Line
from microcredit.mathematics.amortisation.due_dates import Dates
from microcredit.mathematics.amortisation.instalments import ImpossibleTerms
from microcredit.mathematics.amortisation.schedule import Instalment as ScheduleLine
from microcredit.mathematics.amortisation.schedule import Loan as Terms
from microcredit.mathematics.amortisation.schedule import schedule
from microcredit.mathematics.dates import add_months
from microcredit.web.formatting import day

#: The furthest that a bank puts off the next instalment.
PUT_OFF_MONTHS = 12


class NothingToChange(DomainError):
    """Nothing remains to be paid, an instalment is half paid, or nothing gives the bank a reason."""


@dataclass(frozen=True)
class Start:
    """From what a schedule is computed: capital in cents, where interest starts, first day, months."""

    principal_cents: int
    from_day: date
    first_due_on: date
    months: int


@dataclass(frozen=True)
class Replacement:
    """What a new schedule replaces, from which number on, and from what it is computed."""

    start: Start
    first_number: int
    remaining: list[Line]


def planned(loan: Loan, start: Start, first_number: int = 1) -> list[ScheduleLine]:
    """The lines that a schedule would have, in cents, at the rate of the contract.

    Raises NothingToChange when the terms make no schedule.
    """
    try:
        dates = Dates(start.from_day, start.first_due_on, start.first_due_on.day)
        lines = schedule(Terms(start.principal_cents, loan.annual_rate, start.months, dates))
    except ImpossibleTerms as impossible:
        raise NothingToChange(
            "Ces conditions ne font pas un échéancier : vérifiez la date et le nombre de mensualités."
        ) from impossible
    return [line._replace(number=first_number + line.number - 1) for line in lines]


def write_schedule(
    session: Session, loan: Loan, start: Start, reason: ScheduleReason, valid_from: date,
    account_id: int, *, first_number: int = 1,
) -> list[Instalment]:  # fmt: skip
    """Write the next version of a loan's schedule, from `first_number` on, and its instalments.

    Raises BadDate when the terms make no schedule.
    """
    version = (
        1
        + session.scalars(
            select(func.coalesce(func.max(LoanSchedule.version), 0)).where(
                LoanSchedule.loan_id == loan.id
            )
        ).one()
    )
    session.add(
        LoanSchedule(
            loan_id=loan.id, version=version, valid_from=valid_from, reason=reason.value,
            first_number=first_number, account_id=account_id,
        )
    )  # fmt: skip
    session.flush()
    written = session.scalars(  # all at once: one by one, each would be a statement of its own
        insert(Instalment).returning(Instalment),
        [
            {
                "loan_id": loan.id,
                "version": version,
                "number": line.number,
                "due_on": line.due_on,
                "amount_cents": line.amount_cents,
                "principal_cents": line.principal_cents,
                "interest_cents": line.interest_cents,
                "outstanding_cents": line.outstanding_cents,
                "valid_from": valid_from,
            }
            for line in planned(loan, start, first_number)
        ],
    )
    return sorted(written, key=lambda row: row.number)


def change_schedule(session: Session, identity: Identity, number: str, new: NewSchedule) -> Loan:
    """Write the schedule that the bank decided for what is not paid yet.

    Interest runs from the last paid instalment on what is owed, at the rate of the contract. Raises
    NotFound, TransitionRefused, NothingToChange or BadDate.
    """
    found = get_loan(session, identity, number, Permission.WRITE_LOAN, lock=True)
    case, loan = found.case, found.loan
    transitions.check(case, Act.CHANGE_SCHEDULE)
    today = business_date(session)
    reason = ScheduleReason(new.reason)
    change = replacement(found, new, today)
    replaced = {line.due.id for line in change.remaining}
    for row in found.rows:
        if row.id in replaced:
            row.valid_to = today
    rows = write_schedule(
        session, loan, change.start, reason, today, identity.account_id,
        first_number=change.first_number,
    )  # fmt: skip
    if reason is ScheduleReason.ACCELERATED:  # demanded, not debited: silence is no payment
        session.add(
            Posting(
                loan_id=loan.id, instalment_id=rows[0].id, kind=PostingKind.REJECTED.value,
                source=Source.BANK.value, on_date=today, amount_cents=rows[0].amount_cents,
                account_id=identity.account_id,
            )
        )  # fmt: skip
        session.flush()
    move_task(session, identity, case, TaskKind.EVALUATION, rows[-1].due_on + PRESUMED_AFTER)
    note = f"{reason.label}, prochaine échéance le {day(new.first_due_on)}"
    transitions.move(session, case, Act.CHANGE_SCHEDULE, identity.account_id, note=note)
    audit.record(session, "change_schedule", f"case:{number}")
    return loan


def replacement(found: Held, new: NewSchedule, today: date) -> Replacement:
    """What a decision of the bank makes of what is not paid yet; raises as `change_schedule` does."""
    stands = found.on(today)
    remaining = [line for line in stands.lines if line.state is not InstalmentState.PAID]
    paid = [line for line in stands.lines if line.state is InstalmentState.PAID]
    reason = ScheduleReason(new.reason)
    _check(remaining, reason)
    between(
        "first_due_on", new.first_due_on, today, add_months(today, PUT_OFF_MONTHS),
        "La prochaine échéance ne peut pas être passée.",
        f"La prochaine échéance vient dans les {PUT_OFF_MONTHS} mois.",
    )  # fmt: skip
    months = {
        ScheduleReason.POSTPONED: len(remaining),
        ScheduleReason.ACCELERATED: 1,
    }.get(reason, new.months or len(remaining))
    last_paid = max((line.due.due_on for line in paid), default=found.loan.disbursed_on or today)
    start = Start(stands.outstanding_cents, min(last_paid, today), new.first_due_on, months)
    first_number = 1 + max((line.due.number for line in paid), default=0)
    return Replacement(start, first_number, remaining)


def _check(remaining: list[Line], reason: ScheduleReason) -> None:
    if not remaining:
        raise NothingToChange("Toutes les échéances sont payées : il ne reste rien à reporter.")
    unpaid = [line for line in remaining if line.state is InstalmentState.UNPAID]
    if reason is ScheduleReason.ACCELERATED and not unpaid:
        raise NothingToChange(
            "Rien n’est impayé : la banque ne peut exiger tout le capital qu’après un impayé"
            " (Code de la consommation, L.312-39)."
        )
    half_paid = [line for line in unpaid if line.paid_cents]
    if half_paid:
        raise NothingToChange(
            f"L’échéance du {day(half_paid[0].due.due_on)} est payée en partie :"
            " notez d’abord le reste."
        )
