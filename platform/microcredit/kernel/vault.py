"""Free notes and frozen copies at rest: AES-256-GCM under the tenant's own key.

The tenant's key is wrapped by the master key (RFC 3394), which the database never sees. What a
text belongs to is authenticated with it: moved to another row or tenant, it no longer opens.
"""

import os

from cryptography.exceptions import InvalidTag as SealBroken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from microcredit.kernel.database import Base, OwnedByTenant

__all__ = ["SealBroken", "TenantKey", "Vault", "vault_of"]

NONCE = 12


class TenantKey(OwnedByTenant, Base):
    """A tenant's own key, wrapped."""

    __tablename__ = "tenant_key"

    version: Mapped[int] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]


class Vault:
    """Seals and opens for the tenant that the session has entered."""

    def __init__(self, master_key: bytes) -> None:
        self._master_key = master_key

    def new_key(self) -> TenantKey:
        """A first key for a tenant being created."""
        key = AESGCM.generate_key(bit_length=256)
        return TenantKey(version=1, wrapped=aes_key_wrap(self._master_key, key))

    def seal_apart(self, plain: bytes, subject: str) -> bytes:
        """`plain` encrypted outside any tenant's transaction, under a key of its own purpose."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._key_apart()).encrypt(nonce, plain, subject.encode())

    def open_apart(self, sealed: bytes, subject: str) -> bytes:
        """What `seal_apart` sealed. Raises SealBroken when it was sealed for anything else."""
        return AESGCM(self._key_apart()).decrypt(sealed[:NONCE], sealed[NONCE:], subject.encode())

    def _key_apart(self) -> bytes:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"apart from any tenant")
        return derived.derive(self._master_key)

    def seal(self, session: Session, plain: bytes, subject: str) -> bytes:
        """`plain` encrypted for this tenant and `subject`, for instance `case:12:opinion`."""
        tenant, key = self._key(session)
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(key).encrypt(nonce, plain, _bound_to(tenant, subject))

    def open(self, session: Session, sealed: bytes, subject: str) -> bytes:
        """The plain bytes. Raises SealBroken when they were sealed for anything else."""
        tenant, key = self._key(session)
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound_to(tenant, subject))

    def _key(self, session: Session) -> tuple[int, bytes]:
        found: tuple[int, bytes] | None = session.info.get("tenant_key")
        if found is None:
            row = session.scalars(select(TenantKey).order_by(TenantKey.version.desc())).first()
            if row is None:
                raise LookupError("this tenant has no key")
            found = (row.tenant_id, aes_key_unwrap(self._master_key, row.wrapped))
            session.info["tenant_key"] = found
        return found


def _bound_to(tenant: int, subject: str) -> bytes:
    return f"{tenant};{subject}".encode()


def vault_of(session: Session) -> Vault:
    """The vault that the composition root gave to this session."""
    vault = session.info["vault"]
    if not isinstance(vault, Vault):
        raise LookupError("this session was opened without a vault")
    return vault
