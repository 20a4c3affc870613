"""The trail: what was done and who looked, written in the act's own transaction, never rewritten.

The database numbers the events of a tenant and chains their hashes (see `kernel.trail`).
"""

from sqlalchemy import BigInteger, Index, UniqueConstraint, event, func, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from microcredit.kernel.database import Base, Id, Instant, OwnedByTenant, refers_to


class AuditEvent(OwnedByTenant, Base):
    """One thing that somebody did or read; « trace »."""

    __tablename__ = "audit_event"
    __table_args__ = (
        refers_to("account", "account_id"),
        refers_to("membership", "membership_id"),
        UniqueConstraint("tenant_id", "seq"),
        Index("audit_event_of_subject", "tenant_id", "subject", text("seq DESC")),
        Index("audit_event_of_account", "tenant_id", "account_id", text("seq DESC")),
        Index("audit_event_at", "tenant_id", "at"),
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    prev: Mapped[bytes] = mapped_column(server_default=text("''"))
    hash: Mapped[bytes] = mapped_column(server_default=text("''"))
    at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))
    account_id: Mapped[int | None] = mapped_column(
        BigInteger, server_default=text("tenancy.account_id()")
    )
    membership_id: Mapped[int | None] = mapped_column(
        BigInteger, server_default=text("tenancy.membership_id()")
    )
    act: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)


class FormKey(OwnedByTenant, Base):
    """The one-time key of a form, and where its act led: a second click goes to the same place."""

    __tablename__ = "form_key"
    __table_args__ = (refers_to("account", "account_id"),)

    nonce: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[Instant] = mapped_column(server_default=func.now())
    location: Mapped[str | None]


#: Written without the unit of work: nobody reads the event again in the act that it tells of.
_EVENT = insert(Base.metadata.tables["app.audit_event"]).inline()


def record(session: Session, act: str, subject: str, **detail: str) -> None:
    """Write one event of this act. `subject` names kind and number, never a person: « case:PC-2016-0012 ».

    The account and membership are those of the signed context: the database fills them in. Events
    wait until the commit, so that the chain of the tenant is held for as short a time as possible:
    a page is made before, not meanwhile.
    """
    session.info.setdefault(WAITING, []).append({"act": act, "subject": subject, "detail": detail})


#: Where the events of a transaction wait, in what its session knows.
WAITING = "trail"


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    waiting = session.info.pop(WAITING, [])
    if waiting:
        session.execute(_EVENT, waiting)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(WAITING, None)
