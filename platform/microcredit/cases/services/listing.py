"""The list of cases: views, filters, search, sort, count, keyset pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microcredit.cases.codes import Motive, State
from microcredit.cases.list_schemas import Filters, Order, View
from microcredit.cases.models import Case
from microcredit.cases.named_days import NamedDays, gathered
from microcredit.cases.services.conditions import Clocks, in_view, wanted
from microcredit.cases.services.find import within
from microcredit.cases.services.views import Kept, kept_views
from microcredit.governance.services import delays
from microcredit.groupings.models import Commune
from microcredit.groupings.services import commune_names, desks
from microcredit.kernel import audit, keyset
from microcredit.kernel.clock import business_date
from microcredit.kernel.keyset import AnyRow, AnySelect, Keyset
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.people.models import Person
from microcredit.people.services import full_name, is_young


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
    deadline: date | None
    late: bool
    young: bool = False

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


@dataclass(frozen=True)
class WorkList:
    """The list with all that stands around it: views with their counts, and choices of the filters."""

    listing: Listing
    counts: dict[str, int]
    kept: list[Kept]
    communes: dict[str, str]
    desks: dict[int, str]


def work_list(
    session: Session, identity: Identity, filters: Filters, typed: str, days: Iterable[NamedDays]
) -> WorkList:
    """The list that a page shows. What is shown is logged, the words searched are not."""
    clocks = clocks_of(session, days)
    kept = kept_views(session)
    counts = _counts(session, identity, clocks, kept)
    return WorkList(
        listing=_list(session, identity, filters, typed, clocks, counts),
        counts={view.value: counts[view.value] for view in View},
        kept=[view.holding(counts[str(view.id)]) for view in kept],
        communes=commune_names(session),
        desks=desks(session, clocks.today),
    )


def open_cases(
    session: Session, identity: Identity, page: str, days: Iterable[NamedDays]
) -> tuple[Listing, dict[str, int]]:
    """One page of the open cases within reach, and how many each ready-made view holds.

    What is shown is logged.
    """
    clocks = clocks_of(session, days)
    counts = _counts(session, identity, clocks, [])
    filters = Filters(vue=View.OPEN.value, page=page)
    return _list(session, identity, filters, "", clocks, counts), counts


def clocks_of(session: Session, days: Iterable[NamedDays]) -> Clocks:
    """What makes a case late today."""
    today = business_date(session)
    return Clocks(today, delays(session, today), gathered(days))


def _counts(
    session: Session, identity: Identity, clocks: Clocks, kept: list[Kept]
) -> dict[str, int]:
    conditions = {view.value: in_view(view, identity, clocks) for view in View}
    conditions.update({str(one.id): wanted(identity, one.filters, "", clocks) for one in kept})
    columns = [
        func.count().filter(condition).label(f"n{at}")
        for at, condition in enumerate(conditions.values())
    ]
    row = session.execute(select(*columns).where(within(identity, Permission.LIST_CASES))).one()
    return dict(zip(conditions, row, strict=True))


def _list(
    session: Session, identity: Identity, filters: Filters, typed: str, clocks: Clocks,
    counts: dict[str, int],
) -> Listing:  # fmt: skip
    named = identity.may(Permission.READ_IDENTITY)
    meant = wanted(identity, filters, typed, clocks)
    count: int | None
    if typed or filters.etat or filters.commune or filters.motif or filters.accueil:
        count = session.scalar(select(func.count()).select_from(Case).where(meant))
    else:
        count = counts[View(filters.vue).value]  # the view alone: counted already
    order = filters.ordre or (Order.NAME.value if typed and named else Order.SINCE.value)
    page = keyset.fetch(
        session,
        _columns(clocks).where(meant),
        _order(order, named=named, down=filters.sens == "desc"),
        filters.page,
    )
    rows = [_row(row, clocks, named=named) for row in page.rows]
    act = "search" if typed else "list"
    audit.record(session, act, "cases", shown=" ".join(row.number for row in rows))
    return Listing(rows, count or 0, page.before, page.after)


def _columns(clocks: Clocks) -> AnySelect:
    deadlines = clocks.days
    return (
        select(
            Case.id, Case.number, Case.motive, Case.amount_cents, Case.state, Case.state_since,
            Commune.name.label("commune"),
            Person.civility, Person.first_names, Person.last_name, Person.birth_date,
            func.coalesce(Person.sort_name, "").label("sort_name"),
            deadlines.c.on_date.label("deadline"),
            clocks.late().label("late"),
        )
        .join(Commune, Commune.code == Case.residence_code)
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(deadlines, (deadlines.c.case_id == Case.id) & deadlines.c.deadline)
    )  # fmt: skip


def _order(order: str, *, named: bool, down: bool) -> Keyset:
    last = Case.id.expression
    match order:
        case Order.AMOUNT.value:
            return Keyset(Case.amount_cents.expression, last, "amount_cents", "id", down)
        case Order.NUMBER.value:
            return Keyset(last, last, "id", "id", down)
        case Order.NAME.value if named:
            key = func.coalesce(Person.sort_name, "")
            return Keyset(key, last, "sort_name", "id", down)
        case _:
            return Keyset(Case.state_since.expression, last, "state_since", "id", down)


def _row(row: AnyRow, clocks: Clocks, *, named: bool) -> CaseRow:
    return CaseRow(
        number=row.number,
        name=full_name(row.civility or "", row.first_names or "", row.last_name or "")
        if named
        else "",
        motive=Motive(row.motive),
        commune=row.commune,
        amount_cents=row.amount_cents,
        state=State(row.state),
        days=(clocks.today - row.state_since).days,
        limit=clocks.limits.get(row.state),
        deadline=row.deadline,
        late=bool(row.late),
        young=named and is_young(row.birth_date, clocks.today),
    )
