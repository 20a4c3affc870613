"""The list of cases: views, filters, search, sort, count, keyset pages."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from microcredit.cases.codes import CLOSED, OPEN, Motive, State
from microcredit.cases.models import Case
from microcredit.cases.schemas import Filters, Order, View
from microcredit.cases.services.find import within
from microcredit.governance.services import delays
from microcredit.groupings.models import Commune
from microcredit.kernel import audit, keyset
from microcredit.kernel.clock import business_date
from microcredit.kernel.keyset import AnyRow, AnySelect, Keyset
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.people.models import Person
from microcredit.people.services import full_name, named_like, words


@dataclass(frozen=True)
class CaseRow:
    """One line of a list of cases."""

    number: str
    name: str
    motive: Motive
    commune: str
    amount_cents: int
    state: State
    days: int
    limit: int | None

    @property
    def late(self) -> bool:
        """Whether it has been in its state for longer than its delay."""
        return self.limit is not None and self.days > self.limit

    @property
    def soon(self) -> bool:
        """Whether its delay ends within two days."""
        return not self.late and self.limit is not None and self.days >= self.limit - 2


@dataclass(frozen=True)
class Listing:
    """One page of the list, with how many cases match."""

    rows: list[CaseRow]
    count: int
    before: str
    after: str


def list_cases(session: Session, identity: Identity, filters: Filters, typed: str = "") -> Listing:
    """The cases within reach that match, one page of them. What is shown is logged, the words searched are not."""
    today = business_date(session)
    limits = delays(session, today)
    named = identity.may(Permission.READ_IDENTITY)
    wanted = _wanted(identity, filters, typed, limits, today, named=named)
    count = session.scalar(
        select(func.count())
        .select_from(Case)
        .outerjoin(Person, Person.id == Case.person_id)
        .where(wanted)
    )
    statement = _columns().where(wanted)
    page = keyset.fetch(session, statement, _order(filters, named=named), filters.page)
    rows = [_row(row, limits, today, named=named) for row in page.rows]
    act = "search" if typed else "list"
    audit.record(session, act, "cases", shown=" ".join(row.number for row in rows))
    return Listing(rows, count or 0, page.before, page.after)


def view_counts(session: Session, identity: Identity) -> dict[str, int]:
    """How many cases each ready-made view holds, in one statement."""
    today = business_date(session)
    limits = delays(session, today)
    columns = [func.count().filter(_in_view(view, limits, today)).label(view.name) for view in View]
    row = session.execute(select(*columns).where(within(identity, Permission.LIST_CASES))).one()
    return {view.value: row._mapping[view.name] for view in View}


def late(limits: dict[str, int], today: date) -> ColumnElement[bool]:
    """The condition that a case has been in its state for longer than its delay."""
    tests = [
        and_(Case.state == state, Case.state_since < date.fromordinal(today.toordinal() - days))
        for state, days in limits.items()
        if state in {one.value for one in OPEN}
    ]
    return or_(*tests) if tests else false()


def _in_view(view: View, limits: dict[str, int], today: date) -> ColumnElement[bool]:
    match view:
        case View.OPEN:
            return Case.state.in_([state.value for state in OPEN])
        case View.LATE:
            return late(limits, today)
        case View.BANK:
            return Case.state.in_([State.SENT_TO_BANK.value])
        case View.CLOSED:
            return Case.state.in_([state.value for state in CLOSED])
        case View.ALL:
            return true()


def _wanted(
    identity: Identity,
    filters: Filters,
    typed: str,
    limits: dict[str, int],
    today: date,
    *,
    named: bool,
) -> ColumnElement[bool]:
    tests = [within(identity, Permission.LIST_CASES)]
    if typed:
        tests.append(_found(typed, named=named))
    else:
        tests.append(_in_view(View(filters.vue), limits, today))
    if filters.etat:
        tests.append(Case.state == filters.etat)
    if filters.commune:
        tests.append(Case.residence_code == filters.commune)
    if filters.motif:
        tests.append(Case.motive == filters.motif)
    return and_(*tests)


def _found(typed: str, *, named: bool) -> ColumnElement[bool]:
    number = typed.strip().upper()
    by_number = and_(Case.number >= number, Case.number < number + "\U0010ffff")
    if not named or not words(typed):
        return by_number
    return or_(by_number, and_(*named_like(typed, Case.person_id)))


def _columns() -> AnySelect:
    return (
        select(
            Case.id, Case.number, Case.motive, Case.amount_cents, Case.state, Case.state_since,
            Commune.name.label("commune"),
            Person.civility, Person.first_names, Person.last_name,
            func.coalesce(Person.sort_name, "").label("sort_name"),
        )
        .join(Commune, Commune.code == Case.residence_code)
        .outerjoin(Person, Person.id == Case.person_id)
    )  # fmt: skip


def _order(filters: Filters, *, named: bool) -> Keyset:
    down = filters.sens == "desc"
    match filters.ordre:
        case Order.AMOUNT.value:
            return Keyset(
                Case.amount_cents.expression, Case.id.expression, "amount_cents", "id", down
            )
        case Order.NUMBER.value:
            return Keyset(Case.id.expression, Case.id.expression, "id", "id", down)
        case Order.NAME.value if named:
            key = func.coalesce(Person.sort_name, "")
            return Keyset(key, Case.id.expression, "sort_name", "id", down)
        case _:
            return Keyset(
                Case.state_since.expression, Case.id.expression, "state_since", "id", down
            )


def _row(row: AnyRow, limits: dict[str, int], today: date, *, named: bool) -> CaseRow:
    return CaseRow(
        number=row.number,
        name=full_name(row.civility or "", row.first_names or "", row.last_name or "")
        if named
        else "",
        motive=Motive(row.motive),
        commune=row.commune,
        amount_cents=row.amount_cents,
        state=State(row.state),
        days=(today - row.state_since).days,
        limit=limits.get(row.state),
    )
