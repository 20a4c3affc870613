"""How PostgreSQL reads the pages of one tenant among two hundred: through tenant-first indexes alone.

Each statement of each page is explained where it runs, in the page's own transaction, before it runs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql
from psycopg.adapt import PyFormat, Transformer
from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import ExecutionContext
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


Cursor = psycopg.Cursor[tuple[object, ...]]

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Scan:
    """How one table is read by one statement; `tenant_first` when indexes lead to one tenant's rows alone."""

    page: str
    table: str
    how: str
    index: str
    condition: str
    tenant_first: bool
    kept: int
    dropped: int
    milliseconds: float
    statement: str

    def __str__(self) -> str:
        return (
            f"{self.page:28} {self.table:16} {self.how:18} {self.index:34} {self.kept:6} kept"
            f" {self.dropped:6} dropped {self.milliseconds:7.2f} ms"
        )


@dataclass(frozen=True)
class Explained:
    """One statement of one page, with its milliseconds and how it reads each table."""

    page: str
    statement: str
    milliseconds: float
    scans: list[Scan]


def test_no_page_reads_the_rows_of_another_tenant(many: Base) -> None:
    with visited(many) as visitors:
        found = explained(visitors[0])
    print_slowest(found)
    scans = [scan for one in found for scan in one.scans if scan.table in GROWING]
    wrong = [scan for scan in scans if not scan.tenant_first]
    print(f"\n{len(found)} statements read {len(scans)} times a table that grows with cases")
    for scan in wrong:
        print(f"\n{scan}\n  {scan.condition}\n  {scan.statement}")
    assert not wrong


def print_slowest(found: list[Explained]) -> None:
    """The statements that take longest, with the tables on which they read most rows."""
    print("\nlongest statements (first run of each page)")
    for one in sorted(found, key=lambda one: -one.milliseconds)[:10]:
        most = sorted(one.scans, key=lambda scan: -(scan.kept + scan.dropped))[:3]
        tables = ", ".join(f"{scan.table} {scan.kept + scan.dropped}" for scan in most)
        print(f"{one.page:28}{one.milliseconds:8.1f} ms   rows read: {tables}")


def explained(visitor: Visitor) -> list[Explained]:
    """Every statement of every page."""
    settings = visitor.base.settings
    pools = open_pools(settings.database_url, settings.gate_url)
    app = create_app(settings, pools)
    found: list[Explained] = []
    now: list[Page] = []

    def explain(
        _connection: Connection, cursor: Cursor, statement: str, parameters: dict[str, object],
        _context: ExecutionContext | None, _many: bool,
    ) -> None:  # fmt: skip
        if statement.startswith(("SELECT", "WITH")) and " app." in statement:
            told = _told(cursor, statement, parameters)
            scans = list(_scans(now[-1].name, told["Plan"], statement))
            found.append(Explained(now[-1].name, statement, told["Execution Time"], scans))

    event.listen(pools.web, "before_cursor_execute", explain)
    host = f"{visitor.base.slug}.localhost:{settings.port}"
    for page in PAGES:
        now.append(page)
        client = app.test_client()
        client.set_cookie(SESSION_COOKIE, visitor.tokens[page.role], domain=host.split(":")[0])
        answer = client.get(visitor.path(page), base_url=f"http://{host}")
        assert answer.status_code == 200, page.name
    pools.dispose()
    return found


def _told(cursor: Cursor, statement: str, parameters: dict[str, object]) -> dict[str, object]:
    """The plan of a statement as the product runs it: prepared, under the one plan for all tenants."""
    names = list(dict.fromkeys(PLACEHOLDER.findall(statement)))
    text = PLACEHOLDER.sub(lambda found: f"${names.index(found[1]) + 1}", statement)
    types = f"({', '.join(_type(cursor, parameters[name]) for name in names)})" if names else ""
    values = sql.SQL(", ").join(sql.Literal(parameters[name]) for name in names)
    given = f"({values.as_string(cursor)})" if names else ""
    cursor.execute(f"PREPARE explained{types} AS " + text.replace("%%", "%"))
    cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained" + given)
    (found,) = cursor.fetchone()
    cursor.execute("DEALLOCATE explained")
    return found[0]


def _type(cursor: Cursor, value: object) -> str:
    """The type under which the driver sends a value: what the server must guess stays unknown."""
    oid = Transformer(cursor).get_dumper(value, PyFormat.AUTO).oid
    known = cursor.adapters.types.get(oid) if oid else None
    return known.regtype if known else "unknown"


def _scans(page: str, node: dict[str, object], statement: str) -> Iterator[Scan]:
    """The nodes of a plan that read a table, each with the indexes that lead it there."""
    if "Relation Name" in node:
        leading = [node] if "Index Name" in node else list(_bitmaps(node))
        conditions = [str(index.get("Index Cond", "nothing")) for index in leading]
        sound = all("tenant_id" in condition for condition in conditions)
        yield Scan(
            page, str(node["Relation Name"]), str(node["Node Type"]),
            " ".join(str(index["Index Name"]) for index in leading),
            " and ".join(conditions), bool(leading) and sound,
            int(node["Actual Rows"]) * int(node["Actual Loops"]),
            int(node.get("Rows Removed by Filter", 0)), float(node["Actual Total Time"]), statement,
        )  # fmt: skip
    for plan in node.get("Plans", []):
        yield from _scans(page, plan, statement)


def _bitmaps(node: dict[str, object]) -> Iterator[dict[str, object]]:
    """The indexes of which a bitmap is made."""
    for plan in node.get("Plans", []):
        if plan["Node Type"] == "Bitmap Index Scan":
            yield plan
        elif str(plan["Node Type"]).startswith("Bitmap"):
            yield from _bitmaps(plan)
