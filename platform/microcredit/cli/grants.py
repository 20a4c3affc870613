"""Gives somebody access to a tenant, as the platform's operator: an account and a membership."""

from dataclasses import dataclass
from datetime import date

from marshmallow import ValidationError
from sqlalchemy import Table, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microcredit.accounts.models import Account, Membership
from microcredit.groupings.codes import OrganisationKind
from microcredit.groupings.models import Organisation
from microcredit.kernel.audit import AuditEvent
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Role
from microcredit.kernel.schema import ActSchema, Day, Text, flat
from microcredit.kernel.tenancy import enter_setup
from microcredit.tenant_files.creation import tenants
from microcredit.tenant_files.reading import SLUG
from microcredit.tenant_files.rules import same_name

SET_PASSWORD = text("SELECT gate.set_password(:account, :hash)")


class GrantRefused(DomainError):
    """What was asked does not fit the tenant; the message says what exists."""

    status = 400


@dataclass(frozen=True)
class Grant:
    """Who gets which role in which organisation, from when. `email` has no capitals."""

    email: str
    name: str
    organisation: str
    role: Role
    valid_from: date


@dataclass(frozen=True)
class _Typed:
    email: str
    name: str
    organisation: str
    role: str
    valid_from: date


class GrantSchema(ActSchema[_Typed]):
    """The options of `accounts new`."""

    act = _Typed
    email = Text("Adresse électronique", longest=254, required=True)
    name = Text("Nom", required=True)
    organisation = Text("Organisme", required=True)
    role = Text("Rôle", longest=40, required=True)
    valid_from = Day("Depuis le", earliest=1990)


def read(typed: dict[str, object]) -> Grant:
    """The grant that was typed. Raises GrantRefused with every fault, by option."""
    try:
        asked = GrantSchema().read(typed)
    except ValidationError as wrong:
        faults = flat(wrong.messages_dict).items()
        raise GrantRefused(" ".join(f"--{key} : {said}" for key, said in faults)) from wrong
    roles = {role.value: role for role in Role}
    if asked.role not in roles:
        known = ", ".join(f"{role.value} ({role.label})" for role in Role)
        raise GrantRefused(f"--role : ce rôle n’existe pas. Rôles possibles : {known}.")
    email = address(asked.email)
    return Grant(email, asked.name, asked.organisation, roles[asked.role], asked.valid_from)


def address(typed: str) -> str:
    """An e-mail address as it is stored. Raises GrantRefused when it is not one."""
    local, at, domain = typed.strip().lower().partition("@")
    plain = local.isascii() and domain.isascii() and (local + domain).isprintable()
    if not (local and at and "." in domain.strip(".") and plain and len(typed) <= 254):
        raise GrantRefused("--email : cette adresse électronique n’est pas complète.")
    if any(character in " \"'<>@,;:\\" for character in local + domain):
        raise GrantRefused("--email : cette adresse contient un caractère interdit.")
    return f"{local}@{domain}"


def enter(session: Session, slug: str) -> None:
    """Enter the tenant as the operator. Raises GrantRefused, which names those that exist."""
    if not SLUG.fullmatch(slug) or enter_setup(session, slug) is None:
        known = ", ".join(tenant.slug for tenant in tenants(session)) or "aucun"
        raise GrantRefused(f"--tenant : ce territoire n’existe pas. Territoires : {known}.")


def find_account(session: Session, email: str) -> Account | None:
    """The open account of this address. Raises GrantRefused when it is closed."""
    account = session.scalar(select(Account).where(Account.email == email))
    if account is not None and account.disabled_at is not None:
        raise GrantRefused("--email : le compte de cette adresse est fermé.")
    return account


def check(session: Session, grant: Grant) -> tuple[Organisation, Account | None]:
    """The organisation and, if it exists, the account of a grant that may be made.

    Raises GrantRefused: unknown organisation, a role that it cannot have, a membership that exists.
    """
    organisation = _organisation(session, grant)
    account = find_account(session, grant.email)
    if account is not None and _holds(session, account, organisation, grant):
        raise GrantRefused(
            f"{grant.email} est déjà {grant.role.value} dans « {organisation.name} »."
        )
    return organisation, account


def give(session: Session, grant: Grant, password_hash: str | None) -> Account:
    """Add the membership, and the account with its password when the address has none yet.

    Raises GrantRefused.
    """
    organisation, account = check(session, grant)
    try:
        if account is None:
            if password_hash is None:
                raise GrantRefused("Ce compte vient d’être supprimé : recommencez.")
            account = Account(email=grant.email, name=grant.name)
            session.add(account)
            session.flush()
            session.execute(SET_PASSWORD, {"account": account.id, "hash": password_hash})
        membership = Membership(
            account_id=account.id,
            organisation_id=organisation.id,
            role=grant.role.value,
            valid_from=grant.valid_from,
        )
        session.add(membership)
        session.flush()
    except IntegrityError as wrong:
        raise GrantRefused("Une autre commande vient de créer ce compte : recommencez.") from wrong
    _record(session, "operator.grant", account, role=grant.role.value)
    return account


def set_password(session: Session, email: str, password_hash: str) -> None:
    """Replace a password, which ends every session of the account. Raises GrantRefused."""
    account = known_account(session, email)
    session.execute(SET_PASSWORD, {"account": account.id, "hash": password_hash})
    _record(session, "operator.password", account)


def known_account(session: Session, email: str) -> Account:
    """The open account of this address. Raises GrantRefused, which says how many there are."""
    account = find_account(session, email)
    if account is None:
        addresses = list(session.scalars(select(Account.email).order_by(Account.email).limit(20)))
        known = ", ".join(addresses) or "aucun"
        raise GrantRefused(f"--email : cette adresse n’a pas de compte. Comptes : {known}.")
    return account


def _organisation(session: Session, grant: Grant) -> Organisation:
    organisations = session.scalars(select(Organisation).order_by(Organisation.name)).all()
    wanted = grant.organisation.casefold()
    for each in organisations:
        if same_name(each.name.casefold(), wanted):
            break
    else:
        known = ", ".join(f"« {each.name} »" for each in organisations)
        raise GrantRefused(f"--organisation : cet organisme n’existe pas. Organismes : {known}.")
    is_bank = each.kind == OrganisationKind.BANK.value
    if is_bank != (grant.role is Role.BANK_OFFICER):
        must = (
            "dans une banque seulement" if not is_bank else "le seul rôle possible dans une banque"
        )
        raise GrantRefused(f"--role : {Role.BANK_OFFICER.value} est {must}.")
    if grant.role is Role.CCAS_DIRECTOR and each.commune_code is None:
        raise GrantRefused(f"--role : {grant.role.value} demande un organisme qui a une commune.")
    return each


def _holds(session: Session, account: Account, organisation: Organisation, grant: Grant) -> bool:
    already = select(Membership.id).where(
        Membership.account_id == account.id,
        Membership.organisation_id == organisation.id,
        Membership.role == grant.role.value,
        (Membership.valid_to.is_(None)) | (Membership.valid_to > grant.valid_from),
    )
    return session.scalars(already).first() is not None


def _record(session: Session, act: str, account: Account, **detail: str) -> None:
    """Write the trail. The operator may add to it but not read it, so nothing is asked back."""
    table = AuditEvent.__table__
    if isinstance(table, Table):
        values = {"act": act, "subject": f"account:{account.id}", "detail": detail}
        session.execute(insert(table).inline().values(values))
