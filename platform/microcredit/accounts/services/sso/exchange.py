"""The code against tokens, and tokens against claims: what a provider says, once all of it is checked."""

from dataclasses import dataclass

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from microcredit.accounts.gate.providers import Provider
from microcredit.accounts.services.sso import tokens
from microcredit.accounts.services.sso.discovery import DIRECTORY, Known, read_keys
from microcredit.accounts.services.sso.errors import Refused
from microcredit.accounts.services.sso.network import TIMEOUT, read_json, session_with
from microcredit.kernel.vault import Vault

SCOPES = {
    "oidc": "openid profile email",
    "proconnect": "openid given_name usual_name email siret uid roles",
}


@dataclass(frozen=True)
class Site:
    """Where this territory is: its slug, and the return address that one of its providers knows.

    `central` is the one address that a provider of all territories knows instead; `keys` sign states.
    `loopback` lets providers on this very machine be called: for development and tests alone.
    """

    slug: str
    provider_id: int
    return_to: str
    central: str
    keys: tuple[str, ...]
    loopback: bool = False


@dataclass(frozen=True)
class Asked:
    """What the sign-in under way asked for: `since` is when it asked to prove again, 0 when it did not."""

    code: str
    nonce: str
    verifier: str
    since: float = 0.0


@dataclass(frozen=True)
class Told:
    """Who came, by checked claims; `strong` when a second factor was proved; the token, to leave by."""

    claims: tokens.Claims
    strong: bool
    id_token: str


def seal_secret(vault: Vault, slug: str, issuer: str, client_id: str, secret: str) -> bytes:
    """A client secret at rest: it opens for that territory, issuer and client alone."""
    return vault.seal_apart(secret.encode(), f"provider:{slug}:{issuer}:{client_id}")


def known_of(site: Site, provider: Provider) -> Known:
    """What the provider publishes. Raises Refused."""
    who = (site.slug, provider.id, provider.version)
    return DIRECTORY.get(who, provider.issuer, loopback=site.loopback)


def client_of(vault: Vault, site: Site, provider: Provider, known: Known) -> OAuth2Session:
    """Our client there, behind the guard of the network."""
    about = f"provider:{site.slug}:{provider.issuer}:{provider.client_id}"
    proconnect = provider.profile == "proconnect"
    in_body = known.metadata.secret_in_body or proconnect
    client = OAuth2Session(
        provider.client_id,
        vault.open_apart(provider.sealed, about).decode(),
        token_endpoint_auth_method="client_secret_post" if in_body else "client_secret_basic",
        scope=SCOPES[provider.profile],
        redirect_uri=site.central if proconnect else site.return_to,
        code_challenge_method="S256",
    )
    session_with(client, loopback=site.loopback)
    return client


def ask(vault: Vault, site: Site, provider: Provider, known: Known, asked: Asked) -> Told:
    """Exchange the code, check every token. Raises Refused."""
    with client_of(vault, site, provider, known) as client:
        id_token, access_token = _exchange(client, known, asked)
        claims = tokens.verify(id_token, known, lambda: _refetch(known, site))
        expected = tokens.Expected(provider.issuer, provider.client_id, asked.nonce, access_token)
        sub = tokens.check_id_token(claims, tokens.algorithm(id_token), expected)
        strong = tokens.check_strength(claims, provider.requires_acr, provider.requires_amr)
        if asked.since:
            tokens.check_just_proved(claims, asked.since)
        about = _userinfo(client, known, site, expected, signed=provider.profile == "proconnect")
    if about and tokens.subject(about) != sub:
        raise Refused("userinfo")
    return Told({**claims, **about, "sub": sub}, strong, id_token)


def _exchange(client: OAuth2Session, known: Known, asked: Asked) -> tuple[str, str]:
    try:
        answer = client.fetch_token(
            known.metadata.token, code=asked.code, code_verifier=asked.verifier, timeout=TIMEOUT,
            grant_type="authorization_code", allow_redirects=False,
        )  # fmt: skip
    except (AuthlibBaseError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise Refused("code") from error
    id_token, access_token = answer.get("id_token"), answer.get("access_token")
    if not isinstance(id_token, str) or not id_token:
        raise Refused("no_id_token")
    if not isinstance(access_token, str):
        raise Refused("unreadable")
    return id_token, access_token


def _userinfo(
    client: OAuth2Session, known: Known, site: Site, expected: tokens.Expected, *, signed: bool
) -> tokens.Claims:
    """What the provider says of the person: `signed`, or plain where it need not be; {} for nothing."""
    if not known.metadata.userinfo:
        if signed:
            raise Refused("unsigned")
        return {}
    bearer = {"Authorization": f"Bearer {expected.access_token}"}
    answer = client.get(
        known.metadata.userinfo, headers=bearer, withhold_token=True, timeout=TIMEOUT,
        allow_redirects=False,
    )  # fmt: skip
    if answer.status_code != 200:
        raise Refused("userinfo")
    if answer.headers.get("Content-Type", "").partition(";")[0].strip() != "application/jwt":
        if signed:
            raise Refused("unsigned")
        return read_json(answer.content)
    token = answer.content.decode("ascii", "replace").strip()
    claims = tokens.verify(token, known, lambda: _refetch(known, site))
    tokens.check_signed_userinfo(claims, expected)
    return claims


def _refetch(known: Known, site: Site) -> None:
    known.keys = read_keys(known.metadata.keys, loopback=site.loopback)
