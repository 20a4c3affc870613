"""The words of a budget: coded lines, periodicities, whose and how sure, with their French labels."""

from microcredit.kernel.codes import Labelled


class Periodicity(Labelled):
    """How often an amount comes: « périodicité ». The codes are those of `mathematics.budget.Every`."""

    WEEK = "week", "par semaine"
    MONTH = "month", "par mois"
    QUARTER = "quarter", "par trimestre"
    HALF_YEAR = "half_year", "par semestre"
    YEAR = "year", "par an"
    ONCE = "once", "une seule fois"


class Whose(Labelled):
    """Whose line it is: « titulaire »."""

    APPLICANT = "applicant", "La personne"
    PARTNER = "partner", "Son conjoint"
    OTHER = "other", "Autre du foyer"


class Confidence(Labelled):
    """How sure an amount is: « preuve »."""

    PROVEN = "proven", "Prouvé"
    DECLARED = "declared", "Déclaré"
    ESTIMATED = "estimated", "Estimé"


class BudgetCode(Labelled):
    """A line of the budget, coded as on the diagnosis sheet: R comes in, C goes out, D is owed.

    Food, hygiene and clothes are no charge: they are what is left has to cover.
    """

    SALARY = "R01", "Salaire net"
    BONUS = "R02", "Primes, 13e mois"
    UNEMPLOYMENT = "R03", "Allocation chômage"
    SICK_PAY = "R04", "Indemnités journalières"
    INVALIDITY = "R05", "Pension d’invalidité, rente"
    PENSION = "R06", "Retraite"
    RSA = "R07", "RSA"
    ACTIVITY_BONUS = "R08", "Prime d’activité"
    DISABILITY = "R09", "AAH et compléments, AEEH"
    MINIMUM_PENSION = "R10", "Minimum vieillesse"
    FAMILY = "R11", "Prestations familiales"
    HOUSING_AID = "R12", "Aide au logement"
    ALIMONY_IN = "R13", "Pension alimentaire reçue"
    YOUTH = "R14", "Bourse, contrat jeune, service civique"
    SELF_EMPLOYED = "R15", "Activité indépendante"
    OTHER_IN = "R16", "Aide familiale, autres"
    SAVINGS = "R17", "Épargne, revenus fonciers"
    RENT = "C01", "Loyer et charges"
    UPKEEP = "C02", "Charges de copropriété"
    HOME_LOAN = "C03", "Crédit immobilier"
    ENERGY = "C04", "Électricité"
    HEATING = "C05", "Gaz, fioul, bois"
    WATER = "C06", "Eau"
    INSURANCE = "C07", "Assurance habitation"
    CAR_INSURANCE = "C08", "Assurance voiture, deux-roues"
    HEALTH_COVER = "C09", "Mutuelle"
    PHONE = "C10", "Téléphone, internet"
    FUEL = "C11", "Carburant, entretien du véhicule"
    TRANSPORT = "C12", "Transports en commun"
    TAXES = "C13", "Impôts et taxes"
    CANTEEN = "C14", "Cantine, périscolaire"
    CHILDCARE = "C15", "Garde d’enfants"
    ALIMONY_OUT = "C16", "Pension alimentaire versée"
    SCHOOLING = "C17", "Scolarité, études"
    HEALTH_COSTS = "C18", "Santé non remboursée"
    BANK_FEES = "C19", "Frais bancaires"
    SUBSCRIPTIONS = "C20", "Abonnements"
    OTHER_OUT = "C21", "Autre charge déclarée"
    WORK_COSTS = "C22", "Frais professionnels"
    GUARDIANSHIP = "C23", "Frais de tutelle"
    LOAN = "D01", "Prêt personnel"
    CAR_LOAN = "D02", "Crédit auto, location"
    REVOLVING = "D03", "Crédit renouvelable"
    SPLIT_PAYMENT = "D04", "Paiement en plusieurs fois"
    OVERDRAFT = "D05", "Découvert"
    MICROCREDIT = "D06", "Microcrédit en cours"
    CAF_LOAN = "D07", "Prêt de la CAF"
    PRIVATE_LOAN = "D08", "Prêt de proches ou d’employeur"
    RENT_DEBT = "D09", "Dette de loyer"
    ENERGY_DEBT = "D10", "Dette d’énergie ou d’eau"
    OVERPAYMENT = "D11", "Trop-perçu CAF ou chômage"
    TAX_DEBT = "D12", "Dette fiscale, amendes"
    HEALTH_DEBT = "D13", "Dette de santé, de cantine"
    DEBT_PLAN = "D14", "Plan de surendettement"

    @property
    def group(self) -> str:
        """`R` resource, `C` charge or `D` debt."""
        return str(self.value)[0]

    @property
    def counts(self) -> bool:
        """Whether the line is part of the month's totals.

        Help from relatives is not to be relied on, and savings are a stock, not a flow: both are
        noted and shown, neither is counted.
        """
        return self not in (BudgetCode.OTHER_IN, BudgetCode.SAVINGS)


#: The lines that the form always shows, since most households have them.
USUAL = {
    "R": ("R01", "R03", "R07", "R08", "R11", "R12"),
    "C": ("C01", "C04", "C06", "C07", "C08", "C09", "C10", "C11"),
    "D": ("D01", "D03"),
}


class Level(Labelled):
    """How a figure stands beside the grouping's thresholds: to talk about it, never to decide."""

    EASY = "easy", "À l’aise"
    DISCUSS = "discuss", "À discuter"
    TIGHT = "tight", "Trop juste"
