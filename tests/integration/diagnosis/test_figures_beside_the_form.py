"""What the form shows of a budget while it is typed: the worked example, thresholds, the simulator."""

import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select, text
from tests.cast import ALPHA, Cast, Person
from werkzeug.test import TestResponse

from microcredit.cases.budget_codes import BudgetCode, Periodicity
from microcredit.cases.codes import State
from microcredit.cases.models import Case
from microcredit.groupings.models import Organisation
from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.provision import Provision
from microcredit.mathematics.budget import Every, per_month
from microcredit.web.formatting import euros

#: A lone parent with a child of 8, who asks for 2 500 € over 36 months at 2 %.
LINES = {
    "R01": "1050", "R08": "280", "R12": "240", "C01": "520", "C04": "110", "C06": "30", "C07": "75",
    "C09": "20", "C10": "45", "C11": "120", "C14": "60", "D01": "60",
}  # fmt: skip


def typed(lines: list[tuple[str, str, str]], **more: str) -> dict[str, str]:
    """A form as a browser posts it: lines of (code, amount, periodicity)."""
    found = {
        "version": "1", "commune": ALPHA, "motive": "employment_mobility", "family": "single_parent",
        "adults": "1", "children": "1", "children_born": str(today_in_paris().year - 8),
        "amount": "2500", "months": "36",
    }  # fmt: skip
    for place, (code, amount, every) in enumerate(lines):
        head = f"lines.{place}"
        found |= {f"{head}.code": code, f"{head}.amount": amount, f"{head}.periodicity": every}
    return found | more


def example(**more: str) -> dict[str, str]:
    """The worked example as a form."""
    return typed([(code, amount, "month") for code, amount in LINES.items()], **more)


def figures(person: Person, number: str, data: dict[str, str], *, script: bool = True) -> str:
    """What the figures say of a form that is being typed."""
    headers = {"HX-Request": "true"} if script else {}
    answer = person.post(f"/dossiers/{number}/diagnostic/calcul", data, headers=headers)
    assert answer.status_code == 200, answer.text
    return words(answer)


def words(answer: TestResponse) -> str:
    """What a page says, without its tags, with every kind of space as one plain space."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.mark.parametrize("script", [True, False])
def test_the_worked_example_is_shown_figure_by_figure_with_and_without_script(
    cast: Cast, script: bool
) -> None:
    number = cast.case(State.APPOINTMENT)
    said = figures(cast.nadia, number, example(), script=script)
    for expected in ("7,64 €", "458,39 €", "530,00 €", "71,61 €", "8,4 %", "11,75 €", "2,02 %",
                  "À discuter : entre 6,00 € et 9,00 €", "À l’aise : 33 % au plus",
                  "seule l’offre de la banque engage", "Un repère pour en parler, jamais une décision",
                  "÷ 2 personnes", "÷ 30 jours", "÷ 1,3 unités de consommation"):  # fmt: skip
        assert expected in said, expected
    assert ("Enregistrer le diagnostic" in said) is not script


def test_what_is_typed_is_not_written_and_what_is_saved_says_the_same(cast: Cast) -> None:
    number = cast.case(State.APPOINTMENT)
    figures(cast.nadia, number, example())
    with cast.nadia.at_work() as (session, _):
        case = session.scalars(select(Case).where(Case.number == number)).one()
        assert (case.state, case.months) == ("appointment", None)
        version = str(case.version)
    saved = cast.nadia.post(f"/dossiers/{number}/diagnostic", example(version=version))
    assert saved.status_code == 303
    for path in (f"/dossiers/{number}", f"/dossiers/{number}/diagnostic"):
        page = words(cast.nadia.get(path))
        assert "7,64 €" in page
        assert "8,4 %" in page


def test_the_largest_loan_leaves_the_threshold_to_live_on(cast: Cast) -> None:
    number = cast.case(State.APPOINTMENT)
    said = figures(cast.nadia, number, example())
    # 530,00 − 2 × 30 × 6,00 = 170,00 a month, over 36 months: beyond the bank's 3 000 €.
    assert "170,00 € par mois" in said
    assert "prêt possible : 3 000 €" in said
    poor = figures(cast.nadia, number, example(**{"lines.0.amount": "850"}))
    assert "aucun prêt possible" in poor
    assert "Trop juste : moins de 6,00 €" in poor


@pytest.mark.parametrize(
    ("rent", "level"),
    [
        ("438,39", "À l’aise : au moins 9,00 €"),
        ("438,99", "À discuter : entre 6,00 € et 9,00 €"),
        ("618,39", "À discuter : entre 6,00 € et 9,00 €"),
        ("618,99", "Trop juste : moins de 6,00 €"),
    ],
)
def test_a_threshold_is_reached_on_its_very_value(cast: Cast, rent: str, level: str) -> None:
    number = cast.case(State.APPOINTMENT)
    assert level in figures(cast.nadia, number, example(**{"lines.3.amount": rent}))


def test_resources_that_end_before_the_loan_are_said_with_their_share(cast: Cast) -> None:
    number = cast.case(State.APPOINTMENT)
    soon = f"{today_in_paris().year + 1}-06-30"
    assert "66,9 % des ressources" in figures(
        cast.nadia, number, example(**{"lines.0.ends_on": soon})
    )
    contract = {"employment_ends_on.day": "30", "employment_ends_on.month": "6",
                "employment_ends_on.year": str(today_in_paris().year + 1)}  # fmt: skip
    assert "66,9 % des ressources" in figures(cast.nadia, number, example(**contract))
    assert "0,0 % des ressources" in figures(
        cast.nadia, number, example(**contract, **{"lines.0.whose": "partner"})
    )


def test_the_simulator_takes_the_bank_that_is_chosen_and_says_when_its_terms_do_not_fit(
    cast: Cast,
) -> None:
    number = cast.case(State.APPOINTMENT)
    with cast.nadia.at_work() as (session, _):
        two = session.scalars(
            select(Organisation.id).where(Organisation.name == "Banque Deux")
        ).one()
    assert "Banque Deux : 300 € à 3 000 €" in figures(cast.nadia, number, example(_bank=str(two)))
    other = str(two - 1)
    assert "Banque Une : 300 € à 3 000 €" in figures(cast.nadia, number, example(_bank=other))
    assert "Hors des conditions de cette banque" in figures(
        cast.nadia, number, example(months="48")
    )
    for nonsense in ("", "x", "-1", "9" * 40, "\u0663"):
        assert "71,61 €" in figures(cast.nadia, number, example(_bank=nonsense))


def test_a_form_that_cannot_be_read_or_lacks_months_says_so_and_guesses_nothing(
    cast: Cast,
) -> None:
    number = cast.case(State.APPOINTMENT)
    unreadable = figures(cast.nadia, number, example(**{"lines.0.amount": "beaucoup"}))
    assert "les chiffres reviendront dès qu’elle sera corrigée" in unreadable
    without = figures(cast.nadia, number, example(months=""))
    assert "Indiquez le montant demandé et la durée." in without
    assert "Reste à vivre, prêt déduit" not in without
    assert "8,83 €" in without


def test_an_unknown_age_hides_the_figure_that_needs_it(cast: Cast) -> None:
    number = cast.case(State.APPOINTMENT)
    assert "L’âge d’un enfant manque" in figures(cast.nadia, number, example(children_born=""))


def test_a_threshold_that_is_not_defined_is_said_and_never_guessed(
    cast: Cast, database: Provision
) -> None:
    number = cast.case(State.APPOINTMENT)
    engine = create_engine(database.migration_url)
    ends = text("UPDATE app.threshold SET valid_to = :day")
    with engine.begin() as connection:
        connection.execute(ends, {"day": date(2013, 1, 1)})
    try:
        said = figures(cast.nadia, number, example())
        territory = words(cast.nadia.get("/territoire"))
    finally:
        with engine.begin() as connection:
            connection.execute(ends, {"day": None})
        engine.dispose()
    assert "7,64 €" in said
    assert "À discuter" not in said
    assert said.count("Seuil non défini") >= 2
    assert "prêt possible :" not in said
    assert territory.count("seuil non défini") == 4


def test_only_those_who_write_diagnoses_see_figures_typed(cast: Cast) -> None:
    number = cast.case(State.APPOINTMENT)
    for who, status in (("farid", 403), ("carole", 403), ("boris", 403), ("lucie", 404)):
        path = f"/dossiers/{number}/diagnostic/calcul"
        for headers in ({}, {"HX-Request": "true"}):
            answer = cast.people[who].post(path, example(), headers=headers)
            assert answer.status_code == status, who


LINE = st.tuples(
    st.sampled_from([str(code.value) for code in BudgetCode]),
    st.integers(1, 1_000_000),
    st.sampled_from([str(one.value) for one in Periodicity]),
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(LINE, max_size=20))
def test_the_totals_are_the_sum_of_the_lines_brought_to_the_month(
    cast: Cast, lines: list[tuple[str, int, str]]
) -> None:
    number = NUMBERS.setdefault("case", cast.case(State.APPOINTMENT))
    sums = dict.fromkeys("RCD", 0)
    for code, cents, every in lines:
        if code not in ("R16", "R17"):
            sums[code[0]] += per_month(cents, Every(every))
    posted = typed([(code, f"{c // 100},{c % 100:02d}", every) for code, c, every in lines])
    said = figures(cast.nadia, number, posted | {"months": ""})
    for label, total in (
        ("Ressources", sums["R"]),
        ("Charges", -sums["C"]),
        ("Crédits et dettes", -sums["D"]),
        ("Reste chaque mois", sums["R"] - sums["C"] - sums["D"]),
    ):
        assert f"{label} {' '.join(euros(total).split())}" in said


NUMBERS: dict[str, str] = {}
