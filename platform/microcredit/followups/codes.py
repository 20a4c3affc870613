"""The words of an evaluation."""

from microcredit.kernel.codes import Labelled


class Realised(Labelled):
    """Whether the project came true: « projet réalisé »."""

    YES = "yes", "Oui"
    PARTLY = "partly", "En partie"
    NO = "no", "Non"


class JobChange(Labelled):
    """What became of the job: « emploi »."""

    FOUND = "found", "Emploi trouvé"
    KEPT = "kept", "Emploi gardé"
    BETTER = "better", "Contrat plus stable"
    NONE = "none", "Sans emploi, comme avant"
    LOST = "lost", "Emploi perdu"
    NOT_CONCERNED = "not_concerned", "Pas concerné"


class IncomeChange(Labelled):
    """What became of the income: « ressources »."""

    LESS = "less", "En baisse"
    SAME = "same", "Stables"
    MORE = "more", "En hausse"


class BankRelation(Labelled):
    """How things go with the household's bank: « relation bancaire »."""

    BETTER = "better", "Moins d’incidents"
    SAME = "same", "Comme avant"
    WORSE = "worse", "Plus d’incidents"
