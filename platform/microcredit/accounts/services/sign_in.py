"""Signing in and out, and changing hats."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from microcredit.accounts.gate import Gate
from microcredit.accounts.schemas import SignIn
from microcredit.accounts.services.passwords import NOBODY, matches
from microcredit.kernel.errors import DomainError

WINDOW = timedelta(minutes=15)
#: Twenty guesses an hour about one account from anywhere; as many again from each computer that it has
#: signed in from before, so that whoever keeps an account busy does not keep its owner out.
PER_ACCOUNT, PER_ADDRESS, PER_DEVICE = 5, 60, 5


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


@dataclass(frozen=True)
class Waiting:
    """The first means was right; `token` waits for the second factor, and opens nothing before."""

    token: str
    account_id: int


def sign_in(
    gate: Gate, slug: str, asked: SignIn, address: str, *, device: str = "", about: str = ""
) -> Opened | Waiting:
    """Let in with an address and a password, as far as the second factor where there is one.

    Counted before it is evaluated: per account and per network `address`, or for a `device` that the
    account was signed in from before, apart. Raises WrongCredentials or TooManyAttempts.
    """
    email = asked.email.casefold()
    limits = [(f"account:{email}", PER_ACCOUNT), (f"from:{address}", PER_ADDRESS)]
    if device:
        limits = [(f"device:{device}:{email}", PER_DEVICE)]
    for subject, limit in limits:
        if not gate.may_attempt(slug, subject, WINDOW, limit):
            _note_limit(gate, slug, subject)
            raise TooManyAttempts
    known = gate.credentials(slug, email)
    if not matches(known.password_hash if known else NOBODY, asked.password) or known is None:
        gate.record(slug, known.account_id if known else None, "refused:sign_in", "account")
        raise WrongCredentials
    let_in = admit(gate, slug, known.account_id, about)
    gate.forget_attempts(slug, limits[0][0])
    return let_in


def admit(
    gate: Gate, slug: str, account_id: int, about: str = "", *,
    second_factor: bool = False, provider_id: int | None = None,
) -> Opened | Waiting:  # fmt: skip
    """A session, or a wait for the account's own second factor unless `second_factor` was proved.

    Raises WrongCredentials for an account without access.
    """
    token = secrets.token_urlsafe(32)
    if not second_factor and gate.open_pending(slug, account_id, token, provider_id):
        return Waiting(token, account_id)
    if not gate.open_session(
        slug, account_id, token, about, second_factor=second_factor, provider_id=provider_id
    ):
        gate.record(slug, account_id, "refused:sign_in.no_membership", "account")
        raise WrongCredentials
    gate.record(slug, account_id, "sign_in", "account")
    return Opened(token, account_id)


def finish(gate: Gate, slug: str, token: str, about: str = "") -> Opened:
    """The session after a proved second factor. Raises WrongCredentials when nothing was proved."""
    new_token = secrets.token_urlsafe(32)
    account_id = gate.finish_pending(slug, token, new_token, about)
    if account_id is None:
        raise WrongCredentials
    gate.record(slug, account_id, "sign_in", "account")
    return Opened(new_token, account_id)


def open_session(gate: Gate, slug: str, account_id: int) -> str:
    """A new session for an account that needs no second factor. Raises WrongCredentials without access."""
    opened = admit(gate, slug, account_id)
    if not isinstance(opened, Opened):
        raise WrongCredentials
    return opened.token


def limit_resets(gate: Gate, slug: str, email: str, address: str) -> None:
    """Count one request for the link of a new password. Raises TooManyAttempts."""
    for subject, limit in ((f"reset:{email.casefold()}", 3), (f"reset.from:{address}", 20)):
        if not gate.may_attempt(slug, subject, WINDOW, limit):
            gate.record(slug, None, "refused:ask_reset.limit", "account")
            raise TooManyAttempts


def _note_limit(gate: Gate, slug: str, subject: str) -> None:
    """Write once per window that a limit was reached: ten thousand guesses must not fill the trail."""
    if gate.may_attempt(slug, f"noted:{subject}", WINDOW, 1):
        gate.record(slug, None, "refused:sign_in.limit", "account")


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
