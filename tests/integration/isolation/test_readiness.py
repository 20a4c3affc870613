"""A database that is behind, or that has a hole, is not served; migrations go up, down and up again."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, text
from tests.conftest import dropped, provisioned, settings_for

from microcredit.app import NotReady, check_ready, create_app
from microcredit.kernel import migrate
from microcredit.kernel.database import Pools, open_pools
from microcredit.kernel.provision import Provision
from microcredit.settings import ROOT


@pytest.fixture(scope="module")
def scratch(administrator: str) -> Iterator[Provision]:
    """A database that these tests may break."""
    made = provisioned(administrator)
    yield made
    dropped(made)


@pytest.fixture(scope="module")
def scratch_pools(scratch: Provision) -> Iterator[Pools]:
    settings = settings_for(scratch)
    pools = open_pools(settings.database_url, settings.gate_url)
    yield pools
    pools.dispose()


@pytest.fixture(scope="module")
def scratch_app(scratch: Provision, scratch_pools: Pools) -> Flask:
    return create_app(settings_for(scratch), scratch_pools)


def as_administrator(scratch: Provision, *statements: str) -> None:
    engine = create_engine(scratch.migration_url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def readiness(app: Flask) -> int:
    return app.test_client().get("/readyz", base_url="http://10.0.0.1").status_code


def test_a_database_with_a_hole_is_not_served_until_it_is_closed(
    scratch: Provision, scratch_pools: Pools, scratch_app: Flask
):
    check_ready(scratch_pools, scratch.suffix)
    assert readiness(scratch_app) == 200
    as_administrator(scratch, "ALTER TABLE app.person NO FORCE ROW LEVEL SECURITY")
    with pytest.raises(NotReady) as refused:
        check_ready(scratch_pools, scratch.suffix)
    assert str(refused.value) == (
        "L’isolation des territoires n’est pas sûre : sans RLS forcée : app.person"
    )
    assert readiness(scratch_app) == 503
    as_administrator(scratch, "ALTER TABLE app.person FORCE ROW LEVEL SECURITY")
    check_ready(scratch_pools, scratch.suffix)
    assert readiness(scratch_app) == 200


def test_a_database_that_is_behind_is_not_served_until_it_is_migrated(
    scratch: Provision, scratch_pools: Pools, scratch_app: Flask
):
    head = migrate.head()
    configuration = migrate.configuration(scratch.migration_url, scratch.suffix)
    command.downgrade(configuration, "-1")
    with scratch_pools.web.connect() as connection:
        behind = migrate.current(connection)
    with pytest.raises(NotReady) as refused:
        check_ready(scratch_pools, scratch.suffix)
    assert str(refused.value) == (
        f"La base est à la migration {behind} ; il faut {head}. Lancez « microcredit migrate »."
    )
    assert readiness(scratch_app) == 503
    migrate.upgrade(scratch.migration_url, scratch.suffix)
    check_ready(scratch_pools, scratch.suffix)
    assert readiness(scratch_app) == 200


def test_migrations_go_down_to_nothing_and_up_again_without_a_trace(scratch: Provision):
    before = catalogue_of(scratch)
    assert len(before) > 100
    command.downgrade(migrate.configuration(scratch.migration_url, scratch.suffix), "base")
    left = [name for name in catalogue_of(scratch) if not name.startswith("tenancy.migration")]
    assert left == []
    migrate.upgrade(scratch.migration_url, scratch.suffix)
    assert catalogue_of(scratch) == before


def test_a_database_that_does_not_answer_is_said_in_one_line(scratch: Provision):
    settings = settings_for(scratch)
    pools = open_pools(
        settings.database_url.replace(scratch.database, "nowhere"), settings.gate_url
    )
    with pytest.raises(NotReady, match=r"^La base de données ne répond pas\.$"):
        check_ready(pools, scratch.suffix)
    pools.dispose()


def test_there_is_one_newest_migration_and_it_is_the_committed_one():
    script = ScriptDirectory(str(ROOT / "migrations"))
    assert script.get_heads() == [migrate.head()]
    numbers = [revision.revision[:4] for revision in reversed(list(script.walk_revisions()))]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def catalogue_of(scratch: Provision) -> list[str]:
    """Tables, columns, indexes, policies, functions, types and rights of our schemas, one per line."""
    engine = create_engine(scratch.migration_url)
    with engine.connect() as connection:
        found = connection.scalars(text("""
            WITH ours AS (SELECT oid, nspname FROM pg_namespace
                          WHERE nspname IN ('app', 'gate', 'tenancy', 'queue'))
            SELECT format('%s.%s %s %s', o.nspname, c.relname, c.relkind, c.relacl::text)
            FROM pg_class c JOIN ours o ON o.oid = c.relnamespace
            UNION ALL
            SELECT format('%s.%s %s %s %s %s', o.nspname, c.relname, a.attname, a.atttypid::regtype,
                          a.attnotnull, a.attacl::text)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND NOT a.attisdropped
            JOIN ours o ON o.oid = c.relnamespace
            WHERE a.attnum > 0
            UNION ALL
            SELECT format('%s.%s %s %s', o.nspname, f.proname, f.proacl::text, md5(f.prosrc))
            FROM pg_proc f JOIN ours o ON o.oid = f.pronamespace
            UNION ALL
            SELECT format('%s.%s %s %s', o.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid))
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN ours o ON o.oid = c.relnamespace
            UNION ALL
            SELECT format('%s.%s %s %s %s', p.schemaname, p.tablename, p.policyname, p.roles::text, p.qual)
            FROM pg_policies p
            ORDER BY 1"""))  # fmt: skip
        lines = list(found)
    engine.dispose()
    return lines
