"""Persons and households who ask for a loan."""

from datetime import date

from sqlalchemy import Index, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from microcredit.kernel.database import Base, Id, OwnedByTenant, Reference, refers_to


class Person(OwnedByTenant, Base):
    """Somebody who asks: « personne accompagnée »."""

    __tablename__ = "person"

    id: Mapped[Id]
    civility: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    first_names: Mapped[str] = mapped_column(default="")
    sort_name: Mapped[str] = mapped_column(Text(collation="C"), default="")
    birth_date: Mapped[date | None]
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")


class PersonWord(OwnedByTenant, Base):
    """One word of a person's name, without accents: found by its beginning through an index."""

    __tablename__ = "person_word"
    __table_args__ = (
        refers_to("person", "person_id"),
        Index("person_word_of", "tenant_id", "person_id"),
    )

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    person_id: Mapped[Reference] = mapped_column(primary_key=True)


class Household(OwnedByTenant, Base):
    """Who lives together, and from what: « foyer », as it was at the diagnosis of one case."""

    __tablename__ = "household"

    id: Mapped[Id]
    family: Mapped[str]
    adults: Mapped[int]
    children: Mapped[int]
    alternate_children: Mapped[int]
    children_born: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)
    housing: Mapped[str]
    employment: Mapped[str]
    employment_ends_on: Mapped[date | None]
