"""Second factors, and the sign-ins that wait for one. A `token` is a session's or such a sign-in's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from microcredit.accounts.gate.door import Door
from microcredit.accounts.gate.sessions import IDLE, LIFETIME

#: How long somebody who gave her password may take to show her second factor.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Factor:
    """A second factor of an account: an application that gives codes (`totp`), or a passkey.

    `counter` is the last step whose code served, or the passkey's count of signatures.
    """

    id: int
    account_id: int
    kind: str
    name: str
    sealed: bytes
    credential: bytes
    public_key: bytes
    counter: int
    added_at: datetime
    used_at: datetime | None


class Factors(Door):
    """What proves a person a second time."""

    def factors(self, slug: str, token: str) -> list[Factor]:
        """The factors of who holds the token, oldest first; [] for a token of nobody."""
        statement = text("SELECT * FROM gate.factors(:slug, :token)")
        with self._engine.begin() as connection:
            rows = connection.execute(statement, {"slug": slug, "token": token}).all()
        return [
            Factor(
                row.id, row.account_id, row.kind, row.name, row.sealed or b"", row.credential or b"",
                row.public_key or b"", row.counter, row.added_at, row.used_at,
            )
            for row in rows
        ]  # fmt: skip

    def use_factor(self, slug: str, token: str, factor_id: int, counter: int) -> bool:
        """Note a proof; False when this counter has served already."""
        return self._call(
            "SELECT gate.use_factor(:slug, :token, :factor, :counter)",
            slug=slug, token=token, factor=factor_id, counter=counter,
        )  # fmt: skip

    def use_recovery_code(self, slug: str, token: str, code_hash: bytes) -> bool:
        """Note a proof by one of the codes on paper; False when it is unknown or has served."""
        return self._call(
            "SELECT gate.use_recovery_code(:slug, :token, :hash)",
            slug=slug, token=token, hash=code_hash,
        )  # fmt: skip

    def recovery_codes_left(self, slug: str, token: str) -> int:
        """How many codes on paper have not served."""
        return self._number(
            "SELECT gate.recovery_codes_left(:slug, :token)", slug=slug, token=token
        )

    def replace_recovery_codes(self, slug: str, token: str, hashes: list[bytes]) -> None:
        """New codes on paper; the former ones are worth nothing."""
        self._call(
            "SELECT gate.replace_recovery_codes(:slug, :token, :hashes)",
            slug=slug, token=token, hashes=hashes,
        )  # fmt: skip

    def add_totp(self, slug: str, token: str, name: str, sealed: bytes, step: int) -> bool:
        """Add an application whose code of `step` was right; False when there are too many."""
        return bool(
            self._number(
                "SELECT gate.add_factor(:slug, :token, 'totp', :name, :sealed, NULL, NULL, :step)",
                slug=slug, token=token, name=name, sealed=sealed, step=step,
            )
        )  # fmt: skip

    def add_passkey(
        self, slug: str, token: str, name: str, credential: bytes, public_key: bytes, count: int
    ) -> bool:
        """Add a passkey; False when there are too many, or it is registered already."""
        return bool(
            self._number(
                "SELECT gate.add_factor(:slug, :token, 'passkey', :name, NULL, :credential, :key, :count)",
                slug=slug, token=token, name=name, credential=credential, key=public_key, count=count,
            )
        )  # fmt: skip

    def remove_factor(self, slug: str, token: str, factor_id: int, *, keep: bool) -> str:
        """« removed »; « last » when `keep` forbids to remove the last one; « gone » when it is not mine."""
        statement = text("SELECT gate.remove_factor(:slug, :token, :factor, :keep)")
        values = {"slug": slug, "token": token, "factor": factor_id, "keep": keep}
        with self._engine.begin() as connection:
            return str(connection.execute(statement, values).scalar_one())

    def put_challenge(self, slug: str, token: str, purpose: str, challenge: bytes) -> bool:
        """Keep the challenge of a passkey for this token; False when nobody holds it."""
        return self._call(
            "SELECT gate.put_challenge(:slug, :token, :purpose, :challenge)",
            slug=slug, token=token, purpose=purpose, challenge=challenge,
        )  # fmt: skip

    def take_challenge(self, slug: str, token: str, purpose: str) -> bytes | None:
        """The challenge, which nobody gets a second time; None when there is none."""
        statement = text("SELECT gate.take_challenge(:slug, :token, :purpose)")
        values = {"slug": slug, "token": token, "purpose": purpose}
        with self._engine.begin() as connection:
            found = connection.execute(statement, values).scalar()
        return bytes(found) if found is not None else None

    def open_pending(
        self, slug: str, account_id: int, token: str, provider_id: int | None = None
    ) -> bool:
        """Wait for the second factor under `token`; False when the account has none."""
        return self._call(
            "SELECT gate.open_pending(:slug, :account, :token, :lifetime, :provider)",
            slug=slug, account=account_id, token=token, lifetime=PATIENCE, provider=provider_id,
        )  # fmt: skip

    def finish_pending(self, slug: str, token: str, new_token: str, about: str) -> int | None:
        """Open the session that a proved second factor gives; the account, or None."""
        statement = text(
            "SELECT gate.finish_pending(:slug, :token, :new_token, :idle, :lifetime, :about)"
        )
        values = {
            "slug": slug, "token": token, "new_token": new_token, "idle": IDLE,
            "lifetime": LIFETIME, "about": about,
        }  # fmt: skip
        with self._engine.begin() as connection:
            account: int | None = connection.execute(statement, values).scalar()
        return account

    def _number(self, statement: str, **values: object) -> int:
        with self._engine.begin() as connection:
            return int(connection.execute(text(statement), values).scalar() or 0)
