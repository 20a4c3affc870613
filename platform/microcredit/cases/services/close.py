"""The ways out before a loan: another help answers better, nothing follows, or a person says why not."""

from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act
from microcredit.cases.models import Case
from microcredit.cases.schemas import Close, Decline, Redirect
from microcredit.cases.services.find import get
from microcredit.cases.services.orientation import in_words, propose
from microcredit.kernel import audit
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity


def redirect(session: Session, identity: Identity, number: str, asked: Redirect) -> Case:
    """Send the person to other helps and close. Raises NotFound or TransitionRefused."""
    case = get(session, identity, number, Permission.REDIRECT_CASE, lock=True)
    transitions.move(
        session, case, Act.REDIRECT, identity.account_id,
        reason=asked.reason, note=in_words(asked.targets),
    )  # fmt: skip
    propose(session, identity, case, asked.targets)
    audit.record(session, "redirect", f"case:{case.number}")
    return case


def decline(session: Session, identity: Identity, number: str, asked: Decline) -> Case:
    """Decide not to show the file to a bank, say why and where to. Raises as `redirect` does."""
    case = get(session, identity, number, Permission.DECLINE_CASE, lock=True)
    transitions.move(
        session, case, Act.DECLINE, identity.account_id,
        reason=asked.reason, note=in_words(asked.targets), words=asked.words,
    )  # fmt: skip
    propose(session, identity, case, asked.targets)
    audit.record(session, "decline", f"case:{case.number}")
    return case


def close(session: Session, identity: Identity, number: str, asked: Close) -> Case:
    """Close a case that nothing follows; an appointment reopens it. Raises as `redirect` does."""
    case = get(session, identity, number, Permission.CLOSE_CASE, lock=True)
    transitions.move(session, case, Act.CLOSE, identity.account_id, reason=asked.reason)
    audit.record(session, "close", f"case:{case.number}")
    return case
