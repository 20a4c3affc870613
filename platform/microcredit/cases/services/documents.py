"""Waiting for papers that the person still has to bring."""

from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act
from microcredit.cases.models import Case
from microcredit.cases.schemas import AskDocuments
from microcredit.cases.services.find import get
from microcredit.kernel import audit
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity


def await_documents(session: Session, identity: Identity, number: str, asked: AskDocuments) -> Case:
    """Note which papers are awaited. Raises NotFound or TransitionRefused."""
    case = get(session, identity, number, Permission.WRITE_DIAGNOSIS, lock=True)
    transitions.move(session, case, Act.AWAIT_DOCUMENTS, identity.account_id, words=asked.words)
    audit.record(session, "await_documents", f"case:{case.number}")
    return case


def receive_documents(session: Session, identity: Identity, number: str) -> Case:
    """Note that they came. Raises NotFound or TransitionRefused."""
    case = get(session, identity, number, Permission.WRITE_DIAGNOSIS, lock=True)
    transitions.move(session, case, Act.RECEIVE_DOCUMENTS, identity.account_id)
    audit.record(session, "receive_documents", f"case:{case.number}")
    return case
