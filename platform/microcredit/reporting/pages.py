"""The pages of figures: those of the whole grouping, and those of one's own commune."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.reporting.schemas import Selection, SelectionSchema
from microcredit.reporting.services import findings
from microcredit.reporting.services.commune import my_commune
from microcredit.reporting.services.figures import figures as read_figures
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session

pages = Blueprint("reporting", __name__)


@pages.route("/chiffres")
@requires(Permission.READ_FIGURES)
def figures() -> ResponseReturnValue:
    """What became of the requests."""
    form: Form[Selection] = Form(SelectionSchema())
    asked = form.judge(request.args) or Selection()
    try:
        page = read_figures(session(), identity(), asked)
    except DomainError as refused:
        form.refuse(refused)
        page = read_figures(session(), identity(), Selection())
    return render_template(
        "reporting/figures.html", form=form, page=page, findings=findings
    ), form.status


@pages.route("/ma-commune")
@requires(Permission.READ_COMMUNE)
def commune() -> ResponseReturnValue:
    """The residents of one's own commune."""
    days = current_app.extensions["named_days"]
    page = my_commune(session(), identity(), request.args.get("page", ""), days)
    return render_template("reporting/commune.html", page=page)
