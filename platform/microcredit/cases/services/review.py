"""The local committee, where there is one: it says what it thinks, it does not decide."""

from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act, Review
from microcredit.cases.models import Case
from microcredit.cases.schemas import Opinion
from microcredit.cases.services.find import get
from microcredit.kernel import audit
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity


def ask_review(session: Session, identity: Identity, number: str) -> Case:
    """Ask the local committee. Raises NotFound or TransitionRefused."""
    case = get(session, identity, number, Permission.WRITE_DIAGNOSIS, lock=True)
    transitions.move(session, case, Act.ASK_REVIEW, identity.account_id)
    audit.record(session, "ask_review", f"case:{case.number}")
    return case


def give_review(session: Session, identity: Identity, number: str, given: Opinion) -> Case:
    """Note the committee's opinion: favourable, the file is complete again; otherwise it is reopened.

    Raises NotFound or TransitionRefused.
    """
    case = get(session, identity, number, Permission.REVIEW_CASE, lock=True)
    review = Review(given.review)
    act = Act.OBJECT if review is Review.UNFAVOURABLE else Act.SUPPORT
    transitions.move(
        session, case, act, identity.account_id, reason=given.review,
        note=identity.organisation_name, words=given.words,
    )  # fmt: skip
    audit.record(session, "give_review", f"case:{case.number}", review=given.review)
    return case
