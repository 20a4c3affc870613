"""The words of a case: states, acts, motives, reasons, tasks, with their French labels."""

from microcredit.kernel.codes import Labelled


class State(Labelled):
    """Where a case stands: « état »."""

    CONTACT = "contact", "Premier contact"
    REDIRECTED = "redirected", "Orienté vers une autre aide"
    APPOINTMENT = "appointment", "Rendez-vous fixé"
    NO_SHOW_OR_WITHDRAWN = "no_show_or_withdrawn", "Sans suite"
    DIAGNOSIS = "diagnosis", "Diagnostic en cours"
    AWAITING_DOCUMENTS = "awaiting_documents", "En attente de pièces"
    READY = "ready", "Dossier complet"
    LOCAL_REVIEW = "local_review", "Avis local demandé"
    DECLINED = "declined_by_case_worker", "Non présenté"
    SENT_TO_BANK = "sent_to_bank", "Transmis à la banque"
    BANK_INFO_REQUESTED = "bank_info_requested", "Complément demandé"
    ADJOURNED = "adjourned", "Décision ajournée"
    BANK_REFUSED = "bank_refused", "Refus de la banque"
    BANK_COUNTER_OFFER = "bank_counter_offer", "Accord modifié proposé"
    APPROVED = "approved", "Accord de la banque"
    OFFER_LAPSED = "offer_lapsed", "Offre périmée"
    OFFER_SIGNED = "offer_signed", "Offre signée"
    WITHDRAWN = "withdrawn_by_borrower", "Rétracté"
    DISBURSED = "disbursed", "Prêt en cours"
    CLOSED = "closed", "Prêt clos"


#: A closed case waits for nobody; some can be taken up again (see `transitions.TABLE`).
CLOSED = frozenset(
    {
        State.REDIRECTED,
        State.NO_SHOW_OR_WITHDRAWN,
        State.DECLINED,
        State.OFFER_LAPSED,
        State.WITHDRAWN,
        State.CLOSED,
    }
)
OPEN = tuple(state for state in State if state not in CLOSED)

#: A copy is at a bank, which has the next word.
AT_BANK = (State.SENT_TO_BANK, State.BANK_INFO_REQUESTED, State.ADJOURNED)


class Act(Labelled):
    """What can be done to a case: « acte »."""

    OPEN_CONTACT = "open_contact", "Premier contact"
    NOTE_APPOINTMENT = "note_appointment", "Rendez-vous fixé"
    SAVE_DIAGNOSIS = "save_diagnosis", "Diagnostic enregistré"
    AWAIT_DOCUMENTS = "await_documents", "Pièces demandées"
    RECEIVE_DOCUMENTS = "receive_documents", "Pièces reçues"
    COMPLETE = "complete", "Dossier déclaré complet"
    CORRECT = "correct", "Diagnostic rouvert"
    ASK_REVIEW = "ask_review", "Avis local demandé"
    SUPPORT = "support", "Avis local favorable"
    OBJECT = "object", "Avis local défavorable"
    DECLINE = "decline", "Dossier non présenté"
    SEND_TO_BANK = "send_to_bank", "Transmis à la banque"
    ASK_ITEMS = "ask_items", "Complément demandé par la banque"
    SEND_ITEMS = "send_items", "Complément envoyé à la banque"
    ADJOURN = "adjourn", "Décision ajournée par la banque"
    GRANT = "grant", "Accord de la banque"
    COUNTER = "counter", "Accord modifié proposé par la banque"
    ACCEPT_COUNTER = "accept_counter", "Accord modifié accepté par la personne"
    DECLINE_COUNTER = "decline_counter", "Accord modifié refusé par la personne"
    REFUSE = "refuse", "Refus de la banque"
    RECALL = "recall", "Dossier retiré de la banque"
    SIGN_OFFER = "sign_offer", "Offre signée"
    LAPSE_OFFER = "lapse_offer", "Offre périmée"
    WITHDRAW = "withdraw", "Rétractation"
    DISBURSE = "disburse", "Prêt versé"
    NOTE_REJECT = "note_reject", "Prélèvement rejeté"
    NOTE_PAYMENT = "note_payment", "Échéance payée"
    CHANGE_SCHEDULE = "change_schedule", "Nouvel échéancier"
    SETTLE_EARLY = "settle_early", "Solde anticipé"
    CALL_GUARANTEE = "call_guarantee", "Garantie appelée"
    CLOSE_LOAN = "close_loan", "Prêt clos et évalué"
    REDIRECT = "redirect", "Orientation vers une autre aide"
    CLOSE = "close", "Classé sans suite"
    ORIENT = "orient", "Orientation proposée"
    NOTE_RESULT = "note_result", "Résultat d’une orientation"
    ADD_TASK = "add_task", "Tâche ajoutée"
    FINISH_TASK = "finish_task", "Tâche faite"


class Channel(Labelled):
    """How somebody came: « canal »."""

    DESK = "desk", "Accueil du CCAS"
    PHONE = "phone", "Téléphone"
    OUTREACH = "outreach", "Permanence"
    MISSION_LOCALE = "mission_locale", "Mission locale"
    PARTNER = "partner", "Autre partenaire"
    WEB = "web", "Courriel ou site"


class Motive(Labelled):
    """What the loan is for, by the headings of the Fonds de cohésion sociale: « motif »."""

    MOBILITY = "employment_mobility", "Emploi et mobilité"
    HOUSING = "housing", "Logement"
    TRAINING = "education_training", "Éducation et formation"
    HEALTH = "health", "Santé"
    FAMILY = "family_social", "Famille, accident de la vie"
    OTHER = "other", "Autre projet"


class Purpose(Labelled):
    """What the money pays, finer than the motive: « objet »."""

    CAR = "car", "Achat de voiture"
    REPAIR = "repair", "Réparation, contrôle technique"
    LICENCE = "licence", "Permis de conduire"
    TWO_WHEELS = "two_wheels", "Deux-roues, vélo, voiturette"
    INSURANCE = "insurance", "Assurance, carte grise"
    WORK_TOOLS = "work_tools", "Matériel ou tenue de travail"
    APPLIANCES = "appliances", "Électroménager, meubles"
    MOVING = "moving", "Dépôt de garantie, déménagement"
    WORKS = "works", "Petits travaux, énergie"
    TRAINING_FEE = "training_fee", "Frais de formation, d’examen"
    STUDENT_TOOLS = "student_tools", "Matériel d’études"
    CARE = "care", "Soins, dentaire, optique, appareillage"
    FUNERAL = "funeral", "Obsèques"
    LIFE_EVENT = "life_event", "Naissance, séparation, visite"
    OTHER = "other", "Autre objet"


PURPOSES: dict[Motive, tuple[Purpose, ...]] = {
    Motive.MOBILITY: (
        Purpose.CAR, Purpose.REPAIR, Purpose.LICENCE, Purpose.TWO_WHEELS, Purpose.INSURANCE,
        Purpose.WORK_TOOLS, Purpose.OTHER,
    ),
    Motive.HOUSING: (Purpose.APPLIANCES, Purpose.MOVING, Purpose.WORKS, Purpose.OTHER),
    Motive.TRAINING: (Purpose.TRAINING_FEE, Purpose.STUDENT_TOOLS, Purpose.OTHER),
    Motive.HEALTH: (Purpose.CARE, Purpose.OTHER),
    Motive.FAMILY: (Purpose.FUNERAL, Purpose.LIFE_EVENT, Purpose.OTHER),
    Motive.OTHER: (Purpose.OTHER,),
}  # fmt: skip
"""The purposes that each motive has."""


class RedirectReason(Labelled):
    """Why microcredit is not the answer: « raison de l’orientation »."""

    BETTER_AID = "better_aid_exists", "Une aide convient mieux"
    OBJECT_EXCLUDED = "object_excluded", "Dettes, loyers ou factures à payer"
    NO_CAPACITY = "no_repayment_capacity", "Manifestement pas de quoi rembourser"
    RAV_TOO_LOW = "rav_too_low", "Reste à vivre trop bas"
    OVERINDEBTED = "overindebtedness", "Surendettement ou fichage"
    OUT_OF_RANGE = "amount_out_of_range", "Montant hors du dispositif"
    NOT_RESIDENT = "not_resident", "N’habite pas le territoire"
    CLASSIC_CREDIT = "classic_credit", "Un crédit ordinaire est possible"
    BANK_REFUSAL = "bank_refusal", "La banque a refusé"


class DeclineReason(Labelled):
    """Why a file is not shown to a bank: a person decides it, and says why: « raison de la non-présentation »."""

    RAV_TOO_LOW = "rav_too_low", "Reste à vivre trop bas"
    DEFICIT = "deficit_budget", "Budget en déficit"
    OVERINDEBTED = "overindebtedness", "Surendettement : la Banque de France d’abord"
    UNSTABLE = "unstable_income", "Ressources qui s’arrêtent avant la fin du prêt"
    NOT_VIABLE = "project_not_viable", "Projet pas viable : véhicule, prix, devis"
    MISSING_PAPERS = "missing_papers", "Pièces jamais reçues malgré les relances"
    NO_FOLLOW_UP = "refuses_accompaniment", "Ne souhaite pas d’accompagnement"


class CloseReason(Labelled):
    """Why nothing follows: « raison du classement »."""

    NO_SHOW = "no_show", "N’est pas venu au rendez-vous"
    CHANGED_MIND = "changed_mind", "Renonce à son projet"
    FOUND_OTHER = "found_other", "A trouvé une autre solution"
    PROJECT_GONE = "project_gone", "Le projet n’est plus possible : voiture vendue, devis périmé"
    UNREACHABLE = "unreachable", "Injoignable après trois appels"
    MOVED = "moved", "A quitté le territoire"


class Review(Labelled):
    """What the local committee thinks of a file: « avis local »."""

    FAVOURABLE = "favourable", "Favorable"
    RESERVED = "reserved", "Favorable, avec des réserves"
    UNFAVOURABLE = "unfavourable", "Défavorable"


class OrientationTarget(Labelled):
    """Another help, and who gives it: « orientation »."""

    OVERINDEBTEDNESS = "overindebtedness", "Banque de France, dossier de surendettement"
    BUDGET_POINT = "pcb", "Point conseil budget"
    HOUSING_FUND = "fsl", "Fonds de solidarité pour le logement"
    CAF_LOAN = "caf_loan", "CAF, prêt d’équipement"
    CAF_AID = "caf_aid", "CAF, secours"
    CCAS_AID = "ccas_optional_aid", "Aide facultative du CCAS"
    RIGHTS = "legal_aid_rights", "Ouverture de droits"
    FRANCE_TRAVAIL = "france_travail", "France Travail, aide à la mobilité"
    MISSION_LOCALE = "mission_locale_faj", "Mission locale, fonds d’aide aux jeunes"
    DISABILITY = "agefiph", "Agefiph ou prestation de compensation"
    ACTION_LOGEMENT = "action_logement", "Action Logement"
    CPAM = "cpam_aid", "Assurance maladie, aide financière"
    PENSION_FUND = "pension_funds", "Caisses de retraite"
    GARAGE = "solidarity_garage", "Garage solidaire"
    FRAGILE_OFFER = "bank_offer_fragile", "Offre bancaire clientèle fragile"
    ADIE = "adie", "Adie, microcrédit professionnel"
    LEGAL_HELP = "legal_help", "Conciliateur, point-justice"
    CLASSIC_CREDIT = "classic_credit", "Crédit ordinaire de sa banque"


class OrientationResult(Labelled):
    """What came of an orientation, asked after three months: « résultat »."""

    OBTAINED = "obtained", "Obtenue"
    REFUSED = "refused", "Refusée"
    PENDING = "pending", "En cours"
    UNKNOWN = "unknown", "Inconnu"


class TaskKind(Labelled):
    """Something to do by a day: « tâche »."""

    CALL = "call", "Appeler après un impayé"
    FOLLOW_UP = "follow_up", "Appel de suivi"
    PURCHASE_PROOF = "purchase_proof", "Demander la preuve d’achat"
    ORIENTATION_RESULT = "orientation_result", "Demander ce qu’a donné l’orientation"
    EVALUATION = "evaluation", "Faire le bilan du prêt"
    OTHER = "other", "À faire"
