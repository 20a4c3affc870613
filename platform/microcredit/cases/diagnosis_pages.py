"""The diagnosis: filled in together, declared complete, opened again."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages, to_case
from microcredit.cases.budget_codes import BudgetCode, Periodicity
from microcredit.cases.diagnosis_form import compare, known
from microcredit.cases.schemas import Diagnosis, DiagnosisSchema
from microcredit.cases.services.diagnosis import (
    balance_typed,
    complete,
    correct,
    save_diagnosis,
    to_edit,
)
from microcredit.cases.services.find import get
from microcredit.cases.services.timeline import last_writer
from microcredit.groupings.services import commune_names
from microcredit.kernel.errors import DomainError, Stale
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session


@pages.route("/dossiers/<case_number:number>/diagnostic", methods=["GET", "POST"])
@requires(Permission.WRITE_DIAGNOSIS)
def diagnosis(number: str) -> ResponseReturnValue:
    """Fill in the diagnosis."""
    form: Form[Diagnosis] = Form(DiagnosisSchema())
    differences: list[tuple[str, str, str]] = []
    if request.method == "POST":
        asked = form.read()
        if asked is not None:
            try:
                save_diagnosis(session(), identity(), number, asked)
            except Stale:
                differences = compare(form, known(to_edit(session(), identity(), number)))
            except DomainError as refused:
                form.refuse(refused)
            else:
                flash("Le diagnostic est enregistré.")
                return to_case(number)
    return _diagnosis_page(form, number, differences)


@pages.route("/dossiers/<case_number:number>/diagnostic/calcul", methods=["POST"])
@requires(Permission.WRITE_DIAGNOSIS, one_time=False)
def diagnosis_figures(number: str) -> ResponseReturnValue:
    """The totals of a budget that is being typed; nothing is written."""
    get(session(), identity(), number, Permission.WRITE_DIAGNOSIS)
    form: Form[Diagnosis] = Form(DiagnosisSchema())
    asked = form.read()
    balance = balance_typed(asked.lines) if asked else None
    return render_template("cases/_figures.html", balance=balance)


@pages.route("/dossiers/<case_number:number>/complet", methods=["POST"])
@requires(Permission.WRITE_DIAGNOSIS)
def mark_complete(number: str) -> ResponseReturnValue:
    """Declare the file complete."""
    complete(session(), identity(), number)
    flash("Le dossier est complet. Il peut partir à la banque.")
    return to_case(number)


@pages.route("/dossiers/<case_number:number>/corriger", methods=["POST"])
@requires(Permission.WRITE_DIAGNOSIS)
def reopen(number: str) -> ResponseReturnValue:
    """Open the diagnosis again, to correct it."""
    correct(session(), identity(), number)
    flash("Le diagnostic est rouvert.")
    return redirect(url_for("cases.diagnosis", number=number), 303)


def _diagnosis_page(
    form: Form[Diagnosis], number: str, differences: list[tuple[str, str, str]]
) -> ResponseReturnValue:
    facts = to_edit(session(), identity(), number)
    fresh = not form.values and not form.errors
    if fresh:
        form = Form(DiagnosisSchema(), known(facts))
    if fresh or differences:
        form.values["version"] = str(facts.case.version)  # what one has just been shown
    status = 409 if differences else form.status
    writer = last_writer(session(), number) if differences else ""
    return render_template(
        "cases/diagnosis.html",
        form=form,
        facts=facts,
        differences=differences,
        writer=writer,
        codes=list(BudgetCode),
        periodicities=list(Periodicity),
        communes=commune_names(session()),
        balance=facts.balance,
    ), status
