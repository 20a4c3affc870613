"""The acts that the page of a case offers: the next one as its one full button, the others beside it.

What is offered follows from the table of transitions; this module only gives acts their faces.
"""

from dataclasses import dataclass

from microcredit.cases.codes import Act, State
from microcredit.cases.transitions import TABLE
from microcredit.kernel.tenancy import Identity

A, S = Act, State


@dataclass(frozen=True)
class Face:
    """How an act is offered; a `direct` one is posted at once, the others open their form."""

    label: str
    endpoint: str
    icon: str
    direct: bool = False


FACES: dict[Act, Face] = {
    A.NOTE_APPOINTMENT: Face("Fixer un rendez-vous", "cases.appointment", "calendar"),
    A.SAVE_DIAGNOSIS: Face("Continuer le diagnostic", "cases.diagnosis", "pen"),
    A.COMPLETE: Face("Déclarer le dossier complet", "cases.mark_complete", "done", direct=True),
    A.CORRECT: Face("Corriger le diagnostic", "cases.reopen", "pen", direct=True),
    A.SEND_TO_BANK: Face("Transmettre à la banque", "submissions.send_case", "arrow"),
    A.REDIRECT: Face("Orienter et clore", "cases.orient", "turn"),
    A.CLOSE: Face("Classer sans suite", "cases.close", "cross"),
}
"""Acts that a case is offered; a bank's answers and the facts of a loan have their own pages."""

LABELS: dict[tuple[State, Act], str] = {
    (S.APPOINTMENT, A.NOTE_APPOINTMENT): "Déplacer le rendez-vous",
    (S.NO_SHOW_OR_WITHDRAWN, A.NOTE_APPOINTMENT): "Reprendre par un rendez-vous",
    (S.APPOINTMENT, A.SAVE_DIAGNOSIS): "Commencer l’entretien",
    (S.BANK_REFUSED, A.SEND_TO_BANK): "Présenter à une autre banque",
    (S.BANK_REFUSED, A.REDIRECT): "Orienter la personne",
    (S.DECLINED, A.CORRECT): "Reprendre le dossier",
    (S.OFFER_LAPSED, A.CORRECT): "Reprendre le dossier",
    (S.WITHDRAWN, A.CORRECT): "Reprendre le dossier",
}
"""What an act is called where its usual name would mislead."""

NEXT: dict[State, Act] = {
    S.CONTACT: A.NOTE_APPOINTMENT,
    S.APPOINTMENT: A.SAVE_DIAGNOSIS,
    S.NO_SHOW_OR_WITHDRAWN: A.NOTE_APPOINTMENT,
    S.DIAGNOSIS: A.COMPLETE,
    S.AWAITING_DOCUMENTS: A.RECEIVE_DOCUMENTS,
    S.READY: A.SEND_TO_BANK,
    S.LOCAL_REVIEW: A.SUPPORT,
    S.BANK_INFO_REQUESTED: A.SEND_ITEMS,
    S.BANK_REFUSED: A.REDIRECT,
    S.BANK_COUNTER_OFFER: A.ACCEPT_COUNTER,
    S.APPROVED: A.SIGN_OFFER,
    S.OFFER_SIGNED: A.DISBURSE,
    S.DISBURSED: A.NOTE_REJECT,
    S.DECLINED: A.CORRECT,
    S.OFFER_LAPSED: A.CORRECT,
    S.WITHDRAWN: A.CORRECT,
}
"""The act that a case in this state waits for; none where a bank has the next word, or nobody."""


@dataclass(frozen=True)
class Offered:
    """The next act, if it is this reader's, and the other acts that she may do."""

    first: Face | None
    others: list[Face]


def offered(identity: Identity, state: State, *, lacking: bool) -> Offered:
    """What the page of a case offers to a reader; `lacking`: the file is not complete yet."""
    possible = {
        act: _named(state, act)
        for act in FACES
        if state in TABLE[act].sources and identity.may(TABLE[act].permission)
    }
    if lacking:
        possible.pop(A.COMPLETE, None)
    wanted = NEXT.get(state)
    if wanted is A.COMPLETE and lacking:
        wanted = A.SAVE_DIAGNOSIS
    first = possible.pop(wanted, None) if wanted else None
    return Offered(first, list(possible.values()))


def _named(state: State, act: Act) -> Face:
    face = FACES[act]
    label = LABELS.get((state, act), face.label)
    return Face(label, face.endpoint, face.icon, face.direct)
