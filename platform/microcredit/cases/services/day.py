"""« Ma journée »: what waits and what is late, tasks by their day, whom one meets, what is at the banks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from microcredit.cases.codes import AT_BANK, Channel, Motive, State, TaskKind
from microcredit.cases.models import Case
from microcredit.cases.named_days import NamedDays
from microcredit.cases.services.conditions import Clocks, in_states, my_move
from microcredit.cases.services.find import within
from microcredit.cases.services.listing import clocks_of
from microcredit.cases.services.meetings import Meeting, holding_meetings, next_meetings
from microcredit.cases.services.tasks import DueTask, due_tasks
from microcredit.groupings.models import Commune, Organisation
from microcredit.kernel import audit
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.people.models import Person
from microcredit.people.services import full_name, is_young

#: How many things of each kind a day shows before it says how many more there are.
MOST = 60

#: Acts that somebody waits for: they are for today whatever their delay.
AT_ONCE = frozenset({State.READY, State.BANK_INFO_REQUESTED, State.BANK_COUNTER_OFFER})

_Referrer = aliased(Organisation)


@dataclass(frozen=True)
class Work:
    """One thing to do: a case whose state calls for an act.

    `on_date` is the day that a bank or the law named: a deadline, or else the first day of the act.
    """

    number: str
    name: str
    state: State
    motive: Motive
    amount_cents: int
    commune: str
    days: int
    limit: int | None
    on_date: date | None
    deadline: bool
    late: bool
    young: bool = False
    channel: Channel = Channel.DESK
    prescriber: str = ""

    @property
    def soon(self) -> bool:
        """Whether its delay ends within two days."""
        return not self.late and self.limit is not None and self.days >= self.limit - 2

    def due(self, today: date) -> bool:
        """Whether it is for today: somebody waits, a delay ends, or a day has come."""
        if self.on_date is not None and not self.deadline:
            return self.on_date <= today
        near = self.on_date is not None and (self.on_date - today).days <= 2
        return self.soon or near or self.state in AT_ONCE


@dataclass
class Day:
    """The work of a day, grouped; `more` counts what is not shown."""

    today: date
    referred: list[Work] = field(default_factory=list)
    calls: list[DueTask] = field(default_factory=list)
    late_tasks: list[DueTask] = field(default_factory=list)
    tasks: list[DueTask] = field(default_factory=list)
    week_tasks: list[DueTask] = field(default_factory=list)
    late: list[Work] = field(default_factory=list)
    now: list[Work] = field(default_factory=list)
    waiting: list[Work] = field(default_factory=list)
    more: int = 0
    more_tasks: int = 0
    today_meetings: list[Meeting] = field(default_factory=list)
    next_meetings: list[Meeting] = field(default_factory=list)
    at_bank: int = 0
    oldest_at_bank: int = 0

    @property
    def total(self) -> int:
        """How many things there are to do, shown or not."""
        return len(self.all_tasks) + len(self.all_works) + self.more + self.more_tasks

    @property
    def all_tasks(self) -> list[DueTask]:
        """The tasks shown."""
        return [*self.calls, *self.late_tasks, *self.tasks, *self.week_tasks]

    @property
    def all_works(self) -> list[Work]:
        """The cases shown."""
        return [*self.referred, *self.late, *self.now, *self.waiting]

    @property
    def by_mission_locale(self) -> bool:
        """Whether every new referral comes from a mission locale."""
        return all(work.channel is Channel.MISSION_LOCALE for work in self.referred)


def my_day(session: Session, identity: Identity, days: Iterable[NamedDays] = ()) -> Day:
    """The day of the active hat. A case at a bank is the role's only once the bank is late."""
    clocks = clocks_of(session, days)
    day = Day(clocks.today)
    day.today_meetings, day.next_meetings = next_meetings(session, identity, clocks.today)
    _sort_tasks(day, *due_tasks(session, identity, clocks.today, MOST))
    _sort_works(day, *_works(session, identity, clocks))
    if identity.may(Permission.SEND_TO_BANK):
        day.at_bank, day.oldest_at_bank = _at_banks(session, identity, clocks.today)
    numbers = {work.number for work in day.all_works}
    numbers |= {task.number for task in day.all_tasks}
    numbers |= {meeting.number for meeting in (*day.today_meetings, *day.next_meetings)}
    audit.record(session, "list", "cases", shown=" ".join(sorted(numbers)))
    return day


def _sort_tasks(day: Day, tasks: list[DueTask], total: int) -> None:
    day.more_tasks = total - len(tasks)
    for task in tasks:
        if task.kind is TaskKind.CALL:
            day.calls.append(task)
        elif task.due_on < day.today:
            day.late_tasks.append(task)
        elif task.due_on == day.today:
            day.tasks.append(task)
        else:
            day.week_tasks.append(task)


def _sort_works(day: Day, works: list[Work], total: int) -> None:
    for work in works:
        if work.prescriber:
            day.referred.append(work)
        elif work.late:
            day.late.append(work)
        else:
            (day.now if work.due(day.today) else day.waiting).append(work)
    day.more = total - len(works)


def _works(session: Session, identity: Identity, clocks: Clocks) -> tuple[list[Work], int]:
    """The cases whose next act is this role's, new referrals first, then late ones; how many in all.

    Who has an appointment to come waits for it.
    """
    holding, named = holding_meetings(), clocks.days
    new = and_(Case.prescriber_id.is_not(None), in_states(State.CONTACT)).label("new")
    late = clocks.late().label("late")
    rows = session.execute(
        select(
            Case.number, Case.state, Case.state_since, Case.motive, Case.amount_cents,
            Commune.name.label("commune"),
            Person.civility, Person.first_names, Person.last_name, Person.birth_date,
            Case.channel, new, _Referrer.name.label("prescriber"),
            named.c.on_date, named.c.deadline, late, func.count().over().label("total"),
        )
        .outerjoin(holding, holding.c.case_id == Case.id)
        .outerjoin(named, named.c.case_id == Case.id)
        .join(Commune, Commune.code == Case.residence_code)
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(_Referrer, _Referrer.id == Case.prescriber_id)
        .where(
            my_move(identity, clocks),
            or_(
                Case.state != State.APPOINTMENT.value,
                holding.c.on_date.is_(None),
                holding.c.on_date < clocks.today,
            ),
            within(identity, Permission.LIST_CASES),
        )
        .order_by(new.desc(), late.desc(), Case.state_since, Case.id)
        .limit(MOST)
    ).all()  # fmt: skip
    works = [
        Work(
            row.number,
            full_name(row.civility or "", row.first_names or "", row.last_name or ""),
            State(row.state),
            Motive(row.motive),
            row.amount_cents,
            row.commune,
            (clocks.today - row.state_since).days,
            clocks.limits.get(row.state),
            row.on_date,
            bool(row.deadline),
            bool(row.late),
            is_young(row.birth_date, clocks.today),
            Channel(row.channel),
            row.prescriber if row.new else "",
        )
        for row in rows
    ]
    return works, rows[0].total if rows else 0


def _at_banks(session: Session, identity: Identity, today: date) -> tuple[int, int]:
    """How many cases are at a bank, and for how many days the oldest has been there."""
    count, since = session.execute(
        select(func.count(), func.min(Case.state_since)).where(
            in_states(*AT_BANK), within(identity, Permission.LIST_CASES)
        )
    ).one()
    return count, (today - since).days if since else 0
