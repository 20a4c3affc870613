"""What day it is: for the trade, nothing but `kernel.clock` may answer."""

import ast
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from tests.source import nodes

from microcredit.kernel.clock import business_date, today_in_paris
from microcredit.settings import ROOT

CODE = ROOT / "platform" / "microcredit"

#: Who reads real time, and what for. Each was reviewed: none is a date of the trade.
REAL_TIME = {
    "accounts/access_pages.py": "how long an access was not used or read over",
    "accounts/models.py": "when an account was made",
    "accounts/services/access.py": "when a review of accesses was made",
    "accounts/services/factors.py": "the codes of an application change with real time",
    "accounts/services/sso/flow.py": "when a provider was asked to prove again who one is",
    "accounts/services/sso/tokens.py": "a provider's token is good for some minutes",
    "accounts/services/trail.py": "how far back a journal looks",
    "cases/models.py": "the instant of an act, beside its business date",
    "groupings/models.py": "when a tenant file was loaded",
    "kernel/audit.py": "the trail and the use of form keys",
    "kernel/clock.py": "the clock itself",
    "kernel/mail.py": "when a letter was written and sent",
    "loans/models.py": "the instant at which a fact was noted, beside its business date",
    "submissions/jobs.py": "when the worker read a copy back",
    "submissions/models.py": "the instant of sending, beside its business date",
}

#: Who may ask for the real day, because there is no tenant whose date it could be.
REAL_DAY = {
    "cli/accounts.py": "access follows real time",
    "demo/run.py": "the second demo tenant starts today",
    "demo/story.py": "the second demo tenant starts today",
    "tenant_files/writing.py": "a file being written has no tenant yet",
    "web/layout.py": "the band of a page that has no transaction",
}

CALLS = {"today", "now", "utcnow", "fromtimestamp", "localtime", "gmtime", "current_date",
         "current_timestamp", "clock_timestamp", "statement_timestamp"}  # fmt: skip
SQL = re.compile(
    r"\b(current_date|current_timestamp|localtimestamp|clock_timestamp|now\s*\(\)|timeofday)", re.I
)


def readings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every expression of a Python file that reads the time of the machine or the database."""
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if name in CALLS or (name == "time" and ast.unparse(node.func) == "time.time"):
                yield ast.unparse(node.func)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from SQL.findall(node.value)


def test_the_search_finds_every_way_of_reading_the_time() -> None:
    for source in ("date.today()", "datetime.now(UTC)", "datetime.datetime.now()", "time.time()",
                   "func.now()", "text('SELECT now()')", "f'x {y} > CURRENT_DATE'"):  # fmt: skip
        assert list(readings(ast.walk(ast.parse(source)))), source
    for source in ("business_date(session)", "time.monotonic()", "text('SELECT nowhere')"):
        assert not list(readings(ast.walk(ast.parse(source)))), source


def test_nothing_reads_the_time_but_the_clock_and_what_was_reviewed() -> None:
    readers = {
        path.relative_to(CODE).as_posix()
        for path in CODE.rglob("*.py")
        if list(readings(nodes(path)))
    }
    assert readers == set(REAL_TIME)


def test_the_real_day_is_asked_only_where_no_tenant_has_a_date() -> None:
    askers = {
        path.relative_to(CODE).as_posix()
        for path in CODE.rglob("*.py")
        if "today_in_paris" in path.read_text("utf-8")
    }
    assert askers - {"kernel/clock.py"} <= set(REAL_DAY)


def test_migrations_read_the_day_only_for_access() -> None:
    found = set()
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        if re.search(r"current_date|localtimestamp", path.read_text("utf-8"), re.I):
            found.add(path.name)
    assert found == {"0004_gate.py", "0017_factors.py"}


def test_the_business_date_is_the_stored_one_of_a_demo_tenant() -> None:
    session = Session()
    session.info["demo_date"] = date(2016, 3, 31)
    assert business_date(session) == date(2016, 3, 31)


def test_the_business_date_is_today_in_paris_everywhere_else() -> None:
    session = Session()
    session.info["demo_date"] = None
    before = datetime.now(ZoneInfo("Europe/Paris")).date()
    assert before <= business_date(session) <= datetime.now(ZoneInfo("Europe/Paris")).date()
    assert today_in_paris() == business_date(Session())
