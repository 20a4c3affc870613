"""The gate: the few static statements that know passwords and open sessions, on their own pool.

Only this module uses the gate's login role, which can read no business table.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, text

from microcredit.kernel import mail
from microcredit.kernel.permissions import Role
from microcredit.kernel.tenancy import Identity
from microcredit.kernel.vault import Vault

#: A session ends after so long without a request, and at the latest so long after sign-in.
IDLE, LIFETIME = timedelta(minutes=30), timedelta(hours=10)


@dataclass(frozen=True)
class PublicTenant:
    """What the sign-in page may say of a tenant."""

    name: str
    is_demo: bool
    demo_date: date | None
    communes: tuple[str, ...]


@dataclass(frozen=True)
class Credentials:
    """An account and the hash its password must match."""

    account_id: int
    password_hash: str


@dataclass(frozen=True)
class DemoAccount:
    """An account that a demo tenant offers on its sign-in page."""

    account_id: int
    name: str
    role: Role
    organisation: str


@dataclass(frozen=True)
class KeptForm:
    """A form that was posted too late, still sealed."""

    path: str
    sealed: bytes
    kept_at: datetime


class Gate:
    """The gate's functions of the database, each in a short transaction of its own."""

    def __init__(self, engine: Engine, secret: str) -> None:
        self._engine = engine
        self._secret = secret

    def tenant(self, slug: str) -> PublicTenant | None:
        """The tenant of `slug`, or None."""
        statement = text("SELECT name, is_demo, demo_date, members FROM gate.tenant(:slug)")
        with self._engine.begin() as connection:
            row = connection.execute(statement, {"slug": slug}).one_or_none()
        if row is None:
            return None
        return PublicTenant(row.name, row.is_demo, row.demo_date, tuple(row.members or ()))

    def credentials(self, slug: str, email: str) -> Credentials | None:
        """The account of an address that may sign in with a password, or None."""
        statement = text("SELECT account_id, password_hash FROM gate.credentials(:slug, :email)")
        with self._engine.begin() as connection:
            row = connection.execute(statement, {"slug": slug, "email": email}).one_or_none()
        return Credentials(row.account_id, row.password_hash) if row else None

    def demo_accounts(self, slug: str) -> list[DemoAccount]:
        """The accounts that a demo tenant offers; [] for any other tenant."""
        statement = text(
            "SELECT account_id, name, role, organisation FROM gate.demo_accounts(:slug)"
        )
        with self._engine.begin() as connection:
            rows = connection.execute(statement, {"slug": slug}).all()
        return [DemoAccount(r.account_id, r.name, Role(r.role), r.organisation) for r in rows]

    def open_session(self, slug: str, account_id: int, token: str) -> bool:
        """Open a session under `token`; False when the account has no current membership."""
        return self._call(
            "SELECT gate.open_session(:slug, :account, :token, :idle, :lifetime)",
            slug=slug, account=account_id, token=token, idle=IDLE, lifetime=LIFETIME,
        )  # fmt: skip

    def rotate_session(self, slug: str, token: str, new_token: str, membership_id: int) -> bool:
        """Put on another hat under a new token; False when that hat is not this account's."""
        return self._call(
            "SELECT gate.rotate_session(:slug, :token, :new_token, :membership)",
            slug=slug, token=token, new_token=new_token, membership=membership_id,
        )  # fmt: skip

    def end_session(self, slug: str, token: str) -> None:
        """End a session: its token opens nothing any more."""
        self._call("SELECT gate.end_session(:slug, :token)", slug=slug, token=token)

    def touch(self, slug: str, token: str) -> None:
        """Note that a session was seen just now."""
        self._call("SELECT gate.touch_session(:slug, :token)", slug=slug, token=token)

    def keep_form(self, slug: str, token: str, account_id: int, path: str, sealed: bytes) -> bool:
        """Keep what was posted to `path` after the session of `token` ended.

        False unless that session was the account's own.
        """
        return self._call(
            "SELECT gate.keep_form(:slug, :token, :account, :path, :sealed)",
            slug=slug, token=token, account=account_id, path=path, sealed=sealed,
        )  # fmt: skip

    def kept_form(self, slug: str, account_id: int) -> KeptForm | None:
        """What is kept for an account, if it is not older than a quarter of an hour."""
        statement = text("SELECT path, sealed, kept_at FROM gate.kept_form(:slug, :account)")
        with self._engine.begin() as connection:
            row = connection.execute(statement, {"slug": slug, "account": account_id}).one_or_none()
        return KeptForm(row.path, row.sealed, row.kept_at) if row else None

    def forget_form(self, slug: str, account_id: int) -> None:
        """Forget what was kept for an account."""
        self._call("SELECT gate.forget_form(:slug, :account)", slug=slug, account=account_id)

    def may_attempt(self, slug: str, subject: str, window: timedelta, limit: int) -> bool:
        """Count one attempt about `subject`; False once `limit` were made within `window`."""
        return self._call(
            "SELECT gate.may_attempt(:slug, :subject, :window, :limit)",
            slug=slug, subject=self._digest(subject), window=window, limit=limit,
        )  # fmt: skip

    def forget_attempts(self, slug: str, subject: str) -> None:
        """Forget the attempts about `subject`: the right person is in."""
        self._call(
            "SELECT gate.forget_attempts(:slug, :subject)", slug=slug, subject=self._digest(subject)
        )

    def record(self, slug: str, account_id: int | None, act: str, subject: str) -> None:
        """Write to the trail apart from any act, so that no rollback takes it back."""
        self._record(slug, account_id, None, act, subject)

    def record_refusal(self, identity: Identity, act: str, subject: str) -> None:
        """Write that somebody was refused something."""
        self._record(
            identity.slug, identity.account_id, identity.membership_id, f"refused:{act}", subject
        )

    def post_mail(self, slug: str, vault: Vault, letter: mail.Letter) -> None:
        """Queue a letter apart from any session: a reset, an invitation."""
        message, sealed = mail.seal(vault, letter)
        self._call(
            "SELECT gate.post_mail(:slug, :message, :sealed)",
            slug=slug, message=message, sealed=sealed,
        )  # fmt: skip

    def _record(
        self, slug: str, account: int | None, membership: int | None, act: str, subject: str
    ) -> None:
        self._call(
            "SELECT gate.record(:slug, :account, :membership, :act, :subject, CAST(:detail AS jsonb))",
            slug=slug, account=account, membership=membership, act=act, subject=subject[:200],
            detail=json.dumps({}),
        )  # fmt: skip

    def _call(self, statement: str, **values: object) -> bool:
        with self._engine.begin() as connection:
            return connection.execute(text(statement), values).scalar() is True

    def _digest(self, subject: str) -> bytes:
        """Limits are counted per keyed digest: the table holds no address."""
        return hashlib.blake2b(subject.encode(), key=self._secret.encode()[:64]).digest()
