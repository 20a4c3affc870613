"""The territory: communes and their populations, organisations, what each is to the grouping."""

from datetime import date

from sqlalchemy import Text, UniqueConstraint, func
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


class Origin(OwnedByTenant, Base):
    """The tenant file that a grouping was first set up from, as it was: « configuration d’origine »."""

    __tablename__ = "origin"

    sha256: Mapped[str]
    content: Mapped[str]
    loaded_at: Mapped[Instant] = mapped_column(server_default=func.now())


class Commune(OwnedByTenant, Base):
    """A municipality of the territory, by its official INSEE code; « commune »."""

    __tablename__ = "commune"

    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    name: Mapped[str]
    epci_siren: Mapped[str | None]
    epci_name: Mapped[str | None]


class CommunePopulation(OwnedByTenant, Base):
    """How many inhabitants a commune has from a day on, and who says so; « population »."""

    __tablename__ = "commune_population"
    __table_args__ = (refers_to("commune", "commune_code", "code"),)

    commune_code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    inhabitants: Mapped[int]
    source: Mapped[str]


class Organisation(OwnedByTenant, Base):
    """A CCAS, a prescriber, a bank, a funder: « organisme »."""

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        refers_to("commune", "commune_code", "code"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    name: Mapped[str]
    commune_code: Mapped[str | None] = mapped_column(Text(collation="C"))


class Participation(OwnedByTenant, Dated, Base):
    """What an organisation is to the grouping, for as long as it lasts: « participation »."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("tenant_id", "organisation_id", "kind", "valid_from"),
        refers_to("organisation", "organisation_id"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[Reference]
    kind: Mapped[str]
