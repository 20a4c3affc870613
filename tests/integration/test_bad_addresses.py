"""Every address × hostile query strings, cursors and numbers: a French page below 500."""

from urllib.parse import quote

import pytest
from flask import Flask
from tests import hostile
from tests.cast import Cast, read
from tests.hostile import NORTH, XSS, understood
from tests.hostile_queries import QUERIES

RAW = [raw.decode("ascii") for raw in hostile.UNDECODABLE if raw.isascii()]
PLACES = {
    "cases.index": "/dossiers",
    "reporting.figures": "/chiffres",
    "reporting.commune": "/ma-commune",
}


@pytest.mark.parametrize(
    ("endpoint", "who"),
    [("cases.index", "nadia"), ("cases.index", "carole"), ("reporting.figures", "elie"),
     ("reporting.commune", "diane")],
)  # fmt: skip
def test_no_query_string_breaks_a_page(cast: Cast, endpoint: str, who: str) -> None:
    person, path = cast.people[who], PLACES[endpoint]
    spoilt = (
        "NaN",
        "-1",
        "1" + "0" * 30,
        "x" * 400,
        "\x00",
        XSS,
        "' OR 1=1 --",
        "99999",
        "2100",
        "",
    )
    for value in (*map(quote, spoilt), *RAW):
        # Each free text alone, since one filter that is refused hides the others; then all together.
        for names in (["r"], ["page"], ["sens"], ["annee"], list(QUERIES[endpoint])):
            if set(names) <= set(QUERIES[endpoint]):
                query = "&".join(f"{name}={value}&{name}=x" for name in names)
                answer = person.get(f"{path}?{query}")
                understood(answer)
                assert answer.status_code in (200, 422)
    for name in ("tenant_id", "_key", "page.x", "", "%00", "commune", "etat"):
        understood(person.get(f"{path}?{name}=1"))
    assert person.get(path).status_code == 200


def test_a_filter_that_exists_nowhere_finds_nothing_and_says_so(cast: Cast) -> None:
    number = cast.case()
    assert number in cast.nadia.get("/dossiers?vue=tous&ordre=numero&sens=desc").text
    assert "0 dossier" in read(cast.nadia.get("/dossiers?vue=tous&commune=99999"))


def test_a_search_that_cannot_be_read_is_kept_in_its_box(cast: Cast) -> None:
    answer = cast.nadia.post("/dossiers/recherche", {"vue": "tous", "q": XSS + "x" * 100})
    assert answer.status_code == 422
    assert "Un filtre n’est pas lisible" in read(answer)
    assert "&#34;&gt;&lt;script&gt;" in answer.text


@pytest.mark.parametrize("order", ["anciennete", "nom", "montant", "numero"])
def test_a_cursor_that_was_tampered_with_gives_a_page(cast: Cast, order: str) -> None:
    for sense in ("asc", "desc"):
        for cursor in hostile.CURSORS:
            path = f"/dossiers?vue=tous&ordre={order}&sens={sense}&page={quote(cursor)}"
            answer = cast.nadia.get(path)
            understood(answer)
            assert answer.status_code in (200, 422)


def test_a_cursor_of_a_stranger_gives_a_page_of_ones_own_commune(cast: Cast) -> None:
    for cursor in hostile.CURSORS:
        answer = cast.diane.get(f"/ma-commune?page={quote(cursor)}")
        understood(answer)
        assert answer.status_code == 200


def test_a_page_without_a_query_of_its_own_ignores_any(app: Flask, cast: Cast) -> None:
    walked = 0
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments and not QUERIES[rule.endpoint]:
            for who in ("nadia", "boris", "tania"):
                answer = cast.people[who].get(f"{rule.rule}?x={quote(XSS)}&y=%ED%A0%80&page=%00")
                understood(answer)
                elsewhere = {404} if rule.endpoint == "home.mails" else set()  # of a demo alone
                assert answer.status_code in {200, 302, 303, 403} | elsewhere
                walked += 1
    assert walked >= 30


def test_no_number_of_a_case_in_an_address_breaks_a_page(app: Flask, cast: Cast) -> None:
    for rule in app.url_map.iter_rules():
        if "number" in rule.arguments and "GET" in rule.methods:
            own = {"banque": cast.boris, "orientations": cast.manon}
            who = own.get(rule.rule.split("/")[1], cast.nadia)
            for number in hostile.ODD_NUMBERS:
                path = rule.rule.replace("<case_number:number>", number)
                answer = who.get(path)
                understood(answer)
                assert answer.status_code in (404, 308), path


def test_no_host_but_that_of_a_tenant_is_answered_as_one(app: Flask, cast: Cast) -> None:
    client = app.test_client()

    def status(host: str) -> int:
        answer = client.get("/connexion", base_url=NORTH, headers={"Host": host})
        understood(answer)
        return answer.status_code

    for host in ("nowhere.localhost", "north.localhost.evil.example", "north.evil.example", "north",
                 "auth.localhost", "a.north.localhost", "ops.localhost", "-.localhost", "a b", "<x>"):  # fmt: skip
        assert status(host) == 421, host
    for host in ("north.localhost", "North.LOCALHOST", "north.localhost:8000"):
        assert status(host) == 200, host


def test_a_host_that_is_no_name_at_all_is_answered_in_french_too(app: Flask) -> None:
    for host in ("x" * 300, "..", "a..b"):
        answer = app.test_client().get("/", base_url=NORTH, headers={"Host": host})
        assert (answer.status_code, answer.text) == (400, "L’adresse du site n’est pas lisible.\n")
        assert "Content-Security-Policy" in answer.headers
