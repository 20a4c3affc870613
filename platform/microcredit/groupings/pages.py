"""The page of the territory: who takes part, since when, under which rules."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as Unit

from microcredit.groupings.services import communes, participants
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission
from microcredit.web.guard import requires
from microcredit.web.requests import session

pages = Blueprint("groupings", __name__)


@dataclass(frozen=True)
class TerritoryPart:
    """What a later domain adds to the page: registered at the composition root."""

    template: str
    read: Callable[[Unit, date], object]


@pages.route("/territoire")
@requires(Permission.READ_TERRITORY)
def territory() -> ResponseReturnValue:
    """Communes, populations, participants and rules on the business date."""
    today = business_date(session())
    parts: list[TerritoryPart] = current_app.extensions["territory_parts"]
    return render_template(
        "groupings/territory.html",
        today=today,
        communes=communes(session(), today),
        participants=participants(session()),
        parts=[(part.template, part.read(session(), today)) for part in parts],
    )
