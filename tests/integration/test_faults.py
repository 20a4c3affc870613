"""The database stops, a worker is killed, a port is taken: nothing lost, nothing twice, one clear line."""

import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import create_engine, text
from tests.cast import ALPHA, Cast, Person, gather, read, resources_of
from tests.conftest import faults, provisioned, settings_for
from tests.serving import environment, free_port, listens, refusal, serve, workers
from werkzeug.test import TestResponse

from microcredit.app import create_app
from microcredit.cases.codes import State
from microcredit.embedded import server as embedded
from microcredit.kernel import provision
from microcredit.kernel.database import open_pools
from microcredit.kernel.provision import Provision, ProvisionError
from microcredit.settings import ROOT
from microcredit.web.requests import SESSION_COOKIE
from microcredit.wsgi import PortTaken, ensure_free

CONTACT = {"commune": ALPHA, "motive": "housing", "amount": "900", "channel": "desk"}


@dataclass
class Stage:
    """A server of our own, that these tests may stop; one application for all of them."""

    folder: Path
    server: embedded.Server
    database: Provision
    cast: Cast

    def start(self) -> None:
        """Let the database be there again."""
        self.server = embedded.start(self.folder, durable=False)

    @contextmanager
    def holding(self, number: str) -> Iterator[None]:
        """Keep a case locked, so that an act on it waits in the middle of its request."""
        engine = create_engine(self.database.migration_url)
        connection = engine.connect()
        connection.execute(
            text("SELECT 1 FROM app.case_file WHERE number = :number FOR UPDATE"),
            {"number": number},
        )
        try:
            yield
        finally:
            with suppress(Exception):
                connection.close()
            engine.dispose()

    def wait_for_a_waiting_request(self) -> None:
        """Until a statement of the web role waits for that lock."""
        engine = create_engine(self.database.migration_url, isolation_level="AUTOCOMMIT")
        waiting = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND application_name = 'microcredit web'"
        )
        with engine.connect() as connection:
            deadline = time.monotonic() + 10
            while not connection.scalar(text(waiting)):
                assert time.monotonic() < deadline, "no request came"
                time.sleep(0.02)
        engine.dispose()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stage, with the cast of the tests in it."""
    folder = tmp_path_factory.mktemp("faults") / "data"
    server = embedded.start(folder, durable=False)
    database = provisioned(server.url("postgres"))
    settings = settings_for(database)
    pools = open_pools(
        settings.database_url, settings.gate_url, settings.worker_url, settings.operator_url
    )
    cast = gather(create_app(settings, pools), tmp_path_factory.mktemp("tenants"))
    made = Stage(folder, server, database, cast)
    yield made
    pools.dispose()
    assert faults(made.database) == []
    made.server.stop()


def state_of(person: Person, number: str) -> str:
    """The state of a case, as its page says it."""
    page = read(person.get(f"/dossiers/{number}"))
    return next(state.label for state in State if f"</svg>{state.label}</span>" in page)


def is_unavailable(answer: TestResponse) -> bool:
    """A French page that says to come back, with nothing of the failure in it."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"].isdecimal()
    said = read(answer)
    assert "Le service est indisponible un instant" in said
    assert "Rien n’a été perdu ni enregistré" in said
    return "psycopg" not in said and "Traceback" not in said


def test_service_comes_back_with_the_database_without_a_restart(stage: Stage) -> None:
    nadia, visitor = stage.cast.nadia, stage.cast.app.test_client()
    assert nadia.get("/dossiers").status_code == 200
    key = nadia.key()
    stage.server.stop()
    try:
        for path in ("/dossiers", "/territoire", "/"):
            assert is_unavailable(nadia.get(path))
        assert is_unavailable(nadia.post("/dossiers/nouveau", CONTACT, key=key))
        assert is_unavailable(visitor.get("/connexion", base_url=nadia.origin))
        assert is_unavailable(visitor.get("/readyz", base_url=nadia.origin))
        assert visitor.get("/healthz", base_url=nadia.origin).status_code == 200
    finally:
        stage.start()
    assert nadia.get("/dossiers").status_code == 200
    assert visitor.get("/connexion", base_url=nadia.origin).status_code == 200
    assert visitor.get("/readyz", base_url=nadia.origin).status_code == 200
    assert nadia.post("/dossiers/nouveau", CONTACT, key=key).status_code == 303


def test_a_request_cut_in_the_middle_did_nothing_and_may_be_sent_again(stage: Stage) -> None:
    nadia = stage.cast.nadia
    number, key = stage.cast.case(State.DIAGNOSIS), nadia.key()
    path = f"/dossiers/{number}/complet"
    with ThreadPoolExecutor(1) as pool, stage.holding(number):
        cut = pool.submit(nadia.post, path, key=key)
        stage.wait_for_a_waiting_request()
        stage.server.stop()
        try:
            assert is_unavailable(cut.result())
        finally:
            stage.start()
    assert state_of(nadia, number) == State.DIAGNOSIS.label
    first, second = nadia.post(path, key=key), nadia.post(path, key=key)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert state_of(nadia, number) == State.READY.label


def test_a_statement_that_takes_too_long_is_given_up_in_french(stage: Stage) -> None:
    nadia = stage.cast.nadia
    number = stage.cast.case(State.DIAGNOSIS)
    role = f"microcredit_web{stage.database.suffix}"
    engine = create_engine(stage.database.migration_url, isolation_level="AUTOCOMMIT")
    pools = resources_of(stage.cast.app).pools
    with engine.connect() as connection, stage.holding(number):
        connection.execute(text(f"ALTER ROLE {role} SET lock_timeout = '100ms'"))
        pools.web.dispose()
        try:
            assert is_unavailable(nadia.post(f"/dossiers/{number}/complet"))
        finally:
            connection.execute(text(f"ALTER ROLE {role} RESET lock_timeout"))
            pools.web.dispose()
    engine.dispose()
    assert nadia.post(f"/dossiers/{number}/complet").status_code == 303


def test_when_every_connection_is_taken_one_is_told_to_come_back(stage: Stage) -> None:
    engine = resources_of(stage.cast.app).pools.web
    patience, engine.pool._timeout = engine.pool._timeout, 0.1
    taken = [engine.connect() for _ in range(7)]
    try:
        assert is_unavailable(stage.cast.nadia.get("/dossiers"))
    finally:
        for connection in taken:
            connection.close()
        engine.pool._timeout = patience
    assert stage.cast.nadia.get("/dossiers").status_code == 200


def post(person: Person, port: int, path: str, key: str) -> tuple[int, str]:
    """POST to the real server as somebody, on a connection of its own; status and location."""
    assert person.client is not None
    headers = {
        "Host": f"{person.slug}.localhost:{port}", "Cookie": f"{SESSION_COOKIE}={person.token}",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("POST", path, urlencode({"_key": key}), headers)
        with closing(connection.getresponse()) as answer:
            return answer.status, answer.headers.get("Location", "")


def test_a_worker_killed_in_the_middle_is_replaced_and_the_form_sent_again_acts_once(
    stage: Stage,
) -> None:
    nadia, port = stage.cast.nadia, free_port()
    number, key = stage.cast.case(State.DIAGNOSIS), nadia.key()
    path = f"/dossiers/{number}/complet"
    server = serve(environment(settings_for(stage.database), port))
    try:
        deadline = time.monotonic() + 30
        while not workers(server.pid) or not listens(port):
            assert server.poll() is None, server.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with ThreadPoolExecutor(1) as pool, stage.holding(number):
            cut = pool.submit(post, nadia, port, path, key)
            stage.wait_for_a_waiting_request()
            for worker in workers(server.pid):
                os.kill(worker, signal.SIGKILL)
            with pytest.raises((http.client.HTTPException, OSError)):
                cut.result()
        answers = [post(nadia, port, path, key) for _ in range(2)]
        assert answers == [(303, f"/dossiers/{number}")] * 2
        assert state_of(nadia, number) == State.READY.label
        page = read(nadia.get(f"/dossiers/{number}"))
        assert page.count("Dossier déclaré complet") == 1
    finally:
        server.terminate()
        server.communicate(timeout=20)


def test_a_taken_port_is_said_in_one_line(stage: Stage) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = f"Le port {port} est déjà pris. Choisissez-en un autre, par exemple PORT={port + 1}."
        with pytest.raises(PortTaken) as taken:
            ensure_free(port)
        assert str(taken.value) == line
        status, said = refusal(environment(settings_for(stage.database), port))
        assert (status, said) == (1, f"Erreur : {line}")
    ensure_free(port)


def test_a_server_without_its_environment_does_not_start() -> None:
    status, said = refusal({"PATH": os.defpath, "PYTHONPATH": str(ROOT / "platform")})
    assert status == 2
    assert said.startswith("Erreur : Il manque : DATABASE_URL")


def test_a_server_whose_database_is_away_does_not_start(stage: Stage) -> None:
    variables = environment(settings_for(stage.database), free_port())
    away = variables["DATABASE_URL"].replace(stage.database.database, "nowhere")
    assert refusal(variables | {"DATABASE_URL": away}) == (
        1, "Erreur : La base de données ne répond pas.",
    )  # fmt: skip


def test_a_postgresql_older_than_15_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_engine(stage.server.url("postgres"))
    provision.check_version(engine)
    monkeypatch.setattr(provision, "MINIMUM", 990000)
    with pytest.raises(
        ProvisionError, match=r"^PostgreSQL \d+ est trop ancien : il faut la version 15"
    ):
        provision.check_version(engine)
    engine.dispose()
