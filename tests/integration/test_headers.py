"""Headers of every answer whatever its status, cookies, methods, and what never reaches a log."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Blueprint, Flask, request
from sqlalchemy import create_engine, text
from tests.cast import ALPHA, Cast, Person, read
from werkzeug.test import TestResponse

from microcredit.accounts.gate import Gate
from microcredit.accounts.services import PER_ADDRESS, WINDOW
from microcredit.app import create_app
from microcredit.cases.codes import State
from microcredit.kernel.database import Pools, open_pools
from microcredit.kernel.provision import Provision
from microcredit.settings import Settings
from microcredit.web.guard import public

NORTH = "http://north.localhost"
CANARY = "Zorbalinette"

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

clumsy = Blueprint("clumsy", __name__)


@clumsy.route("/clumsy/code", methods=["POST"])
@public
def break_in_code() -> str:
    """Fail with somebody's name in the message and in its cause."""
    try:
        raise KeyError(request.form["last_name"])
    except KeyError as cause:
        raise RuntimeError(f"{request.form['last_name']} has no budget") from cause


@pytest.fixture(scope="module")
def broken(settings: Settings, pools: Pools, cast: Cast) -> Flask:
    """The application with views that fail."""
    assert cast.people
    app = create_app(settings, pools)

    @clumsy.route("/clumsy/statement", methods=["POST"])
    @public
    def break_in_statement() -> str:
        with pools.web.connect() as connection:
            statement = text("SELECT CAST(CAST(:name AS text) AS integer)")
            connection.execute(statement, {"name": request.form["last_name"]})
        return ""

    app.register_blueprint(clumsy)
    return app


@pytest.fixture(scope="module")
def orphan(settings: Settings) -> Iterator[Flask]:
    """The application without its database."""
    away = settings.database_url.replace("/microcredit_", "/nowhere_")
    gate = settings.gate_url.replace("/microcredit_", "/nowhere_")
    pools = open_pools(away, gate)
    yield create_app(replace(settings, database_url=away, gate_url=gate), pools)
    pools.dispose()


def limited(cast: Cast) -> TestResponse:
    """The answer to one attempt too many."""
    client, gate = cast.app.test_client(), cast.app.extensions["microcredit"].gatekeeper
    assert isinstance(gate, Gate)
    while gate.may_attempt("north", "from:10.9.0.1", WINDOW, PER_ADDRESS):
        pass
    page = client.get("/connexion", base_url=NORTH).text
    key = page.split('name="_key" value="')[1].split('"')[0]
    data = {"_key": key, "email": "x@north.example", "password": "x"}
    return client.post("/connexion", base_url=NORTH, data=data,
                       environ_overrides={"REMOTE_ADDR": "10.9.0.1"})  # fmt: skip


def typed(cast: Cast, path: str, **data: str) -> TestResponse:
    """The answer to a form of the sign-in page."""
    client = cast.app.test_client()
    page = client.get("/connexion", base_url=NORTH).text
    data["_key"] = page.split('name="_key" value="')[1].split('"')[0]
    return client.post(path, base_url=NORTH, data=data)


def stale(person: Person, database: Provision) -> Person:
    """The same person, who proved more than five minutes ago who she is."""
    assert person.client is not None
    engine = create_engine(database.migration_url)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE gate.session SET first_factor_at = now() - interval '6 minutes'"
                 " WHERE token_hash = sha256(CAST(:token AS bytea))"), {"token": person.token.encode()},
        )  # fmt: skip
    engine.dispose()
    return person


#: An answer of each status that the product gives, and of each kind of page.
STATUSES = {
    "a list": 200, "an act": 303, "a key of nobody": 400, "a role without the right": 403,
    "a path of nothing": 404, "a method of nothing": 405, "an act too late": 409, "too much": 413,
    "a host of nobody": 421, "a form": 422, "an attempt too many": 429, "a failure": 500,
    "no database": 503, "the way in": 302, "methods": 200, "a head": 200, "health": 200, "the apex": 200,
    "a missing file": 404, "a wrong password": 401, "the journal as a file": 200, "referrals as a file": 200,
    "a document": 200, "a proof that is asked again": 303, "a provider of nobody": 404,
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(
    cast: Cast, broken: Flask, orphan: Flask, database: Provision
) -> dict[str, TestResponse]:
    """One answer of each kind."""
    nadia, anybody = cast.nadia, cast.app.test_client()
    number = cast.case(State.SENT_TO_BANK)
    contact = {"commune": ALPHA, "motive": "housing", "amount": "9", "channel": "desk"}
    return {
        "a list": nadia.get("/dossiers"),
        "an act": nadia.post("/dossiers/nouveau", contact),
        "a key of nobody": nadia.post("/dossiers/nouveau", key="x"),
        "a role without the right": nadia.get("/organismes"),
        "a path of nothing": nadia.get("/nulle-part"),
        "a method of nothing": nadia.client.post("/dossiers", base_url=NORTH),
        "an act too late": nadia.post(f"/dossiers/{number}/complet"),
        "too much": nadia.post("/dossiers/nouveau", {"last_name": "x" * 600_000}),
        "a host of nobody": anybody.get("/connexion", base_url="http://nowhere.localhost"),
        "a form": nadia.post("/dossiers/nouveau", {}),
        "an attempt too many": limited(cast),
        "a failure": broken.test_client().post(
            "/clumsy/code", base_url=NORTH, data={"last_name": CANARY}
        ),
        "no database": orphan.test_client().get("/connexion", base_url=NORTH),
        "the way in": anybody.get("/", base_url=NORTH),
        "methods": anybody.open("/dossiers", method="OPTIONS", base_url=NORTH),
        "a head": anybody.head("/connexion", base_url=NORTH),
        "health": anybody.get("/healthz", base_url=NORTH),
        "the apex": anybody.get("/", base_url="http://localhost"),
        "a missing file": nadia.get("/static/nowhere.css"),
        "a wrong password": typed(cast, "/connexion", email="x@north.example", password="x"),
        "the journal as a file": cast.delphine.anew().get("/journal.csv"),
        "referrals as a file": cast.manon.anew().get("/orientations.csv"),
        "a document": nadia.get(f"/prets/{cast.case(State.DISBURSED)}/echeancier.pdf"),
        "a proof that is asked again": stale(cast.carole.anew(), database).get("/journal.csv"),
        "a provider of nobody": typed(cast, "/sso/99999"),
    }


@pytest.mark.parametrize("kind", list(STATUSES))
def test_an_answer_has_every_header_of_security_and_is_kept_nowhere(
    answers: dict[str, TestResponse], kind: str
) -> None:
    answer = answers[kind]
    assert answer.status_code == STATUSES[kind]
    assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in answer.headers


def address(rule: str, number: str) -> str:
    """An address that a rule answers to."""
    path = rule.replace("<case_number:number>", number).replace("<path:filename>", "x.css")
    return re.sub(r"<[^>]*>", "x", re.sub(r"<int:[^>]*>", "1", path))


@pytest.mark.parametrize("name", ["nadia", "tania", ""])
def test_every_route_answers_with_exactly_these_headers(app: Flask, cast: Cast, name: str) -> None:
    """Read and written to, with and without the right, signed in or not: files of the site apart."""
    number, seen = cast.case(), set[int]()
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        path = address(rule.rule, number)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            client = cast.people[name].anew().client if name else app.test_client()
            answer = client.open(path, method=method, base_url=NORTH)
            seen.add(answer.status_code)
            where = (method, path, answer.status_code)
            assert answer.status_code < 500, where
            assert {one: answer.headers.get(one) for one in SECURITY} == SECURITY, where
            assert all(len(answer.headers.getlist(one)) == 1 for one in SECURITY), where
            assert answer.headers["Cache-Control"] == "no-store", where
            assert "Cookie" in answer.headers["Vary"], where
            assert "Server" not in answer.headers, where
            assert "Access-Control-Allow-Origin" not in answer.headers, where
    assert {200, 400} <= seen or not name


#: Refusals that come back with the form itself.
FORMS = ("a form", "an attempt too many", "a wrong password")


@pytest.mark.parametrize("kind", [kind for kind, status in STATUSES.items() if status >= 400])
def test_a_refusal_is_a_french_page_with_a_way_out(
    answers: dict[str, TestResponse], kind: str
) -> None:
    answer = answers[kind]
    assert answer.content_type == "text/html; charset=utf-8"
    assert '<html lang="fr"' in answer.text
    assert "<h1" in answer.text
    assert kind in FORMS or "Revenir à l’accueil" in answer.text


def test_a_file_of_the_site_may_be_kept_by_everybody_and_a_missing_one_by_nobody(
    cast: Cast,
) -> None:
    page = cast.nadia.get("/dossiers").text
    names = {part.split('"')[0].split("#")[0] for part in page.split('="/static/')[1:]}
    assert len(names) >= 3
    for name in names:
        answer = cast.nadia.get(f"/static/{name}", buffered=True)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert {one: answer.headers.get(one) for one in SECURITY} == SECURITY
        assert "Set-Cookie" not in answer.headers
    for name in ("nowhere.css", "../home.py", "..%2f..%2fapp.py", "%2e%2e/headers.py", "."):
        missing = cast.nadia.get(f"/static/{name}")
        assert missing.status_code in (404, 308)
        assert missing.headers["Cache-Control"] == "no-store", "it shows whose browser this is"


def test_every_cookie_is_of_this_host_alone_and_out_of_reach(
    cast: Cast, answers: dict[str, TestResponse]
) -> None:
    set_by = [*answers.values(), cast.app.test_client().get("/connexion", base_url=NORTH)]
    yves = cast.yves.anew()
    set_by.append(yves.post("/deconnexion"))
    cookies = [cookie for answer in set_by for cookie in answer.headers.getlist("Set-Cookie")]
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-sid", "__Host-visit"}
    for cookie in cookies:
        flags = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= flags
        assert not any(flag.lower().startswith("domain") for flag in flags)


UNKNOWN = ("TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "FOO", "CONNECT")


def test_a_method_that_a_page_does_not_know_is_answered_with_the_page_for_it(
    app: Flask, cast: Cast
) -> None:
    """Every route refuses one of these in turn, some of them all: none of our code runs before."""
    number = cast.case()
    for place, rule in enumerate(app.url_map.iter_rules()):
        path = address(rule.rule, number)
        first = place % len(UNKNOWN)
        for method in UNKNOWN if place % 20 == 0 else UNKNOWN[first : first + 1]:
            answer = cast.nadia.client.open(path, method=method, base_url=NORTH)
            assert answer.status_code == 405, (method, path)
            assert "Cette page ne s’utilise pas ainsi" in answer.text
            assert set(rule.methods) <= set(answer.headers["Allow"].split(", "))
            assert "TRACE" not in answer.headers["Allow"]


def test_no_name_ever_reaches_a_log(
    cast: Cast, broken: Flask, orphan: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    named = {"last_name": CANARY, "amount": CANARY, "commune": CANARY, "phone": CANARY}
    refused = cast.nadia.post("/dossiers/nouveau", named)
    assert (refused.status_code, CANARY in refused.text) == (422, True)
    found = cast.nadia.post("/dossiers/recherche", {"vue": "tous", "q": CANARY})
    assert (found.status_code, CANARY in found.location) == (303, False)
    assert CANARY in cast.nadia.get(found.location).text
    cast.nadia.get(f"/{CANARY}")
    failures = []
    for where in ("code", "statement"):
        answer = broken.test_client().post(f"/clumsy/{where}", base_url=NORTH, data=named)
        assert answer.status_code == 500
        assert CANARY not in answer.text
        failures.append(read(answer).split('<span class="num">')[1].split("<")[0])
    orphan.test_client().get(f"/connexion?suite=/{CANARY}", base_url=NORTH)

    logged = caplog.text
    assert CANARY.lower() not in logged.lower()
    assert all(f"failure {reference}" in logged for reference in failures)
    assert "break_in_code" in logged, "the place of a failure is logged"
    assert "database unavailable: OperationalError" in logged
    assert cast.nadia.token not in logged


def test_a_line_break_starts_no_line_of_a_log(
    cast: Cast, broken: Flask, orphan: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    forged = "\nCRITICAL forged\r\nCRITICAL forged"
    cast.nadia.get("/%0ACRITICAL%20forged%0D%0A")
    cast.nadia.get("/dossiers", query_string={"vue": forged, "page": forged})
    cast.nadia.post("/dossiers/nouveau", {"last_name": forged, "phone": forged})
    for where in ("code", "statement"):
        data = {"last_name": forged}
        answer = broken.test_client().post(f"/clumsy/{where}", base_url=NORTH, data=data)
        assert answer.status_code == 500
    orphan.test_client().get("/connexion", base_url=NORTH, query_string={"suite": forged})
    assert "failure " in caplog.text
    assert "CRITICAL forged" not in caplog.text
