"""The catalogue keeps the rules of isolation, and each rule sees the hole it was written for."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect

from microcredit.kernel import tenancy
from microcredit.kernel.database import Base
from microcredit.kernel.provision import Provision

PROOF = "tenant_id = (SELECT tenancy.tenant_id())"

TABLE = """
CREATE TABLE app.extra (tenant_id bigint NOT NULL, id bigint, email text, PRIMARY KEY (tenant_id, id));
ALTER TABLE app.extra ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.extra FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON app.extra TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY own_tenant ON app.extra TO {web} USING (%s) WITH CHECK (%s);
GRANT SELECT, INSERT ON app.extra TO {web};
""" % (PROOF, PROOF)  # noqa: UP031  (braces stand for roles)

FUNCTION = """
CREATE FUNCTION app.extra() RETURNS bigint LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS 'SELECT 1::bigint';
REVOKE ALL ON FUNCTION app.extra() FROM PUBLIC;
"""

#: name: (statements run as the owner, what the check says of them)
HOLES = {
    "row security not enabled": (TABLE + "ALTER TABLE app.extra DISABLE ROW LEVEL SECURITY",
        ["sans RLS forcée : app.extra"]),
    "row security not forced": (TABLE + "ALTER TABLE app.extra NO FORCE ROW LEVEL SECURITY",
        ["sans RLS forcée : app.extra"]),
    "an existing table unforced": ("ALTER TABLE app.person NO FORCE ROW LEVEL SECURITY",
        ["sans RLS forcée : app.person"]),
    "the key's table unforced": ("ALTER TABLE tenancy.signing_key DISABLE ROW LEVEL SECURITY",
        ["sans RLS forcée : tenancy.signing_key"]),
    "a plain new table": ("CREATE TABLE gate.plain (id bigint)",
        ["sans RLS forcée : gate.plain", "sans tenant_id obligatoire : gate.plain"]),
    "a tenant_id that may be null": ("""
        CREATE TABLE app.loose (tenant_id bigint, id bigint);
        ALTER TABLE app.loose ENABLE ROW LEVEL SECURITY; ALTER TABLE app.loose FORCE ROW LEVEL SECURITY""",
        ["sans tenant_id obligatoire : app.loose"]),
    "a view": ("CREATE VIEW app.all_cases AS SELECT * FROM app.case_file",
        ["vue ou table externe : app.all_cases"]),
    "a materialised view": ("CREATE MATERIALIZED VIEW app.figures AS SELECT 1 AS one",
        ["vue ou table externe : app.figures"]),
    "a policy that lets all pass": ("CREATE POLICY wide ON app.person TO {web} USING (true)",
        ["politique sans preuve : app.person wide"]),
    "a policy that writes anything": (
        f"CREATE POLICY wide ON app.person FOR INSERT TO {{web}} WITH CHECK ({PROOF} OR true)",
        ["politique sans preuve : app.person wide"]),
    "a proof with a way round": (
        f"CREATE POLICY wide ON app.person TO {{web}} USING ({PROOF} OR id > 0)",
        ["politique sans preuve : app.person wide"]),
    "a proof of the wrong column": (
        "CREATE POLICY wide ON app.person TO {web} USING (id = (SELECT tenancy.tenant_id()))",
        ["politique sans preuve : app.person wide"]),
    "a policy by a plain setting": (
        "CREATE POLICY wide ON app.person TO {web} USING (tenant_id = current_setting('app.tenant')::bigint)",
        ["politique sans preuve : app.person wide"]),
    "a policy for everybody": (f"CREATE POLICY wide ON app.person USING ({PROOF})",
        ["politique sans preuve : app.person wide"]),
    "the register open": ("CREATE POLICY wide ON tenancy.tenant TO {web} USING (true)",
        ["politique sans preuve : tenancy.tenant wide"]),
    "the owner's policy given away": ("ALTER POLICY owner_all ON app.person TO {owner}, {web}",
        ["politique du propriétaire ouverte à d’autres : app.person"]),
    "a right without policy": ("GRANT SELECT ON gate.session TO {gate}",
        ["droit sans politique : gate.session pour {gate}"]),
    "a key across tenants": ("CREATE UNIQUE INDEX by_email ON app.account (email)",
        ["clé qui ne commence pas par tenant_id : app.by_email"]),
    "a key that ends with the tenant": ("CREATE UNIQUE INDEX by_email ON app.account (email, tenant_id)",
        ["clé qui ne commence pas par tenant_id : app.by_email"]),
    "a key on an expression": ("CREATE UNIQUE INDEX by_email ON app.account (lower(email))",
        ["clé qui ne commence pas par tenant_id : app.by_email"]),
    "a reference across tenants": ("""
        CREATE TABLE app.paper (tenant_id bigint NOT NULL, id bigint, other bigint, PRIMARY KEY (tenant_id, id));
        ALTER TABLE app.paper ENABLE ROW LEVEL SECURITY; ALTER TABLE app.paper FORCE ROW LEVEL SECURITY;
        ALTER TABLE app.paper ADD FOREIGN KEY (other, id) REFERENCES app.person (tenant_id, id)""",
        ["référence sans tenant_id : app.paper paper_other_id_fkey"]),
    "the right to empty": ("GRANT TRUNCATE ON app.case_file TO {web}",
        ["droit dangereux : {web} sur app.case_file"]),
    "the right to hang triggers": ("GRANT TRIGGER ON app.case_file TO {worker}",
        ["droit dangereux : {worker} sur app.case_file"]),
    "the right to refer": ("GRANT REFERENCES ON queue.procrastinate_jobs TO {worker}",
        ["droit dangereux : {worker} sur queue.procrastinate_jobs"]),
    "the queue open to the web": ("GRANT USAGE ON SCHEMA queue TO {web}",
        ["schéma ouvert : queue pour {web}"]),
    "a schema to build in": ("GRANT CREATE ON SCHEMA app TO {operator}",
        ["schéma ouvert : app pour {operator}"]),
    "tables of one's own": ("GRANT TEMPORARY ON DATABASE {database} TO {web}",
        ["création permise dans la base : {web}"]),
    "a right given to all": ("GRANT SELECT ON app.commune TO PUBLIC",
        ["droit donné à tous : app.commune"]),
    "a function open to all": ("GRANT EXECUTE ON FUNCTION tenancy.mac(text) TO PUBLIC",
        ["fonction ouverte à tous : tenancy.mac(text)"]),
    "a function that a caller's path leads astray": (
        FUNCTION + "ALTER FUNCTION app.extra() RESET search_path",
        ["fonction sans search_path : app.extra()"]),
    "a path that ends elsewhere": (
        FUNCTION + "ALTER FUNCTION app.extra() SET search_path = pg_temp, app",
        ["fonction sans search_path : app.extra()"]),
    "one function too many for the web": (FUNCTION + "GRANT EXECUTE ON FUNCTION app.extra() TO {web}",
        ["fonction de trop : {web} app.extra()"]),
    "sessions opened by the web": (
        "GRANT EXECUTE ON FUNCTION gate.open_session(text, bigint, text, interval, interval, text, boolean, bigint) TO {web}",
        ["fonction de trop : {web} gate.open_session(text,bigint,text,interval,interval,text,boolean,bigint)"]),
    "a door for the gate": ("GRANT EXECUTE ON FUNCTION tenancy.enter(text, text) TO {gate}",
        ["fonction de trop : {gate} tenancy.enter(text,text)"]),
    "a door for the worker": ("GRANT EXECUTE ON FUNCTION tenancy.enter_setup(text) TO {worker}",
        ["fonction de trop : {worker} tenancy.enter_setup(text)"]),
    "the queue's door for the operator": ("GRANT EXECUTE ON FUNCTION tenancy.enter_job(bigint) TO {operator}",
        ["fonction de trop : {operator} tenancy.enter_job(bigint)"]),
}  # fmt: skip

#: What only an administrator of the server can do.
ROLES = {
    f"a login role {attribute}": (f"ALTER ROLE {{web}} {attribute}", ["rôle trop fort : {web}"])
    for attribute in ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION")
} | {
    "a member of the owner": ("GRANT {owner} TO {worker}" , ["rôle membre d’un autre : {worker}"]),
    "a role that is not there": ("ALTER ROLE {gate} RENAME TO microcredit_gone", ["rôle absent : {gate}"]),
    "a table owned by a login": ("ALTER TABLE app.commune OWNER TO {operator}",
        ["droit dangereux : {operator} sur app.commune"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def administrator_engine(database: Provision) -> Iterator[Engine]:
    engine = create_engine(database.migration_url)
    yield engine
    engine.dispose()


@pytest.fixture
def catalogue(administrator_engine: Engine) -> Iterator[Connection]:
    """The catalogue, in a transaction that is rolled back."""
    with administrator_engine.connect() as connection:
        yield connection
        connection.rollback()


def named(sentence: str, database: Provision) -> str:
    names = {role: f"microcredit_{role}{database.suffix}" for role in (*tenancy.LOGINS, "owner")}
    return sentence.format(database=database.database, **names)


def test_the_migrated_database_has_no_hole(catalogue: Connection, database: Provision):
    assert tenancy.holes(catalogue, database.suffix) == []


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_is_named(catalogue: Connection, database: Provision, hole: str):
    statements, sentences = HOLES[hole]
    catalogue.exec_driver_sql(named("SET LOCAL ROLE {owner}", database))
    catalogue.exec_driver_sql(named(statements, database))
    assert set(tenancy.holes(catalogue, database.suffix)) >= {named(s, database) for s in sentences}


@pytest.mark.parametrize("hole", ROLES)
def test_a_role_that_is_too_strong_is_named(catalogue: Connection, database: Provision, hole: str):
    statements, sentences = ROLES[hole]
    catalogue.exec_driver_sql(named(statements, database))
    assert set(tenancy.holes(catalogue, database.suffix)) >= {named(s, database) for s in sentences}


def test_what_a_good_migration_adds_is_no_hole(catalogue: Connection, database: Provision):
    catalogue.exec_driver_sql(named("SET LOCAL ROLE {owner}", database))
    catalogue.exec_driver_sql(named(TABLE + FUNCTION, database))
    narrow = "CREATE POLICY narrow ON app.extra AS RESTRICTIVE TO {web} USING (id > 0)"
    catalogue.exec_driver_sql(named(narrow, database))
    assert tenancy.holes(catalogue, database.suffix) == []


def test_the_models_and_the_migrations_describe_the_same_tables(catalogue: Connection):
    compared = MigrationContext.configure(
        catalogue,
        opts={
            "include_schemas": True,
            "include_name": lambda name, kind, _: kind != "schema" or name == "app",
            "include_object": lambda one, _, kind, *__: kind != "table" or one.schema == "app",
            "compare_server_default": False,
        },
    )
    assert compare_metadata(compared, Base.metadata) == []
    catalogue.exec_driver_sql("ALTER TABLE app.person ADD COLUMN nickname text")
    assert len(compare_metadata(compared, Base.metadata)) == 1


def test_what_the_models_leave_to_the_database_has_a_default_there(catalogue: Connection):
    inspector = inspect(catalogue)
    expected, found = set(), set()
    for table in Base.metadata.tables.values():
        if table.schema != "app":
            continue
        expected |= {f"{table}.{column.name}" for column in table.columns if column.server_default}
        found |= {
            f"{table}.{column['name']}"
            for column in inspector.get_columns(table.name, "app")
            if column["default"] or "identity" in column
        }
    assert expected - found == set()
    assert "app.audit_event.account_id" in expected
