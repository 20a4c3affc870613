"""North and South with providers on this machine, and browsers that travel to them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from tests.cast import Cast, Person, gate_of
from tests.integration.sso.provider import CLIENT, SECRET, FakeProvider
from werkzeug.test import TestResponse

from microcredit.accounts.services import sso
from microcredit.accounts.sso_schemas import SaveProvider
from microcredit.app import create_app
from microcredit.kernel.database import Pools
from microcredit.kernel.provision import Provision
from microcredit.kernel.vault import Vault
from microcredit.settings import Settings
from microcredit.web.requests import SESSION_COOKIE

_numbers = (f"10.7.{n // 250}.{n % 250 + 1}" for n in count())


@pytest.fixture(scope="session")
def sso_app(settings: Settings, pools: Pools, cast: Cast) -> Flask:
    """The application where providers may be on this machine."""
    return create_app(replace(settings, loopback_providers=True), pools)


@pytest.fixture(scope="session")
def books(database: Provision) -> Iterator[Engine]:
    """What the database has written, read by its owner."""
    engine = create_engine(database.migration_url)
    yield engine
    engine.dispose()


@dataclass
class Known:
    """What the owner of the database sees of one tenant."""

    engine: Engine
    slug: str

    def one(self, statement: str, **values: object) -> object:
        """The first value of a statement; `:tenant` is this tenant."""
        with self.engine.begin() as connection:
            tenant = connection.execute(
                text("SELECT id FROM tenancy.tenant WHERE slug = :slug"), {"slug": self.slug}
            ).scalar_one()
            found = connection.execute(text(statement), {"tenant": tenant, **values})
            return found.scalar() if found.returns_rows else None

    def refusals(self) -> list[str]:
        """Every refused sign-in through a provider, oldest first, without the common beginning."""
        found = self.one(
            "SELECT array_agg(act ORDER BY id) FROM app.audit_event WHERE tenant_id = :tenant"
            " AND act LIKE 'refused:sso.%'"
        )
        return [act.removeprefix("refused:sso.") for act in found or []]

    def sessions(self) -> object:
        """How many sessions and waits for a second factor are open."""
        return self.one(
            "SELECT (SELECT count(*) FROM gate.session WHERE tenant_id = :tenant)"
            " + (SELECT count(*) FROM gate.pending WHERE tenant_id = :tenant)"
        )

    def organisation(self, name: str) -> int:
        found = self.one(
            "SELECT id FROM app.organisation WHERE tenant_id = :tenant AND name = :name", name=name
        )
        assert isinstance(found, int)
        return found


@pytest.fixture
def north(books: Engine) -> Known:
    return Known(books, "north")


@pytest.fixture
def south(books: Engine) -> Known:
    return Known(books, "south")


@dataclass
class Traveller:
    """A browser that goes to a provider and comes back."""

    client: FlaskClient
    slug: str
    number: str = field(default_factory=lambda: next(_numbers))

    @property
    def origin(self) -> str:
        return f"http://{self.slug}.localhost"

    def set_out(self, provider: int, **typed: str) -> TestResponse:
        """Press the provider's button on the sign-in page."""
        page = self.client.get("/connexion", base_url=self.origin).text
        if 'name="_key" value="' not in page:  # signed in: the page is not shown
            page = self.client.get("/mot-de-passe-oublie", base_url=self.origin).text
        key = unescape(page.split('name="_key" value="')[1].split('"')[0])
        return self.client.post(
            f"/sso/{provider}", data={"_key": key, **typed}, base_url=self.origin,
            environ_overrides={"REMOTE_ADDR": self.number},
        )  # fmt: skip

    def address(self, provider: int, **typed: str) -> str:
        """Where the button leads."""
        answer = self.set_out(provider, **typed)
        assert answer.status_code == 200, answer.text
        return answer.headers["Refresh"].removeprefix("0; url=")

    def back(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=self.origin)

    def post(self, path: str, page: str, **typed: str) -> TestResponse:
        """Send the form of `page` that goes to `path`."""
        whole = self.back(page).text
        form = whole.partition(f'action="{path.partition("?")[0]}')[2] or whole
        data = {"_key": unescape(form.split('name="_key" value="')[1].split('"')[0]), **typed}
        return self.client.post(path, data=data, base_url=self.origin)

    def signed_in(self) -> bool:
        return self.client.get_cookie(SESSION_COOKIE, domain=f"{self.slug}.localhost") is not None


@pytest.fixture
def travel(sso_app: Flask) -> Callable[..., Traveller]:
    """A new browser."""
    return lambda slug="north": Traveller(sso_app.test_client(), slug)


def asked(url: str) -> dict[str, str]:
    """What an address asks, by name."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.fixture
def honest() -> Iterator[Callable[..., FakeProvider]]:
    """New providers, stopped at the end."""
    made: list[FakeProvider] = []

    def start(**lies: object) -> FakeProvider:
        made.append(FakeProvider(**lies))
        return made[-1]

    yield start
    for one in made:
        one.stop()


@pytest.fixture
def configure(cast: Cast, settings: Settings, books: Engine) -> Callable[..., int]:
    """Add a provider to a tenant, as its administrator does; its id."""

    def add(provider: FakeProvider, slug: str = "north", **changed: object) -> int:
        admin: Person = {"north": cast.tania, "south": cast.theo}[slug].anew()
        assert admin.client is not None
        known = Known(books, slug)
        asked = {
            "provider": 0, "name": "Mission locale", "issuer": provider.issuer, "client_id": CLIENT,
            "secret": SECRET, "role": "elected_member", "admission": "rule",
            "domain": "mission.example", "siret": "", "profile": "oidc", "requires_acr": "", "requires_amr": "",
            "organisation": known.organisation("CCAS Alpha" if slug == "north" else "CCAS Gamma"),
            **changed,
        }  # fmt: skip
        vault = Vault(settings.master_key)
        sso.save(gate_of(cast.app), vault, slug, admin.token, SaveProvider(**asked), loopback=True)
        found = known.one(
            "SELECT id FROM gate.provider WHERE tenant_id = :tenant AND issuer = :issuer",
            issuer=provider.issuer,
        )
        assert isinstance(found, int)
        return found

    return add
