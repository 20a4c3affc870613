"""The evaluation that closes a loan."""

from dataclasses import dataclass

from marshmallow import ValidationError, fields, validates_schema

from microcredit.followups.codes import BankRelation, IncomeChange, JobChange, Realised
from microcredit.kernel.codes import Labelled
from microcredit.kernel.schema import ActSchema, Choice, LongText, Number


class Reached(Labelled):
    """Whether somebody could speak with the household."""

    YES = "yes", "La personne a répondu"
    NO = "no", "Injoignable après trois appels"


@dataclass(frozen=True)
class Evaluate:
    """What the loan changed; nothing but `reached` when nobody answered."""

    reached: str
    project_realised: str = ""
    still_used: bool = False
    employment: str = ""
    income_change: str = ""
    budget_feeling: int | None = None
    bank_relation: str = ""
    help_useful: int | None = None
    would_recommend: bool = False
    new_project: bool = False
    comment: str = ""


class EvaluateSchema(ActSchema[Evaluate]):
    act = Evaluate
    reached = Choice("Le bilan", Reached)
    project_realised = Choice("Le projet s’est-il réalisé", Realised, required=False)
    still_used = fields.Boolean(load_default=False, metadata={"label": "Le bien sert encore"})
    employment = Choice("L’emploi", JobChange, required=False)
    income_change = Choice("Les ressources", IncomeChange, required=False)
    budget_feeling = Number("Le budget, de 1 (très tendu) à 5 (à l’aise)", 1, 5, required=False)
    bank_relation = Choice("Avec sa banque", BankRelation, required=False)
    help_useful = Number("L’accompagnement, de 1 (inutile) à 5 (décisif)", 1, 5, required=False)
    would_recommend = fields.Boolean(
        load_default=False, metadata={"label": "La personne le conseillerait"}
    )
    new_project = fields.Boolean(
        load_default=False, metadata={"label": "La personne a un nouveau projet"}
    )
    comment = LongText("Ce que la personne en dit", longest=1000)

    @validates_schema(skip_on_field_errors=True)
    def answer(self, data: dict[str, object], **_: object) -> None:
        """Who answered said at least whether the project came true; who did not said nothing."""
        if data["reached"] == Reached.NO.value:
            for name, field in self.fields.items():
                if name != "reached":
                    data[name] = field.load_default
        elif not data.get("project_realised"):
            raise ValidationError("Indiquez si le projet s’est réalisé.", "project_realised")
