"""The acts on a case: what each needs to know."""

from dataclasses import dataclass, field
from datetime import date, time

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from microcredit.cases.budget_codes import BudgetCode, Periodicity
from microcredit.cases.codes import (
    Channel,
    CloseReason,
    DeclineReason,
    Motive,
    OrientationResult,
    OrientationTarget,
    RedirectReason,
    Review,
    State,
)
from microcredit.kernel.codes import Labelled
from microcredit.kernel.schema import (
    ActSchema,
    BaseSchema,
    Cents,
    Choice,
    Day,
    LongText,
    Number,
    Text,
)
from microcredit.people.codes import Civility, Employment, Family, Housing


@dataclass(frozen=True)
class Contact:
    """A first contact. Identity is optional: one may ask without giving a name."""

    commune: str
    motive: str
    amount: int
    channel: str
    civility: str
    last_name: str
    first_names: str
    phone: str


class ContactSchema(ActSchema[Contact]):
    act = Contact
    commune = Text("Commune de résidence", longest=5, required=True)
    motive = Choice("Pour quel projet", Motive)
    amount = Cents("Montant souhaité")
    channel = Choice("Venu par", Channel)
    civility = Choice("Civilité", Civility, required=False)
    last_name = Text("Nom", longest=80)
    first_names = Text("Prénom", longest=80)
    phone = Text("Téléphone", longest=20)


@dataclass(frozen=True)
class Meeting:
    """When and where the person is received."""

    on_date: date
    at_time: time
    place: int


class MeetingSchema(ActSchema[Meeting]):
    act = Meeting
    on_date = Day("Date du rendez-vous", earliest=2000)
    at_time = fields.Time(
        format="%H:%M",
        required=True,
        metadata={"label": "Heure"},
        error_messages={
            "required": "Indiquez l’heure.",
            "invalid": "Écrivez une heure, par exemple 10:30.",
            "format": "Écrivez une heure, par exemple 10:30.",
        },
    )
    place = Number("Lieu", 1, 2**62)


@dataclass(frozen=True)
class Line:
    """One line of the budget."""

    code: str
    amount: int | None
    periodicity: str


class LineSchema(BaseSchema):
    code = Choice("Ligne", BudgetCode)
    amount = Cents("Montant", most=1_000_000_00, required=False)
    periodicity = Choice("Tous les", Periodicity)

    @post_load
    def make(self, data: dict[str, str], **_: object) -> Line:
        return Line(**data)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Diagnosis:
    """What is known of person, household, project and budget: all of it may come later."""

    version: int
    commune: str
    motive: str
    civility: str
    last_name: str
    first_names: str
    birth_date: date | None
    phone: str
    email: str
    address: str
    family: str
    adults: int | None
    children: int | None
    alternate_children: int | None
    housing: str
    employment: str
    employment_ends_on: date | None
    project: str
    total_cost: int | None
    contribution: int | None
    amount: int | None
    months: int | None
    notice_given: bool
    opinion: str
    lines: list[Line] = field(default_factory=list)


class DiagnosisSchema(ActSchema[Diagnosis]):
    act = Diagnosis
    version = Number("Version", 1, 2**31 - 1)
    commune = Text("Commune de résidence", longest=5, required=True)
    motive = Choice("Motif", Motive)
    civility = Choice("Civilité", Civility, required=False)
    last_name = Text("Nom", longest=80)
    first_names = Text("Prénom", longest=80)
    birth_date = Day("Date de naissance", required=False, earliest=1900)
    phone = Text("Téléphone", longest=20)
    email = Text("Courriel", longest=254)
    address = Text("Adresse", longest=200)
    family = Choice("Situation familiale", Family, required=False)
    adults = Number("Adultes", 1, 20, required=False)
    children = Number("Enfants à charge", 0, 20, required=False)
    alternate_children = Number("Dont en garde alternée", 0, 20, required=False)
    housing = Choice("Logement", Housing, required=False)
    employment = Choice("Emploi", Employment, required=False)
    employment_ends_on = Day("Fin du contrat", required=False, earliest=2000)
    project = LongText("Le projet", longest=2000)
    total_cost = Cents("Coût total", required=False)
    contribution = Cents("Apport personnel", required=False, least=0)
    amount = Cents("Montant demandé", required=False)
    months = Number("Durée", 1, 120, required=False)
    notice_given = fields.Boolean(
        load_default=False, metadata={"label": "Notice d’information remise"}
    )
    opinion = LongText("Avis", longest=2000)
    lines = fields.List(fields.Nested(LineSchema), load_default=list)

    @validates_schema
    def agree(self, data: dict[str, int | None], **_: object) -> None:
        """What only makes sense together."""
        wrong: dict[str, list[str]] = {}
        children, alternate = data.get("children") or 0, data.get("alternate_children") or 0
        if alternate > children:
            wrong["alternate_children"] = ["Il ne peut pas y en avoir plus que d’enfants à charge."]
        cost, own = data.get("total_cost"), data.get("contribution") or 0
        if cost is not None and own > cost:
            wrong["contribution"] = ["L’apport dépasse le coût total."]
        if wrong:
            raise ValidationError(wrong)


def _targets() -> fields.List[str]:
    return fields.List(
        Choice("Orientation", OrientationTarget),
        required=True,
        validate=validate.Length(1, len(OrientationTarget), error="Choisissez au moins une aide."),
        metadata={"label": "Vers quelle aide", "options": OrientationTarget},
        error_messages={"required": "Choisissez au moins une aide."},
    )


@dataclass(frozen=True)
class Redirect:
    """Other helps that answer better, and why."""

    reason: str
    targets: list[str]


class RedirectSchema(ActSchema[Redirect]):
    act = Redirect
    reason = Choice("Pourquoi pas le microcrédit", RedirectReason)
    targets = _targets()


@dataclass(frozen=True)
class Decline:
    """Why a file is not shown to a bank, in a person's words, and where the person goes from here."""

    reason: str
    words: str
    targets: list[str]


class DeclineSchema(ActSchema[Decline]):
    act = Decline
    reason = Choice("Pourquoi ne pas le présenter", DeclineReason)
    words = LongText("Ce que vous en dites à la personne", longest=1000, required=True)
    targets = _targets()


@dataclass(frozen=True)
class Orient:
    """Other helps, proposed beside whatever the case becomes."""

    targets: list[str]


class OrientSchema(ActSchema[Orient]):
    act = Orient
    targets = _targets()


@dataclass(frozen=True)
class Result:
    """What came of one orientation."""

    orientation: int
    result: str
    amount: int | None = None


class ResultSchema(ActSchema[Result]):
    act = Result
    orientation = Number("Orientation", 1, 2**62)
    result = Choice("Résultat", OrientationResult)
    amount = Cents("Montant obtenu", required=False)

    @validates_schema(skip_on_field_errors=True)
    def only_when_obtained(self, data: dict[str, object], **_: object) -> None:
        """An amount belongs to a help that was obtained."""
        if data["result"] != OrientationResult.OBTAINED.value:
            data["amount"] = None


@dataclass(frozen=True)
class AskDocuments:
    """The papers that the person still has to bring, one a line."""

    words: str


class AskDocumentsSchema(ActSchema[AskDocuments]):
    act = AskDocuments
    words = LongText("Pièces à apporter", longest=1000, required=True)


@dataclass(frozen=True)
class Opinion:
    """What the local committee thinks of a file."""

    review: str
    words: str


class OpinionSchema(ActSchema[Opinion]):
    act = Opinion
    review = Choice("Avis du comité", Review)
    words = LongText("Ce que le comité en dit", longest=1000)

    @validates_schema(skip_on_field_errors=True)
    def explain(self, data: dict[str, str], **_: object) -> None:
        """A committee that has doubts says which."""
        if data["review"] != Review.FAVOURABLE.value and not data.get("words"):
            raise ValidationError("Écrivez ce qui fait hésiter le comité.", "words")


@dataclass(frozen=True)
class AddTask:
    """Something to do by a day."""

    words: str
    due_on: date


class AddTaskSchema(ActSchema[AddTask]):
    act = AddTask
    words = Text("Quoi faire", longest=200, required=True)
    due_on = Day("Pour le", earliest=2000)


@dataclass(frozen=True)
class FinishTask:
    """The task that is done."""

    task: int


class FinishTaskSchema(ActSchema[FinishTask]):
    act = FinishTask
    task = Number("Tâche", 1, 2**62)


@dataclass(frozen=True)
class Close:
    """Why nothing follows."""

    reason: str


class CloseSchema(ActSchema[Close]):
    act = Close
    reason = Choice("Que s’est-il passé", CloseReason)


class View(Labelled):
    """Ready-made lists of cases: « vues »."""

    OPEN = "en-cours", "En cours"
    LATE = "en-retard", "En retard"
    BANK = "a-la-banque", "À la banque"
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
    q: str


class SearchSchema(ActSchema[Search]):
    act = Search
    vue = Choice("Vue", View)
    etat = Choice("État", State, required=False)
    commune = Text("Commune", longest=5)
    motif = Choice("Projet", Motive, required=False)
    q = Text("Nom ou numéro", longest=100)


@dataclass(frozen=True)
class Filters:
    """Which cases to list, and how. A name has no place in an address: `r` is a search, sealed."""

    vue: str = View.OPEN.value
    etat: str = ""
    commune: str = ""
    motif: str = ""
    r: str = ""
    ordre: str = Order.SINCE.value
    sens: str = "asc"
    page: str = ""


class FiltersSchema(ActSchema[Filters]):
    act = Filters
    vue = Choice("Vue", View, required=False, load_default=View.OPEN.value)
    etat = Choice("État", State, required=False)
    commune = Text("Commune", longest=5)
    motif = Choice("Projet", Motive, required=False)
    r = Text("Recherche", longest=800)
    ordre = Choice("Ordre", Order, required=False, load_default=Order.SINCE.value)
    sens = Text("Sens", longest=4)
    page = Text("Page", longest=400)
