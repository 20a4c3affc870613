"""Keys of forms: each proves that our own page was sent to this very visitor, and works once.

A key is a random nonce signed together with the account it was issued to (before sign-in: the
visit), so it is worth nothing to anybody else (no cross-site request), and its nonce is stored by
the act that consumes it (no double click, no resend).
"""

import hashlib
import secrets
from urllib.parse import urlsplit

from flask import request
from flask import session as visit
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from microcredit.kernel.audit import FormKey
from microcredit.kernel.errors import DomainError
from microcredit.kernel.tenancy import Identity
from microcredit.web.requests import identity, resources

FIELD = "_key"
LIFETIME = 12 * 3600


class BadKey(DomainError):
    """The form is not one that we sent to this visitor, or it is too old."""

    status = 400
    message = (
        "Ce formulaire n’est plus valable : la page a été ouverte il y a longtemps, ou dans une"
        " autre session. Revenez en arrière, rechargez la page et recommencez."
    )


def issue() -> str:
    """A fresh one-time key for one form of the page being made for who is signed in."""
    me = identity()
    return issue_to(me.slug, me.account_id)


def issue_to(slug: str, account_id: int) -> str:
    """A fresh one-time key for an account of a tenant."""
    return _timed().dumps([secrets.token_urlsafe(12), f"{slug}:{account_id}"])


def issue_for_visitor() -> str:
    """The key of forms that nobody is signed in for: it binds to the visit, and may serve again."""
    return URLSafeSerializer(resources().settings.signing_keys, salt="visit").dumps(_visit())


def check(me: Identity) -> str:
    """The nonce of the posted key. Raises BadKey unless it was issued to this account, here.

    To the account, not to the session: another hat put on in a second window, or a session that
    was renewed, must not cost anybody what she has typed.
    """
    nonce, owner = read()
    if owner != f"{me.slug}:{me.account_id}":
        raise BadKey
    return nonce


def read() -> tuple[str, str]:
    """(nonce, owner) of the posted key. Raises BadKey unless we issued it, lately, on this site."""
    _check_origin()
    try:
        nonce, owner = _timed().loads(request.form.get(FIELD, ""), max_age=LIFETIME)
    except (BadSignature, ValueError, TypeError) as bad:
        raise BadKey from bad
    return str(nonce), str(owner)


def check_for_visitor() -> None:
    """Raise BadKey unless the posted key was issued to this visit."""
    _check_origin()
    serializer = URLSafeSerializer(resources().settings.signing_keys, salt="visit")
    try:
        binding = serializer.loads(request.form.get(FIELD, ""))
    except BadSignature as bad:
        raise BadKey from bad
    if binding != _visit():
        raise BadKey


def claim(session: Session, me: Identity, nonce: str) -> str | None:
    """Take the nonce for this act, or learn where the act that took it led.

    A second request with the same nonce waits here until the first has ended: then it is answered
    with the first result, or runs in its place if that one was rolled back.
    """
    taken = session.execute(
        insert(FormKey)
        .values(nonce=nonce, account_id=me.account_id)
        .on_conflict_do_nothing()
        .returning(FormKey.nonce)
    ).scalar_one_or_none()
    if taken is not None:
        return None
    return session.scalar(select(FormKey.location).where(FormKey.nonce == nonce)) or "/"


def remember(session: Session, nonce: str, location: str) -> None:
    """Note where the act that took `nonce` led."""
    session.execute(update(FormKey).where(FormKey.nonce == nonce).values(location=location))


def _timed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(resources().settings.signing_keys, salt="form")


def _visit() -> str:
    if "visit" not in visit:
        visit["visit"] = secrets.token_urlsafe(18)
    return hashlib.sha256(str(visit["visit"]).encode()).hexdigest()[:32]


def _check_origin() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site != "same-origin":
            raise BadKey
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise BadKey
