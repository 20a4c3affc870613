"""The administrator's page: what is typed serves at once, what is secret never comes back."""

from collections.abc import Callable

from flask import Flask
from tests.cast import Cast, Person
from tests.integration.sso.conftest import Known, Traveller
from tests.integration.sso.provider import CLIENT, SECRET, FakeProvider

Start, Travel = Callable[..., FakeProvider], Callable[..., Traveller]


def administrator(cast: Cast, sso_app: Flask) -> Person:
    one = cast.tania.anew()
    one.app = sso_app
    return one


def typed(provider: FakeProvider, north: Known, **changed: object) -> dict[str, object]:
    return {
        "provider": 0, "name": "Mission typée", "issuer": provider.issuer, "client_id": CLIENT,
        "secret": SECRET, "organisation": north.organisation("CCAS Alpha"), "role": "elected_member",
        "admission": "wait", "domain": "", "siret": "", "profile": "oidc", "requires_acr": "",
        "requires_amr": "", **changed,
    }  # fmt: skip


def test_an_administrator_adds_a_provider_and_accepts_who_arrives_through_it(
    cast: Cast, sso_app: Flask, honest: Start, travel: Travel, north: Known
):
    tania, provider = administrator(cast, sso_app), honest()
    assert tania.post("/fournisseurs/0", typed(provider, north)).status_code == 303
    mine = north.one(
        "SELECT id FROM gate.provider WHERE tenant_id = :tenant AND issuer = :issuer",
        issuer=provider.issuer,
    )
    assert isinstance(mine, int)
    browser = travel()
    browser.back(provider.sign_in(browser.address(mine)))
    assert not browser.signed_in()
    page = tania.get("/fournisseurs").text
    assert str(provider.person["email"]) in page
    waits = north.one(
        "SELECT id FROM gate.arrival WHERE tenant_id = :tenant AND issuer = :issuer",
        issuer=provider.issuer,
    )
    accepted = tania.post("/fournisseurs/arrivees", {"arrival": waits, "accept": "true"})
    assert accepted.status_code == 303, accepted.text
    browser.back(provider.sign_in(browser.address(mine)))
    assert browser.signed_in()
    shown = tania.get(f"/fournisseurs/{mine}").text
    assert provider.issuer in shown
    assert SECRET not in shown
    stopped = tania.post("/fournisseurs/etat", {"provider": mine, "active": "false"})
    assert stopped.status_code == 303
    assert f"/sso/{mine}" not in travel().back("/connexion").text


def test_a_secret_does_not_follow_an_address_that_changes(
    cast: Cast, sso_app: Flask, honest: Start, north: Known
):
    tania, provider = administrator(cast, sso_app), honest()
    tania.post("/fournisseurs/0", typed(provider, north))
    mine = north.one(
        "SELECT id FROM gate.provider WHERE tenant_id = :tenant AND issuer = :issuer",
        issuer=provider.issuer,
    )
    moved = typed(provider, north, issuer="https://other.example", secret="")
    answer = tania.post(f"/fournisseurs/{mine}", moved)
    assert (answer.status_code, "Indiquez le secret" in answer.text) == (422, True)
    kept = typed(provider, north, name="Autre nom", secret="")
    assert tania.post(f"/fournisseurs/{mine}", kept).status_code == 303


def test_what_cannot_be_kept_is_said_beside_its_field(
    cast: Cast, sso_app: Flask, honest: Start, north: Known
):
    tania, provider = administrator(cast, sso_app), honest()
    for changed, words in (
        ({"issuer": "http://169.254.169.254"}, "https://"),
        ({"issuer": "ftp://a.example"}, "https://"),
        ({"role": "bank_officer", "admission": "invited"}, "ne donne pas ce rôle"),
        ({"role": "case_worker"}, "seconde personne"),
        ({"admission": "rule"}, "Une règle a besoin"),
    ):
        answer = tania.post("/fournisseurs/0", typed(provider, north, **changed))
        assert answer.status_code == 422
        assert words in answer.text.replace("\u00a0", " "), words
