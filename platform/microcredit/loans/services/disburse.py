"""From the signed offer to the money: paid out under a schedule, or withdrawn."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from microcredit.cases import sealed, transitions
from microcredit.cases.codes import Act, TaskKind
from microcredit.cases.services.tasks import OF_A_LOAN, close_tasks, open_task
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import PayeeKind, ScheduleReason
from microcredit.loans.models import Loan
from microcredit.loans.schemas import Disburse, Withdraw
from microcredit.loans.services.find import between, get_loan
from microcredit.loans.services.schedule import Start, write_schedule
from microcredit.loans.situation import PRESUMED_AFTER
from microcredit.mathematics.dates import add_months
from microcredit.web.formatting import day, euros

#: After how many months of a loan the case worker calls.
FOLLOW_UP_MONTHS = (1, 3, 6)

#: How long a borrower who was paid herself has to show what she bought.
PROOF_WITHIN = timedelta(days=30)

#: How long the borrower who withdraws has to give the money back (Code de la consommation L.312-26).
REFUND_WITHIN = timedelta(days=30)

#: The longest that a first instalment is put off.
FIRST_DUE_WITHIN = 4


def disburse(session: Session, identity: Identity, number: str, paid: Disburse) -> Loan:
    """Note that the bank paid out; write the schedule and the calls to make.

    No payment before the eighth day after the signature (Code de la consommation L.312-25). Raises
    NotFound, TransitionRefused or BadDate.
    """
    found = get_loan(session, identity, number, Permission.WRITE_LOAN, lock=True)
    case, loan = found.case, found.loan
    transitions.check(case, Act.DISBURSE)
    today = business_date(session)
    check_days(loan, paid, today)
    loan.disbursed_on, loan.payee_kind = paid.disbursed_on, paid.payee_kind
    loan.payee = sealed.close(session, case.id, "payee", paid.payee)
    session.flush()
    start = Start(loan.principal_cents, paid.disbursed_on, paid.first_due_on, loan.months)
    rows = write_schedule(
        session, loan, start, ScheduleReason.FIRST, paid.disbursed_on, identity.account_id
    )
    for months in FOLLOW_UP_MONTHS:
        if months <= loan.months:
            called_on = add_months(paid.disbursed_on, months)
            open_task(session, identity, case, TaskKind.FOLLOW_UP, called_on)
    if paid.payee_kind == PayeeKind.BORROWER.value:
        due_on = paid.disbursed_on + PROOF_WITHIN
        open_task(session, identity, case, TaskKind.PURCHASE_PROOF, due_on)
    open_task(session, identity, case, TaskKind.EVALUATION, rows[-1].due_on + PRESUMED_AFTER)
    note = f"{euros(loan.principal_cents)} versés le {day(paid.disbursed_on)}"
    transitions.move(session, case, Act.DISBURSE, identity.account_id, note=note)
    audit.record(session, "disburse", f"case:{number}")
    return loan


def check_days(loan: Loan, paid: Disburse, today: date) -> None:
    """Raise BadDate unless money may have moved that day, and the first debit follows in time."""
    between(
        "disbursed_on", paid.disbursed_on, loan.first_payment_on, today,
        f"L’offre est signée le {day(loan.signed_on)} : aucun versement avant le"
        f" {day(loan.first_payment_on)} (Code de la consommation, L.312-25).",
        "Ce jour n’est pas encore venu.",
    )  # fmt: skip
    between(
        "first_due_on",
        paid.first_due_on,
        paid.disbursed_on + timedelta(days=1),
        add_months(paid.disbursed_on, FIRST_DUE_WITHIN),
        "La première échéance vient après le versement.",
        f"La première échéance vient dans les {FIRST_DUE_WITHIN} mois du versement.",
    )


def withdraw(session: Session, identity: Identity, number: str, asked: Withdraw) -> Loan:
    """Note a withdrawal, within its fourteen days, even after the money was paid.

    What was paid out is given back within thirty days (Code de la consommation L.312-26). Raises
    NotFound, TransitionRefused or BadDate.
    """
    found = get_loan(session, identity, number, Permission.WRITE_LOAN, lock=True)
    case, loan = found.case, found.loan
    transitions.check(case, Act.WITHDRAW)
    today = business_date(session)
    between(
        "withdrawn_on", asked.withdrawn_on, loan.signed_on, min(today, loan.withdrawal_until),
        f"L’offre est signée le {day(loan.signed_on)}.",
        f"On peut se rétracter jusqu’au {day(loan.withdrawal_until)} (Code de la consommation, L.312-19)."
        if asked.withdrawn_on > loan.withdrawal_until
        else "Ce jour n’est pas encore venu.",
    )  # fmt: skip
    loan.withdrawn_on = asked.withdrawn_on
    note = f"le {day(asked.withdrawn_on)}"
    if loan.disbursed_on is not None:
        refund_from = max(asked.withdrawn_on, loan.disbursed_on)
        loan.refund_due_on = refund_from + REFUND_WITHIN
        note += f", à rembourser à la banque avant le {day(loan.refund_due_on)}"
        for row in found.rows:
            row.valid_to = row.valid_to or max(row.valid_from, asked.withdrawn_on)
    session.flush()
    close_tasks(session, identity, case, *OF_A_LOAN)
    transitions.move(session, case, Act.WITHDRAW, identity.account_id, note=note)
    audit.record(session, "withdraw", f"case:{number}")
    return loan
