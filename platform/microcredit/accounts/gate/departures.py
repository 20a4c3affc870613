"""Who is let go, who manages, what was reviewed. The database decides who may."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from microcredit.accounts.gate.door import Door


@dataclass(frozen=True)
class OpenWork:
    """What waits for somebody whose access ends."""

    tasks: int
    appointments: int
    referrals: int


@dataclass(frozen=True)
class Review:
    """When the accesses of an organisation were last read over, and by whom."""

    at: datetime
    by: str


class Departures(Door):
    """Each act says in one word what became of it."""

    def end_membership(self, slug: str, token: str, membership: int, successor: int | None) -> str:
        """ended; unknown, self, last (the last administrator), hand_over (a successor must be named)."""
        return self._word(
            "SELECT gate.end_membership(:slug, :token, :membership, :successor)",
            slug=slug, token=token, membership=membership, successor=successor,
        )  # fmt: skip

    def open_work(self, slug: str, token: str, membership: int) -> OpenWork:
        """What a successor would take over; nothing for a role without work of its own."""
        statement = text(
            "SELECT tasks, appointments, referrals FROM gate.open_work(:slug, :token, :membership)"
        )
        values = {"slug": slug, "token": token, "membership": membership}
        with self._engine.begin() as connection:
            row = connection.execute(statement, values).one_or_none()
        return OpenWork(*row) if row else OpenWork(0, 0, 0)

    def set_manager(self, slug: str, token: str, membership: int, *, manages: bool) -> str:
        """done, unknown, self, or role when nobody of that role may manage."""
        return self._word(
            "SELECT gate.set_manager(:slug, :token, :membership, :manages)",
            slug=slug, token=token, membership=membership, manages=manages,
        )  # fmt: skip

    def review_accesses(self, slug: str, token: str, organisation: int) -> bool:
        """Note that the accesses were read over today."""
        return self._call(
            "SELECT gate.review_accesses(:slug, :token, :organisation)",
            slug=slug, token=token, organisation=organisation,
        )  # fmt: skip

    def reviews(self, slug: str, token: str) -> dict[int, Review]:
        """The last review by organisation."""
        statement = text(
            "SELECT organisation_id, reviewed_at, reviewed_by FROM gate.reviews(:slug, :token)"
        )
        with self._engine.begin() as connection:
            rows = connection.execute(statement, {"slug": slug, "token": token}).all()
        return {r.organisation_id: Review(r.reviewed_at, r.reviewed_by) for r in rows}
