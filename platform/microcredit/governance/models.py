"""What the grouping decided, dated: actions, the CCAS that leads each, how long things may take."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from microcredit.kernel.database import Base, Dated, Id, OwnedByTenant, Reference, refers_to


class Action(OwnedByTenant, Base):
    """Something the CCAS do together: « action ». Microcredit is the first."""

    __tablename__ = "action"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    id: Mapped[Id]
    code: Mapped[str]
    name: Mapped[str]


class ActionLead(OwnedByTenant, Dated, Base):
    """The CCAS that leads an action, from a day on: « CCAS porteur »."""

    __tablename__ = "action_lead"
    __table_args__ = (
        refers_to("action", "action_id"),
        refers_to("organisation", "organisation_id"),
    )

    action_id: Mapped[Reference] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    organisation_id: Mapped[Reference]


class Delay(OwnedByTenant, Dated, Base):
    """How many days a case may stay in a state before it is late: « délai ». Late escalates, never refuses."""

    __tablename__ = "delay"

    state: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    days: Mapped[int]
    source: Mapped[str]


class Threshold(OwnedByTenant, Dated, Base):
    """A number that helps to talk about a budget, never to decide: « seuil ». Its code says the unit."""

    __tablename__ = "threshold"

    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[int]
    source: Mapped[str]
