"""What all pages of accounts share: their blueprint, the gate, the tenant of the address."""

from flask import Blueprint
from werkzeug.exceptions import MisdirectedRequest
from werkzeug.wrappers import Response

from microcredit.accounts.gate import Gate
from microcredit.web.requests import SESSION_COOKIE, resources, tenant_slug

pages = Blueprint("accounts", __name__)


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


def with_session(response: Response, token: str) -> Response:
    """The answer, and from now on the session of `token` in this browser."""
    response.set_cookie(SESSION_COOKIE, token, secure=True, httponly=True, samesite="Lax", path="/")
    return response
