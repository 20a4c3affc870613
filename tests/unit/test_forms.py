"""Reading what was typed into a form: money, dates, repeated lines, ticks; nothing typed is lost."""

from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from microcredit.cases.diagnosis_schemas import DiagnosisSchema
from microcredit.cases.schemas import (
    CloseSchema,
    Contact,
    ContactSchema,
    MeetingSchema,
    RedirectSchema,
)
from microcredit.kernel.errors import DomainError
from microcredit.web.forms import Form, read_money

CONTACT = {"commune": "59253", "motive": "housing", "amount": "1 500", "channel": "desk"}
DIAGNOSIS = {"version": "3", "commune": "59253", "motive": "housing"}
MEETING = {"at_time": "10:30", "place": "7"}


def day(typed_day: str, month: str, year: str) -> dict[str, str]:
    """The three boxes of a date."""
    return {"on_date.day": typed_day, "on_date.month": month, "on_date.year": year}


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 234,5", 1234_50),
        ("1\u00a0234,5", 1234_50),
        ("1\u202f234,50\u00a0€", 1234_50),
        ("520.00", 520_00),
        ("70 €", 70_00),
        ("70€", 70_00),
        ("0,05", 5),
        ("  12  ", 12_00),
        ("999999999999,99", 99999999999999),
    ],
)
def test_money_is_read_as_french_people_write_it(typed: str, cents: int) -> None:
    assert read_money(typed) == cents


@pytest.mark.parametrize(
    "typed",
    ["", "-5", "1,5,5", "1e309", "NaN", "inf", "1" + "0" * 30, "0x10", "douze", "1,234", ",5", "5,",
     "1_000", "²", "\x00", "5\ud800", "+5", "5 $", "1'000"],
)  # fmt: skip
def test_what_is_no_amount_is_not_read_as_one(typed: str) -> None:
    assert read_money(typed) is None


@given(st.integers(0, 10**12), st.sampled_from(["", " ", "\u00a0", "\u202f"]))
def test_an_amount_written_by_us_is_read_back_as_it_was(cents: int, space: str) -> None:
    assert read_money(f"{cents // 100},{cents % 100:02d}{space}€") == cents


@given(st.text(max_size=40))
def test_no_text_whatever_makes_the_reader_of_money_fail(typed: str) -> None:
    assert read_money(typed) is None or read_money(typed) >= 0


def test_a_form_is_read_into_its_act() -> None:
    form = Form(ContactSchema())
    act = form.judge(MultiDict({**CONTACT, "_key": "x"}))

    assert act == Contact("59253", "housing", 1500_00, "desk", "", "", "", "")
    assert (form.errors, form.status) == ({}, 200)


def test_what_was_typed_is_kept_as_it_was_typed() -> None:
    form = Form(ContactSchema())
    typed = {**CONTACT, "amount": "beaucoup", "last_name": '"><script>', "phone": " 06 "}

    assert form.judge(MultiDict({**typed, "_key": "x"})) is None
    assert form.values == typed
    assert form.status == 422
    assert form.errors == {"amount": "Écrivez un montant, par exemple 520,00."}


def test_a_fault_of_reading_hides_no_fault_of_judging() -> None:
    form = Form(ContactSchema())

    assert form.judge(MultiDict({**CONTACT, "amount": "NaN", "motive": "pigeons"})) is None
    assert set(form.errors) == {"amount", "motive"}


@pytest.mark.parametrize("known", ["tenant_id", "state", "number", "desk_id", "lines.0.code", ""])
def test_a_name_that_the_act_does_not_know_is_refused(known: str) -> None:
    form = Form(ContactSchema())

    assert form.judge(MultiDict({**CONTACT, known: "1"})) is None
    assert form.errors == {known.split(".")[0]: "Ce champ n’est pas connu."}


def test_the_names_of_the_house_never_reach_the_act() -> None:
    assert (
        Form(ContactSchema()).judge(MultiDict({**CONTACT, "_key": "x", "_more": "y"})) is not None
    )


def test_the_first_of_repeated_answers_is_the_one_that_counts() -> None:
    act = Form(ContactSchema()).judge(
        MultiDict([*CONTACT.items(), ("amount", "9"), ("motive", "pigeons")])
    )
    assert act is not None
    assert (act.amount, act.motive) == (1500_00, "housing")


@pytest.mark.parametrize("boxes", [("31", "03", "2016"), (" 31 ", "3", "2016 ")])
def test_a_date_is_read_from_its_three_boxes(boxes: tuple[str, str, str]) -> None:
    act = Form(MeetingSchema()).judge(MultiDict({**MEETING, **day(*boxes)}))
    assert act is not None
    assert act.on_date == date(2016, 3, 31)


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        (("31", "02", "2016"), "Cette date n’existe pas."),
        (("29", "02", "2015"), "Cette date n’existe pas."),
        (("0", "1", "2016"), "Cette date n’existe pas."),
        (("1", "13", "2016"), "Cette date n’existe pas."),
        (("1", "1", "0000"), "Cette date n’existe pas."),
        (("1", "1", "0001"), "Indiquez une année entre 2000 et 2100."),
        (("1", "1", "9999"), "Indiquez une année entre 2000 et 2100."),
        (("1", "1", "16"), "Écrivez le jour, le mois et l’année, par exemple 31 03 2016."),
        (("1", "", "2016"), "Écrivez le jour, le mois et l’année, par exemple 31 03 2016."),
        (("un", "1", "2016"), "Écrivez le jour, le mois et l’année, par exemple 31 03 2016."),
        (("1", "1", "9" * 30), "Écrivez le jour, le mois et l’année, par exemple 31 03 2016."),
        (("", "", ""), "Ce champ est attendu."),
    ],
)
def test_boxes_that_make_no_date_say_what_is_wrong(
    boxes: tuple[str, str, str], sentence: str
) -> None:
    form = Form(MeetingSchema())

    assert form.judge(MultiDict({**MEETING, **day(*boxes)})) is None
    assert form.errors == {"on_date": sentence}
    assert [form.value(f"on_date.{box}") for box in ("day", "month", "year")] == list(boxes)


@pytest.mark.parametrize("hour", ["", "25:00", "10h30", "10:30:00", "\x00", "x" * 10_000])
def test_an_hour_that_is_none_is_refused_in_french(hour: str) -> None:
    form = Form(MeetingSchema())
    form.judge(MultiDict({**MEETING, **day("31", "3", "2016"), "at_time": hour}))
    assert form.errors == {"at_time": "Écrivez une heure, par exemple 10:30."}


def test_repeated_lines_are_read_in_the_order_of_their_numbers() -> None:
    lines = {}
    for index, code in ((10, "C01"), (2, "R01")):
        lines |= {f"lines.{index}.code": code, f"lines.{index}.amount": f"{index},5",
                  f"lines.{index}.periodicity": "month"}  # fmt: skip

    act = Form(DiagnosisSchema()).judge(MultiDict({**DIAGNOSIS, **lines}))

    assert act is not None
    assert [(line.code, line.amount) for line in act.lines] == [("R01", 2_50), ("C01", 10_50)]


def test_a_fault_stands_at_the_number_that_its_line_was_given() -> None:
    form = Form(DiagnosisSchema())
    lines = {"lines.7.code": "R01", "lines.7.amount": "1", "lines.7.periodicity": "month",
             "lines.200.code": "X", "lines.200.amount": "1", "lines.200.periodicity": "month",
             "lines.201.code": "D01", "lines.201.amount": "?", "lines.201.periodicity": "month"}  # fmt: skip
    assert form.judge(MultiDict({**DIAGNOSIS, **lines})) is None
    assert form.errors == {
        "lines.200.code": "Ce choix n’existe pas.",
        "lines.201.amount": "Écrivez un montant, par exemple 520,00.",
    }


def test_a_line_left_empty_has_no_amount() -> None:
    line = {"lines.0.code": "R01", "lines.0.amount": " ", "lines.0.periodicity": "month"}
    act = Form(DiagnosisSchema()).judge(MultiDict({**DIAGNOSIS, **line}))
    assert act is not None
    assert [line.amount for line in act.lines] == [None]


def test_a_number_that_is_none_is_refused_and_an_empty_one_is_absent() -> None:
    form = Form(DiagnosisSchema())
    assert form.judge(MultiDict({**DIAGNOSIS, "children": "deux", "adults": "1e3"})) is None
    assert form.errors == dict.fromkeys(
        ("children", "adults"), "Écrivez un nombre entier, par exemple 2."
    )
    act = form.judge(MultiDict({**DIAGNOSIS, "children": "", "adults": "2"}))
    assert act is not None
    assert (act.children, act.adults) == (None, 2)


def test_every_tick_of_a_set_is_read_and_kept() -> None:
    form = Form(RedirectSchema())
    ticked = [("reason", "better_aid_exists"), ("targets", "pcb"), ("targets", "fsl")]

    act = form.judge(MultiDict(ticked))

    assert act is not None
    assert act.targets == form.chosen("targets") == ["pcb", "fsl"]
    assert form.judge(MultiDict(ticked[:1])) is None
    assert form.errors == {"targets": "Choisissez au moins une aide."}


def test_a_form_of_more_than_400_names_is_too_long_and_one_of_400_is_judged() -> None:
    app = Flask(__name__)
    for names, too_long in ((400, False), (401, True)):
        data = {f"n{i}": "" for i in range(names)}
        with app.test_request_context("/", method="POST", data=data):
            form = Form(CloseSchema())
            if too_long:
                with pytest.raises(RequestEntityTooLarge):
                    form.read()
            else:
                assert form.read() is None
                assert form.status == 422


def test_what_is_known_is_shown_as_one_would_type_it() -> None:
    known = {"amount": 1234_05, "birth_date": date(1981, 5, 4), "children": 0, "months": None,
             "lines": [{"amount": 900_00, "periodicity": "year"}]}  # fmt: skip
    form = Form(DiagnosisSchema(), known)

    assert form.values == {
        "amount": "1234,05", "birth_date.day": "04", "birth_date.month": "05", "children": "0",
        "birth_date.year": "1981", "lines.0.amount": "900,00", "lines.0.periodicity": "year",
    }  # fmt: skip


def test_labels_and_choices_come_from_the_schema_through_its_lines() -> None:
    form = Form(DiagnosisSchema())
    assert form.label("lines.3.amount") == "Montant"
    assert form.options("lines.3.periodicity")[1] == ("month", "par mois")
    assert form.label("no_such_field") == "no_such_field"
    assert Form(RedirectSchema()).options("targets")[1] == ("pcb", "Point conseil budget")


def test_a_refusal_of_the_trade_stands_beside_its_fields_or_above_the_form() -> None:
    form = Form(CloseSchema())
    form.refuse(DomainError("Non.", fields={"reason": "Pas celle-ci."}))
    assert (form.errors, form.status) == ({"reason": "Pas celle-ci."}, 409)
    form = Form(CloseSchema())
    form.refuse(DomainError("Non."))
    assert (form.errors, form.status) == ({"": "Non."}, 409)
