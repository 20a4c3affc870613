"""Forms that were posted after their session had ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from microcredit.accounts.gate.door import Door


@dataclass(frozen=True)
class KeptForm:
    """A form that was posted too late, still sealed."""

    path: str
    sealed: bytes
    kept_at: datetime


class Forms(Door):
    """Late forms, kept sealed for their author alone."""

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
