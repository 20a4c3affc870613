"""The words of governance: thresholds, with their French labels and their units."""

from microcredit.kernel.codes import Labelled


class ThresholdCode(Labelled):
    """A number that helps to talk about a budget: « seuil »."""

    LIVING_WATCH = "living_watch", "Reste à vivre à l’aise, par jour et par personne"
    LIVING_STOP = "living_stop", "Reste à vivre trop juste, par jour et par personne"
    CREDIT_SHARE = "credit_share", "Part des crédits dans les ressources"
    GUARANTEE_SHARE = (
        "guarantee_share",
        "Part d’une perte prise en charge par le Fonds de cohésion sociale",
    )

    @property
    def is_money(self) -> bool:
        """Whether the value is cents; otherwise it is whole per cents."""
        return self in (ThresholdCode.LIVING_WATCH, ThresholdCode.LIVING_STOP)
