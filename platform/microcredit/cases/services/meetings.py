"""Who is met when: the appointments that hold."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from microcredit.cases.codes import Motive, State
from microcredit.cases.models import Appointment, Case
from microcredit.cases.services.find import within
from microcredit.groupings.models import Organisation
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.people.models import Person
from microcredit.people.services import full_name

#: How many appointments are read: more than anybody has in a week.
MOST = 60


@dataclass(frozen=True)
class Meeting:
    """An appointment of the day."""

    number: str
    name: str
    motive: Motive
    amount_cents: int
    on_date: date
    at_time: time
    place: str
    met: bool


def holding_meetings() -> Subquery:
    """The last appointment of each case: the one that holds."""
    last = select(func.max(Appointment.id)).group_by(Appointment.case_id)
    return select(Appointment).where(Appointment.id.in_(last)).subquery()


def next_meetings(
    session: Session, identity: Identity, today: date
) -> tuple[list[Meeting], list[Meeting]]:
    """The appointments of today, and those of the seven days after it that are still to come."""
    holding = holding_meetings()
    rows = session.execute(
        select(
            Case.number, Case.state, Case.motive, Case.amount_cents,
            holding.c.on_date, holding.c.at_time, Organisation.name.label("place"),
            Person.civility, Person.first_names, Person.last_name,
        )
        .join(holding, holding.c.case_id == Case.id)
        .join(Organisation, Organisation.id == holding.c.place_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .where(
            holding.c.on_date.between(today, today + timedelta(days=7)),
            within(identity, Permission.LIST_CASES),
        )
        .order_by(holding.c.on_date, holding.c.at_time, holding.c.id)
        .limit(MOST)
    )  # fmt: skip
    found = [
        Meeting(
            row.number,
            full_name(row.civility or "", row.first_names or "", row.last_name or ""),
            Motive(row.motive),
            row.amount_cents,
            row.on_date,
            row.at_time,
            row.place,
            row.state != State.APPOINTMENT.value,
        )
        for row in rows
    ]
    return (
        [meeting for meeting in found if meeting.on_date == today],
        [meeting for meeting in found if meeting.on_date > today and not meeting.met],
    )
