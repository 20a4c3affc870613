"""The words that find a person, and how she is addressed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microcredit.people.services import age, full_name, words


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Lefèbvre-Œuf", ["lefebvre", "oeuf"]),
        ("D’HŒDT", ["d", "hoedt"]),
        ("Nguyễn Văn", ["nguyen", "van"]),
        ("ÉLÉONORE  de la Tour", ["eleonore", "de", "la", "tour"]),
        ("e\u0301ric", ["eric"]),
        ("Weiß Ægir", ["weiss", "aegir"]),
        ("NO-2016-0012", ["no", "2016", "0012"]),
        ("Łukasz", ["lukasz"]),
        ("Søren", ["soren"]),
        ("", []),
        ("🚗 … ’", []),
    ],
)
def test_a_name_is_found_without_accents_or_capitals(name: str, found: list[str]) -> None:
    assert words(name) == found


@given(st.text(max_size=60))
def test_words_are_plain_whatever_the_text_and_the_same_in_capitals(text: str) -> None:
    found = words(text)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in found)
    assert words(" ".join(found)) == found


@given(st.text("abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûüÿœæ -’", max_size=30))
def test_a_french_name_is_found_when_typed_in_capitals(text: str) -> None:
    assert words(text.upper()) == words(text)


def test_a_person_is_addressed_with_what_is_known_of_her() -> None:
    assert full_name("mme", "Sandrine", "Lenoir") == "Mme Sandrine Lenoir"
    assert full_name("", "Sandrine", "") == "Sandrine"
    assert full_name("m", "", "Lenoir") == "M. Lenoir"
    assert full_name("mme", "", "") == "Personne non nommée"


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        (date(1981, 5, 4), date(2016, 5, 3), 34),
        (date(1981, 5, 4), date(2016, 5, 4), 35),
        (date(2000, 2, 29), date(2018, 2, 28), 17),
        (date(2000, 2, 29), date(2018, 3, 1), 18),
    ],
)
def test_one_is_a_year_older_on_ones_birthday(birth: date, on: date, years: int) -> None:
    assert age(birth, on) == years
