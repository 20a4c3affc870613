"""The whole life of a case as the few steps that its page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from microcredit.cases.codes import CLOSED, State

S = State

STEPS = ("Contact", "Rendez-vous", "Diagnostic", "Banque", "Accord", "Prêt", "Bilan")

#: The step that each state belongs to; the ways out belong to none.
PLACE: dict[State, int] = {
    S.CONTACT: 1, S.APPOINTMENT: 2, S.DIAGNOSIS: 3, S.AWAITING_DOCUMENTS: 3, S.READY: 3,
    S.LOCAL_REVIEW: 3, S.SENT_TO_BANK: 4, S.BANK_INFO_REQUESTED: 4, S.ADJOURNED: 4,
    S.BANK_COUNTER_OFFER: 4, S.BANK_REFUSED: 4, S.APPROVED: 5, S.OFFER_SIGNED: 5,
    S.DISBURSED: 6, S.CLOSED: 7,
}  # fmt: skip


class Entry(Protocol):
    """What the steps read of an event."""

    @property
    def entered(self) -> State | None:
        """The state that the act led to, None when it changed nothing."""

    @property
    def on_date(self) -> date:
        """The business date of the act."""


@dataclass(frozen=True)
class Step:
    """One step: done, where the case stands, or to come; with the day on which it was first reached."""

    label: str
    done: bool
    now: bool
    since: date | None


def steps(state: State, newest_first: Sequence[Entry]) -> list[Step]:
    """The steps of a case. A case on a way out has no present step, and keeps those it went through."""
    first: dict[int, date] = {}
    for event in newest_first:
        if event.entered in PLACE:
            first[PLACE[event.entered]] = event.on_date
    ended = state in CLOSED
    reached = max(first, default=0) if ended else PLACE[state]
    return [
        Step(
            label,
            done=at in first and at <= reached if ended else at < reached,
            now=not ended and at == reached,
            since=first.get(at) if at <= reached else None,
        )
        for at, label in enumerate(STEPS, 1)
    ]
