"""One request, one transaction: who asks, in which tenant, and the session that proves it."""

import re
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app, g, request
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request

from microcredit.kernel.database import Pools
from microcredit.kernel.tenancy import Identity, enter
from microcredit.kernel.vault import Vault
from microcredit.settings import Settings

#: `__Host-`: this host alone, over a secure connection alone (browsers trust *.localhost too).
SESSION_COOKIE = "__Host-sid"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
HOST = re.compile(r"(?P<slug>[a-z0-9-]{3,40})\.(?P<base>[a-z0-9.-]+?)(:\d{1,5})?")

#: Never a tenant's: the operator's host, the fixed sign-in callbacks, and what people mistype.
RESERVED_SLUGS = frozenset(
    {"ops", "auth", "www", "api", "static", "admin", "mail", "smtp", "demo", "localhost", "app"}
)


class Gatekeeper(Protocol):
    """What the toolkit needs of the gate; `accounts` offers it at the composition root."""

    def record_refusal(self, identity: Identity, act: str, subject: str) -> None:
        """Write a refusal where the request's own rollback cannot take it back."""

    def keep_form(self, slug: str, token: str, account_id: int, path: str, sealed: bytes) -> bool:
        """Keep a form posted after its session ended, for the account of that session alone."""

    def forget_form(self, slug: str, account_id: int) -> None:
        """Forget a kept form: it has been sent again."""

    def touch(self, slug: str, token: str) -> None:
        """Note that a session was seen, apart from the act."""


@dataclass(frozen=True)
class Resources:
    """What one process of the application stands on."""

    settings: Settings
    pools: Pools
    vault: Vault
    gatekeeper: Gatekeeper


def install(app: Flask, resources: Resources) -> None:
    """Give the application its resources and close each request's transaction at its end."""
    app.extensions["microcredit"] = resources
    app.teardown_request(_close)


def resources() -> Resources:
    """The resources of the running application."""
    found = current_app.extensions["microcredit"]
    if not isinstance(found, Resources):
        raise LookupError("the application was not composed")
    return found


def tenant_slug() -> str | None:
    """The slug of the exact host, or None: the apex, a reserved name, somebody else's domain."""
    base = resources().settings.base_domain
    match = HOST.fullmatch(request.host.lower())
    if match is None or match["base"] != base or match["slug"] in RESERVED_SLUGS:
        return None
    return match["slug"]


def is_apex() -> bool:
    """Whether the request came to the bare base domain."""
    return request.host.lower().partition(":")[0] == resources().settings.base_domain


def is_return_host() -> bool:
    """Whether the request came to `auth.`, where providers of all territories send people back."""
    return request.host.lower().partition(":")[0] == resources().settings.host("auth")


def session_token(asked: Request | None = None) -> str:
    """The token of the session cookie, or "" when there is none that could be one."""
    token = (asked or request).cookies.get(SESSION_COOKIE, "")
    return token if TOKEN.fullmatch(token) else ""


def load_identity(asked: Request) -> Identity | None:
    """Flask-Login's request loader: open the transaction and let the database say who is here."""
    token, slug = session_token(asked), tenant_slug()
    if not token or slug is None or g.get("asked"):
        return None
    g.asked = True  # once: the page that says that the database is away must not ask it again
    opened = Session(resources().pools.web, expire_on_commit=False)
    opened.info["vault"] = resources().vault
    g.unit = opened
    identity = enter(opened, token, slug)
    if identity is None:
        opened.close()
        del g.unit
    return identity


def identity() -> Identity:
    """Who acts. Only behind a guard: elsewhere there may be nobody."""
    found = current_user._get_current_object()
    if not isinstance(found, Identity):
        raise LookupError("nobody is signed in")
    return found


def somebody() -> Identity | None:
    """Who is signed in, or None."""
    found = current_user._get_current_object()
    return found if isinstance(found, Identity) else None


def session() -> Session:
    """The transaction of this request, inside the tenant that the database proved."""
    opened = g.unit
    if not isinstance(opened, Session):
        raise LookupError("no transaction is open")
    return opened


def _close(error: BaseException | None) -> None:
    opened = g.pop("unit", None)
    if isinstance(opened, Session):
        opened.close()
