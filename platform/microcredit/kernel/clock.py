"""The business date: the only answer to “what day is it?” that the trade may use.

It is today in Paris, or the stored date of a demo tenant. Sessions, limits and the audit trail
use real time instead, which the database gives.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

PARIS = ZoneInfo("Europe/Paris")


def business_date(session: Session) -> date:
    """The day on which an act of this session takes place."""
    stored: date | None = session.info.get("demo_date")
    return stored or today_in_paris()


def today_in_paris() -> date:
    """The real day in Paris, for what has no tenant yet: files being written, public pages."""
    return datetime.now(PARIS).date()
