"""The loans that were lent, each with where it stands today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from microcredit.cases.codes import Motive, Purpose, State
from microcredit.cases.models import Case
from microcredit.loans.codes import ScheduleReason, Standing
from microcredit.loans.models import Loan, LoanSchedule
from microcredit.loans.services.portfolio import standings
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
    """Every loan paid out and not withdrawn from, of identified requests, as it stands on `today`."""
    rescheduled = (
        select(LoanSchedule.loan_id)
        .where(
            LoanSchedule.loan_id == Loan.id,
            LoanSchedule.reason == ScheduleReason.RESCHEDULED.value,
            LoanSchedule.valid_from <= today,
        )
        .exists()
    )
    wanted = (Loan.disbursed_on <= today, Loan.withdrawn_on.is_(None))
    rows = session.execute(
        select(
            Loan.id, extract("year", Case.opened_on).label("year"), Case.opening_code, Case.motive,
            Case.purpose, Case.state, Loan.principal_cents, Loan.months,
            rescheduled.label("rescheduled"),
        )
        .join(Case, Case.id == Loan.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(Case.opened_on <= today, named(), *wanted)
    ).all()  # fmt: skip
    stand = {one.loan_id: one for one in standings(session, today, *wanted)} if rows else {}
    return [
        Lent(
            int(row.year), row.opening_code, Motive(row.motive), row.purpose,
            row.principal_cents, row.months, stand[row.id].standing,
            stand[row.id].incident_on is not None, row.rescheduled,
            row.state == State.CLOSED.value,
        )
        for row in rows
        if row.id in stand
    ]  # fmt: skip


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
