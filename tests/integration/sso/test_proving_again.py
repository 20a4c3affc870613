"""Who has neither password nor factor here proves again at her provider that it is she; and nobody else."""

import time
from collections.abc import Callable
from secrets import token_hex

import pytest
from flask import Flask
from tests.cast import Cast
from tests.integration.sso.conftest import Known, Traveller, asked
from tests.integration.sso.provider import FakeProvider
from tests.integration.sso.test_proconnect import added, proconnect, through
from werkzeug.test import TestResponse

Start, Configure, Travel = Callable[..., FakeProvider], Callable[..., int], Callable[..., Traveller]
SENSITIVE = "/ma-securite/application"
AGE = """UPDATE gate.session SET first_factor_at = first_factor_at - interval '10 minutes',
    second_factor_at = second_factor_at - interval '10 minutes' WHERE tenant_id = :tenant"""


def inside(travel: Travel, provider: FakeProvider, mine: int, north: Known) -> Traveller:
    """Somebody who came in ten minutes ago, and has nothing here to prove it by."""
    browser = travel()
    browser.back(provider.sign_in(browser.address(mine)))
    assert browser.signed_in()
    north.one(AGE)
    return browser


def confirms(
    browser: Traveller, provider: FakeProvider, mine: int, **claims: object
) -> TestResponse:
    """Press « Confirmer chez… » on the way to the sensitive page, and come back."""
    page = browser.back(SENSITIVE)
    assert (page.status_code, "/confirmer" in page.headers["Location"]) == (303, True)
    url = to_provider(browser, mine, page.headers["Location"])
    provider.claims = {**provider.claims, "auth_time": int(time.time()), **claims}
    return browser.back(provider.sign_in(url))


def to_provider(browser: Traveller, mine: int, page: str) -> str:
    answer = browser.post(f"/sso/{mine}?suite={SENSITIVE}", page, again="oui")
    assert answer.status_code == 200, answer.text
    return answer.headers["Refresh"].removeprefix("0; url=")


def strong(honest: Start, **lies: object) -> FakeProvider:
    said = {"claims_parameter_supported": True}
    return honest(claims={"acr": "eidas1-mfa", "amr": ["pwd", "otp"]}, metadata=said, **lies)


@pytest.mark.parametrize("asks", [{"requires_acr": "eidas1-mfa"}, {"requires_amr": "mfa otp"}, {}])
def test_the_page_that_asks_again_is_no_dead_end(
    honest: Start, configure: Configure, travel: Travel, north: Known, asks: dict[str, str]
):
    provider = strong(honest)
    mine = configure(provider, **asks)
    browser = inside(travel, provider, mine, north)
    page = browser.back("/confirmer").text
    assert "Confirmer chez Mission locale" in page
    assert 'type="password"' not in page
    answer = confirms(browser, provider, mine)
    assert (answer.status_code, answer.headers["Location"]) == (303, SENSITIVE), answer.text
    assert browser.back(SENSITIVE).status_code == 200


def test_the_provider_is_asked_to_ask_her_again(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = strong(honest)
    mine = configure(provider, requires_acr="eidas1-mfa")
    browser = inside(travel, provider, mine, north)
    said = asked(to_provider(browser, mine, "/confirmer"))
    assert (said["prompt"], said["max_age"]) == ("login", "0")
    assert '"auth_time": {"essential": true}' in said["claims"]


def test_proconnect_is_asked_without_the_parameter_that_it_refuses(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = proconnect(honest)
    mine = added(configure, provider)
    browser = travel()
    through(browser, provider.sign_in(browser.address(mine)))
    north.one(AGE)
    url = to_provider(browser, mine, "/confirmer")
    assert ("max_age" in asked(url), asked(url)["prompt"]) == (False, "login")
    provider.claims = {"auth_time": int(time.time())}
    assert through(browser, provider.sign_in(url)).status_code == 303
    assert browser.back(SENSITIVE).status_code == 200


@pytest.mark.parametrize(
    ("late", "fine"),
    [(0, True), (-50, True), (50, True), (-300, False), (300, False), (None, False)],
)
def test_a_proof_is_of_now_by_a_clock_a_little_off_at_most(
    honest: Start, configure: Configure, travel: Travel, north: Known, late: int | None, fine: bool
):
    provider = strong(honest)
    mine = configure(provider, requires_acr="eidas1-mfa")
    browser = inside(travel, provider, mine, north)
    said = "yesterday" if late is None else int(time.time()) + late
    answer = confirms(browser, provider, mine, auth_time=said)
    assert answer.status_code == (303 if fine else 403)
    assert browser.back(SENSITIVE).status_code == (200 if fine else 303)
    assert fine or north.refusals()[-1] == "auth_time"
    assert browser.back("/ma-securite").status_code == 200  # the session itself stays


def test_a_provider_that_does_not_say_when_proves_nothing(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = strong(honest, without=("auth_time",))
    mine = configure(provider, requires_acr="eidas1-mfa")
    browser = inside(travel, provider, mine, north)
    assert confirms(browser, provider, mine).status_code == 403
    assert north.refusals()[-1] == "auth_time"
    provider.without = ()
    assert confirms(browser, provider, mine).status_code == 303


def test_somebody_else_proves_nothing_for_her(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = strong(honest)
    mine = configure(provider, requires_acr="eidas1-mfa")
    other = provider.person
    inside(travel, provider, mine, north)  # a colleague, known here as well
    provider.person = {**other, "sub": "she", "email": f"{token_hex(6)}@mission.example"}
    browser = inside(travel, provider, mine, north)
    she = provider.person
    for person in (other, {**other, "sub": "nobody"}):
        provider.person = person
        assert confirms(browser, provider, mine).status_code == 403
        assert north.refusals()[-1] == "stranger"
        assert browser.back(SENSITIVE).status_code == 303
    provider.person = she
    assert confirms(browser, provider, mine).status_code == 303


def test_nobody_proves_anything_without_a_session(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider, browser = strong(honest), travel()
    mine = configure(provider, requires_acr="eidas1-mfa")
    provider.claims = {**provider.claims, "auth_time": int(time.time())}
    answer = browser.back(provider.sign_in(browser.address(mine, again="oui")))
    assert (answer.status_code, browser.signed_in()) == (403, False)
    assert north.refusals()[-1] == "stranger"
    browser.back(provider.sign_in(browser.address(mine)))
    assert browser.signed_in()


def test_a_provider_that_proves_one_means_renews_no_second_one(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = strong(honest)
    mine = configure(provider, requires_acr="eidas1-mfa")
    browser = inside(travel, provider, mine, north)
    north.one(
        "UPDATE gate.provider SET requires_acr = '{}' WHERE tenant_id = :tenant AND id = :id",
        id=mine,
    )
    assert confirms(browser, provider, mine).status_code == 403
    assert north.refusals()[-1] == "weak"
    assert browser.back(SENSITIVE).status_code == 303


def test_a_provider_that_is_away_or_off_leaves_the_page_and_says_so(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = strong(honest)
    mine = configure(provider, requires_acr="eidas1-mfa")
    browser = inside(travel, provider, mine, north)
    north.one(
        "UPDATE gate.provider SET active = false WHERE tenant_id = :tenant AND id = :id", id=mine
    )
    page = browser.back("/confirmer").text
    assert "n’est plus proposé ici" in page
    assert 'type="password"' not in page


@pytest.mark.parametrize(
    ("amr", "why"),
    [
        (["pwd", "otp"], ""),
        (["pwd"], "amr"),
        ([], "amr"),
        ("otp", "amr"),
        (None, "amr"),
        ([{"a": 1}], "amr"),
    ],
)
def test_the_means_that_are_asked_for_must_have_served(
    honest: Start, configure: Configure, travel: Travel, north: Known, amr: object, why: str
):
    provider, browser = honest(claims={"amr": amr}), travel()
    answer = browser.back(
        provider.sign_in(browser.address(configure(provider, requires_amr="otp hwk")))
    )
    assert browser.signed_in() is not bool(why), answer.text
    assert not why or (north.refusals()[-1] == why and "second moyen" in answer.text)


def test_somebody_with_a_password_is_still_asked_for_it(cast: Cast, sso_app: Flask, north: Known):
    nadia = cast.nadia.anew()
    nadia.app = sso_app
    assert nadia.client is not None
    page = nadia.get("/confirmer").text
    assert 'type="password"' in page
    assert "Confirmer chez" not in page
