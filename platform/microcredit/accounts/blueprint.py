"""What all pages of accounts share: their blueprint, the gate, the tenant of the address."""

import re
import secrets

from flask import Blueprint, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.exceptions import MisdirectedRequest
from werkzeug.wrappers import Response

from microcredit.accounts.gate import PATIENCE, Gate
from microcredit.accounts.services import Opened, Waiting
from microcredit.accounts.services.passkeys import Site
from microcredit.web.requests import SESSION_COOKIE, TOKEN, resources, session_token, tenant_slug

pages = Blueprint("accounts", __name__)

#: Of somebody who has still to show her second factor.
PENDING_COOKIE = "__Host-pending"
#: Of a browser from which somebody signed in before: it opens nothing, and has guesses of its own.
DEVICE_COOKIE = "__Host-device"
DEVICE_LIFETIME = 180 * 24 * 3600

FAMILIES = (
    ("Edge", r"Edg"), ("Firefox", r"Firefox|FxiOS"), ("Chrome", r"Chrome|Chromium|CriOS"),
    ("Safari", r"Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", r"Android"), ("iPhone", r"iPhone"), ("iPad", r"iPad"), ("Windows", r"Windows"),
    ("Mac", r"Macintosh|Mac OS"), ("Linux", r"Linux|X11"),
)  # fmt: skip


def gate() -> Gate:
    """The gate of the running application."""
    found = resources().gatekeeper
    if not isinstance(found, Gate):
        raise LookupError("the application was composed without a gate")
    return found


def here() -> str:
    """The slug of a tenant that exists. Raises 421 on any other host."""
    slug = tenant_slug()
    if slug is None:
        raise MisdirectedRequest
    return slug


def site() -> Site:
    """Where this tenant's passkeys are valid: from the settings, never from the request."""
    settings, slug = resources().settings, here()
    tenant = gate().tenant(slug)
    return Site(slug, settings.host(slug), settings.origin(slug), tenant.name if tenant else slug)


def browser() -> str:
    """« Firefox, Linux »: what a person recognises her browser by, and nothing that tells more."""
    said = request.headers.get("User-Agent", "")
    found = [
        next((name for name, words in kinds if re.search(words, said)), "")
        for kinds in (FAMILIES, SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or "Autre navigateur"


def let_in(admitted: Opened | Waiting, suite: str = "") -> Response:
    """Into the new session, or to the second factor; this browser's former session, if any, is over."""
    if isinstance(admitted, Waiting):
        response = redirect(url_for("accounts.second_step", suite=suite or None), 303)
        response.set_cookie(
            PENDING_COOKIE, admitted.token, max_age=PATIENCE, secure=True, httponly=True,
            samesite="Lax", path="/",
        )  # fmt: skip
        return response
    if session_token():
        gate().end_session(here(), session_token())
    response = go_on(admitted.account_id, suite)
    response.delete_cookie(PENDING_COOKIE, secure=True, httponly=True, samesite="Lax")
    _know_device(response, admitted.account_id)
    return with_session(response, admitted.token)


def go_on(account_id: int, suite: str) -> Response:
    """Where the person was going, or first to what she had typed when she was stopped."""
    kept = gate().kept_form(here(), account_id)
    return redirect(url_for("accounts.resume") if kept else path_here(suite), 303)


def pending_token() -> str:
    """The token of a sign-in that waits for its second factor, or ""."""
    token = request.cookies.get(PENDING_COOKIE, "")
    return token if TOKEN.fullmatch(token) else ""


def known_device(email: str) -> str:
    """What to count this browser's guesses by, if the account of `email` signed in from it; else ""."""
    try:
        signed = _devices().loads(request.cookies.get(DEVICE_COOKIE, ""), max_age=DEVICE_LIFETIME)
    except BadSignature:
        return ""
    slug, account, nonce = signed
    known = gate().credentials(here(), email.casefold())
    return str(nonce) if known and [slug, account] == [here(), known.account_id] else ""


def path_here(target: str) -> str:
    """Where the person was going: a path of this site, nothing else; "/" otherwise."""
    fine = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if fine else "/"


def _know_device(response: Response, account_id: int) -> None:
    signed = _devices().dumps([here(), account_id, secrets.token_urlsafe(9)])
    response.set_cookie(
        DEVICE_COOKIE, str(signed), max_age=DEVICE_LIFETIME, secure=True, httponly=True,
        samesite="Lax", path="/",
    )  # fmt: skip


def _devices() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(resources().settings.signing_keys, salt="device")


def with_session(response: Response, token: str) -> Response:
    """The answer, and from now on the session of `token` in this browser."""
    response.set_cookie(SESSION_COOKIE, token, secure=True, httponly=True, samesite="Lax", path="/")
    return response
