"""What a hostile provider, or a thief on the way, may try: a page, an event, no session. Each has its twin."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from joserfc.jwk import RSAKey
from tests.integration.sso.conftest import Known, Traveller
from tests.integration.sso.provider import CLIENT, FakeProvider, Json, b64
from werkzeug.test import TestResponse

Start, Configure, Travel = Callable[..., FakeProvider], Callable[..., int], Callable[..., Traveller]

STRANGER = RSAKey.generate_key(2048, {"kid": "first"})


def by_hand(header: Json, claims: Json, sign: Callable[[bytes], bytes]) -> str:
    """A token made without any library."""
    said = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{said}.{b64(sign(said.encode()))}"


def unsigned(_: FakeProvider, claims: Json) -> str:
    return by_hand({"alg": "none"}, claims, lambda _: b"")


def keyed_with_public_key(provider: FakeProvider, claims: Json) -> str:
    secret = provider.key.as_pem(private=False)
    header: Json = {"alg": "HS256", "kid": provider.key.kid}
    return by_hand(header, claims, lambda said: hmac.new(secret, said, hashlib.sha256).digest())


def signed_by_a_stranger(provider: FakeProvider, claims: Json) -> str:
    return provider.signed(claims, STRANGER)


def with_its_own_key(provider: FakeProvider, claims: Json) -> str:
    own = STRANGER.as_dict(private=False)
    header: Json = {"alg": "RS256", "jwk": own}
    return by_hand(header, claims, rsa(STRANGER))


def rsa(key: RSAKey) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    return lambda said: key.private_key.sign(said, PKCS1v15(), SHA256())


def honestly_by_hand(**more: object) -> Callable[[FakeProvider, Json], str]:
    """The right key and signature, with more in the header."""

    def make(provider: FakeProvider, claims: Json) -> str:
        header: Json = {"alg": "RS256", "kid": provider.key.kid, **more}
        return by_hand(header, claims, rsa(provider.key))

    return make


def five_megabytes(provider: FakeProvider, claims: Json) -> str:
    return provider.signed({**claims, "extra": "x" * 5_000_000})


def of_many_claims(size: int) -> Callable[[FakeProvider, Json], str]:
    return lambda provider, claims: provider.signed({**claims, "extra": "x" * size})


def nested(_: FakeProvider, claims: Json) -> str:
    return f"{b64(b'[' * 9000)}.e30.e30"


DAY = 24 * 3600


@dataclass(frozen=True)
class From:
    """So many seconds from the moment of the test, before it when negative."""

    seconds: int


#: What the provider does: (its lies, why it is refused, the twin that is let in).
LIES: dict[str, tuple[Json, str, Json]] = {
    "alg none": ({"id_token": unsigned}, "algorithm", {"id_token": honestly_by_hand()}),
    "alg none, offered by its discovery": (
        {"id_token": unsigned, "metadata": {"id_token_signing_alg_values_supported": ["none", "RS256"]}},
        "algorithm", {"metadata": {"id_token_signing_alg_values_supported": ["none", "RS256"]}}),
    "HS256 with the public key": (
        {"id_token": keyed_with_public_key,
         "metadata": {"id_token_signing_alg_values_supported": ["HS256", "RS256"]}},
        "algorithm", {"metadata": {"id_token_signing_alg_values_supported": ["HS256", "RS256"]}}),
    "an unpublished key": ({"id_token": signed_by_a_stranger}, "signature", {}),
    "an unknown key": ({"header": {"kid": "other"}}, "key", {"header": {"kid": "first"}}),
    "another issuer": ({"claims": {"iss": "https://other.example"}}, "iss", {}),
    "another audience": ({"claims": {"aud": "other"}}, "aud", {"claims": {"aud": [CLIENT]}}),
    "no audience": ({"without": ("aud",)}, "aud", {}),
    "another authorized party": (
        {"claims": {"azp": "other"}}, "azp", {"claims": {"azp": CLIENT}}),
    "two audiences and no authorized party": (
        {"claims": {"aud": [CLIENT, "other"]}}, "azp", {"claims": {"aud": [CLIENT, "other"], "azp": CLIENT}}),
    "another nonce": ({"claims": {"nonce": "x" * 48}}, "nonce", {}),
    "no nonce": ({"without": ("nonce",)}, "nonce", {}),
    "expired": ({"claims": {"exp": From(-3600)}}, "expired", {"claims": {"exp": From(DAY)}}),
    "just expired, by a clock a little late": (
        {"claims": {"exp": From(-300)}}, "expired", {"claims": {"exp": From(400), "iat": From(30)}}),
    "no expiry": ({"without": ("exp",)}, "exp", {}),
    "an expiry that is no number": ({"claims": {"exp": "tomorrow"}}, "exp", {}),
    "issued an hour ago": ({"claims": {"iat": From(-3600)}}, "iat", {"claims": {"iat": From(-20)}}),
    "issued in five minutes": ({"claims": {"iat": From(390)}}, "iat", {}),
    "valid later": ({"claims": {"nbf": From(DAY)}}, "nbf", {"claims": {"nbf": From(-5)}}),
    "no id_token": ({"id_token": lambda *_: None}, "no_id_token", {}),
    "no sub": ({"without": ("sub",)}, "sub", {}),
    "userinfo of another sub": ({"userinfo": {"sub": "other"}}, "userinfo", {}),
    "a wrong hash of the access token": (
        {"claims": {"at_hash": "x"}}, "at_hash",
        {"claims": {"at_hash": b64(hashlib.sha256(b"at").digest()[:16])}}),
    "its own key in the token": (
        {"id_token": with_its_own_key}, "header", {"id_token": honestly_by_hand()}),
    "crit": ({"id_token": honestly_by_hand(crit=["exp"], exp=1)}, "header", {"id_token": honestly_by_hand()}),
    "an access token's type": (
        {"id_token": honestly_by_hand(typ="at+jwt")}, "header", {"id_token": honestly_by_hand(typ="JWT")}),
    "keys from elsewhere": (
        {"id_token": honestly_by_hand(jku="https://other.example")}, "header", {}),
    "five megabytes": ({"id_token": five_megabytes}, "size", {"id_token": of_many_claims(2000)}),
    "a token too long": ({"id_token": of_many_claims(40_000)}, "size", {"id_token": of_many_claims(2000)}),
    "a nested header": ({"id_token": nested}, "unreadable", {}),
    "a discovery of another issuer": ({"metadata": {"issuer": "https://other.example"}}, "issuer", {}),
    "a symmetric key among its keys": (
        {"published": [{"kty": "oct", "kid": "first", "k": b64(b"x" * 32)}]}, "key", {}),
    "metadata of a private address": (
        {"metadata": {"token_endpoint": "https://169.254.169.254/token"}}, "address", {}),
    "a token address without https": (
        {"metadata": {"token_endpoint": "http://example.org/token"}}, "address", {}),
    "a redirection": (
        {"answers": {"/token": (302, {"Location": "http://127.0.0.1:1/"}, b"")}}, "redirect", {}),
    "a failure": ({"answers": {"/token": (500, {}, b"")}}, "away", {}),
    "a token answer that is no JSON": ({"answers": {"/token": (200, {}, b"<html>")}}, "code", {}),
    "a token answer that is a list": (
        {"answers": {"/token": (200, {"Content-Type": "application/json"}, b"[]")}}, "code", {}),
    "userinfo that is no JSON": ({"answers": {"/userinfo": (200, {}, b"[" * 100_000)}}, "unreadable", {}),
    "keys that are no list": ({"answers": {"/jwks": (200, {}, b'{"keys": 1}')}}, "keys", {}),
    "signed userinfo of another issuer": (
        {"signed_userinfo": True, "userinfo": {"iss": "https://other.example"}}, "iss",
        {"signed_userinfo": True}),
}  # fmt: skip


def refused(
    answer: TestResponse, traveller: Traveller, north: Known, why: str, before: Json
) -> None:
    """A French page, one event, no session."""
    assert answer.status_code >= 400
    assert "<h1" in answer.text
    assert "Traceback" not in answer.text
    assert not traveller.signed_in()
    assert north.refusals() == [*before["refusals"], why]
    assert north.sessions() == before["sessions"]


def state_of(north: Known) -> Json:
    return {"refusals": north.refusals(), "sessions": north.sessions()}


def by_now(told: Json) -> Json:
    """What a provider is told to say, its times counted from now."""
    now = int(time.time())
    return {
        name: {claim: now + value.seconds if isinstance(value, From) else value
               for claim, value in said.items()} if isinstance(said, dict) else said
        for name, said in told.items()
    }  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_opens_nothing_and_its_honest_twin_a_session(
    honest: Start, configure: Configure, travel: Travel, north: Known, lie: str
):
    lies, why, twin = LIES[lie]
    for told, expected in ((lies, why), (twin, "")):
        provider = honest(**by_now(told))
        mine, browser = configure(provider), travel()
        before = state_of(north)
        answer = browser.set_out(mine)
        if answer.status_code == 200:
            url = answer.headers["Refresh"].removeprefix("0; url=")
            answer = browser.back(provider.sign_in(url))
        if expected:
            refused(answer, browser, north, expected, before)
        else:
            assert (answer.status_code, browser.signed_in()) == (303, True), answer.text


@dataclass
class Way:
    """Two providers of North, two browsers, and the address that each comes back to."""

    first: FakeProvider
    second: FakeProvider
    first_id: int
    second_id: int
    mine: Traveller
    other: Traveller


@pytest.fixture
def way(honest: Start, configure: Configure, travel: Travel) -> Way:
    first, second = honest(), honest()
    return Way(first, second, configure(first), configure(second), travel(), travel())


def arrives(way: Way) -> None:
    """The honest twin: the same browser, the same provider, the first time."""
    answer = way.mine.back(way.first.sign_in(way.mine.address(way.first_id)))
    assert (answer.status_code, way.mine.signed_in()) == (303, True), answer.text


def test_a_return_is_worth_nothing_a_second_time(way: Way, north: Known):
    path = way.first.sign_in(way.mine.address(way.first_id))
    way.mine.back(path)
    assert way.mine.signed_in()
    way.mine.client.delete_cookie("__Host-sid", domain="north.localhost")
    before = state_of(north)
    refused(way.mine.back(path), way.mine, north, "state", before)


def test_a_code_is_worth_nothing_a_second_time(way: Way, north: Known):
    arrives(way)
    code = next(iter(way.first.grants))
    path = way.first.sign_in(way.other.address(way.first_id), code=code)
    before = state_of(north)
    refused(way.other.back(path), way.other, north, "code", before)


def test_a_return_opened_in_another_browser_is_refused_and_not_used_up(way: Way, north: Known):
    path = way.first.sign_in(way.mine.address(way.first_id))
    way.other.address(way.first_id)
    before = state_of(north)
    refused(way.other.back(path), way.other, north, "state", before)
    assert way.mine.back(path).status_code == 303
    assert way.mine.signed_in()


def test_a_state_of_nobody_is_refused(way: Way, north: Known):
    path = way.first.sign_in(way.mine.address(way.first_id), state="x" * 48)
    before = state_of(north)
    refused(way.mine.back(path), way.mine, north, "state", before)
    way.mine = way.other
    arrives(way)


def test_the_answer_of_one_provider_is_worth_nothing_at_the_address_of_another(
    way: Way, north: Known
):
    path = way.first.sign_in(way.mine.address(way.first_id))
    swapped = path.replace(f"/sso/{way.first_id}/", f"/sso/{way.second_id}/")
    before = state_of(north)
    refused(way.mine.back(swapped), way.mine, north, "mixed", before)
    way.mine = way.other
    arrives(way)


def test_an_answer_that_names_another_provider_or_none_is_refused(way: Way, north: Known):
    for named in (way.second.issuer, ""):
        path = way.first.sign_in(way.mine.address(way.first_id), iss=named)
        before = state_of(north)
        refused(way.mine.back(path), way.mine, north, "iss_parameter", before)
    arrives(way)


def test_a_code_of_another_sign_in_does_not_fit(way: Way, north: Known):
    way.first.accepts_any_code = (
        True  # even a provider that forgets PKCE: the nonce is not the same
    )
    stolen = way.first.sign_in(way.other.address(way.first_id))
    code = stolen.split("code=")[1].split("&")[0]
    path = way.first.sign_in(way.mine.address(way.first_id), code=code)
    before = state_of(north)
    refused(way.mine.back(path), way.mine, north, "nonce", before)
    arrives(way)


def test_what_the_provider_refuses_is_said(way: Way, north: Known):
    path = way.first.sign_in(way.mine.address(way.first_id), code="", error="access_denied")
    before = state_of(north)
    answer = way.mine.back(path)
    refused(answer, way.mine, north, "denied", before)
    assert "n’a pas confirmé" in answer.text
    arrives(way)


#: By how many seconds the provider's clock is ahead of ours, how long its tokens live, and whether we agree.
CLOCKS = [
    (0, 300, ""), (50, 300, ""), (-50, 300, ""), (-50, 30, ""), (-300, 600, ""),
    (300, 300, "iat"), (70, 300, "iat"), (-300, 120, "expired"), (-700, 3600, "iat"),
]  # fmt: skip


@pytest.mark.parametrize(("ahead", "lives", "why"), CLOCKS)
def test_a_clock_a_minute_off_is_borne_and_one_five_minutes_off_is_said(
    honest: Start,
    configure: Configure,
    travel: Travel,
    north: Known,
    ahead: int,
    lives: int,
    why: str,
):
    """A clock that is late harms nobody as long as its token still lives; one ahead is never believed."""
    provider, browser = honest(), travel()
    mine = configure(provider)
    url = browser.address(mine)
    now = int(time.time()) + ahead
    provider.claims = {"iat": now, "exp": now + lives}
    before = state_of(north)
    answer = browser.back(provider.sign_in(url))
    if why:
        refused(answer, browser, north, why, before)
        assert "horloge du fournisseur est à régler" in " ".join(answer.text.split())
    else:
        assert (answer.status_code, browser.signed_in()) == (303, True), answer.text


def test_a_level_that_is_asked_must_be_reached(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    for said, fine in (({}, False), ({"acr": "eidas1"}, False), ({"acr": "eidas1-mfa"}, True)):
        provider, browser = (
            honest(claims=said, metadata={"claims_parameter_supported": True}),
            travel(),
        )
        url = browser.address(configure(provider, requires_acr="eidas1-mfa eidas2"))
        assert "essential" in url
        before = state_of(north)
        answer = browser.back(provider.sign_in(url))
        if fine:
            assert browser.signed_in()
        else:
            refused(answer, browser, north, "acr", before)
            assert "second moyen" in answer.text


def test_keys_that_turn_in_mid_flight_are_read_once_more(
    honest: Start, configure: Configure, travel: Travel
):
    provider, browser = honest(), travel()
    mine = configure(provider)
    url = browser.address(mine)
    provider.key = RSAKey.generate_key(2048, {"kid": "second"})
    browser.back(provider.sign_in(url))
    assert browser.signed_in()
    assert provider.requests.count("/jwks") == 2


def test_a_provider_that_is_away_leaves_the_sign_in_page_as_it_was(
    honest: Start, configure: Configure, travel: Travel, north: Known
):
    provider, browser = honest(), travel()
    mine = configure(provider)
    provider.stop()
    before = state_of(north)
    answer = browser.set_out(mine)
    refused(answer, browser, north, "away", before)
    assert "ne répond pas" in answer.text
    assert browser.back("/connexion").status_code == 200
    provider.__post_init__()  # so that the fixture can stop it again


def test_a_sign_in_is_long_and_random_enough_for_a_thief_to_give_up(
    honest: Start, configure: Configure, travel: Travel
):
    provider, browser = honest(), travel()
    url = browser.address(configure(provider))
    provider.sign_in(url)
    asked = next(iter(provider.grants.values())).asked
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 32
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"].endswith("/retour")
    assert base64.urlsafe_b64decode(asked["code_challenge"] + "=")
