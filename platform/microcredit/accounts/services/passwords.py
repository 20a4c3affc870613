"""Hashing passwords: argon2id, the same cost for everybody."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: OWASP's second choice, so that several workers can hash at once on a small machine.
HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)

#: Verified when the address is unknown, so that both answers cost the same one evaluation.
NOBODY = HASHER.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its own salt and parameters."""
    return HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether a password is the one that was hashed."""
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
