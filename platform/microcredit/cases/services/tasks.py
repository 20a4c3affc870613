"""Things to do for a case by a day: opened by other acts or by hand, done by somebody."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.cases import sealed, transitions
from microcredit.cases.codes import Act, TaskKind
from microcredit.cases.models import Case, Task
from microcredit.cases.schemas import AddTask
from microcredit.cases.services.find import get
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.web.formatting import day

#: Tasks that a loan opens, and that end with it.
OF_A_LOAN = (TaskKind.CALL, TaskKind.FOLLOW_UP, TaskKind.PURCHASE_PROOF, TaskKind.EVALUATION)

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
    """A task of a case as its page shows it."""

    id: int
    kind: TaskKind
    due_on: date
    words: str


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
    """Note that a task is done. Raises NotFound or AlreadyDone."""
    case = get(session, identity, number, Permission.WRITE_TASKS, lock=True)
    task = session.scalar(select(Task).where(Task.id == task_id, Task.case_id == case.id))
    if task is None:
        raise NotFound
    if task.done_on is not None:
        raise AlreadyDone
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
    for kind in kinds:
        for task in _open_of(session, case, kind):
            task.done_on, task.done_by = business_date(session), identity.account_id
    session.flush()


def tasks_of(session: Session, case: Case) -> list[TaskRow]:
    """The open tasks of a case, the most urgent first."""
    rows = session.scalars(
        select(Task)
        .where(Task.case_id == case.id, Task.done_on.is_(None))
        .order_by(Task.due_on, Task.id)
    )
    return [
        TaskRow(
            row.id, TaskKind(row.kind), row.due_on, sealed.read(session, case.id, "task", row.words)
        )
        for row in rows
    ]


def _open_of(session: Session, case: Case, kind: TaskKind) -> list[Task]:
    return list(
        session.scalars(
            select(Task).where(
                Task.case_id == case.id, Task.kind == kind.value, Task.done_on.is_(None)
            )
        )
    )
