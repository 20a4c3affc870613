"""« Qui a consulté ce dossier »: the trail of one case, for whoever works on it."""

from sqlalchemy.orm import Session

from microcredit.accounts.services.trail import Readings, readings_of
from microcredit.cases.services.find import get
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity


def read_consultations(session: Session, identity: Identity, number: str, cursor: str) -> Readings:
    """Who read, changed or was refused a case. Raises NotFound when it is not within reach."""
    case = get(session, identity, number, Permission.READ_CONSULTATIONS)
    return readings_of(session, case.number, cursor)
