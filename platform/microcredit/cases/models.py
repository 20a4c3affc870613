"""The case and what happens to it."""

from datetime import date, time

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from microcredit.kernel.database import (
    Base,
    Cents,
    Id,
    Instant,
    OwnedByTenant,
    Reference,
    refers_to,
)


class CaseCounter(OwnedByTenant, Base):
    """The last public number given in a year, so that numbers have no gaps."""

    __tablename__ = "case_counter"

    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Case(OwnedByTenant, Base):
    """One request for a loan, from first contact on: « dossier »."""

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        refers_to("action", "action_id"),
        refers_to("organisation", "desk_id"),
        refers_to("commune", "opening_code", "code"),
        refers_to("commune", "residence_code", "code"),
        refers_to("person", "person_id"),
        refers_to("household", "household_id"),
        refers_to("account", "referrer_account_id"),
        refers_to("organisation", "prescriber_id"),
        Index(
            "case_file_by_state", "tenant_id", "state", "state_since", "id",
            postgresql_include=[
                "number", "residence_code", "desk_id", "motive", "amount_cents", "person_id",
            ],
        ),
        Index("case_file_by_person", "tenant_id", "person_id"),
        Index(
            "case_file_by_referrer", "tenant_id", "referrer_account_id", "id",
            postgresql_where=text("referrer_account_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(Text(collation="C"))
    version: Mapped[int]
    action_id: Mapped[Reference]
    state: Mapped[str]
    state_since: Mapped[date]
    opened_on: Mapped[date]
    channel: Mapped[str]
    desk_id: Mapped[Reference]
    opening_code: Mapped[str] = mapped_column(Text(collation="C"))
    residence_code: Mapped[str] = mapped_column(Text(collation="C"))
    motive: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    amount_cents: Mapped[Cents]
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    household_id: Mapped[int | None] = mapped_column(BigInteger)
    project: Mapped[bytes | None]
    total_cost_cents: Mapped[int | None] = mapped_column(BigInteger)
    contribution_cents: Mapped[int | None] = mapped_column(BigInteger)
    months: Mapped[int | None]
    notice_given_on: Mapped[date | None]
    opinion: Mapped[bytes | None]
    #: Who referred the person, for which organisation. A referral's amount is 0 until it is asked.
    referrer_account_id: Mapped[int | None] = mapped_column(BigInteger)
    prescriber_id: Mapped[int | None] = mapped_column(BigInteger)


class Residence(OwnedByTenant, Base):
    """Where the person of a case lives from a day on; statistics keep the commune at opening."""

    __tablename__ = "residence"
    __table_args__ = (
        refers_to("case_file", "case_id"),
        refers_to("commune", "commune_code", "code"),
    )

    case_id: Mapped[Reference] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    commune_code: Mapped[str] = mapped_column(Text(collation="C"))


class Appointment(OwnedByTenant, Base):
    """A meeting at a desk: « rendez-vous ». The last one written for a case is the one that holds."""

    __tablename__ = "appointment"
    __table_args__ = (
        refers_to("case_file", "case_id"),
        refers_to("organisation", "place_id"),
        refers_to("account", "held_by"),
        Index("appointment_by_day", "tenant_id", "on_date", "at_time"),
        Index("appointment_of_case", "tenant_id", "case_id", "on_date"),
    )

    id: Mapped[Id]
    case_id: Mapped[Reference]
    on_date: Mapped[date]
    at_time: Mapped[time]
    place_id: Mapped[Reference]
    held_by: Mapped[int | None] = mapped_column(BigInteger)


class BudgetLine(OwnedByTenant, Base):
    """One line of the budget: « ligne de budget ». An empty line is not kept."""

    __tablename__ = "budget_line"
    __table_args__ = (refers_to("case_file", "case_id"),)

    case_id: Mapped[Reference] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    amount_cents: Mapped[Cents]
    periodicity: Mapped[str]
    whose: Mapped[str] = mapped_column(default="applicant")
    confidence: Mapped[str] = mapped_column(default="declared")
    ends_on: Mapped[date | None]
    creditor: Mapped[str] = mapped_column(default="")
    owed_cents: Mapped[int | None] = mapped_column(BigInteger)


class CaseEvent(OwnedByTenant, Base):
    """One act on a case: who, when, why. The timeline is these rows, and they are never rewritten."""

    __tablename__ = "case_event"
    __table_args__ = (
        refers_to("case_file", "case_id"),
        refers_to("account", "account_id"),
        Index("case_event_of_case", "tenant_id", "case_id", "id"),
        Index(
            "case_event_by_state",
            "tenant_id", "to_state", "on_date",
            postgresql_include=["case_id"],
        ),
    )  # fmt: skip

    id: Mapped[Id]
    case_id: Mapped[Reference]
    act: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    on_date: Mapped[date]
    at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))
    account_id: Mapped[Reference]
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    words: Mapped[bytes | None]


class Orientation(OwnedByTenant, Base):
    """Another help that a person was sent to: « orientation »."""

    __tablename__ = "orientation"
    __table_args__ = (
        UniqueConstraint("tenant_id", "case_id", "target", "proposed_on"),
        refers_to("case_file", "case_id"),
        refers_to("account", "account_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[Reference]
    target: Mapped[str]
    proposed_on: Mapped[date]
    account_id: Mapped[Reference]
    result: Mapped[str | None]
    result_on: Mapped[date | None]
    obtained_cents: Mapped[int | None] = mapped_column(BigInteger)


class Task(OwnedByTenant, Base):
    """Something to do for a case by a day: « tâche »."""

    __tablename__ = "task"
    __table_args__ = (
        refers_to("case_file", "case_id"),
        refers_to("account", "opened_by"),
        refers_to("account", "done_by"),
        refers_to("account", "held_by"),
        Index(
            "task_to_do",
            "tenant_id", "due_on", "id",
            postgresql_include=["case_id", "kind"],
            postgresql_where=text("done_on IS NULL"),
        ),
        Index("task_of_case", "tenant_id", "case_id", "id"),
    )  # fmt: skip

    id: Mapped[Id]
    case_id: Mapped[Reference]
    kind: Mapped[str]
    due_on: Mapped[date]
    words: Mapped[bytes | None]
    opened_on: Mapped[date]
    opened_by: Mapped[Reference]
    done_on: Mapped[date | None]
    done_by: Mapped[int | None] = mapped_column(BigInteger)
    held_by: Mapped[int | None] = mapped_column(BigInteger)


class SavedView(OwnedByTenant, Base):
    """A list that one person keeps: its filters under a name, never a name searched for: « vue enregistrée »."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "name"),
        refers_to("account", "account_id"),
    )

    id: Mapped[Id]
    account_id: Mapped[Reference]
    name: Mapped[str]
    filters: Mapped[dict[str, str]] = mapped_column(JSONB)
