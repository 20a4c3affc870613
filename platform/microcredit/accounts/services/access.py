"""Who has access to what, by organisation."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from microcredit.accounts.codes import NEVER_MANAGE, WIDE, roles_offered
from microcredit.accounts.gate import Gate, JoinRequest, Pending, Review
from microcredit.accounts.models import Account, Membership
from microcredit.groupings.codes import OrganisationKind
from microcredit.groupings.models import Organisation
from microcredit.kernel import audit
from microcredit.kernel.errors import NotFound
from microcredit.kernel.permissions import Permission, Role, Scope
from microcredit.kernel.tenancy import Identity

#: Accesses are read over once a year.
YEAR = timedelta(days=365)

CURRENT = (Membership.valid_from <= func.current_date()) & (
    Membership.valid_to.is_(None) | (Membership.valid_to > func.current_date())
)


@dataclass(frozen=True)
class Access:
    """One person in one role; `changeable` when this very reader may end it."""

    id: int
    name: str
    email: str
    role: Role
    since: date
    manages: bool
    disabled: bool
    last_used_at: datetime | None
    changeable: bool
    may_manage: bool


@dataclass(frozen=True)
class OrganisationLine:
    """An organisation of the list: how many have access, what waits, when it was read over."""

    id: int
    name: str
    kind: OrganisationKind
    people: int
    waiting: int
    asked: int
    review: Review | None
    to_review: bool


@dataclass(frozen=True)
class OrganisationAccess:
    """The page of one organisation."""

    id: int
    name: str
    kind: OrganisationKind
    people: list[Access]
    pending: list[Pending]
    requests: list[JoinRequest]
    review: Review | None
    to_review: bool
    manages: bool
    confirms: bool
    names: bool


def organisations(
    session: Session, gate: Gate, identity: Identity, token: str, now: datetime
) -> list[OrganisationLine]:
    """Every organisation within reach, by name; reading it is logged."""
    people = func.count(Membership.id)
    rows = session.execute(
        select(Organisation.id, Organisation.name, Organisation.kind, people.label("people"))
        .outerjoin(Membership, (Membership.organisation_id == Organisation.id) & CURRENT)
        .where(_within(identity))
        .group_by(Organisation.id, Organisation.name, Organisation.kind)
        .order_by(Organisation.name)
    ).all()
    waiting = [one.organisation_id for one in gate.pending(identity.slug, token)]
    asked = [one.organisation_id for one in gate.join_requests(identity.slug, token)]
    reviews = gate.reviews(identity.slug, token)
    audit.record(session, "read", "accounts")
    return [
        OrganisationLine(
            r.id, r.name, OrganisationKind(r.kind), r.people, waiting.count(r.id),
            asked.count(r.id), reviews.get(r.id), r.people > 0 and _due(reviews.get(r.id), now),
        )
        for r in rows
    ]  # fmt: skip


def access_of(
    session: Session, gate: Gate, identity: Identity, token: str, organisation: int, now: datetime
) -> OrganisationAccess:
    """The accesses of one organisation; reading it is logged. Raises NotFound."""
    place = place_of(session, identity, organisation, Permission.READ_ACCOUNTS)
    people = [_access(identity, *row) for row in _members(session, organisation)]
    reviews = gate.reviews(identity.slug, token)
    audit.record(session, "read", f"accesses:{organisation}")
    return OrganisationAccess(
        place.id, place.name, OrganisationKind(place.kind), people,
        gate.pending(identity.slug, token, organisation),
        gate.join_requests(identity.slug, token, organisation),
        reviews.get(organisation), bool(people) and _due(reviews.get(organisation), now),
        reaches(identity, Permission.MANAGE_ACCESS, organisation),
        reaches(identity, Permission.CONFIRM_ACCESS, organisation),
        identity.may(Permission.NAME_MANAGER),
    )  # fmt: skip


def place_of(
    session: Session, identity: Identity, organisation: int, permission: Permission
) -> Organisation:
    """An organisation within reach. Raises NotFound, the same for one that does not exist."""
    place = session.scalar(select(Organisation).where(Organisation.id == organisation))
    if place is None or not reaches(identity, permission, organisation):
        raise NotFound("Cet organisme n’existe pas ou n’est pas le vôtre.")
    return place


def offered(
    session: Session, identity: Identity, organisation: int
) -> tuple[Organisation, list[Role]]:
    """An organisation and the roles that this person may give there. Raises NotFound."""
    place = place_of(session, identity, organisation, Permission.MANAGE_ACCESS)
    administrator = identity.scope(Permission.MANAGE_ACCESS) is Scope.ALL
    return place, roles_offered(place.kind, by_administrator=administrator)


def access_to_end(
    session: Session, identity: Identity, organisation: int, membership: int
) -> tuple[Access, list[tuple[str, str]]]:
    """An access that this person may end, and who could take over: (membership, words).

    Raises NotFound.
    """
    place_of(session, identity, organisation, Permission.MANAGE_ACCESS)
    found = {row[0].id: row for row in _members(session, organisation)}
    access = _access(identity, *found[membership]) if membership in found else None
    if access is None or not access.changeable:
        raise NotFound("Cet accès n’existe pas, n’est pas le vôtre, ou est déjà fermé.")
    rows = session.execute(
        select(Membership.id, Account.name, Membership.role, Organisation.name)
        .join(Account, Account.id == Membership.account_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(CURRENT, Account.disabled_at.is_(None), _can_follow(access.role, organisation))
        .where(Membership.account_id != found[membership][0].account_id)
        .order_by(Account.name, Membership.id)
    )
    return access, [(str(i), f"{name}, {Role(role).label}, {o}") for i, name, role, o in rows]


def reaches(identity: Identity, permission: Permission, organisation: int) -> bool:
    """Whether a permission on accesses goes as far as an organisation."""
    scope = identity.scope(permission)
    own = scope is Scope.OWN_ORGANISATION and identity.organisation_id == organisation
    return scope is Scope.ALL or own


def _can_follow(role: Role, organisation: int) -> ColumnElement[bool]:
    """Case workers follow anybody, a colleague of the same desk a desk, and of the same organisation an adviser."""
    if role is Role.PRESCRIBER_ADVISER:
        return and_(Membership.role == role.value, Membership.organisation_id == organisation)
    same_desk = and_(
        Membership.role == Role.FRONT_DESK.value,
        Membership.organisation_id == organisation,
        literal(role is Role.FRONT_DESK),
    )
    return or_(Membership.role == Role.CASE_WORKER.value, same_desk)


def _within(identity: Identity) -> ColumnElement[bool]:
    everywhere = identity.scope(Permission.READ_ACCOUNTS) is Scope.ALL
    return or_(literal(everywhere), Organisation.id == identity.organisation_id)


def _members(session: Session, organisation: int) -> list[tuple[Membership, Account]]:
    rows = session.execute(
        select(Membership, Account)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.organisation_id == organisation, CURRENT)
        .order_by(Account.name, Membership.id)
    )
    return [(membership, account) for membership, account in rows]


def _access(identity: Identity, membership: Membership, account: Account) -> Access:
    other = account.id != identity.account_id
    managed = reaches(identity, Permission.MANAGE_ACCESS, membership.organisation_id)
    wide = membership.role in WIDE and not identity.may(Permission.NAME_MANAGER)
    return Access(
        membership.id, account.name, account.email, Role(membership.role), membership.valid_from,
        membership.manages_accounts, account.disabled_at is not None, account.last_used_at,
        other and managed and not wide, other and membership.role not in NEVER_MANAGE,
    )  # fmt: skip


def _due(review: Review | None, now: datetime) -> bool:
    return review is None or now - review.at > YEAR
