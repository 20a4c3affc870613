"""From an HTML form to a schema: French money and dates, repeated lines, typed values kept.

A form knows nothing of the trade: it reads what was typed, lets the schema judge, and keeps both
the raw values and the messages, so that a page that comes back has lost nothing.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from flask import request
from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from microcredit.kernel.errors import DomainError
from microcredit.kernel.schema import (
    ActSchema,
    AnyField,
    BaseSchema,
    Cents,
    Choice,
    Day,
    Rate,
    flat,
)
from microcredit.web.formatting import euros_typed, percent

MAX_KEYS = 400
MONEY = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?")
RATE = re.compile(r"(\d{1,2})(?:[.,](\d{1,3}))?%?")
DIGITS = re.compile(r"\d{1,9}")
SPACES = str.maketrans("", "", " \u00a0\u202f€")


T = TypeVar("T")


class Form(Generic[T]):
    """One schema, what was typed into it, and what is wrong with that.

    Names are dotted: `lines.0.amount`. A date is three boxes: `birth.day`, `birth.month`,
    `birth.year`. Names that begin with `_` are the house's own and never reach the schema.
    """

    def __init__(self, schema: ActSchema[T], known: Mapping[str, object] | None = None) -> None:
        self.schema = schema
        self.errors: dict[str, str] = {}
        self.values: dict[str, str] = dict(_shown(schema, known or {}))
        self.ticked: dict[str, list[str]] = {}
        self._refused = 0

    @property
    def status(self) -> int:
        """What a service's refusal says, 422 when an answer is wrong, 200 otherwise."""
        return self._refused or (422 if self.errors else 200)

    @property
    def refused(self) -> bool:
        """Whether a service refused what was readable."""
        return bool(self._refused)

    def read(self) -> T | None:
        """What the schema makes of the posted form; None when something is wrong with it."""
        posted = request.form
        if len(posted) > MAX_KEYS:
            raise RequestEntityTooLarge
        return self.judge(posted)

    def judge(self, posted: MultiDict[str, str]) -> T | None:
        """The same for any set of names and values, such as a query string."""
        self.values = {name: value for name, value in posted.items() if not name.startswith("_")}
        self.ticked = {name: posted.getlist(name) for name in posted if not name.startswith("_")}
        unreadable: dict[str, str] = {}
        data = _expand(self.schema, posted, "", unreadable)
        try:
            act = self.schema.read(data)
        except ValidationError as wrong:
            self.errors = _placed(flat(wrong.messages_dict), posted)
            self.errors.update(unreadable)
            return None
        if unreadable:
            self.errors = unreadable
            return None
        return act

    def refuse(self, error: DomainError) -> None:
        """Take over what a service refused: beside its fields, or for the whole form."""
        self.errors.update(error.fields or {"": str(error)})
        self._refused = error.status

    def label(self, name: str) -> str:
        """The label of a field, found through nested schemas."""
        field = self.field(name)
        return str(field.metadata.get("label", name)) if field else name

    def field(self, name: str) -> AnyField | None:
        """The schema's field behind a dotted name."""
        schema: BaseSchema | None = self.schema
        found: AnyField | None = None
        for part in name.split("."):
            if part.isdecimal():
                continue
            found = schema.fields.get(part) if schema else None
            schema = _inner(found)
        return found

    def options(self, name: str) -> list[tuple[str, str]]:
        """(code, label) of a choice."""
        field = self.field(name)
        inner = field.inner if isinstance(field, fields.List) else field
        return inner.options() if isinstance(inner, Choice) else []

    def chosen(self, name: str) -> list[str]:
        """What was ticked of a set of choices."""
        return self.ticked.get(name, [])

    def value(self, name: str) -> str:
        """What was typed, or is known."""
        return self.values.get(name, "")


def read_money(typed: str) -> int | None:
    """« 1 234,5 », « 520.00 », « 70 € » → cents; None when it is not an amount."""
    match = MONEY.fullmatch(typed.translate(SPACES))
    if match is None:
        return None
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def _inner(field: AnyField | None) -> BaseSchema | None:
    if isinstance(field, fields.List):
        field = field.inner
    inner = field.schema if isinstance(field, fields.Nested) else None
    return inner if isinstance(inner, BaseSchema) else None


def _expand(
    schema: BaseSchema, posted: MultiDict[str, str], prefix: str, unreadable: dict[str, str]
) -> dict[str, object]:
    data: dict[str, object] = {}
    for name, field in schema.fields.items():
        full = prefix + name
        inner = _inner(field)
        if inner is not None:
            data[name] = [
                _expand(inner, posted, f"{full}.{index}.", unreadable)
                for index in _indexes(posted, full)
            ]
            continue
        try:
            value = _read(field, posted, full)
        except ValueError as wrong:
            unreadable[full] = str(wrong)
            continue
        if value is not None:
            data[name] = value
    if not prefix:
        data.update(_strays(schema, posted))
    return data


def _read(field: AnyField, posted: MultiDict[str, str], name: str) -> object:
    """The value for the schema; None when nothing was typed. ValueError says what is unreadable."""
    if isinstance(field, Day):
        return _read_day(posted, name)
    if name not in posted:
        return None
    if isinstance(field, fields.List):
        return posted.getlist(name)
    typed = posted[name]
    if isinstance(field, Rate):
        return _read_rate(typed) if typed.strip() else None
    if not isinstance(field, fields.Integer):
        return typed
    return _read_number(field, typed) if typed.strip() else None


def _read_number(field: AnyField, typed: str) -> int:
    if isinstance(field, Cents):
        cents = read_money(typed)
        if cents is None:
            raise ValueError("Écrivez un montant, par exemple 520,00.")
        return cents
    digits = typed.translate(SPACES)
    if not DIGITS.fullmatch(digits):
        raise ValueError("Écrivez un nombre entier, par exemple 2.")
    return int(digits)


def _read_rate(typed: str) -> str:
    """« 2 % », « 2,5 » → the fraction of one, as the schema reads it."""
    match = RATE.fullmatch(typed.translate(SPACES))
    if match is None:
        raise ValueError("Écrivez un taux, par exemple 2 %.")
    return str(Decimal(f"{match[1]}.{match[2] or 0}") / 100)


def _read_day(posted: MultiDict[str, str], name: str) -> str | None:
    parts = [posted.get(f"{name}.{box}", "").strip() for box in ("day", "month", "year")]
    if not any(parts):
        return None
    if not all(DIGITS.fullmatch(part) for part in parts) or len(parts[2]) != 4:
        raise ValueError("Écrivez le jour, le mois et l’année, par exemple 31 03 2016.")
    iso = f"{parts[2]}-{int(parts[1]):02d}-{int(parts[0]):02d}"
    try:
        date.fromisoformat(iso)
    except ValueError as wrong:
        raise ValueError("Cette date n’existe pas.") from wrong
    return iso


def _indexes(posted: MultiDict[str, str], name: str) -> list[int]:
    """The numbers of repeated lines, in order: `lines.0.…`, `lines.2.…` → [0, 2]."""
    start = f"{name}."
    found = {key[len(start) :].split(".")[0] for key in posted if key.startswith(start)}
    return sorted(int(index) for index in found if DIGITS.fullmatch(index))


def _placed(errors: Mapping[str, str], posted: MultiDict[str, str]) -> dict[str, str]:
    """The schema counts repeated lines from 0; a message goes to the line as it was numbered."""
    placed: dict[str, str] = {}
    for name, message in errors.items():
        head, _, rest = name.partition(".")
        position, dot, field = rest.partition(".")
        numbers = _indexes(posted, head) if position.isdecimal() else []
        known = position.isdecimal() and int(position) < len(numbers)
        placed[f"{head}.{numbers[int(position)]}{dot}{field}" if known else name] = message
    return placed


def _strays(schema: BaseSchema, posted: MultiDict[str, str]) -> dict[str, str]:
    """Names that the schema does not know: it will refuse them."""
    heads = {name.split(".")[0] for name in posted if not name.startswith("_")}
    return {head[:40]: "" for head in heads if head not in schema.fields}


def _shown(schema: BaseSchema, known: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Known values as they look in the boxes of the form."""
    shown: dict[str, str] = {}
    for name, value in known.items():
        field, full = schema.fields.get(name), prefix + name
        inner = _inner(field)
        if inner is not None:
            for index, line in enumerate(value if isinstance(value, list) else []):
                shown.update(_shown(inner, line, f"{full}.{index}."))
        elif isinstance(value, date):
            shown[f"{full}.day"] = f"{value.day:02d}"
            shown[f"{full}.month"] = f"{value.month:02d}"
            shown[f"{full}.year"] = str(value.year)
        elif isinstance(field, Cents):
            shown[full] = euros_typed(value if isinstance(value, int) else None)
        elif isinstance(field, Rate) and isinstance(value, Decimal):
            shown[full] = percent(value)
        elif value is not None:
            shown[full] = str(value)
    return shown
