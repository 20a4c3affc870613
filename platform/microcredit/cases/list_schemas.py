"""What the list of cases can be asked: views, filters, a search, a list that somebody keeps."""

from dataclasses import dataclass

from microcredit.cases.codes import Motive, State
from microcredit.kernel.codes import Labelled
from microcredit.kernel.schema import ActSchema, Choice, Number, Text


class View(Labelled):
    """Ready-made lists of cases: « vues »."""

    OPEN = "en-cours", "En cours"
    MINE = "a-moi", "À moi de jouer"
    LATE = "en-retard", "En retard"
    BANK = "a-la-banque", "À la banque"
    LOANS = "prets", "Prêts"
    CLOSED = "clos", "Clos"
    ALL = "tous", "Tous"


class Order(Labelled):
    """What a list is sorted by: « ordre »."""

    SINCE = "anciennete", "Dans cet état"
    NAME = "nom", "Personne"
    AMOUNT = "montant", "Montant"
    NUMBER = "numero", "Numéro"


@dataclass(frozen=True)
class Search:
    """A name or a number that somebody looks for, within a list."""

    vue: str
    etat: str
    commune: str
    motif: str
    accueil: int | None
    q: str


class SearchSchema(ActSchema[Search]):
    act = Search
    vue = Choice("Vue", View)
    etat = Choice("État", State, required=False)
    commune = Text("Commune", longest=5)
    motif = Choice("Projet", Motive, required=False)
    accueil = Number("Reçu à", 1, 2**62, required=False)
    q = Text("Nom ou numéro", longest=100)


@dataclass(frozen=True)
class Filters:
    """Which cases to list, and how. A name has no place in an address: `r` is a search, sealed.

    Without an `ordre` a search is sorted by name, every other list by time in the state.
    """

    vue: str = View.OPEN.value
    etat: str = ""
    commune: str = ""
    motif: str = ""
    accueil: int | None = None
    r: str = ""
    ordre: str = ""
    sens: str = "asc"
    page: str = ""

    def in_address(self) -> dict[str, str]:
        """What an address says of these filters: no page, nothing that goes without saying."""
        kept = {
            "vue": self.vue, "etat": self.etat, "commune": self.commune, "motif": self.motif,
            "accueil": str(self.accueil or ""), "r": self.r, "ordre": self.ordre,
            "sens": "desc" if self.sens == "desc" else "",
        }  # fmt: skip
        return {name: value for name, value in kept.items() if value}


class FiltersSchema(ActSchema[Filters]):
    act = Filters
    vue = Choice("Vue", View, required=False, load_default=View.OPEN.value)
    etat = Choice("État", State, required=False)
    commune = Text("Commune", longest=5)
    motif = Choice("Projet", Motive, required=False)
    accueil = Number("Reçu à", 1, 2**62, required=False)
    r = Text("Recherche", longest=800)
    ordre = Choice("Ordre", Order, required=False)
    sens = Text("Sens", longest=4)
    page = Text("Page", longest=400)


@dataclass(frozen=True)
class KeepView:
    """A list to keep: its filters under a name. A name that was searched for is never kept."""

    nom: str
    vue: str
    etat: str
    commune: str
    motif: str
    accueil: int | None
    ordre: str
    sens: str

    @property
    def filters(self) -> Filters:
        """What the kept list asks for."""
        return Filters(
            self.vue, self.etat, self.commune, self.motif, self.accueil,
            ordre=self.ordre, sens=self.sens,
        )  # fmt: skip


class KeepViewSchema(ActSchema[KeepView]):
    act = KeepView
    nom = Text("Nom de la vue", longest=40, required=True)
    vue = Choice("Vue", View)
    etat = Choice("État", State, required=False)
    commune = Text("Commune", longest=5)
    motif = Choice("Projet", Motive, required=False)
    accueil = Number("Reçu à", 1, 2**62, required=False)
    ordre = Choice("Ordre", Order, required=False)
    sens = Text("Sens", longest=4)


@dataclass(frozen=True)
class ForgetView:
    """The kept list that is no longer wanted."""

    view: int


class ForgetViewSchema(ActSchema[ForgetView]):
    act = ForgetView
    view = Number("Vue", 1, 2**62)
