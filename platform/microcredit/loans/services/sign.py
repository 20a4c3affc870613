"""From the bank's agreement to the signed offer, or to an offer that lapses."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act
from microcredit.cases.models import Case
from microcredit.cases.services.find import within as case_within
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission, Scope
from microcredit.kernel.tenancy import Identity
from microcredit.loans.models import Loan
from microcredit.loans.schemas import Sign
from microcredit.loans.services.find import between, hold
from microcredit.mathematics.dates import credit_clocks
from microcredit.submissions.codes import Answer
from microcredit.submissions.models import Submission
from microcredit.web.formatting import day, euros, percent

#: The answers under which an offer is made.
LENDING = (Answer.GRANTED.value, Answer.COUNTER_OFFER.value)

#: An offer holds at least so many days (Code de la consommation L.312-18).
OFFER_HOLDS = timedelta(days=15)


class StillOpen(DomainError):
    """The offer can still be signed."""


def agreed(
    session: Session, identity: Identity, number: str, *, lock: bool = False
) -> tuple[Case, Submission]:
    """A case and the last answer that lends, under which it may be signed.

    Another bank's earlier answer, which the person declined, opens nothing any more. Raises NotFound or
    TransitionRefused.
    """
    reach = (
        Submission.bank_id == identity.organisation_id
        if identity.scope(Permission.WRITE_LOAN) is Scope.OWN_BANK
        else case_within(identity, Permission.WRITE_LOAN)
    )
    if lock:
        hold(session, number)
    newest = (
        select(func.max(Submission.id))
        .where(Submission.case_id == Case.id, Submission.answer.in_(LENDING))
        .correlate(Case)
        .scalar_subquery()
    )
    row = session.execute(
        select(Case, Submission)
        .join(Submission, Submission.id == newest)
        .where(Case.number == number, reach)
    ).one_or_none()
    if row is None:
        raise NotFound
    case, submission = row
    transitions.check(case, Act.SIGN_OFFER)
    return case, submission


def sign_offer(session: Session, identity: Identity, number: str, signed: Sign) -> Loan:
    """Note that the offer was signed; the clocks of withdrawal and payment start on that day.

    The loan takes the terms of the answer, for ever. Raises NotFound, TransitionRefused or BadDate.
    """
    case, submission = agreed(session, identity, number, lock=True)
    today = business_date(session)
    since = submission.accepted_on or submission.answered_on or today
    between(
        "signed_on", signed.signed_on, since, today,
        f"La banque a donné son accord le {day(since)} : l’offre ne peut pas être signée avant.",
        "Ce jour n’est pas encore venu.",
    )  # fmt: skip
    clocks = credit_clocks(signed.signed_on)
    loan = Loan(
        case_id=case.id,
        submission_id=submission.id,
        bank_id=submission.bank_id,
        principal_cents=submission.granted_cents,
        annual_rate=submission.granted_rate,
        months=submission.granted_months,
        signed_on=signed.signed_on,
        first_payment_on=clocks.first_payment_on,
        withdrawal_until=clocks.withdrawal_until,
    )
    session.add(loan)
    session.flush()
    note = (
        f"{euros(loan.principal_cents)} sur {loan.months} mois à {percent(loan.annual_rate)},"
        f" signée le {day(signed.signed_on)}"
    )
    transitions.move(session, case, Act.SIGN_OFFER, identity.account_id, note=note)
    audit.record(session, "sign_offer", f"case:{number}")
    return loan


def lapse_offer(session: Session, identity: Identity, number: str) -> Case:
    """Note that nobody signed in time. Raises NotFound, TransitionRefused or StillOpen."""
    case, submission = agreed(session, identity, number, lock=True)
    since = submission.accepted_on or submission.answered_on or business_date(session)
    until = since + OFFER_HOLDS
    if business_date(session) <= until:
        raise StillOpen(f"L’offre peut être signée jusqu’au {day(until)} : elle n’est pas périmée.")
    transitions.move(session, case, Act.LAPSE_OFFER, identity.account_id)
    audit.record(session, "lapse_offer", f"case:{number}")
    return case
