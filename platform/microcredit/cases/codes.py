"""The words of a case: states, acts, motives, reasons, budget lines, with their French labels."""

from microcredit.kernel.codes import Labelled


class State(Labelled):
    """Where a case stands: « état »."""

    CONTACT = "contact", "Premier contact"
    REDIRECTED = "redirected", "Orienté vers une autre aide"
    APPOINTMENT = "appointment", "Rendez-vous fixé"
    NO_SHOW_OR_WITHDRAWN = "no_show_or_withdrawn", "Sans suite"
    DIAGNOSIS = "diagnosis", "Diagnostic en cours"
    READY = "ready", "Dossier complet"
    SENT_TO_BANK = "sent_to_bank", "Transmis à la banque"
    BANK_REFUSED = "bank_refused", "Refus de la banque"
    APPROVED = "approved", "Accord de la banque"


#: A closed case waits for nobody.
CLOSED = frozenset({State.REDIRECTED, State.NO_SHOW_OR_WITHDRAWN})
OPEN = tuple(state for state in State if state not in CLOSED)


class Act(Labelled):
    """What can be done to a case: « acte »."""

    OPEN_CONTACT = "open_contact", "Premier contact"
    NOTE_APPOINTMENT = "note_appointment", "Rendez-vous fixé"
    SAVE_DIAGNOSIS = "save_diagnosis", "Diagnostic enregistré"
    COMPLETE = "complete", "Dossier déclaré complet"
    CORRECT = "correct", "Diagnostic rouvert pour correction"
    SEND_TO_BANK = "send_to_bank", "Transmis à la banque"
    GRANT = "grant", "Accord de la banque"
    REFUSE = "refuse", "Refus de la banque"
    REDIRECT = "redirect", "Orientation vers une autre aide"
    CLOSE = "close", "Classé sans suite"


class Channel(Labelled):
    """How somebody came: « canal »."""

    DESK = "desk", "Accueil du CCAS"
    PHONE = "phone", "Téléphone"
    OUTREACH = "outreach", "Permanence"
    PARTNER = "partner", "Partenaire"
    WEB = "web", "Courriel ou site"


class Motive(Labelled):
    """What the loan is for, by the headings of the Fonds de cohésion sociale: « motif »."""

    MOBILITY = "employment_mobility", "Emploi et mobilité"
    HOUSING = "housing", "Logement"
    TRAINING = "education_training", "Éducation et formation"
    HEALTH = "health", "Santé"
    FAMILY = "family_social", "Famille, accident de la vie"
    OTHER = "other", "Autre projet"


class RedirectReason(Labelled):
    """Why microcredit is not the answer: « raison de l’orientation »."""

    BETTER_AID = "better_aid_exists", "Une aide convient mieux"
    OBJECT_EXCLUDED = "object_excluded", "Dettes, loyers ou factures à payer"
    NO_CAPACITY = "no_repayment_capacity", "Le budget ne laisse pas de quoi rembourser"
    OVERINDEBTED = "overindebtedness", "Surendettement ou fichage"
    OUT_OF_RANGE = "amount_out_of_range", "Montant hors du dispositif"
    NOT_RESIDENT = "not_resident", "N’habite pas le territoire"
    CLASSIC_CREDIT = "classic_credit", "Un crédit ordinaire est possible"
    BANK_REFUSAL = "bank_refusal", "La banque a refusé"


class CloseReason(Labelled):
    """Why nothing follows: « raison du classement »."""

    NO_SHOW = "no_show", "N’est pas venu au rendez-vous"
    CHANGED_MIND = "changed_mind", "Renonce à son projet"
    FOUND_OTHER = "found_other", "A trouvé une autre solution"
    UNREACHABLE = "unreachable", "Injoignable après trois appels"
    MOVED = "moved", "A quitté le territoire"


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


class Periodicity(Labelled):
    """How often an amount comes: « périodicité »."""

    MONTH = "month", "par mois"
    QUARTER = "quarter", "par trimestre"
    YEAR = "year", "par an"


MONTHS_IN = {Periodicity.MONTH: 1, Periodicity.QUARTER: 3, Periodicity.YEAR: 12}


class BudgetCode(Labelled):
    """A line of the budget, coded as on the diagnosis sheet: R comes in, C goes out, D is owed."""

    SALARY = "R01", "Salaire net"
    UNEMPLOYMENT = "R03", "Allocation chômage"
    SICK_PAY = "R04", "Indemnités journalières"
    PENSION = "R06", "Retraite"
    RSA = "R07", "RSA"
    ACTIVITY_BONUS = "R08", "Prime d’activité"
    DISABILITY = "R09", "AAH"
    FAMILY = "R11", "Prestations familiales"
    HOUSING_AID = "R12", "Aide au logement"
    ALIMONY_IN = "R13", "Pension alimentaire reçue"
    OTHER_IN = "R16", "Autre ressource"
    RENT = "C01", "Loyer et charges"
    ENERGY = "C04", "Électricité, gaz, chauffage"
    WATER = "C06", "Eau"
    INSURANCE = "C07", "Assurances habitation et voiture"
    HEALTH_COVER = "C09", "Mutuelle"
    PHONE = "C10", "Téléphone, internet"
    FUEL = "C11", "Carburant, entretien du véhicule"
    TRANSPORT = "C12", "Transports en commun"
    TAXES = "C13", "Impôts et taxes"
    CHILDCARE = "C15", "Cantine, garde d’enfants"
    ALIMONY_OUT = "C16", "Pension alimentaire versée"
    OTHER_OUT = "C20", "Autre charge"
    LOAN = "D01", "Crédit en cours"
    REVOLVING = "D03", "Crédit renouvelable"
    RENT_DEBT = "D09", "Dette de loyer, plan en cours"
    OTHER_DEBT = "D12", "Autre dette, mensualité"

    @property
    def group(self) -> str:
        """`R` resource, `C` charge or `D` debt."""
        return str(self.value)[0]
