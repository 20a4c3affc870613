"""The requests counted once, by the database, in groups that every figure is a sum of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from sqlalchemy import and_, case, extract, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from microcredit.cases.codes import CLOSED, Motive, State
from microcredit.cases.models import Case, CaseEvent, Orientation
from microcredit.people.models import Person
from microcredit.reporting.services.series import Tally


class Stage(IntEnum):
    """How far a request ever came."""

    CONTACT = 0
    APPOINTMENT = 1
    DIAGNOSIS = 2
    SENT = 3
    GRANTED = 4


#: The furthest stage that each state proves; the others prove nothing more than a contact.
PROVES = {
    State.APPOINTMENT: Stage.APPOINTMENT,
    State.DIAGNOSIS: Stage.DIAGNOSIS,
    State.READY: Stage.DIAGNOSIS,
    State.SENT_TO_BANK: Stage.SENT,
    State.BANK_REFUSED: Stage.SENT,
    State.APPROVED: Stage.GRANTED,
}

CLOSED_CODES = sorted(state.value for state in CLOSED)


@dataclass(frozen=True)
class Group:
    """So many requests that are alike in all that figures ask. `reason` is that of the last exit."""

    year: int
    commune: str
    motive: Motive
    identified: bool
    stage: Stage
    refused: bool
    state: State
    reason: str
    count: int

    @property
    def closed(self) -> bool:
        """Whether it waits for nobody any more."""
        return self.state in CLOSED


@dataclass(frozen=True)
class Oriented:
    """So many orientations to one target."""

    year: int
    commune: str
    target: str
    count: int


def groups(session: Session, today: date) -> list[Group]:
    """Every case opened up to `today`, grouped. The commune is that of residence at opening."""
    proofs = [(CaseEvent.to_state == state.value, stage.value) for state, stage in PROVES.items()]
    reached = (
        select(
            CaseEvent.case_id,
            func.max(case(*proofs, else_=0)).label("stage"),
            func.bool_or(CaseEvent.to_state == State.BANK_REFUSED.value).label("refused"),
        )
        .where(CaseEvent.on_date <= today)
        .group_by(CaseEvent.case_id)
        .subquery()
    )
    last_exit = (
        select(CaseEvent.case_id, CaseEvent.reason)
        .where(CaseEvent.to_state.in_(CLOSED_CODES), CaseEvent.on_date <= today)
        .order_by(CaseEvent.case_id, CaseEvent.id.desc())
        .ext(distinct_on(CaseEvent.case_id))
        .subquery()
    )
    columns = (
        extract("year", Case.opened_on).label("year"),
        Case.opening_code,
        Case.motive,
        func.coalesce(or_(Person.last_name != "", Person.first_names != ""), False).label("named"),
        func.coalesce(reached.c.stage, 0).label("stage"),
        func.coalesce(reached.c.refused, False).label("refused"),
        Case.state,
        func.coalesce(last_exit.c.reason, "").label("reason"),
    )
    rows = session.execute(
        select(*columns, func.count().label("count"))
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(reached, reached.c.case_id == Case.id)
        .outerjoin(last_exit, and_(last_exit.c.case_id == Case.id, Case.state.in_(CLOSED_CODES)))
        .where(Case.opened_on <= today)
        .group_by(*columns)
    )
    return [
        Group(
            int(row.year), row.opening_code, Motive(row.motive), row.named, Stage(row.stage),
            row.refused, State(row.state), row.reason, row[-1],
        )
        for row in rows
    ]  # fmt: skip


def oriented(session: Session, today: date) -> list[Oriented]:
    """The orientations of redirected cases whose person is identified, by target."""
    columns = (
        extract("year", Case.opened_on).label("year"),
        Case.opening_code,
        Orientation.target,
    )
    rows = session.execute(
        select(*columns, func.count().label("count"))
        .select_from(Orientation)
        .join(Case, Case.id == Orientation.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(
            Case.opened_on <= today,
            Case.state == State.REDIRECTED.value,
            or_(Person.last_name != "", Person.first_names != ""),
        )
        .group_by(*columns)
    )
    return [Oriented(int(row.year), row.opening_code, row.target, row[-1]) for row in rows]


@dataclass(frozen=True)
class Frame:
    """The years and communes that every number of a page is laid out by."""

    years: list[int]
    communes: list[str]

    def tally(self, found: Iterable[Group | Oriented]) -> Tally:
        """How many there are in all, by year and by commune; zeros included."""
        by_year = dict.fromkeys(self.years, 0)
        by_commune = dict.fromkeys(self.communes, 0)
        for one in found:
            by_year[one.year] += one.count
            by_commune[one.commune] += one.count
        return Tally(sum(by_year.values()), by_year, by_commune)

    def cells(self, found: Iterable[Group]) -> dict[tuple[int, str], int]:
        """How many there are by year and commune together."""
        cells: dict[tuple[int, str], int] = {}
        for one in found:
            key = (one.year, one.commune)
            cells[key] = cells.get(key, 0) + one.count
        return cells


def kept(found: Iterable[Group], test: Callable[[Group], bool]) -> list[Group]:
    """The groups that pass a test."""
    return [group for group in found if test(group)]
