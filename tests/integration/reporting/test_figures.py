"""The figures that each role reads, of cases that went through the product's own acts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import create_engine, text
from tests.cast import ALPHA, BETA, Cast, Person, gather
from tests.conftest import dropped, provisioned, settings_for

from microcredit.app import create_app
from microcredit.cases.codes import State
from microcredit.cases.schemas import Contact
from microcredit.cases.services.contact import open_contact
from microcredit.groupings.models import Organisation
from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.database import open_pools

SMALL, WITHHELD = "moins de 5", "non affiché"


@pytest.fixture(scope="module")
def told(administrator: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """A territory of its own, whose every case is known here.

    Alpha: 3 contacts, 3 sent, 2 granted, 1 refused, 2 redirected, 1 without follow-up, 1 anonymous.
    Beta: 6 contacts, 1 granted.
    """
    made = provisioned(administrator)
    settings = settings_for(made)
    pools = open_pools(
        settings.database_url, settings.gate_url, settings.worker_url, settings.operator_url
    )
    folder: Path = tmp_path_factory.mktemp("figures")
    cast = gather(create_app(settings, pools), folder)
    for state, times in (
        (State.CONTACT, 3), (State.SENT_TO_BANK, 3), (State.APPROVED, 2), (State.BANK_REFUSED, 1),
        (State.REDIRECTED, 2), (State.NO_SHOW_OR_WITHDRAWN, 1),
    ):  # fmt: skip
        for _ in range(times):
            cast.case(state)
    for _ in range(6):
        cast.case(State.CONTACT, commune=BETA, name="Petit")
    cast.case(State.APPROVED, commune=BETA, name="Petit")
    with cast.farid.at_work() as (session, identity):
        nobody = Contact(ALPHA, "health", 500_00, "phone", "", "", "", "")
        open_contact(session, identity, nobody)
    yield cast
    pools.dispose()
    dropped(made)


def page(person: Person, path: str = "/chiffres", status: int = 200) -> html.HtmlElement:
    answer = person.get(path)
    assert answer.status_code == status, answer.text
    found = html.document_fromstring(answer.text)
    for again in found.xpath("//table//*[contains(@class, 'only-phone')]"):
        again.drop_tree()  # says on a phone what a column says on a screen
    return found


def words(found: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", found.text_content()).strip()


def headline(found: html.HtmlElement) -> dict[str, str]:
    """Label → value of the figures at the top."""
    blocks = found.xpath("//div[@class='figures']/div")
    return {words(block[1]): words(block[0]) for block in blocks}


def table(found: html.HtmlElement, caption: str) -> dict[str, list[str]]:
    """Row heading → cells with a number, of the table of that caption."""
    rows = found.xpath(f"//table[caption[starts-with(., '{caption}')]]/tbody/tr")
    return {
        words((row.xpath("th//summary") or row.xpath("th"))[0]): [
            words(cell) for cell in row.xpath("td[contains(@class, 'num')]")
        ]
        for row in rows
    }


def reasons(found: html.HtmlElement, loss: str) -> dict[str, str]:
    """Reason → count, of the line of the funnel that says `loss`."""
    [line] = found.xpath(f"//details[summary[contains(., '{loss}')]]")
    return {words(one[0]): words(one[1]) for one in line.xpath(".//dl/div")}


@pytest.mark.parametrize("name", ["nadia", "carole", "diane", "elie", "fanny"])
def test_totals_of_the_territory_are_the_same_for_all(told: Cast, name: str) -> None:
    assert headline(page(told.people[name])) == {
        "demandes": "19",
        "prêt versé": "0",
        "prêtés par la banque": "0 €",
        "d’aides obtenues autrement": "0 €",
        "incident de remboursement": "0",
        "d’acceptation par la banque": "75,0 %",
    }


def test_contacts_without_a_name_are_counted_apart(told: Cast) -> None:
    assert "1 contact sans nom, à part" in words(page(told.carole))
    assert table(page(told.carole), "De la demande")["Demandes"] == ["19"]


def test_the_coordinator_reads_every_step_and_no_name(told: Cast) -> None:
    found = page(told.carole)
    assert table(found, "De la demande") == {
        "Demandes": ["19"],
        "sorties avant le diagnostic": ["− 3"],
        "attendent leur diagnostic": ["− 9"],
        "Diagnostics": ["7"],
        "Dossiers instruits": ["7"],
        "Transmis à la banque": ["7"],
        "refusées par la banque": ["− 1"],
        "attendent la réponse": ["− 3"],
        "Accords": ["3"],
        "attendent la signature ou le versement": ["− 3"],
        "Prêts versés": ["0"],
    }
    assert reasons(found, "sorties avant le diagnostic") == {
        "Une aide convient mieux": "2",
        "Renonce à son projet": "1",
    }
    assert reasons(found, "refusées par la banque") == {"Inscription au FICP": "1"}
    assert table(found, "Demandes, prêts et euros par commune") == {
        "Fresnes-sur-Escaut": ["12", "0", "0 €"],
        "Condé-sur-l’Escaut": ["7", "0", "0 €"],
    }
    assert table(found, "Orientations par aide") == {"Point conseil budget": ["2", "0", "0 €"]}
    assert "Lenoir" not in words(found)
    assert "Petit" not in words(found)


def test_a_filter_keeps_a_commune_or_a_year(told: Cast) -> None:
    year = today_in_paris().year
    figures = headline(page(told.nadia, f"/chiffres?annee={year}&commune={BETA}"))
    assert (figures["demandes"], figures["d’acceptation par la banque"]) == ("7", "100,0 %")
    assert headline(page(told.nadia, f"/chiffres?annee={year}"))["demandes"] == "19"


def test_small_numbers_are_hidden_from_the_elected_member(told: Cast) -> None:
    found = page(told.elie)
    hidden = reasons(found, "sorties avant le diagnostic")
    assert set(hidden.values()) <= {SMALL, WITHHELD}
    assert hidden["Renonce à son projet"] in (SMALL, WITHHELD)
    assert table(found, "Demandes, prêts et euros")["Condé-sur-l’Escaut"][0] == "7"
    assert SMALL not in words(page(told.carole))


def test_with_a_commune_the_headline_is_made_of_cells(told: Cast) -> None:
    figures = headline(page(told.elie, f"/chiffres?commune={ALPHA}"))
    assert figures["demandes"] == "12"
    # 3 agreements: 2 here, 1 there. Each is small, and each would tell the other.
    assert figures["d’acceptation par la banque"] == WITHHELD
    everything = headline(page(told.carole, f"/chiffres?commune={ALPHA}"))
    assert everything["d’acceptation par la banque"] == "66,7 %"


def test_who_sees_totals_only_chooses_a_year_or_a_commune(told: Cast) -> None:
    year = today_in_paris().year
    found = page(told.elie, f"/chiffres?annee={year}&commune={ALPHA}", status=422)
    assert "pas les deux" in words(found.xpath("//*[@role='alert']")[0])
    assert headline(found)["demandes"] == "19"


@pytest.mark.parametrize(
    "query",
    ["annee=abc", "annee=1999", "annee=2001", "annee=99999999999", "annee=-1", "commune=99999",
     "commune=%00", "commune=%27--", "annee=2016&annee=x", "inconnu=1", "commune=" + "9" * 500],
)  # fmt: skip
def test_a_selection_that_cannot_be_read_shows_everything_and_says_so(
    told: Cast, query: str
) -> None:
    found = page(told.carole, f"/chiffres?{query}", status=422)
    assert "sans filtre" in words(found.xpath("//*[@role='alert']")[0])
    assert headline(found)["demandes"] == "19"


def test_each_figure_says_how_it_is_counted(told: Cast) -> None:
    found = page(told.carole)
    explained = words(found.xpath("//details[contains(., 'Comment ces chiffres')]")[0])
    for name in (
        "Demande",
        "Prêt versé",
        "Prêtés par la banque",
        "Aides obtenues autrement",
        "Incident",
        "Acceptation par la banque",
    ):
        assert f"{name} :" in explained


def test_a_director_lands_on_the_residents_of_her_commune_alone(told: Cast) -> None:
    found = page(told.denis, "/ma-commune")
    assert headline(found) == {
        "dossiers en cours": "7",
        f"demandes en {today_in_paris().year}": "7",
        f"prêt versé depuis {today_in_paris().year}": "0",
        "incident de remboursement": "0",
        "d’acceptation par la banque": "100,0 %",
    }
    assert words(found.xpath("//h1")[0]) == "Condé-sur-l’Escaut"
    assert "Petit" in words(found)
    assert "Lenoir" not in words(found)
    decisions = found.xpath("//section[@aria-labelledby='t-decisions']//a")
    assert [words(one) for one in decisions] == ["Mme Sandrine Petit"]


def test_her_own_commune_is_not_masked_on_her_page(told: Cast) -> None:
    assert headline(page(told.diane, "/ma-commune"))["d’acceptation par la banque"] == "66,7 %"
    assert SMALL not in words(page(told.diane, "/ma-commune"))


@pytest.mark.parametrize("name", ["nadia", "farid", "carole", "elie", "fanny", "boris", "tania"])
def test_her_page_is_hers_alone(told: Cast, name: str) -> None:
    page(told.people[name], "/ma-commune", status=403)


@pytest.mark.parametrize("name", ["farid", "boris", "tania"])
def test_figures_are_not_for_everybody(told: Cast, name: str) -> None:
    page(told.people[name], "/chiffres", status=403)


def test_the_neighbours_count_nothing_of_it(told: Cast) -> None:
    found = page(told.colin)
    assert headline(found)["demande"] == "0"
    assert "Aucune demande à compter" in words(found)
    assert "Aucun dossier en cours" in words(page(told.dora, "/ma-commune"))


def test_a_director_without_a_commune_is_told_so(told: Cast) -> None:
    """The last test: it takes Alpha's CCAS away from its commune."""
    engine = create_engine(told.app.extensions["microcredit"].settings.migration_url)
    taken = text(
        f"UPDATE {Organisation.__table__.fullname} SET commune_code = NULL WHERE name = :n"
    )
    with engine.begin() as connection:
        connection.execute(taken, {"n": "CCAS Alpha"})
    engine.dispose()
    found = page(told.diane, "/ma-commune")
    assert "n’est rattaché à aucune commune" in words(found)
    assert "Lenoir" not in words(found)
    assert headline(found) == {}
