"""The base of all models, and the four pools: one login role each, none of which owns anything."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    Table,
    Text,
    and_,
    create_engine,
    or_,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

#: PostgreSQL's own default names, so that models and migrations need not repeat them.
NAMES = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
}

Id = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
Reference = Annotated[int, mapped_column(BigInteger)]
Cents = Annotated[int, mapped_column(BigInteger)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]


class Base(DeclarativeBase):
    """Every mapped class. Tables live in the schema `app` unless they say otherwise."""

    metadata = MetaData(schema="app", naming_convention=NAMES)
    type_annotation_map: ClassVar = {str: Text, datetime: DateTime(timezone=True)}


#: The register of tenants, which only functions of the database write.
TENANT = Table(
    "tenant", Base.metadata, Column("id", BigInteger, primary_key=True), schema="tenancy"
)


class OwnedByTenant:
    """A row of one tenant. Nobody writes `where(tenant_id == …)`: the policy does.

    The database fills the column from the context that it signed itself.
    """

    tenant_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("tenancy.tenant.id"),
        primary_key=True,
        server_default=text("tenancy.tenant_id()"),
        sort_order=-1,
    )


def refers_to(table: str, column: str, key: str = "id") -> ForeignKeyConstraint:
    """The composite foreign key from `column` to `key` of `table`: never across tenants."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"app.{table}.tenant_id", f"app.{table}.{key}"]
    )


class Dated:
    """A row that holds from a day, up to and excluding another."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


def holds_on(row: type[Dated], day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The condition that a dated row holds on a day."""
    return and_(row.valid_from <= day, or_(row.valid_to.is_(None), row.valid_to > day))


@dataclass(frozen=True)
class Pools:
    """One engine for each login role that a process uses; `None` where it has no business."""

    web: Engine
    gate: Engine
    worker: Engine | None
    operator: Engine | None

    def dispose(self) -> None:
        """Close every idle connection, so that a fork starts with none."""
        for engine in (self.web, self.gate, self.worker, self.operator):
            if engine is not None:
                engine.dispose()


def open_pools(web: str, gate: str, worker: str = "", operator: str = "") -> Pools:
    """The pools of one process, from SQLAlchemy URLs. Nothing connects before it is needed."""
    return Pools(
        web=_engine(web, "microcredit web"),
        gate=_engine(gate, "microcredit gate", size=2),
        worker=_engine(worker, "microcredit worker", size=2) if worker else None,
        operator=_engine(operator, "microcredit operator", size=1) if operator else None,
    )


def _engine(url: str, name: str, size: int = 5) -> Engine:
    return create_engine(
        url,
        pool_size=size,
        max_overflow=2,
        pool_pre_ping=True,
        pool_timeout=5,
        connect_args={
            "application_name": name,
            "connect_timeout": 5,
            # One plan for all tenants, as measured; a statement that hangs must not hold a worker.
            "options": "-c plan_cache_mode=force_generic_plan -c statement_timeout=15000"
            " -c idle_in_transaction_session_timeout=60000",
        },
    )
