"""Masked numbers cannot be found again; shown numbers are exact."""

from collections.abc import Iterator
from fractions import Fraction
from math import inf

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from microcredit.reporting.services.masking import (
    Count,
    Cover,
    MaskedTable,
    mask_row,
    mask_table,
)
from microcredit.reporting.services.series import Tally, alone, crossed, money, plain, split

Equation = tuple[dict[int, int], int]


def words(counts: list[Count]) -> list[int | str]:
    return [count.cover.words if count.value is None else count.value for count in counts]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([], []),
        ([3], [3]),
        ([0, 0], [0, 0]),
        ([12, 5, 0], [12, 5, 0]),
        ([40, 3, 9, 20], [40, "moins de 5", "non affiché", 20]),
        ([40, 3, 2, 20], [40, "moins de 5", "moins de 5", 20]),
        ([40, 1, 5, 20], [40, "moins de 5", 5, "non affiché"]),
        ([40, 1, 1, 20], [40, "moins de 5", "moins de 5", "non affiché"]),
        ([40, 4, 4, 20], [40, "moins de 5", "moins de 5", "non affiché"]),
        ([3, 0], ["non affiché", "non affiché"]),
    ],
)
def test_a_row_hides_the_small_and_the_next_smallest(
    values: list[int], wanted: list[int | str]
) -> None:
    assert words(mask_row(values)) == wanted


def test_a_table_hides_four_corners_of_a_rectangle() -> None:
    masked = mask_table([[3, 20, 30], [20, 8, 40], [30, 40, 50]])
    assert [words(row) for row in masked.cells] == [
        ["moins de 5", "non affiché", 30],
        ["non affiché", "non affiché", 40],
        [30, 40, 50],
    ]
    assert words(masked.row_totals) == [53, 68, 120]
    assert words(masked.column_totals) == [53, 68, 120]


def test_what_the_reader_knows_elsewhere_hides_nothing() -> None:
    """She knows the second column: the third must hide the first."""
    masked = mask_table([[3, 6, 30], [20, 20, 40]], known_column=1)
    assert masked.cells[0][1].value == 6
    assert masked.cells[0][0].cover is Cover.SMALL
    assert masked.cells[0][2].cover is Cover.WITHHELD


# The reader: what she sees, and all that she can work out of it.


def equations(masked: MaskedTable, grand_total: int) -> tuple[list[Count], list[Equation]]:
    """Every number of a table, and the sums that tie them: +1 for a part, −1 for its total."""
    height, breadth = len(masked.cells), len(masked.cells[0])
    numbers = [count for row in masked.cells for count in row]
    numbers += masked.row_totals + masked.column_totals
    rows = range(height * breadth, height * breadth + height)
    columns = range(rows.stop, rows.stop + breadth)
    sums: list[Equation] = [
        ({r * breadth + c: 1 for c in range(breadth)} | {rows[r]: -1}, 0) for r in range(height)
    ]
    sums += [
        ({r * breadth + c: 1 for r in range(height)} | {columns[c]: -1}, 0) for c in range(breadth)
    ]
    sums += [(dict.fromkeys(rows, 1), grand_total), (dict.fromkeys(columns, 1), grand_total)]
    return numbers, sums


def determined(numbers: list[Count], sums: list[Equation]) -> set[int]:
    """The hidden numbers that adding and subtracting sums gives, by elimination over fractions."""
    hidden = [place for place, count in enumerate(numbers) if count.value is None]
    lines = [[Fraction(factors.get(place, 0)) for place in hidden] for factors, _ in sums]
    pivot_row = 0
    for column in range(len(hidden)):
        pivot = next((r for r in range(pivot_row, len(lines)) if lines[r][column]), None)
        if pivot is None:
            continue
        lines[pivot_row], lines[pivot] = lines[pivot], lines[pivot_row]
        scale = lines[pivot_row][column]
        lines[pivot_row] = [value / scale for value in lines[pivot_row]]
        for r, line in enumerate(lines):
            if r != pivot_row and line[column]:
                factor = line[column]
                lines[r] = [a - factor * b for a, b in zip(line, lines[pivot_row], strict=True)]
        pivot_row += 1
    return {
        hidden[next(i for i, value in enumerate(line) if value)]
        for line in lines
        if sum(1 for value in line if value) == 1
    }


def possible(numbers: list[Count], sums: list[Equation], most: int) -> Iterator[list[int]]:
    """Every set of whole numbers that fits all that is shown and said: brute force."""
    lows = [max(c.cover.value[0], 0) if c.value is None else c.value for c in numbers]
    highs = [
        (most if c.cover.value[1] == inf else int(c.cover.value[1])) if c.value is None else c.value
        for c in numbers
    ]

    def reach(filled: list[int], factors: dict[int, int]) -> tuple[int, int]:
        ends = [
            (factor * filled[p], factor * filled[p])
            if p < len(filled)
            else (factor * int(lows[p]), factor * int(highs[p]))
            for p, factor in factors.items()
        ]
        return sum(min(pair) for pair in ends), sum(max(pair) for pair in ends)

    def fits(filled: list[int]) -> bool:
        reached = [(*reach(filled, factors), total) for factors, total in sums]
        return all(low <= total <= high for low, high, total in reached)

    def fill(filled: list[int]) -> Iterator[list[int]]:
        if len(filled) == len(numbers):
            yield filled
            return
        for value in range(int(lows[len(filled)]), int(highs[len(filled)]) + 1):
            if fits([*filled, value]):
                yield from fill([*filled, value])

    return fill([])


def undecided(numbers: list[Count], sums: list[Equation], most: int) -> bool:
    """Whether every hidden number could have at least two values."""
    hidden = {place for place, count in enumerate(numbers) if count.value is None}
    seen: dict[int, set[int]] = {place: set() for place in hidden}
    for filled in possible(numbers, sums, most):
        for place in hidden:
            seen[place].add(filled[place])
        if all(len(values) > 1 for values in seen.values()):
            return True
    return not hidden


def small_are_hidden(counts: list[Count], values: list[int]) -> bool:
    """Shown numbers are exact, small ones hidden, and the words are true."""
    return all(
        (count.value == value and not 0 < value < 5)
        if count.value is not None
        else count.cover.value[0] <= value <= count.cover.value[1]
        for count, value in zip(counts, values, strict=True)
    )


rows = st.lists(st.integers(0, 14), min_size=2, max_size=6)


@given(rows)
def test_no_hidden_number_of_a_row_can_be_found(values: list[int]) -> None:
    masked = mask_row(values)
    assert small_are_hidden(masked, values)
    sums: list[Equation] = [(dict.fromkeys(range(len(values)), 1), sum(values))]
    assert not determined(masked, sums)
    assert undecided(masked, sums, sum(values))


def tables(height: int, breadth: int, most: int) -> st.SearchStrategy[list[list[int]]]:
    row = st.lists(st.integers(0, most), min_size=breadth, max_size=breadth)
    return st.lists(row, min_size=height, max_size=height)


def flat_values(values: list[list[int]]) -> list[int]:
    found = [value for row in values for value in row]
    return (
        found + [sum(row) for row in values] + [sum(column) for column in zip(*values, strict=True)]
    )


@settings(max_examples=40, deadline=None)
@given(st.one_of(tables(2, 2, 12), tables(2, 3, 9)))
def test_no_hidden_number_of_a_small_table_can_be_found_by_trying_everything(
    values: list[list[int]],
) -> None:
    masked = mask_table(values)
    total = sum(map(sum, values))
    numbers, sums = equations(masked, total)
    assert small_are_hidden(numbers, flat_values(values))
    assert undecided(numbers, sums, total)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 6).flatmap(lambda h: tables(h, 5, 30)))
def test_no_hidden_number_of_a_table_can_be_found_by_subtraction(values: list[list[int]]) -> None:
    masked = mask_table(values)
    numbers, sums = equations(masked, sum(map(sum, values)))
    assert small_are_hidden(numbers, flat_values(values))
    assert not determined(numbers, sums)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_the_parts_of_a_number_cannot_be_found_across_years_and_communes(
    data: st.DataObject,
) -> None:
    """One page by year, one by commune, one in all: together they give nothing away."""
    years, communes, parts = [2014, 2015, 2016], ["A", "B", "C"], ["x", "y", "z"]
    cube = {
        (part, year, commune): data.draw(st.integers(0, 9))
        for part in parts for year in years for commune in communes
    }  # fmt: skip
    assume(sum(cube.values()) > 0)

    def tally(part: str | None) -> Tally:
        mine = {key: value for key, value in cube.items() if part in (None, key[0])}
        return Tally(
            sum(mine.values()),
            {y: sum(v for k, v in mine.items() if k[1] == y) for y in years},
            {c: sum(v for k, v in mine.items() if k[2] == c) for c in communes},
        )

    cells = {(y, c): sum(cube[p, y, c] for p in parts) for y in years for c in communes}
    base, _ = crossed(cells, tally(None), None)
    found = split(
        tally(None), base, {part: tally(part) for part in parts}, None, totals_shown=False
    )
    numbers: list[Count] = []
    place: dict[tuple[str, object, object], int] = {}

    def put(key: tuple[str, object, object], count: Count) -> None:
        place[key] = len(numbers)
        numbers.append(count)

    for kind, each in (("y", years), ("c", communes)):
        for one in each:
            for part, series in [(None, base), *found.items()]:
                source = series.by_year if kind == "y" else series.by_commune
                put((kind, part, one), source[one])  # type: ignore[index]
    for part in parts:
        put(("t", part, None), found[part].total)
    sums: list[Equation] = [({place["t", part, None]: 1 for part in parts}, tally(None).total)]
    for kind, each in (("y", years), ("c", communes)):
        sums += [
            ({place[kind, p, one]: 1 for p in parts} | {place[kind, None, one]: -1}, 0)
            for one in each
        ]
        sums += [
            ({place[kind, p, one]: 1 for one in each} | {place["t", p, None]: -1}, 0) for p in parts
        ]
        sums.append(({place[kind, None, one]: 1 for one in each}, tally(None).total))
    assert not determined(numbers, sums)


def test_a_number_apart_is_masked_by_year_and_by_commune() -> None:
    found = alone(Tally(20, {2015: 2, 2016: 18}, {"A": 9, "B": 8, "C": 3}), own="B")
    assert found.total.value == 20
    assert words(list(found.by_year.values())) == ["moins de 5", "non affiché"]
    assert words(list(found.by_commune.values())) == ["non affiché", 8, "moins de 5"]
    assert plain(Tally(3, {2016: 3}, {"A": 3})).at(2016, "").value == 3


def test_the_parts_of_a_hidden_number_are_hidden_with_it() -> None:
    """2015 counts 3 loans: nothing that they split into is said of that year."""
    whole = Tally(43, {2014: 20, 2015: 3, 2016: 20}, {"A": 43})
    covered = alone(whole, None)
    parts = {
        "x": Tally(31, {2014: 14, 2015: 3, 2016: 14}, {"A": 31}),
        "y": Tally(12, {2014: 6, 2015: 0, 2016: 6}, {"A": 12}),
    }
    found = split(whole, covered, parts, None, totals_shown=True)
    hidden = [year for year, count in covered.by_year.items() if count.value is None]
    assert 2015 in hidden
    for series in found.values():
        assert all(series.by_year[year].value is None for year in hidden)
        assert all(
            series.by_year[year].value is not None for year in whole.by_year if year not in hidden
        )


def test_money_of_few_is_hidden_and_so_is_what_would_tell_it() -> None:
    counted = Tally(24, {2014: 2, 2015: 1, 2016: 21}, {"A": 12, "B": 12})
    cents = Tally(240_00, {2014: 20_00, 2015: 10_00, 2016: 210_00}, {"A": 120_00, "B": 120_00})
    found = money(counted, alone(counted, None), cents)
    assert found.total.value == 240_00
    assert [count.value for count in found.by_year.values()] == [None, None, None]
    assert found.by_commune["A"].value == 120_00
    few = Tally(3, {2014: 3}, {"A": 3})
    assert money(few, plain(few), few).total.value is None
