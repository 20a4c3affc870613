"""One-click sign-in: in a demo tenant of a demo alone, with the accounts that its page lists."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from tests.cast import Cast
from tests.conftest import settings_for
from werkzeug.test import TestResponse

from microcredit.app import create_app
from microcredit.kernel.database import open_pools
from microcredit.kernel.provision import Provision

NORTH = "http://north.localhost"


def offered(page: str) -> dict[str, list[str]]:
    """The accounts of the sign-in page, by role."""
    found: dict[str, list[str]] = {}
    for account, role in re.findall(r'value="(\d+)" data-demo-account="(\w+)"', page):
        found.setdefault(role, []).append(account)
    return found


def one_click(client: FlaskClient, account: object, origin: str = NORTH) -> TestResponse:
    """Press the button of an account."""
    page = client.get("/connexion", base_url=origin).text
    key = page.split('name="_key" value="')[1].split('"')[0]
    return client.post(
        "/connexion/demonstration", base_url=origin, data={"_key": key, "account": str(account)}
    )


@pytest.fixture
def serious(demo_database: Provision, demo_cast: Cast) -> Iterator[Flask]:
    """An ordinary process on the very database of the demo."""
    assert demo_cast.people
    settings = settings_for(demo_database)
    pools = open_pools(settings.database_url, settings.gate_url)
    yield create_app(settings, pools)
    pools.dispose()


@pytest.fixture
def real_tenant(demo_database: Provision, demo_cast: Cast) -> Iterator[str]:
    """South, made a real tenant for a while."""
    assert demo_cast.people
    engine = create_engine(demo_database.migration_url)
    change = text("UPDATE tenancy.tenant SET is_demo = :demo WHERE slug = 'south'")
    with engine.begin() as connection:
        connection.execute(change, {"demo": False})
    yield "http://south.localhost"
    with engine.begin() as connection:
        connection.execute(change, {"demo": True})
    engine.dispose()


def test_the_demo_offers_every_role_and_one_click_signs_in(demo_cast: Cast) -> None:
    page = demo_cast.app.test_client().get("/connexion", base_url=NORTH).text
    roles = offered(page)
    assert set(roles) == {person.role.value for person in demo_cast.of("north")}
    assert '.svg#i-"' not in page, "a role without its pictogram"
    client = demo_cast.app.test_client()
    answer = one_click(client, roles["case_worker"][0])
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Nadia" in client.get("/dossiers", base_url=NORTH).text


def test_an_account_that_the_page_does_not_list_is_refused(demo_cast: Cast) -> None:
    for account in (demo_cast.lucie.account_id, 999999, 0, -1, "", "nadia"):
        answer = one_click(demo_cast.app.test_client(), account)
        assert answer.status_code == 404
        assert "Ce compte de démonstration n’existe pas." in answer.text


def test_outside_demo_mode_nothing_is_offered_and_no_click_signs_in(
    demo_cast: Cast, serious: Flask
) -> None:
    page = serious.test_client().get("/connexion", base_url=NORTH).text
    assert offered(page) == {}
    assert one_click(serious.test_client(), demo_cast.nadia.account_id).status_code == 404
    assert one_click(demo_cast.app.test_client(), demo_cast.nadia.account_id).status_code == 303


def test_a_real_tenant_offers_nothing_even_in_demo_mode(demo_cast: Cast, real_tenant: str) -> None:
    client = demo_cast.app.test_client()
    assert offered(client.get("/connexion", base_url=real_tenant).text) == {}
    assert one_click(client, demo_cast.lucie.account_id, real_tenant).status_code == 404


def test_a_click_that_our_own_page_did_not_send_is_refused(demo_cast: Cast) -> None:
    client = demo_cast.app.test_client()
    answer = client.post(
        "/connexion/demonstration",
        base_url=NORTH,
        data={"account": str(demo_cast.nadia.account_id)},
    )
    assert answer.status_code == 400
