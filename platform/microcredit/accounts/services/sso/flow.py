"""To a provider and back. Nothing here holds a transaction: the network is asked between short ones."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from microcredit.accounts.gate import Gate
from microcredit.accounts.gate.providers import Arrived, Presession, Provider
from microcredit.accounts.services.sign_in import Opened, Waiting, admit
from microcredit.accounts.services.sso import tokens
from microcredit.accounts.services.sso.discovery import DIRECTORY, Known, read_keys
from microcredit.accounts.services.sso.errors import Refused
from microcredit.accounts.services.sso.network import TIMEOUT, read_json, session_with
from microcredit.kernel.vault import SealBroken, Vault

RANDOM = re.compile(r"[A-Za-z0-9_-]{32,64}")
EMAIL = re.compile(r"[^\s@\"<>]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
SIRET = re.compile(r"[0-9]{14}")
WINDOW, PER_ADDRESS = timedelta(minutes=15), 60
SCOPES = {
    "oidc": "openid profile email",
    "proconnect": "openid given_name usual_name email siret uid",
}


@dataclass(frozen=True)
class Site:
    """Where this territory is: its slug, the return address of one provider, and what may be called.

    `loopback` lets providers on this very machine be called: for development and tests alone.
    """

    slug: str
    provider_id: int
    return_to: str
    loopback: bool = False


@dataclass(frozen=True)
class Begun:
    """Where to send the browser, and the secret that it must bring back."""

    url: str
    browser: str
    provider: str


@dataclass(frozen=True)
class Returned:
    """What came back in the address, all of it untrusted, and the browser's own secret."""

    state: str
    code: str
    issuer: str
    error: str
    browser: str


@dataclass(frozen=True)
class Kept:
    """What only the sign-in under way knows, sealed meanwhile."""

    nonce: str
    verifier: str
    after: str
    invitation: str


def begin(
    gate: Gate, vault: Vault, site: Site, address: str, *, after: str = "", invitation: str = ""
) -> Begun:
    """Set out to a provider. `after` is where the person was going. Raises Refused, written in the trail."""
    try:
        if not gate.may_attempt(site.slug, f"sso.from:{address}", WINDOW, PER_ADDRESS):
            raise Refused("limit")
        return _begin(gate, vault, site, Kept(
            secrets.token_urlsafe(36), secrets.token_urlsafe(48), after[:500], invitation[:100],
        ))  # fmt: skip
    except Refused as refused:
        _record(gate, site, refused)
        raise


def finish(
    gate: Gate, vault: Vault, site: Site, returned: Returned, token: str, about: str
) -> tuple[Opened | Waiting, str]:
    """Come back: a session, or a wait for a second factor, and where the person was going.

    `token` is the session that this browser already has, if any. Raises Refused, written in the trail.
    """
    try:
        taken = _take(gate, site, returned)
        provider = gate.provider(site.slug, site.provider_id)
        if provider is None or provider.version != taken.version:
            raise Refused("provider")
        kept = _open(vault, taken, f"presession:{site.slug}:{returned.state}")
        claims, strong = _ask(vault, site, provider, returned, kept)
        outcome, account_id = gate.arrive(
            site.slug, provider, _who(claims), kept.invitation or None, token
        )
        if outcome not in ("known", "started") or account_id is None:
            raise Refused(outcome)
    except Refused as refused:
        _record(gate, site, refused)
        raise
    admitted = admit(
        gate, site.slug, account_id, about, second_factor=strong, provider_id=provider.id
    )
    return admitted, kept.after


def seal_secret(vault: Vault, slug: str, issuer: str, client_id: str, secret: str) -> bytes:
    """A client secret at rest: it opens for that territory, issuer and client alone."""
    return vault.seal_apart(secret.encode(), f"provider:{slug}:{issuer}:{client_id}")


def _begin(gate: Gate, vault: Vault, site: Site, kept: Kept) -> Begun:
    provider = gate.provider(site.slug, site.provider_id)
    if provider is None:
        raise Refused("unknown")
    known = _known(site, provider)
    state, browser = secrets.token_urlsafe(36), secrets.token_urlsafe(32)
    sealed = vault.seal_apart(json.dumps(kept.__dict__).encode(), f"presession:{site.slug}:{state}")
    with _client(vault, site, provider, known) as client:
        url, _ = client.create_authorization_url(
            known.metadata.authorization, state=state, nonce=kept.nonce,
            code_verifier=kept.verifier, **_wanted(provider, known),
        )  # fmt: skip
    if not gate.open_presession(site.slug, state, browser, provider, sealed):
        raise Refused("provider")
    return Begun(str(url), browser, provider.name)


def _wanted(provider: Provider, known: Known) -> dict[str, str]:
    """How surely the provider must know the person: asked in its own way, and checked on return."""
    if not provider.requires_acr:
        return {}
    if provider.profile == "proconnect" or known.metadata.takes_claims:
        acr = {"essential": True, "values": list(provider.requires_acr)}
        return {"claims": json.dumps({"id_token": {"acr": acr, "amr": None}})}
    return {"acr_values": " ".join(provider.requires_acr)}


def _take(gate: Gate, site: Site, returned: Returned) -> Presession:
    if not (RANDOM.fullmatch(returned.state) and RANDOM.fullmatch(returned.browser)):
        raise Refused("state")
    taken = gate.take_presession(site.slug, returned.state, returned.browser)
    if taken is None:
        raise Refused("state")
    if taken.provider_id != site.provider_id:
        raise Refused("mixed")
    return taken


def _open(vault: Vault, taken: Presession, about: str) -> Kept:
    try:
        return Kept(**json.loads(vault.open_apart(taken.sealed, about)))
    except SealBroken as error:
        raise Refused("state") from error


def _ask(
    vault: Vault, site: Site, provider: Provider, returned: Returned, kept: Kept
) -> tuple[tokens.Claims, bool]:
    """The claims of who comes, all checked, and whether the provider proved a second factor."""
    known = _known(site, provider)
    if (returned.issuer or known.metadata.names_itself) and returned.issuer != provider.issuer:
        raise Refused("iss_parameter")
    if returned.error:
        raise Refused("denied")
    if not 0 < len(returned.code) <= 4000:
        raise Refused("code")
    with _client(vault, site, provider, known) as client:
        id_token, access_token = _exchange(client, known, returned.code, kept.verifier)
        claims = tokens.verify(id_token, known, lambda: _refetch(known, site))
        expected = tokens.Expected(provider.issuer, provider.client_id, kept.nonce, access_token)
        sub = tokens.check_id_token(claims, tokens.algorithm(id_token), expected)
        if provider.requires_acr and claims.get("acr") not in provider.requires_acr:
            raise Refused("acr")
        about = _userinfo(client, known, site, expected)
    if about and tokens.subject(about) != sub:
        raise Refused("userinfo")
    return {**claims, **about, "sub": sub}, bool(provider.requires_acr)


def _exchange(client: OAuth2Session, known: Known, code: str, verifier: str) -> tuple[str, str]:
    try:
        answer = client.fetch_token(
            known.metadata.token, code=code, code_verifier=verifier, timeout=TIMEOUT,
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
    client: OAuth2Session, known: Known, site: Site, expected: tokens.Expected
) -> tokens.Claims:
    """What the provider says of the person, {} where it has no such address. Signed or plain."""
    if not known.metadata.userinfo:
        return {}
    bearer = {"Authorization": f"Bearer {expected.access_token}"}
    answer = client.get(
        known.metadata.userinfo, headers=bearer, withhold_token=True, timeout=TIMEOUT,
        allow_redirects=False,
    )  # fmt: skip
    if answer.status_code != 200:
        raise Refused("userinfo")
    if answer.headers.get("Content-Type", "").partition(";")[0].strip() != "application/jwt":
        return read_json(answer.content)
    signed = answer.content.decode("ascii", "replace").strip()
    claims = tokens.verify(signed, known, lambda: _refetch(known, site))
    tokens.check_signed_userinfo(claims, expected)
    return claims


def _client(vault: Vault, site: Site, provider: Provider, known: Known) -> OAuth2Session:
    about = f"provider:{site.slug}:{provider.issuer}:{provider.client_id}"
    in_body = known.metadata.secret_in_body or provider.profile == "proconnect"
    client = OAuth2Session(
        provider.client_id,
        vault.open_apart(provider.sealed, about).decode(),
        token_endpoint_auth_method="client_secret_post" if in_body else "client_secret_basic",
        scope=SCOPES[provider.profile],
        redirect_uri=site.return_to,
        code_challenge_method="S256",
    )
    session_with(client, loopback=site.loopback)
    return client


def _known(site: Site, provider: Provider) -> Known:
    who = (site.slug, provider.id, provider.version)
    return DIRECTORY.get(who, provider.issuer, loopback=site.loopback)


def _refetch(known: Known, site: Site) -> None:
    known.keys = read_keys(known.metadata.keys, loopback=site.loopback)


def _who(claims: tokens.Claims) -> Arrived:
    def words(name: str) -> str:
        found = claims.get(name)
        return (
            " ".join(found.split())[:100] if isinstance(found, str) and found.isprintable() else ""
        )

    email, siret = words("email").lower(), words("siret").replace(" ", "")
    email = email if EMAIL.fullmatch(email) and email.isascii() else ""
    family = words("usual_name") or words("family_name")
    name = words("name") or f"{words('given_name')} {family}".strip() or email
    return Arrived(
        sub=tokens.subject(claims),
        email=email or None,
        verified=claims.get("email_verified") is True,
        name=name or "Sans nom",
        siret=siret if SIRET.fullmatch(siret) else None,
    )


def _record(gate: Gate, site: Site, refused: Refused) -> None:
    gate.record(site.slug, None, f"refused:sso.{refused.why}", f"provider:{site.provider_id}")
