"""The worker: runs the jobs of all tenants, one tenant at a time, and the housekeeping of all."""

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from procrastinate import (
    App,
    BaseRetryStrategy,
    JobContext,
    PsycopgConnector,
    RetryDecision,
    RetryStrategy,
)
from procrastinate.jobs import Job as QueuedJob
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from microcredit.accounts.jobs import UNUSED, unused
from microcredit.kernel import mail
from microcredit.kernel.database import Pools, open_pools
from microcredit.kernel.jobs import Job
from microcredit.kernel.tenancy import enter_job
from microcredit.kernel.vault import Vault
from microcredit.settings import Settings
from microcredit.submissions.jobs import verify
from microcredit.submissions.services.send import VERIFY

log = logging.getLogger("microcredit.worker")

#: Every job by its name; each is idempotent, since a killed worker leaves it to be run again.
JOBS: dict[str, Job] = {VERIFY: verify, UNUSED: unused}

ATTEMPTS = 10
LONGEST_WAIT = 900
STALLED_AFTER = 60


def create_queue(settings: Settings, pools: Pools) -> App:
    """procrastinate's application with our jobs, on the worker's own login role."""
    url = make_url(settings.worker_url)
    queue = App(
        connector=PsycopgConnector(
            conninfo=url.set(drivername="postgresql").render_as_string(hide_password=False),
            kwargs={"options": "-c search_path=queue", "application_name": "microcredit worker"},
            min_size=1,
            max_size=4,
        )
    )
    vault = Vault(settings.master_key)
    for name, job in JOBS.items():
        _register(queue, name, job, pools, vault)
    _register_mail(queue, settings, pools, vault)
    _register_housekeeping(queue, pools)
    return queue


def run(settings: Settings, *, until_empty: bool = False) -> None:
    """Work until stopped, or until the queue is empty."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    pools = open_pools(settings.database_url, settings.gate_url, settings.worker_url)
    try:
        asyncio.run(_serve(create_queue(settings, pools), until_empty=until_empty))
    finally:
        pools.dispose()


async def _serve(queue: App, *, until_empty: bool) -> None:
    async with queue.open_async():
        if not until_empty:
            asyncio.get_running_loop().create_task(_end_with_parent())
        await queue.run_worker_async(
            wait=not until_empty,
            install_signal_handlers=not until_empty,
            concurrency=1,
            delete_jobs="successful",
        )


async def _end_with_parent() -> None:
    """Stop when the process that started us is gone: nobody would stop us otherwise."""
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _register(queue: App, name: str, job: Job, pools: Pools, vault: Vault) -> None:
    def perform(context: JobContext, *, tenant: int, id: int) -> None:  # noqa: A002  (the queue's own names)
        with _work(context, pools, vault) as session:
            job(session, id)

    patience = RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=2)
    queue.task(name=name, pass_context=True, retry=patience)(perform)


@contextmanager
def _work(context: JobContext, pools: Pools, vault: Vault) -> Iterator[Session]:
    """A transaction in the tenant of a running job."""
    if pools.worker is None or context.job.id is None:
        raise LookupError("the worker has no pool, or the job no number")
    with Session(pools.worker, expire_on_commit=False) as session, session.begin():
        session.info["vault"] = vault
        enter_job(session, context.job.id)
        yield session


class Patience(BaseRetryStrategy):
    """Try again until it works: after 2, 4, 8… seconds, then every quarter of an hour."""

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedJob
    ) -> RetryDecision | None:
        """When to try a letter again; a server that was away for a day loses none."""
        if not isinstance(exception, mail.NoServer):
            return (
                RetryDecision(retry_in={"seconds": LONGEST_WAIT})
                if job.attempts < ATTEMPTS
                else None
            )
        return RetryDecision(
            retry_in={"seconds": min(2 ** min(job.attempts + 1, 20), LONGEST_WAIT)}
        )


def _register_mail(queue: App, settings: Settings, pools: Pools, vault: Vault) -> None:
    """Letters are sent outside any transaction, so their job opens its own."""
    server = mail.Server(settings.smtp_url, settings.mail_from) if settings.smtp_url else None

    def perform(context: JobContext, *, tenant: int, id: int) -> None:  # noqa: A002  (the queue's own names)
        mail.send(lambda: _work(context, pools, vault), vault, server, id)

    queue.task(name=mail.SEND, pass_context=True, retry=Patience())(perform)


def _register_housekeeping(queue: App, pools: Pools) -> None:
    @queue.periodic(cron="* * * * *")
    @queue.task(name="worker.retry_stalled", pass_context=True)
    async def retry_stalled(context: JobContext, timestamp: int) -> None:
        """A job whose worker was killed stays “doing”: run it again."""
        stalled = await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER)
        for job in stalled:
            await queue.job_manager.retry_job(job)

    @queue.periodic(cron="7 * * * *")
    @queue.task(name="worker.sweep", pass_context=True)
    def sweep(context: JobContext, timestamp: int) -> None:
        """Sessions, attempts and form keys that nobody can use any more."""
        if pools.worker is None:
            raise LookupError("the worker has no pool")
        with pools.worker.begin() as connection:
            connection.execute(text("SELECT gate.sweep()"))

    @queue.periodic(cron="23 5 * * *")
    @queue.task(name="worker.daily", pass_context=True)
    def daily(context: JobContext, timestamp: int) -> None:
        """Once a day, one job in each tenant: accounts that nobody uses."""
        if pools.worker is None:
            raise LookupError("the worker has no pool")
        with pools.worker.begin() as connection:
            connection.execute(text("SELECT tenancy.defer_daily()"))
