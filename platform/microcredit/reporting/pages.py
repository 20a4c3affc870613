"""The pages of figures: those of the whole grouping, and those of one's own commune."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from microcredit.kernel.permissions import Permission
from microcredit.web.guard import requires

pages = Blueprint("reporting", __name__)


@pages.route("/chiffres")
@requires(Permission.READ_FIGURES)
def figures() -> ResponseReturnValue:
    """What became of the requests."""
    return render_template("reporting/figures.html")


@pages.route("/ma-commune")
@requires(Permission.READ_COMMUNE)
def commune() -> ResponseReturnValue:
    """The residents of one's own commune."""
    return render_template("reporting/commune.html")
