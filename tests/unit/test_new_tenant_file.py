"""What `tenants new` writes and refuses to write, and the register it is taken from."""

from datetime import date
from pathlib import Path

import pytest

from microcredit.groupings.register import (
    Register,
    RegisteredCommune,
    RegisterMissing,
    load,
    register,
)
from microcredit.tenant_files.layout import of
from microcredit.tenant_files.reading import check
from microcredit.tenant_files.writing import Choices, FileRefused, default_prefix, default_slug, new


def test_a_new_file_is_valid_as_it_is(tmp_path: Path):
    path = new(tmp_path, "59253", ["59153", "59207", "59253"], Choices(joined=date(2026, 9, 1)))
    assert path == tmp_path / "fresnes-sur-escaut.toml"
    assert check(tmp_path) == []
    text = path.read_text()
    assert 'name = "CCAS d’Escautpont"' in text
    assert "# [[banks]]" in text
    assert text.count('code = "59253"') == 1
    second = new(tmp_path, "59616", [], Choices(slug="autre-vallee", name='Le "Grand" \\ Nord'))
    assert check(tmp_path) == []
    assert 'name = "Le \\"Grand\\" \\\\ Nord"' in second.read_text()


@pytest.mark.parametrize(
    ("lead", "members", "choices", "sentence"),
    [
        (
            "59999",
            [],
            Choices(),
            "La commune 59999 n’existe pas dans le registre officiel de 2026.",
        ),
        ("59253", ["x" * 10_240], Choices(), "La commune 'xxxxxxxxxx' n’existe pas"),
        ("59253", ["\x00"], Choices(), "La commune '\\x00' n’existe pas"),
        ("98411", [], Choices(), "n’a pas d’habitants dans le registre."),
        ("59253", [], Choices(slug="../ailleurs"), "Le nom du fichier sert d’adresse"),
        ("59253", [], Choices(slug="www"), "« www » est réservé à la plateforme"),
        ("59253", [], Choices(slug="vallee-claire"), "existe déjà : rien n’est écrit."),
        (
            "59253",
            [],
            Choices(number_prefix="VC"),
            "--prefix : « VC » commence déjà les numéros de",
        ),
        ("59253", [], Choices(number_prefix="v"), "--prefix : Indiquez de 2 à 4 majuscules"),
        ("59253", [], Choices(name="n" * 10_240), "--name : 80 caractères au plus"),
        ("59253", [], Choices(name="\ud800"), "contient un caractère illisible."),
        ("59253", [], Choices(joined=date(1, 1, 1)), "Indiquez une année entre 1990 et 2100."),
    ],
)
def test_a_new_file_that_would_be_wrong_is_not_written(
    tmp_path: Path, lead: str, members: list[str], choices: Choices, sentence: str
):
    (tmp_path / "vallee-claire.toml").write_text('number_prefix = "VC"')
    with pytest.raises(FileRefused) as refused:
        new(tmp_path, lead, members, choices)
    assert sentence in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["vallee-claire.toml"]


def test_two_communes_of_one_name_get_two_names_of_ccas(tmp_path: Path):
    by_name: dict[str, list[RegisteredCommune]] = {}
    for commune in register().communes.values():
        by_name.setdefault(commune.name, []).append(commune)
    first, second = next(each for each in by_name.values() if len(each) == 2)
    new(tmp_path, first.code, [second.code])
    assert check(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Frévent", "de Frévent"),
        ("Escautpont", "d’Escautpont"),
        ("Écoivres", "d’Écoivres"),
        ("Le Ponchel", "du Ponchel"),
        ("Les Lilas", "des Lilas"),
        ("La Thieuloye", "de La Thieuloye"),
        ("L'Abergement", "de L’Abergement"),
    ],
)
def test_a_ccas_is_named_after_its_commune_in_correct_french(name: str, written: str):
    assert of(name) == written


def test_names_and_prefixes_are_made_from_the_lead_commune():
    assert default_slug("Œuf-en-Ternois") == "oeuf-en-ternois"
    assert default_slug("Y") == "ccas-y"
    assert default_prefix("Saint-Pol-sur-Ternoise", []) == "SPST"
    assert default_prefix("Frévent", []) == "FR"
    assert default_prefix("Frévent", ["FR", "FE"]) == "FV"
    assert default_prefix("Y", []) == "ABCD"


def test_the_register_names_its_source():
    official: Register = register()
    assert official.source == "INSEE, populations de référence 2023, en vigueur au 1er janvier 2026"
    escautpont = official.commune("59207")
    assert escautpont is not None
    assert (escautpont.name, escautpont.inhabitants) == ("Escautpont", 4202)


def test_a_register_that_is_missing_or_cut_short_says_what_to_do(tmp_path: Path):
    (tmp_path / "communes.json").write_text('{"version": "6.0.0", "communes": [')
    for path in (tmp_path / "absent.json", tmp_path / "communes.json"):
        with pytest.raises(RegisterMissing, match="lancez « make setup »"):
            load(path)
