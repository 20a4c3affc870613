"""The diagnosis: filled in together, figures beside it, declared complete, opened again."""

from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages, to_case
from microcredit.cases.budget_codes import BudgetCode, Confidence, Periodicity, Whose
from microcredit.cases.codes import PURPOSES
from microcredit.cases.diagnosis_form import (
    MOST_NAMES,
    NAMES,
    Row,
    compare,
    label_of,
    names_of,
    rows,
    stored_form,
)
from microcredit.cases.diagnosis_schemas import Diagnosis, DiagnosisSchema
from microcredit.cases.services.diagnosis import (
    Facts,
    complete,
    correct,
    save_diagnosis,
    to_edit,
)
from microcredit.cases.services.find import get
from microcredit.cases.services.indicators import Indicators, indicators_of, indicators_typed
from microcredit.cases.services.timeline import last_writer
from microcredit.groupings.services import commune_names
from microcredit.kernel.errors import DomainError, Stale
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session


@dataclass(frozen=True)
class DiagnosisPage:
    """All that the form shows. `indicators` is None while an answer cannot be read."""

    facts: Facts
    rows: dict[str, list[Row]]
    communes: dict[str, str]
    indicators: Indicators | None
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    writer: str = ""

    @property
    def full(self) -> bool:
        """Whether the form has no room for one more line."""
        return names_of(self.rows) + max(NAMES.values()) > MOST_NAMES


@pages.route("/dossiers/<case_number:number>/diagnostic", methods=["GET", "POST"])
@requires(Permission.WRITE_DIAGNOSIS)
def diagnosis(number: str) -> ResponseReturnValue:
    """Fill in the diagnosis."""
    form: Form[Diagnosis] = Form(DiagnosisSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is None:
        return _diagnosis_page(form, number)
    try:
        save_diagnosis(session(), identity(), number, asked)
    except Stale:
        return _diagnosis_page(form, number, asked, stale=True)
    except DomainError as refused:
        form.refuse(refused)
        return _diagnosis_page(form, number, asked)
    flash("Le diagnostic est enregistré.")
    return to_case(number)


@pages.route("/dossiers/<case_number:number>/diagnostic/calcul", methods=["POST"])
@requires(Permission.WRITE_DIAGNOSIS, one_time=False)
def diagnosis_figures(number: str) -> ResponseReturnValue:
    """The figures of a form that is being typed, or one more line of it; nothing is written."""
    form: Form[Diagnosis] = Form(DiagnosisSchema())
    asked = form.read()
    by_script = "HX-Request" in request.headers
    if not by_script or "_add" in request.form:
        page, status = _diagnosis_page(form, number, asked)
        return page, 200 if by_script else status
    get(session(), identity(), number, Permission.WRITE_DIAGNOSIS)
    found = _typed_indicators(number, asked)
    return render_template("cases/_live.html", page={"indicators": found})


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
    form: Form[Diagnosis], number: str, asked: Diagnosis | None = None, *, stale: bool = False
) -> tuple[str, int]:
    facts = to_edit(session(), identity(), number)
    communes = commune_names(session())
    fresh = not form.values and not form.errors
    if fresh:
        form = stored_form(facts)
    if fresh or stale:
        form.values["version"] = str(facts.case.version)  # what one has just been shown
    page = DiagnosisPage(
        facts,
        rows(form, request.form.get("_add", "")),
        communes,
        indicators_of(session(), facts, _bank()) if fresh else _typed_indicators(number, asked),
        compare(asked, facts, communes) if stale and asked else [],
        last_writer(session(), number) if stale else "",
    )
    return _rendered(form, page), 409 if stale else form.status


def _typed_indicators(number: str, asked: Diagnosis | None) -> Indicators | None:
    if asked is None:
        return None
    return indicators_typed(session(), identity(), number, asked, _bank())


def _bank() -> int | None:
    """The bank that the simulator is asked for; the first one unless one is chosen."""
    chosen = request.form.get("_bank", "")
    return int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else None


def _rendered(form: Form[Diagnosis], page: DiagnosisPage) -> str:
    return render_template(
        "cases/diagnosis.html",
        form=form,
        page=page,
        bank_id=_bank(),
        purposes=PURPOSES,
        codes=list(BudgetCode),
        periodicities=list(Periodicity),
        owners=list(Whose),
        confidences=list(Confidence),
        line_label=lambda name: label_of(form, name),
    )
