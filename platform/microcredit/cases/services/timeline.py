"""One case as its page shows it; every reading of a named case is logged."""

from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.accounts.models import Account
from microcredit.cases import sealed
from microcredit.cases.codes import (
    Act,
    CloseReason,
    DeclineReason,
    RedirectReason,
    Review,
    State,
)
from microcredit.cases.models import Appointment, Case, CaseEvent
from microcredit.cases.services.diagnosis import Facts, facts, missing
from microcredit.cases.services.find import get
from microcredit.governance.services import delays
from microcredit.groupings.models import Organisation
from microcredit.groupings.services import commune_names
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.codes import Labelled
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity

#: The codes that the reason of an act is from; a bank's reasons are kept as words.
REASONS: dict[Act, type[Labelled]] = {
    Act.REDIRECT: RedirectReason,
    Act.CLOSE: CloseReason,
    Act.DECLINE: DeclineReason,
    Act.SUPPORT: Review,
    Act.OBJECT: Review,
}


@dataclass(frozen=True)
class Event:
    """One act of the timeline."""

    act: Act
    to_state: State
    on_date: date
    who: str
    reason: str
    note: str
    words: str


@dataclass(frozen=True)
class Meeting:
    """The appointment that holds."""

    on_date: date
    at_time: time
    place: str


@dataclass(frozen=True)
class CasePage:
    """All that the page of a case shows, before permissions hide what is not for the reader."""

    case: Case
    state: State
    facts: Facts
    events: list[Event]
    meeting: Meeting | None
    desk: str
    communes: dict[str, str]
    lacking: list[str]
    days: int
    limit: int | None
    today: date

    @property
    def late(self) -> bool:
        """Whether the case has been in its state for longer than its delay."""
        return self.limit is not None and self.days > self.limit


def read_case(session: Session, identity: Identity, number: str) -> CasePage:
    """The page of a case. Raises NotFound."""
    case = get(session, identity, number, Permission.LIST_CASES)
    today = business_date(session)
    found = facts(session, case)
    page = CasePage(
        case=case,
        state=State(case.state),
        facts=found,
        events=events(session, case),
        meeting=meeting_of(session, case),
        desk=session.scalars(
            select(Organisation.name).where(Organisation.id == case.desk_id)
        ).one(),
        communes=commune_names(session),
        lacking=missing(found),
        days=(today - case.state_since).days,
        limit=delays(session, today).get(case.state),
        today=today,
    )
    audit.record(session, "read", f"case:{case.number}")
    return page


def events(session: Session, case: Case) -> list[Event]:
    """The timeline, newest first."""
    rows = session.execute(
        select(CaseEvent, Account.name)
        .join(Account, Account.id == CaseEvent.account_id)
        .where(CaseEvent.case_id == case.id)
        .order_by(CaseEvent.id.desc())
    )
    return [
        Event(
            Act(event.act),
            State(event.to_state),
            event.on_date,
            who,
            _reason(event),
            event.note,
            sealed.read(session, case.id, "words", event.words),
        )
        for event, who in rows
    ]


def meeting_of(session: Session, case: Case) -> Meeting | None:
    """The last appointment noted for a case."""
    row = session.execute(
        select(Appointment.on_date, Appointment.at_time, Organisation.name)
        .join(Organisation, Organisation.id == Appointment.place_id)
        .where(Appointment.case_id == case.id)
        .order_by(Appointment.id.desc())
        .limit(1)
    ).one_or_none()
    return Meeting(*row) if row else None


def last_writer(session: Session, case_number: str) -> str:
    """Who last saved the diagnosis of a case, for the person whose own save came too late."""
    name = session.scalar(
        select(Account.name)
        .join(CaseEvent, CaseEvent.account_id == Account.id)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(Case.number == case_number)
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )
    return name or "Quelqu’un"


def _reason(event: CaseEvent) -> str:
    found = REASONS.get(Act(event.act))
    return found(event.reason).label if found and event.reason else event.reason
