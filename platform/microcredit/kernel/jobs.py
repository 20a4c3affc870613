"""Jobs: enqueued in the act's own transaction, run later by the worker in the same tenant.

A job is a name and an id. It is idempotent: a worker that is killed leaves it to be run again.
"""

from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

Job = Callable[[Session, int], None]

DEFER = text("SELECT tenancy.defer(:name, :id)")


def defer(session: Session, name: str, subject_id: int) -> None:
    """Enqueue the job `name` for the row `subject_id`; rolled back with the act.

    `name` is a string, so that an earlier domain can cause work in a later one. The database
    stamps the tenant from the signed context.
    """
    session.execute(DEFER, {"name": name, "id": subject_id})
