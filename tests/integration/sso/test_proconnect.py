"""ProConnect: one return address for all territories, everything signed, and the organisation's number."""

import json
from collections.abc import Callable
from dataclasses import replace
from secrets import token_hex
from urllib.parse import urlsplit

import pytest
from flask import Flask
from tests.cast import Cast
from tests.integration.sso.conftest import Known, Traveller, asked
from tests.integration.sso.provider import FakeProvider, Json
from tests.integration.sso.test_arrivals import admin, invitation
from werkzeug.test import TestResponse

from microcredit.accounts.services.sso import Place, States
from microcredit.settings import Settings

Start, Configure, Travel = Callable[..., FakeProvider], Callable[..., int], Callable[..., Traveller]
SIRET, OTHER = "12345678901234", "99999999999999"
SHARED = "http://auth.localhost"


def proconnect(honest: Start, **lies: object) -> FakeProvider:
    """A provider that speaks as ProConnect does; the person works for the organisation of SIRET."""
    said: Json = {"siret": SIRET, "roles": ["agent_public", "agent_public_territorial"]}
    lies["userinfo"] = {**said, **lies.get("userinfo", {})}  # type: ignore[dict-item]
    return honest(**{"signed_userinfo": True, "in_body": True, **lies})


def added(configure: Configure, provider: FakeProvider, **changed: object) -> int:
    return configure(provider, **{"profile": "proconnect", "siret": SIRET, "domain": "", **changed})


def through(browser: Traveller, path: str) -> TestResponse:
    """Come back by the address that all territories share."""
    shared = browser.client.get(path, base_url=SHARED)
    if shared.status_code != 303:
        return shared
    parts = urlsplit(shared.headers["Location"])
    assert parts.hostname == f"{browser.slug}.localhost"
    return browser.back(f"{parts.path}?{parts.query}")


def journey(
    travel: Travel, provider: FakeProvider, mine: int, **typed: str
) -> tuple[Traveller, TestResponse]:
    browser = travel()
    return browser, through(browser, provider.sign_in(browser.address(mine, **typed)))


def test_somebody_comes_in_by_the_address_that_all_territories_share(
    honest: Start, configure: Configure, travel: Travel
):
    provider = proconnect(honest)
    mine = added(configure, provider, requires_acr="eidas0-mfa eidas1-mfa eidas2")
    provider.claims = {"acr": "eidas1-mfa"}
    browser = travel()
    url = browser.address(mine)
    said = asked(url)
    assert said["redirect_uri"].endswith("://auth.localhost:8000/proconnect/retour")
    assert min(len(said["state"]), len(said["nonce"])) >= 32
    assert said["code_challenge_method"] == "S256"
    assert "siret" in said["scope"].split()
    wanted = json.loads(said["claims"])["id_token"]
    assert wanted["acr"] == {"essential": True, "values": ["eidas0-mfa", "eidas1-mfa", "eidas2"]}
    assert set(said) <= {
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "claims",
        "code_challenge", "code_challenge_method",
    }  # fmt: skip
    assert through(browser, provider.sign_in(url)).status_code == 303
    assert browser.signed_in()


REFUSED: dict[str, tuple[Json, str]] = {
    "userinfo that nobody signed": ({"signed_userinfo": False}, "unsigned"),
    "no userinfo": ({"metadata": {"userinfo_endpoint": ""}}, "unsigned"),
    "userinfo of another client": ({"userinfo": {"aud": "other"}}, "aud"),
    "userinfo of yesterday": ({"userinfo": {"exp": 1_000_000_000}}, "expired"),
    "a level that is not enough": ({"claims": {"acr": "eidas1"}}, "acr"),
    "no level": ({"claims": {}}, "acr"),
    "another organisation": ({"userinfo": {"siret": OTHER}}, "siret"),
    "no organisation": ({"userinfo": {"siret": ""}}, "siret"),
    "a number that is none": ({"userinfo": {"siret": "SIRET"}}, "siret"),
}  # fmt: skip


@pytest.mark.parametrize("lie", REFUSED)
def test_each_refusal_and_its_honest_twin(
    honest: Start, configure: Configure, travel: Travel, north: Known, lie: str
):
    lies, why = REFUSED[lie]
    fine: Json = {"claims": {"acr": "eidas1-mfa"}}
    for told, expected in (({**fine, **lies}, why), (fine, "")):
        provider = proconnect(honest, **told)
        mine = added(configure, provider, requires_acr="eidas1-mfa")
        before = north.sessions()
        browser, answer = journey(travel, provider, mine)
        if expected:
            assert (answer.status_code, browser.signed_in()) == (403, False)
            assert "La connexion n’a pas abouti</h1>" in answer.text
            assert north.refusals()[-1] == expected
            assert north.sessions() == before
        else:
            assert browser.signed_in(), answer.text


def test_the_organisation_is_asked_of_who_is_invited_and_of_who_is_known(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = proconnect(honest, userinfo={"siret": OTHER})
    mine = added(configure, provider, admission="invited")
    secret = invitation(cast, north, f"{token_hex(4)}@invited.example")
    browser, _ = journey(travel, provider, mine, invitation=secret)
    assert (browser.signed_in(), north.refusals()[-1]) == (False, "siret")
    provider.userinfo = {"siret": SIRET}
    browser, _ = journey(travel, provider, mine)
    assert (browser.signed_in(), north.refusals()[-1]) == (False, "uninvited")
    browser, answer = journey(travel, provider, mine, invitation=secret)
    assert browser.signed_in(), answer.text
    provider.userinfo = {"siret": OTHER}
    browser, _ = journey(travel, provider, mine)
    assert (browser.signed_in(), north.refusals()[-1]) == (False, "siret")
    provider.userinfo = {"siret": SIRET}
    assert journey(travel, provider, mine)[0].signed_in()


def test_the_roles_that_it_says_are_shown_to_who_decides_and_required_of_nobody(
    cast: Cast, sso_app: Flask, honest: Start, configure: Configure, travel: Travel
):
    provider = proconnect(honest)
    mine = added(configure, provider, admission="wait")
    journey(travel, provider, mine)
    tania = admin(cast)
    tania.app = sso_app
    page = tania.get("/fournisseurs").text
    assert f"SIRET {SIRET}, agent public, agent public territorial." in page
    for roles in (None, [], "agent_public", [1, {"a": 1}, "<script>"]):
        other = proconnect(honest, userinfo={"roles": roles})
        browser, answer = journey(travel, other, added(configure, other))
        assert browser.signed_in(), answer.text


def test_the_shared_address_leads_nowhere_but_where_we_signed_to(
    settings: Settings, honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = proconnect(honest)
    mine = added(configure, provider)
    browser = travel()
    path = provider.sign_in(browser.address(mine))
    state = asked(path)["state"]
    for wrong in ("", "x" * 48, state[:-2] + "AA", state + "A" * 500, "https://evil.example",
                  States(("another secret of 32 characters..",), "sign_in").make(Place("north", mine)),
                  States(tuple(settings.signing_keys), "sign_out").make(Place("north", mine))):  # fmt: skip
        answer = browser.client.get(
            "/proconnect/retour",
            query_string={"state": wrong, "code": "x", "redirect_uri": "https://evil.example"},
            base_url=SHARED,
        )
        assert (answer.status_code, "Location" in answer.headers) == (400, False)
        assert "<h1" in answer.text
    # It says what the provider said, and nothing else of it; a new line is no header.
    odd = browser.client.get(
        f"{path}&next=https://evil.example&error=a%0D%0ASet-Cookie:%20x=1", base_url=SHARED
    )
    assert odd.headers["Location"].startswith(
        f"http://north.localhost:8000/sso/{mine}/retour?code="
    )
    assert "evil" not in odd.headers["Location"]
    assert "x=1" not in str(odd.headers.getlist("Set-Cookie"))
    assert through(browser, path).status_code == 303
    assert browser.signed_in()


def test_the_shared_address_opens_nothing_in_a_browser_that_did_not_set_out(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = proconnect(honest)
    mine = added(configure, provider)
    browser, other = travel(), travel()
    path = provider.sign_in(browser.address(mine))
    assert through(other, path).status_code == 400
    assert (other.signed_in(), north.refusals()[-1]) == (False, "state")
    through(browser, path)
    assert browser.signed_in()


def test_territories_have_no_shared_address_and_the_shared_host_no_pages(
    honest: Start, configure: Configure, travel: Travel
):
    provider = proconnect(honest)
    browser = travel()
    path = provider.sign_in(browser.address(added(configure, provider)))
    assert browser.back(path).status_code == 404
    for page in ("/connexion", "/", "/fournisseurs", "/sso/1/retour"):
        answer = browser.client.get(page, base_url=SHARED)
        assert answer.status_code in (303, 421), page
    assert through(browser, path).status_code == 303


def test_secrets_rotate_under_a_sign_in_under_way(settings: Settings):
    former = States(("o" * 40,), "sign_in").make(Place("north", 7))
    rotated = replace(settings, secret_key="n" * 40, old_secret_keys=("o" * 40,))
    assert States(tuple(rotated.signing_keys), "sign_in").read(former) == Place("north", 7)
