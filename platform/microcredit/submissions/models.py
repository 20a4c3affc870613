"""What was sent to a bank, as it was, and what the bank answered."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Index, Numeric, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
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
        UniqueConstraint(
            "tenant_id", "id", "case_id", "bank_id", name="submission_of_its_case"
        ),
        Index("submission_of_case", "tenant_id", "case_id", "id"),
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
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    granted_cents: Mapped[int | None] = mapped_column(BigInteger)
    granted_months: Mapped[int | None]
    granted_rate: Mapped[Decimal | None] = mapped_column(Numeric(6, 5))
    accepted: Mapped[bool | None]
    accepted_on: Mapped[date | None]


class SubmissionStep(OwnedByTenant, Base):
    """What happened to a copy before its answer: adjourned, items asked, items sent: « étape »."""

    __tablename__ = "submission_step"
    __table_args__ = (
        refers_to("submission", "submission_id"),
        refers_to("account", "account_id"),
        Index("submission_step_of", "tenant_id", "submission_id", "id"),
    )

    id: Mapped[Id]
    submission_id: Mapped[Reference]
    kind: Mapped[str]
    on_date: Mapped[date]
    due_on: Mapped[date | None]
    words: Mapped[bytes | None]
    account_id: Mapped[Reference]
