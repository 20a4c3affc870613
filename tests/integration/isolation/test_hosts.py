"""The tenant is that of the exact host; no header, port, spelling or other host turns a session elsewhere."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import default_environ
from tests.cast import Cast, read
from werkzeug.test import TestResponse, run_wsgi_app

from microcredit.cases.codes import State
from microcredit.web.requests import SESSION_COOKIE

CANARY = "Kzhostkz"
PATHS = ("/", "/ma-journee", "/dossiers", "/territoire", "/chiffres", "/connexion")

#: Words that only somebody inside North may read.
INSIDE = (CANARY, "CCAS Alpha", "Nadia", "Banque Une")

ELSEWHERE = (
    "south.localhost", "ops.localhost", "auth.localhost", "localhost", "nobody.localhost", "www.localhost",
    "north.localhost.", "north.localhost.evil.example", "north.evil.example", "evil.example", "127.0.0.1",
    "[::1]", "a.north.localhost", "north-localhost", ".north.localhost",
    "north..localhost", "north.localhost:", "north.localhost:port", "north.localhost:8000:8000",
    "north.localhost, south.localhost", "north.localhost south.localhost", "north.localhost/",
    "north@south.localhost", "north.localhost#", "north%2elocalhost", "n\u00f6rth.localhost", "",
)  # fmt: skip

SAME = (
    "north.localhost",
    "NORTH.localhost",
    "North.LocalHost",
    "north.localhost:80",
    "north.localhost:8000",
)


@pytest.fixture(scope="module")
def number(cast: Cast) -> str:
    return cast.case(State.DIAGNOSIS, canary=CANARY)


def asked(cast: Cast, host: str, path: str, **headers: str) -> TestResponse:
    """A page asked at a host, showing Nadia's cookie."""
    assert cast.nadia.client is not None
    return cast.app.test_client(use_cookies=False).get(
        path,
        headers={"Host": host, "Cookie": f"{SESSION_COOKIE}={cast.nadia.token}", **headers},
    )


@pytest.mark.parametrize("host", ELSEWHERE)
def test_the_cookie_of_a_tenant_opens_nothing_at_another_host(cast: Cast, number: str, host: str):
    for path in (*PATHS, f"/dossiers/{number}"):
        answer = asked(cast, host, path)
        assert answer.status_code in (200, 302, 303, 400, 421)
        if answer.status_code == 200:
            assert path in ("/", "/connexion")
        if answer.status_code in (302, 303):
            assert answer.location.startswith("/connexion")
        assert not [word for word in INSIDE if word in answer.text]


@pytest.mark.parametrize("host", SAME)
def test_the_same_host_spelled_otherwise_is_the_same_tenant(cast: Cast, number: str, host: str):
    answer = asked(cast, host, f"/dossiers/{number}")
    assert answer.status_code == 200
    assert CANARY in answer.text


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-Host", "X-Host", "X-Original-Host", "Forwarded", "X-Tenant", "X-HTTP-Host-Override",
     "X-Forwarded-Server", "X-Rewrite-URL", "X-Original-URL"],
)  # fmt: skip
def test_no_header_but_the_host_chooses_the_tenant(cast: Cast, number: str, header: str):
    says = {header: "host=north.localhost" if header == "Forwarded" else "north.localhost"}
    answer = asked(cast, "south.localhost", f"/dossiers/{number}", **says)
    assert answer.status_code == 303
    assert CANARY not in answer.text
    says = {name: text.replace("north", "south") for name, text in says.items()}
    answer = asked(cast, "north.localhost", f"/dossiers/{number}", **says)
    assert answer.status_code == 200
    assert CANARY in answer.text
    assert "south.localhost" not in answer.text


def test_no_query_or_cookie_chooses_the_tenant(cast: Cast):
    assert cast.nadia.client is not None
    for query in ("tenant=south", "slug=south", "host=south.localhost", "tenant_id=2"):
        assert "Nord" in read(asked(cast, "north.localhost", f"/territoire?{query}"))
        assert asked(cast, "south.localhost", f"/territoire?{query}").status_code == 303


def test_links_never_carry_a_host(cast: Cast, number: str):
    for path in (*PATHS, f"/dossiers/{number}"):
        answer = asked(cast, "north.localhost:8000", path)
        assert "//north.localhost" not in answer.text + (answer.location or "")


def served(app: Flask, raw: bytes) -> tuple[int, str]:
    """The answer to bytes as they come from the network, read by the server that serves us."""
    config = Config()
    try:
        request = next(RequestParser(config, _pieces(raw), ("127.0.0.1", 1)))
    except ParseException:
        return 400, ""
    environ = default_environ(request, None, config)
    environ |= {
        "wsgi.url_scheme": "http", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1", "SCRIPT_NAME": "", "PATH_INFO": request.path, "wsgi.input": BytesIO(),
        "SERVER_PROTOCOL": "HTTP/1.1",
    }  # fmt: skip
    for name, text in request.headers:
        environ["HTTP_" + name.replace("-", "_").upper()] = text
    body, status, _ = run_wsgi_app(app, environ, buffered=True)
    return int(status[:3]), b"".join(body).decode()


def _pieces(raw: bytes) -> Iterator[bytes]:
    yield raw


def test_two_host_headers_or_an_absolute_address_turn_nothing(cast: Cast, number: str):
    assert cast.nadia.client is not None
    cookie = f"Cookie: {SESSION_COOKIE}={cast.nadia.token}\r\n"
    north, south = "Host: north.localhost\r\n", "Host: south.localhost\r\n"
    path = f"/dossiers/{number}"
    status, text = served(cast.app, f"GET {path} HTTP/1.1\r\n{north}{cookie}\r\n".encode())
    assert status == 200
    assert CANARY in text
    for target, hosts in (
        (path, north + south), (path, south + north), (path, south),
        (f"http://north.localhost{path}", south), (path, ""), (path, "Host: xn--north-.localhost\r\n"),
        (path, "Host: north..localhost\r\n"), (path, "Host: \xff.localhost\r\n"),
        (path, "Host: south.localhost\r\n Host: north.localhost\r\n"),
        (path, south + "Host : north.localhost\r\n"),
    ):  # fmt: skip
        status, text = served(cast.app, f"GET {target} HTTP/1.1\r\n{hosts}{cookie}\r\n".encode())
        assert status in (303, 400, 421), (hosts, status)
        assert CANARY not in text
