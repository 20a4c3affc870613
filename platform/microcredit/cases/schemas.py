"""The acts on a case: what each needs to know."""

from dataclasses import dataclass
from datetime import date, time

from marshmallow import ValidationError, fields, validate, validates_schema

from microcredit.cases.codes import (
    Channel,
    CloseReason,
    DeclineReason,
    Motive,
    OrientationResult,
    OrientationTarget,
    RedirectReason,
    Review,
)
from microcredit.kernel.schema import (
    ActSchema,
    Cents,
    Choice,
    Day,
    LongText,
    Number,
    Text,
)
from microcredit.people.codes import Civility


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
