"""Jobs run in the tenant they were stamped with, once or again, and never in another."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.orm import Session
from tests.cast import GAMMA, Cast, resources_of
from tests.integration.isolation.connections import Connection, Connections, refuses, value

from microcredit import worker
from microcredit.cases.codes import State
from microcredit.kernel.database import Pools
from microcredit.kernel.jobs import defer
from microcredit.kernel.provision import Provision
from microcredit.kernel.tenancy import enter_job
from microcredit.settings import Settings
from microcredit.submissions.jobs import CopyAltered, verify
from microcredit.submissions.services.send import VERIFY

SOUTH = {"at": "flora", "worker": "lucie", "bank": "basil", "commune": GAMMA}
OF_CASE = "(SELECT id FROM app.case_file WHERE number = %s)"
VERIFIED = f"SELECT verified_at FROM app.submission WHERE case_id = {OF_CASE}"
JOBS = "SELECT id, status::text, attempts FROM queue.procrastinate_jobs WHERE task_name = %s ORDER BY id"


@pytest.fixture
def connect(database: Provision) -> Iterator[Connections]:
    opened = Connections(database)
    yield opened
    opened.close()


@pytest.fixture
def owner(connect: Connections) -> Connection:
    found = connect.owner()
    found.execute("SET search_path = queue")
    return found


@pytest.fixture
def empty(owner: Connection, settings: Settings) -> None:
    """A queue without jobs of other tests."""
    owner.execute("DELETE FROM queue.procrastinate_jobs")


def submission(owner: Connection, number: str) -> int:
    found: int = value(
        owner, f"SELECT max(id) FROM app.submission WHERE case_id = {OF_CASE}", number
    )
    return found


def test_a_job_is_stamped_with_the_tenant_of_the_context_and_goes_with_the_act(
    cast: Cast, owner: Connection, pools: Pools, empty: None
):
    tenants = dict(owner.execute("SELECT slug, id FROM tenancy.tenant").fetchall())
    for person in (cast.nadia, cast.lucie):
        with person.at_work() as (session, _):
            defer(session, "some.work", 7)
    with cast.nadia.at_work() as (session, _):
        defer(session, "some.work", 8)
        session.rollback()
    with Session(pools.web) as session, pytest.raises(DBAPIError, match="no proved tenant"):
        defer(session, "some.work", 9)
    stamped = owner.execute(
        "SELECT args FROM queue.procrastinate_jobs WHERE task_name = 'some.work' ORDER BY id"
    )
    assert [row[0] for row in stamped] == [
        {"tenant": tenants[slug], "id": 7} for slug in ("north", "south")
    ]
    owner.execute("DELETE FROM queue.procrastinate_jobs")


def test_the_worker_enters_a_tenant_by_a_running_job_and_not_otherwise(
    cast: Cast, owner: Connection, connect: Connections, empty: None
):
    number = cast.case(State.SENT_TO_BANK)
    (job, status, _) = owner.execute(JOBS, (VERIFY,)).fetchall()[0]
    assert status == "todo"
    enter = "SELECT * FROM tenancy.enter_job(%s)"
    login = connect.login("worker")
    for wrong in (job, job + 1000, 0, -1, None):
        refuses(login, enter, wrong)
        refuses(login, "SELECT * FROM app.submission")
    owner.execute("UPDATE queue.procrastinate_jobs SET status = 'doing' WHERE id = %s", (job,))
    login.execute(enter, (job,))
    north = "SELECT count(*) FROM app.submission WHERE tenant_id <> (SELECT id FROM tenancy.tenant)"
    assert value(login, north) == 0
    assert value(login, "SELECT slug FROM tenancy.tenant") == "north"
    assert value(login, VERIFIED, number) is None
    refuses(login, enter, job)
    for statement in ("UPDATE app.submission SET answer = 'granted', answered_on = now()",
                      "UPDATE app.case_file SET version = version", "DELETE FROM app.submission"):  # fmt: skip
        refuses(login, statement)
    login.rollback()
    for ended in ("succeeded", "failed", "cancelled", "aborted"):
        owner.execute("UPDATE queue.procrastinate_jobs SET status = %s WHERE id = %s", (ended, job))
        refuses(login, enter, job)
    web = connect.login("web")
    refuses(web, enter, job)


def test_the_worker_verifies_what_was_sent_in_each_tenant(
    cast: Cast, owner: Connection, settings: Settings, empty: None
):
    numbers = [cast.case(State.SENT_TO_BANK), cast.case(State.SENT_TO_BANK, **SOUTH)]
    assert [value(owner, VERIFIED, number) for number in numbers] == [None, None]
    assert "vérification en cours" in cast.boris.get(f"/banque/{numbers[0]}").text
    worker.run(settings, until_empty=True)
    assert all(value(owner, VERIFIED, number) is not None for number in numbers)
    assert owner.execute(JOBS, (VERIFY,)).fetchall() == []
    assert "vérifiée" in cast.boris.get(f"/banque/{numbers[0]}").text


def test_a_verification_that_runs_twice_changes_nothing(
    cast: Cast, owner: Connection, settings: Settings, pools: Pools, empty: None
):
    number = cast.case(State.SENT_TO_BANK)
    worker.run(settings, until_empty=True)
    first = owner.execute(
        f"SELECT s::text FROM app.submission s WHERE case_id = {OF_CASE}", (number,)
    ).fetchall()
    with cast.nadia.at_work() as (session, _):
        defer(session, VERIFY, submission(owner, number))
    worker.run(settings, until_empty=True)
    again = owner.execute(
        f"SELECT s::text FROM app.submission s WHERE case_id = {OF_CASE}", (number,)
    ).fetchall()
    assert again == first
    assert owner.execute(JOBS, (VERIFY,)).fetchall() == []


class Running:
    """A job for a case's submission that is running, and the worker's transaction inside it."""

    def __init__(self, cast: Cast, owner: Connection, pools: Pools, who: str, subject: int) -> None:
        with cast.people[who].at_work() as (session, _):
            defer(session, "test.work", subject)
        self._job = value(
            owner, "SELECT max(id) FROM queue.procrastinate_jobs WHERE task_name = 'test.work'"
        )
        owner.execute(
            "UPDATE queue.procrastinate_jobs SET status = 'doing' WHERE id = %s", (self._job,)
        )
        self._session = Session(pools.worker)
        self._vault = resources_of(cast.app).vault

    def __enter__(self) -> Session:
        self._session.info["vault"] = self._vault
        enter_job(self._session, self._job)
        return self._session

    def __exit__(self, *_: object) -> None:
        self._session.close()


@contextmanager
def altered(owner: Connection, subject: int, change: str, *values: object) -> Iterator[None]:
    """A submission that somebody altered past the product's back, until it is put back."""
    stored = owner.execute(
        "SELECT copy, sha256 FROM app.submission WHERE id = %s", (subject,)
    ).fetchall()
    owner.execute(f"UPDATE app.submission SET {change} WHERE id = %s", (*values, subject))
    yield
    owner.execute(
        "UPDATE app.submission SET copy = %s, sha256 = %s WHERE id = %s", (*stored[0], subject)
    )


ALTER = {
    "a bit of the copy": ("copy = set_byte(copy, 40, get_byte(copy, 40) # 1)", InvalidTag),
    "the hash": ("sha256 = repeat('0', 64)", InvalidTag),
    "the copy of another case": (
        "copy = (SELECT o.copy FROM app.submission o WHERE o.tenant_id = app.submission.tenant_id"
        " AND o.id <> app.submission.id LIMIT 1)", InvalidTag),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTER)
def test_an_altered_copy_is_told(
    cast: Cast, owner: Connection, pools: Pools, empty: None, what: str
):
    change, error = ALTER[what]
    cast.case(State.SENT_TO_BANK)
    number = cast.case(State.SENT_TO_BANK)
    subject = submission(owner, number)
    with (
        altered(owner, subject, change),
        Running(cast, owner, pools, "nadia", subject) as session,
        pytest.raises(error),
    ):
        verify(session, subject)
    assert value(owner, VERIFIED, number) is None


def test_a_copy_sealed_under_its_hash_but_not_of_it_is_told(
    cast: Cast, owner: Connection, pools: Pools, empty: None
):
    number = cast.case(State.SENT_TO_BANK)
    subject = submission(owner, number)
    sha256 = value(owner, "SELECT sha256 FROM app.submission WHERE id = %s", subject)
    vault = resources_of(cast.app).vault
    with cast.nadia.at_work() as (session, _):
        sealed = vault.seal(session, b"{}", f"submission:{sha256}")
    with (
        altered(owner, subject, "copy = %s", sealed),
        Running(cast, owner, pools, "nadia", subject) as session,
        pytest.raises(CopyAltered),
    ):
        verify(session, subject)


def test_a_job_for_another_tenants_row_finds_nothing(
    cast: Cast, owner: Connection, pools: Pools, empty: None
):
    subject = submission(owner, cast.case(State.SENT_TO_BANK, **SOUTH))
    with Running(cast, owner, pools, "nadia", subject) as session, pytest.raises(NoResultFound):
        verify(session, subject)
    with Running(cast, owner, pools, "lucie", subject) as session:
        verify(session, subject)
