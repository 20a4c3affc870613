"""How long pages take behind gunicorn with the demo's data, as ratios to a page that does nothing.

The floor and the pages are asked in turn, in random order, in one run: what else the machine does
weighs on all of them alike.
"""

import http.client
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from tests.conftest import provisioned, settings_for
from tests.serving import environment, free_port, listens, serve

from microcredit.accounts.gate import Gate
from microcredit.accounts.services import open_session
from microcredit.demo.accounts import TERRITORIES
from microcredit.demo.run import build
from microcredit.kernel import provision
from microcredit.kernel.database import open_pools
from microcredit.kernel.permissions import Role
from microcredit.web.requests import SESSION_COOKIE

pytestmark = pytest.mark.benchmark

FLOOR = "/healthz"
ROUNDS, WARM = 200, 10

PAGES = {
    Role.CASE_WORKER: (
        "/ma-journee", "/dossiers", "/dossiers?vue=tous&ordre=nom", "/dossiers/PC-2016-0011",
        "/dossiers/PC-2016-0015/diagnostic", "/chiffres",
    ),
    Role.BANK_OFFICER: ("/banque", "/banque/PC-2016-0011"),
    Role.ELECTED_MEMBER: ("/chiffres",),
    Role.CCAS_DIRECTOR: ("/ma-commune", "/dossiers"),
}  # fmt: skip


@dataclass(frozen=True)
class Served:
    """A server and who is signed in."""

    port: int
    tokens: dict[Role, str]

    def milliseconds(self, path: str, role: Role) -> float:
        """One GET on a connection of its own, as gunicorn's sync workers have it."""
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {
            "Host": f"pays-de-conde.localhost:{self.port}",
            "Cookie": f"{SESSION_COOKIE}={self.tokens[role]}",
        }
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, path
        return (time.perf_counter() - start) * 1000


@pytest.fixture(scope="module")
def served(administrator: str) -> Iterator[Served]:
    """The demo's data behind `microcredit serve`."""
    made = provisioned(administrator)
    slugs = tuple(territory.slug for territory in TERRITORIES)
    settings = replace(settings_for(made, demo=True), demo_slugs=slugs, port=free_port())
    build(settings)
    pools = open_pools(settings.database_url, settings.gate_url)
    gate = Gate(pools.gate, settings.secret_key)
    accounts = {one.role: one.account_id for one in reversed(gate.demo_accounts("pays-de-conde"))}
    tokens = {role: open_session(gate, "pays-de-conde", accounts[role]) for role in PAGES}
    process = serve({**environment(settings, settings.port), "MICROCREDIT_WORKERS": "2"})
    while not listens(settings.port):
        assert process.poll() is None
        time.sleep(0.05)
    yield Served(settings.port, tokens)
    process.terminate()
    process.communicate(timeout=30)
    pools.dispose()
    provision.drop(made)


def test_pages_against_the_floor(served: Served) -> None:
    asked = [(role, path) for role, paths in PAGES.items() for path in paths]
    asked += [(Role.CASE_WORKER, FLOOR)]
    taken: dict[tuple[Role, str], list[float]] = {one: [] for one in asked}
    for turn in range(WARM + ROUNDS):
        for role, path in random.sample(asked, len(asked)):
            one = served.milliseconds(path, role)
            if turn >= WARM:
                taken[role, path].append(one)

    floor = sorted(taken[Role.CASE_WORKER, FLOOR])[ROUNDS // 2]
    print(f"\n{'page':56} {'p50 ms':>8} {'p95 ms':>8} {'p50 / floor':>12}")
    for (role, path), times in taken.items():
        ordered = sorted(times)
        half, most = ordered[ROUNDS // 2], ordered[ROUNDS * 95 // 100]
        name = f"{role.value} {path}"
        print(f"{name:56} {half:8.1f} {most:8.1f} {half / floor:12.1f}")
