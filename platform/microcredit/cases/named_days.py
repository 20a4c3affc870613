"""Days that later domains know for cases: until when a bank answers, from when a loan may be paid.

Each domain registers its own at the composition root; the list and the day of work read them all
in their own statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Select, Subquery, bindparam, false, literal, select, union_all


@dataclass(frozen=True)
class NamedDays:
    """At most one day per case. `days` selects (case id, day) of the cases that it holds for.

    A `deadline` makes its case late once it has passed; any other day says from when the next act
    is possible.
    """

    days: Select[int, date]
    deadline: bool


def gathered(known: Iterable[NamedDays]) -> Subquery:
    """All the days as one table: case_id, on_date, deadline."""
    parts = []
    for one in known:
        part = one.days.subquery()
        case_id, on_date = part.c
        parts.append(
            select(
                case_id.label("case_id"),
                on_date.label("on_date"),
                literal(one.deadline).label("deadline"),
            )
        )
    nothing = select(
        literal(0).label("case_id"),
        bindparam(None, date.max, Date()).label("on_date"),
        literal(value=True).label("deadline"),
    ).where(false())
    return union_all(nothing, *parts).subquery("named_days")
