"""The ways out and the waits: papers, committee, tasks, and cases that nothing follows."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages, to_case
from microcredit.cases.schemas import CloseSchema
from microcredit.cases.services.close import close as close_case
from microcredit.cases.services.find import get
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session


@pages.route("/dossiers/<case_number:number>/sans-suite", methods=["GET", "POST"])
@requires(Permission.CLOSE_CASE)
def close(number: str) -> ResponseReturnValue:
    """Close a case that nothing follows."""
    case = get(session(), identity(), number, Permission.CLOSE_CASE)
    form = Form(CloseSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        close_case(session(), identity(), number, asked)
        flash("Le dossier est classé sans suite. Un nouveau rendez-vous le rouvrira.")
        return to_case(number)
    return render_template("cases/close.html", form=form, case=case), form.status
