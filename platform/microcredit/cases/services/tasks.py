"""Things to do for a case by a day: opened by other acts or by hand, done by somebody."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microcredit.accounts.models import Account
from microcredit.cases import sealed, transitions
from microcredit.cases.codes import Act, TaskKind
from microcredit.cases.models import Appointment, Case, Task
from microcredit.cases.schemas import AddTask
from microcredit.cases.services.find import get, within
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.people.models import Person
from microcredit.people.services import full_name
from microcredit.web.formatting import day

#: Tasks that a loan opens, and that end with it.
OF_A_LOAN = (TaskKind.CALL, TaskKind.FOLLOW_UP, TaskKind.PURCHASE_PROOF, TaskKind.EVALUATION)

#: A day shows the tasks of the seven days to come.
AHEAD = timedelta(days=7)

#: The furthest day of a task.
HORIZON = timedelta(days=3 * 366)


class BadTask(DomainError):
    """The day of the task cannot be."""

    status = 422


class AlreadyDone(DomainError):
    """Somebody did it first."""

    message = "Cette tâche est déjà faite."


@dataclass(frozen=True)
class TaskRow:
    """A task of a case as its page shows it; `holder` took it over from somebody who left."""

    id: int
    kind: TaskKind
    due_on: date
    words: str
    holder: str


@dataclass(frozen=True)
class DueTask(TaskRow):
    """A task of a day, with the person it is for."""

    number: str
    name: str


def open_task(
    session: Session, identity: Identity, case: Case, kind: TaskKind, due_on: date,
    *, words: str = "", once: bool = False,
) -> None:  # fmt: skip
    """Open a task within another act; with `once`, not while one of its kind is open."""
    if once and _open_of(session, case, kind):
        return
    session.add(
        Task(
            case_id=case.id, kind=kind.value, due_on=due_on, opened_on=business_date(session),
            opened_by=identity.account_id, words=sealed.close(session, case.id, "task", words),
        )
    )  # fmt: skip
    session.flush()


def move_task(
    session: Session, identity: Identity, case: Case, kind: TaskKind, due_on: date
) -> None:
    """Put the open tasks of a kind on another day; open one when there is none."""
    found = _open_of(session, case, kind)
    for task in found:
        task.due_on = due_on
    if not found:
        open_task(session, identity, case, kind, due_on)
    session.flush()


def add_task(session: Session, identity: Identity, number: str, asked: AddTask) -> None:
    """Add a task by hand. Raises NotFound or BadTask."""
    case = get(session, identity, number, Permission.WRITE_TASKS, lock=True)
    today = business_date(session)
    if not today <= asked.due_on <= today + HORIZON:
        late = asked.due_on < today
        text = "Ce jour est déjà passé." if late else "Ce jour est à plus de trois ans."
        raise BadTask(fields={"due_on": text})
    open_task(session, identity, case, TaskKind.OTHER, asked.due_on, words=asked.words)
    note = f"pour le {day(asked.due_on)}"
    transitions.move(session, case, Act.ADD_TASK, identity.account_id, note=note, words=asked.words)
    audit.record(session, "add_task", f"case:{number}")


def finish_task(session: Session, identity: Identity, number: str, task_id: int) -> None:
    """Note that a task is done. Raises NotFound, or AlreadyDone with who was quicker."""
    case = get(session, identity, number, Permission.WRITE_TASKS, lock=True)
    task = session.scalar(
        select(Task).where(
            Task.id == task_id, Task.case_id == case.id, Task.kind.in_(kinds_for(identity))
        )
    )
    if task is None:
        raise NotFound("Cette tâche n’existe pas ou n’est pas dans votre périmètre.")
    if task.done_on is not None:
        who = session.scalars(select(Account.name).where(Account.id == task.done_by)).one()
        raise AlreadyDone(f"Cette tâche est déjà faite : {who} l’a notée le {day(task.done_on)}.")
    task.done_on, task.done_by = business_date(session), identity.account_id
    session.flush()
    kind = TaskKind(task.kind)
    words = sealed.read(session, case.id, "task", task.words)
    transitions.move(
        session, case, Act.FINISH_TASK, identity.account_id, note=kind.label, words=words
    )
    audit.record(session, "finish_task", f"case:{number}")


def close_tasks(session: Session, identity: Identity, case: Case, *kinds: TaskKind) -> None:
    """Finish the open tasks of these kinds within another act."""
    for task in _open_of(session, case, *kinds):
        task.done_on, task.done_by = business_date(session), identity.account_id
    session.flush()


def kinds_for(identity: Identity) -> list[str]:
    """The kinds of tasks that a role knows of: what a loan calls for says how it goes."""
    loans = identity.may(Permission.READ_LOANS)
    return [str(kind.value) for kind in TaskKind if loans or kind not in OF_A_LOAN]


def due_tasks(
    session: Session, identity: Identity, today: date, most: int
) -> tuple[list[DueTask], int]:
    """The open tasks within reach that are late, for today or for the seven days to come.

    Calls after a rejected debit first, then by day; at most `most` of them, and how many there are.
    """
    called = (Task.kind == TaskKind.CALL.value).desc()
    rows = session.execute(
        select(
            Task.id, Task.kind, Task.due_on, Task.words, Task.case_id, Case.number,
            Person.civility, Person.first_names, Person.last_name, Account.name.label("holder"),
            func.count().over().label("total"),
        )
        .join(Case, Case.id == Task.case_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(Account, Account.id == Task.held_by)
        .where(
            Task.done_on.is_(None),
            Task.due_on <= today + AHEAD,
            Task.kind.in_(kinds_for(identity)),
            within(identity, Permission.WRITE_TASKS),
        )
        .order_by(called, Task.due_on, Task.id)
        .limit(most)
    ).all()  # fmt: skip
    tasks = [
        DueTask(
            row.id,
            TaskKind(row.kind),
            row.due_on,
            sealed.read(session, row.case_id, "task", row.words),
            row.holder or "",
            row.number,
            full_name(row.civility or "", row.first_names or "", row.last_name or ""),
        )
        for row in rows
    ]
    return tasks, rows[0].total if rows else 0


def tasks_of(session: Session, identity: Identity, case: Case) -> list[TaskRow]:
    """The open tasks of a case that a role knows of, the most urgent first."""
    if not identity.may(Permission.WRITE_TASKS):
        return []
    rows = session.execute(
        select(Task.id, Task.kind, Task.due_on, Task.words, Account.name.label("holder"))
        .outerjoin(Account, Account.id == Task.held_by)
        .where(Task.case_id == case.id, Task.done_on.is_(None), Task.kind.in_(kinds_for(identity)))
        .order_by(Task.due_on, Task.id)
    )
    return [
        TaskRow(
            row.id,
            TaskKind(row.kind),
            row.due_on,
            sealed.read(session, case.id, "task", row.words),
            row.holder or "",
        )
        for row in rows
    ]


def follower_of(session: Session, case: Case) -> str:
    """Who took over the open work of a case from somebody who left; "" when nobody had to."""
    last = select(func.max(Appointment.id)).where(Appointment.case_id == case.id).scalar_subquery()
    tasks = select(Task.held_by).where(Task.case_id == case.id, Task.done_on.is_(None))
    meetings = select(Appointment.held_by).where(Appointment.id == last)
    held = tasks.union(meetings).subquery()
    name = session.scalar(
        select(Account.name).join(held, held.c.held_by == Account.id).order_by(Account.id.desc())
    )
    return name or ""


def _open_of(session: Session, case: Case, *kinds: TaskKind) -> list[Task]:
    return list(
        session.scalars(
            select(Task).where(
                Task.case_id == case.id,
                Task.kind.in_([kind.value for kind in kinds]),
                Task.done_on.is_(None),
            )
        )
    )
