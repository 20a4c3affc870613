"""What people read on the pages of 31 March 2016, and a month later: the published figures."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import create_engine, text

from microcredit.app import create_app
from microcredit.kernel.database import open_pools
from microcredit.settings import Settings

ORIGIN = "http://pays-de-conde.localhost"

Sign = Callable[[str], FlaskClient]


@pytest.fixture(scope="package")
def served(built: Settings) -> Iterator[Flask]:
    """The application on the demo's data."""
    pools = open_pools(built.database_url, built.gate_url, built.worker_url, built.operator_url)
    yield create_app(built, pools)
    pools.dispose()


@pytest.fixture
def as_role(served: Flask) -> Sign:
    """Somebody of a role, signed in by the button of the sign-in page."""

    def sign(role: str) -> FlaskClient:
        client = served.test_client()
        page = client.get("/connexion", base_url=ORIGIN).text
        account = re.search(rf'value="(\d+)" data-demo-account="{role}"', page)
        assert account, role
        posted = {"_key": key_of(page), "account": account[1]}
        assert (
            client.post("/connexion/demonstration", base_url=ORIGIN, data=posted).status_code == 303
        )
        return client

    return sign


def key_of(page: str) -> str:
    """The one-time key of the first form."""
    return page.split('name="_key" value="')[1].split('"')[0]


def read(client: FlaskClient, path: str) -> html.HtmlElement:
    """A page."""
    answer = client.get(path, base_url=ORIGIN)
    assert answer.status_code == 200
    return html.document_fromstring(answer.text)


def words(page: html.HtmlElement) -> str:
    """The text of a page, with plain spaces."""
    return " ".join(" ".join(page.itertext()).split())


def table(page: html.HtmlElement, caption: str) -> list[list[str]]:
    """The cells of a table below its head, found by its caption; bars are left out."""
    (found,) = page.xpath(f'//table[caption[normalize-space()="{caption}"]]')
    for again in found.xpath(".//*[contains(@class, 'only-phone')]"):
        again.drop_tree()
    rows = [
        [words(cell) for cell in row.xpath("./th|./td")]
        for row in found.xpath("./tbody/tr|./tfoot/tr")
    ]
    return [[cell for cell in row if cell] for row in rows]


def test_the_dashboard_says_what_was_published(as_role: Sign) -> None:
    page = read(as_role("coordinator"), "/chiffres")
    said = words(page)
    for figure in (
        "31 678 habitants", "497 demandes", "132 prêts versés", "26,6 % des demandes", "112 de 2013 à 2015",
        "260 300 €", "1 972 € en moyenne", "63 900 €", "171 obtenues sur 412 orientations",
        "4 incidents de remboursement", "136 accords, 50 refus",
    ):  # fmt: skip
        assert figure in said, figure
    assert table(page, "Demandes, transmissions, réponses et prêts par année") == [
        ["2012", "98", "25", "4", "21", "20", "20,4 %", "16,0 %"],
        ["2013", "126", "44", "9", "35", "34", "27,0 %", "20,5 %"],
        ["2014", "134", "54", "15", "39", "38", "28,4 %", "27,8 %"],
        ["2015", "139", "63", "22", "41", "40", "28,8 %", "34,9 %"],
        ["Ensemble", "497", "186", "50", "136", "132", "26,6 %", "26,9 %"],
    ]


def test_the_dashboard_says_for_what_where_and_how_long(as_role: Sign) -> None:
    page = read(as_role("coordinator"), "/chiffres")
    assert table(page, "Prêts par motif")[0] == ["Emploi et mobilité", "99", "75,0 %"]
    communes = table(page, "Demandes, prêts et euros par commune")
    assert {row[0]: row[1:3] for row in communes} == {
        "Fresnes-sur-Escaut": ["128", "32"], "Condé-sur-l’Escaut": ["150", "41"],
        "Escautpont": ["61", "17"], "Vieux-Condé": ["158", "42"],
    }  # fmt: skip
    assert [row[-1] for row in table(page, "Prêts par montant")] == [
        "18",
        "24",
        "21",
        "23",
        "18",
        "28",
    ]
    assert [row[-1] for row in table(page, "Prêts par durée")] == ["10", "14", "28", "22", "58"]
    standings = {row[0]: row[1] for row in table(page, "Prêts par situation")}
    assert standings == {
        "À jour": "73", "Soldé": "51", "Soldé par anticipation": "6", "Incident": "1",
        "Garantie appelée": "1",
    }  # fmt: skip


def test_the_funder_reads_the_same_totals_and_no_small_number(as_role: Sign) -> None:
    page = read(as_role("funder_viewer"), "/chiffres")
    for figure in ("497 demandes", "132 prêts versés", "260 300 €", "63 900 €"):
        assert figure in words(page), figure
    rows = table(page, "Demandes, transmissions, réponses et prêts par année")
    assert rows[-1][1:6] == ["497", "186", "50", "136", "132"]
    assert "4" not in rows[0]


def test_the_lists_count_every_file(as_role: Sign) -> None:
    worker = as_role("case_worker")
    said = words(read(worker, "/dossiers"))
    assert "En cours 24" in said
    assert "Tous 521" in said
    assert "74 prêts en cours" in words(read(worker, "/prets"))


@pytest.fixture
def published_day(built: Settings) -> Iterator[None]:
    """Afterwards the demo is back on its day, on which other tests count."""
    yield
    engine = create_engine(built.migration_url)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE tenancy.tenant SET demo_date = '2016-03-31' WHERE slug = 'pays-de-conde'")
        )
    engine.dispose()


@pytest.mark.usefixtures("published_day")
def test_a_month_later_more_work_waits(as_role: Sign) -> None:
    worker = as_role("case_worker")
    before = words(read(worker, "/ma-journee"))
    advance(worker, "month")
    after = words(read(worker, "/ma-journee"))
    assert "30 avril 2016" in after
    assert to_do(after) > to_do(before)
    assert "74 prêts en cours" not in words(read(worker, "/prets"))


def advance(client: FlaskClient, step: str) -> None:
    """Press « Avancer »."""
    page = client.get("/ma-journee", base_url=ORIGIN).text
    posted = {"_key": key_of(page), "step": step}
    answer = client.post("/demonstration/avancer", base_url=ORIGIN, data=posted)
    assert answer.status_code == 303, answer.text


def to_do(page: str) -> int:
    """How many things wait."""
    found = re.search(r"(\d+) choses à faire", page)
    assert found, page
    return int(found[1])
