"""Signing in and out, hats, and who has access to what."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.accounts.gate import Gate
from microcredit.accounts.models import Account, Membership
from microcredit.accounts.schemas import SignIn
from microcredit.groupings.models import Organisation
from microcredit.kernel import audit
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Role

#: OWASP's second choice, so that several workers can hash at once on a small machine.
HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)

#: Verified when the address is unknown, so that both answers cost the same one evaluation.
NOBODY = HASHER.hash(secrets.token_urlsafe(16))

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 10, 60


class WrongCredentials(DomainError):
    """One answer for an unknown address, a wrong password and a closed account."""

    status = 401
    message = "L’adresse ou le mot de passe ne convient pas."


class TooManyAttempts(DomainError):
    """The limit of attempts about this account, or from this address, is reached."""

    status = 429
    message = "Trop d’essais en peu de temps. Attendez un quart d’heure, puis recommencez."


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its own salt and parameters."""
    return HASHER.hash(password)


@dataclass(frozen=True)
class Opened:
    """A session just opened: its token, 256 random bits of which the database keeps a hash."""

    token: str
    account_id: int


def sign_in(gate: Gate, slug: str, asked: SignIn, address: str) -> Opened:
    """Open a session for an address and a password.

    Counted before it is evaluated, per account and per network `address`. Raises
    WrongCredentials or TooManyAttempts.
    """
    email = asked.email.casefold()
    for subject, limit in ((f"account:{email}", PER_ACCOUNT), (f"from:{address}", PER_ADDRESS)):
        if not gate.may_attempt(slug, subject, WINDOW, limit):
            gate.record(slug, None, "refused:sign_in.limit", "account")
            raise TooManyAttempts
    known = gate.credentials(slug, email)
    if not _matches(known.password_hash if known else NOBODY, asked.password) or known is None:
        gate.record(slug, known.account_id if known else None, "refused:sign_in", "account")
        raise WrongCredentials
    opened = Opened(open_session(gate, slug, known.account_id), known.account_id)
    gate.forget_attempts(slug, f"account:{email}")
    return opened


def open_session(gate: Gate, slug: str, account_id: int) -> str:
    """A new session for an account that proved who it is. Raises WrongCredentials without access."""
    token = secrets.token_urlsafe(32)
    if not gate.open_session(slug, account_id, token):
        gate.record(slug, account_id, "refused:sign_in.no_membership", "account")
        raise WrongCredentials
    gate.record(slug, account_id, "sign_in", "account")
    return token


def sign_out(gate: Gate, slug: str, account_id: int, token: str) -> None:
    """End the session for good."""
    gate.end_session(slug, token)
    gate.record(slug, account_id, "sign_out", "account")


def put_on_hat(
    gate: Gate, slug: str, account_id: int, token: str, membership_id: int
) -> str | None:
    """Act under another membership from now on; the new token, or None when it is not one's own."""
    new_token = secrets.token_urlsafe(32)
    if not gate.rotate_session(slug, token, new_token, membership_id):
        return None
    gate.record(slug, account_id, "put_on_hat", f"membership:{membership_id}")
    return new_token


@dataclass(frozen=True)
class Access:
    """One line of « qui a accès à quoi »."""

    organisation: str
    name: str
    email: str
    role: Role
    valid_from: date
    valid_to: date | None
    disabled: bool


def accesses(session: Session) -> list[Access]:
    """Every membership of the tenant, by organisation then name; reading it is logged."""
    rows = session.execute(
        select(Membership, Account, Organisation.name)
        .join(Account, Account.id == Membership.account_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .order_by(Organisation.name, Account.name, Membership.id)
    )
    found = [
        Access(
            organisation, account.name, account.email, Role(membership.role),
            membership.valid_from, membership.valid_to, account.disabled_at is not None,
        )
        for membership, account, organisation in rows
    ]  # fmt: skip
    audit.record(session, "read", "accounts")
    return found


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
