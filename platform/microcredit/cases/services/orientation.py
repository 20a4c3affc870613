"""Other helps: proposed to a person, and what came of them three months later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act, OrientationResult, OrientationTarget, TaskKind
from microcredit.cases.models import Case, Orientation
from microcredit.cases.schemas import Orient, Result
from microcredit.cases.services.find import get
from microcredit.cases.services.tasks import close_tasks, open_task
from microcredit.groupings.models import Organisation
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import NotFound
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.mathematics.dates import add_months
from microcredit.people.models import Person
from microcredit.web.formatting import euros

#: After how many months one asks what came of an orientation.
ASK_AFTER_MONTHS = 3


@dataclass(frozen=True)
class OrientationRow:
    """One orientation of a case; `result` is None until somebody asked."""

    id: int
    target: OrientationTarget
    proposed_on: date
    result: OrientationResult | None
    result_on: date | None
    obtained_cents: int | None

    @property
    def open(self) -> bool:
        """Whether the person may still obtain it."""
        return self.result not in (OrientationResult.OBTAINED, OrientationResult.REFUSED)


@dataclass(frozen=True)
class Helps:
    """The other helps of a case, with whom they are for and who proposed them."""

    case: Case
    person: Person | None
    desk: str
    rows: list[OrientationRow]
    today: date

    @property
    def to_ask(self) -> list[OrientationRow]:
        """What the sheet names: the helps still open, or all of them once none is."""
        return [row for row in self.rows if row.open] or self.rows


def read_helps(session: Session, identity: Identity, number: str) -> Helps:
    """The other helps of a case; the reading is logged. Raises NotFound."""
    case = get(session, identity, number, Permission.REDIRECT_CASE)
    desk, person = session.execute(
        select(Organisation.name, Person)
        .outerjoin(Person, Person.id == case.person_id)
        .where(Organisation.id == case.desk_id)
    ).one()
    found = Helps(case, person, desk, orientations_of(session, case), business_date(session))
    audit.record(session, "read", f"case:{case.number}")
    return found


def helps_of(session: Session, identity: Identity, case: Case) -> list[OrientationRow] | None:
    """What the page of a case shows of them to `identity`; None before the first."""
    return orientations_of(session, case) or None


def to_orient(session: Session, identity: Identity, number: str, act: Act) -> Case:
    """The case that somebody is about to orient; the reading is logged. Raises NotFound, TransitionRefused."""
    case = get(session, identity, number, Permission.REDIRECT_CASE)
    transitions.check(case, act)
    audit.record(session, "read", f"case:{case.number}")
    return case


def propose(session: Session, identity: Identity, case: Case, targets: Sequence[str]) -> None:
    """Write the orientations of an act, and the task of asking what came of them."""
    today = business_date(session)
    session.execute(
        insert(Orientation)
        .values(
            [
                {
                    "case_id": case.id,
                    "target": target,
                    "proposed_on": today,
                    "account_id": identity.account_id,
                }
                for target in dict.fromkeys(targets)
            ]
        )
        .on_conflict_do_nothing()
    )
    asked_on = add_months(today, ASK_AFTER_MONTHS)
    open_task(session, identity, case, TaskKind.ORIENTATION_RESULT, asked_on, once=True)


def in_words(targets: Sequence[str]) -> str:
    """The helps of a list, each once."""
    return ", ".join(OrientationTarget(target).label for target in dict.fromkeys(targets))


def orient(session: Session, identity: Identity, number: str, asked: Orient) -> Case:
    """Propose other helps without closing. Raises NotFound."""
    case = get(session, identity, number, Permission.REDIRECT_CASE, lock=True)
    propose(session, identity, case, asked.targets)
    transitions.move(session, case, Act.ORIENT, identity.account_id, note=in_words(asked.targets))
    audit.record(session, "orient", f"case:{case.number}")
    return case


def note_result(session: Session, identity: Identity, number: str, told: Result) -> Case:
    """Note what came of an orientation; the last word counts. Raises NotFound."""
    case = get(session, identity, number, Permission.REDIRECT_CASE, lock=True)
    row = session.scalar(
        select(Orientation).where(
            Orientation.id == told.orientation, Orientation.case_id == case.id
        )
    )
    if row is None:
        raise NotFound
    row.result, row.result_on = told.result, business_date(session)
    row.obtained_cents = told.amount
    session.flush()
    note = f"{OrientationTarget(row.target).label} : {OrientationResult(told.result).label.lower()}"
    if told.amount:
        note += f", {euros(told.amount)}"
    if not _unknown(session, case):
        close_tasks(session, identity, case, TaskKind.ORIENTATION_RESULT)
    transitions.move(session, case, Act.NOTE_RESULT, identity.account_id, note=note)
    audit.record(session, "note_result", f"case:{case.number}")
    return case


def orientations_of(session: Session, case: Case) -> list[OrientationRow]:
    """The orientations of a case, in order."""
    rows = session.scalars(
        select(Orientation).where(Orientation.case_id == case.id).order_by(Orientation.id)
    )
    return [
        OrientationRow(
            row.id, OrientationTarget(row.target), row.proposed_on,
            OrientationResult(row.result) if row.result else None,
            row.result_on, row.obtained_cents,
        )
        for row in rows
    ]  # fmt: skip


def _unknown(session: Session, case: Case) -> int:
    """How many orientations of a case nobody knows the end of."""
    return session.scalars(
        select(func.count())
        .select_from(Orientation)
        .where(
            Orientation.case_id == case.id,
            (Orientation.result.is_(None))
            | (Orientation.result == OrientationResult.PENDING.value),
        )
    ).one()
