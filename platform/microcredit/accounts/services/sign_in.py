"""Signing in and out, and changing hats."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from microcredit.accounts.gate import Gate
from microcredit.accounts.schemas import SignIn
from microcredit.accounts.services.passwords import NOBODY, matches
from microcredit.kernel.errors import DomainError

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
    if not matches(known.password_hash if known else NOBODY, asked.password) or known is None:
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
