"""Two providers that we did not write, two processes, two territories."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest
from flask import Flask
from tests.cast import PASSWORD, Cast
from tests.integration.sso.conftest import Known, Traveller, asked
from tests.integration.sso.real import RealProvider, Visit
from tests.integration.sso.test_proconnect import SHARED, through
from tests.integration.sso.test_proving_again import AGE, SENSITIVE, to_provider

Configure, Travel = Callable[..., int], Callable[..., Traveller]


@dataclass
class At:
    """A provider and its number in its territory."""

    provider: RealProvider
    id: int
    slug: str

    def start(self) -> None:
        """Start the process again, with a new key."""
        own = f"http://{self.slug}.localhost:8000"
        self.provider.start(f"{own}/sso/{self.id}/retour", f"{own}/deconnexion/retour")


@pytest.fixture
def providers(configure: Configure, tmp_path: Path) -> Iterator[dict[str, At]]:
    """North's and South's, both running."""
    found = {}
    for slug in ("north", "south"):
        provider = RealProvider(tmp_path)
        found[slug] = At(provider, configure(provider, slug), slug)
    try:
        for at in found.values():
            at.start()
        yield found
    finally:
        for at in found.values():
            at.provider.stop()


def somebody() -> Visit:
    return Visit(f"manon-{token_hex(4)}")


def test_people_of_each_territory_come_in_through_their_own_provider(
    providers: dict[str, At], travel: Travel
):
    for slug, at in providers.items():
        browser = travel(slug)
        answer = browser.back(somebody().sign_in(browser.address(at.id)))
        assert (answer.status_code, browser.signed_in()) == (303, True), answer.text
        assert "Manon Exemple" in browser.back("/ma-securite").text
        assert at.provider.asked("/jwks") == 1


def test_the_answer_of_one_provider_is_worth_nothing_to_the_other_territory(
    providers: dict[str, At], travel: Travel, north: Known, south: Known
):
    """Swapped as a whole, by its code alone, and by its name alone."""
    norths, souths = providers["north"], providers["south"]
    browsers = {slug: travel(slug) for slug in providers}
    paths = {
        slug: somebody().sign_in(browsers[slug].address(at.id)) for slug, at in providers.items()
    }
    codes = {slug: asked(path) for slug, path in paths.items()}
    states = {"north": codes["north"]["state"], "south": codes["south"]["state"]}

    def back(slug: str, *, state: str, code: str, iss: str) -> int:
        query = {"state": state, "code": code, "iss": iss}
        address = f"/sso/{providers[slug].id}/retour"
        answer = browsers[slug].client.get(
            address, query_string=query, base_url=f"http://{slug}.localhost"
        )
        assert not browsers[slug].signed_in()
        return answer.status_code

    whole = back(
        "north", state=states["south"], code=codes["south"]["code"], iss=souths.provider.issuer
    )
    assert (whole, north.refusals()[-1]) == (400, "state")
    named = back(
        "north", state=states["north"], code=codes["south"]["code"], iss=souths.provider.issuer
    )
    assert (named, north.refusals()[-1]) == (403, "iss_parameter")
    alone = back(
        "south", state=states["south"], code=codes["north"]["code"], iss=souths.provider.issuer
    )
    assert (alone, south.refusals()[-1]) == (403, "code")
    browser = travel("north")
    browser.back(somebody().sign_in(browser.address(norths.id)))
    assert browser.signed_in()


def test_keys_that_turn_in_mid_flight_are_read_once_more(providers: dict[str, At], travel: Travel):
    at, browser = providers["north"], travel()
    url = browser.address(at.id)
    at.provider.stop()
    at.start()
    browser.back(somebody().sign_in(url))
    assert browser.signed_in()
    assert at.provider.asked("/jwks") == 2
    again = travel()
    again.back(somebody().sign_in(again.address(at.id)))
    assert again.signed_in()
    assert at.provider.asked("/jwks") == 2


def test_a_provider_that_stops_in_mid_flight_says_so_in_french_and_holds_up_nobody_else(
    providers: dict[str, At], travel: Travel, cast: Cast, north: Known
):
    at, browser = providers["north"], travel()
    path = somebody().sign_in(browser.address(at.id))
    at.provider.stop()
    before = north.sessions()
    answer = browser.back(path)
    assert (answer.status_code, browser.signed_in()) == (503, False)
    assert "ne répond pas pour le moment" in answer.text
    assert "Les personnes qui ont un mot de passe ici" in " ".join(answer.text.split())
    assert (north.refusals()[-1], north.sessions()) == ("away", before)
    local = travel()
    typed = {"email": cast.nadia.email, "password": PASSWORD}
    assert local.post("/connexion", "/connexion", **typed).status_code == 303
    assert local.signed_in()
    at.start()
    again = travel()
    again.back(somebody().sign_in(again.address(at.id)))
    assert again.signed_in()


def test_one_leaves_the_provider_too_and_is_asked_again_there(
    providers: dict[str, At], travel: Travel
):
    at, browser, person = providers["north"], travel(), somebody()
    browser.back(person.sign_in(browser.address(at.id)))
    assert not person.asked_again(travel().address(at.id))
    away = browser.post("/deconnexion", "/ma-securite").headers["Refresh"].removeprefix("0; url=")
    path = person.leave(away)
    assert browser.back(path).headers["Location"] == "/connexion"
    assert "ici et chez votre fournisseur" in browser.back("/connexion").text
    assert person.asked_again(travel().address(at.id))


def test_one_proves_again_at_the_provider_which_asks_again(
    providers: dict[str, At], travel: Travel, north: Known
):
    at, browser, person = providers["north"], travel(), somebody()
    browser.back(person.sign_in(browser.address(at.id)))
    north.one(AGE)
    assert browser.back(SENSITIVE).status_code == 303
    url = to_provider(browser, at.id, "/confirmer")
    assert person.asked_again(url)
    assert browser.back(person.sign_in(url)).headers["Location"] == SENSITIVE
    assert browser.back(SENSITIVE).status_code == 200


def test_proconnects_profile_fits_a_provider_that_we_did_not_write(
    configure: Configure, travel: Travel, tmp_path: Path
):
    provider = RealProvider(tmp_path)
    mine = configure(provider, profile="proconnect", siret="12345678901234", domain="")
    port = "http://auth.localhost:8000/proconnect"
    try:
        provider.start(f"{port}/retour", f"{port}/sortie", proconnect=True)
        browser, person = travel(), somebody()
        assert through(browser, person.sign_in(browser.address(mine))).status_code == 303
        assert browser.signed_in()
        away = (
            browser.post("/deconnexion", "/ma-securite").headers["Refresh"].removeprefix("0; url=")
        )
        shared = browser.client.get(person.leave(away), base_url=SHARED)
        assert "/deconnexion/retour?state=" in shared.headers["Location"]
    finally:
        provider.stop()


def test_the_application_that_serves_territories_calls_no_provider_of_this_machine(
    cast: Cast, app: Flask, providers: dict[str, At], north: Known
):
    browser = Traveller(app.test_client(), "north")
    assert browser.set_out(providers["north"].id).status_code == 403
    assert north.refusals()[-1] == "address"
