"""The acts of sending and answering."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from marshmallow import ValidationError, fields, validate, validates_schema

from microcredit.kernel.schema import ActSchema, Cents, Choice, Day, LongText, Number, Rate
from microcredit.submissions.codes import Decision, PersonChoice, RefusalReason


@dataclass(frozen=True)
class Send:
    """The bank to send a complete file to, and that the person mandated it."""

    bank: int


class SendSchema(ActSchema[Send]):
    act = Send
    bank = Number("Banque", 1, 2**62)


@dataclass(frozen=True)
class Reply:
    """What the bank says; only what its decision needs is kept.

    `amount` in cents, `rate` a fraction of one (0.02 is 2 %), `due_on` the day to come back to it or
    by which the items are expected, `items` the items asked for, one a line. `seen` says how many
    steps of the copy its page showed, so that nobody answers without having read the last one.
    """

    decision: str
    reasons: list[str] = field(default_factory=list)
    amount: int | None = None
    months: int | None = None
    rate: Decimal | None = None
    due_on: date | None = None
    items: str = ""
    seen: int | None = None


NEEDS = {
    Decision.GRANT: {},
    Decision.COUNTER: {
        "amount": "Indiquez le montant que vous accordez.",
        "months": "Indiquez la durée que vous accordez.",
        "rate": "Indiquez le taux, par exemple 2 %.",
    },
    Decision.ADJOURN: {"due_on": "Indiquez le jour où vous déciderez."},
    Decision.ASK_ITEMS: {
        "items": "Écrivez ce qui manque, une pièce par ligne.",
        "due_on": "Indiquez pour quand.",
    },
    Decision.REFUSE: {
        "reasons": "Indiquez au moins un motif : il aide le CCAS à orienter la personne."
    },
}
"""What each decision must say, with the words for what lacks."""


class ReplySchema(ActSchema[Reply]):
    act = Reply
    decision = Choice("Votre décision", Decision)
    reasons = fields.List(
        Choice("Motif", RefusalReason),
        load_default=list,
        validate=validate.Length(0, len(RefusalReason)),
        metadata={"label": "Motifs du refus", "options": RefusalReason},
    )
    amount = Cents("Montant accordé", required=False)
    months = Number("Durée accordée", 1, 120, required=False)
    rate = Rate("Taux annuel", required=False)
    due_on = Day("Date", required=False, earliest=2000)
    items = LongText("Ce qui manque", longest=1000)
    seen = Number("Étapes lues", 0, 10_000, required=False)

    @validates_schema(skip_on_field_errors=True)
    def explain(self, data: dict[str, object], **_: object) -> None:
        """Each decision says what it needs, and nothing else is kept."""
        needed = NEEDS[Decision(str(data["decision"]))]
        lacking = {
            name: [words] for name, words in needed.items() if data.get(name) in (None, "", [])
        }
        if lacking:
            raise ValidationError(lacking)
        for name, empty in (
            ("reasons", []), ("amount", None), ("months", None), ("rate", None),
            ("due_on", None), ("items", ""),
        ):  # fmt: skip
            if name not in needed:
                data[name] = empty


@dataclass(frozen=True)
class Items:
    """What the CCAS answers to a bank that asked for something."""

    words: str


class ItemsSchema(ActSchema[Items]):
    act = Items
    words = LongText("Votre réponse à la banque", longest=2000, required=True)


@dataclass(frozen=True)
class PersonSays:
    """What the person says of the loan as the bank offers it."""

    choice: str


class PersonSaysSchema(ActSchema[PersonSays]):
    act = PersonSays
    choice = Choice("Ce que dit la personne", PersonChoice)
