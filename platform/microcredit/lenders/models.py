"""What a partner bank lends, dated."""

from decimal import Decimal

from sqlalchemy import Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from microcredit.kernel.database import (
    Base,
    Cents,
    Dated,
    Id,
    OwnedByTenant,
    Reference,
    refers_to,
)


class LoanTerms(OwnedByTenant, Dated, Base):
    """What a bank lends from a day on: amounts, months, rate, and how fast it answers: « conditions de prêt »."""

    __tablename__ = "loan_terms"
    __table_args__ = (
        UniqueConstraint("tenant_id", "bank_id", "valid_from"),
        refers_to("organisation", "bank_id"),
    )

    id: Mapped[Id]
    bank_id: Mapped[Reference]
    min_cents: Mapped[Cents]
    max_cents: Mapped[Cents]
    min_months: Mapped[int]
    max_months: Mapped[int]
    annual_rate: Mapped[Decimal] = mapped_column(Numeric(6, 5))
    answer_days: Mapped[int]
    source: Mapped[str]
