"""What the CCAS does with a copy after it was sent: items, the person's choice, taking it back."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.cases import sealed, transitions
from microcredit.cases.codes import Act
from microcredit.cases.models import Case
from microcredit.cases.services.find import get
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.lenders.models import LoanTerms
from microcredit.submissions.codes import Answer, StepKind
from microcredit.submissions.models import Submission, SubmissionStep
from microcredit.submissions.schemas import Items
from microcredit.web.formatting import euros


class NotTheCopy(DomainError):
    """Nothing was sent, or it has another answer."""

    message = "Cette transmission a changé entre-temps. Rechargez le dossier."


def newest(session: Session, case: Case, *, lock: bool = False) -> Submission | None:
    """The last copy of a case, whatever its bank; None before the first."""
    statement = (
        select(Submission)
        .where(Submission.case_id == case.id)
        .order_by(Submission.id.desc())
        .limit(1)
    )
    return session.scalar(statement.with_for_update() if lock else statement)


def copy_to_follow(
    session: Session, identity: Identity, number: str, *, lock: bool = False
) -> tuple[Case, Submission]:
    """A case and its last copy, for whoever sent it. Raises NotFound or NotTheCopy.

    Locked in the order in which banks lock when they answer: the copy first.
    """
    case = get(session, identity, number, Permission.SEND_TO_BANK)
    submission = newest(session, case, lock=lock)
    if submission is None:
        raise NotTheCopy
    if lock:  # what was read before waiting for the copy may have changed meanwhile
        session.refresh(case, with_for_update=True)
    return case, submission


def send_items(session: Session, identity: Identity, number: str, items: Items) -> Submission:
    """Answer what the bank asked for; its delay starts again. Raises as `copy_to_follow`, TransitionRefused."""
    case, submission = copy_to_follow(session, identity, number, lock=True)
    transitions.check(case, Act.SEND_ITEMS)
    today = business_date(session)
    days = session.scalars(
        select(LoanTerms.answer_days).where(LoanTerms.id == submission.terms_id)
    ).one()
    session.add(
        SubmissionStep(
            submission_id=submission.id, kind=StepKind.ITEMS_SENT.value, on_date=today,
            account_id=identity.account_id,
            words=sealed.close(session, case.id, "step", items.words),
        )
    )  # fmt: skip
    submission.due_on = today + timedelta(days=days)
    session.flush()
    transitions.move(session, case, Act.SEND_ITEMS, identity.account_id, words=items.words)
    audit.record(session, "send_items", f"case:{number}")
    return submission


def choose(session: Session, identity: Identity, number: str, *, accepts: bool) -> Submission:
    """Note whether the person takes the loan as the bank offers it. Raises as `send_items` does.

    Accepted, the case is approved on the bank's terms; otherwise it is complete again, and may go to
    another bank.
    """
    case, submission = copy_to_follow(session, identity, number, lock=True)
    act = Act.ACCEPT_COUNTER if accepts else Act.DECLINE_COUNTER
    transitions.check(case, act)
    submission.accepted, submission.accepted_on = accepts, business_date(session)
    session.flush()
    note = f"{euros(submission.granted_cents or 0)} sur {submission.granted_months} mois"
    transitions.move(session, case, act, identity.account_id, note=note)
    audit.record(session, act.value, f"case:{number}")
    return submission


def recall(session: Session, identity: Identity, number: str) -> Submission:
    """Take a copy back before the bank has answered. Raises as `send_items` does."""
    case, submission = copy_to_follow(session, identity, number, lock=True)
    transitions.check(case, Act.RECALL)
    submission.answer = Answer.RECALLED.value
    submission.answered_on = business_date(session)
    submission.answered_by = identity.account_id
    session.flush()
    transitions.move(session, case, Act.RECALL, identity.account_id)
    audit.record(session, "recall", f"case:{number}")
    return submission
