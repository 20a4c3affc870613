"""Words that somebody searches by, sealed for the address of a page: a name is personal data."""

import base64
import binascii

from microcredit.kernel.tenancy import Identity
from microcredit.kernel.vault import SealBroken
from microcredit.web.requests import resources


def seal_words(words: str, me: Identity) -> str:
    """`words` in a form that only this account's own requests read back."""
    sealed = resources().vault.seal_apart(words.encode(), _subject(me))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def open_words(sealed: str, me: Identity) -> str:
    """What `seal_words` sealed for this account; "" for anything else."""
    try:
        raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        return resources().vault.open_apart(raw, _subject(me)).decode()
    except (SealBroken, binascii.Error, ValueError):
        return ""


def _subject(me: Identity) -> str:
    return f"search;{me.slug};{me.account_id}"
