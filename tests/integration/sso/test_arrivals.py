"""People who arrive through their provider: who comes in, who waits, and what an address is worth."""

from collections.abc import Callable
from secrets import token_hex, token_urlsafe

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError
from tests.cast import Cast, Person, gate_of
from tests.integration.sso.conftest import Known, Traveller
from tests.integration.sso.provider import FakeProvider

from microcredit.accounts.services import sso
from microcredit.accounts.services.sso.settings import ProviderRefused
from microcredit.kernel.errors import NotFound
from microcredit.web.requests import SESSION_COOKIE

Start, Configure, Travel = Callable[..., FakeProvider], Callable[..., int], Callable[..., Traveller]
ACCOUNTS = "SELECT count(*) FROM app.account WHERE tenant_id = :tenant AND email = :email"
WAITING = """SELECT id FROM gate.arrival WHERE tenant_id = :tenant AND email = :email
    AND decided_at IS NULL"""


def journey(travel: Travel, provider: FakeProvider, mine: int, slug: str = "north") -> Traveller:
    """A new browser that has gone to a provider and come back."""
    browser = travel(slug)
    browser.back(provider.sign_in(browser.address(mine)))
    return browser


def admin(cast: Cast, slug: str = "north") -> Person:
    """The administrator, who has just signed in."""
    found: Person = {"north": cast.tania, "south": cast.theo}[slug].anew()
    assert found.client is not None
    return found


def test_somebody_whom_the_rule_admits_comes_in_and_is_known_the_next_time(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = honest()
    mine = configure(provider)
    browser = journey(travel, provider, mine)
    assert browser.signed_in()
    assert browser.back("/ma-securite").status_code == 200
    provider.person = {**provider.person, "email": f"{token_hex(4)}@elsewhere.example"}
    assert journey(travel, provider, mine).signed_in()
    assert north.one(ACCOUNTS, email=provider.person["email"]) == 0


@pytest.mark.parametrize(
    "changed",
    [{"email_verified": False}, {"email": "x@other.example"}, {"email": "y@mission.example.org"},
     {"email": "z@sub.mission.example"}],
)  # fmt: skip
def test_somebody_whom_the_rule_does_not_admit_waits(
    honest: Start, configure: Configure, travel: Travel, north: Known, changed: dict[str, object]
):
    provider = honest()
    mine = configure(provider)
    provider.person |= changed
    before = north.sessions()
    browser = travel()
    answer = browser.back(provider.sign_in(browser.address(mine)))
    assert (answer.status_code, browser.signed_in()) == (403, False)
    assert "accepter" in answer.text
    assert north.refusals()[-1] == "waiting"
    assert north.sessions() == before


def test_the_number_of_the_organisation_may_be_the_rule(
    honest: Start, configure: Configure, travel: Travel
):
    for said, fine in (("12345678901234", True), ("99999999999999", False), (None, False)):
        provider = honest(userinfo={"siret": said})
        mine = configure(provider, domain="", siret="12345678901234")
        assert journey(travel, provider, mine).signed_in() is fine


@pytest.mark.parametrize("spell", [str.lower, str.upper])
def test_the_address_of_an_account_opens_nothing_of_it(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known,
    spell: Callable[[str], str],
):  # fmt: skip
    provider = honest()
    mine = configure(provider, domain="north.example")
    provider.person |= {"email": spell(cast.nadia.email)}
    before = north.sessions()
    browser = journey(travel, provider, mine)
    assert not browser.signed_in()
    assert north.refusals()[-1] == "waiting"
    assert north.sessions() == before
    tania = admin(cast)
    waits = north.one(
        WAITING + " AND issuer = :issuer", email=cast.nadia.email, issuer=provider.issuer
    )
    assert isinstance(waits, int)
    with pytest.raises(ProviderRefused, match="déjà un compte"):
        sso.decide(gate_of(cast.app), "north", tania.token, waits, accept=True)
    assert not journey(travel, provider, mine).signed_in()
    provider.person |= {"email": f"new-{token_hex(4)}@north.example"}
    assert journey(travel, provider, mine).signed_in()


def test_somebody_who_waits_comes_in_once_accepted_and_never_once_refused(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known
):
    for accept in (True, False):
        provider = honest()
        mine = configure(provider, admission="wait", domain="")
        assert not journey(travel, provider, mine).signed_in()
        waits = north.one(WAITING, email=provider.person["email"])
        assert isinstance(waits, int)
        sso.decide(gate_of(cast.app), "north", admin(cast).token, waits, accept=accept)
        assert journey(travel, provider, mine).signed_in() is accept
        with pytest.raises(NotFound):
            sso.decide(gate_of(cast.app), "north", admin(cast).token, waits, accept=True)


def test_nobody_but_the_administrator_of_the_tenant_decides(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = honest()
    mine = configure(provider, admission="wait", domain="")
    journey(travel, provider, mine)
    waits = north.one(WAITING, email=provider.person["email"])
    assert isinstance(waits, int)
    for other in (cast.nadia.anew(), cast.carole.anew()):
        assert other.client is not None
        with pytest.raises(DBAPIError, match="administrator alone"):
            sso.decide(gate_of(cast.app), "north", other.token, waits, accept=True)
    with pytest.raises(NotFound):
        sso.decide(gate_of(cast.app), "south", admin(cast, "south").token, waits, accept=True)
    sso.decide(gate_of(cast.app), "north", admin(cast).token, waits, accept=True)
    assert journey(travel, provider, mine).signed_in()


def test_only_who_was_invited_comes_in_where_the_provider_says_so(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = honest()
    mine = configure(provider, admission="invited", domain="", role="case_worker")
    assert not journey(travel, provider, mine).signed_in()
    assert north.refusals()[-1] == "uninvited"


def invitation(cast: Cast, north: Known, email: str) -> str:
    """The secret of the link of an invitation to CCAS Alpha as an elected member."""
    secret = token_urlsafe(32)
    north.one(
        "INSERT INTO gate.invitation (tenant_id, email, name, organisation_id, role,"
        " manages_accounts, token_hash, invited_by, to_confirm) VALUES (:tenant, :email, 'Ida', :at,"
        " 'elected_member', false, sha256(convert_to(:secret, 'UTF8')), :by, false)",
        email=email, secret=secret, at=north.organisation("CCAS Alpha"), by=cast.tania.account_id,
    )  # fmt: skip
    return secret


def test_an_invitation_links_the_first_time_in_the_browser_that_brought_it(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = honest()
    mine = configure(provider, admission="invited", domain="")
    email = f"{token_hex(4)}@invited.example"
    secret = invitation(cast, north, email)
    assert not journey(travel, provider, mine).signed_in()
    browser = travel()
    answer = browser.back(provider.sign_in(browser.address(mine, invitation=secret)))
    assert browser.signed_in(), answer.text
    assert north.one(ACCOUNTS, email=email) == 1
    assert journey(travel, provider, mine).signed_in()
    provider.person |= {"sub": "somebody else"}
    second = travel()
    second.back(provider.sign_in(second.address(mine, invitation=secret)))
    assert not second.signed_in()
    assert north.refusals()[-1] == "invitation"


def test_an_account_in_use_is_linked_from_its_own_session_alone(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = honest()
    mine = configure(provider, admission="invited", domain="")
    secret = invitation(cast, north, cast.elie.email)
    stranger = travel()
    stranger.back(provider.sign_in(stranger.address(mine, invitation=secret)))
    assert not stranger.signed_in()
    assert north.refusals()[-1] == "sign_in"
    elie, browser = cast.elie.anew(), travel()
    assert elie.client is not None
    url = browser.address(mine, invitation=secret)
    browser.client.set_cookie(SESSION_COOKIE, elie.token, domain="north.localhost", secure=True)
    assert browser.back(provider.sign_in(url)).status_code == 303
    assert journey(travel, provider, mine).signed_in()


def test_the_same_sub_of_two_providers_or_in_two_tenants_is_two_people(
    honest: Start, configure: Configure, travel: Travel, north: Known, south: Known
):
    first, second = honest(), honest()
    ids = configure(first), configure(second, admission="wait", domain="")
    theirs = configure(first, "south", admission="wait", domain="")
    second.person = {**first.person, "email": f"{token_hex(4)}@mission.example"}
    assert journey(travel, first, ids[0]).signed_in()
    assert not journey(travel, second, ids[1]).signed_in()
    assert not journey(travel, first, theirs, "south").signed_in()
    assert south.refusals()[-1] == "waiting"


def test_a_provider_of_another_tenant_is_unknown(
    honest: Start, configure: Configure, travel: Travel, south: Known
):
    provider = honest()
    mine = configure(provider)
    answer = travel("south").set_out(mine)
    assert answer.status_code == 404
    assert south.refusals()[-1] == "unknown"
    assert travel().set_out(mine).status_code == 200


def test_switching_off_ends_its_sessions_and_its_sign_ins_under_way(
    cast: Cast, honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = honest()
    mine = configure(provider)
    inside, under_way = journey(travel, provider, mine), travel()
    path = provider.sign_in(under_way.address(mine))
    assert inside.back("/ma-securite").status_code == 200
    sso.switch(gate_of(cast.app), "north", admin(cast).token, mine, active=False)
    assert inside.back("/ma-securite").status_code == 303
    under_way.back(path)
    assert not under_way.signed_in()
    assert north.refusals()[-1] == "provider"
    assert travel().set_out(mine).status_code == 404
    sso.switch(gate_of(cast.app), "north", admin(cast).token, mine, active=True)
    assert journey(travel, provider, mine).signed_in()


def test_an_account_whose_access_ended_stays_outside(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider = honest()
    mine = configure(provider)
    assert journey(travel, provider, mine).signed_in()
    north.one(
        "UPDATE app.account SET disabled_at = now() WHERE tenant_id = :tenant AND email = :email",
        email=provider.person["email"],
    )
    assert not journey(travel, provider, mine).signed_in()
    assert north.refusals()[-1] == "closed"


def test_a_role_that_sees_cases_is_never_started_by_a_rule_or_one_click(
    configure: Configure, honest: Start
):
    for admission, domain in (("rule", "mission.example"), ("wait", "")):
        with pytest.raises(DBAPIError, match="check constraint"):
            configure(honest(), admission=admission, domain=domain, role="case_worker")
    assert configure(honest(), admission="invited", domain="", role="case_worker")


def test_the_sign_in_page_offers_what_is_on(
    honest: Start, configure: Configure, sso_app: Flask, travel: Travel
):
    mine = configure(honest(), name="Mission du Nord")
    assert f"/sso/{mine}" in travel().back("/connexion").text
    assert f"/sso/{mine}" not in travel("south").back("/connexion").text
