"""The loans that were lent, each with where it stands today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, ScalarSelect, extract, func, select
from sqlalchemy.orm import Session

from microcredit.cases.codes import Motive, Purpose, State
from microcredit.cases.models import Case
from microcredit.kernel.keyset import AnySelect
from microcredit.loans.codes import PostingKind, ScheduleReason, Standing
from microcredit.loans.models import Loan, LoanSchedule, Posting
from microcredit.loans.services.portfolio import histories
from microcredit.loans.services.standing_table import ON, standing_on, standing_table
from microcredit.loans.situation import INCIDENT_FROM
from microcredit.people.models import Person
from microcredit.reporting.services.cube import named


@dataclass(frozen=True)
class Lent:
    """One loan; `year` and `commune` are those of the request. `incident`: it ever had one."""

    year: int
    commune: str
    motive: Motive
    purpose: str
    principal_cents: int
    months: int
    standing: Standing
    incident: bool
    rescheduled: bool
    closed: bool
    count: int = 1


def lent_loans(session: Session, today: date) -> list[Lent]:
    """Every loan paid out and not withdrawn from, of identified requests, as it stands on `today`.

    Only a loan with as many rejections as an incident takes may ever have had one: of those few the
    whole history is read.
    """
    rows = session.execute(_statement(), standing_on(today)).all()
    doubtful = [row.id for row in rows if row.rejected >= INCIDENT_FROM]
    incidents = _incidents(session, doubtful, today)
    return [
        Lent(
            int(row.year), row.opening_code, Motive(row.motive), row.purpose, row.principal_cents,
            row.months, Standing(row.standing), row.id in incidents, row.rescheduled,
            row.state == State.CLOSED.value,
        )
        for row in rows
    ]  # fmt: skip


def incidents_of(session: Session, today: date, commune: str) -> int:
    """How many of the loans lent to requests of a commune ever had an incident."""
    rows = session.execute(
        select(Loan.id, _rejected().label("rejected"))
        .join(Case, Case.id == Loan.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(*_lent(), Case.opening_code == commune),
        {ON.key: today},
    )
    doubtful = [row.id for row in rows if row.rejected >= INCIDENT_FROM]
    return len(_incidents(session, doubtful, today))


def _lent() -> tuple[ColumnElement[bool], ...]:
    """The conditions that a loan of an identified request is paid out, and not given back."""
    return Case.opened_on <= ON, Loan.disbursed_on <= ON, Loan.withdrawn_on.is_(None), named()


def _rejected() -> ScalarSelect[int]:
    """How often something of a loan was rejected."""
    return (
        select(func.count())
        .where(
            Posting.loan_id == Loan.id,
            Posting.kind == PostingKind.REJECTED.value,
            Posting.on_date <= ON,
        )
        .scalar_subquery()
    )


@cache
def _statement() -> AnySelect:
    stand = standing_table()
    rescheduled = (
        select(LoanSchedule.loan_id)
        .where(
            LoanSchedule.loan_id == Loan.id,
            LoanSchedule.reason == ScheduleReason.RESCHEDULED.value,
            LoanSchedule.valid_from <= ON,
        )
        .exists()
    )
    return (
        select(
            Loan.id, extract("year", Case.opened_on).label("year"), Case.opening_code, Case.motive,
            Case.purpose, Case.state, Loan.principal_cents, Loan.months, stand.c.standing,
            _rejected().label("rejected"), rescheduled.label("rescheduled"),
        )
        .join(Case, Case.id == Loan.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(stand, stand.c.loan_id == Loan.id)
        .where(*_lent())
    )  # fmt: skip


def _incidents(session: Session, loans: Sequence[int], today: date) -> set[int]:
    """Those of some loans that ever had an incident, by `situation` itself."""
    found = histories(session, today, loans)
    return {loan for loan, stands in found.items() if stands.incident_on}


#: Euros from which each band of amounts begins; a band ends just below the next. « 3 000 » stands alone.
AMOUNTS: tuple[tuple[int, str], ...] = (
    (0, "Moins de 300\u202f€"),
    (300_00, "300 à 999\u202f€"),
    (1000_00, "1\u202f000 à 1\u202f499\u202f€"),
    (1500_00, "1\u202f500 à 1\u202f999\u202f€"),
    (2000_00, "2\u202f000 à 2\u202f499\u202f€"),
    (2500_00, "2\u202f500 à 2\u202f999\u202f€"),
    (3000_00, "3\u202f000\u202f€"),
    (3000_01, "3\u202f001 à 5\u202f000\u202f€"),
    (5000_01, "5\u202f001 à 8\u202f000\u202f€"),
    (8000_01, "Plus de 8\u202f000\u202f€"),
)

MONTHS: tuple[tuple[int, str], ...] = (
    (0, "Moins de 6 mois"),
    (6, "6 à 12 mois"),
    (13, "13 à 18 mois"),
    (19, "19 à 24 mois"),
    (25, "25 à 30 mois"),
    (31, "31 à 36 mois"),
    (37, "37 à 48 mois"),
    (49, "49 à 84 mois"),
    (85, "Plus de 84 mois"),
)


def band(bands: Sequence[tuple[int, str]], value: int) -> str:
    """The band that a value, in the unit of `bands`, falls into."""
    return next(label for least, label in reversed(bands) if value >= least)


def purpose_label(loan: Lent) -> str:
    """What the money paid, in words."""
    return Purpose(loan.purpose).label if loan.purpose else NO_PURPOSE


NO_PURPOSE = "Objet non noté"
