"""What `tenants check` says of each thing that can be wrong in a tenant file."""

from datetime import date
from pathlib import Path

import pytest

from microcredit.cases.codes import OPEN, State
from microcredit.groupings.register import register
from microcredit.tenant_files.reading import FolderUnusable, check, read_text
from microcredit.tenant_files.schemas import DaysSchema
from microcredit.tenant_files.territory import values_of

GOOD = """
name = "Vallée claire"
number_prefix = "VC"

[[communes]]
code = "59253"
name = "Fresnes-sur-Escaut"
epci_siren = "245901160"
epci_name = "CA Valenciennes Métropole"
populations = [{ valid_from = 2026-01-01, inhabitants = 7354, source = "INSEE" }]

[[communes]]
code = "59153"
name = "Condé-sur-l’Escaut"
populations = [{ valid_from = 2026-01-01, inhabitants = 9253, source = "INSEE" }]

[[organisations]]
name = "CCAS de Fresnes"
kind = "ccas"
commune = "59253"
participations = [{ kind = "member", valid_from = 2026-01-01 }]

[[organisations]]
name = "CCAS de Condé"
kind = "ccas"
commune = "59153"
participations = [{ kind = "member", valid_from = 2026-01-01, valid_to = 2030-01-01 }]

[[organisations]]
name = "Mission locale"
kind = "mission_locale"
participations = [{ kind = "prescriber", valid_from = 2026-01-01 }]

[[actions]]
code = "microcredit"
name = "Microcrédit"
leads = [{ organisation = "CCAS de Fresnes", valid_from = 2026-01-01 }]

[[banks]]
name = "Banque claire"
valid_from = 2026-01-01

[[banks.terms]]
valid_from = 2026-01-01
valid_to = 2027-01-01
min_amount = 300
max_amount = "3 000 €"
min_months = 6
max_months = 36
annual_rate = "2 %"
answer_days = 10
source = "Convention"

[[banks.terms]]
valid_from = 2027-01-01
min_amount = "300,50"
max_amount = "8 000"
min_months = 6
max_months = 84
annual_rate = "2,5 %"
answer_days = 10
source = "Avenant"

[[delays]]
valid_from = 2026-01-01
source = "Commission"
days = { contact = 14 }

[[thresholds]]
valid_from = 2026-01-01
source = "Commission"
living_watch = "9 €"
living_stop = "6,50"
credit_share = "33 %"
"""

LEAD = '{ organisation = "CCAS de Fresnes", valid_from = 2026-01-01 }'
MONEY = 'Écrivez un montant exact en euros : 3000, ou "3 000,50" entre guillemets.'
SHARE = 'Écrivez une part entière entre guillemets, avec « % » : "33 %".'
DATE = "Une date est attendue, comme 2026-01-31, sans guillemets."
CODE = 'Un code INSEE a 5 caractères, comme "59253".'


def faults(text: str, name: str = "vallee-claire.toml") -> list[tuple[str, str]]:
    """(key, sentence) of each fault of a file."""
    found = read_text(name, text.encode(), register()).faults
    assert all(fault.file == name for fault in found)
    assert all("\n" not in str(fault) for fault in found)
    return [(fault.key, fault.sentence) for fault in found]


def test_a_good_file_has_no_fault_and_is_read_exactly():
    file = read_text("vallee-claire.toml", GOOD.encode(), register())
    assert file.faults == ()
    first, second = file.territory["banks"][0]["terms"]
    assert (first["min_amount"], first["max_amount"]) == (300_00, 3_000_00)
    assert (second["min_amount"], str(second["annual_rate"])) == (300_50, "0.025")
    assert first["valid_to"] == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("was", "becomes", "key", "sentence"),
    [
        ('"VC"', '"vc"', "number_prefix", 'Indiquez de 2 à 4 majuscules, comme "PC".'),
        ('name = "Vallée claire"', "name = 3", "name", "Un texte entre guillemets est attendu."),
        ('name = "Vallée claire"', "", "name", "Ce champ est attendu."),
        ('"Vallée claire"', '"\\u0000"', "name", "Ce texte contient un caractère illisible."),
        ("Vallée claire", "é" * 10_240, "name", "80 caractères au plus ; il y en a 10240."),
        ('answer_days = 10\nsource = "Avenant"', 'answer_day = 10\nanswer_days = 10\nsource = "Avenant"',
         "banks[1].terms[2].answer_day",
         "Cette clé n’existe pas ici ; les clés possibles sont : valid_from, valid_to, min_amount,"
         " max_amount, min_months, max_months, annual_rate, answer_days, source."),
        ("contact = 14", "contact = 14, contract = 3", "delays[1].days.contract",
         "Cette clé n’existe pas ici ; les clés possibles sont : contact, appointment, diagnosis,"
         " awaiting_documents, ready, local_review, sent_to_bank, bank_info_requested, adjourned,"
         " bank_refused, bank_counter_offer, approved, offer_signed, bank_copy."),
        ('code = "59253"', 'code = "5925"', "communes[1].code", CODE),
        ('code = "59253"', "code = 59253", "communes[1].code", "Un texte entre guillemets est attendu."),
        ('"Condé-sur-l’Escaut"', '"Condé"', "communes[2].name",
         "La commune 59153 se nomme « Condé-sur-l'Escaut » dans le registre officiel de 2026."),
        ('"245901160"', '"200042190"', "communes[1].epci_siren",
         "Fresnes-sur-Escaut est membre de 245901160 (CA Valenciennes Métropole) dans le registre"
         " officiel de 2026."),
        ('epci_name = "CA Valenciennes Métropole"', "", "communes[1].epci_siren",
         "Indiquez le SIREN et le nom de l’EPCI, ou aucun des deux."),
        ("inhabitants = 7354", "inhabitants = 0", "communes[1].populations[1].inhabitants",
         "Indiquez un nombre entre 1 et 3000000."),
        ("inhabitants = 7354", "inhabitants = 7354.0", "communes[1].populations[1].inhabitants",
         "Un nombre entier est attendu, sans guillemets."),
        ('kind = "mission_locale"', 'kind = "banque"', "organisations[3].kind",
         "Choisissez parmi : ccas, commune, mission_locale, association."),
        ('kind = "prescriber"', 'kind = "lender"', "organisations[3].participations[1].kind",
         "Choisissez parmi : member, prescriber."),
        ('commune = "59153"', 'commune = "59616"', "organisations[2].commune",
         "La commune 59616 n’est pas dans les blocs [[communes]]."),
        ('commune = "59153"\n', "", "organisations[2].commune", "Indiquez le code INSEE de la commune de ce CCAS."),
        ('"Banque claire"', '"CCAS de Condé"', "banks[1].name",
         "Un autre organisme se nomme déjà « CCAS de Condé »."),
        ("valid_to = 2030-01-01", "valid_to = 2025-01-01", "organisations[2].participations[1].valid_to",
         "La fin (2025-01-01) doit venir après le début (2026-01-01)."),
        ('code = "microcredit"', 'code = "epicerie"', "actions", "Il faut l’action de code « microcredit »."),
        (f"leads = [{LEAD}]", "leads = []", "actions[1].leads", "Il faut au moins un bloc [[actions.leads]]."),
        (f"leads = [{LEAD}]", "", "actions[1].leads", "Il faut au moins un bloc [[actions.leads]]."),
        (LEAD, LEAD + ', { organisation = "CCAS de Condé", valid_from = 2027-01-01, valid_to = 2030-01-01 }',
         "actions[1].leads[2]",
         "Deux CCAS portent cette action en même temps, à partir du 2027-01-01."),
        (LEAD, LEAD.replace("}", ", valid_to = 2027-01-01 }"), "actions[1].leads",
         "Aucun CCAS ne porte plus cette action à partir du 2027-01-01."),
        (LEAD, LEAD.replace("}", ", valid_to = 2027-01-01 }, ") + LEAD.replace("2026", "2028"), "actions[1].leads[2]",
         "Aucun CCAS ne porte cette action du 2027-01-01 au 2027-12-31."),
        ('organisation = "CCAS de Fresnes"', 'organisation = "CCAS de Lille"', "actions[1].leads[1].organisation",
         "« CCAS de Lille » n’est le nom d’aucun bloc [[organisations]]."),
        ('organisation = "CCAS de Fresnes"', 'organisation = "Mission locale"', "actions[1].leads[1].organisation",
         "« Mission locale » n’est pas un CCAS : il ne peut pas porter une action."),
        ('organisation = "CCAS de Fresnes"', 'organisation = "CCAS de Condé"', "actions[1].leads[1].organisation",
         "« CCAS de Condé » n’est pas membre du regroupement pendant tout ce temps."),
        ("min_amount = 300\n", "min_amount = 300.5\n", "banks[1].terms[1].min_amount", MONEY),
        ("min_amount = 300\n", "min_amount = true\n", "banks[1].terms[1].min_amount", MONEY),
        ('"3 000 €"', '"3.000"', "banks[1].terms[1].max_amount", MONEY),
        ('"3 000 €"', "0x" + "f" * 9_000, "banks[1].terms[1].max_amount",
         "Indiquez un montant de plus de 0 € et d’au plus 100 000 €."),
        ('"3 000 €"', '"200 €"', "banks[1].terms[1].max_amount",
         "Le maximum (200\u00a0€) est sous le minimum (300\u00a0€)."),
        ("max_months = 36", "max_months = 3", "banks[1].terms[1].max_months",
         "Le maximum (3 mois) est sous le minimum (6 mois)."),
        ('"8 000"', '"9 000"', "banks[1].terms[2].max_amount",
         "Le plafond légal est de 8\u202f000\u00a0€ à cette date (décret 2022-124)."),
        ("max_months = 84", "max_months = 96", "banks[1].terms[2].max_months",
         "La durée légale est de 84\u00a0mois au plus à cette date (décret 2022-124)."),
        ('"2 %"', "0.02", "banks[1].terms[1].annual_rate",
         'Écrivez le taux entre guillemets, avec « % » : "2 %" ou "2,5 %".'),
        ("valid_from = 2027-01-01\nmin", "valid_from = 2026-06-01\nmin", "banks[1].terms[2]",
         "Deux conditions de cette banque se recouvrent, à partir du 2026-06-01."),
        ('name = "Banque claire"\nvalid_from = 2026-01-01', 'name = "Banque claire"\nvalid_from = 2026-02-01',
         "banks[1].terms[1].valid_from",
         "Ces conditions commencent avant le partenariat, qui date du 2026-02-01."),
        ("valid_from = 2027-01-01\nmin", "valid_from = 0001-01-01\nmin", "banks[1].terms[2].valid_from",
         "Indiquez une année entre 1990 et 2100."),
        ("valid_from = 2027-01-01\nmin", "valid_from = 9999-12-31\nmin", "banks[1].terms[2].valid_from",
         "Indiquez une année entre 1990 et 2100."),
        ("valid_from = 2027-01-01\nmin", 'valid_from = "2027"\nmin', "banks[1].terms[2].valid_from", DATE),
        ("valid_from = 2027-01-01\nmin", "valid_from = 2027-01-01T08:00:00\nmin", "banks[1].terms[2].valid_from",
         DATE),
        ('living_watch = "9 €"', "living_watch = 9.5", "thresholds[1].living_watch", MONEY),
        ('living_stop = "6,50"', 'living_stop = "9 €"', "thresholds[1].living_stop",
         "Le seuil trop juste (9,00\u00a0€) doit rester sous le seuil à l’aise (9,00\u00a0€)."),
        ('"33 %"', "33", "thresholds[1].credit_share", SHARE),
        ('"33 %"', '"120 %"', "thresholds[1].credit_share", SHARE),
        ('credit_share = "33 %"', 'credit_part = "33 %"', "thresholds[1].credit_part",
         "Cette clé n’existe pas ici ; les clés possibles sont : valid_from, source, living_watch, living_stop,"
         " credit_share, guarantee_share."),
        ('credit_share = "33 %"', '[[thresholds]]\nvalid_from = 2026-01-01\nsource = "Autre"',
         "thresholds[2].valid_from", "Deux blocs [[thresholds]] partent du même jour."),
        ("contact = 14", "contact = 0", "delays[1].days.contact", "Indiquez un nombre entre 1 et 365."),
    ],
)  # fmt: skip
def test_each_fault_is_said_with_its_key(was: str, becomes: str, key: str, sentence: str):
    assert was in GOOD
    text = GOOD.replace(was, becomes, 1)
    assert faults(text) == [(key, sentence)]


def test_an_unknown_commune_is_said_with_the_vintage_of_the_register():
    assert faults(GOOD.replace("59253", "59999")) == [
        ("communes[1].code", "La commune 59999 n’existe pas dans le registre officiel de 2026.")
    ]


def test_all_faults_of_a_file_are_said_at_once_even_within_one_block():
    text = (
        GOOD.replace("min_amount = 300\n", "min_amount = 4000\nbonus = 1\n")
        .replace("max_months = 36", "max_months = 3")
        .replace("answer_days = 10", 'answer_days = "dix"', 1)
        .replace('"VC"', '"V"')
    )
    assert [key for key, _ in faults(text)] == [
        "banks[1].terms[1].answer_days",
        "banks[1].terms[1].bonus",
        "banks[1].terms[1].max_amount",
        "banks[1].terms[1].max_months",
        "number_prefix",
    ]


@pytest.mark.parametrize("slug", ["ops", "auth", "www", "api", "static", "admin", "mail", "demo"])
def test_a_reserved_slug_is_refused(slug: str):
    assert faults(GOOD, f"{slug}.toml") == [
        ("", f"« {slug} » est réservé à la plateforme : choisissez un autre nom de fichier.")
    ]


@pytest.mark.parametrize(
    "name", ["Maj.toml", "é.toml", "a.toml", "-ab.toml", "a b c.toml", "xn--abc.toml"]
)
def test_a_file_name_that_is_no_address_is_refused(name: str):
    ((key, sentence),) = faults(GOOD, name)
    assert not key
    assert sentence.startswith("Le nom du fichier sert d’adresse : de 3 à 40 minuscules")


@pytest.mark.parametrize(
    ("content", "key", "sentence"),
    [
        (b"a = \n", "ligne 1, colonne 5", "cette valeur n’est pas lisible ; un texte se met entre guillemets"),
        (b'\na = "x\n', "ligne 2, colonne 7", "il manque un guillemet à la fin du texte"),
        (b"a = [1\n", "fin du fichier", "il manque un crochet ou une accolade à la fin"),
        (b"a = 1\na = 2\n", "ligne 2, colonne 6", "cette clé ou ce bloc est déjà écrit plus haut"),
        (b"a\n", "ligne 1, colonne 2", "un signe « = » est attendu après la clé"),
        (b"[a\n", "ligne 1, colonne 3", "il manque « ] » à la fin du nom de bloc"),
        (b"a = '\x00'", "ligne 1, colonne 6", "il y a un caractère interdit"),
        (b"a = " + b"[" * 90_000, "", "une valeur est trop longue ou trop imbriquée"),
        (b"a = " + b"9" * 90_000, "", "une valeur est trop longue ou trop imbriquée"),
    ],
)  # fmt: skip
def test_broken_syntax_is_said_with_its_line(content: bytes, key: str, sentence: str):
    (fault,) = read_text("vallee-claire.toml", content, register()).faults
    assert (fault.key, fault.sentence) == (key, f"Syntaxe TOML : {sentence}.")


def test_a_file_that_is_not_text_is_said_so():
    (fault,) = read_text("vallee-claire.toml", b"\xff", register()).faults
    assert str(fault) == "vallee-claire.toml : Ce fichier n’est pas du texte en UTF-8."


def test_a_strange_key_is_shown_on_one_short_line():
    found = faults('"a\\nb" = 1\n"' + "k" * 10_240 + '" = 2\n' + GOOD)
    assert [key for key, _ in found] == [ascii("a\nb"), ascii("k" * 40)]


def test_files_are_read_together_and_a_prefix_serves_one_territory(tmp_path: Path):
    (tmp_path / "vallee-claire.toml").write_text(GOOD)
    (tmp_path / "vallee-verte.toml").write_text(GOOD.replace('"2 %"', '"deux"'))
    (tmp_path / "vallee-verte.TOML").write_text("")
    (tmp_path / "vide.toml").mkdir()
    said = [str(fault) for fault in check(tmp_path)]
    assert "vallee-verte.toml : vallee-verte.TOML désigne déjà ce territoire." in said
    assert (
        "vallee-verte.toml, number_prefix : « VC » commence déjà les numéros de vallee-claire.toml."
        in said
    )
    assert any(
        line.startswith("vallee-verte.toml, banks[1].terms[1].annual_rate : ") for line in said
    )
    assert "vide.toml : Ce fichier n’est pas lisible." in said
    assert not any(line.startswith("vallee-claire.toml") for line in said)


def test_a_folder_without_files_is_refused(tmp_path: Path):
    with pytest.raises(FolderUnusable, match="ne contient aucun fichier"):
        check(tmp_path)
    with pytest.raises(FolderUnusable, match="n’existe pas ou n’est pas lisible"):
        check(tmp_path / "absent")


def test_a_huge_file_is_not_read(tmp_path: Path):
    (tmp_path / "vallee-claire.toml").write_text("#" * 300_000)
    assert [str(fault) for fault in check(tmp_path)] == [
        "vallee-claire.toml : Ce fichier dépasse 256 Kio."
    ]


def test_delays_are_those_of_the_states_that_wait_for_somebody():
    waiting = set(OPEN) - {State.DISBURSED}
    assert set(DaysSchema().fields) - {"bank_copy"} == {state.value for state in waiting}


def test_a_threshold_may_be_left_out_and_is_then_not_defined():
    (block,) = read_text("vallee-claire.toml", GOOD.encode(), register()).territory["thresholds"]
    assert values_of(block) == {"living_watch": 9_00, "living_stop": 6_50, "credit_share": 33}
