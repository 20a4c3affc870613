"""How money, dates and counts look in French."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microcredit.web import formatting as f
from microcredit.web.formatting import NBSP, NNBSP
from microcredit.web.forms import read_money


def plain(text: str) -> str:
    """The text with ordinary spaces, after having checked that it had none: figures must not wrap."""
    assert " " not in text
    return text.replace(NBSP, " ").replace(NNBSP, " ")


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0,00 €"), (5, "0,05 €"), (2500_00, "2 500,00 €"), (-1_05, "−1,05 €"), (-5, "−0,05 €"),
     (1234567_89, "1 234 567,89 €"), (None, "—")],
)  # fmt: skip
def test_an_amount_has_its_cents_its_thousands_and_its_sign(cents: int | None, text: str) -> None:
    assert plain(f.euros(cents)) == text


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0 €"), (49, "0 €"), (50, "1 €"), (149, "1 €"), (2500_50, "2 501 €")]
)
def test_whole_euros_are_rounded_half_up(cents: int, text: str) -> None:
    assert plain(f.euros_whole(cents)) == text


@given(st.integers(0, 10**12))
def test_an_amount_shown_in_a_box_or_on_a_page_reads_back_as_itself(cents: int) -> None:
    assert read_money(f.euros_typed(cents)) == cents
    assert read_money(f.euros(cents)) == cents


def test_no_amount_shows_an_empty_box() -> None:
    assert f.euros_typed(None) == ""
    assert f.euros_typed(70_00) == "70,00"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2016, 4, 1), "1er avril 2016"),
        (date(2016, 3, 31), "31 mars 2016"),
        (date(2024, 2, 29), "29 février 2024"),
        (date(2016, 8, 11), "11 août 2016"),
        (date(2016, 12, 21), "21 décembre 2016"),
        (None, "—"),
    ],
)
def test_a_day_is_written_in_full_and_the_first_is_an_ordinal(day: date | None, text: str) -> None:
    assert f.day(day).replace(NBSP, " ") == text


def test_a_day_does_not_part_from_its_month() -> None:
    assert f.day(date(2016, 3, 31)) == f"31{NBSP}mars 2016"


def test_a_day_of_this_year_needs_no_year_and_one_of_another_does() -> None:
    today = date(2016, 3, 31)
    assert f.short_day(date(2016, 4, 1), today) == f"1er{NBSP}avril"
    assert f.short_day(date(2015, 4, 1), today) == f"1er{NBSP}avril 2015"


def test_a_day_stored_in_a_copy_reads_like_any_other() -> None:
    assert f.iso_day("2016-03-31") == f.day(date(2016, 3, 31))
    assert f.iso_day(None) == f.iso_day("") == "—"


def test_a_weekday_goes_before_its_day() -> None:
    assert f.weekday(date(2016, 3, 31)) == f"jeudi 31{NBSP}mars 2016"
    assert f.weekday(date(2016, 4, 3)).startswith("dimanche 3")


def test_an_hour_has_two_figures_of_minutes() -> None:
    assert plain(f.clock_time(time(9, 5))) == "9 h 05"


def test_an_instant_is_told_in_paris_in_winter_and_in_summer() -> None:
    winter = datetime(2016, 3, 22, 23, 30, tzinfo=UTC)
    summer = datetime(2016, 6, 22, 22, 30, tzinfo=UTC)
    assert f.instant(winter).replace(NBSP, " ") == "23 mars 2016 à 0 h 30"
    assert f.instant(summer).replace(NBSP, " ") == "23 juin 2016 à 0 h 30"


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 dossier"), (1, "1 dossier"), (2, "2 dossiers"), (1200, "1 200 dossiers")],
)
def test_nothing_is_singular_in_french(number: int, text: str) -> None:
    assert plain(f.plural(number, "dossier", "dossiers")) == text


@pytest.mark.parametrize(
    ("part", "total", "text"),
    [(132, 497, "26,6 %"), (1, 3, "33,3 %"), (2, 3, "66,7 %"), (1, 2000, "0,1 %"), (1, 2001, "0,0 %"),
     (5, 5, "100,0 %"), (0, 5, "0,0 %"), (0, 0, "—")],
)  # fmt: skip
def test_a_share_is_rounded_half_up_to_a_tenth(part: int, total: int, text: str) -> None:
    assert plain(f.share(part, total)) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [("0.02", "2 %"), ("0.0225", "2,25 %"), ("0.10", "10 %"), ("0", "0 %"), ("1", "100 %")],
)
def test_a_rate_has_as_many_decimals_as_it_needs(rate: str, text: str) -> None:
    assert plain(f.percent(Decimal(rate))) == text


def test_days_and_capitals() -> None:
    assert plain(f.days(14)) == "14 j"
    assert f.capitalize_first("élue de Condé") == "Élue de Condé"
    assert f.capitalize_first("") == ""
