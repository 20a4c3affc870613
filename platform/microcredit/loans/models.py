"""The loan as the CCAS follows it: the signed offer, its dated schedule, what is known of each instalment."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from microcredit.kernel.database import (
    Base,
    Cents,
    Dated,
    Id,
    Instant,
    OwnedByTenant,
    Reference,
    refers_to,
)


class Loan(OwnedByTenant, Base):
    """A signed offer, then a loan: « prêt ». Its situation is computed, never stored."""

    __tablename__ = "loan"
    __table_args__ = (
        UniqueConstraint("tenant_id", "submission_id"),
        refers_to("case_file", "case_id"),
        ForeignKeyConstraint(
            ["tenant_id", "submission_id", "case_id", "bank_id"],
            [f"app.submission.{name}" for name in ("tenant_id", "id", "case_id", "bank_id")],
        ),
        Index("loan_of_case", "tenant_id", "case_id", "id"),
        Index("loan_of_bank", "tenant_id", "bank_id", "id"),
    )

    id: Mapped[Id]
    case_id: Mapped[Reference]
    submission_id: Mapped[Reference]
    bank_id: Mapped[Reference]
    principal_cents: Mapped[Cents]
    annual_rate: Mapped[Decimal] = mapped_column(Numeric(6, 5))
    months: Mapped[int]
    signed_on: Mapped[date]
    first_payment_on: Mapped[date]
    withdrawal_until: Mapped[date]
    disbursed_on: Mapped[date | None]
    payee_kind: Mapped[str | None]
    payee: Mapped[bytes | None]
    withdrawn_on: Mapped[date | None]
    refund_due_on: Mapped[date | None]


class LoanSchedule(OwnedByTenant, Base):
    """One version of a loan's schedule: « échéancier ». It replaces the instalments from `first_number` on."""

    __tablename__ = "loan_schedule"
    __table_args__ = (refers_to("loan", "loan_id"), refers_to("account", "account_id"))

    loan_id: Mapped[Reference] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    reason: Mapped[str]
    first_number: Mapped[int]
    account_id: Mapped[Reference]


class Instalment(OwnedByTenant, Dated, Base):
    """One due date of one version of a schedule: « échéance »."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("tenant_id", "loan_id", "version", "number"),
        UniqueConstraint("tenant_id", "loan_id", "id"),
        ForeignKeyConstraint(
            ["tenant_id", "loan_id", "version"],
            [f"app.loan_schedule.{name}" for name in ("tenant_id", "loan_id", "version")],
        ),
        Index(
            "instalment_due",
            "tenant_id", "due_on",
            postgresql_include=["loan_id", "amount_cents", "principal_cents"],
            postgresql_where=text("valid_to IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[Id]
    loan_id: Mapped[Reference]
    version: Mapped[int]
    number: Mapped[int]
    due_on: Mapped[date]
    amount_cents: Mapped[Cents]
    principal_cents: Mapped[Cents]
    interest_cents: Mapped[Cents]
    outstanding_cents: Mapped[Cents]


class Posting(OwnedByTenant, Base):
    """What the bank or the person said of an instalment, or of the whole loan: « constat ». Never rewritten."""

    __tablename__ = "posting"
    __table_args__ = (
        refers_to("loan", "loan_id"),
        ForeignKeyConstraint(
            ["tenant_id", "loan_id", "instalment_id"],
            [f"app.instalment.{name}" for name in ("tenant_id", "loan_id", "id")],
        ),
        refers_to("account", "account_id"),
        Index("posting_of_loan", "tenant_id", "loan_id", "id"),
        Index("posting_of_instalment", "tenant_id", "instalment_id", "id"),
        Index(
            "posting_ends_once",
            "tenant_id", "loan_id",
            unique=True,
            postgresql_where=text("kind = 'settled_early'"),
        ),
    )  # fmt: skip

    id: Mapped[Id]
    loan_id: Mapped[Reference]
    instalment_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str]
    source: Mapped[str]
    on_date: Mapped[date]
    amount_cents: Mapped[Cents]
    at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))
    account_id: Mapped[Reference]
