"""What the schemas of acts refuse and accept, and in which words."""

from dataclasses import dataclass
from datetime import date

import pytest
from marshmallow import ValidationError

from microcredit.accounts.schemas import SignInSchema
from microcredit.cases.codes import Channel
from microcredit.cases.diagnosis_schemas import DiagnosisSchema
from microcredit.cases.schemas import ContactSchema, RedirectSchema
from microcredit.kernel.schema import ActSchema, Cents, Choice, Day, LongText, Number, Text, flat


@dataclass(frozen=True)
class Everything:
    name: str
    note: str
    how: str
    number: int | None
    amount: int | None
    on: date | None


class EverythingSchema(ActSchema[Everything]):
    act = Everything
    name = Text("Nom", longest=10, required=True)
    note = LongText("Note", longest=20)
    how = Choice("Canal", Channel, required=False)
    number = Number("Nombre", 1, 9, required=False)
    amount = Cents("Montant", most=500_00, required=False)
    on = Day("Jour", required=False, earliest=2000, latest=2030)


def faults(data: dict[str, object], schema: ActSchema[object] | None = None) -> dict[str, str]:
    """What is said of `data`, by field; {} when nothing is wrong."""
    try:
        (schema or EverythingSchema()).read(data)
    except ValidationError as wrong:
        return flat(wrong.messages_dict)
    return {}


def test_an_act_is_read_into_its_own_dataclass() -> None:
    read = EverythingSchema().read(
        {"name": "  Le   Guen ", "note": "un\r\ndeux", "how": "phone", "number": 9, "amount": 500_00,
         "on": "2016-03-31"}
    )  # fmt: skip

    assert read == Everything("Le Guen", "un\ndeux", "phone", 9, 500_00, date(2016, 3, 31))


def test_what_is_optional_may_be_absent() -> None:
    assert EverythingSchema().read({"name": "a"}) == Everything("a", "", "", None, None, None)


def test_every_fault_is_said_at_once_and_in_french() -> None:
    said = faults(
        {"name": "x" * 11, "note": "y" * 21, "how": "pigeon", "number": 10, "amount": 500_01,
         "on": "1999-12-31"}
    )  # fmt: skip

    assert said == {
        "name": "10 caractères au plus ; il y en a 11.",
        "note": "20 caractères au plus ; il y en a 21.",
        "how": "Ce choix n’existe pas.",
        "number": "Indiquez un nombre entre 1 et 9.",
        "amount": "Indiquez un montant jusqu’à 500 €.",
        "on": "Indiquez une année entre 2000 et 2030.",
    }


@pytest.mark.parametrize("name", ["", "   ", "\n\t", None])
def test_a_required_text_of_spaces_alone_counts_as_absent(name: str | None) -> None:
    assert faults({"name": name}) == {"name": "Ce champ est attendu."}


UNREADABLE = [chr(code) for code in (0x00, 0x07, 0x1B, 0x7F, 0xD800, 0xFFFD, 0xFFFF)]


@pytest.mark.parametrize("character", UNREADABLE)
def test_a_character_that_nobody_types_is_refused(character: str) -> None:
    said = {"name": "Ce texte contient un caractère illisible."}
    assert faults({"name": f"a{character}b"}) == said
    assert faults({"name": "a", "note": f"a{character}b"}) == {"note": said["name"]}


@pytest.mark.parametrize("text", ["D’Hœdt", "\u202eCBA", "🚗 auto", "e\u0301te", "محمد", "Nguyễn"])
def test_what_people_type_is_kept_as_it_is(text: str) -> None:
    assert EverythingSchema().read({"name": text}).name == text


@pytest.mark.parametrize("wrong", [1, 1.5, True, ["a"], {"a": 1}, None])
def test_a_value_of_the_wrong_type_is_refused_and_never_converted(wrong: object) -> None:
    assert "name" in faults({"name": wrong})
    assert "number" in faults({"name": "a", "number": wrong}) or wrong in (1, None)
    assert "how" in faults({"name": "a", "how": wrong})


@pytest.mark.parametrize("number", ["3", 3.5, "trois", float("nan"), 10**30, -1, 0])
def test_only_a_whole_number_within_bounds_is_a_number(number: object) -> None:
    assert "number" in faults({"name": "a", "number": number})
    assert faults({"name": "a", "number": 9}) == {}


@pytest.mark.parametrize("amount", [-1, 0, 10**30])
def test_an_amount_of_nothing_or_too_much_is_refused_and_one_cent_is_not(amount: int) -> None:
    assert "amount" in faults({"name": "a", "amount": amount})
    assert faults({"name": "a", "amount": 1}) == {}


@pytest.mark.parametrize(
    "day", ["0001-01-01", "9999-12-31", "2016-02-30", "31/03/2016", "", 20160331]
)
def test_a_day_that_is_none_or_outside_its_years_is_refused(day: object) -> None:
    assert "on" in faults({"name": "a", "on": day})


def test_a_field_that_the_act_does_not_know_is_refused() -> None:
    assert faults({"name": "a", "tenant_id": 1}) == {"tenant_id": "Ce champ n’est pas connu."}


def test_a_choice_left_empty_asks_for_one() -> None:
    contact = {"commune": "59253", "motive": "", "amount": 1, "channel": "desk"}
    assert faults(contact, ContactSchema()) == {"motive": "Choisissez une réponse dans la liste."}
    assert faults({**contact, "motive": "housing"}, ContactSchema()) == {}


def test_answers_that_only_make_sense_together_are_checked_together() -> None:
    filled = {"version": 1, "commune": "59253", "motive": "housing", "children": 1,
              "total_cost": 1000_00}  # fmt: skip
    assert (
        faults(filled | {"alternate_children": 1, "contribution": 1000_00}, DiagnosisSchema()) == {}
    )
    assert faults(
        filled | {"alternate_children": 2, "contribution": 1000_01}, DiagnosisSchema()
    ) == {
        "alternate_children": "Il ne peut pas y en avoir plus que d’enfants à charge.",
        "contribution": "L’apport dépasse le coût total.",
    }


def test_a_fault_inside_a_line_is_named_by_its_place() -> None:
    lines = [
        {"code": "R01", "amount": 1, "periodicity": "month"},
        {"code": "R99", "periodicity": ""},
    ]
    filled = {"version": 1, "commune": "59253", "motive": "housing", "lines": lines}
    assert faults(filled, DiagnosisSchema()) == {
        "lines.1.code": "Ce choix n’existe pas.",
        "lines.1.periodicity": "Choisissez une réponse dans la liste.",
    }


@pytest.mark.parametrize("targets", [[], ["pcb"] * 19, ["pcb", "casino"]])
def test_an_orientation_names_at_least_one_help_that_exists(targets: list[str]) -> None:
    assert faults({"reason": "better_aid_exists", "targets": targets}, RedirectSchema())
    assert (
        faults({"reason": "better_aid_exists", "targets": ["pcb", "fsl"]}, RedirectSchema()) == {}
    )


@pytest.mark.parametrize("password", ["", "x" * 1001])
def test_no_password_or_an_endless_one_is_not_even_evaluated(password: str) -> None:
    said = {"password": "Indiquez votre mot de passe."}
    assert faults({"email": "a@b.fr", "password": password}, SignInSchema()) == said
    assert faults({"email": "a@b.fr", "password": "x" * 1000}, SignInSchema()) == {}
