"""The life of a case in one table: which act leads from where to where. Nothing else changes a state.

The order and the exits are those of the trade (ARCHITECTURE, “The life of a case”). A refused
transition says in French where the case stands and why the act does not fit.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from microcredit.accounts.models import Account
from microcredit.cases import sealed
from microcredit.cases.codes import AT_BANK, CLOSED, Act, State
from microcredit.cases.models import Case, CaseEvent
from microcredit.kernel.clock import PARIS, business_date
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.web.formatting import clock_time, day

S, P = State, Permission


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    An empty `sources` means that the act creates the case; `target` None, that it stays where it is.
    """

    sources: frozenset[State]
    target: State | None
    permission: Permission


def _row(target: State | None, permission: Permission, *sources: State) -> Transition:
    return Transition(frozenset(sources), target, permission)


_EVERYWHERE = tuple(State)
_BEFORE_BANK = (S.CONTACT, S.APPOINTMENT, S.DIAGNOSIS, S.AWAITING_DOCUMENTS, S.READY)

TABLE: dict[Act, Transition] = {
    Act.OPEN_CONTACT: _row(S.CONTACT, P.OPEN_CONTACT),
    Act.NOTE_APPOINTMENT: _row(
        S.APPOINTMENT, P.NOTE_APPOINTMENT, S.CONTACT, S.APPOINTMENT, S.NO_SHOW_OR_WITHDRAWN
    ),
    # The diagnosis, until nothing lacks.
    Act.SAVE_DIAGNOSIS: _row(
        S.DIAGNOSIS, P.WRITE_DIAGNOSIS, S.APPOINTMENT, S.DIAGNOSIS, S.AWAITING_DOCUMENTS
    ),
    Act.AWAIT_DOCUMENTS: _row(S.AWAITING_DOCUMENTS, P.WRITE_DIAGNOSIS, S.DIAGNOSIS),
    Act.RECEIVE_DOCUMENTS: _row(S.DIAGNOSIS, P.WRITE_DIAGNOSIS, S.AWAITING_DOCUMENTS),
    Act.COMPLETE: _row(S.READY, P.WRITE_DIAGNOSIS, S.DIAGNOSIS),
    Act.CORRECT: _row(
        S.DIAGNOSIS, P.WRITE_DIAGNOSIS,
        S.READY, S.BANK_REFUSED, S.DECLINED, S.OFFER_LAPSED, S.WITHDRAWN,
    ),
    # The local committee, where there is one.
    Act.ASK_REVIEW: _row(S.LOCAL_REVIEW, P.WRITE_DIAGNOSIS, S.READY),
    Act.SUPPORT: _row(S.READY, P.REVIEW_CASE, S.LOCAL_REVIEW),
    Act.OBJECT: _row(S.DIAGNOSIS, P.REVIEW_CASE, S.LOCAL_REVIEW),
    Act.DECLINE: _row(
        S.DECLINED, P.DECLINE_CASE, S.DIAGNOSIS, S.AWAITING_DOCUMENTS, S.READY, S.LOCAL_REVIEW
    ),
    # The bank decides.
    Act.SEND_TO_BANK: _row(S.SENT_TO_BANK, P.SEND_TO_BANK, S.READY, S.BANK_REFUSED),
    Act.ASK_ITEMS: _row(S.BANK_INFO_REQUESTED, P.ANSWER_SUBMISSION, S.SENT_TO_BANK, S.ADJOURNED),
    Act.SEND_ITEMS: _row(S.SENT_TO_BANK, P.SEND_TO_BANK, S.BANK_INFO_REQUESTED),
    Act.ADJOURN: _row(S.ADJOURNED, P.ANSWER_SUBMISSION, S.SENT_TO_BANK, S.ADJOURNED),
    Act.GRANT: _row(S.APPROVED, P.ANSWER_SUBMISSION, S.SENT_TO_BANK, S.ADJOURNED),
    Act.COUNTER: _row(S.BANK_COUNTER_OFFER, P.ANSWER_SUBMISSION, S.SENT_TO_BANK, S.ADJOURNED),
    Act.REFUSE: _row(S.BANK_REFUSED, P.ANSWER_SUBMISSION, *AT_BANK),
    Act.ACCEPT_COUNTER: _row(S.APPROVED, P.SEND_TO_BANK, S.BANK_COUNTER_OFFER),
    Act.DECLINE_COUNTER: _row(S.READY, P.SEND_TO_BANK, S.BANK_COUNTER_OFFER),
    Act.RECALL: _row(S.READY, P.SEND_TO_BANK, *AT_BANK),
    # The loan.
    Act.SIGN_OFFER: _row(S.OFFER_SIGNED, P.WRITE_LOAN, S.APPROVED),
    Act.LAPSE_OFFER: _row(S.OFFER_LAPSED, P.WRITE_LOAN, S.APPROVED),
    Act.WITHDRAW: _row(S.WITHDRAWN, P.WRITE_LOAN, S.OFFER_SIGNED, S.DISBURSED),
    Act.DISBURSE: _row(S.DISBURSED, P.WRITE_LOAN, S.OFFER_SIGNED),
    Act.NOTE_REJECT: _row(None, P.WRITE_LOAN, S.DISBURSED),
    Act.NOTE_PAYMENT: _row(None, P.WRITE_LOAN, S.DISBURSED),
    Act.CHANGE_SCHEDULE: _row(None, P.WRITE_LOAN, S.DISBURSED),
    Act.SETTLE_EARLY: _row(None, P.WRITE_LOAN, S.DISBURSED),
    Act.CALL_GUARANTEE: _row(None, P.WRITE_LOAN, S.DISBURSED),
    Act.CLOSE_LOAN: _row(S.CLOSED, P.EVALUATE_LOAN, S.DISBURSED),
    # The ways out, and what goes on after them.
    Act.REDIRECT: _row(
        S.REDIRECTED, P.REDIRECT_CASE, *_BEFORE_BANK, S.LOCAL_REVIEW, S.BANK_REFUSED
    ),
    Act.CLOSE: _row(
        S.NO_SHOW_OR_WITHDRAWN, P.CLOSE_CASE, *_BEFORE_BANK, S.BANK_REFUSED, S.APPROVED
    ),
    Act.ORIENT: _row(None, P.REDIRECT_CASE, *_EVERYWHERE),
    Act.NOTE_RESULT: _row(None, P.REDIRECT_CASE, *_EVERYWHERE),
    Act.ADD_TASK: _row(None, P.WRITE_TASKS, *_EVERYWHERE),
    Act.FINISH_TASK: _row(None, P.WRITE_TASKS, *_EVERYWHERE),
}  # fmt: skip


#: Acts that leave the state but start its clock again: the bank named another day.
RESTARTS = frozenset({Act.ADJOURN})


class TransitionRefused(DomainError):
    """The act does not fit the state of the case."""


def acts_from(state: State) -> list[Act]:
    """The acts that the table allows from a state."""
    return [act for act, row in TABLE.items() if state in row.sources]


def check(case: Case, act: Act) -> None:
    """Raise TransitionRefused unless `act` fits the state of `case`; it says who did what last."""
    state = State(case.state)
    if state in TABLE[act].sources:
        return
    why = "il est clos" if state in CLOSED else f"il est dans l’état « {state.label} »"
    needed = " ou ".join(f"« {source.label} »" for source in State if source in TABLE[act].sources)
    raise TransitionRefused(
        f"Le dossier {case.number} ne permet pas cet acte : {why}. Il faudrait l’état {needed}."
        f"{_last_act(case)}"
    )


def _last_act(case: Case) -> str:
    """« Dernier acte : … », for who comes after somebody else; "" when the case is not in a session."""
    session = object_session(case)
    row = (
        session
        and session.execute(
            select(CaseEvent, Account.name)
            .join(Account, Account.id == CaseEvent.account_id)
            .where(CaseEvent.case_id == case.id)
            .order_by(CaseEvent.id.desc())
            .limit(1)
        ).one_or_none()
    )
    if not row:
        return ""
    event, who = row
    at = clock_time(event.at.astimezone(PARIS).time())
    return f" Dernier acte : « {Act(event.act).label} », par {who}, le {day(event.on_date)} à {at}."


def move(
    session: Session,
    case: Case,
    act: Act,
    account_id: int,
    *,
    reason: str = "",
    note: str = "",
    words: str = "",
) -> None:
    """Apply `act` to a locked case: its state, its clock, its timeline. Raises TransitionRefused.

    `note` is made by the product; `words`, typed by a person, are sealed.
    """
    check(case, act)
    _apply(session, case, act, account_id, case.state, reason=reason, note=note, words=words)


def place_new(case: Case, today: date) -> None:
    """Put a case that is being created in its first state."""
    _put(case, str(S.CONTACT.value), today)


def begin(session: Session, case: Case, account_id: int, *, note: str = "") -> None:
    """Write the first event of a case that has just been created."""
    _apply(session, case, Act.OPEN_CONTACT, account_id, None, reason="", note=note, words="")


def _apply(
    session: Session, case: Case, act: Act, account_id: int, source: str | None,
    *, reason: str, note: str, words: str,
) -> None:  # fmt: skip
    today, target = business_date(session), TABLE[act].target
    reached = case.state if target is None else str(target.value)
    session.add(
        CaseEvent(
            case_id=case.id, act=act.value, from_state=source, to_state=reached, on_date=today,
            account_id=account_id, reason=reason, note=note,
            words=sealed.close(session, case.id, "words", words),
        )
    )  # fmt: skip
    if reached != case.state or act in RESTARTS:
        _put(case, reached, today)
    case.version += 1
    session.flush()


def _put(case: Case, state: str, today: date) -> None:
    """The one place where a state is written."""
    case.state, case.state_since = state, today
