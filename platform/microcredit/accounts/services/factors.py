"""The second factor: codes of an application, codes on paper, and what each of them proves, once."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from hmac import compare_digest

import pyotp
import segno

from microcredit.accounts.gate import Factor, Gate
from microcredit.accounts.services.passwords import matches
from microcredit.accounts.services.sign_in import WINDOW, TooManyAttempts
from microcredit.kernel.errors import DomainError
from microcredit.kernel.vault import SealBroken, Vault

STEP = 30
#: A telephone may be one step early or late, no more.
TOLERANCE = 1
PER_FACTOR = 10
CODES = 10


class WrongCode(DomainError):
    """The code is wrong, has served, or is too old: one answer."""

    status = 422
    message = "Ce code ne convient pas. Attendez le suivant et vérifiez l’heure de votre téléphone."

    def __init__(self, field: str = "code") -> None:
        super().__init__(self.message, fields={field: self.message})


class WrongPassword(DomainError):
    """The person's own present password is not that one."""

    status = 422
    message = "Ce n’est pas votre mot de passe actuel."

    def __init__(self, field: str) -> None:
        super().__init__(self.message, fields={field: self.message})


class LastFactor(DomainError):
    """A second factor is required here: the last one stays."""

    message = "C’est votre seul second moyen, et il en faut un ici. Ajoutez-en un autre d’abord."


class TooManyFactors(DomainError):
    """Ten are enough, and the same passkey twice is one too many."""

    message = "Ce moyen est déjà enregistré, ou vous en avez dix : retirez-en un d’abord."


def new_secret() -> str:
    """A fresh secret of 160 bits, in base 32, as applications read it."""
    return pyotp.random_base32()


@dataclass(frozen=True)
class Qr:
    """A picture to photograph: so many squares a side, and the dark ones as the path of an SVG."""

    side: int
    path: str


def qr_of(secret: str, email: str, tenant: str) -> Qr:
    """The picture that an application photographs."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=tenant)
    made = segno.make(address, error="m", micro=False)
    rows = [list(row) for row in made.matrix_iter(border=4)]
    dark = [(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return Qr(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))


def seal_secret(vault: Vault, slug: str, account_id: int, secret: str) -> bytes:
    """The secret, sealed for one account, apart from any tenant's transaction."""
    return vault.seal_apart(secret.encode(), _bound_to(slug, account_id))


def open_secret(vault: Vault, slug: str, account_id: int, sealed: bytes) -> str:
    """The secret. Raises WrongCode when it was sealed for anybody else."""
    try:
        return vault.open_apart(sealed, _bound_to(slug, account_id)).decode()
    except (SealBroken, ValueError) as broken:
        raise WrongCode from broken


def step_of(secret: str, code: str, now: float | None = None) -> int | None:
    """The step of thirty seconds that the code belongs to, if it is near `now` (Unix seconds)."""
    here = int(time.time() if now is None else now) // STEP
    made = pyotp.TOTP(secret)
    for step in range(here - TOLERANCE, here + TOLERANCE + 1):
        if compare_digest(made.generate_otp(step), code):
            return step
    return None


def add_totp(
    gate: Gate, vault: Vault, slug: str, account_id: int, token: str, sealed: bytes, code: str
) -> None:
    """Add an application once it has given a right code. Raises WrongCode, TooManyFactors."""
    count(gate, slug, account_id)
    step = step_of(open_secret(vault, slug, account_id, sealed), _digits(code))
    if step is None:
        raise WrongCode
    if not gate.add_totp(slug, token, "Application", sealed, step):
        raise TooManyFactors
    gate.forget_attempts(slug, f"factor:{account_id}")


def prove(gate: Gate, vault: Vault, slug: str, token: str, code: str) -> None:
    """Prove who holds the token by a code, of an application or on paper, counted before it is judged.

    Raises WrongCode or TooManyAttempts.
    """
    factors = gate.factors(slug, token)
    if not factors:
        raise WrongCode
    account_id = factors[0].account_id
    count(gate, slug, account_id)
    digits = _digits(code)
    if len(digits) == 6 and digits.isdecimal():
        proved = any(_proves(gate, vault, slug, token, one, digits) for one in factors)
    else:
        proved = gate.use_recovery_code(slug, token, hash_code(account_id, code))
    if not proved:
        gate.record(slug, account_id, "refused:second_factor", "account")
        raise WrongCode
    gate.forget_attempts(slug, f"factor:{account_id}")


def count(gate: Gate, slug: str, account_id: int) -> None:
    """Count one guess of a second factor. Raises TooManyAttempts."""
    if not gate.may_attempt(slug, f"factor:{account_id}", WINDOW, PER_FACTOR):
        gate.record(slug, account_id, "refused:second_factor.limit", "account")
        raise TooManyAttempts


def confirm_password(gate: Gate, slug: str, account_id: int, token: str, password: str) -> None:
    """Prove by one's password, where there is no second factor. Raises WrongPassword, TooManyAttempts."""
    check_own_password(gate, slug, account_id, token, password, "password")
    gate.note_first_factor(slug, token)


def check_own_password(
    gate: Gate, slug: str, account_id: int, token: str, password: str, field: str
) -> None:
    """Raise WrongPassword, beside `field`, unless it is who is signed in's own; counted."""
    count(gate, slug, account_id)
    known = gate.own_password(slug, token)
    if known is None or not matches(known, password):
        gate.record(slug, account_id, "refused:own_password", "account")
        raise WrongPassword(field)
    gate.forget_attempts(slug, f"factor:{account_id}")


def new_codes(gate: Gate, slug: str, account_id: int, token: str) -> list[str]:
    """Ten codes of 80 bits for paper, shown this once; the database keeps their hashes alone."""
    codes = [_written(secrets.token_bytes(10)) for _ in range(CODES)]
    gate.replace_recovery_codes(slug, token, [hash_code(account_id, code) for code in codes])
    return codes


def remove(gate: Gate, slug: str, token: str, factor_id: int, *, keep: bool) -> bool:
    """Remove one's own factor; False when it is not there. Raises LastFactor when one must stay."""
    done = gate.remove_factor(slug, token, factor_id, keep=keep)
    if done == "last":
        raise LastFactor
    return done == "removed"


def hash_code(account_id: int, code: str) -> bytes:
    """What the database keeps of a code on paper, however it was spaced."""
    plain = "".join(char for char in code.upper() if char.isalnum())
    return hashlib.sha256(f"{account_id};{plain}".encode()).digest()


def _proves(gate: Gate, vault: Vault, slug: str, token: str, factor: Factor, digits: str) -> bool:
    if factor.kind != "totp":
        return False
    secret = open_secret(vault, slug, factor.account_id, factor.sealed)
    step = step_of(secret, digits)
    return step is not None and gate.use_factor(slug, token, factor.id, step)


def _written(code: bytes) -> str:
    text = base64.b32encode(code).decode()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def _digits(code: str) -> str:
    return "".join(code.split())


def _bound_to(slug: str, account_id: int) -> str:
    return f"totp:{slug}:{account_id}"
