"""A worker that fails, is killed, or sweeps: each job is done once, and nothing living is swept."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest
from tests.cast import GAMMA, Cast
from tests.integration.isolation.connections import Connection, Connections, value

from microcredit import worker
from microcredit.cases.codes import State
from microcredit.kernel.database import Pools
from microcredit.settings import ROOT, Settings
from microcredit.submissions.services.send import VERIFY

OF_CASE = "(SELECT id FROM app.case_file WHERE number = %s)"
SUBMISSION = f"SELECT id FROM app.submission WHERE case_id = {OF_CASE}"
VERIFIED = f"SELECT verified_at FROM app.submission WHERE case_id = {OF_CASE}"
JOBS = "SELECT id, status::text FROM queue.procrastinate_jobs WHERE task_name = %s ORDER BY id"


@pytest.fixture
def empty(owner: Connection) -> None:
    """A queue without jobs of other tests."""
    owner.execute("SET search_path = queue")
    owner.execute("DELETE FROM queue.procrastinate_jobs")


def test_a_job_that_fails_is_tried_again_later_and_others_go_on(
    cast: Cast, owner: Connection, settings: Settings, empty: None
):
    bad, good = (
        cast.case(State.SENT_TO_BANK),
        cast.case(State.SENT_TO_BANK, at="flora", worker="lucie", bank="basil", commune=GAMMA),
    )
    subject = value(owner, SUBMISSION, bad)
    true_hash = value(owner, "SELECT sha256 FROM app.submission WHERE id = %s", subject)
    change = "UPDATE app.submission SET sha256 = %s WHERE id = %s"
    owner.execute(change, ("0" * 64, subject))
    worker.run(settings, until_empty=True)
    owner.execute(change, (true_hash, subject))
    assert value(owner, VERIFIED, good) is not None
    assert value(owner, VERIFIED, bad) is None
    later = "SELECT status::text, attempts, scheduled_at > now() FROM queue.procrastinate_jobs WHERE task_name = %s"
    assert owner.execute(later, (VERIFY,)).fetchall() == [("todo", 1, True)]


BLOCKED = """
    SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                   WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE app.submission%%')"""


def wait_until_blocked(administrator: Connection) -> None:
    """Until a worker waits for a submission; a quarter of a minute at most."""
    administrator.autocommit = True
    for _ in range(150):
        if value(administrator, BLOCKED):
            return
        time.sleep(0.1)
    raise AssertionError("no worker came to the job")


def test_a_job_whose_worker_was_killed_is_run_again(
    cast: Cast,
    owner: Connection,
    connect: Connections,
    settings: Settings,
    pools: Pools,
    empty: None,
):
    number = cast.case(State.SENT_TO_BANK)
    held = connect.administrator()  # holds the row, so that the job is killed in the middle
    held.execute(
        "SELECT 1 FROM app.submission WHERE id = %s FOR UPDATE", (value(owner, SUBMISSION, number),)
    )
    busy = subprocess.Popen(
        [sys.executable, "-m", "microcredit.cli", "worker"], env=environment(settings)
    )
    try:
        wait_until_blocked(connect.administrator())
        busy.send_signal(signal.SIGKILL)
        busy.wait()
    finally:
        busy.kill()
        held.rollback()
    assert [row[1] for row in owner.execute(JOBS, (VERIFY,)).fetchall()] == ["doing"]
    worker.run(settings, until_empty=True)
    assert (
        value(owner, VERIFIED, number) is None
    )  # the killed one may still be alive, for all we know
    owner.execute(
        "UPDATE queue.procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'"
    )
    asyncio.run(ask_for("worker.retry_stalled", settings, pools))
    worker.run(settings, until_empty=True)
    assert value(owner, VERIFIED, number) is not None
    assert owner.execute(JOBS, (VERIFY,)).fetchall() == []


async def ask_for(task: str, settings: Settings, pools: Pools) -> None:
    """Ask now for what is otherwise done by the clock."""
    queue = worker.create_queue(settings, pools)
    async with queue.open_async():
        await queue.tasks[task].defer_async(timestamp=0)


def environment(settings: Settings) -> dict[str, str]:
    """What a process of the product needs."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "platform"),
        "DATABASE_URL": settings.database_url,
        "MICROCREDIT_GATE_URL": settings.gate_url,
        "MICROCREDIT_WORKER_URL": settings.worker_url,
        "MICROCREDIT_BASE_DOMAIN": settings.base_domain,
        "MICROCREDIT_SECRET_KEY": settings.secret_key,
        "MICROCREDIT_MASTER_KEY": settings.master_key.hex(),
        "MICROCREDIT_ROLE_SUFFIX": settings.role_suffix,
    }


def test_housekeeping_sweeps_what_nobody_can_use_and_nothing_else(
    cast: Cast, owner: Connection, settings: Settings, pools: Pools, empty: None
):
    living, dead = cast.tania.anew(), cast.tania.anew()
    assert living.client is not None
    assert dead.client is not None
    of = "WHERE token_hash = sha256(convert_to(%s, 'UTF8'))"
    owner.execute(
        f"UPDATE gate.session SET expires_at = now() - interval '2 days' {of}", (dead.token,)
    )
    asyncio.run(ask_for("worker.sweep", settings, pools))
    worker.run(settings, until_empty=True)
    count = f"SELECT count(*) FROM gate.session {of}"
    assert [value(owner, count, one.token) for one in (living, dead)] == [1, 0]
    assert living.get("/organismes").status_code == 200
