"""One case as its page shows it; every reading of a named case is logged."""

from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.accounts.models import Account
from microcredit.cases import sealed
from microcredit.cases.codes import (
    CLOSED,
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
from microcredit.cases.services.indicators import Indicators, indicators_of
from microcredit.cases.services.tasks import OF_A_LOAN, TaskRow, follower_of, tasks_of
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

#: Acts on a loan that runs: they say how it goes, to those who may know it.
LOAN_RUNS = frozenset(
    {
        Act.NOTE_REJECT,
        Act.NOTE_PAYMENT,
        Act.CHANGE_SCHEDULE,
        Act.SETTLE_EARLY,
        Act.CALL_GUARANTEE,
    }
)

#: What one must be allowed to see besides the act: READ_IDENTITY unless it is said here.
NEEDED: dict[Act, Permission] = {
    **dict.fromkeys(
        (Act.SIGN_OFFER, Act.WITHDRAW, Act.DISBURSE, Act.CLOSE_LOAN, *LOAN_RUNS),
        Permission.READ_LOANS,
    ),
    **dict.fromkeys(
        (Act.SUPPORT, Act.OBJECT, Act.DECLINE, Act.REDIRECT, Act.ASK_ITEMS, Act.SEND_ITEMS,
         Act.ADJOURN, Act.GRANT, Act.COUNTER, Act.ACCEPT_COUNTER, Act.DECLINE_COUNTER, Act.REFUSE),
        Permission.READ_BUDGET,
    ),
}  # fmt: skip

#: Words that those read who receive the person, whoever may read opinions.
FOR_THE_DESK = frozenset({Act.AWAIT_DOCUMENTS, Act.ADD_TASK, Act.FINISH_TASK})

#: The notes of tasks that tell how a loan goes.
TELLING = frozenset(kind.label for kind in OF_A_LOAN)


@dataclass(frozen=True)
class Event:
    """One act of the timeline, with as much as its reader may know."""

    act: Act
    to_state: State
    entered: State | None
    on_date: date
    who: str
    reason: str
    note: str
    words: str


@dataclass(frozen=True)
class Meeting:
    """The appointment that holds; `holder` took it over from somebody who left."""

    on_date: date
    at_time: time
    place: str
    holder: str | None


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
    tasks: list[TaskRow]
    follower: str
    indicators: Indicators | None

    @property
    def awaited(self) -> Event | None:
        """The papers that were asked for, while they are awaited."""
        waiting = self.state is State.AWAITING_DOCUMENTS
        return self._last(Act.AWAIT_DOCUMENTS) if waiting else None

    @property
    def committee(self) -> Event | None:
        """The last opinion of the local committee."""
        return self._last(Act.SUPPORT, Act.OBJECT)

    @property
    def way_out(self) -> Event | None:
        """The act that closed a closed case."""
        if self.state not in CLOSED:
            return None
        return next((one for one in self.events if one.entered is self.state), None)

    def _last(self, *acts: Act) -> Event | None:
        return next((one for one in self.events if one.act in acts), None)

    @property
    def late(self) -> bool:
        """Whether the case has been in its state for longer than its delay."""
        return self.limit is not None and self.days > self.limit


def read_case(session: Session, identity: Identity, number: str) -> CasePage:
    """The page of a case. Raises NotFound."""
    case = get(session, identity, number, Permission.LIST_CASES)
    today = business_date(session)
    found, budget = facts(session, case), identity.may(Permission.READ_BUDGET)
    page = CasePage(
        case=case,
        state=State(case.state),
        facts=found,
        events=events(session, identity, case),
        meeting=meeting_of(session, case),
        desk=session.scalars(
            select(Organisation.name).where(Organisation.id == case.desk_id)
        ).one(),
        communes=commune_names(session),
        lacking=missing(found),
        days=(today - case.state_since).days,
        limit=delays(session, today).get(case.state),
        today=today,
        tasks=tasks_of(session, identity, case),
        follower=follower_of(session, case),
        indicators=indicators_of(session, found) if budget and found.lines else None,
    )
    audit.record(session, "read", f"case:{case.number}")
    return page


def events(session: Session, identity: Identity, case: Case) -> list[Event]:
    """The timeline, newest first: every act, with as much of it as the reader may know.

    How a loan goes is known to those who may see loans alone.
    """
    rows = session.execute(
        select(CaseEvent, Account.name)
        .join(Account, Account.id == CaseEvent.account_id)
        .where(CaseEvent.case_id == case.id)
        .order_by(CaseEvent.id.desc())
    )
    loans = identity.may(Permission.READ_LOANS)
    return [
        _seen(session, identity, case, event, who)
        for event, who in rows
        if loans or Act(event.act) not in LOAN_RUNS
    ]


def _seen(session: Session, identity: Identity, case: Case, event: CaseEvent, who: str) -> Event:
    act = Act(event.act)
    noted = identity.may(NEEDED.get(act, Permission.READ_IDENTITY))
    if event.note in TELLING and not identity.may(Permission.READ_LOANS):
        noted = False
    desk = act in FOR_THE_DESK and identity.may(Permission.NOTE_APPOINTMENT)
    spoken = noted and (desk or identity.may(Permission.READ_OPINION))
    return Event(
        act,
        State(event.to_state),
        State(event.to_state) if event.from_state != event.to_state else None,
        event.on_date,
        who,
        _reason(event) if noted else "",
        event.note if noted else "",
        sealed.read(session, case.id, "words", event.words) if spoken else "",
    )


def meeting_of(session: Session, case: Case) -> Meeting | None:
    """The last appointment noted for a case."""
    row = session.execute(
        select(Appointment.on_date, Appointment.at_time, Organisation.name, Account.name)
        .join(Organisation, Organisation.id == Appointment.place_id)
        .outerjoin(Account, Account.id == Appointment.held_by)
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
