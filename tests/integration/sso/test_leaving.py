"""Signing out at the provider too, where it has a place for it; and here in any case."""

from collections.abc import Callable

from tests.integration.sso.conftest import Known, Traveller, asked
from tests.integration.sso.provider import CLIENT, FakeProvider
from tests.integration.sso.test_proconnect import SHARED, added, proconnect, through
from werkzeug.test import TestResponse

Start, Configure, Travel = Callable[..., FakeProvider], Callable[..., int], Callable[..., Traveller]


def leaves(browser: Traveller) -> TestResponse:
    """Press « Se déconnecter »."""
    return browser.post("/deconnexion", "/ma-securite")


def test_a_session_is_ended_at_its_provider_too(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider, browser = honest(), travel()
    provider.metadata = {"end_session_endpoint": f"{provider.issuer}/end?tenant=1"}
    browser.back(provider.sign_in(browser.address(configure(provider))))
    before = north.sessions()
    answer = leaves(browser)
    assert (answer.status_code, browser.signed_in()) == (200, False)
    assert north.sessions() == int(str(before)) - 1
    assert "Manon Exemple" not in answer.text
    url = answer.headers["Refresh"].removeprefix("0; url=")
    assert url.startswith(f"{provider.issuer}/end?tenant=1&")
    said = asked(url)
    assert said["post_logout_redirect_uri"] == "http://north.localhost:8000/deconnexion/retour"
    assert len(said["state"]) >= 32
    assert "client_id" not in said
    assert said["id_token_hint"].count(".") == 2
    back = browser.back(f"/deconnexion/retour?state={said['state']}")
    assert (back.status_code, back.headers["Location"]) == (303, "/connexion")
    assert "ici et chez votre fournisseur" in browser.back("/connexion").text


def test_a_provider_without_such_a_place_or_away_keeps_nobody_here(
    honest: Start, configure: Configure, travel: Travel
):
    for has_place in (False, True):
        provider, browser = honest(), travel()
        if has_place:
            provider.metadata = {"end_session_endpoint": f"{provider.issuer}/end"}
        browser.back(provider.sign_in(browser.address(configure(provider))))
        provider.stop()
        asked_before = list(provider.requests)
        answer = leaves(browser)
        assert answer.status_code == (200 if has_place else 303)
        assert not browser.signed_in()
        assert provider.requests == asked_before
        provider.__post_init__()  # so that the fixture can stop it again


def test_a_token_too_long_for_an_address_is_left_out(
    honest: Start, configure: Configure, travel: Travel
):
    provider, browser = honest(claims={"extra": "x" * 6000}), travel()
    provider.metadata = {"end_session_endpoint": f"{provider.issuer}/end"}
    browser.back(provider.sign_in(browser.address(configure(provider))))
    said = asked(leaves(browser).headers["Refresh"])
    assert ("id_token_hint" in said, said["client_id"]) == (False, CLIENT)


def test_who_leaves_proconnect_comes_back_by_the_shared_address(
    honest: Start, configure: Configure, travel: Travel
):
    provider, browser = proconnect(honest), travel()
    provider.metadata = {"end_session_endpoint": f"{provider.issuer}/session/end"}
    through(browser, provider.sign_in(browser.address(added(configure, provider))))
    said = asked(leaves(browser).headers["Refresh"])
    assert said["post_logout_redirect_uri"] == "http://auth.localhost:8000/proconnect/sortie"
    back = browser.client.get(f"/proconnect/sortie?state={said['state']}", base_url=SHARED)
    assert back.headers["Location"].startswith("http://north.localhost:8000/deconnexion/retour?")
    for wrong in ("", "x" * 48, said["state"][:-2] + "AA"):
        answer = browser.client.get(f"/proconnect/sortie?state={wrong}", base_url=SHARED)
        assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_the_address_after_leaving_says_nothing_to_who_did_not_leave(travel: Travel):
    browser = travel()
    assert browser.back("/deconnexion/retour?state=" + "x" * 48).status_code == 400
    assert "fournisseur d’identité." not in browser.back("/connexion").text


def test_an_end_that_could_not_be_called_is_no_end(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider, browser = (
        honest(metadata={"end_session_endpoint": "http://169.254.169.254/"}),
        travel(),
    )
    assert browser.set_out(configure(provider)).status_code == 403
    assert north.refusals()[-1] == "address"
