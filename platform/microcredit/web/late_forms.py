"""A form posted after its session ended is kept sealed for its person, and offered to her again."""

import json

from flask import request

from microcredit.kernel.vault import Vault
from microcredit.web import keys
from microcredit.web.requests import resources, session_token, tenant_slug

#: The house field of a form that is sent again: once it has succeeded, nothing is kept any more.
KEPT = "_kept"

#: Never kept: what proves a person is typed again.
PROOFS = frozenset({"password", "new_password", "code", "credential", "secret"})


def keep_typed() -> bool:
    """Keep the posted form; False when it is not one of ours, or nobody's.

    The form's key says to whom our page was sent; the database keeps the form only if the ended
    session, whose token is shown, was that very account's.
    """
    slug, token = tenant_slug(), session_token()
    if slug is None or not token:
        return False
    try:
        _, owner = keys.read()
    except keys.BadKey:
        return False
    account = owner.removeprefix(f"{slug}:")
    if not account.isdecimal():
        return False
    typed = [
        [name, value]
        for name, value in request.form.items(multi=True)
        if not name.startswith("_") and name not in PROOFS
    ]
    sealed = resources().vault.seal_apart(json.dumps(typed).encode(), _subject(slug, request.path))
    return resources().gatekeeper.keep_form(slug, token, int(account), request.path, sealed)


def open_typed(vault: Vault, slug: str, path: str, sealed: bytes) -> list[tuple[str, str]]:
    """The names and values of a kept form, in their order."""
    typed = json.loads(vault.open_apart(sealed, _subject(slug, path)))
    return [(str(name), str(value)) for name, value in typed]


def _subject(slug: str, path: str) -> str:
    return f"{slug};{path}"
