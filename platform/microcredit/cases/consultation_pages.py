"""Who read a case."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages
from microcredit.cases.services.consultations import read_consultations
from microcredit.kernel.permissions import Permission
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session


@pages.route("/dossiers/<case_number:number>/consultations")
@requires(Permission.READ_CONSULTATIONS)
def consultations(number: str) -> ResponseReturnValue:
    """Who read, changed or was refused this case."""
    page = read_consultations(session(), identity(), number, request.args.get("page", ""))
    return render_template("cases/consultations.html", number=number, page=page)
