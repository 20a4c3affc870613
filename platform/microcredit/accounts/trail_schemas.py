"""What the journal can be asked."""

from dataclasses import dataclass
from datetime import date

from microcredit.accounts.trail_words import Nature
from microcredit.kernel.schema import ActSchema, Choice, Day, Number, Text


@dataclass(frozen=True)
class Asked:
    """Which events to show; `du` and `au` are days in Paris, both included."""

    nature: str = ""
    personne: int | None = None
    dossier: str = ""
    du: date | None = None
    au: date | None = None
    page: str = ""


class AskedSchema(ActSchema[Asked]):
    act = Asked
    nature = Choice("Quoi", Nature, required=False)
    personne = Number("Qui", 1, 2**62, required=False)
    dossier = Text("Numéro du dossier", longest=40)
    du = Day("Du", required=False)
    au = Day("Au", required=False)
    page = Text("Page", longest=400)
