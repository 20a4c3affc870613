"""The requests counted once, by the database, in groups that every figure is a sum of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from typing import Protocol, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    bindparam,
    case,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from microcredit.cases.codes import CLOSED, OrientationResult, State
from microcredit.cases.models import Case, CaseEvent, Orientation
from microcredit.kernel.keyset import AnySelect
from microcredit.loans.models import Loan
from microcredit.people.models import Person
from microcredit.reporting.services.series import Tally
from microcredit.submissions.codes import Answer
from microcredit.submissions.models import Submission


class Stage(IntEnum):
    """How far a request ever came: « étape »."""

    REQUEST = 0
    DIAGNOSIS = 1
    INSTRUCTED = 2
    SENT = 3
    GRANTED = 4
    LENT = 5


#: The furthest stage that having been in a state proves; the others prove nothing more than a request.
#: That a loan was lent is read from the loan: a withdrawal after the payment takes it back.
PROVES = {
    State.DIAGNOSIS: Stage.DIAGNOSIS,
    State.AWAITING_DOCUMENTS: Stage.INSTRUCTED,
    State.READY: Stage.INSTRUCTED,
    State.LOCAL_REVIEW: Stage.INSTRUCTED,
    State.DECLINED: Stage.INSTRUCTED,
    State.SENT_TO_BANK: Stage.SENT,
    State.BANK_INFO_REQUESTED: Stage.SENT,
    State.ADJOURNED: Stage.SENT,
    State.BANK_REFUSED: Stage.SENT,
    State.BANK_COUNTER_OFFER: Stage.SENT,
    State.APPROVED: Stage.GRANTED,
    State.OFFER_LAPSED: Stage.GRANTED,
    State.OFFER_SIGNED: Stage.GRANTED,
    State.WITHDRAWN: Stage.GRANTED,
    State.DISBURSED: Stage.GRANTED,
    State.CLOSED: Stage.GRANTED,
}

#: The day of the figures: a parameter of statements that are built once, for they are long.
TODAY = bindparam("today", type_=Date)
_COMMUNE = bindparam("commune", type_=Text)

CLOSED_CODES = sorted(state.value for state in CLOSED)


class Counted(Protocol):
    """What stands for so many, in one year and one commune."""

    @property
    def year(self) -> int:
        """The year of the first contact."""

    @property
    def commune(self) -> str:
        """The commune of residence at the first contact."""

    @property
    def count(self) -> int:
        """How many."""


Some = TypeVar("Some", bound=Counted)


@dataclass(frozen=True)
class Group:
    """So many requests that are alike in all that figures ask.

    `refused`: a bank has ever said no; `refusals` are the reasons that the last no gave. `reason` is
    the code of the last exit of a closed one.
    """

    year: int
    commune: str
    identified: bool
    stage: Stage
    refused: bool
    refusals: tuple[str, ...]
    state: State
    reason: str
    oriented: bool
    count: int

    @property
    def closed(self) -> bool:
        """Whether it waits for nobody any more."""
        return self.state in CLOSED


@dataclass(frozen=True)
class Oriented:
    """So many orientations to one target, of requests that led to no loan; cents obtained in all."""

    year: int
    commune: str
    target: str
    obtained: bool
    count: int
    cents: int


def groups(session: Session, today: date, commune: str | None = None) -> list[Group]:
    """Every case opened up to `today`, grouped; of a `commune`, or of all.

    The commune is that of residence at opening.
    """
    if commune is None:
        rows = session.execute(_grouped(), {TODAY.key: today})
    else:
        rows = session.execute(_grouped_in_commune(), {TODAY.key: today, _COMMUNE.key: commune})
    return [
        Group(
            int(row.year), row.opening_code, row.named, Stage(row.stage), row.refused,
            tuple(row.reasons or ()), State(row.state), row.reason, row.oriented, row[-1],
        )
        for row in rows
    ]  # fmt: skip


@cache
def _grouped() -> AnySelect:
    inner = _each().subquery()
    return select(*inner.c, func.count().label("count")).group_by(*inner.c)


@cache
def _grouped_in_commune() -> AnySelect:
    inner = _each().where(Case.opening_code == _COMMUNE).subquery()
    return select(*inner.c, func.count().label("count")).group_by(*inner.c)


def _each() -> AnySelect:
    reached = _reached().subquery()
    last_exit = _last_exit().subquery()
    last_refusal = (
        select(Submission.case_id, Submission.reasons)
        .where(Submission.answer == Answer.REFUSED.value, Submission.answered_on <= TODAY)
        .order_by(Submission.case_id, Submission.id.desc())
        .ext(distinct_on(Submission.case_id))
        .subquery()
    )
    columns = (
        extract("year", Case.opened_on).label("year"),
        Case.opening_code,
        func.coalesce(named(), False).label("named"),
        case((lent(), Stage.LENT.value), else_=func.coalesce(reached.c.stage, 0)).label("stage"),
        func.coalesce(reached.c.refused, False).label("refused"),
        last_refusal.c.reasons,
        Case.state,
        func.coalesce(last_exit.c.reason, "").label("reason"),
        select(Orientation.id)
        .where(Orientation.case_id == Case.id, Orientation.proposed_on <= TODAY)
        .exists()
        .label("oriented"),
    )  # fmt: skip
    return (
        select(*columns)
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(reached, reached.c.case_id == Case.id)
        .outerjoin(last_refusal, last_refusal.c.case_id == Case.id)
        .outerjoin(last_exit, and_(last_exit.c.case_id == Case.id, Case.state.in_(CLOSED_CODES)))
        .where(Case.opened_on <= TODAY)
    )


def _reached() -> Select[int, int, bool]:
    """The furthest stage that each case's events prove, and whether a bank ever refused it."""
    proofs = [(CaseEvent.to_state == state.value, stage.value) for state, stage in PROVES.items()]
    return (
        select(
            CaseEvent.case_id,
            func.max(case(*proofs, else_=0)).label("stage"),
            func.bool_or(CaseEvent.to_state == State.BANK_REFUSED.value).label("refused"),
        )
        .where(CaseEvent.on_date <= TODAY)
        .group_by(CaseEvent.case_id)
    )


def _last_exit() -> Select[int, str]:
    """The reason of each case's last exit. What is done to a closed case is no exit."""
    return (
        select(CaseEvent.case_id, CaseEvent.reason)
        .where(
            CaseEvent.to_state.in_(CLOSED_CODES),
            CaseEvent.from_state != CaseEvent.to_state,
            CaseEvent.on_date <= TODAY,
        )
        .order_by(CaseEvent.case_id, CaseEvent.id.desc())
        .ext(distinct_on(CaseEvent.case_id))
    )


def named() -> ColumnElement[bool]:
    """The condition that the person of a case, joined, has given a name."""
    return or_(Person.last_name != "", Person.first_names != "")


def lent() -> ColumnElement[bool]:
    """The condition that a case has a loan that was paid out and not withdrawn from."""
    return (
        select(Loan.id)
        .where(
            Loan.case_id == Case.id, Loan.disbursed_on <= TODAY, Loan.withdrawn_on.is_(None)
        )
        .exists()
    )  # fmt: skip


def oriented(session: Session, today: date) -> list[Oriented]:
    """The orientations of identified requests that led to no loan, by target and result."""
    rows = session.execute(_orientations(), {TODAY.key: today})
    return [
        Oriented(int(row.year), row.opening_code, row.target, row.obtained, row[-2], int(row.cents))
        for row in rows
    ]


@cache
def _orientations() -> AnySelect:
    obtained = func.coalesce(Orientation.result == OrientationResult.OBTAINED.value, False)
    columns = (
        extract("year", Case.opened_on).label("year"),
        Case.opening_code,
        Orientation.target,
        obtained.label("obtained"),
    )
    return (
        select(
            *columns,
            func.count().label("count"),
            func.coalesce(func.sum(Orientation.obtained_cents).filter(obtained), 0).label("cents"),
        )
        .select_from(Orientation)
        .join(Case, Case.id == Orientation.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(Case.opened_on <= TODAY, Orientation.proposed_on <= TODAY, ~lent(), named())
        .group_by(*columns)
    )


@dataclass(frozen=True)
class Frame:
    """The years and communes that every number of a page is laid out by."""

    years: list[int]
    communes: list[str]

    def tally(self, found: Iterable[Counted]) -> Tally:
        """How many there are in all, by year and by commune; zeros included."""
        by_year = dict.fromkeys(self.years, 0)
        by_commune = dict.fromkeys(self.communes, 0)
        for one in found:
            by_year[one.year] += one.count
            by_commune[one.commune] += one.count
        return Tally(sum(by_year.values()), by_year, by_commune)

    def sum(self, found: Iterable[Some], cents: Callable[[Some], int]) -> Tally:
        """How many cents there are in all, by year and by commune."""
        by_year = dict.fromkeys(self.years, 0)
        by_commune = dict.fromkeys(self.communes, 0)
        for one in found:
            value = cents(one)
            by_year[one.year] += value
            by_commune[one.commune] += value
        return Tally(sum(by_year.values()), by_year, by_commune)

    def cells(self, found: Iterable[Counted]) -> dict[tuple[int, str], int]:
        """How many there are by year and commune together."""
        cells: dict[tuple[int, str], int] = {}
        for one in found:
            key = (one.year, one.commune)
            cells[key] = cells.get(key, 0) + one.count
        return cells


def kept(found: Iterable[Some], test: Callable[[Some], bool]) -> list[Some]:
    """Those that pass a test."""
    return [one for one in found if test(one)]


def sorted_into(
    found: Iterable[Some], keys: Sequence[str], of: Callable[[Some], Iterable[str]]
) -> dict[str, list[Some]]:
    """Each under the keys that `of` gives it; every one of `keys` is there, empty or not."""
    into: dict[str, list[Some]] = {key: [] for key in keys}
    for one in found:
        for key in of(one):
            into[key].append(one)
    return into
