"""How the values of a tenant file are written, and what is said of those that cannot be read.

Amounts are whole euros (`3000`) or text (`"3 000 €"`, `"3 000,50"`), rates are text (`"2 %"`):
a decimal number of TOML is refused, because it is not exact.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum

from marshmallow import ValidationError, fields, validate

from microcredit.kernel.schema import BaseSchema, Day, Number, Text

SPACES = str.maketrans("", "", " \u00a0\u202f")
MONEY = re.compile(r"([0-9]{1,7})(?:,([0-9]{1,2}))?€?")
PERCENT = re.compile(r"([0-9]{1,2})(?:,([0-9]{1,3}))?%")
SHARE = re.compile(r"([0-9]{1,3})%")
MOST_CENTS = 100_000_00

EXACT_MONEY = 'Écrivez un montant exact en euros : 3000, ou "3 000,50" entre guillemets.'
WHOLE_SHARE = 'Écrivez une part entière entre guillemets, avec « % » : "33 %".'
EXACT_RATE = 'Écrivez le taux entre guillemets, avec « % » : "2 %" ou "2,5 %".'


class Euros(fields.Field[int]):
    """An exact amount, read into cents."""

    def __init__(self, label: str, *, required: bool = True) -> None:
        super().__init__(required=required, metadata={"label": label})
        if not required:
            self.load_default = None

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **_: object
    ) -> int:
        cents = value * 100 if type(value) is int else _cents(value)
        if not 0 < cents <= MOST_CENTS:
            raise ValidationError("Indiquez un montant de plus de 0 € et d’au plus 100 000 €.")
        return cents


def _cents(value: object) -> int:
    match = MONEY.fullmatch(value.translate(SPACES)) if isinstance(value, str) else None
    if match is None:
        raise ValidationError(EXACT_MONEY)
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


class Rate(fields.Field[Decimal]):
    """A yearly rate, read into an exact fraction: « 2 % » is Decimal("0.02")."""

    def __init__(self, label: str) -> None:
        super().__init__(required=True, metadata={"label": label})

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **_: object
    ) -> Decimal:
        match = PERCENT.fullmatch(value.translate(SPACES)) if isinstance(value, str) else None
        if match is None:
            raise ValidationError(EXACT_RATE)
        return Decimal(f"{match[1]}.{match[2] or 0}") / 100


class Share(fields.Field[int]):
    """A part of something, read into whole per cents: « 33 % » is 33. It may be left out."""

    def __init__(self, label: str) -> None:
        super().__init__(load_default=None, metadata={"label": label})

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **_: object
    ) -> int:
        match = SHARE.fullmatch(value.translate(SPACES)) if isinstance(value, str) else None
        if match is None or not 0 < int(match[1]) <= 100:
            raise ValidationError(WHOLE_SHARE)
        return int(match[1])


class TomlDay(Day):
    """A date as TOML writes it: neither a text nor a day with an hour."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **more: object
    ) -> date:
        if type(value) is not date:
            raise ValidationError("Une date est attendue, comme 2026-01-31, sans guillemets.")
        return super()._deserialize(value, attr, data, **more)


class FileSchema(BaseSchema):
    """A block of a tenant file: refuses a key it does not know, and says which ones it knows."""

    def __init__(self) -> None:
        super().__init__()
        known = ", ".join(self.fields)
        self.error_messages = {
            **self.error_messages,
            "unknown": f"Cette clé n’existe pas ici ; les clés possibles sont : {known}.",
            "type": "Un bloc de clés est attendu ici.",
        }


def line(label: str, longest: int = 100, pattern: str = "", example: str = "") -> Text:
    """One line of text that must be there, of a given shape when `pattern` is given."""
    shape = validate.Regexp(f"(?:{pattern})\\Z", error=example) if pattern else None
    return Text(
        label,
        longest=longest,
        required=True,
        validate=shape,
        error_messages={"invalid": "Un texte entre guillemets est attendu."},
    )


def optional_euros(label: str) -> Euros:
    """An exact amount, read into cents, that may be left out."""
    return Euros(label, required=False)


def one_of(label: str, *codes: Enum, default: Enum | None = None) -> Text:
    """One of these codes; `default` when it is left out."""
    names = [str(code.value) for code in codes]
    choice = validate.OneOf(names, error=f"Choisissez parmi : {', '.join(names)}.")
    field = Text(
        label,
        required=default is None,
        validate=choice,
        error_messages={"invalid": "Un texte entre guillemets est attendu."},
    )
    if default is not None:
        field.load_default = str(default.value)
    return field


def codes(label: str) -> "fields.List[str]":
    """A list of short codes, as `["eidas1-mfa", "eidas2"]`; none when it is left out."""
    wrong = 'Une liste de codes est attendue, comme ["eidas1-mfa"].'
    code = fields.String(
        validate=validate.Regexp(r"[!-~]{1,60}\Z", error=wrong), error_messages={"invalid": wrong}
    )
    return fields.List(
        code,
        load_default=list,
        validate=validate.Length(max=20, error="Au plus 20 codes."),
        metadata={"label": label},
        error_messages={"invalid": wrong},
    )


def optional(field: Text) -> Text:
    """The same text, which may be left out: it is then empty."""
    field.required = False
    field.load_default = ""
    return field


def whole(label: str, least: int, most: int, *, required: bool = True) -> Number:
    """A whole number."""
    return Number(
        label,
        least,
        most,
        required=required,
        error_messages={"invalid": "Un nombre entier est attendu, sans guillemets."},
    )


def day(label: str, *, required: bool = True) -> Day:
    """A calendar day, between 1990 and 2100."""
    return TomlDay(label, required=required, earliest=1990)


def blocks(key: str, schema: FileSchema, *, least: int = 0) -> "fields.List[dict[str, object]]":
    """Blocks `[[key]]`, at least so many."""
    enough = validate.Length(min=least, max=500, error=f"Il faut au moins un bloc [[{key}]].")
    field = fields.List(
        fields.Nested(schema),
        required=least > 0,
        validate=enough,
        error_messages={
            "invalid": f"Des blocs [[{key}]] sont attendus.",
            "required": f"Il faut au moins un bloc [[{key}]].",
        },
    )
    if not least:
        field.load_default = list
    return field
