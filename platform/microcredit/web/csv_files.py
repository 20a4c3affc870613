"""A table as a file that spreadsheets and other systems of French offices read."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from flask import Response

#: What a spreadsheet takes for the beginning of a formula, in their wide forms too.
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def csv_answer(
    name: str, head: Sequence[str], rows: Iterable[Sequence[str | date | None]]
) -> Response:
    """A CSV file to download: UTF-8 with its mark, semicolons, ISO dates, no cell that computes.

    It is made whole before it is answered, so that what the act records is committed before the
    first byte leaves.
    """
    made = io.StringIO(newline="")
    lines = csv.writer(made, delimiter=";", lineterminator="\r\n")
    lines.writerow(head)
    lines.writerows([_cell(value) for value in row] for row in rows)
    return Response(
        made.getvalue().encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cell(value: str | date | None) -> str:
    """A cell as text; an apostrophe before what would be read as a formula."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else value
    return f"'{text}" if text.lstrip(" \u00a0\u202f").startswith(FORMULA) else text
