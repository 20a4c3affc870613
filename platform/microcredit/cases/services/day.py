"""« Ma journée »: what waits and what is late, whom one meets, what is at the banks."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from microcredit.cases.codes import Motive, State
from microcredit.cases.models import Appointment, Case
from microcredit.cases.services.find import within
from microcredit.governance.services import delays
from microcredit.groupings.models import Commune, Organisation
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.people.models import Person
from microcredit.people.services import full_name

#: How many things a day shows before it says how many more there are.
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


@dataclass(frozen=True)
class Work:
    """One thing to do: a case whose state calls for an act."""

    number: str
    name: str
    state: State
    motive: Motive
    amount_cents: int
    commune: str
    days: int
    limit: int | None
    meets_on: date | None

    @property
    def late(self) -> bool:
        """Whether the delay of its state has run out."""
        return self.limit is not None and self.days > self.limit


@dataclass
class Day:
    """The work of a day, grouped."""

    today: date
    late: list[Work] = field(default_factory=list)
    now: list[Work] = field(default_factory=list)
    waiting: list[Work] = field(default_factory=list)
    more: int = 0
    today_meetings: list[Meeting] = field(default_factory=list)
    next_meetings: list[Meeting] = field(default_factory=list)
    at_bank: int = 0
    oldest_at_bank: int = 0


def my_day(session: Session, identity: Identity, mine: frozenset[State]) -> Day:
    """The day of the active hat. `mine` are the states in which its role has the next act.

    A case at the bank is the role's only once the bank is late.
    """
    today = business_date(session)
    day = Day(today)
    day.today_meetings, day.next_meetings = _meetings(session, identity, today)
    for work in _works(session, identity, today):
        if work.state is State.SENT_TO_BANK:
            day.at_bank += 1
            day.oldest_at_bank = max(day.oldest_at_bank, work.days)
        if work.state not in mine or (work.meets_on is not None and work.meets_on >= today):
            continue
        if work.late:
            day.late.append(work)
        elif work.state is not State.SENT_TO_BANK:
            soon = work.limit is not None and work.days >= work.limit - 2
            (day.now if soon or work.state is State.READY else day.waiting).append(work)
    day.more = max(0, len(day.waiting) - MOST)
    day.waiting = day.waiting[:MOST]
    numbers = {work.number for work in (*day.late, *day.now, *day.waiting)}
    numbers |= {meeting.number for meeting in (*day.today_meetings, *day.next_meetings)}
    audit.record(session, "list", "cases", shown=" ".join(sorted(numbers)))
    return day


def _works(session: Session, identity: Identity, today: date) -> list[Work]:
    limits, holding = delays(session, today), _holding()
    rows = session.execute(
        select(
            Case.number, Case.state, Case.state_since, Case.motive, Case.amount_cents,
            Commune.name.label("commune"),
            Person.civility, Person.first_names, Person.last_name,
            holding.c.on_date.label("meets_on"),
        )
        .outerjoin(holding, holding.c.case_id == Case.id)
        .join(Commune, Commune.code == Case.residence_code)
        .outerjoin(Person, Person.id == Case.person_id)
        .where(
            Case.state.in_([s.value for s in State if s.value in limits]),
            within(identity, Permission.LIST_CASES),
        )
        .order_by(Case.state_since, Case.id)
        .limit(500)
    )  # fmt: skip
    return [
        Work(
            row.number,
            full_name(row.civility or "", row.first_names or "", row.last_name or ""),
            State(row.state),
            Motive(row.motive),
            row.amount_cents,
            row.commune,
            (today - row.state_since).days,
            limits.get(row.state),
            row.meets_on if row.state == State.APPOINTMENT.value else None,
        )
        for row in rows
    ]


def _holding() -> Subquery:
    """The last appointment of each case: the one that holds."""
    last = select(func.max(Appointment.id)).group_by(Appointment.case_id)
    return select(Appointment).where(Appointment.id.in_(last)).subquery()


def _meetings(
    session: Session, identity: Identity, today: date
) -> tuple[list[Meeting], list[Meeting]]:
    holding = _holding()
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
