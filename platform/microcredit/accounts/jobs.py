"""Once a day, in each tenant: accounts that nobody uses are warned, then closed."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from microcredit.kernel import mail
from microcredit.kernel.vault import vault_of

#: The job; the database names the same one in `tenancy.defer_daily`.
UNUSED = "accounts.unused"

RETIRE = text("SELECT name, email, closed FROM tenancy.retire_unused()")
TENANT = text("SELECT name FROM tenancy.tenant")


def unused(session: Session, _: int) -> None:
    """Warn after 60 days without use, close 30 days after that letter. Run again, it does nothing more."""
    tenant = str(session.scalar(TENANT))
    for row in session.execute(RETIRE).all():
        template = "unused_closed" if row.closed else "unused"
        letter = mail.write(template, row.email, {"tenant": tenant, "name": row.name})
        mail.post(session, vault_of(session), letter)
