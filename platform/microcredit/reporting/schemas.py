"""What one asks of the page of figures."""

from dataclasses import dataclass

from microcredit.kernel.schema import ActSchema, Number, Text


@dataclass(frozen=True)
class Selection:
    """Which requests are counted: those opened in one year, those of one commune, or all."""

    annee: int | None = None
    commune: str = ""


class SelectionSchema(ActSchema[Selection]):
    act = Selection
    annee = Number("Année", 2000, 2100, required=False)
    commune = Text("Commune", longest=5)
