"""The acts of sending and answering."""

from dataclasses import dataclass

from marshmallow import ValidationError, validates_schema

from microcredit.kernel.schema import ActSchema, Choice, Number
from microcredit.submissions.codes import Answer, RefusalReason


@dataclass(frozen=True)
class Send:
    """The bank to send a complete file to, and that the person mandated it."""

    bank: int


class SendSchema(ActSchema[Send]):
    act = Send
    bank = Number("Banque", 1, 2**62)


@dataclass(frozen=True)
class Reply:
    """The bank's answer."""

    answer: str
    reason: str


class ReplySchema(ActSchema[Reply]):
    act = Reply
    answer = Choice("Votre décision", Answer)
    reason = Choice("Motif du refus", RefusalReason, required=False)

    @validates_schema(skip_on_field_errors=True)
    def explain(self, data: dict[str, str], **_: object) -> None:
        """A refusal has a reason; an approval has none."""
        refused = data["answer"] == Answer.REFUSED.value
        if refused and not data.get("reason"):
            raise ValidationError(
                "Indiquez le motif : il aide le CCAS à orienter la personne.", "reason"
            )
        if not refused:
            data["reason"] = ""
