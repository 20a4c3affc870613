"""The diagnosis: what is known of person, household, project and budget."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from microcredit.cases.budget_codes import BudgetCode, Confidence, Periodicity, Whose
from microcredit.cases.codes import PURPOSES, Motive, Purpose
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

#: The most lines that a budget has; the form carries as many as its names allow.
MOST_LINES = 60
YEARS = re.compile(r"[0-9]{4}(?:[ ,;/.-]+[0-9]{4})*")


class DayInOneBox(fields.Field[date | None]):
    """A day of one box, as browsers send it (`2016-09-30`) or as one types it (`30/09/2016`)."""

    def __init__(self, label: str) -> None:
        super().__init__(load_default=None, allow_none=True, metadata={"label": label})

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **_: object
    ) -> date | None:
        if type(value) is date:
            return value
        text = value.strip() if isinstance(value, str) else "?"
        if not text:
            return None
        typed = re.fullmatch(r"([0-9]{1,2})[ /.]([0-9]{1,2})[ /.]([0-9]{4})", text)
        iso = f"{typed[3]}-{int(typed[2]):02d}-{int(typed[1]):02d}" if typed else text
        try:
            return Day("", earliest=2000).deserialize(iso)
        except ValidationError as wrong:
            said = "Écrivez une date de 2000 à 2100, par exemple 30/09/2016."
            raise ValidationError(said) from wrong


class Years(fields.Field[list[int]]):
    """Years of birth: `[2008, 2012]`, or in one box « 2008, 2012 »; in order."""

    def __init__(self, label: str) -> None:
        super().__init__(load_default=list, metadata={"label": label})

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **_: object
    ) -> list[int]:
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value).strip()
        if not text:
            return []
        if len(text) > 200 or not YEARS.fullmatch(text):
            raise ValidationError("Écrivez des années, par exemple 2008, 2012.")
        return sorted(int(year) for year in re.findall("[0-9]{4}", text))


@dataclass(frozen=True)
class Line:
    """One line of the budget; without an amount it is not kept. A debt may say to whom, and how much."""

    code: str
    amount: int | None
    periodicity: str
    whose: str = str(Whose.APPLICANT.value)
    confidence: str = str(Confidence.DECLARED.value)
    ends_on: date | None = None
    creditor: str = ""
    owed: int | None = None


class LineSchema(BaseSchema):
    code = Choice("Ligne", BudgetCode, required=False)
    amount = Cents("Montant", most=1_000_000_00, required=False)
    periodicity = Choice("Tous les", Periodicity)
    whose = Choice("À qui", Whose, required=False, load_default=str(Whose.APPLICANT.value))
    confidence = Choice(
        "Preuve", Confidence, required=False, load_default=str(Confidence.DECLARED.value)
    )
    ends_on = DayInOneBox("Jusqu’au")
    creditor = Text("Créancier", longest=80)
    owed = Cents("Reste dû", most=1_000_000_00, required=False, least=0)

    @validates_schema(skip_on_field_errors=True)
    def agree(self, data: dict[str, str], **_: object) -> None:
        """An amount says what it is for, and nothing is typed beside a line that is not kept."""
        if data.get("amount") is not None:
            if not data["code"]:
                raise ValidationError("Choisissez ce que c’est.", "code")
        elif data.get("ends_on") or data["creditor"] or data.get("owed") is not None:
            raise ValidationError("Indiquez le montant de cette ligne.", "amount")

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
    purpose: str = ""
    children_born: list[int] = field(default_factory=list)


class DiagnosisSchema(ActSchema[Diagnosis]):
    act = Diagnosis
    version = Number("Version", 1, 2**31 - 1)
    commune = Text("Commune de résidence", longest=5, required=True)
    motive = Choice("Motif", Motive)
    purpose = Choice("Objet précis", Purpose, required=False)
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
    children_born = Years("Années de naissance")
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
    lines = fields.List(
        fields.Nested(LineSchema),
        load_default=list,
        validate=validate.Length(max=MOST_LINES, error=f"{MOST_LINES} lignes au plus."),
    )

    @validates_schema
    def agree(self, data: dict[str, int | None], **_: object) -> None:
        """What only makes sense together."""
        children, alternate = data.get("children") or 0, data.get("alternate_children") or 0
        cost, own = data.get("total_cost"), data.get("contribution") or 0
        wrong: dict[str, list[str]] = {}
        if alternate > children:
            wrong["alternate_children"] = ["Il ne peut pas y en avoir plus que d’enfants à charge."]
        if cost is not None and own > cost:
            wrong["contribution"] = ["L’apport dépasse le coût total."]
        if wrong:
            raise ValidationError(wrong)

    @validates_schema(skip_on_field_errors=True)
    def know_the_children(self, data: dict[str, list[int]], **_: object) -> None:
        """Either the years of all children, or none."""
        born, children = data["children_born"], data.get("children") or 0
        if born and len(born) != children:
            said = f"Écrivez une année par enfant : {children} à charge, {len(born)} ici."
            raise ValidationError(said, "children_born")

    @validates_schema(skip_on_field_errors=True)
    def suit_the_motive(self, data: dict[str, str], **_: object) -> None:
        """A purpose belongs to its motive."""
        if data["purpose"] and Purpose(data["purpose"]) not in PURPOSES[Motive(data["motive"])]:
            raise ValidationError("Cet objet ne va pas avec le motif choisi.", "purpose")
