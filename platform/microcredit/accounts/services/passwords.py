"""Passwords: hashed by argon2id at the same cost for everybody, long, and not the first that come to mind.

They are brought to one form (NFC) before anything else, so that « é » typed on two keyboards is the
same, and never cut. Nobody has to change hers for the sake of changing.
"""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from microcredit.accounts.gate import Gate
from microcredit.accounts.services.common_passwords import is_common
from microcredit.kernel import mail
from microcredit.kernel.errors import DomainError
from microcredit.kernel.vault import Vault

#: OWASP's second choice, so that several workers can hash at once on a small machine.
HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)

#: Verified when the address is unknown, so that both answers cost the same one evaluation.
NOBODY = HASHER.hash(secrets.token_urlsafe(16))

SHORTEST, LONGEST = 12, 128


class WeakPassword(DomainError):
    """Too short, too long, or among the first that anybody would try."""

    status = 422


class DeadLink(DomainError):
    """The link was used, is too old, belongs to another territory, or the password has changed since."""

    status = 404
    message = "Ce lien ne sert plus : il a déjà servi, ou vingt minutes ont passé. Demandez-en un nouveau."


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its own salt and parameters."""
    return HASHER.hash(unicodedata.normalize("NFC", password))


def matches(password_hash: str, password: str) -> bool:
    """Whether a password is the one that was hashed."""
    try:
        return HASHER.verify(password_hash, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False


def check_password(password: str, *about: str, field: str = "password") -> None:
    """Raise WeakPassword, beside `field`, unless the password may be chosen.

    `about` is what a guesser knows of the person: her name, her address.
    """
    length = len(unicodedata.normalize("NFC", password))
    if length < SHORTEST:
        raise _weak(
            field, f"Il faut {SHORTEST} caractères au moins. Une phrase à vous convient bien."
        )
    if length > LONGEST:
        raise _weak(field, f"{LONGEST} caractères au plus.")
    if is_common(password, about):
        raise _weak(
            field,
            "Ce mot de passe est parmi les premiers que l’on essaie. Ajoutez-y des mots qui ne sont qu’à vous.",
        )


def ask_reset(gate: Gate, slug: str, email: str, link: str, secret: str, vault: Vault) -> None:
    """Send the link of a new password to an address, if it is somebody's; nothing tells which.

    The letter is written and sealed in both cases, so that both take the same time.
    """
    tenant = gate.tenant(slug)
    name = tenant.name if tenant else slug
    letter = mail.write("reset", email.casefold(), {"link": link, "tenant": name})
    gate.ask_reset(slug, email.casefold(), secret, vault, letter)


def reset(gate: Gate, slug: str, secret: str, password: str) -> None:
    """Replace a forgotten password; every session of the account ends. Raises DeadLink, WeakPassword."""
    email = gate.live_reset(slug, secret)
    if email is None:
        raise DeadLink
    check_password(password, email)
    if not gate.reset_password(slug, secret, hash_password(password)):
        raise DeadLink


def _weak(field: str, words: str) -> WeakPassword:
    return WeakPassword(words, fields={field: words})
