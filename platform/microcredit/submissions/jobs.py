"""After a copy is stored: read it back and check that it is what was sent."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microcredit.kernel.vault import vault_of
from microcredit.submissions import copy
from microcredit.submissions.models import Submission


class CopyAltered(Exception):
    """A stored copy no longer has the hash that it was sent under."""


def verify(session: Session, submission_id: int) -> None:
    """Open a stored copy, compare its hash, note the time. Run again, it changes nothing."""
    submission = session.scalars(select(Submission).where(Submission.id == submission_id)).one()
    if submission.verified_at is not None:
        return
    written = vault_of(session).open(session, submission.copy, f"submission:{submission.sha256}")
    if copy.digest(written) != submission.sha256:
        raise CopyAltered(submission_id)
    submission.verified_at = func.now()
    session.flush()
