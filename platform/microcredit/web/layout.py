"""What every page stands in: places of the role, hats, filters, assets, the demo's band."""

import json
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from flask import Flask, g, request, url_for
from sqlalchemy.orm import Session

from microcredit.kernel.clock import business_date, today_in_paris
from microcredit.kernel.permissions import Permission, Role
from microcredit.kernel.tenancy import Identity
from microcredit.settings import ROOT
from microcredit.web import charts, formatting, keys
from microcredit.web.requests import resources, somebody

STATIC = ROOT / "platform" / "microcredit" / "web" / "static"
STATIC_PATH = "/static"


@dataclass(frozen=True)
class Place:
    """One place of the main navigation."""

    label: str
    endpoint: str
    icon: str


DAY = Place("Ma journée", "cases.day", "calendar")
CASES = Place("Dossiers", "cases.index", "folder")
LOANS = Place("Prêts", "loans.index", "coin")
FIGURES = Place("Chiffres", "reporting.figures", "chart")
TERRITORY = Place("Territoire", "groupings.territory", "people")
ACCESS = Place("Accès", "accounts.organisations", "key")
TRAIL = Place("Journal", "accounts.journal", "eye")

#: At most five places per role; the first is where the role lands.
PLACES: dict[Role, tuple[Place, ...]] = {
    Role.CASE_WORKER: (DAY, CASES, LOANS, Place("Bilan", "reporting.figures", "chart"), TERRITORY),
    Role.FRONT_DESK: (Place("Mon accueil", "cases.day", "calendar"), CASES),
    Role.CCAS_DIRECTOR: (
        Place("Ma commune", "reporting.commune", "hand"), CASES, LOANS, FIGURES, TERRITORY,
    ),
    Role.COORDINATOR: (FIGURES, CASES, TERRITORY, TRAIL, ACCESS),
    Role.ELECTED_MEMBER: (FIGURES, TERRITORY),
    Role.FUNDER_VIEWER: (FIGURES, TERRITORY),
    Role.BANK_OFFICER: (
        Place("À décider", "submissions.desk", "bank"),
        Place("Décidés", "submissions.answered", "done"),
        LOANS,
    ),
    Role.TENANT_ADMIN: (ACCESS, Place("Fournisseurs", "accounts.providers", "lock"), TERRITORY),
    Role.DPO: (TRAIL, TERRITORY),
    Role.PRESCRIBER_ADVISER: (Place("Mes orientations", "cases.referrals", "turn"),),
}  # fmt: skip


def places(identity: Identity) -> tuple[Place, ...]:
    """The places of the active role."""
    return PLACES[identity.role]


def install(app: Flask) -> None:
    """Give the templates their filters, functions and values."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(formatting.FILTERS)
    app.jinja_env.globals.update(
        asset=_asset, form_key=keys.issue, visitor_key=keys.issue_for_visitor,
        charts=charts, same_page_with=_same_page_with,
    )  # fmt: skip
    app.context_processor(_values)


def _values() -> dict[str, object]:
    """What templates find besides what a view gives them."""
    me = somebody()
    return {
        "me": me,
        "places": places(me) if me else (),
        "demo_band": _demo_band(me),
        "P": Permission,
    }


def _demo_band(me: Identity | None) -> str:
    """The demo tenant's date in words, or "" where there is no demo."""
    if me is None or not (me.is_demo and resources().settings.demo):
        return ""
    unit = g.get("unit")
    day = business_date(unit) if isinstance(unit, Session) else me.demo_date or today_in_paris()
    return formatting.weekday(day)


@cache
def _asset(name: str) -> str:
    """The address of a built file, by its name before hashing. Assets change at set-up alone."""
    manifest = json.loads((STATIC / "dist" / "manifest.json").read_text(encoding="utf-8"))
    return f"{STATIC_PATH}/{manifest[name]}"


def _same_page_with(**changes: str) -> str:
    """The address of this page with some of its query changed; an empty value removes the name."""
    kept = {**request.args.to_dict(), **changes}
    values = {name: value for name, value in kept.items() if value and name != "page"}
    if changes.get("page"):
        values["page"] = changes["page"]
    path = url_for(str(request.endpoint), **(request.view_args or {}))
    return f"{path}?{urlencode(values)}" if values else path
