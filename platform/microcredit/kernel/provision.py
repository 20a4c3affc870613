"""Creates what an administrator of the server must: roles, database, the first schema."""

from dataclasses import dataclass, field

from psycopg import sql
from sqlalchemy import URL, Engine, create_engine, make_url, text

from microcredit.kernel.tenancy import LOGINS
from microcredit.settings import new_secret

MINIMUM = 150000


class ProvisionError(Exception):
    """The server cannot hold the product; one French line."""


@dataclass(frozen=True)
class Provision:
    """A database with its roles, on a server whose administrator's URL is `administrator`."""

    administrator: str
    database: str = "microcredit"
    suffix: str = ""
    passwords: dict[str, str] = field(default_factory=dict)

    def url(self, login: str) -> str:
        """The SQLAlchemy URL of a login role: `web`, `gate`, `worker` or `operator`."""
        return self._url(f"microcredit_{login}{self.suffix}", self.passwords[login])

    @property
    def migration_url(self) -> str:
        """The administrator's URL, on the product's database."""
        target = make_url(self.administrator).set(database=self.database)
        return target.render_as_string(hide_password=False)

    def _url(self, user: str, password: str) -> str:
        target: URL = make_url(self.administrator).set(
            username=user, password=password, database=self.database
        )
        return target.render_as_string(hide_password=False)


def check_version(engine: Engine) -> None:
    """Raise ProvisionError unless the server is PostgreSQL 15 or newer."""
    with engine.connect() as connection:
        version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if version < MINIMUM:
        raise ProvisionError(
            f"PostgreSQL {version // 10000} est trop ancien : il faut la version 15 ou une plus récente."
        )


def new_passwords() -> dict[str, str]:
    """A fresh password for each login role."""
    return {login: new_secret() for login in LOGINS}


def create(provision: Provision) -> None:
    """Create roles and database where they are missing; set the passwords."""
    engine = create_engine(provision.administrator, isolation_level="AUTOCOMMIT")
    try:
        check_version(engine)
        owner = f"microcredit_owner{provision.suffix}"
        _run(engine, _role_if_missing(owner, "NOLOGIN"))
        for login in LOGINS:
            name = f"microcredit_{login}{provision.suffix}"
            _run(engine, _role_if_missing(name, "LOGIN"))
            statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
            _run(
                engine,
                statement.format(sql.Identifier(name), sql.Literal(provision.passwords[login])),
            )
        _run(engine, sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(owner)))
        if not _exists(engine, provision.database):
            _run(
                engine,
                sql.SQL(
                    "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
                ).format(sql.Identifier(provision.database), sql.Identifier(owner)),
            )
    finally:
        engine.dispose()
    inside = create_engine(provision.migration_url, isolation_level="AUTOCOMMIT")
    try:
        database = sql.Identifier(provision.database)
        logins = sql.SQL(", ").join(
            sql.Identifier(f"microcredit_{login}{provision.suffix}") for login in LOGINS
        )
        _run(inside, sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        _run(inside, sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, logins))
        _run(inside, sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"))
        _run(
            inside,
            sql.SQL("CREATE SCHEMA IF NOT EXISTS tenancy AUTHORIZATION {}").format(
                sql.Identifier(owner)
            ),
        )
    finally:
        inside.dispose()


def take_stock(migration_url: str, suffix: str) -> None:
    """Let the planner know at once how much has been filled in, before autovacuum comes round."""
    engine = create_engine(migration_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SET ROLE microcredit_owner{suffix}"))
            connection.execute(text("VACUUM (ANALYZE)"))
    finally:
        engine.dispose()


def drop(provision: Provision) -> None:
    """Drop the database and every role of this provision."""
    engine = create_engine(provision.administrator, isolation_level="AUTOCOMMIT")
    try:
        _run(
            engine,
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                sql.Identifier(provision.database)
            ),
        )
        for name in (*LOGINS, "owner"):
            _run(
                engine,
                sql.SQL("DROP ROLE IF EXISTS {}").format(
                    sql.Identifier(f"microcredit_{name}{provision.suffix}")
                ),
            )
    finally:
        engine.dispose()


def _role_if_missing(name: str, kind: str) -> sql.Composable:
    return sql.SQL(
        "DO $$ BEGIN CREATE ROLE {} {}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    ).format(sql.Identifier(name), sql.SQL(kind))


def _exists(engine: Engine, database: str) -> bool:
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT 1 FROM pg_database WHERE datname = %(name)s", {"name": database}
        )
        return found.first() is not None


def _run(engine: Engine, statement: sql.Composable) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(statement.as_string())
