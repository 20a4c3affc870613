"""Lines of a budget as one fills them in: added, detailed, kept in their order, shown to the bank."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from tests.cast import ALPHA, Cast, read
from tests.integration.diagnosis.test_figures_beside_the_form import example

from microcredit.cases.codes import State
from microcredit.cases.models import BudgetLine, Case
from microcredit.people.models import Household
from microcredit.submissions import copy as frozen

PLACE = re.compile(r'name="lines\.(\d+)\.amount"')


def version(cast: Cast, number: str) -> str:
    """The version that somebody who opens the form now is shown."""
    with cast.nadia.at_work() as (session, _):
        return str(session.scalars(select(Case.version).where(Case.number == number)).one())


def lines(cast: Cast, number: str) -> list[BudgetLine]:
    """The stored lines of a case, in order."""
    with cast.nadia.at_work() as (session, _):
        return list(
            session.scalars(
                select(BudgetLine)
                .join(Case, Case.id == BudgetLine.case_id)
                .where(Case.number == number)
                .order_by(BudgetLine.rank)
            )
        )


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("group", ["R", "C", "D"])
def test_one_more_line_comes_with_what_was_typed_and_nothing_is_written(
    cast: Cast, group: str, script: bool
) -> None:
    number = cast.case(State.APPOINTMENT)
    path = f"/dossiers/{number}/diagnostic"
    before = len(PLACE.findall(cast.nadia.get(path).text))
    headers = {"HX-Request": "true"} if script else {}
    wrong = {"last_name": "Dupré", "lines.1.amount": "beaucoup", "_add": group}
    answer = cast.nadia.post(f"{path}/calcul", example(**wrong), headers=headers)

    assert answer.status_code == (200 if script else 422)
    assert 'value="Dupré"' in answer.text
    assert 'value="beaucoup"' in answer.text
    part = answer.text.split(f'id="lignes-{group}"')[1].split("</button>")[0]
    assert part.count("autofocus") == 1
    # Two lines of the example are none of the usual ones.
    assert len(PLACE.findall(answer.text)) >= before
    assert lines(cast, number) == []
    again = cast.nadia.post(f"{path}/calcul", example(_add=group), headers=headers)
    assert again.status_code == 200


def test_a_line_says_whose_it_is_how_sure_until_when_and_a_debt_to_whom(cast: Cast) -> None:
    number = cast.case(State.APPOINTMENT)
    path = f"/dossiers/{number}/diagnostic"
    wages = {"lines.40.code": "R01", "lines.40.amount": "900", "lines.40.periodicity": "month",
             "lines.40.whose": "partner", "lines.40.confidence": "proven",
             "lines.40.ends_on": "2030-09-30"}  # fmt: skip
    debt = {"lines.11.creditor": "Une banque", "lines.11.owed": "480"}
    posted = example(**wages, **debt, version=version(cast, number))
    assert cast.nadia.post(path, posted).status_code == 303

    stored = lines(cast, number)
    assert [line.code for line in stored].count("R01") == 2
    (wage,) = [line for line in stored if line.whose == "partner"]
    assert (wage.confidence, wage.ends_on) == ("proven", date(2030, 9, 30))
    (owed,) = [line for line in stored if line.code == "D01"]
    assert (owed.creditor, owed.owed_cents) == ("Une banque", 480_00)
    page = cast.nadia.get(path)
    assert 'type="date" autocomplete="off" value="2030-09-30"' in page.text
    assert "Salaire net (son conjoint)" in read(page)
    assert "Son conjoint, prouvé, à durée limitée" in read(page)
    opened = dict.fromkeys(PLACE.findall(page.text))
    assert len(opened) == len(PLACE.findall(page.text)), "each place once"


def test_help_from_relatives_savings_and_what_comes_once_are_noted_and_not_counted(
    cast: Cast,
) -> None:
    number = cast.case(State.APPOINTMENT)
    more = {}
    for place, (code, every) in enumerate(
        (("R16", "month"), ("R17", "month"), ("C18", "once")), 50
    ):
        more |= {f"lines.{place}.code": code, f"lines.{place}.amount": "777",
                 f"lines.{place}.periodicity": every}  # fmt: skip
    posted = example(**more, version=version(cast, number))
    assert cast.nadia.post(f"/dossiers/{number}/diagnostic", posted).status_code == 303
    assert {"R16", "R17", "C18"} <= {line.code for line in lines(cast, number)}
    assert "7,64 €" in read(cast.nadia.get(f"/dossiers/{number}/diagnostic"))


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"children_born": "2008, 2012"}, "Écrivez une année par enfant : 1 à charge, 2 ici."),
        ({"children_born": "huit ans"}, "Écrivez des années, par exemple 2008, 2012."),
        ({"children_born": "2099"}, "Une année de naissance est à venir."),
        ({"purpose": "care"}, "Cet objet ne va pas avec le motif choisi."),
        ({"lines.60.code": "", "lines.60.amount": "5", "lines.60.periodicity": "month"},
         "Choisissez ce que c’est."),
        ({"lines.11.amount": "", "lines.11.creditor": "Une banque"}, "Indiquez le montant de cette ligne."),
        ({"lines.0.ends_on": "31/02/2030"}, "Écrivez une date de 2000 à 2100, par exemple 30/09/2016."),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_in_words_and_kept_as_typed(
    cast: Cast, more: dict[str, str], sentence: str
) -> None:
    number = cast.case(State.APPOINTMENT)
    path = f"/dossiers/{number}/diagnostic"
    answer = cast.nadia.post(path, example(**more, version=version(cast, number)))
    assert answer.status_code == 422
    assert sentence in read(answer)
    assert 'value="1050"' in answer.text
    assert lines(cast, number) == []


def test_the_purpose_and_the_childrens_years_are_kept(cast: Cast) -> None:
    number = cast.case(State.APPOINTMENT)
    path = f"/dossiers/{number}/diagnostic"
    posted = example(children="2", children_born="2012, 2008", purpose="repair", commune=ALPHA)
    assert cast.nadia.post(path, posted | {"version": version(cast, number)}).status_code == 303
    with cast.nadia.at_work() as (session, _):
        case = session.scalars(select(Case).where(Case.number == number)).one()
        home = session.scalars(select(Household).where(Household.id == case.household_id)).one()
        assert (case.purpose, home.children_born) == ("repair", [2008, 2012])
    page = cast.nadia.get(path).text
    assert 'value="2008, 2012"' in page
    assert '<option value="repair" selected>' in page


def test_a_full_form_offers_no_more_lines_and_saves_all_it_holds(cast: Cast) -> None:
    number = cast.case(State.APPOINTMENT)
    path = f"/dossiers/{number}/diagnostic"
    many = {}
    for place in range(100, 142):
        many |= {f"lines.{place}.code": "C20", f"lines.{place}.amount": "1",
                 f"lines.{place}.periodicity": "month"}  # fmt: skip
    posted = example(**many, version=version(cast, number))
    assert cast.nadia.post(path, posted).status_code == 303
    assert len(lines(cast, number)) == 54
    page = cast.nadia.get(path)
    assert "Le formulaire est plein" in read(page)
    names = set(re.findall(r'name="([^"]+)"', page.text))
    assert len(names) <= 400
    assert cast.nadia.post(f"{path}/calcul", dict.fromkeys(names - {"_key"}, "")).status_code == 422


def test_the_bank_reads_the_lines_as_they_were_told_and_what_is_left_to_live_on(
    cast: Cast,
) -> None:
    number = cast.case(State.SENT_TO_BANK)
    page = read(cast.boris.get(f"/banque/{number}"))
    # 1 050 − 595 − 84,66 over two persons and thirty days.
    assert "6,17 €" in page
    assert "une fois payée une mensualité estimée à 84,66 €" in page
    assert "Déclaré" in page


def test_a_copy_of_before_is_still_read(cast: Cast) -> None:
    number = cast.case(State.SENT_TO_BANK)
    old = {"number": number, "civility": "Mme", "last_name": "Lenoir", "first_names": "Sandrine",
           "amount_cents": 1, "months": 6, "left_cents": 5, "charges_cents": 1, "debts_cents": 1,
           "resources_cents": 7, "children": 0, "adults": 1, "total_cost_cents": 1, "contribution_cents": 0,
           "birth_date": "1981-05-04", "employment_ends_on": None,
           "budget": [{"code": "R01", "label": "Salaire net", "amount_cents": 7,
                       "periodicity": "par mois"}]}  # fmt: skip
    content = frozen.read(frozen.canonical(old))
    row = {
        "content": content,
        "sent_on": date(2016, 3, 1),
        "sent_at": datetime(2016, 3, 1, tzinfo=UTC),
        "verified_at": None,
        "sha256": "a" * 64,
    }
    with cast.app.app_context():
        page = cast.app.jinja_env.get_template("submissions/_copy.html").render(row=row)
    assert "Salaire net" in page
    assert "par jour et par personne" not in page
