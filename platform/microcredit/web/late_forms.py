"""A form posted after its session ended is kept sealed for its person, and offered to her again."""

import json

from flask import request

from microcredit.kernel.vault import Vault
from microcredit.web import keys
from microcredit.web.requests import resources, session_token, tenant_slug

#: The house field of a form that is sent again: once it has succeeded, nothing is kept any more.
KEPT = "_kept"


def keep_typed() -> bool:
    """Keep the posted form; False when it is not one of ours, or nobody's.

    The form's key proves that our page was sent to the very session whose token is shown, ended
    though it is; the database knows whose session that was.
    """
    slug, token = tenant_slug(), session_token()
    if slug is None or not token:
        return False
    try:
        keys.check()
    except keys.BadKey:
        return False
    typed = [
        [name, value] for name, value in request.form.items(multi=True) if not name.startswith("_")
    ]
    sealed = resources().vault.seal_apart(json.dumps(typed).encode(), _subject(slug, request.path))
    return resources().gatekeeper.keep_form(slug, token, request.path, sealed)


def open_typed(vault: Vault, slug: str, path: str, sealed: bytes) -> list[tuple[str, str]]:
    """The names and values of a kept form, in their order."""
    typed = json.loads(vault.open_apart(sealed, _subject(slug, path)))
    return [(str(name), str(value)) for name, value in typed]


def _subject(slug: str, path: str) -> str:
    return f"{slug};{path}"
