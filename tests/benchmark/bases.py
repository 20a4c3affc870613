"""The bases that are measured, who visits them, and which pages: chosen by asking, never by fixed numbers."""

import html
import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tests.benchmark import generator
from tests.serving import environment, free_port, listens, serve

from microcredit.accounts.gate import Gate
from microcredit.accounts.services import open_session
from microcredit.kernel.database import open_pools
from microcredit.kernel.permissions import Role
from microcredit.kernel.provision import Provision
from microcredit.settings import ROOT, Settings
from microcredit.web.requests import SESSION_COOKIE

#: The design's limits of p95 in milliseconds: of a list page, and of a case page or a dashboard.
LIST, PAGE = 50, 80


@dataclass(frozen=True)
class Base:
    """A filled database and the tenant of it that is visited."""

    name: str
    slug: str
    made: Provision
    settings: Settings


@dataclass(frozen=True)
class Page:
    """A page as one role asks for it; `path` may name a case as {running}, {diagnosis} or {copy}."""

    name: str
    role: Role
    path: str
    limit: int = PAGE


W, B = Role.CASE_WORKER, Role.BANK_OFFICER

PAGES = (
    Page("liste", W, "/dossiers", LIST),
    Page("liste par nom", W, "/dossiers?vue=tous&ordre=nom", LIST),
    Page("liste par nom, page profonde", W, "{deep}", LIST),
    Page("ma journée", W, "/ma-journee", LIST),
    Page("dossier avec prêt en cours", W, "/dossiers/{running}"),
    Page("diagnostic", W, "/dossiers/{diagnosis}/diagnostic"),
    Page("prêts", W, "/prets", LIST),
    Page("un prêt en cours", W, "/prets/{running}"),
    Page("chiffres, référente", W, "/chiffres"),
    Page("chiffres, élue", Role.ELECTED_MEMBER, "/chiffres"),
    Page("ma commune", Role.CCAS_DIRECTOR, "/ma-commune"),
    Page("banque, à décider", B, "/banque", LIST),
    Page("banque, décidés", B, "/banque/decides", LIST),
    Page("banque, une copie", B, "/banque/{copy}"),
    Page("banque, prêts", B, "/prets", LIST),
)

#: The loan under repayment, the diagnosis and the copy on which most has happened.
NAMED = {
    "running": "c.state = 'disbursed'",
    "diagnosis": "c.state = 'diagnosis'",
    "copy": "EXISTS (SELECT 1 FROM app.submission s JOIN app.membership m ON m.tenant_id = s.tenant_id"
    " AND m.organisation_id = s.bank_id WHERE s.tenant_id = c.tenant_id AND s.case_id = c.id"
    " AND s.answer IS NULL AND m.account_id = %(officer)s)",
}
BUSIEST = """
SELECT c.number FROM app.case_file c JOIN tenancy.tenant t ON t.id = c.tenant_id
JOIN app.case_event e ON e.tenant_id = c.tenant_id AND e.case_id = c.id
WHERE t.slug = %(slug)s AND {wanted} GROUP BY c.number ORDER BY count(*) DESC, c.number LIMIT 1
"""

#: Each account by the role that it signs in with; a bank's officer with most copies to decide first.
ACCOUNTS = """
SELECT role, account_id FROM (
    SELECT DISTINCT ON (m.account_id) m.* FROM app.membership m
    JOIN tenancy.tenant t ON t.id = m.tenant_id WHERE t.slug = %(slug)s ORDER BY m.account_id, m.id) m
ORDER BY (SELECT count(*) FROM app.submission s WHERE s.tenant_id = m.tenant_id
    AND s.bank_id = m.organisation_id AND s.answer IS NULL) DESC, account_id
"""


class NoPage(Exception):
    """A page that is measured does not answer as it must."""


@dataclass
class Visitor:
    """Somebody of each role signed in on one base."""

    base: Base
    tokens: dict[Role, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sign in, and look for the pages that have what a page can have."""
        settings = self.base.settings
        pools = open_pools(settings.database_url, settings.gate_url)
        gate = Gate(pools.gate, settings.secret_key)
        accounts = self._accounts()
        for role in {page.role for page in PAGES}:
            self.tokens[role] = open_session(gate, self.base.slug, accounts[role])
        pools.dispose()
        self.named = dict(self._numbers(accounts[Role.BANK_OFFICER]))
        self.named["deep"] = self._deep("/dossiers?vue=tous&ordre=nom", 4)

    def path(self, page: Page) -> str:
        """The address of a page on this base."""
        return page.path.format(**self.named)

    def get(self, role: Role, path: str) -> tuple[str, float]:
        """The page and its milliseconds, on a connection of its own, as gunicorn's sync workers have it."""
        port = self.base.settings.port
        headers = {
            "Host": f"{self.base.slug}.localhost:{port}",
            "Cookie": f"{SESSION_COOKIE}={self.tokens[role]}",
        }
        return fetch(port, path, headers)

    def milliseconds(self, page: Page) -> float:
        """How long one GET of a page takes."""
        return self.get(page.role, self.path(page))[1]

    def _accounts(self) -> dict[Role, int]:
        with generator.connect(self.base.made) as connection:
            rows = connection.execute(ACCOUNTS, {"slug": self.base.slug}).fetchall()
        return {Role(role): int(str(account)) for role, account in reversed(rows)}

    def _numbers(self, officer: int) -> Iterator[tuple[str, str]]:
        with generator.connect(self.base.made) as connection:
            for name, wanted in NAMED.items():
                values = {"slug": self.base.slug, "officer": officer}
                row = connection.execute(BUSIEST.format(wanted=wanted), values).fetchone()
                if row is None:
                    raise NoPage(f"{self.base.name}: no case to show as « {name} »")
                yield name, str(row[0])

    def _deep(self, path: str, pages: int) -> str:
        """So many pages further in a list, or its last page."""
        for _ in range(pages):
            found = re.search(r'href="([^"]+)">Suivants', self.get(W, path)[0])
            if found is None:
                break
            path = html.unescape(found[1])
        return path


def fetch(port: int, path: str, headers: dict[str, str]) -> tuple[str, float]:
    """A page and its milliseconds, from the connection to the last byte. Raises NoPage unless it is a 200."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    took = (time.perf_counter() - start) * 1000
    if answer.status != 200:
        raise NoPage(f"{path} answers {answer.status}")
    return body.decode(), took


@contextmanager
def visited(*bases: Base) -> Iterator[list[Visitor]]:
    """A visitor of each base, behind a server of its own."""
    with ExitStack() as stack:
        for base in bases:
            variables = {
                **environment(base.settings, base.settings.port),
                "MICROCREDIT_WORKERS": "2",
            }
            stack.enter_context(_running(serve(variables), base.settings.port))
        yield [Visitor(base) for base in bases]


@contextmanager
def nothing(settings: Settings) -> Iterator[int]:
    """The port of the null page: the same gunicorn, the same number of workers."""
    port = free_port()
    variables = {**environment(settings, port), "MICROCREDIT_WORKERS": "2"}
    command = [sys.executable, "-m", "tests.benchmark.null"]
    process = subprocess.Popen(
        command, env=variables, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with _running(process, port):
        yield port


@contextmanager
def _running(process: subprocess.Popen[str], port: int) -> Iterator[None]:
    """A server from its first answer on; what it wrote is told beside a page that fails."""
    failed: NoPage | None = None
    try:
        while not listens(port):
            if process.poll() is not None:
                raise NoPage("the server does not start")
            time.sleep(0.05)
        yield
    except NoPage as wrong:
        failed = wrong
        raise
    finally:
        process.terminate()
        said = process.communicate(timeout=30)[1]
        if failed is not None:
            failed.add_note(said[-2000:])
