"""Keyset pages: the next page starts after the last row of this one, by value, never by offset."""

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, tuple_
from sqlalchemy.orm import Session

SIZE = 25

AnySelect = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class Page:
    """Rows of one page, and the cursors of its neighbours ("" where there is none)."""

    rows: list[AnyRow]
    before: str
    after: str


@dataclass(frozen=True)
class Keyset:
    """How a list is sorted: by `key`, then by `id` so that no two rows are equal.

    `key_name` and `id_name` are the columns' names in the rows.
    """

    key: ColumnElement[Any]
    id: ColumnElement[int]
    key_name: str
    id_name: str
    descending: bool = False


def fetch(
    session: Session, statement: AnySelect, order: Keyset, cursor: str, size: int = SIZE
) -> Page:
    """One page of `statement`. A cursor that cannot be read gives the first page."""
    place = _decode(order, cursor)
    backwards = place is not None and place[0] == "before"
    downwards = order.descending != backwards
    if place is not None:
        here, there = tuple_(order.key, order.id), tuple_(place[1], place[2])
        statement = statement.where(here < there if downwards else here > there)
    keys = [order.key.desc(), order.id.desc()] if downwards else [order.key, order.id]
    rows = list(session.execute(statement.order_by(*keys).limit(size + 1)))
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_before = more if backwards else place is not None
    has_after = True if backwards else more
    return Page(
        rows,
        _encode("before", *_keys(order, rows[0])) if has_before and rows else "",
        _encode("after", *_keys(order, rows[-1])) if has_after and rows else "",
    )


@dataclass(frozen=True)
class Cut:
    """Where one page of a whole list that was read begins and ends, and its neighbours' cursors."""

    start: int
    stop: int
    before: str
    after: str


def cut(keys: Sequence[tuple[int, int]], cursor: str, size: int = SIZE) -> Cut:
    """One page of a list that was read whole, by its (key, id) in their order: as `fetch` would."""
    place = _place(int, cursor)
    if place is not None and place[0] == "before":
        stop = bisect_left(keys, place[1:])
        start = max(stop - size, 0)
        has_before, has_after = start > 0, True
    else:
        start = bisect_right(keys, place[1:]) if place is not None else 0
        stop = min(start + size, len(keys))
        has_before, has_after = place is not None, stop < len(keys)
    return Cut(
        start,
        stop,
        _encode("before", *keys[start]) if has_before and start < stop else "",
        _encode("after", *keys[stop - 1]) if has_after and start < stop else "",
    )


def _keys(order: Keyset, row: AnyRow) -> tuple[Any, int]:
    return row._mapping[order.key_name], row._mapping[order.id_name]


def _encode(side: str, key: Any, row_id: int) -> str:
    text = json.dumps([side, key.isoformat() if isinstance(key, date) else key, row_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(order: Keyset, cursor: str) -> tuple[str, Any, int] | None:
    """(side, key, id), or None for anything that is not one of our cursors for this order."""
    return _place(order.key.type.python_type, cursor)


def _place(wanted: type, cursor: str) -> tuple[str, Any, int] | None:
    try:
        side, key, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if wanted is date:
            key = date.fromisoformat(key)
        str(key).encode()  # an unpaired surrogate is no text that the database knows
        if side not in ("before", "after") or type(key) is not wanted or type(row_id) is not int:
            return None
    except (ValueError, TypeError):
        return None
    fits = not (isinstance(key, int) and abs(key) >= 2**63) and abs(row_id) < 2**63
    return (side, key, row_id) if fits and "\x00" not in str(key) else None
