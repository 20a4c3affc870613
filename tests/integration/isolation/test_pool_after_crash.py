"""A connection that comes back to the pool after a crash carries nobody's tenant to the next request."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from tests.cast import ALPHA, Cast, Person
from tests.integration.isolation.connections import Connection, Connections, value

from microcredit.app import create_app
from microcredit.cases.codes import State
from microcredit.kernel.database import Pools
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.settings import Settings
from microcredit.web.guard import requires
from microcredit.web.requests import session

CANARY = {"north": "Kzpoolnkz", "south": "Kzpoolskz"}
PID = text("SELECT pg_backend_pid()")
CONTEXT = text("SELECT current_setting('microcredit.context', true)")
WRITE = text("INSERT INTO app.person (last_name) VALUES ('Kzcrashkz')")


class Torn(BaseException):
    """What no handler catches: the worker is being killed."""


@pytest.fixture(scope="module")
def one(settings: Settings, pools: Pools) -> Iterator[Pools]:
    """The pools of a process whose web pool is a single connection, so that every request shares it."""
    web = create_engine(
        settings.database_url, pool_size=1, max_overflow=0, pool_pre_ping=True, pool_timeout=0.3
    )
    yield Pools(web=web, gate=pools.gate, worker=None, operator=None)
    web.dispose()


@pytest.fixture(scope="module")
def crashing(settings: Settings, one: Pools) -> Flask:
    """The application, with views that write and then fail in every way."""
    app = create_app(settings, one)

    def fails(name: str, error: type[BaseException]) -> None:
        @requires(Permission.USE_ACCOUNT)
        def view() -> str:
            session().execute(WRITE)
            raise error

        app.add_url_rule(f"/crash/{name}", name, view)

    for name, error in (("raised", RuntimeError), ("refused", DomainError), ("torn", Torn)):
        fails(name, error)

    @requires(Permission.USE_ACCOUNT)
    def broken_sql() -> str:
        session().execute(WRITE)
        session().execute(text("SELECT 1 / 0"))
        return ""

    @requires(Permission.USE_ACCOUNT)
    def cut() -> str:
        session().execute(WRITE)
        session().execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return ""

    app.add_url_rule("/crash/broken", "broken", broken_sql)
    app.add_url_rule("/crash/cut", "cut", cut)
    return app


@pytest.fixture
def troupe(crashing: Flask, cast: Cast) -> dict[str, Person]:
    """Nadia and Lucie at the crashing process."""
    return {
        who.slug: Person(who.name, who.role, who.slug, who.account_id, crashing)
        for who in (cast.nadia, cast.lucie)
    }


@pytest.fixture(scope="module")
def numbers(cast: Cast) -> dict[str, str]:
    return {
        "north": cast.case(State.CONTACT, canary=CANARY["north"]),
        "south": cast.case(State.CONTACT, at="flora", commune="59616", canary=CANARY["south"]),
    }


def crash(person: Person, how: str) -> int:
    try:
        return person.get(f"/crash/{how}").status_code
    except Torn:
        return 0


@pytest.mark.parametrize(
    ("how", "status"), [("raised", 500), ("refused", 409), ("torn", 0), ("broken", 500), ("cut", 503)]
)  # fmt: skip
def test_after_a_crash_the_connection_knows_nobody_and_the_next_request_sees_its_own_tenant(
    one: Pools,
    troupe: dict[str, Person],
    numbers: dict[str, str],
    owner: Connection,
    how: str,
    status: int,
):
    for crashed, after in (("north", "south"), ("south", "north")):
        assert troupe[crashed].get("/dossiers").status_code == 200
        with one.web.connect() as connection:
            backend = connection.scalar(PID)
        assert crash(troupe[crashed], how) == status
        assert one.web.pool.checkedout() == 0
        with one.web.connect() as connection:
            assert (connection.scalar(PID) == backend) is (how != "cut")
            assert not connection.scalar(CONTEXT)
            with pytest.raises(DBAPIError, match="no proved tenant"):
                connection.execute(text("SELECT * FROM app.case_file"))
        page = troupe[after].get(f"/dossiers/{numbers[after]}")
        assert page.status_code == 200
        assert CANARY[after] in page.text
        assert CANARY[crashed] not in page.text
        assert troupe[after].get(f"/dossiers/{numbers[crashed]}").status_code == 404
    assert value(owner, "SELECT count(*) FROM app.person WHERE last_name = 'Kzcrashkz'") == 0


def test_requests_of_two_tenants_in_turn_on_one_connection_never_mix(
    one: Pools, troupe: dict[str, Person], numbers: dict[str, str]
):
    backends = set()
    for turn in range(40):
        slug, other = ("north", "south") if turn % 2 else ("south", "north")
        words = troupe[slug].sealed("lenoirkzpool")
        answer = troupe[slug].get("/dossiers", query_string={"r": words})
        assert numbers[slug] in answer.text
        assert CANARY[slug] in answer.text
        assert CANARY[other] not in answer.text
        with one.web.connect() as connection:
            backends.add(connection.scalar(PID))
    assert len(backends) == 1


def test_a_connection_that_the_server_cut_between_two_requests_is_replaced(
    one: Pools, troupe: dict[str, Person], numbers: dict[str, str], connect: Connections
):
    with one.web.connect() as connection:
        backend = connection.scalar(PID)
    killer = connect.administrator()
    assert value(killer, "SELECT pg_terminate_backend(%s, 2000)", backend) is True
    assert troupe["north"].get(f"/dossiers/{numbers['north']}").status_code == 200


def test_a_page_without_a_session_opens_no_transaction(one: Pools, crashing: Flask):
    with one.web.connect():  # the only connection is taken
        answer = crashing.test_client().get("/connexion", base_url="http://north.localhost")
        assert answer.status_code == 200
        assert (
            crashing.test_client().get("/healthz", base_url="http://north.localhost").status_code
            == 200
        )


def test_a_request_that_finds_no_connection_is_told_so_and_the_next_one_is_served(
    one: Pools, troupe: dict[str, Person]
):
    assert troupe["north"].client is not None
    with one.web.connect():
        assert troupe["north"].get("/dossiers").status_code == 503
    assert troupe["north"].get("/dossiers").status_code == 200


def test_an_act_that_crashed_can_be_done_again_with_the_same_form(
    one: Pools, troupe: dict[str, Person], owner: Connection
):
    """The key of a form is taken with the act, so that a crash gives it back."""
    nadia = troupe["north"]
    key = nadia.key()
    typed = {"commune": ALPHA, "motive": "housing", "amount": "900", "channel": "desk"}
    count = "SELECT count(*) FROM app.case_file"
    before = value(owner, count)
    with one.web.connect():
        assert nadia.post("/dossiers/nouveau", typed, key=key).status_code == 503
    assert value(owner, count) == before
    assert nadia.post("/dossiers/nouveau", typed, key=key).status_code == 303
    assert value(owner, count) == before + 1
