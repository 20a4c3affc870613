"""People of their own for these tests, so that nobody else's password or sessions change."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from tests.cast import PASSWORD, SINCE, Cast, Person, resources_of
from tests.integration.factors.visitor import Visitor
from tests.integration.isolation.connections import Connection, Connections

from microcredit.accounts.models import Account, Membership
from microcredit.accounts.services import hash_password
from microcredit.app import create_app
from microcredit.groupings.models import Organisation
from microcredit.kernel.database import Pools
from microcredit.kernel.permissions import Role
from microcredit.kernel.provision import Provision
from microcredit.kernel.tenancy import enter_setup
from microcredit.settings import Settings, new_secret

Hire = Callable[..., Person]


@pytest.fixture
def owner(database: Provision) -> Iterator[Connection]:
    """The owner's sight of every row."""
    connect = Connections(database)
    found = connect.owner()
    yield found
    found.execute("DELETE FROM gate.attempt")
    connect.close()


@pytest.fixture(scope="session")
def strict(settings: Settings, pools: Pools) -> Flask:
    """The same application where a second factor is required, as in production."""
    return create_app(replace(settings, require_second_factor=True), pools)


@pytest.fixture
def hire(cast: Cast) -> Hire:
    """`hire()` is a new case worker of North; `hire(slug="south")` one of South."""
    operator = resources_of(cast.app).pools.operator
    assert operator is not None

    def made(slug: str = "north", app: Flask | None = None) -> Person:
        name = f"neuve{new_secret()[:8].lower().replace('-', 'x').replace('_', 'x')}"
        desk = {"north": "CCAS Alpha", "south": "CCAS Gamma"}[slug]
        with Session(operator) as session, session.begin():
            assert enter_setup(session, slug) is not None
            where = session.scalars(select(Organisation.id).where(Organisation.name == desk)).one()
            account = Account(email=f"{name}@{slug}.example", name=name)
            session.add(account)
            session.flush()
            session.add(
                Membership(
                    account_id=account.id, organisation_id=where, role=Role.CASE_WORKER.value,
                    valid_from=SINCE,
                )
            )  # fmt: skip
            session.execute(
                text("SELECT gate.set_password(:account, :hash)"),
                {"account": account.id, "hash": hash_password(PASSWORD)},
            )
            return Person(name, Role.CASE_WORKER, slug, account.id, app or cast.app)

    return made


@pytest.fixture
def visitor(cast: Cast) -> Callable[..., Visitor]:
    """`visitor(person)` is a browser at her tenant in which nobody is signed in."""

    def made(person: Person, app: Flask | None = None) -> Visitor:
        return Visitor(app or cast.app, person)

    return made
