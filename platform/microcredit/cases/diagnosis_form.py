"""The diagnosis as its form shows it: stored values by the names of the boxes, its rows, what differs."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from marshmallow import fields

from microcredit.cases.budget_codes import USUAL, BudgetCode, Confidence, Periodicity, Whose
from microcredit.cases.diagnosis_schemas import Diagnosis, DiagnosisSchema, Line
from microcredit.cases.services.budget import adults_of
from microcredit.cases.services.diagnosis import Facts
from microcredit.kernel.schema import Cents, Choice
from microcredit.web.formatting import day, euros, euros_typed
from microcredit.web.forms import Form

PERSON_FIELDS = ("civility", "last_name", "first_names", "birth_date", "phone", "email", "address")
HOUSEHOLD_FIELDS = (
    "family", "adults", "children", "alternate_children", "housing", "employment", "employment_ends_on",
)  # fmt: skip

#: Where the numbers of each group's rows begin, so that an empty row still has a group.
BASES = {"R": 0, "C": 100, "D": 200}
#: The names that one row of a group posts, and how many all rows may: a form has 400 at most.
NAMES = {"R": 6, "C": 6, "D": 8}
MOST_NAMES = 340
PLACE = re.compile(r"lines\.([0-9]{1,9})\.")
CODES = {str(code.value) for code in BudgetCode}


@dataclass(frozen=True)
class Row:
    """One row of the budget; the code of one that is not `fixed` is chosen."""

    place: int
    group: str
    code: str
    fixed: bool
    fresh: bool = False

    @property
    def label(self) -> str:
        """The words of its code."""
        return BudgetCode(self.code).label if self.code in CODES else "Autre ligne"

    def name(self, box: str) -> str:
        """The name of one of its boxes."""
        return f"lines.{self.place}.{box}"


def known(facts: Facts) -> dict[str, object]:
    """What is stored, by the names of the form, but for the budget."""
    case, person, household = facts.case, facts.person, facts.household
    values: dict[str, object] = {
        "commune": case.residence_code,
        "motive": case.motive,
        "purpose": case.purpose,
        "project": facts.project,
        "opinion": facts.opinion,
        "total_cost": case.total_cost_cents,
        "contribution": case.contribution_cents,
        "amount": case.amount_cents or None,
        "months": case.months,
        "notice_given": "true" if case.notice_given_on else None,
    }
    if person is not None:
        values.update({name: getattr(person, name) for name in PERSON_FIELDS})
    if household is not None:
        values.update({name: getattr(household, name) for name in HOUSEHOLD_FIELDS})
        values["children_born"] = ", ".join(map(str, household.children_born))
    return values


def stored_form(facts: Facts) -> Form[Diagnosis]:
    """The form filled with what is stored."""
    form: Form[Diagnosis] = Form(DiagnosisSchema(), known(facts))
    seen: Counter[str] = Counter()
    for line in stored_lines(facts):
        group = BudgetCode(line.code).group
        head = f"lines.{BASES[group] + seen[group]}"
        seen[group] += 1
        values = asdict(line) | {
            "amount": euros_typed(line.amount),
            "owed": euros_typed(line.owed),
            "ends_on": line.ends_on.isoformat() if line.ends_on else "",
        }
        form.values.update({f"{head}.{box}": str(value) for box, value in values.items()})
    return form


def stored_lines(facts: Facts) -> list[Line]:
    """The budget as the act of saving knows it."""
    return [
        Line(
            line.code, line.amount_cents, line.periodicity, line.whose, line.confidence,
            line.ends_on, line.creditor, line.owed_cents,
        )
        for line in facts.lines
    ]  # fmt: skip


def rows(form: Form[Diagnosis], added: str = "") -> dict[str, list[Row]]:
    """The rows of each group: the usual ones, those that are filled, two free ones.

    One more is free in the group `added`. Empty rows give way before the form has too many names.
    """
    found = {group: list(_rows_of(form, group, added)) for group in BASES}
    empty = [row for rows_ in found.values() for row in rows_ if not form.value(row.name("amount"))]
    while empty and names_of(found) > MOST_NAMES:
        gone = empty.pop()
        found[gone.group].remove(gone)
    return found


def names_of(found: Mapping[str, list[Row]]) -> int:
    """How many names the rows post."""
    return sum(NAMES[group] * len(rows_) for group, rows_ in found.items())


def _rows_of(form: Form[Diagnosis], group: str, added: str) -> Iterator[Row]:
    codes = {place: form.value(f"lines.{place}.code") for place in _places(form)}
    mine = [place for place, code in codes.items() if _group(place, code) == group]
    free = (place for place in range(BASES[group], 10**9) if place not in codes)
    for code in USUAL[group]:
        place = next((place for place in mine if codes[place] == code), None)
        if place is None:
            place = next(free)
        else:
            mine.remove(place)
        yield Row(place, group, code, fixed=True)
    for place in mine:
        yield Row(place, group, codes[place], fixed=False)
    empty = sum(not form.value(f"lines.{place}.amount") for place in mine)
    wanted = max(0, 2 - empty) if added != group else 1
    for _ in range(wanted):
        yield Row(next(free), group, "", fixed=False, fresh=added == group)


def _places(form: Form[Diagnosis]) -> list[int]:
    """The numbers of the rows that were typed, in order."""
    found = {int(match[1]) for name in form.values if (match := PLACE.match(name))}
    return sorted(found)


def _group(place: int, code: str) -> str:
    """The group of a row: that of its code, or of its number while no code is chosen."""
    if code in CODES:
        return code[0]
    return next((group for group in "DC" if place >= BASES[group]), "R")


def label_of(form: Form[Diagnosis], name: str) -> str:
    """The words for a box in the summary of errors: the line before the box."""
    match = PLACE.match(name)
    if match is None:
        return form.label(name)
    code, box = form.value(f"lines.{match[1]}.code"), name.rpartition(".")[2]
    line = BudgetCode(code).label if code in CODES else "Autre ligne"
    return line if box == "amount" else f"{line}, {form.label(name).lower()}"


def compare(
    typed: Diagnosis, facts: Facts, communes: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """(label, stored, typed) of each answer that differs from what somebody else just saved."""
    form: Form[Diagnosis] = Form(DiagnosisSchema())
    theirs, mine = known(facts), _saved(typed, facts)
    found = [
        (form.label(name), was, becomes)
        for name in form.schema.fields
        if name not in ("version", "lines")
        and (was := _in_words(form, name, theirs.get(name), communes))
        != (becomes := _in_words(form, name, mine[name], communes))
    ]
    stored, lines = _lines_in_words(stored_lines(facts)), _lines_in_words(typed.lines)
    found += [
        (label, stored.get(label, ""), lines.get(label, ""))
        for label in dict.fromkeys((*stored, *lines))
        if stored.get(label, "") != lines.get(label, "")
    ]
    return found or [("Version du dossier", "plus récente", "plus ancienne")]


def _saved(typed: Diagnosis, facts: Facts) -> dict[str, object]:
    """What saving would write: an answer left out that has a default is that default."""
    return asdict(typed) | {
        "adults": adults_of(typed),
        "children": typed.children or 0,
        "alternate_children": typed.alternate_children or 0,
        "amount": typed.amount or facts.case.amount_cents,
        "children_born": ", ".join(map(str, typed.children_born)),
        "notice_given": "true" if typed.notice_given else None,
    }


def _in_words(form: Form[Diagnosis], name: str, value: object, communes: Mapping[str, str]) -> str:
    if value is None or value == "":
        return ""
    field = form.field(name)
    if isinstance(field, Choice):
        return dict(field.options()).get(str(value), str(value))
    if isinstance(field, Cents) and isinstance(value, int):
        return euros(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(field, fields.Boolean):
        return "oui"
    return communes.get(str(value), str(value)) if name == "commune" else str(value)


def _lines_in_words(lines: list[Line]) -> dict[str, str]:
    """Label → what a line says; a second line of one code has its rank."""
    seen: Counter[str] = Counter()
    words: dict[str, str] = {}
    for line in filter(_filled, lines):
        seen[line.code] += 1
        rank = f" ({seen[line.code]})" if seen[line.code] > 1 else ""
        words[BudgetCode(line.code).label + rank] = _line_in_words(line)
    return words


def _filled(line: Line) -> bool:
    return line.amount is not None


def _line_in_words(line: Line) -> str:
    parts = [
        f"{euros(line.amount)} {Periodicity(line.periodicity).label}",
        Whose(line.whose).label.lower() if line.whose != Whose.APPLICANT.value else "",
        Confidence(line.confidence).label.lower()
        if line.confidence != Confidence.DECLARED.value
        else "",
        f"jusqu’au {day(line.ends_on)}" if line.ends_on else "",
        line.creditor,
        f"reste dû {euros(line.owed)}" if line.owed is not None else "",
    ]
    return ", ".join(part for part in parts if part)
