"""The pages on which loans are read, gathered with those of the acts; what a case shows of its loan."""

import logging

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from microcredit.cases.panels import Panel, shown
from microcredit.kernel.documents import DocumentFailed, render
from microcredit.kernel.permissions import Permission
from microcredit.loans import act_pages
from microcredit.loans.blueprint import pages
from microcredit.loans.schemas import LoanFilters, LoanFiltersSchema
from microcredit.loans.services.document import schedule_document, state_in_words
from microcredit.loans.services.listing import list_loans
from microcredit.loans.services.panel import case_loan
from microcredit.loans.services.read import read_loan
from microcredit.web.errors import error_page
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session

log = logging.getLogger("microcredit")

CASE_PANELS = (Panel("loans/_panel.html", Permission.READ_LOANS, case_loan),)

pages.add_app_template_filter(state_in_words, "line_state")


@pages.route("/prets")
@requires(Permission.READ_LOANS)
def index() -> ResponseReturnValue:
    """The list of loans, with their figures."""
    form: Form[LoanFilters] = Form(LoanFiltersSchema())
    filters = form.judge(request.args) or LoanFilters()
    listing = list_loans(session(), identity(), filters)
    return render_template(
        "loans/index.html", form=form, filters=filters, listing=listing
    ), form.status


@pages.route("/prets/<case_number:number>")
@requires(Permission.READ_LOANS)
def show(number: str) -> ResponseReturnValue:
    """One loan."""
    page = read_loan(session(), identity(), number)
    panels = shown(current_app.extensions["loan_panels"], session(), identity(), page.held.case)
    return render_template("loans/show.html", page=page, panels=panels)


@pages.route("/prets/<case_number:number>/echeancier.pdf")
@requires(Permission.READ_LOANS)
def schedule_pdf(number: str) -> ResponseReturnValue:
    """The schedule of one loan, to hand over."""
    made = schedule_document(session(), identity(), number)
    try:
        document = render("loans/schedule", made.data)
    except DocumentFailed:
        log.error("no schedule for %s", number)  # why would quote personal data
        return error_page(500, "L’échéancier n’a pas pu être préparé", TRY_AGAIN)
    named = {"Content-Disposition": f'inline; filename="{made.name}"'}
    return Response(document, mimetype="application/pdf", headers=named)


TRY_AGAIN = (
    "Rien n’a été perdu. Réessayez dans un moment ; l’échéancier reste lisible sur la page du prêt."
)

__all__ = ["CASE_PANELS", "act_pages", "pages"]
