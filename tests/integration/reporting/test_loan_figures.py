"""What the figures say of requests that lived their whole life, by the product's own acts, over years."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.cast import ALPHA, BETA, Cast, a_contact, gather
from tests.conftest import dropped, provisioned, settings_for
from tests.integration.reporting.test_figures import (
    SMALL,
    WITHHELD,
    headline,
    page,
    reasons,
    table,
    words,
)

from microcredit.app import create_app
from microcredit.cases.codes import State
from microcredit.cases.models import Case, Orientation
from microcredit.cases.schemas import Close, Redirect, Result
from microcredit.cases.services.close import close, redirect
from microcredit.cases.services.contact import open_contact
from microcredit.cases.services.orientation import note_result
from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.database import open_pools
from microcredit.loans.models import Instalment, Loan
from microcredit.loans.schemas import Payment, Reject, SettleEarly
from microcredit.loans.services.postings import note_payment, note_reject, settle_early
from microcredit.mathematics.dates import add_months
from microcredit.submissions.schemas import Reply
from microcredit.submissions.services.answer import reply
from microcredit.submissions.services.follow import choose, recall

THIS = today_in_paris().year
LAST, BEFORE = THIS - 1, THIS - 2

SENT = ("meet", "diagnose", "complete", "send")
LENT = (*SENT, "grant", "sign", "disburse")

#: How many days after the first contact a step is taken: no payment before the eighth day.
DAYS = {"sign": 4, "lapse": 40, "disburse": 14, "withdraw": 6}


@dataclass
class Life:
    """One request from its first contact on; each step happens on its own day."""

    cast: Cast
    number: str
    began: date

    def do(self, *steps: str, banker: str = "boris") -> "Life":
        people = self.cast.people
        for step in steps:
            on = self.began + timedelta(DAYS.get(step, 1))
            self.cast.take(step, self.number, people["nadia"], people[banker], "Lenoir", "", on)
        return self

    def at(self, days: int, act: Callable[..., object], *given: object, **more: object) -> "Life":
        """An act of the case worker, so many days after the first contact."""
        with self.cast.nadia.at_work(self.began + timedelta(days)) as (session, identity):
            act(session, identity, self.number, *given, **more)
        return self

    def answers(self, said: Reply, banker: str = "boris") -> "Life":
        with self.cast.people[banker].at_work(self.began + timedelta(2)) as (session, identity):
            reply(session, identity, self.number, said)
        return self

    def instalments(self) -> list[tuple[int, date]]:
        with self.cast.nadia.at_work() as (session, _):
            rows = session.execute(
                select(Instalment.id, Instalment.due_on)
                .join(Loan, Loan.id == Instalment.loan_id)
                .join(Case, Case.id == Loan.case_id)
                .where(Case.number == self.number)
                .order_by(Instalment.number)
            )
            return [(row.id, row.due_on) for row in rows]


def begin(cast: Cast, year: int, commune: str = ALPHA, amount: int = 1500_00) -> Life:
    began = date(year, 2, 1)
    with cast.farid.at_work(began) as (session, identity):
        number = open_contact(session, identity, a_contact(commune=commune, amount=amount)).number
    return Life(cast, number, began)


def an_incident_that_was_regularised(cast: Cast) -> None:
    life = begin(cast, BEFORE, BETA, 1000_00).do(*LENT)
    first, second, *_ = life.instalments()
    for instalment, due_on in (first, second):
        on = due_on + timedelta(2)
        life.at((on - life.began).days, note_reject, Reject(instalment, on, "bank"))
    paid_on = add_months(second[1], 1)
    for instalment, _ in (first, second):
        told = Payment(instalment, paid_on, "bank")
        life.at((paid_on - life.began).days, note_payment, told)


def an_orientation_with_two_results(cast: Cast) -> None:
    """The first result was a mistake: what is noted last counts."""
    life = begin(cast, BEFORE).at(
        1, redirect, Redirect("better_aid_exists", ["pcb", "ccas_optional_aid"])
    )
    with cast.nadia.at_work() as (session, _):
        rows = session.execute(
            select(Orientation.target, Orientation.id)
            .join(Case, Case.id == Orientation.case_id)
            .where(Case.number == life.number)
        )
        ids = {row.target: row.id for row in rows}
    life.at(100, note_result, Result(ids["pcb"], "obtained", 400_00))
    life.at(101, note_result, Result(ids["pcb"], "refused"))
    life.at(101, note_result, Result(ids["ccas_optional_aid"], "obtained", 250_00))


@pytest.fixture(scope="module")
def lived(administrator: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """Two complete years and one request of the current one."""
    made = provisioned(administrator)
    settings = settings_for(made)
    pools = open_pools(
        settings.database_url, settings.gate_url, settings.worker_url, settings.operator_url
    )
    folder: Path = tmp_path_factory.mktemp("lives")
    cast = gather(create_app(settings, pools), folder)
    otherwise = Reply("counter", amount=1200_00, months=12, rate=Decimal("0.02"))
    # Of the year before last: 3 loans of 5 requests.
    begin(cast, BEFORE).do(*SENT).answers(otherwise).at(3, choose, accepts=True).do(
        "sign", "disburse"
    )
    an_incident_that_was_regularised(cast)
    an_orientation_with_two_results(cast)
    early = begin(cast, BEFORE, amount=3000_00).do(*LENT)
    early.at(60, settle_early, SettleEarly(early.began + timedelta(60), 2900_00, "bank"))
    begin(cast, BEFORE).do("meet", "diagnose", "complete", "decline")
    # Of last year: 1 loan of 7 requests.
    begin(cast, LAST).do(*SENT, "refuse").do("send", "grant", "sign", "disburse", banker="bella")
    begin(cast, LAST).do(*SENT).answers(Reply("refuse", ["ficp", "debt_ratio"]))
    begin(cast, LAST).do(*SENT).answers(otherwise).at(3, choose, accepts=False).at(
        4, close, Close("found_other")
    )
    begin(cast, LAST).do(*SENT, "grant", "sign", "withdraw")
    begin(cast, LAST).do(*LENT).at(
        16, lambda s, i, n: cast.take("withdraw", n, cast.nadia, cast.boris, "", "",
                                      date(LAST, 2, 1) + timedelta(16))
    )  # fmt: skip
    begin(cast, LAST).do(*SENT, "grant", "lapse")
    begin(cast, LAST).do(*SENT).at(2, recall).at(3, redirect, Redirect("rav_too_low", ["pcb"]))
    cast.case(State.DISBURSED)
    yield cast
    pools.dispose()
    dropped(made)


def test_a_loan_is_money_paid_and_not_given_back(lived: Cast) -> None:
    assert headline(page(lived.carole)) == {
        "demandes": "12",
        "prêts versés": "4",
        "prêtés par la banque": "6 700 €",
        "d’aides obtenues autrement": "250 €",
        "incident de remboursement": "1",
        "d’acceptation par la banque": "87,5 %",
    }
    notes = words(page(lived.carole).xpath("//div[@class='figures']")[0])
    assert "33,3 % des demandes" in notes
    assert "1 675 € en moyenne" in notes
    assert "1 obtenue sur 4 orientations" in notes
    assert "7 accords, 1 refus" in notes


def test_each_stop_says_why(lived: Cast) -> None:
    found = page(lived.carole)
    assert table(found, "De la demande") == {
        "Demandes": ["12"],
        "sorties avant le diagnostic": ["− 1"],
        "Diagnostics": ["11"],
        "Dossiers instruits": ["11"],
        "non présentées à une banque": ["− 1"],
        "Transmis à la banque": ["10"],
        "refusées par la banque": ["− 1"],
        "retirées avant une réponse": ["− 2"],
        "Accords": ["7"],
        "accords sans prêt versé": ["− 3"],
        "Prêts versés": ["4"],
    }
    assert reasons(found, "non présentées") == {"Reste à vivre trop bas": "1"}
    assert reasons(found, "refusées par la banque") == {
        "Inscription au FICP": "1",
        "Endettement trop élevé": "1",
    }
    assert reasons(found, "retirées avant") == {
        "Reste à vivre trop bas": "1",
        "A trouvé une autre solution": "1",
    }
    assert reasons(found, "accords sans prêt") == {
        "Rétractation": "2",
        "Offre jamais signée, périmée": "1",
    }
    assert "Un refus peut avoir plusieurs motifs." in words(found)


def test_years_add_up_under_their_total(lived: Cast) -> None:
    found = page(lived.carole)
    rows = found.xpath("//table[contains(@class, 'years')]//tr[td]")
    assert [[words(cell) for cell in row] for row in rows] == [
        [str(BEFORE), "5", "3", "0", "3", "3", "60,0 %", "0,0 %"],
        [str(LAST), "7", "7", "1", "4", "1", "14,3 %", "20,0 %"],
        ["Ensemble", "12", "10", "1", "7", "4", "33,3 %", "12,5 %"],
    ]
    assert f"{LAST} : 20,0 %." in words(found.xpath("//desc[@id='d-refus']")[0])


def test_the_current_year_is_chosen_apart_by_who_sees_everything(lived: Cast) -> None:
    found = page(lived.carole, f"/chiffres?annee={THIS}")
    assert headline(found)["demande"] == "1"
    assert headline(found)["prêt versé"] == "1"
    assert f"L’année {THIS} n’est pas finie" in words(found)
    shown = found.xpath("//select[@id='f-annee']/option")
    assert [words(one) for one in shown] == [
        f"{BEFORE} à {LAST}", f"{THIS}, en cours", str(LAST), str(BEFORE),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["elie", "diane", "fanny"])
def test_the_current_year_is_not_published_before_it_is_complete(lived: Cast, name: str) -> None:
    found = page(lived.people[name])
    assert headline(found)["demandes"] == "12"
    shown = found.xpath("//select[@id='f-annee']/option")
    assert [words(one) for one in shown] == [f"{BEFORE} à {LAST}", str(LAST), str(BEFORE)]
    assert "sera publiée quand elle sera complète" in words(found)
    page(lived.people[name], f"/chiffres?annee={THIS}", status=422)


def test_loans_split_by_motive_amount_length_and_place(lived: Cast) -> None:
    found = page(lived.carole)
    assert table(found, "Prêts par motif") == {"Emploi et mobilité": ["4", "100,0 %"]}
    assert table(found, "Prêts par montant") == {
        "1 000 à 1 499 €": ["2"], "1 500 à 1 999 €": ["1"], "2 000 à 2 499 €": ["0"],
        "2 500 à 2 999 €": ["0"], "3 000 €": ["1"],
    }  # fmt: skip
    assert table(found, "Prêts par durée") == {"6 à 12 mois": ["1"], "13 à 18 mois": ["3"]}
    assert table(found, "Demandes, prêts et euros par commune") == {
        "Fresnes-sur-Escaut": ["11", "3", "5 700 €"],
        "Condé-sur-l’Escaut": ["1", "1", "1 000 €"],
    }
    assert table(found, "Prêts par commune")["Fresnes-sur-Escaut"] == ["3", "0,4 ‰"]


def test_a_loan_stands_where_its_facts_put_it(lived: Cast) -> None:
    """What was regularised is an incident of the past, not of today."""
    standings = table(page(lived.carole, f"/chiffres?annee={BEFORE}"), "Prêts par situation")
    assert standings["Soldé par anticipation"] == ["1", "33,3 %"]
    assert "Incident" not in standings
    assert sum(int(cells[0]) for cells in standings.values()) == 3


def test_the_last_result_of_an_orientation_counts(lived: Cast) -> None:
    assert table(page(lived.carole), "Orientations par aide") == {
        "Point conseil budget": ["3", "0", "0 €"],
        "Aide facultative du CCAS": ["1", "1", "250 €"],
    }
    assert table(page(lived.carole), "Orientations par année") == {
        str(BEFORE): ["3", "1", "250 €"], str(LAST): ["1", "0", "0 €"], "Ensemble": ["4", "1", "250 €"],
    }  # fmt: skip


def test_small_numbers_of_loans_are_hidden_from_who_sees_totals(lived: Cast) -> None:
    found = page(lived.fanny, f"/chiffres?annee={BEFORE}")
    figures = headline(found)
    assert figures["demandes"] == "5"
    assert figures["prêts versés"] in (SMALL, WITHHELD)
    assert figures["prêtés par la banque"] == WITHHELD
    assert figures["incidents de remboursement"] in (SMALL, WITHHELD)
    assert table(found, "Prêts par montant") == {}
    assert "Trop peu de prêts" in words(found)
    # The same numbers are nowhere on the other pages that she may ask for.
    assert "1 000 €" not in words(page(lived.fanny, f"/chiffres?commune={BETA}"))


def test_the_director_reads_the_loans_of_her_residents(lived: Cast) -> None:
    found = page(lived.denis, "/ma-commune")
    assert headline(found)[f"prêt versé depuis {BEFORE}"] == "1"
    assert headline(found)["incident de remboursement"] == "1"
    loans = found.xpath("//section[@aria-labelledby='t-prets']//tbody/tr")
    assert len(loans) == 1
    assert "Mme Sandrine Lenoir" in words(loans[0])
