"""The words of a loan: postings, their sources, states of an instalment, standing of the loan."""

from microcredit.kernel.codes import Labelled


class PostingKind(Labelled):
    """What is known to have happened to an instalment or to the whole loan: « écriture »."""

    PAID = "paid", "Payée"
    REJECTED = "rejected", "Rejetée"
    SETTLED_EARLY = "settled_early", "Solde anticipé"
    GUARANTEE_CALLED = "guarantee_called", "Garantie appelée"


#: What is said of the whole loan, and of no instalment.
OF_THE_LOAN = frozenset({PostingKind.SETTLED_EARLY, PostingKind.GUARANTEE_CALLED})


class Source(Labelled):
    """Who says so: « source ». `PRESUMED` is computed and never stored."""

    BANK = "bank", "confirmé par la banque"
    PERSON = "person", "déclaré par la personne"
    PRESUMED = "presumed", "présumé"


class InstalmentState(Labelled):
    """Where an instalment stands on a day: « état de l’échéance »."""

    UPCOMING = "upcoming", "à venir"
    AWAITED = "awaited", "prélèvement en cours"
    PAID = "paid", "payée"
    UNPAID = "unpaid", "impayée"


class Standing(Labelled):
    """Where a loan stands on a day: « situation du prêt »."""

    ON_TIME = "on_time", "À jour"
    LATE = "late", "Un impayé"
    IN_ARREARS = "in_arrears", "Incident"
    SETTLED = "settled", "Soldé"
    SETTLED_EARLY = "settled_early", "Soldé par anticipation"
    GUARANTEE_CALLED = "guarantee_called", "Garantie appelée"


class PayeeKind(Labelled):
    """To whom the bank pays the money of the loan: « destinataire des fonds »."""

    SUPPLIER = "supplier", "Le vendeur ou le prestataire"
    BORROWER = "borrower", "La personne elle-même"


class ScheduleReason(Labelled):
    """Why a loan has this schedule from a day on: « raison de l’échéancier »."""

    FIRST = "first", "Échéancier du contrat"
    POSTPONED = "postponed", "Échéances reportées"
    RESCHEDULED = "rescheduled", "Prêt réaménagé"
    ACCELERATED = "accelerated", "Déchéance du terme"


class LoanPhase(Labelled):
    """Where an offer or a loan is, for lists: the standing of a running loan, and what comes around it."""

    TO_SIGN = "to_sign", "Offre à signer"
    TO_PAY = "to_pay", "Offre signée, à verser"
    WITHDRAWN = "withdrawn", "Rétractée"
    ON_TIME = Standing.ON_TIME.value, Standing.ON_TIME.label
    LATE = Standing.LATE.value, Standing.LATE.label
    IN_ARREARS = Standing.IN_ARREARS.value, Standing.IN_ARREARS.label
    SETTLED = Standing.SETTLED.value, Standing.SETTLED.label
    SETTLED_EARLY = Standing.SETTLED_EARLY.value, Standing.SETTLED_EARLY.label
    GUARANTEE_CALLED = Standing.GUARANTEE_CALLED.value, Standing.GUARANTEE_CALLED.label
