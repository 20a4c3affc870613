"""Who may sign in, and the sessions that are open."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text

from microcredit.accounts.gate.door import Door
from microcredit.kernel.permissions import Role

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


class Sessions(Door):
    """What the sign-in page may know, and sessions."""

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

    def open_session(
        self,
        slug: str,
        account_id: int,
        token: str,
        about: str = "",
        *,
        second_factor: bool = False,
        provider_id: int | None = None,
    ) -> bool:
        """Open a session under `token`; False when the account has no current membership.

        `second_factor` says that a provider proved one. Without it, an account that has a factor of
        its own gets no session here: it goes through `open_pending`.
        """
        return self._call(
            "SELECT gate.open_session(:slug, :account, :token, :idle, :lifetime, :about, :factor, :provider)",
            slug=slug, account=account_id, token=token, idle=IDLE, lifetime=LIFETIME,
            about=about[:60], factor=second_factor, provider=provider_id,
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
