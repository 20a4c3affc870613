"""Many tenants with the whole life of many cases, in the product's own schema: for measures, never for a demo.

Tenants, roles, keys and configuration come from tenant files, as an operator creates them. Their rows are
drawn with a seed (`lives`, `people`), sealed with the tenants' own keys and written by COPY as the server's
superuser, with foreign keys off for the time of the load: `broken_keys` checks every one of them afterwards.
Nobody in it exists.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Engine, make_url
from tests.benchmark.rows import Rows, told
from tests.benchmark.tables import COLUMNS, Row
from tests.benchmark.tenants import Tenant, set_up

from microcredit.kernel import trail
from microcredit.kernel.provision import Provision
from microcredit.kernel.vault import Vault

CASES, SEED = 400, 2016

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

#: The trail of a tenant: each act, and a reading before every second one.
EVENTS = """
SELECT e.at - read.before AS at, e.account_id, m.id AS membership_id, read.act, 'case:' || c.number AS subject
FROM app.case_event e
JOIN app.case_file c ON c.tenant_id = e.tenant_id AND c.id = e.case_id
JOIN app.membership m ON m.tenant_id = e.tenant_id AND m.account_id = e.account_id
CROSS JOIN LATERAL (
    SELECT e.act, interval '0' AS before UNION ALL
    SELECT 'read', interval '3 minutes' WHERE mod(e.id, 2) = 0) AS read
WHERE e.tenant_id = %s ORDER BY 1
"""
LAST_EVENT = "SELECT seq, hash FROM gate.trail_head WHERE tenant_id = %s"
ADD_EVENTS = """
COPY app.audit_event (tenant_id, seq, at, account_id, membership_id, act, subject, detail, prev, hash) FROM STDIN
"""
MOVE_HEAD = """
INSERT INTO gate.trail_head (tenant_id, seq, hash) VALUES (%s, %s, %s)
ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
"""

#: Every foreign key of the loaded schema: its table, its columns, what it refers to.
KEYS = """
SELECT k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text,
    array(SELECT attname FROM unnest(k.conkey) WITH ORDINALITY o(n, i)
        JOIN pg_attribute ON attrelid = k.conrelid AND attnum = n ORDER BY i),
    array(SELECT attname FROM unnest(k.confkey) WITH ORDINALITY o(n, i)
        JOIN pg_attribute ON attrelid = k.confrelid AND attnum = n ORDER BY i)
FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'app'::regnamespace ORDER BY 1
"""


def fill(
    made: Provision, operator: Engine, vault: Vault, folder: Path, count: int, today: date,
    cases: int = CASES,
) -> list[Tenant]:  # fmt: skip
    """Create `count` tenants of `cases` cases as they stand on `today`; `folder` must be new and empty.

    A tenant's cases are the same whatever `count` is, so that its pages can be compared between bases.
    """
    tenants = set_up(operator, vault, folder, count)
    with _no_collection():
        rows = Rows([one for tenant in tenants for one in told(tenant, cases, SEED, today)], today)
        with connect(made) as connection:
            connection.execute("SET session_replication_role = replica")
            for table, values in rows.all_rows():
                _copy(connection, table, values)
                _number_on(connection, table)
            for tenant in tenants:
                _chain(connection, tenant.id)
            connection.commit()
    with connect(made) as connection:
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE)")
    return tenants


def connect(made: Provision) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the server's superuser to the product's database."""
    return psycopg.connect(
        make_url(made.migration_url).set(drivername="postgresql").render_as_string(False)
    )


def broken_keys(made: Provision) -> list[str]:
    """The foreign keys that some row breaks; [] when the load was sound."""
    broken = []
    with connect(made) as connection:
        for name, table, target, columns, keys in connection.execute(KEYS).fetchall():
            pairs = list(zip(columns, keys, strict=True))
            same = " AND ".join(f"t.{key} = f.{column}" for column, key in pairs)
            given = " AND ".join(f"f.{column} IS NOT NULL" for column, _ in pairs)
            found = connection.execute(
                f"SELECT 1 FROM {table} f WHERE {given}"
                f" AND NOT EXISTS (SELECT 1 FROM {target} t WHERE {same}) LIMIT 1"
            )
            if found.fetchone():
                broken.append(str(name))
    return broken


def _copy(
    connection: psycopg.Connection[tuple[object, ...]], table: str, rows: Iterable[Row]
) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, ["tenant_id", *COLUMNS[table].split()]))
    statement = sql.SQL("COPY app.{} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _chain(connection: psycopg.Connection[tuple[object, ...]], tenant: int) -> None:
    """Add the tenant's events to its trail, numbered and chained as the database does for an insert."""
    before, last = connection.execute(LAST_EVENT, [tenant]).fetchone() or (0, b"")
    events = connection.execute(EVENTS, [tenant]).fetchall()
    with connection.cursor() as cursor, cursor.copy(ADD_EVENTS) as copy:
        for seq, (at, *what) in enumerate(events, before + 1):
            said = [tenant, seq, (at - EPOCH) // MICROSECOND, *what, "{}"]
            prev, last = last, trail.chained(last, dict(zip(trail.FIELDS, said, strict=True)))
            copy.write_row([tenant, seq, at, *what, "{}", prev, last])
    connection.execute(MOVE_HEAD, [tenant, before + len(events), last])


def _number_on(connection: psycopg.Connection[tuple[object, ...]], table: str) -> None:
    """The next id that the database gives comes after those that were loaded."""
    if COLUMNS[table].startswith("id "):
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('app.{table}', 'id'),"
            f" greatest(1, (SELECT max(id) FROM app.{table})))"
        )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of rows that are all kept: looking for garbage among them would take most of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
