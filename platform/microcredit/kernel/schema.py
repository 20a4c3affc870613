"""What one act needs to know: marshmallow schemas with French labels and messages.

A schema takes cents and dates; reading French money and dates out of a form is `web.forms`'
business. One schema per act, used by every entry that has this act: form, file, later the API.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from microcredit.kernel.codes import Labelled

#: Control characters but line breaks and tabs, and unpaired surrogates: nothing a person types.
UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd\ufffe\uffff]")

FRENCH = {
    "required": "Ce champ est attendu.",
    "null": "Ce champ est attendu.",
    "invalid": "Cette valeur n’est pas du bon type.",
}


def _messages(*classes: type[fields.Field[Any]]) -> None:
    for one in classes:
        one.default_error_messages = {**one.default_error_messages, **FRENCH}


_messages(fields.Field, fields.Integer, fields.String, fields.Boolean, fields.Date, fields.Decimal)
fields.Nested.default_error_messages["type"] = "Cette valeur n’est pas du bon type."
fields.List.default_error_messages["invalid"] = "Une liste est attendue."


class BaseSchema(Schema):
    """Refuses what it does not know, in French."""

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012  (marshmallow's own attribute)
        "unknown": "Ce champ n’est pas connu.",
        "type": "Cette valeur n’est pas du bon type.",
    }


T = TypeVar("T")
AnyField = fields.Field[Any]


class ActSchema(BaseSchema, Generic[T]):
    """The schema of one act, which reads data into that act's own dataclass."""

    act: type[T]

    def read(self, data: Mapping[str, object]) -> T:
        """The act. Raises ValidationError with every fault at once."""
        return self.act(**self.load(data))


class Text(fields.String):
    """One line of text without spaces around it; empty counts as absent when it is required."""

    multiline = False

    def __init__(
        self, label: str, *, longest: int = 100, required: bool = False, **more: Any
    ) -> None:
        super().__init__(required=required, metadata={"label": label}, **more)
        self.longest = longest
        if not required:
            self.load_default = ""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        text = text.replace("\r\n", "\n") if self.multiline else " ".join(text.split())
        text = text.strip()
        if UNREADABLE.search(text):
            raise ValidationError("Ce texte contient un caractère illisible.")
        if len(text) > self.longest:
            raise ValidationError(f"{self.longest} caractères au plus ; il y en a {len(text)}.")
        if self.required and not text:
            raise ValidationError(FRENCH["required"])
        return text


class LongText(Text):
    """Several lines of text."""

    multiline = True


class Choice(fields.String):
    """One code of an enumeration with labels."""

    def __init__(
        self, label: str, codes: type[Labelled], *, required: bool = True, **more: Any
    ) -> None:
        if not required:
            more.setdefault("load_default", "")
        super().__init__(required=required, metadata={"label": label}, **more)
        self.codes = codes

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = str(super()._deserialize(value, attr, data, **kwargs))
        if code == "" and not self.required:
            return str(self.load_default)
        if code not in {member.value for member in self.codes}:
            raise ValidationError(
                "Choisissez une réponse dans la liste." if not code else "Ce choix n’existe pas."
            )
        return code

    def options(self) -> list[tuple[str, str]]:
        """(code, label) in the order of the enumeration."""
        return [(member.value, member.label) for member in self.codes]


class Number(fields.Integer):
    """A whole number within bounds."""

    def __init__(
        self, label: str, least: int, most: int, *, required: bool = True, **more: Any
    ) -> None:
        super().__init__(
            strict=True,
            required=required,
            allow_none=not required,
            metadata={"label": label},
            validate=validate.Range(
                least, most, error=f"Indiquez un nombre entre {least} et {most}."
            ),
            **more,
        )
        if not required:
            self.load_default = None


class Cents(Number):
    """An amount of money, in cents; more than nothing."""

    def __init__(
        self, label: str, *, most: int = 100_000_00, least: int = 1, required: bool = True
    ) -> None:
        super().__init__(label, least, most, required=required)
        self.validators = [
            validate.Range(least, most, error=f"Indiquez un montant jusqu’à {most // 100} €.")
        ]


class Rate(fields.Decimal):
    """A yearly rate as a fraction of one: Decimal("0.02") is 2 %. At most 30 %, five decimals."""

    def __init__(self, label: str, *, required: bool = True) -> None:
        super().__init__(
            places=None,
            required=required,
            allow_none=not required,
            allow_nan=False,
            metadata={"label": label},
            validate=validate.Range(
                Decimal(0), Decimal("0.3"), error="Indiquez un taux de 0 à 30 %."
            ),
        )
        if not required:
            self.load_default = None

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        rate = super()._deserialize(value, attr, data, **kwargs)
        assert isinstance(rate, Decimal)  # noqa: S101  (allow_none is handled before)
        if rate != round(rate, 5):
            raise ValidationError("Écrivez un taux avec trois décimales au plus.")
        return rate


class Day(fields.Date):
    """A calendar day, within years that people and loans live in."""

    def __init__(
        self, label: str, *, required: bool = True, earliest: int = 1900, latest: int = 2100
    ) -> None:
        super().__init__(required=required, allow_none=not required, metadata={"label": label})
        self.earliest, self.latest = earliest, latest
        if not required:
            self.load_default = None

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day = value if type(value) is date else super()._deserialize(value, attr, data, **kwargs)
        assert isinstance(day, date)  # noqa: S101  (marshmallow types it as any date or time)
        if not self.earliest <= day.year <= self.latest:
            raise ValidationError(f"Indiquez une année entre {self.earliest} et {self.latest}.")
        return day


def flat(errors: Mapping[Any, Any] | Sequence[Any], prefix: str = "") -> dict[str, str]:
    """marshmallow's nested messages as {"lines.0.amount": "first message"}."""
    if isinstance(errors, Mapping):
        found: dict[str, str] = {}
        for key, value in errors.items():
            name = prefix if key == "_schema" else f"{prefix}.{key}".strip(".")
            found.update(flat(value, name))
        return found
    return {prefix: str(errors[0])} if errors else {}
