"""The trail in plain French: one sentence per act, said of the person who did it.

An act is found under « act:kind of subject », then under « act »; one that nobody has put in words
is shown by its code, so that nothing is ever hidden.
"""

from dataclasses import dataclass

from microcredit.kernel.codes import Labelled


class Nature(Labelled):
    """What sort of thing an event is: « nature »."""

    READING = "consultation", "Consultations d’un dossier"
    LIST = "liste", "Listes et recherches"
    ACT = "acte", "Actes sur un dossier"
    SIGN_IN = "connexion", "Connexions"
    ACCESS = "acces", "Accès et réglages"
    REFUSAL = "refus", "Refus"


@dataclass(frozen=True)
class Words:
    """An act's nature, and its sentence in the past: « a lu le dossier »."""

    nature: Nature
    sentence: str


_N = Nature
_SENTENCES: dict[Nature, dict[str, str]] = {
    _N.READING: {
        "read": "a lu le dossier",
        "read:copy": "a lu la copie adressée à sa banque",
        "read_referral": "a lu où en est son orientation",
        "read_loan": "a lu le prêt",
        "read_offer": "a lu l’offre de prêt à signer",
        "read_consultations": "a regardé qui a consulté le dossier",
        "preview_schedule": "a calculé un échéancier sans l’enregistrer",
        "print_schedule": "a imprimé l’échéancier",
    },
    _N.LIST: {
        "list": "a affiché une liste de dossiers",
        "list:referrals": "a affiché ses orientations",
        "search:referrals": "a cherché dans ses orientations",
        "export:referrals": "a exporté ses orientations",
        "list:copies": "a affiché les copies adressées à sa banque",
        "list:loans": "a affiché les prêts de sa commune",
        "list_loans": "a affiché une liste de prêts",
        "search": "a cherché un dossier",
    },
    _N.ACT: {
        "open_contact": "a noté un premier contact",
        "refer": "a orienté une personne",
        "note_appointment": "a fixé un rendez-vous",
        "save_diagnosis": "a enregistré le diagnostic",
        "await_documents": "a demandé des pièces",
        "receive_documents": "a noté que les pièces sont arrivées",
        "complete": "a déclaré le dossier complet",
        "correct": "a rouvert le diagnostic",
        "ask_review": "a demandé l’avis local",
        "give_review": "a noté l’avis local",
        "decline": "a décidé de ne pas présenter le dossier",
        "send_to_bank": "a transmis le dossier à la banque",
        "answer": "a répondu pour la banque",
        "send_items": "a répondu à la demande de la banque",
        "accept_counter": "a noté que la personne accepte l’offre modifiée",
        "decline_counter": "a noté que la personne refuse l’offre modifiée",
        "recall": "a retiré le dossier de la banque",
        "sign_offer": "a noté la signature de l’offre",
        "lapse_offer": "a noté que l’offre est périmée",
        "withdraw": "a noté la rétractation",
        "disburse": "a noté le versement du prêt",
        "note_reject": "a noté un prélèvement rejeté",
        "note_payment": "a noté un paiement",
        "change_schedule": "a changé l’échéancier",
        "settle_early": "a noté le solde anticipé",
        "call_guarantee": "a noté l’appel de la garantie",
        "close_loan": "a fait le bilan du prêt et l’a clos",
        "redirect": "a orienté la personne et clos le dossier",
        "close": "a classé le dossier sans suite",
        "orient": "a proposé une autre aide",
        "note_result": "a noté ce qu’a donné une aide",
        "add_task": "a ajouté une tâche",
        "finish_task": "a marqué une tâche faite",
    },
    _N.SIGN_IN: {
        "sign_in": "a ouvert une session",
        "sign_out": "a fermé sa session",
        "put_on_hat": "a changé de casquette",
        "prove_factor": "a prouvé que c’est bien elle ou lui",
        "prove_password": "a redonné son mot de passe",
        "use_recovery_code": "s’est servi d’un code de secours",
        "replace_recovery_codes": "a demandé de nouveaux codes de secours",
        "add_factor": "a ajouté une deuxième preuve à la connexion",
        "remove_factor": "a retiré une deuxième preuve à la connexion",
        "end_sessions": "a fermé des sessions ouvertes ailleurs",
        "change_password": "a changé son mot de passe",
        "ask_reset": "a demandé un nouveau mot de passe",
        "reset_password": "a choisi un nouveau mot de passe",
        "link_identity": "a relié son propre service de connexion",
        "arrive_by_rule": "a reçu un accès par son propre service de connexion",
    },
    _N.ACCESS: {
        "read:accounts": "a regardé qui a accès à quoi",
        "read:accesses": "a regardé qui a accès à un organisme",
        "read_trail": "a lu le journal",
        "export:trail": "a exporté le journal",
        "keep_view": "a gardé une vue de la liste",
        "forget_view": "a retiré une vue de la liste",
        "advance_demo": "a avancé la date de la démonstration",
        "invite": "a invité quelqu’un",
        "renew_invitation": "a renvoyé une invitation",
        "revoke_invitation": "a annulé une invitation",
        "accept_invitation": "a accepté une invitation",
        "confirm_invitation": "a confirmé un accès",
        "end_membership": "a mis fin à un accès",
        "set_manager": "a changé qui gère les accès d’un organisme",
        "name_manager": "a confié les accès d’un organisme à quelqu’un",
        "unname_manager": "a retiré à quelqu’un les accès d’un organisme",
        "hand_over": "a remis le travail de quelqu’un à une autre personne",
        "review_accesses": "a revu tous les accès d’un organisme",
        "dismiss_request": "a écarté une demande d’accès",
        "retire_unused": "a fermé un compte resté sans usage",
        "save_provider": "a enregistré un service de connexion",
        "start_provider": "a ouvert un service de connexion",
        "prove_by_provider": "a confirmé son identité par un service de connexion",
        "stop_provider": "a fermé un service de connexion",
        "accept_arrival": "a accepté quelqu’un venu par un service de connexion",
        "refuse_arrival": "a refusé quelqu’un venu par un service de connexion",
    },
    _N.REFUSAL: {
        "refused": "une page ou un acte qui ne lui est pas ouvert",
        "refused:sign_in": "connexion : mot de passe ou adresse inconnus",
        "refused:sso": "connexion par un service de connexion",
        "refused:sign_in.limit": "connexion : trop d’essais",
        "refused:sign_in.no_membership": "connexion : aucun accès en cours",
    },
}

#: Every act that has words, by « act » or « act:kind ».
ACTS = {
    act: Words(nature, sentence)
    for nature, sentences in _SENTENCES.items()
    for act, sentence in sentences.items()
}


def in_words(act: str, subject: str) -> Words:
    """The words of an act on a subject; its bare code where there are none."""
    if act.startswith("refused:"):
        common = "refused:sso" if act.startswith("refused:sso.") else "refused"
        return ACTS.get(act) or ACTS[common]
    found = ACTS.get(f"{act}:{subject.partition(':')[0]}") or ACTS.get(act)
    return found or Words(Nature.ACT, act)


def acts_of(nature: Nature) -> list[tuple[str, str]]:
    """(act, kind of its subject or "") of everything of a nature, as the trail writes them."""
    return [
        (act, kind)
        for act, _, kind in (name.partition(":") for name in _SENTENCES[nature])
        if act != "refused"
    ]


def kinds_elsewhere(nature: Nature, act: str) -> list[str]:
    """The kinds of subject for which an act is of another nature: to read accesses is not to read a case."""
    split = [(name.partition(":"), words.nature) for name, words in ACTS.items()]
    return [kind for (one, _, kind), other in split if one == act and kind and other is not nature]
