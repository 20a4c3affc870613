"""The composition root: one application from its settings, its pools and its domains."""

from flask import Flask
from flask_login import LoginManager
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import BaseConverter

from microcredit import home
from microcredit.accounts import pages as accounts
from microcredit.accounts.gate import Gate
from microcredit.cases import pages as cases
from microcredit.followups import pages as followups
from microcredit.groupings import pages as groupings
from microcredit.kernel import migrate, tenancy
from microcredit.kernel.database import Pools, open_pools
from microcredit.kernel.vault import Vault
from microcredit.loans import pages as loans
from microcredit.loans.services.days import OFFER_LAPSES, PAYMENT_FROM
from microcredit.reporting import pages as reporting
from microcredit.settings import ROOT, Settings, SettingsError
from microcredit.submissions import pages as submissions
from microcredit.submissions.services.days import ANSWER_DUE
from microcredit.web import errors, headers, layout, requests
from microcredit.web.guard import declared
from microcredit.web.requests import Resources

DOMAINS = (accounts, groupings, cases, submissions, loans, followups, reporting, home)


class CaseNumber(BaseConverter):
    """A public number in an address: « PC-2016-0012 »."""

    regex = r"[A-Z]{2,4}-\d{4}-\d{4,7}"


class NotReady(Exception):
    """The database is not in a state to serve; one French line."""


def create_app(settings: Settings, pools: Pools | None = None) -> Flask:
    """The application. Raises SettingsError for a demo, which signs in by one click, on a real domain."""
    if settings.demo and settings.base_domain != "localhost":
        raise SettingsError(
            f"Le mode démonstration ne se sert que sous localhost, pas sous « {settings.base_domain} »."
        )
    app = Flask(
        "microcredit",
        root_path=str(ROOT / "platform" / "microcredit"),
        static_folder="web/static/dist",
        static_url_path=layout.STATIC_PATH,
        template_folder=str(ROOT / "templates"),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        SESSION_COOKIE_NAME="__Host-visit",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=512 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
    )
    app.url_map.converters["case_number"] = CaseNumber
    opened = pools or open_pools(settings.database_url, settings.gate_url)
    gate = Gate(opened.gate, settings.secret_key)
    requests.install(app, Resources(settings, opened, Vault(settings.master_key), gate))
    logins = LoginManager(app)
    logins.session_protection = None
    logins.request_loader(requests.load_identity)
    errors.install(app)
    headers.install(app)
    layout.install(app)
    app.extensions["case_panels"] = [
        panel for domain in DOMAINS for panel in getattr(domain, "CASE_PANELS", ())
    ]
    app.extensions["territory_parts"] = [
        part for domain in DOMAINS for part in getattr(domain, "TERRITORY_PARTS", ())
    ]
    app.extensions["loan_panels"] = [
        panel for domain in DOMAINS for panel in getattr(domain, "LOAN_PANELS", ())
    ]
    app.extensions["suggested_helps"] = [
        domain.SUGGESTED_HELPS for domain in DOMAINS if hasattr(domain, "SUGGESTED_HELPS")
    ]
    app.extensions["named_days"] = [ANSWER_DUE, OFFER_LAPSES, PAYMENT_FROM]
    for domain in DOMAINS:
        app.register_blueprint(domain.pages)
    _refuse_undeclared(app)
    return app


def check_ready(pools: Pools, role_suffix: str = "") -> None:
    """Raise NotReady unless the database answers, stands at our migration, and has no hole."""
    try:
        with pools.web.connect() as connection:
            stands_at = migrate.current(connection)
            if stands_at != migrate.head():
                raise NotReady(
                    f"La base est à la migration {stands_at} ; il faut {migrate.head()}."
                    " Lancez « microcredit migrate »."
                )
            found = tenancy.holes(connection, role_suffix)
    except SQLAlchemyError as unreachable:
        raise NotReady("La base de données ne répond pas.") from unreachable
    if found:
        raise NotReady("L’isolation des territoires n’est pas sûre : " + " ; ".join(found))


def _refuse_undeclared(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and not declared(view.__module__, view.__name__):
            raise RuntimeError(f"{endpoint} does not say who it is for")
