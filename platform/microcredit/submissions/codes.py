"""What a bank answers, and why it refuses."""

from microcredit.kernel.codes import Labelled


class Answer(Labelled):
    """A bank's answer: « réponse »."""

    GRANTED = "granted", "Accord"
    REFUSED = "refused", "Refus"


class RefusalReason(Labelled):
    """Why a bank refuses, so that the CCAS can send the person on: « motif de refus »."""

    BUDGET = "rav_below_bank_threshold", "Reste à vivre sous le seuil de la banque"
    FICP = "ficp", "Inscription au FICP"
    FCC = "fcc", "Inscription au FCC"
    OVERINDEBTEDNESS = "surendettement_plan", "Plan de surendettement en cours"
    ACCOUNT_INCIDENTS = "account_incidents_3_months", "Incidents sur le compte depuis trois mois"
    DEBT_RATIO = "debt_ratio", "Endettement trop élevé"
    INCOME = "income_nature", "Ressources trop incertaines sur la durée du prêt"
    PROJECT = "project_not_covered", "Projet hors convention"
    AMOUNT = "amount_or_duration", "Montant ou durée"
    INCOMPLETE = "incomplete", "Dossier incomplet"
    OTHER = "unspecified", "Autre motif"
