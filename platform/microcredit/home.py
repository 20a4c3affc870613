"""What belongs to no domain: the way in, the health of the process, the demo's clock."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from werkzeug.exceptions import BadRequest, NotFound, ServiceUnavailable

from microcredit.accounts.pages import gate, here
from microcredit.kernel import audit, mail, migrate, tenancy
from microcredit.kernel.clock import business_date
from microcredit.kernel.codes import Labelled
from microcredit.kernel.permissions import Permission
from microcredit.kernel.schema import ActSchema, Choice
from microcredit.web.forms import Form
from microcredit.web.guard import public, requires
from microcredit.web.layout import places
from microcredit.web.requests import identity, is_apex, resources, session, somebody

pages = Blueprint("home", __name__)

SET_DEMO_DATE = text("SELECT tenancy.set_demo_date(:day)")


class Step(Labelled):
    """How far to move a demo tenant's date."""

    DAY = "day", "1 jour"
    WEEK = "week", "1 semaine"
    MONTH = "month", "1 mois"


@dataclass(frozen=True)
class Advance:
    """Move the demo's date on."""

    step: str


class AdvanceSchema(ActSchema[Advance]):
    act = Advance
    step = Choice("Avancer", Step)


@pages.route("/")
@public
def index() -> ResponseReturnValue:
    """Each role lands on its own work; the apex says what this is."""
    if is_apex():
        demo = resources().settings.demo
        return render_template("home/apex.html", tenants=_demo_tenants() if demo else [])
    me = somebody()
    if me is None:
        here()
        return redirect(url_for("accounts.sign_in"))
    return redirect(url_for(places(me)[0].endpoint))


@pages.route("/demonstration/avancer", methods=["POST"])
@requires(Permission.USE_ACCOUNT)
def advance() -> ResponseReturnValue:
    """Move the date of a demo tenant on."""
    if not (resources().settings.demo and identity().is_demo):
        raise NotFound
    asked = Form(AdvanceSchema()).read()
    today = business_date(session())
    if asked is None:
        raise BadRequest
    if today.year < 2090:
        session().execute(SET_DEMO_DATE, {"day": later(today, Step(asked.step))})
        audit.record(session(), "advance_demo", asked.step)
        flash("La date de la démonstration a avancé.")
    return redirect("/", 303)


@pages.route("/courriels")
@requires(Permission.USE_ACCOUNT)
def mails() -> ResponseReturnValue:
    """What a demo tenant would have sent."""
    if not (resources().settings.demo and identity().is_demo):
        raise NotFound
    letters = mail.posted(session(), resources().vault)
    return render_template("home/mails.html", letters=letters)


@pages.route("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@pages.route("/readyz")
@public
def ready() -> ResponseReturnValue:
    """The database answers, stands at our migration, and isolates tenants."""
    with resources().pools.web.connect() as connection:
        if migrate.current(connection) != migrate.head():
            raise ServiceUnavailable
        if tenancy.holes(connection, resources().settings.role_suffix):
            raise ServiceUnavailable
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


def later(day: date, step: Step) -> date:
    """The day one day, one week or one month on; the month keeps to its last day."""
    match step:
        case Step.DAY:
            return date.fromordinal(day.toordinal() + 1)
        case Step.WEEK:
            return date.fromordinal(day.toordinal() + 7)
        case Step.MONTH:
            year, month = divmod(day.year * 12 + day.month, 12)
            for number in range(day.day, 27, -1):
                try:
                    return date(year, month + 1, number)
                except ValueError:
                    continue
            return date(year, month + 1, min(day.day, 28))


def _demo_tenants() -> list[tuple[str, str]]:
    found = []
    for slug in resources().settings.demo_slugs:
        tenant = gate().tenant(slug)
        if tenant is not None:
            found.append((tenant.name, resources().settings.origin(slug)))
    return found
