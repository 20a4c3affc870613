"""Other helps: proposed, and what came of them."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages, to_case
from microcredit.cases.schemas import RedirectSchema
from microcredit.cases.services.close import redirect as redirect_case
from microcredit.cases.services.find import get
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session


@pages.route("/dossiers/<case_number:number>/orienter", methods=["GET", "POST"])
@requires(Permission.REDIRECT_CASE)
def orient(number: str) -> ResponseReturnValue:
    """Send the person to another help, and close."""
    case = get(session(), identity(), number, Permission.REDIRECT_CASE)
    form = Form(RedirectSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        redirect_case(session(), identity(), number, asked)
        flash("L’orientation est notée, le dossier est clos.")
        return to_case(number)
    return render_template("cases/orient.html", form=form, case=case), form.status
