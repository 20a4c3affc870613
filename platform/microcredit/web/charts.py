"""Charts as SVG made on the server: x in per cent, y in pixels, so that text keeps its size.

Colours are classes of the theme; the figures stand on the marks and in a table beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Column:
    """One bar of a column chart: x and width in per cent, y and height in pixels.

    A value that may not be shown is None: its bar has no height.
    """

    x: float
    width: float
    y: float
    height: float
    series: int
    value: int | None

    @property
    def middle(self) -> float:
        """Where the figure on the bar stands, in per cent."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class Group:
    """The bars of one label, with the label's place in per cent."""

    label: str
    middle: float
    columns: list[Column]


TOP, FOOT = 24.0, 204.0


def columns(rows: Sequence[tuple[str, Sequence[int | None]]]) -> list[Group]:
    """Grouped columns for (label, values of each series); the highest reaches the top."""
    if not rows:
        return []
    highest = max((value or 0 for _, values in rows for value in values), default=0) or 1
    slot = 100 / len(rows)
    groups = []
    for place, (label, values) in enumerate(rows):
        width = slot * 0.72 / len(values)
        start = place * slot + slot * 0.14
        bars = []
        for series, value in enumerate(values):
            height = (FOOT - TOP) * (value or 0) / highest
            x = round(start + series * width, 2)
            bars.append(
                Column(
                    x,
                    round(width * 0.92, 2),
                    round(FOOT - height, 1),
                    round(height, 1),
                    series,
                    value,
                )
            )
        groups.append(Group(label, round(place * slot + slot / 2, 2), bars))
    return groups


@dataclass(frozen=True)
class Dot:
    """One value of a line: x in per cent, y in pixels; None when it may not be shown."""

    label: str
    x: float
    y: float | None
    value: int | None


def line(points: Sequence[tuple[str, int | None]]) -> list[Dot]:
    """The dots of a line over labels of equal width; zero stands on the foot, a quarter of room above."""
    highest = max((value or 0 for _, value in points), default=0) or 1
    slot = 100 / len(points) if points else 0
    return [
        Dot(
            label,
            round(place * slot + slot / 2, 2),
            None if value is None else round(FOOT - (FOOT - TOP) * 0.8 * value / highest, 1),
            value,
        )
        for place, (label, value) in enumerate(points)
    ]


def strokes(dots: Sequence[Dot]) -> list[tuple[float, float, float, float]]:
    """The strokes between dots that stand side by side: x and y of both ends."""
    return [
        (before.x, before.y, after.x, after.y)
        for before, after in pairwise(dots)
        if before.y is not None and after.y is not None
    ]


def width(value: int | None, highest: int) -> str:
    """The width of a bar in a row, in per cent of the longest; none for what may not be shown."""
    return f"{100 * value / highest:.1f}%" if value and highest > 0 else "0%"
