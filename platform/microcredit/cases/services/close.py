"""The two ways out before a loan: another help answers better, or nothing follows."""

from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act, OrientationTarget
from microcredit.cases.models import Case, Orientation
from microcredit.cases.schemas import Close, Redirect
from microcredit.cases.services.find import get
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity


def redirect(session: Session, identity: Identity, number: str, asked: Redirect) -> Case:
    """Send the person to other helps and close. Raises NotFound or TransitionRefused."""
    case = get(session, identity, number, Permission.REDIRECT_CASE, lock=True)
    targets = list(dict.fromkeys(asked.targets))
    names = ", ".join(OrientationTarget(target).label for target in targets)
    transitions.move(
        session, case, Act.REDIRECT, identity.account_id, reason=asked.reason, note=names
    )
    session.add_all(
        Orientation(
            case_id=case.id,
            target=target,
            proposed_on=business_date(session),
            account_id=identity.account_id,
        )
        for target in targets
    )
    session.flush()
    audit.record(session, "redirect", f"case:{case.number}")
    return case


def close(session: Session, identity: Identity, number: str, asked: Close) -> Case:
    """Close a case that nothing follows; an appointment reopens it. Raises as `redirect` does."""
    case = get(session, identity, number, Permission.CLOSE_CASE, lock=True)
    transitions.move(session, case, Act.CLOSE, identity.account_id, reason=asked.reason)
    audit.record(session, "close", f"case:{case.number}")
    return case
