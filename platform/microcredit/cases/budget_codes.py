"""The words of a budget: periodicities and coded lines, with their French labels."""

from microcredit.kernel.codes import Labelled


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
