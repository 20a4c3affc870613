"""The acts that the page of a case offers: the next one as its one full button, the others beside it.

What is offered follows from the table of transitions; this module only gives acts their faces.
"""

from dataclasses import dataclass

from microcredit.cases.codes import Act, State, TaskKind
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
    A.AWAIT_DOCUMENTS: Face("Attendre des pièces", "cases.await_papers", "glass"),
    A.RECEIVE_DOCUMENTS: Face("Les pièces sont là", "cases.papers_came", "done", direct=True),
    A.ASK_REVIEW: Face("Demander l’avis local", "cases.ask_committee", "people", direct=True),
    A.SUPPORT: Face("Noter l’avis du comité", "cases.committee", "people"),
    A.SEND_TO_BANK: Face("Transmettre à la banque", "submissions.send_case", "arrow"),
    A.SEND_ITEMS: Face("Répondre à la banque", "submissions.items", "mail"),
    A.ACCEPT_COUNTER: Face("Noter le choix de la personne", "submissions.choice", "hand"),
    A.RECALL: Face("Retirer de la banque", "submissions.recall_case", "turn"),
    A.SIGN_OFFER: Face("Noter la signature de l’offre", "loans.sign", "pen"),
    A.DISBURSE: Face("Noter le versement", "loans.pay_out", "coin"),
    A.NOTE_REJECT: Face("Suivre le prêt", "loans.show", "coin"),
    A.WITHDRAW: Face("Noter une rétractation", "loans.withdrawal", "turn"),
    A.CLOSE_LOAN: Face("Faire le bilan et clore", "followups.evaluation", "done"),
    A.REDIRECT: Face("Orienter et clore", "cases.orient", "turn"),
    A.ORIENT: Face("Proposer une autre aide", "cases.propose_help", "turn"),
    A.DECLINE: Face("Ne pas présenter", "cases.decline_case", "half"),
    A.CLOSE: Face("Classer sans suite", "cases.close", "cross"),
    A.ADD_TASK: Face("Ajouter une tâche", "cases.new_task", "plus"),
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
class Wait:
    """What a case in a state waits for: before a person's name on a day of work, and alone on a list."""

    icon: str
    verb: str
    alone: str


WAITS: dict[State, Wait] = {
    S.CONTACT: Wait("calendar", "Fixer un rendez-vous à", "Fixer un rendez-vous"),
    S.APPOINTMENT: Wait("pen", "Noter la suite du rendez-vous de", "Recevoir la personne"),
    S.DIAGNOSIS: Wait("pen", "Terminer le diagnostic de", "Terminer le diagnostic"),
    S.AWAITING_DOCUMENTS: Wait("glass", "Demander les pièces à", "Demander les pièces"),
    S.READY: Wait("arrow", "Transmettre le dossier complet de", "Transmettre à la banque"),
    S.LOCAL_REVIEW: Wait("people", "Noter l’avis du comité pour", "Noter l’avis du comité"),
    S.SENT_TO_BANK: Wait("bank", "Relancer la banque pour", "Attendre la réponse"),
    S.BANK_INFO_REQUESTED: Wait("ask", "Répondre à la banque pour", "Répondre à la banque"),
    S.ADJOURNED: Wait("bank", "Demander sa décision à la banque pour", "Attendre la décision"),
    S.BANK_REFUSED: Wait("turn", "Orienter après le refus de la banque :", "Orienter la personne"),
    S.BANK_COUNTER_OFFER: Wait(
        "hand", "Recueillir le choix de", "Recueillir le choix de la personne"
    ),
    S.APPROVED: Wait("pen", "Faire signer l’offre à", "Faire signer l’offre"),
    S.OFFER_SIGNED: Wait("coin", "Noter le versement du prêt de", "Noter le versement"),
    S.DISBURSED: Wait("coin", "Suivre le prêt de", "Suivre le prêt"),
}
"""A closed case waits for nothing."""

TASK_ICONS: dict[TaskKind, str] = {
    TaskKind.CALL: "phone", TaskKind.FOLLOW_UP: "phone", TaskKind.PURCHASE_PROOF: "file",
    TaskKind.ORIENTATION_RESULT: "turn", TaskKind.EVALUATION: "done", TaskKind.OTHER: "clock",
}  # fmt: skip

TASK_VERBS: dict[TaskKind, str] = {
    TaskKind.CALL: "Appeler",
    TaskKind.FOLLOW_UP: "Prendre des nouvelles de",
    TaskKind.PURCHASE_PROOF: "Demander la preuve d’achat à",
    TaskKind.ORIENTATION_RESULT: "Demander ce qu’a donné l’orientation de",
    TaskKind.EVALUATION: "Faire le bilan du prêt de",
    TaskKind.OTHER: "",
}
"""What a task asks, before the person's name; one that was typed says it itself."""

REOPENS: dict[State, str] = {
    S.NO_SHOW_OR_WITHDRAWN: "Un nouveau rendez-vous le rouvre, rien n’est effacé.",
    S.DECLINED: "Ce n’est pas la banque qui a refusé. Si la situation change, le dossier peut être repris.",
    S.OFFER_LAPSED: "L’offre n’a pas été signée à temps. Le dossier peut être repris et transmis de nouveau.",
    S.WITHDRAWN: "La personne s’est rétractée, sans avoir à dire pourquoi. Le dossier peut être repris.",
    S.REDIRECTED: "La personne peut revenir : un nouveau premier contact ouvre un autre dossier.",
    S.CLOSED: "Le prêt est terminé et son bilan est fait.",
}
"""What can follow a way out."""


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
