"""The invitation's own page offers the provider of the organisation that invites."""

from collections.abc import Callable
from secrets import token_hex

from flask import Flask
from tests.cast import Cast
from tests.integration.sso.conftest import Known, Traveller
from tests.integration.sso.provider import FakeProvider
from tests.integration.sso.test_arrivals import ACCOUNTS, invitation

from microcredit.web.requests import SESSION_COOKIE

Start, Configure, Travel = Callable[..., FakeProvider], Callable[..., int], Callable[..., Traveller]


def accepts(browser: Traveller, provider: FakeProvider, mine: int, secret: str) -> None:
    """Press « Accepter avec… » on the page of the link, go there, come back."""
    answer = browser.post(f"/sso/{mine}", f"/invitation/{secret}", invitation=secret)
    assert answer.status_code == 200, answer.text
    browser.back(provider.sign_in(answer.headers["Refresh"].removeprefix("0; url=")))


def test_somebody_invited_accepts_with_the_account_that_she_has_at_work(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider, browser = honest(), travel()
    mine = configure(provider, admission="invited", domain="", name="Annuaire Alpha")
    email = f"{token_hex(4)}@invited.example"
    secret = invitation(cast, north, email)
    page = browser.back(f"/invitation/{secret}").text
    assert "Accepter avec Annuaire Alpha" in page
    assert 'name="password"' in page  # a password is still possible
    provider.person |= {"email": "elsewhere@other.example"}
    accepts(browser, provider, mine, secret)
    assert browser.signed_in()
    assert north.one(ACCOUNTS, email=email) == 1
    assert north.one(ACCOUNTS, email="elsewhere@other.example") == 0
    again = travel()
    assert again.back(f"/invitation/{secret}").status_code == 404
    again.back(provider.sign_in(again.address(mine)))
    assert again.signed_in()


def test_looking_at_the_page_uses_nothing_up(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider, browser = honest(), travel()
    mine = configure(provider, admission="invited", domain="")
    secret = invitation(cast, north, f"{token_hex(4)}@invited.example")
    for _ in range(3):
        assert travel().back(f"/invitation/{secret}").status_code == 200
    accepts(browser, provider, mine, secret)
    assert browser.signed_in()


def test_a_provider_of_another_organisation_or_one_that_is_off_is_not_offered(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known
):
    other, off, browser = honest(), honest(), travel()
    elsewhere = configure(
        other, admission="invited", domain="", organisation=north.organisation("CCAS Beta")
    )
    stopped = configure(off, admission="invited", domain="")
    north.one(
        "UPDATE gate.provider SET active = false WHERE tenant_id = :tenant AND id = :id", id=stopped
    )
    secret = invitation(cast, north, f"{token_hex(4)}@invited.example")
    page = browser.back(f"/invitation/{secret}").text
    assert f"/sso/{elsewhere}" not in page
    assert f"/sso/{stopped}" not in page
    browser.back(other.sign_in(browser.address(elsewhere, invitation=secret)))
    assert (browser.signed_in(), north.refusals()[-1]) == (False, "invitation")


def test_an_account_in_use_is_offered_to_link_once_it_has_signed_in(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known, sso_app: Flask
):
    provider, browser = honest(), travel()
    mine = configure(provider, admission="invited", domain="", name="Annuaire de Yann")
    holder = cast.elie.anew()
    assert holder.client is not None
    secret = invitation(cast, north, cast.elie.email)
    assert "Annuaire de Yann" not in browser.back(f"/invitation/{secret}").text
    browser.client.set_cookie(SESSION_COOKIE, holder.token, domain="north.localhost", secure=True)
    assert "Accepter avec Annuaire de Yann" in browser.back(f"/invitation/{secret}").text
    accepts(browser, provider, mine, secret)
    fresh = travel()
    fresh.back(provider.sign_in(fresh.address(mine)))
    assert fresh.signed_in()
