"""People who sign in. Passwords and sessions are not here: only the gate's functions reach them."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from microcredit.kernel.database import (
    Base,
    Dated,
    Id,
    Instant,
    OwnedByTenant,
    Reference,
    refers_to,
)


class Account(OwnedByTenant, Base):
    """A person who signs in to one tenant: « compte »."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("tenant_id", "email"),)

    id: Mapped[Id]
    email: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[Instant] = mapped_column(server_default=func.now())
    disabled_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]


class Membership(OwnedByTenant, Dated, Base):
    """An account's role in an organisation, dated: « casquette »."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "account_id", "organisation_id", "role", "valid_from",
            name="membership_once",
        ),
        refers_to("account", "account_id"),
        refers_to("organisation", "organisation_id"),
    )  # fmt: skip

    id: Mapped[Id]
    account_id: Mapped[Reference]
    organisation_id: Mapped[Reference]
    role: Mapped[str]
    manages_accounts: Mapped[bool] = mapped_column(server_default=text("false"))
