"""Secrets rotate without signing anybody out and without losing what somebody is typing."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.cast import ALPHA, PASSWORD, Cast, Person

from microcredit.accounts.services import PER_ACCOUNT
from microcredit.app import create_app
from microcredit.kernel.database import Pools
from microcredit.settings import Settings

NEW = "a new secret of the tests, long enough to sign"
CONTACT: dict[str, object] = {
    "commune": ALPHA, "motive": "housing", "amount": "900", "channel": "desk",
}  # fmt: skip


@pytest.fixture(scope="module")
def rotated(settings: Settings, pools: Pools, cast: Cast) -> Flask:
    """The application after the rotation: a new secret signs, the old one still verifies."""
    assert cast.people
    return create_app(
        replace(settings, secret_key=NEW, old_secret_keys=(settings.secret_key,)), pools
    )


@pytest.fixture(scope="module")
def forgetful(settings: Settings, pools: Pools, cast: Cast) -> Flask:
    """The application that no longer knows the old secret."""
    assert cast.people
    return create_app(replace(settings, secret_key=NEW), pools)


def moved(person: Person, app: Flask) -> Person:
    """The same person with the cookies of her browser, served by another process."""
    there = Person(person.name, person.role, person.slug, person.account_id, app)
    assert person.client is not None
    there.token = person.token
    there._client = app.test_client()
    there._client._cookies = person.client._cookies
    return there


def test_a_session_and_an_open_form_outlive_a_rotation(cast: Cast, rotated: Flask) -> None:
    farid = cast.farid.anew()
    key = farid.key()
    after = moved(farid, rotated)
    assert after.get("/dossiers").status_code == 200
    assert after.post("/dossiers/nouveau", CONTACT, key=key).status_code == 303
    assert after.post("/dossiers/nouveau", CONTACT).status_code == 303


def test_what_the_new_secret_signs_the_old_one_alone_does_not_verify(
    cast: Cast, rotated: Flask
) -> None:
    before = cast.farid.anew()
    key = moved(before, rotated).key()
    assert before.post("/dossiers/nouveau", CONTACT, key=key).status_code == 400


def test_a_secret_that_was_taken_away_verifies_nothing_and_signs_nobody_out(
    cast: Cast, forgetful: Flask
) -> None:
    farid = cast.farid.anew()
    key = farid.key()
    after = moved(farid, forgetful)
    assert after.get("/dossiers").status_code == 200
    assert after.post("/dossiers/nouveau", CONTACT, key=key).status_code == 400
    assert after.post("/dossiers/nouveau", CONTACT).status_code == 303


def test_a_sign_in_page_opened_before_the_rotation_still_signs_in(
    cast: Cast, rotated: Flask, forgetful: Flask
) -> None:
    before = cast.app.test_client()
    page = before.get("/connexion", base_url="http://north.localhost").text
    key = page.split('name="_key" value="')[1].split('"')[0]
    typed = {"_key": key, "email": "farid@north.example", "password": PASSWORD}
    for app, status in ((forgetful, 400), (rotated, 303)):
        client = app.test_client()
        client._cookies = before._cookies
        answer = client.post("/connexion", base_url="http://north.localhost", data=typed)
        assert answer.status_code == status


def test_a_computer_that_is_known_stays_known_through_a_rotation(
    cast: Cast, rotated: Flask, forgetful: Flask
) -> None:
    email, origin = "elie@north.example", "http://north.localhost"

    def send(app: Flask, cookies: FlaskClient | None, password: str, address: str) -> FlaskClient:
        client = app.test_client()
        if cookies is not None:
            client._cookies = {k: v for k, v in cookies._cookies.items() if "__Host-device" in k}
            assert client._cookies
        page = client.get("/connexion", base_url=origin).text
        key = page.split('name="_key" value="')[1].split('"')[0]
        answer = client.post(
            "/connexion", base_url=origin, environ_overrides={"REMOTE_ADDR": address},
            data={"_key": key, "email": email, "password": password},
        )  # fmt: skip
        client.environ_base["status"] = str(answer.status_code)
        return client

    known = send(cast.app, None, PASSWORD, "10.8.0.1")
    assert known.environ_base["status"] == "303"
    for app in (rotated, forgetful):
        for guess in range(PER_ACCOUNT):
            send(app, None, "pas celui-là", f"10.8.1.{guess}")
        assert send(app, None, PASSWORD, "10.8.2.1").environ_base["status"] == "429"
    assert send(forgetful, known, PASSWORD, "10.8.2.2").environ_base["status"] == "429"
    assert send(rotated, known, PASSWORD, "10.8.2.3").environ_base["status"] == "303"
