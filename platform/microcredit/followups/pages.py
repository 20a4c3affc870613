"""The page of the evaluation, and what it leaves on the page of the loan."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.cases.codes import Act
from microcredit.cases.panels import Panel
from microcredit.followups.schemas import Evaluate, EvaluateSchema
from microcredit.followups.services import close_loan, told_of
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission
from microcredit.loans.services.read import read_for
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session

pages = Blueprint("followups", __name__)

LOAN_PANELS = (Panel("followups/_panel.html", Permission.READ_LOANS, told_of),)


@pages.route("/prets/<case_number:number>/bilan", methods=["GET", "POST"])
@requires(Permission.EVALUATE_LOAN)
def evaluation(number: str) -> ResponseReturnValue:
    """Fill in what the loan changed, and close."""
    form = Form(EvaluateSchema())
    if request.method == "POST" and _closed(form, number):
        flash("Le bilan est enregistré, le prêt est clos.")
        return redirect(url_for("loans.show", number=number), 303)
    page = read_for(session(), identity(), number, Act.CLOSE_LOAN)
    return render_template("followups/evaluation.html", form=form, page=page), form.status


def _closed(form: Form[Evaluate], number: str) -> bool:
    """Whether what was typed is written; otherwise the form says why not."""
    asked = form.read()
    if asked is None:
        return False
    try:
        close_loan(session(), identity(), number, asked)
    except NotFound:
        raise
    except DomainError as refused:
        form.refuse(refused)
        return False
    return True
