"""How PostgreSQL reads the pages of one tenant among two hundred: through tenant-first indexes alone.

Each statement of each page is explained where it runs, in the page's own transaction, before it runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from tests.benchmark.bases import PAGES, Base, Page, Visitor, visited

from microcredit.app import create_app
from microcredit.kernel.database import open_pools
from microcredit.web.requests import SESSION_COOKIE

pytestmark = pytest.mark.benchmark

#: Tables that grow with cases; those of configuration stay a few pages long and may be read whole.
GROWING = frozenset(
    {
        "appointment", "audit_event", "budget_line", "case_event", "case_file", "evaluation", "household",
        "instalment", "loan", "loan_schedule", "orientation", "person", "person_word", "posting",
        "residence", "submission", "submission_step", "task",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Scan:
    """How one table is read by one statement."""

    page: str
    table: str
    how: str
    index: str
    condition: str
    kept: int
    dropped: int
    milliseconds: float
    statement: str

    @property
    def tenant_first(self) -> bool:
        """Whether an index leads to the rows of the tenant, and to no other's."""
        return "tenant_id" in self.condition

    def __str__(self) -> str:
        return (
            f"{self.page:28} {self.table:16} {self.how:18} {self.index:34} {self.kept:6} kept"
            f" {self.dropped:6} dropped {self.milliseconds:7.2f} ms"
        )


def test_no_page_reads_the_rows_of_another_tenant(many: Base) -> None:
    with visited(many) as visitors:
        scans = explained(visitors[0])
    for scan in scans:
        if scan.table in GROWING:
            print(scan)
    wrong = [scan for scan in scans if scan.table in GROWING and not scan.tenant_first]
    for scan in wrong:
        print(f"\n{scan}\n  {scan.condition}\n  {scan.statement}")
    assert not wrong


def explained(visitor: Visitor) -> list[Scan]:
    """Every scan of every statement of every page."""
    settings = visitor.base.settings
    pools = open_pools(settings.database_url, settings.gate_url)
    app = create_app(settings, pools)
    scans: list[Scan] = []
    now: list[Page] = []

    def explain(
        _connection: Connection, cursor: DBAPICursor, statement: str, parameters: object,
        _context: ExecutionContext | None, _many: bool,
    ) -> None:  # fmt: skip
        if statement.startswith(("SELECT", "WITH")) and " app." in statement:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, parameters)
            for plan in cursor.fetchone()[0]:
                scans.extend(_scans(now[-1].name, plan["Plan"], statement))

    event.listen(pools.web, "before_cursor_execute", explain)
    host = f"{visitor.base.slug}.localhost:{settings.port}"
    for page in PAGES:
        now.append(page)
        client = app.test_client()
        client.set_cookie(SESSION_COOKIE, visitor.tokens[page.role], domain=host.split(":")[0])
        answer = client.get(visitor.path(page), base_url=f"http://{host}")
        assert answer.status_code == 200, page.name
    pools.dispose()
    return scans


def _scans(page: str, node: dict[str, object], statement: str) -> Iterator[Scan]:
    """The nodes of a plan that read a table; a bitmap's index stands one node below."""
    if "Relation Name" in node:
        below = node.get("Plans") or [{}]
        index = (
            node
            if "Index Name" in node
            else (below[0] if "Bitmap" in str(node["Node Type"]) else {})
        )
        yield Scan(
            page, str(node["Relation Name"]), str(node["Node Type"]), str(index.get("Index Name", "")),
            str(index.get("Index Cond", "")), int(node["Actual Rows"]) * int(node["Actual Loops"]),
            int(node.get("Rows Removed by Filter", 0)), float(node["Actual Total Time"]), statement,
        )  # fmt: skip
    for plan in node.get("Plans", []):
        yield from _scans(page, plan, statement)
