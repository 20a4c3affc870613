"""Charts as numbers: where bars stand and how high they are."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from microcredit.web.charts import FOOT, TOP, columns, line, strokes, width


def test_no_rows_give_no_chart() -> None:
    assert columns([]) == []


def test_the_highest_column_reaches_the_top_and_all_stand_on_the_foot() -> None:
    groups = columns([("2014", [50, 10]), ("2015", [100, 0])])
    assert [group.label for group in groups] == ["2014", "2015"]
    assert [group.middle for group in groups] == [25, 75]
    heights = [[bar.height for bar in group.columns] for group in groups]
    assert heights == [[90, 18], [180, 0]]
    assert groups[1].columns[0].y == TOP
    assert all(bar.y + bar.height == FOOT for group in groups for bar in group.columns)


def test_a_value_that_may_not_be_shown_has_no_height() -> None:
    [group] = columns([("2016", [None, 8])])
    hidden, shown = group.columns
    assert (hidden.value, hidden.height) == (None, 0)
    assert shown.height == FOOT - TOP


def test_nothing_but_zeros_and_unknowns_is_flat() -> None:
    groups = columns([("2015", [0, None]), ("2016", [0, 0])])
    assert {bar.height for group in groups for bar in group.columns} == {0}


@given(
    st.lists(st.lists(st.integers(0, 5000), min_size=1, max_size=4), min_size=1, max_size=12)
    .filter(lambda rows: len({len(row) for row in rows}) == 1)
)  # fmt: skip
def test_columns_never_overlap_nor_leave_the_drawing(rows: list[list[int]]) -> None:
    groups = columns([(str(place), values) for place, values in enumerate(rows)])
    bars = [bar for group in groups for bar in group.columns]
    assert all(bar.x >= 0 and bar.x + bar.width <= 100.01 for bar in bars)
    assert all(left.x + left.width <= right.x + 0.02 for left, right in pairwise(bars))
    assert all(bar.x < bar.middle < bar.x + bar.width for bar in bars)
    assert all(TOP <= bar.y <= FOOT for bar in bars)


def test_the_width_of_a_bar_is_its_share_of_the_longest() -> None:
    assert width(50, 200) == "25.0%"
    assert width(3, 3) == "100.0%"
    assert width(0, 0) == width(0, 9) == width(None, 9) == "0%"


def test_a_line_stands_on_zero_and_breaks_where_a_value_is_hidden() -> None:
    dots = line([("2012", 160), ("2013", None), ("2014", 278), ("2015", 349)])
    assert [dot.x for dot in dots] == [12.5, 37.5, 62.5, 87.5]
    assert [dot.y for dot in dots] == [138, None, 89.3, 60]
    assert strokes(dots) == [(62.5, 89.3, 87.5, 60)]


def test_a_line_of_nothing_or_of_zeros_stays_within_the_drawing() -> None:
    assert line([]) == []
    assert [dot.y for dot in line([("2015", 0), ("2016", 0)])] == [FOOT, FOOT]
