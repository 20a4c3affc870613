"""One's own password and sessions, and the link that replaces a forgotten password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from microcredit.accounts.gate.door import Door
from microcredit.kernel import mail
from microcredit.kernel.vault import Vault

#: How long the link of a forgotten password is worth something.
RESET_LIFETIME = timedelta(minutes=20)


@dataclass(frozen=True)
class OwnSession:
    """One of the sessions of an account, as its owner sees it: never the token."""

    id: int
    opened_at: datetime
    seen_at: datetime
    about: str
    here: bool


class Own(Door):
    """What a person decides about her own account."""

    def own_password(self, slug: str, token: str) -> str | None:
        """The hash of the password of who is signed in; None for an account without one."""
        return self._text("SELECT gate.own_password(:slug, :token)", slug=slug, token=token)

    def note_first_factor(self, slug: str, token: str) -> None:
        """Note that the password was just given again."""
        self._call("SELECT gate.note_first_factor(:slug, :token)", slug=slug, token=token)

    def change_password(self, slug: str, token: str, password_hash: str) -> bool:
        """Change it, and end every other session; False for an account without one."""
        return self._call(
            "SELECT gate.change_password(:slug, :token, :hash)",
            slug=slug, token=token, hash=password_hash,
        )  # fmt: skip

    def my_sessions(self, slug: str, token: str) -> list[OwnSession]:
        """Every live session of who is signed in; this one first."""
        statement = text("SELECT * FROM gate.my_sessions(:slug, :token)")
        with self._engine.begin() as connection:
            rows = connection.execute(statement, {"slug": slug, "token": token}).all()
        return [OwnSession(r.id, r.opened_at, r.seen_at, r.about, r.here) for r in rows]

    def end_my_sessions(self, slug: str, token: str, session_id: int | None) -> int:
        """End one of one's other sessions, or all of them; how many ended."""
        statement = text("SELECT gate.end_my_sessions(:slug, :token, :session)")
        values = {"slug": slug, "token": token, "session": session_id}
        with self._engine.begin() as connection:
            return int(connection.execute(statement, values).scalar_one())

    def ask_reset(
        self, slug: str, email: str, secret: str, vault: Vault, letter: mail.Letter
    ) -> None:
        """Queue the letter and make its link worth something, if the address has an account."""
        message, sealed = mail.seal(vault, letter)
        self._call(
            "SELECT gate.ask_reset(:slug, :email, :secret, :lifetime, :message, :sealed)",
            slug=slug, email=email, secret=secret, lifetime=RESET_LIFETIME, message=message,
            sealed=sealed,
        )  # fmt: skip

    def live_reset(self, slug: str, secret: str) -> str | None:
        """The address whose password this link may replace; None when the link is worth nothing."""
        return self._text(
            "SELECT email FROM gate.live_reset(:slug, :secret)", slug=slug, secret=secret
        )

    def reset_password(self, slug: str, secret: str, password_hash: str) -> bool:
        """Replace the password and end every session; False when the link is worth nothing."""
        return self._call(
            "SELECT gate.reset_password(:slug, :secret, :hash)",
            slug=slug, secret=secret, hash=password_hash,
        )  # fmt: skip

    def _text(self, statement: str, **values: object) -> str | None:
        with self._engine.begin() as connection:
            found = connection.execute(text(statement), values).scalar()
        return str(found) if found is not None else None
