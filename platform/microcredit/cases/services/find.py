"""Finding a case and checking the right to it are one call: neither can be forgotten."""

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act
from microcredit.cases.models import Case
from microcredit.kernel.errors import NotFound
from microcredit.kernel.permissions import Permission, Scope
from microcredit.kernel.tenancy import Identity


def within(identity: Identity, permission: Permission) -> ColumnElement[bool]:
    """The condition that a case is within reach of `permission` for the active role."""
    match identity.scope(permission):
        case Scope.ALL:
            return true()
        case Scope.DESK:
            return or_(
                Case.desk_id == identity.organisation_id,
                Case.residence_code == identity.commune_code,
            )
        case Scope.COMMUNE:
            return Case.residence_code == identity.commune_code
        case Scope.OWN_REFERRALS:
            return and_(
                Case.referrer_account_id == identity.account_id,
                Case.prescriber_id == identity.organisation_id,
            )
        case _:
            return false()


def get(
    session: Session, identity: Identity, number: str, permission: Permission, *, lock: bool = False
) -> Case:
    """The case of a public number, if `permission` reaches it. Raises NotFound in both other cases.

    `lock` holds the row until the end of the act, so that two acts on one case wait for each other.
    """
    statement = select(Case).where(Case.number == number, within(identity, permission))
    if lock:
        statement = statement.with_for_update()
    case = session.scalar(statement)
    if case is None:
        raise NotFound
    return case


def ready_for(session: Session, identity: Identity, number: str, act: Act) -> Case:
    """A case that an act is about to be done on. Raises NotFound or TransitionRefused.

    A form that could only be refused is not shown: the page says who was quicker.
    """
    case = get(session, identity, number, transitions.TABLE[act].permission)
    transitions.check(case, act)
    return case
