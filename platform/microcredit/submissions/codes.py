"""What a bank answers, and why it refuses."""

from microcredit.kernel.codes import Labelled


class Answer(Labelled):
    """How a copy ended: « réponse ». A recalled one was taken back by the CCAS before any answer."""

    GRANTED = "granted", "Accord"
    COUNTER_OFFER = "counter_offer", "Accord modifié"
    REFUSED = "refused", "Refus"
    RECALLED = "recalled", "Retiré par le CCAS"


class Decision(Labelled):
    """What a bank can say of a copy that waits: « décision »."""

    GRANT = "grant", "Accord, comme demandé"
    COUNTER = "counter", "Accord, autrement"
    ADJOURN = "adjourn", "Décider plus tard"
    ASK_ITEMS = "ask_items", "Demander un complément"
    REFUSE = "refuse", "Refus"


class StepKind(Labelled):
    """What happened to a copy before its answer: « étape »."""

    ADJOURNED = "adjourned", "Décision ajournée"
    ITEMS_ASKED = "items_asked", "Complément demandé"
    ITEMS_SENT = "items_sent", "Complément envoyé"


class PersonChoice(Labelled):
    """What the person says of an offer other than hers: « choix de la personne »."""

    ACCEPTS = "accepts", "La personne accepte"
    DECLINES = "declines", "La personne refuse"


class RefusalReason(Labelled):
    """Why a bank refuses, so that the CCAS can send the person on: « motif de refus »."""

    BUDGET = "rav_below_bank_threshold", "Reste à vivre sous le seuil de la banque"
    FICP = "ficp", "Inscription au FICP"
    FCC = "fcc", "Inscription au FCC"
    OVERINDEBTEDNESS = "surendettement_plan", "Plan de surendettement en cours"
    ACCOUNT_INCIDENTS = "account_incidents_3_months", "Incidents sur le compte depuis trois mois"
    DEBT_RATIO = "debt_ratio", "Endettement trop élevé"
    AGE = "age_at_end", "Âge à la fin du prêt"
    INCOME = "income_nature", "Ressources trop incertaines sur la durée du prêt"
    NO_ACCOUNT = "no_account_in_bank", "Pas de compte dans la banque"
    PROJECT = "project_not_covered", "Projet hors convention"
    AMOUNT = "amount_or_duration", "Montant ou durée"
    INCOMPLETE = "incomplete", "Dossier incomplet"
    TERRITORY = "territory", "Hors du territoire de la banque"
    OTHER = "unspecified", "Autre motif"
