"""To a provider and back. Nothing here holds a transaction: the network is asked between short ones."""

import json
import re
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

from microcredit.accounts.gate import Gate
from microcredit.accounts.gate.providers import Presession, Provider
from microcredit.accounts.services.sign_in import Opened, Waiting, admit
from microcredit.accounts.services.sso import leaving
from microcredit.accounts.services.sso.discovery import Known
from microcredit.accounts.services.sso.errors import Refused
from microcredit.accounts.services.sso.exchange import Asked, Site, Told, ask, client_of, known_of
from microcredit.accounts.services.sso.persons import person_of
from microcredit.accounts.services.sso.states import LONGEST, Place, States
from microcredit.accounts.services.sso.tokens import subject
from microcredit.kernel.vault import SealBroken, Vault

BROWSER = re.compile(r"[A-Za-z0-9_-]{32,64}")
STATE = re.compile(rf"[A-Za-z0-9_.-]{{32,{LONGEST}}}")
WINDOW, PER_ADDRESS = timedelta(minutes=15), 60


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
class Proved:
    """Somebody signed in has proved again, at her provider, that it is she."""

    account_id: int


@dataclass(frozen=True)
class Kept:
    """What only the sign-in under way knows, sealed meanwhile. `since`: when it asked to prove again."""

    nonce: str
    verifier: str
    after: str
    invitation: str
    since: float = 0.0


def begin(
    gate: Gate, vault: Vault, site: Site, address: str, *,
    after: str = "", invitation: str = "", again: bool = False,
) -> Begun:  # fmt: skip
    """Set out to a provider. `after` is where the person was going; `again` asks who is signed in already
    to prove at the provider that it is she. Raises Refused, written in the trail.
    """
    try:
        if not gate.may_attempt(site.slug, f"sso.from:{address}", WINDOW, PER_ADDRESS):
            raise Refused("limit")
        return _begin(gate, vault, site, Kept(
            secrets.token_urlsafe(36), secrets.token_urlsafe(48), after[:500], invitation[:100],
            time.time() if again else 0.0,
        ))  # fmt: skip
    except Refused as refused:
        _record(gate, site, refused)
        raise


def finish(
    gate: Gate, vault: Vault, site: Site, returned: Returned, token: str, about: str
) -> tuple[Opened | Waiting | Proved, str]:
    """Come back: a session, a wait for a second factor or a proof, and where the person was going.

    `token` is the session that this browser already has, if any. Raises Refused, written in the trail.
    """
    try:
        taken = _take(gate, site, returned)
        provider = gate.provider(site.slug, site.provider_id)
        if provider is None or provider.version != taken.version:
            raise Refused("provider")
        kept = _open(vault, taken, f"presession:{site.slug}:{returned.state}")
        known = known_of(site, provider)
        told = _told(vault, site, provider, known, returned, kept)
        if kept.since:
            return _prove(gate, site, provider, told, token), kept.after
        account_id = _arrive(gate, site, provider, told, kept, token)
    except Refused as refused:
        _record(gate, site, refused)
        raise
    admitted = admit(
        gate, site.slug, account_id, about, second_factor=told.strong, provider_id=provider.id
    )
    leaving.keep(gate, vault, site.slug, admitted.token, provider, known, told.id_token)
    return admitted, kept.after


def _begin(gate: Gate, vault: Vault, site: Site, kept: Kept) -> Begun:
    provider = gate.provider(site.slug, site.provider_id)
    if provider is None:
        raise Refused("unknown")
    known = known_of(site, provider)
    state = States(site.keys, "sign_in").make(Place(site.slug, site.provider_id))
    browser = secrets.token_urlsafe(32)
    sealed = vault.seal_apart(json.dumps(kept.__dict__).encode(), f"presession:{site.slug}:{state}")
    with client_of(vault, site, provider, known) as client:
        url, _ = client.create_authorization_url(
            known.metadata.authorization, state=state, nonce=kept.nonce,
            code_verifier=kept.verifier, **_wanted(provider, known, again=bool(kept.since)),
        )  # fmt: skip
    if not gate.open_presession(site.slug, state, browser, provider, sealed):
        raise Refused("provider")
    return Begun(str(url), browser, provider.name)


def _wanted(provider: Provider, known: Known, *, again: bool) -> dict[str, str]:
    """How surely and how lately the person must be known: asked in the provider's own way.

    All of it is checked on return. ProConnect refuses a parameter that it does not know, as `max_age`.
    """
    proconnect = provider.profile == "proconnect"
    wanted = {"prompt": "login"} if again else {}
    if again and not proconnect:
        wanted["max_age"] = "0"
    if not (proconnect or known.metadata.takes_claims):
        levels = {"acr_values": " ".join(provider.requires_acr)} if provider.requires_acr else {}
        return {**wanted, **levels}
    claims: dict[str, object] = {}
    if provider.requires_acr:
        claims = {"acr": {"essential": True, "values": list(provider.requires_acr)}, "amr": None}
    if provider.requires_amr:
        claims["amr"] = {"essential": True}
    if again:
        claims["auth_time"] = {"essential": True}
    return {**wanted, "claims": json.dumps({"id_token": claims})} if claims else wanted


def _take(gate: Gate, site: Site, returned: Returned) -> Presession:
    if not (STATE.fullmatch(returned.state) and BROWSER.fullmatch(returned.browser)):
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


def _told(
    vault: Vault, site: Site, provider: Provider, known: Known, returned: Returned, kept: Kept
) -> Told:
    """What the provider says, all checked, after the answer itself is. Raises Refused."""
    if (returned.issuer or known.metadata.names_itself) and returned.issuer != provider.issuer:
        raise Refused("iss_parameter")
    if returned.error:
        raise Refused("denied")
    if not 0 < len(returned.code) <= 4000:
        raise Refused("code")
    asked = Asked(returned.code, kept.nonce, kept.verifier, kept.since)
    return ask(vault, site, provider, known, asked)


def _arrive(gate: Gate, site: Site, provider: Provider, told: Told, kept: Kept, token: str) -> int:
    who = person_of(told.claims)
    outcome, account_id = gate.arrive(site.slug, provider, who, kept.invitation or None, token)
    if outcome not in ("known", "started") or account_id is None:
        raise Refused(outcome)
    return account_id


def _prove(gate: Gate, site: Site, provider: Provider, told: Told, token: str) -> Proved:
    outcome, account_id = gate.prove_by_provider(
        site.slug, token, provider, subject(told.claims), strong=told.strong
    )
    if account_id is None:
        raise Refused(outcome)
    return Proved(account_id)


def _record(gate: Gate, site: Site, refused: Refused) -> None:
    gate.record(site.slug, None, f"refused:sso.{refused.why}", f"provider:{site.provider_id}")
