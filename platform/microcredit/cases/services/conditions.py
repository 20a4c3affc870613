"""Which cases a list means: its view, its filters, what is late, whose move it is."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement, Subquery, and_, false, or_, select, true

from microcredit.cases.codes import AT_BANK, CLOSED, OPEN, State
from microcredit.cases.list_schemas import Filters, View
from microcredit.cases.models import Case
from microcredit.cases.services.find import within
from microcredit.kernel.permissions import Permission, Role
from microcredit.kernel.tenancy import Identity
from microcredit.people.services import named_like, words

S = State

#: A bank has the next word: the case is ours again only once the bank is late.
WITH_BANK = frozenset({S.SENT_TO_BANK, S.ADJOURNED})

#: In which states the next act is this role's.
CALLS_FOR: dict[Role, frozenset[State]] = {
    Role.CASE_WORKER: frozenset(OPEN) - {S.DISBURSED},
    Role.FRONT_DESK: frozenset({S.CONTACT}),
    Role.COORDINATOR: frozenset({S.LOCAL_REVIEW}),
    Role.CCAS_DIRECTOR: frozenset({S.LOCAL_REVIEW}),
}


_MAY_WAIT = frozenset(state.value for state in OPEN)


@dataclass(frozen=True)
class Clocks:
    """What makes a case late on a day: the delay of its state, or a day that was named."""

    today: date
    limits: dict[str, int]
    days: Subquery

    def late(self) -> ColumnElement[bool]:
        """The condition that a case is late."""
        return self._late

    @cached_property
    def _late(self) -> ColumnElement[bool]:
        waited = [
            and_(Case.state == state, Case.state_since < self.today - timedelta(limit))
            for state, limit in self.limits.items()
            if state in _MAY_WAIT
        ]
        passed = select(self.days.c.case_id).where(
            self.days.c.deadline, self.days.c.on_date < self.today
        )
        return or_(Case.id.in_(passed), *waited)


def in_states(*states: State) -> ColumnElement[bool]:
    """The condition that a case stands in one of some states."""
    return Case.state.in_([state.value for state in states])


def my_move(identity: Identity, clocks: Clocks) -> ColumnElement[bool]:
    """The condition that the next act is the role's own: a bank's silence counts once it is late."""
    mine = CALLS_FOR.get(identity.role, frozenset())
    ours, banks = mine - WITH_BANK, mine & WITH_BANK
    tests = [in_states(*ours)] if ours else []
    if banks:
        tests.append(and_(in_states(*banks), clocks.late()))
    return or_(*tests) if tests else false()


def in_view(view: View, identity: Identity, clocks: Clocks) -> ColumnElement[bool]:
    """The condition that a case belongs to a ready-made view."""
    match view:
        case View.OPEN:
            return in_states(*(state for state in OPEN if state is not S.DISBURSED))
        case View.MINE:
            return my_move(identity, clocks)
        case View.LATE:
            return clocks.late()
        case View.BANK:
            return in_states(*AT_BANK)
        case View.LOANS:
            return in_states(S.DISBURSED)
        case View.CLOSED:
            return in_states(*CLOSED)
        case View.ALL:
            return true()


def wanted(identity: Identity, filters: Filters, typed: str, clocks: Clocks) -> ColumnElement[bool]:
    """The cases within reach that a list means. Words that were typed look through every view."""
    tests = [within(identity, Permission.LIST_CASES)]
    if typed:
        tests.append(_found(typed, named=identity.may(Permission.READ_IDENTITY)))
    else:
        tests.append(in_view(View(filters.vue), identity, clocks))
    if filters.etat:
        tests.append(Case.state == filters.etat)
    if filters.commune:
        tests.append(Case.residence_code == filters.commune)
    if filters.motif:
        tests.append(Case.motive == filters.motif)
    if filters.accueil:
        tests.append(Case.desk_id == filters.accueil)
    return and_(*tests)


def _found(typed: str, *, named: bool) -> ColumnElement[bool]:
    number = typed.strip().upper()
    by_number = and_(Case.number >= number, Case.number < number + "\U0010ffff")
    if not named or not words(typed):
        return by_number
    return or_(by_number, and_(*named_like(typed, Case.person_id)))
