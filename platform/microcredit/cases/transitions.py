"""The life of a case in one table: which act leads from where to where. Nothing else changes a state.

The order and the exits are those of the trade (ARCHITECTURE, “The life of a case”). A refused
transition says in French where the case stands and why the act does not fit.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from microcredit.cases.codes import CLOSED, Act, State
from microcredit.cases.models import Case, CaseEvent
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission

S = State


@dataclass(frozen=True)
class Transition:
    """One row of the table. An empty `sources` means that the act creates the case."""

    sources: frozenset[State]
    target: State
    permission: Permission


TABLE: dict[Act, Transition] = {
    Act.OPEN_CONTACT: Transition(frozenset(), S.CONTACT, Permission.OPEN_CONTACT),
    Act.NOTE_APPOINTMENT: Transition(
        frozenset({S.CONTACT, S.APPOINTMENT, S.NO_SHOW_OR_WITHDRAWN}),
        S.APPOINTMENT,
        Permission.NOTE_APPOINTMENT,
    ),
    Act.SAVE_DIAGNOSIS: Transition(
        frozenset({S.APPOINTMENT, S.DIAGNOSIS}), S.DIAGNOSIS, Permission.WRITE_DIAGNOSIS
    ),
    Act.COMPLETE: Transition(frozenset({S.DIAGNOSIS}), S.READY, Permission.WRITE_DIAGNOSIS),
    Act.CORRECT: Transition(
        frozenset({S.READY, S.BANK_REFUSED}), S.DIAGNOSIS, Permission.WRITE_DIAGNOSIS
    ),
    Act.SEND_TO_BANK: Transition(frozenset({S.READY}), S.SENT_TO_BANK, Permission.SEND_TO_BANK),
    Act.GRANT: Transition(frozenset({S.SENT_TO_BANK}), S.APPROVED, Permission.ANSWER_SUBMISSION),
    Act.REFUSE: Transition(
        frozenset({S.SENT_TO_BANK}), S.BANK_REFUSED, Permission.ANSWER_SUBMISSION
    ),
    Act.REDIRECT: Transition(
        frozenset({S.CONTACT, S.APPOINTMENT, S.DIAGNOSIS, S.READY, S.BANK_REFUSED}),
        S.REDIRECTED,
        Permission.REDIRECT_CASE,
    ),
    Act.CLOSE: Transition(
        frozenset({S.CONTACT, S.APPOINTMENT, S.DIAGNOSIS, S.READY, S.APPROVED}),
        S.NO_SHOW_OR_WITHDRAWN,
        Permission.CLOSE_CASE,
    ),
}


class TransitionRefused(DomainError):
    """The act does not fit the state of the case."""


def acts_from(state: State) -> list[Act]:
    """The acts that the table allows from a state."""
    return [act for act, row in TABLE.items() if state in row.sources]


def check(case: Case, act: Act) -> None:
    """Raise TransitionRefused unless `act` fits the state of `case`."""
    state = State(case.state)
    if state in TABLE[act].sources:
        return
    why = "il est clos" if state in CLOSED else f"il est dans l’état « {state.label} »"
    needed = " ou ".join(f"« {source.label} »" for source in State if source in TABLE[act].sources)
    raise TransitionRefused(
        f"Le dossier {case.number} ne permet pas cet acte : {why}. Il faudrait l’état {needed}."
    )


def move(
    session: Session, case: Case, act: Act, account_id: int, *, reason: str = "", note: str = ""
) -> None:
    """Apply `act` to a locked case: its state, its clock, its timeline. Raises TransitionRefused."""
    check(case, act)
    _apply(session, case, act, account_id, case.state, reason=reason, note=note)


def begin(session: Session, case: Case, account_id: int, *, note: str = "") -> None:
    """Write the first event of a case that has just been created."""
    _apply(session, case, Act.OPEN_CONTACT, account_id, None, reason="", note=note)


def _apply(
    session: Session, case: Case, act: Act, account_id: int, source: str | None,
    *, reason: str, note: str,
) -> None:  # fmt: skip
    today, target = business_date(session), TABLE[act].target.value
    session.add(
        CaseEvent(
            case_id=case.id, act=act.value, from_state=source, to_state=target, on_date=today,
            account_id=account_id, reason=reason, note=note,
        )
    )  # fmt: skip
    if target != case.state:
        case.state, case.state_since = target, today
    case.version += 1
    session.flush()
