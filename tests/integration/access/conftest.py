"""A stage of its own: these tests close accesses and name managers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from tests.cast import Cast, Person, gather, read, resources_of
from tests.conftest import dropped, provisioned, settings_for
from tests.integration.isolation.connections import Connection, Connections, value
from werkzeug.test import TestResponse

from microcredit.app import create_app
from microcredit.kernel import mail
from microcredit.kernel.database import open_pools
from microcredit.kernel.permissions import Role
from microcredit.kernel.provision import Provision

NEW_PASSWORD = "trois lampes et un canard vert"
NORTH = "http://north.localhost"


@pytest.fixture(scope="module")
def stage(administrator: str) -> Iterator[Provision]:
    """A database of this module's own."""
    made = provisioned(administrator)
    yield made
    dropped(made)


@pytest.fixture(scope="module")
def troupe(stage: Provision, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """Everybody, with a mission locale and an association in North besides."""
    settings = settings_for(stage)
    pools = open_pools(
        settings.database_url, settings.gate_url, settings.worker_url, settings.operator_url
    )
    cast = gather(create_app(settings, pools), tmp_path_factory.mktemp("access"))
    opened = Connections(stage)
    for kind, name in (("mission_locale", "Mission locale A"), ("association", "Association A")):
        opened.owner().execute(
            "INSERT INTO app.organisation (tenant_id, kind, name)"
            " SELECT id, %s, %s FROM tenancy.tenant WHERE slug = 'north' ON CONFLICT DO NOTHING",
            (kind, name),
        )
    opened.close()
    yield cast
    pools.dispose()


@pytest.fixture
def owner(stage: Provision) -> Iterator[Connection]:
    """Sees every row of every tenant."""
    opened = Connections(stage)
    yield opened.owner()
    opened.close()


@dataclass
class Access:
    """What the tests of accesses ask again and again."""

    cast: Cast
    owner: Connection

    def organisation(self, name: str) -> int:
        """The id of an organisation of North."""
        asked = (
            "SELECT o.id FROM app.organisation o JOIN tenancy.tenant t ON t.id = o.tenant_id"
            " WHERE t.slug = 'north' AND o.name = %s"
        )
        return int(value(self.owner, asked, name))

    def membership(self, person: Person) -> int:
        """The id of the first current membership of somebody."""
        return int(
            value(
                self.owner,
                "SELECT id FROM app.membership WHERE account_id = %s"
                " AND (valid_to IS NULL OR valid_to > current_date) ORDER BY id LIMIT 1",
                person.account_id,
            )
        )

    def membership_in(self, email: str, place: str) -> int:
        """The id of the last membership of an address in an organisation."""
        asked = (
            "SELECT m.id FROM app.membership m JOIN app.account a ON a.id = m.account_id"
            " WHERE a.email = %s AND m.organisation_id = %s ORDER BY m.id DESC LIMIT 1"
        )
        return int(value(self.owner, asked, email, self.organisation(place)))

    def let_manage(self, person: Person) -> None:
        """As named by the administrator."""
        self.owner.execute(
            "UPDATE app.membership SET manages_accounts = true WHERE id = %s",
            (self.membership(person),),
        )

    def letters(self, to: str) -> list[mail.Letter]:
        """What was written to an address, oldest first."""
        vault = resources_of(self.cast.app).vault
        rows = self.owner.execute("SELECT message, sealed FROM app.mail ORDER BY id").fetchall()
        found = [mail.unseal(vault, message, bytes(sealed)) for message, sealed in rows]
        return [letter for letter in found if letter.to == to]

    def invite(
        self, who: Person, organisation: str, role: Role | str, email: str, **more: object
    ) -> TestResponse:
        """Post an invitation."""
        typed = {"name": "Ida Roux", "email": email, "role": getattr(role, "value", role), **more}
        return who.post(f"/organismes/{self.organisation(organisation)}/inviter", typed)

    def link(self, email: str) -> str:
        """The path of the last link that an address received."""
        found = re.search(r"http://[^/]+(/invitation/\S+)", self.letters(email)[-1].text)
        assert found is not None
        return found[1]

    def invitation(self, email: str) -> int:
        """The id of the last invitation of an address."""
        asked = "SELECT id FROM gate.invitation WHERE email = %s ORDER BY id DESC LIMIT 1"
        return int(value(self.owner, asked, email))

    def standing(self, email: str) -> tuple[object, ...]:
        """(current roles, disabled) of an address."""
        return (
            self.owner.execute(
                "SELECT array_agg(m.role ORDER BY m.id) FILTER (WHERE m.valid_from <= current_date"
                " AND (m.valid_to IS NULL OR m.valid_to > current_date)), a.disabled_at IS NOT NULL"
                " FROM app.account a LEFT JOIN app.membership m ON m.account_id = a.id"
                " WHERE a.email = %s GROUP BY a.tenant_id, a.id, a.disabled_at",
                (email,),
            ).fetchone()
            or ()
        )

    def visitor(self) -> FlaskClient:
        """A browser that nobody is signed in with."""
        return self.cast.app.test_client()

    def accept(
        self, browser: FlaskClient, link: str, *, origin: str = NORTH, **typed: str
    ) -> TestResponse:
        """Open a link and send its form, as a person would."""
        page = browser.get(link, base_url=origin)
        if 'name="_key"' not in page.text:
            return page
        key = page.text.split('name="_key" value="')[-1].split('"')[0]
        data = {"_key": key, "name": "Ida Roux", "password": NEW_PASSWORD, **typed}
        return browser.post(link, base_url=origin, data=data)

    def sign_in(self, email: str, password: str) -> tuple[FlaskClient, TestResponse]:
        """A browser that has just tried to sign in."""
        browser = self.visitor()
        page = browser.get("/connexion", base_url=NORTH).text
        key = page.split('name="_key" value="')[1].split('"')[0]
        data = {"_key": key, "email": email, "password": password}
        return browser, browser.post("/connexion", base_url=NORTH, data=data)


@pytest.fixture
def access(troupe: Cast, owner: Connection) -> Access:
    """The means of these tests."""
    return Access(troupe, owner)


Say = Callable[[TestResponse], str]


@pytest.fixture
def say() -> Say:
    """What a page says."""
    return read
