"""The trail: what was done and who looked, written in the act's own transaction, never rewritten."""

from sqlalchemy import BigInteger, func, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from microcredit.kernel.database import Base, Id, Instant, OwnedByTenant, refers_to


class AuditEvent(OwnedByTenant, Base):
    """One thing that somebody did or read; « trace »."""

    __tablename__ = "audit_event"
    __table_args__ = (
        refers_to("account", "account_id"),
        refers_to("membership", "membership_id"),
    )

    id: Mapped[Id]
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

    The account and membership are those of the signed context: the database fills them in.
    """
    session.flush()
    session.execute(_EVENT, {"act": act, "subject": subject, "detail": detail})
