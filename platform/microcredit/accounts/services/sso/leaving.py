"""Ending the session at the provider too, by the browser: nothing is asked of the network for it."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from microcredit.accounts.gate import Gate
from microcredit.accounts.gate.providers import Provider
from microcredit.accounts.services.sso.discovery import Known
from microcredit.accounts.services.sso.states import Place, States
from microcredit.kernel.vault import SealBroken, Vault

#: Characters of an id_token that still fit an address; a longer one is left out, the client named instead.
LONGEST = 6000


@dataclass(frozen=True)
class Home:
    """Where this territory is, and where people come back to from a provider that they have left.

    `central` is that of a provider which knows one address for all territories.
    """

    slug: str
    return_to: str
    central: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Away:
    """Where to send the browser of somebody who leaves, and how that provider is called."""

    url: str
    provider: str


def keep(
    gate: Gate, vault: Vault, slug: str, token: str, provider: Provider, known: Known, id_token: str
) -> None:
    """Keep with the session of `token` what leaving its provider will take; nothing where one cannot."""
    if not known.metadata.end_session:
        return
    kept = {
        "url": known.metadata.end_session, "client": provider.client_id, "name": provider.name,
        "id": provider.id, "central": provider.profile == "proconnect",
        "token": id_token if len(id_token) <= LONGEST else "",
    }  # fmt: skip
    sealed = vault.seal_apart(json.dumps(kept).encode(), f"hint:{slug}")
    gate.keep_hint(slug, token, sealed)


def leave(gate: Gate, vault: Vault, home: Home, token: str) -> Away | None:
    """Where the session of `token` also has to be ended; None for one that came through no provider."""
    sealed = gate.session_hint(home.slug, token)
    if sealed is None:
        return None
    try:
        kept = json.loads(vault.open_apart(sealed, f"hint:{home.slug}"))
    except SealBroken:
        return None  # the master key has changed since: what ends here ends all the same
    state = States(home.keys, "sign_out").make(Place(home.slug, int(kept["id"])))
    asked = {
        "id_token_hint": kept["token"], "client_id": "" if kept["token"] else kept["client"],
        "post_logout_redirect_uri": home.central if kept["central"] else home.return_to, "state": state,
    }  # fmt: skip
    mark = "&" if urlsplit(kept["url"]).query else "?"
    query = urlencode({name: value for name, value in asked.items() if value})
    return Away(f"{kept['url']}{mark}{query}", str(kept["name"]))
