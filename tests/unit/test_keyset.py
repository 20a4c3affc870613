"""Cursors of keyset pages: ours are read back, anything else gives the first page."""

import base64
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microcredit.cases.models import Case
from microcredit.kernel.keyset import Keyset, _decode, cut

BY_NUMBER = Keyset(Case.number.expression, Case.id.expression, "number", "id")
BY_AMOUNT = Keyset(Case.amount_cents.expression, Case.id.expression, "amount_cents", "id")
BY_DAY = Keyset(Case.state_since.expression, Case.id.expression, "state_since", "id")
ORDERS = (BY_NUMBER, BY_AMOUNT, BY_DAY)


def cursor(*parts: object) -> str:
    """A cursor of these parts, well formed or not."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def test_a_cursor_of_ours_is_read() -> None:
    assert _decode(BY_NUMBER, cursor("after", "NO-2016-0001", 7)) == ("after", "NO-2016-0001", 7)
    assert _decode(BY_AMOUNT, cursor("before", 1500_00, 7)) == ("before", 1500_00, 7)
    assert _decode(BY_DAY, cursor("after", "2016-03-31", 7)) == ("after", date(2016, 3, 31), 7)


@pytest.mark.parametrize(
    "garbage",
    [
        "", "a", "====", "é", "\x00", "AAAA", "null", cursor(), cursor("after"),
        cursor("after", "x", 1, 2), cursor("beside", "NO-2016-0001", 7), cursor("after", None, 7),
        cursor("after", ["x"], 7), cursor("after", {"x": 1}, 7), cursor("after", True, True),
        cursor("after", "NO-2016-0001", "7"), cursor("after", "NO-2016-0001", 7.0),
        cursor("after", "NO-2016-0001", 2**63), cursor("after", 2**63, 7), cursor("after", "a\x00", 7),
        cursor("after", "\ud800", 7), cursor("after", 1e300, 7),
        base64.urlsafe_b64encode(b'["after", NaN, 7]').decode(), "W1tb" * 100,
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)  # fmt: skip
def test_a_cursor_that_is_not_ours_gives_the_first_page(garbage: str) -> None:
    assert [_decode(order, garbage) for order in ORDERS] == [None, None, None]


def test_a_cursor_of_another_order_gives_the_first_page() -> None:
    assert _decode(BY_AMOUNT, cursor("after", "NO-2016-0001", 7)) is None
    assert _decode(BY_DAY, cursor("after", "NO-2016-0001", 7)) is None
    assert _decode(BY_NUMBER, cursor("after", 1500_00, 7)) is None


@given(st.text(max_size=60))
def test_no_text_makes_the_reading_of_a_cursor_fail(text: str) -> None:
    for order in ORDERS:
        _decode(order, text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=8
    )
)
def test_what_is_read_from_any_cursor_can_be_asked_of_the_database(key: object) -> None:
    for order in ORDERS:
        found = _decode(order, cursor("after", key, 7))
        if found is not None:
            assert type(found[1]) is order.key.type.python_type
            assert b"\x00" not in str(found[1]).encode()


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 30))), st.integers(1, 7))
def test_a_list_that_was_read_whole_is_walked_forth_and_back_page_by_page(
    found: set[tuple[int, int]], size: int
) -> None:
    keys = sorted(found)
    page, forth = cut(keys, "", size), []
    forth.append((page.start, page.stop))
    while page.after:
        page = cut(keys, page.after, size)
        forth.append((page.start, page.stop))
    assert [key for start, stop in forth for key in keys[start:stop]] == keys
    back = [(page.start, page.stop)]
    while page.before:
        page = cut(keys, page.before, size)
        back.append((page.start, page.stop))
    assert back[::-1] == forth


def test_a_page_of_a_list_that_shrank_meanwhile_starts_where_its_cursor_says() -> None:
    after = cut([(1, 1), (2, 2), (3, 3)], "", 2).after
    page = cut([(1, 1), (3, 3)], after, 2)
    assert (page.start, page.stop) == (1, 2)
    nothing = cut([(1, 1)], after, 2)
    assert (nothing.start, nothing.stop, nothing.before, nothing.after) == (1, 1, "", "")
