"""What is known of the instalments: rejected, paid, settled early; the guarantee called.

The CCAS never collects: the household's bank debits the household, and these acts only note what the
bank or the person said.
"""

from datetime import date

from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act, TaskKind
from microcredit.cases.services.tasks import open_task
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission, Role
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import InstalmentState, PostingKind, Source, Standing
from microcredit.loans.models import Posting
from microcredit.loans.schemas import CallGuarantee, Payment, Reject, SettleEarly
from microcredit.loans.services.find import BadDate, Held, between, get_loan
from microcredit.loans.situation import Line, Situation
from microcredit.mathematics.dates import add_working_days
from microcredit.web.formatting import day, euros

#: Within how many working days the household is called after a rejected debit.
CALL_WITHIN = 2


class NotNow(DomainError):
    """The fact does not fit what is known already."""


def note_reject(session: Session, identity: Identity, number: str, told: Reject) -> Posting:
    """Note a rejected debit; it opens the task of calling. Raises NotFound, NotNow, BadDate, TransitionRefused."""
    found = _locked(session, identity, number, Act.NOTE_REJECT)
    today = business_date(session)
    stands = found.on(today)
    line = _line(stands, told.instalment)
    if line.state is InstalmentState.UNPAID:
        raise NotNow(f"L’échéance du {day(line.due.due_on)} est déjà notée impayée.")
    between(
        "on_date", told.on_date, line.due.due_on, today,
        f"L’échéance est au {day(line.due.due_on)} : elle ne peut pas être rejetée avant.",
        "Ce jour n’est pas encore venu.",
    )  # fmt: skip
    _not_settled_by(found, told.on_date, today)
    if line.source is not Source.PRESUMED:
        since = line.paid_since or told.on_date
        _not_before(told.on_date, since, f"L’échéance est payée le {day(since)}")
    posting = _post(
        session, identity, found, PostingKind.REJECTED, _source(identity, told.source),
        told.on_date, line.due.amount_cents, line,
    )  # fmt: skip
    open_task(
        session,
        identity,
        found.case,
        TaskKind.CALL,
        add_working_days(today, CALL_WITHIN),
        once=True,
    )
    _tell(session, identity, found, Act.NOTE_REJECT, _instalment_in_words(line))
    return posting


def note_payment(session: Session, identity: Identity, number: str, told: Payment) -> Posting:
    """Note that an instalment was paid, all of it or a part of an unpaid one. Raises as `note_reject`."""
    found = _locked(session, identity, number, Act.NOTE_PAYMENT)
    today = business_date(session)
    line = _line(found.on(today), told.instalment)
    if line.state is InstalmentState.PAID and line.source is not Source.PRESUMED:
        raise NotNow(f"L’échéance du {day(line.due.due_on)} est déjà payée.")
    between(
        "on_date", told.on_date, found.loan.disbursed_on or today, today,
        "Ce jour est avant le versement du prêt.", "Ce jour n’est pas encore venu.",
    )  # fmt: skip
    _not_settled_by(found, told.on_date, today)
    if line.unpaid_since is not None:
        _not_before(
            told.on_date, line.unpaid_since, f"L’échéance est rejetée le {day(line.unpaid_since)}"
        )
    expected = line.missing_cents or line.due.amount_cents
    amount = told.amount or expected
    if amount > expected or (amount < expected and line.state is not InstalmentState.UNPAID):
        raise NotNow(fields={"amount": f"Il reste {euros(expected)} à payer sur cette échéance."})
    posting = _post(
        session, identity, found, PostingKind.PAID, _source(identity, told.source),
        told.on_date, amount, line,
    )  # fmt: skip
    _tell(session, identity, found, Act.NOTE_PAYMENT, _instalment_in_words(line))
    return posting


def settle_early(session: Session, identity: Identity, number: str, told: SettleEarly) -> Posting:
    """Note that the whole rest was paid at once, without indemnity (L.312-34). Raises as `note_reject`."""
    found = _locked(session, identity, number, Act.SETTLE_EARLY)
    today = business_date(session)
    _after_all(found, told.on_date, today)
    stands = found.on(told.on_date)
    if stands.settled_on is not None:
        raise NotNow(f"Ce prêt est soldé depuis le {day(stands.settled_on)}.")
    in_part = sum(line.paid_cents for line in stands.lines if line.state is InstalmentState.UNPAID)
    least = stands.outstanding_cents - in_part
    if told.amount < least:
        raise NotNow(
            fields={
                "amount": f"Il reste {euros(least)} de capital : un solde anticipé le paie en entier."
            }
        )
    posting = _post(
        session, identity, found, PostingKind.SETTLED_EARLY, _source(identity, told.source),
        told.on_date, told.amount,
    )  # fmt: skip
    _tell(session, identity, found, Act.SETTLE_EARLY, euros(told.amount))
    return posting


def call_guarantee(
    session: Session, identity: Identity, number: str, told: CallGuarantee
) -> Posting:
    """Note that the bank calls the guarantee, on the capital still owed. Raises as `note_reject`."""
    found = _locked(session, identity, number, Act.CALL_GUARANTEE)
    _after_all(found, told.on_date, business_date(session))
    stands = found.on(told.on_date)
    if stands.standing is Standing.GUARANTEE_CALLED:
        raise NotNow("La garantie de ce prêt est déjà appelée.")
    if stands.incident_on is None or not stands.overdue_cents:
        raise NotNow(
            "La garantie s’appelle après deux impayés au moins, tant que le prêt n’est pas à jour."
        )
    owed = stands.outstanding_cents
    posting = _post(
        session, identity, found, PostingKind.GUARANTEE_CALLED, Source.BANK, told.on_date, owed
    )
    _tell(session, identity, found, Act.CALL_GUARANTEE, f"sur {euros(owed)} de capital")
    return posting


def _locked(session: Session, identity: Identity, number: str, act: Act) -> Held:
    found = get_loan(session, identity, number, Permission.WRITE_LOAN, lock=True)
    transitions.check(found.case, act)
    return found


def _line(stands: Situation, instalment_id: int) -> Line:
    line = next((line for line in stands.lines if line.due.id == instalment_id), None)
    if line is None:
        raise NotFound
    return line


def _after_all(found: Held, on_date: date, today: date) -> None:
    """A fact of the whole loan comes after every fact and schedule that is known: it may undo none."""
    since = max(
        [fact.on_date for fact in found.facts] + [row.valid_from for row in found.rows],
        default=today,
    )
    between(
        "on_date", on_date, since, today,
        f"Un fait est déjà noté au {day(since)} : ce jour ne peut pas être avant.",
        "Ce jour n’est pas encore venu.",
    )  # fmt: skip


def _not_settled_by(found: Held, on_date: date, today: date) -> None:
    """Once the whole loan is settled nothing is debited: what is dated after it would count nowhere."""
    early = [fact for fact in found.facts if fact.kind is PostingKind.SETTLED_EARLY]
    if early and on_date > early[0].on_date:
        raise NotNow(
            f"Ce prêt est soldé depuis le {day(early[0].on_date)} : plus rien n’est prélevé."
        )


def _not_before(on_date: date, since: date, what: str) -> None:
    """The facts of an instalment are noted in the order in which they happened."""
    if on_date < since:
        raise BadDate(fields={"on_date": f"{what} : ce jour ne peut pas être avant."})


def _source(identity: Identity, said: str) -> Source:
    """A bank officer speaks for the bank, whatever the form says."""
    return Source.BANK if identity.role is Role.BANK_OFFICER else Source(said)


def _post(
    session: Session, identity: Identity, found: Held, kind: PostingKind, source: Source,
    on_date: date, amount: int, line: Line | None = None,
) -> Posting:  # fmt: skip
    posting = Posting(
        loan_id=found.loan.id,
        instalment_id=line.due.id if line else None,
        kind=kind.value,
        source=source.value,
        on_date=on_date,
        amount_cents=amount,
        account_id=identity.account_id,
    )
    session.add(posting)
    session.flush()
    return posting


def _instalment_in_words(line: Line) -> str:
    return f"échéance {line.due.number}, {euros(line.due.amount_cents)}, du {day(line.due.due_on)}"


def _tell(session: Session, identity: Identity, found: Held, act: Act, note: str) -> None:
    transitions.move(session, found.case, act, identity.account_id, note=note)
    audit.record(session, act.value, f"case:{found.case.number}")
