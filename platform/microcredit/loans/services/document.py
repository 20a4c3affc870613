"""The schedule of a loan as a document to hand over: its data, already in French."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from microcredit.kernel import audit
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.lenders.services import credit_mention
from microcredit.loans.codes import InstalmentState
from microcredit.loans.models import Instalment, Loan
from microcredit.loans.services.find import Held, NotDisbursed
from microcredit.loans.services.read import LoanPage, page_of
from microcredit.loans.situation import Line
from microcredit.mathematics.apr import RateError, taeg_of_dates
from microcredit.web.formatting import NBSP, capitalize_first, day, euros, percent


@dataclass(frozen=True)
class ScheduleDocument:
    """What the template needs, and a file name that names nobody."""

    name: str
    data: dict[str, object]


def schedule_document(session: Session, identity: Identity, number: str) -> ScheduleDocument:
    """The schedule in force of a loan. Raises NotFound or NotDisbursed; the reading is logged."""
    found = page_of(session, identity, number, Permission.READ_LOANS)
    if not found.stands.lines:
        raise NotDisbursed
    data = _data(found, identity.tenant_name)
    audit.record(session, "print_schedule", f"case:{number}")
    return ScheduleDocument(f"echeancier-{number}.pdf", data)


def state_in_words(line: Line) -> str:
    """« Payée, présumé », « Impayée », « Régularisée, confirmé par la banque »."""
    if line.settled_early:
        return "Soldée par anticipation"
    if line.state is InstalmentState.UNPAID and line.paid_cents:
        return f"Impayée, reste {euros(line.missing_cents)}"
    words = "Régularisée" if line.regularised else capitalize_first(line.state.label)
    told = line.source if line.state is InstalmentState.PAID else None
    return f"{words}, {told.label}" if told else words


def _data(page: LoanPage, tenant: str) -> dict[str, object]:
    loan, rows = page.loan, {row.id: row for row in page.held.rows}
    written = [rows[line.due.id] for line in page.stands.lines]
    paid = sum(row.amount_cents for row in written)
    interest = sum(row.interest_cents for row in written)
    return {
        "title": "Échéancier du prêt",
        "tenant": tenant,
        "number": page.number,
        "person": page.name,
        "bank": page.bank,
        "principal": euros(loan.principal_cents),
        "rate": percent(loan.annual_rate),
        "months": f"{len(written)}{NBSP}mois",
        "instalment": euros(page.instalment_cents),
        "taeg": _taeg(page.held),
        "total_interest": euros(interest),
        "total_paid": euros(paid),
        "released_on": day(loan.disbursed_on),
        "payee": page.payee,
        "printed_on": {"iso": page.today.isoformat(), "words": day(page.today)},
        "rows": [_row(line, rows[line.due.id]) for line in page.stands.lines],
        "totals": {
            "amount": euros(paid),
            "principal": euros(paid - interest),
            "interest": euros(interest),
        },
        "mention": credit_mention(loan.signed_on),
        "note": "Document indicatif : seul l’échéancier de la banque engage.",
    }


def _row(line: Line, row: Instalment) -> dict[str, str]:
    return {
        "number": str(line.due.number),
        "due_on": day(line.due.due_on),
        "amount": euros(line.due.amount_cents),
        "principal": euros(line.due.principal_cents),
        "interest": euros(row.interest_cents),
        "outstanding": euros(row.outstanding_cents),
        "state": state_in_words(line),
    }


def _taeg(held: Held) -> str:
    """The overall rate of the contract: what was paid out, and its first schedule; « — » without one.

    There are no fees: the guarantee costs the borrower nothing.
    """
    loan: Loan = held.loan
    first = [(row.due_on, row.amount_cents) for row in held.rows if row.version == 1]
    if loan.disbursed_on is None:
        return "—"
    try:
        return percent(taeg_of_dates([(loan.disbursed_on, loan.principal_cents)], first).rate)
    except RateError:
        return "—"
