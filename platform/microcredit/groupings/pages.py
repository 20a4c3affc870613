"""The page of the territory: who takes part, since when, under which terms."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from microcredit.groupings.services import communes, participants
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission
from microcredit.web.guard import requires
from microcredit.web.requests import session

pages = Blueprint("groupings", __name__)


@pages.route("/territoire")
@requires(Permission.READ_TERRITORY)
def territory() -> ResponseReturnValue:
    """Communes, populations and participants on the business date."""
    today = business_date(session())
    return render_template(
        "groupings/territory.html",
        today=today,
        communes=communes(session(), today),
        participants=participants(session()),
    )
