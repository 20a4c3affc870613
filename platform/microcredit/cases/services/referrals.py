"""Following one's own referrals: who, when, in plain words, the next appointment. Nothing else.

What is not in these rows cannot reach a page or a file of a prescriber: no amount, no motive, no
reason, no note, no date of the loan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from microcredit.accounts.models import Account, Membership
from microcredit.cases.codes import State
from microcredit.cases.models import Case, CaseEvent
from microcredit.cases.referral_codes import OUTCOMES, PROGRESS, Progress
from microcredit.cases.referral_schemas import ReferralFilters
from microcredit.cases.services.find import get, within
from microcredit.cases.services.meetings import holding_meetings
from microcredit.groupings.models import Commune, Organisation
from microcredit.kernel import audit, keyset
from microcredit.kernel.clock import business_date
from microcredit.kernel.database import holds_on
from microcredit.kernel.keyset import AnyRow, AnySelect, Keyset
from microcredit.kernel.permissions import Permission, Role
from microcredit.kernel.tenancy import Identity
from microcredit.people.models import Person
from microcredit.people.services import full_name, named_like, words


@dataclass(frozen=True)
class Appointment:
    """When and where the person is received next."""

    on_date: date
    at_time: time
    place: str


@dataclass(frozen=True)
class ReferralRow:
    """One person whom somebody referred, with all that she may know of it."""

    number: str
    civility: str
    last_name: str
    first_names: str
    birth_date: date | None
    commune: str
    referred_on: date
    progress: Progress
    since: date
    meeting: Appointment | None

    @property
    def name(self) -> str:
        """« Mme Sandrine Lenoir »."""
        return full_name(self.civility, self.first_names, self.last_name)

    @property
    def outcome(self) -> Progress | None:
        """What came of it; None while it goes on."""
        return self.progress if self.progress in OUTCOMES else None


@dataclass(frozen=True)
class Referrals:
    """One page of one's referrals, newest first, and how many there are."""

    rows: list[ReferralRow]
    count: int
    before: str
    after: str
    today: date


@dataclass(frozen=True)
class ReferralPage:
    """One referral, and the case workers to call: (name, organisation)."""

    row: ReferralRow
    contacts: list[tuple[str, str]]
    today: date


def my_referrals(
    session: Session, identity: Identity, filters: ReferralFilters, typed: str
) -> Referrals:
    """One's own referrals, those of a name when words were typed. Names shown are logged by number."""
    mine = within(identity, Permission.READ_REFERRALS)
    if typed:
        mine = and_(mine, *(named_like(typed, Case.person_id) if words(typed) else [Case.id < 0]))
    count = session.scalar(select(func.count()).select_from(Case).where(mine))
    order = Keyset(Case.id.expression, Case.id.expression, "id", "id", descending=True)
    today = business_date(session)
    page = keyset.fetch(session, _columns().where(mine), order, filters.page)
    rows = _rows(session, page.rows, today)
    act = "search" if typed else "list"
    audit.record(session, act, "referrals", shown=" ".join(row.number for row in rows))
    return Referrals(rows, count or 0, page.before, page.after, today)


def read_referral(session: Session, identity: Identity, number: str) -> ReferralPage:
    """One of one's own referrals. Raises NotFound."""
    case = get(session, identity, number, Permission.READ_REFERRALS)
    today = business_date(session)
    found = session.execute(_columns().where(Case.id == case.id)).all()
    page = ReferralPage(_rows(session, found, today)[0], _contacts(session, today), today)
    audit.record(session, "read_referral", f"case:{case.number}")
    return page


def all_referrals(session: Session, identity: Identity) -> list[ReferralRow]:
    """Every one of one's own referrals, oldest first, to be exported."""
    mine = within(identity, Permission.READ_REFERRALS)
    found = session.execute(_columns().where(mine).order_by(Case.id)).all()
    rows = _rows(session, found, business_date(session))
    audit.record(session, "export", "referrals", shown=" ".join(row.number for row in rows))
    return rows


def _columns() -> AnySelect:
    holding = holding_meetings()
    return (
        select(
            Case.id, Case.number, Case.state, Case.opened_on,
            Person.civility, Person.last_name, Person.first_names, Person.birth_date,
            Commune.name.label("commune"),
            holding.c.on_date, holding.c.at_time, Organisation.name.label("place"),
        )
        .join(Commune, Commune.code == Case.residence_code)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(holding, holding.c.case_id == Case.id)
        .outerjoin(Organisation, Organisation.id == holding.c.place_id)
    )  # fmt: skip


def _rows(session: Session, found: Sequence[AnyRow], today: date) -> list[ReferralRow]:
    since = _since(session, found)
    return [
        ReferralRow(
            number=row.number,
            civility=row.civility,
            last_name=row.last_name,
            first_names=row.first_names,
            birth_date=row.birth_date,
            commune=row.commune,
            referred_on=row.opened_on,
            progress=PROGRESS[State(row.state)],
            since=since.get(row.id, row.opened_on),
            meeting=_meeting(row, today),
        )
        for row in found
    ]


def _since(session: Session, found: Sequence[AnyRow]) -> dict[int, date]:
    """Case id → the day from which its plain word holds: steps within a word are not told."""
    events = session.execute(
        select(CaseEvent.case_id, CaseEvent.from_state, CaseEvent.to_state, CaseEvent.on_date)
        .where(
            CaseEvent.case_id.in_([row.id for row in found]),
            CaseEvent.from_state.is_distinct_from(CaseEvent.to_state),
        )
        .order_by(CaseEvent.id)
    )
    return dict(_changes(events))


def _changes(events: Iterable[AnyRow]) -> Iterable[tuple[int, date]]:
    """(case id, day) of every event that changes the plain word, in order."""
    for event in events:
        before = PROGRESS[State(event.from_state)] if event.from_state else None
        if PROGRESS[State(event.to_state)] is not before:
            yield event.case_id, event.on_date


def _meeting(row: AnyRow, today: date) -> Appointment | None:
    """The appointment to come of somebody who waits for one."""
    waits = row.state == State.APPOINTMENT.value and row.on_date is not None
    if not waits or row.on_date < today:
        return None
    return Appointment(row.on_date, row.at_time, row.place)


def _contacts(session: Session, today: date) -> list[tuple[str, str]]:
    """The case workers of the day, with their organisations."""
    rows = session.execute(
        select(Account.name, Organisation.name.label("organisation"))
        .join(Membership, Membership.account_id == Account.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.role == str(Role.CASE_WORKER.value),
            holds_on(Membership, today),
            Account.disabled_at.is_(None),
        )
        .order_by(Account.name)
        .limit(5)
    )
    return [(row.name, row.organisation) for row in rows]
