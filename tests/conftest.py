"""One real PostgreSQL for the whole run, one application, and the cast of every test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from secrets import token_hex

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, text
from tests import sharing
from tests.cast import Cast, gather

from microcredit.app import create_app
from microcredit.demo.accounts import TERRITORIES
from microcredit.demo.run import build
from microcredit.embedded import server as embedded
from microcredit.kernel import migrate, provision, trail
from microcredit.kernel.database import Pools, open_pools
from microcredit.kernel.provision import Provision
from microcredit.settings import Settings, administrator_url

pytest_plugins = ["tests.browser.tally"]


@pytest.fixture(scope="session")
def administrator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An administrator's URL: of DATABASE_URL's server, or of an embedded one that lives for the run."""
    given = administrator_url()
    if given:
        yield given
        return
    folder = tmp_path_factory.mktemp("postgresql") / "data"
    yield embedded.start(folder, durable=False).url("postgres")
    embedded.remove(folder)


def provisioned(administrator: str) -> Provision:
    """A new database with roles of its own, at the newest migration."""
    name = token_hex(4)
    made = Provision(administrator, f"microcredit_{name}", f"_{name}", provision.new_passwords())
    provision.create(made)
    migrate.upgrade(made.migration_url, made.suffix)
    return made


def dropped(made: Provision) -> None:
    """Verify the trail that the tests left, then drop the database and its roles."""
    try:
        assert faults(made) == []
    finally:
        provision.drop(made)


@contextmanager
def copied(made: Provision, run_folder: Path) -> Iterator[Provision]:
    """A copy of a database, for the same roles. Its trail is verified, then it is dropped.

    Copies are made one after the other: each sets the passwords of the roles again.
    """
    copy = replace(made, database=f"microcredit_{token_hex(4)}")
    create = f"CREATE DATABASE {copy.database} TEMPLATE {made.database} OWNER microcredit_owner{made.suffix}"
    with sharing.locked(run_folder / "copying"):
        _as_administrator(made, create)
        provision.create(copy)
    try:
        yield copy
        assert faults(copy) == []
    finally:
        _as_administrator(made, f"DROP DATABASE {copy.database} WITH (FORCE)")


def _as_administrator(made: Provision, statement: str) -> None:
    engine = create_engine(made.administrator, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))


def faults(made: Provision) -> list[str]:
    """What is wrong with the chains of a database; nothing, whatever the tests did."""
    engine = create_engine(made.migration_url, poolclass=NullPool)
    with engine.connect() as connection:
        verdicts = trail.verify(connection)
    return [f"{one.slug} : {one.fault}" for one in verdicts if one.fault]


@pytest.fixture(scope="session")
def run_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests share."""
    return sharing.folder_of(request.config, tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def told(run_folder: Path) -> Iterator[Provision]:
    """Both territories of the demo, told once in a run: who needs them takes a copy."""
    folder = run_folder / "told" / "data"

    def tell() -> sharing.Made:
        made = provisioned(
            administrator_url() or embedded.start(folder, durable=False).url("postgres")
        )
        build(demo_settings(made))
        return asdict(made)

    def end(made: sharing.Made) -> None:
        try:
            dropped(Provision(**made))
        finally:
            embedded.remove(folder)

    with sharing.shared(run_folder / "told.json", tell, end) as made:
        yield Provision(**made)


def demo_settings(made: Provision) -> Settings:
    """Settings of a process that serves the demo on a database."""
    slugs = tuple(territory.slug for territory in TERRITORIES)
    return replace(settings_for(made, demo=True), demo_slugs=slugs)


@pytest.fixture(scope="session")
def database(administrator: str) -> Iterator[Provision]:
    """The database of the run; its trail is verified at the end, then it is dropped with its roles."""
    made = provisioned(administrator)
    yield made
    dropped(made)


@pytest.fixture(scope="session")
def settings(database: Provision) -> Settings:
    """Settings of an ordinary, non-demo process on that database."""
    return settings_for(database)


def settings_for(database: Provision, *, demo: bool = False) -> Settings:
    """Settings of a process on `database`, under localhost."""
    return Settings(
        database_url=database.url("web"),
        gate_url=database.url("gate"),
        worker_url=database.url("worker"),
        operator_url=database.url("operator"),
        migration_url=database.migration_url,
        base_domain="localhost",
        secret_key="a secret of the tests that is long enough to sign",
        master_key=bytes(range(32)),
        role_suffix=database.suffix,
        demo=demo,
    )


@pytest.fixture(scope="session")
def pools(settings: Settings) -> Iterator[Pools]:
    """Every pool, as four processes would have them."""
    opened = open_pools(
        settings.database_url, settings.gate_url, settings.worker_url, settings.operator_url
    )
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def app(settings: Settings, pools: Pools) -> Flask:
    """The application."""
    return create_app(settings, pools)


@pytest.fixture(scope="session")
def cast(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """Two territories and everybody in them."""
    folder: Path = tmp_path_factory.mktemp("tenants")
    return gather(app, folder)
