"""A number as a total, by year and by commune: the three ways in which a page can ask for it.

Those who see totals only choose a year or a commune, never both, so that all their pages
together are these tables; each is masked once, and every page reads the same masked table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from microcredit.reporting.services.masking import (
    LEAST,
    Count,
    Cover,
    Edge,
    hide,
    mask_row,
    mask_table,
)

K = TypeVar("K")
Y = TypeVar("Y", int, str)
_Place = tuple[str, K | None, int | str | None]


@dataclass(frozen=True)
class Tally:
    """What was counted: the years and the communes of one grouping are the same in all tallies."""

    total: int
    by_year: dict[int, int]
    by_commune: dict[str, int]


@dataclass(frozen=True)
class Series:
    """The same as its reader may know it."""

    total: Count
    by_year: dict[int, Count]
    by_commune: dict[str, Count]

    def at(self, year: int | None, commune: str) -> Count:
        """The number of a year, or of a commune, or the total."""
        if commune:
            return self.by_commune[commune]
        return self.total if year is None else self.by_year[year]


def plain(tally: Tally) -> Series:
    """Nothing hidden."""
    return Series(
        Count(tally.total),
        {year: Count(value) for year, value in tally.by_year.items()},
        {commune: Count(value) for commune, value in tally.by_commune.items()},
    )


def alone(tally: Tally, own: str | None) -> Series:
    """A number by year and by commune apart, its total shown. `own` is the commune one knows."""
    years = mask_row(list(tally.by_year.values()))
    covers = hide(
        [Edge("all", "end", value, known=code == own) for code, value in tally.by_commune.items()]
    )
    if len(covers) < 2:
        covers = (Cover.SHOWN,) * len(covers)
    return Series(
        Count(tally.total),
        dict(zip(tally.by_year, years, strict=True)),
        {
            code: Count.under(cover, value)
            for (code, value), cover in zip(tally.by_commune.items(), covers, strict=True)
        },
    )


def crossed(
    cells: Mapping[tuple[int, str], int], tally: Tally, own: str | None
) -> tuple[Series, dict[tuple[int, str], Count]]:
    """A number by year and commune together, its total shown; and the cells of that table."""
    years, communes = list(tally.by_year), list(tally.by_commune)
    if len(years) < 2 or len(communes) < 2:
        series = alone(tally, own)
        one_commune = len(communes) < 2
        return series, {
            (year, code): series.by_year[year] if one_commune else series.by_commune[code]
            for year in years
            for code in communes
        }
    masked = mask_table(
        [[cells.get((year, code), 0) for code in communes] for year in years],
        communes.index(own) if own in communes else None,
    )
    series = Series(
        Count(tally.total),
        dict(zip(years, masked.row_totals, strict=True)),
        dict(zip(communes, masked.column_totals, strict=True)),
    )
    found = {
        (year, code): masked.cells[y][c]
        for y, year in enumerate(years)
        for c, code in enumerate(communes)
    }
    return series, found


def split(
    whole: Tally, covered: Series, parts: Mapping[K, Tally], own: str | None, *, totals_shown: bool
) -> dict[K, Series]:
    """The parts that a number falls into.

    The parts of a hidden number are hidden, all of them. The others are hidden as if the reader knew
    every number that is split, so that what she finds out of one table helps her with no other: where
    hidden wholes may be other numbers, their parts may follow them.

    `totals_shown`: the parts' own totals are totals of the whole grouping, never masked.
    """
    edges: dict[_Place[K], Edge] = {}
    years, communes = _many(whole.by_year), _many(whole.by_commune)
    for year, value in years.items():
        preset = covered.by_year[year].cover
        edges["year", None, year] = Edge(
            "all", ("y", year), value, free=False, known=True, preset=preset
        )
    for code, value in communes.items():
        preset = covered.by_commune[code].cover
        edges["commune", None, code] = Edge(
            ("c", code), "end", value, free=False, known=True, preset=preset
        )
    for part, tally in parts.items():
        source = ("in", part) if years else "all"
        sink = ("out", part) if communes else "end"
        edges["total", part, None] = Edge(
            source, sink, tally.total, free=not totals_shown, preset=_darkness(covered.total)
        )
        for year in years:
            dark = _darkness(covered.by_year[year])
            edges["year", part, year] = Edge(("y", year), source, tally.by_year[year], preset=dark)
        for code in communes:
            dark = _darkness(covered.by_commune[code])
            edges["commune", part, code] = Edge(
                sink, ("c", code), tally.by_commune[code], known=code == own, preset=dark
            )
    covers = dict(zip(edges, hide(tuple(edges.values())), strict=True))

    def under(kind: str, part: K, one: int | str, value: int) -> Count:
        """A year or a commune that is the only one has the total's cover."""
        cover = covers.get((kind, part, one), covers["total", part, None])
        return Count.under(cover, value)

    return {
        part: Series(
            Count.under(covers["total", part, None], tally.total),
            {year: under("year", part, year, value) for year, value in tally.by_year.items()},
            {c: under("commune", part, c, value) for c, value in tally.by_commune.items()},
        )
        for part, tally in parts.items()
    }


def _darkness(whole: Count) -> Cover | None:
    """The cover of the parts of a number: decided when it is hidden itself."""
    return None if whole.value is not None else Cover.DARK


def withheld(total: Count, like: Series) -> Series:
    """A number of which only the total may be known; the years and communes are those of `like`."""
    hidden = Count(None, Cover.DARK)
    return Series(
        total, dict.fromkeys(like.by_year, hidden), dict.fromkeys(like.by_commune, hidden)
    )


def money(counted: Tally, covered: Series, cents: Tally) -> Series:
    """The cents of counted things, hidden with their number.

    A sum that all that is hidden of a year's or a commune's split leaves to be found is that of
    `LEAST` things or of none: the next smallest is hidden too until it is so.
    """
    small = 0 < counted.total < LEAST
    return Series(
        Count.under(Cover.WITHHELD if small else Cover.SHOWN, cents.total),
        _money_row(counted.by_year, covered.by_year, cents.by_year, small=small),
        _money_row(counted.by_commune, covered.by_commune, cents.by_commune, small=small),
    )


def _money_row(
    counted: Mapping[Y, int], covered: Mapping[Y, Count], cents: Mapping[Y, int], *, small: bool
) -> dict[Y, Count]:
    hidden = {key for key in counted if small or covered[key].value is None}
    others = sorted((value, key) for key, value in counted.items() if key not in hidden and value)
    for _, key in others:
        if not hidden or sum(counted[one] for one in hidden) >= LEAST:
            break
        hidden.add(key)
    return {
        key: Count.under(Cover.WITHHELD if key in hidden else Cover.SHOWN, value)
        for key, value in cents.items()
    }


def _many(numbers: dict[Y, int]) -> dict[Y, int]:
    return numbers if len(numbers) > 1 else {}
