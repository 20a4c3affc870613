"""What was sent to a bank, as it was, and what the bank answered."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from microcredit.kernel.database import Base, Id, Instant, OwnedByTenant, Reference, refers_to


class Submission(OwnedByTenant, Base):
    """A frozen copy sent to one bank: « transmission ». The copy is sealed under the tenant's key."""

    __tablename__ = "submission"
    __table_args__ = (
        refers_to("case_file", "case_id"),
        refers_to("organisation", "bank_id"),
        refers_to("loan_terms", "terms_id"),
        refers_to("account", "answered_by"),
        Index(
            "submission_open",
            "tenant_id", "case_id",
            unique=True,
            postgresql_where=text("answer IS NULL"),
        ),
        Index("submission_of_bank", "tenant_id", "bank_id", "answer", "due_on", "id"),
    )  # fmt: skip

    id: Mapped[Id]
    case_id: Mapped[Reference]
    bank_id: Mapped[Reference]
    terms_id: Mapped[Reference]
    sent_on: Mapped[date]
    sent_at: Mapped[Instant] = mapped_column(server_default=func.now())
    due_on: Mapped[date]
    copy: Mapped[bytes]
    sha256: Mapped[str]
    verified_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_on: Mapped[date | None]
    answered_by: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(default="")
