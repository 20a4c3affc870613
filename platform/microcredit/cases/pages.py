"""The pages of a case, from first contact to complete."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.cases.budget_codes import BudgetCode, Periodicity
from microcredit.cases.codes import Channel, Motive, State
from microcredit.cases.diagnosis_form import compare, known
from microcredit.cases.offers import offered
from microcredit.cases.panels import shown
from microcredit.cases.schemas import (
    CloseSchema,
    Contact,
    ContactSchema,
    Diagnosis,
    DiagnosisSchema,
    Filters,
    FiltersSchema,
    Meeting,
    MeetingSchema,
    RedirectSchema,
    Search,
    SearchSchema,
)
from microcredit.cases.services.appointment import note_appointment
from microcredit.cases.services.close import close as close_case
from microcredit.cases.services.close import redirect as redirect_case
from microcredit.cases.services.contact import open_contact
from microcredit.cases.services.day import my_day
from microcredit.cases.services.diagnosis import (
    balance_typed,
    complete,
    correct,
    save_diagnosis,
    to_edit,
)
from microcredit.cases.services.find import get
from microcredit.cases.services.listing import list_cases, view_counts
from microcredit.cases.services.timeline import last_writer, read_case
from microcredit.groupings.services import commune_names, desks
from microcredit.kernel.clock import business_date
from microcredit.kernel.codes import Labelled
from microcredit.kernel.errors import DomainError, Stale
from microcredit.kernel.permissions import Permission, Role
from microcredit.people.codes import Employment, Family, Housing
from microcredit.people.models import Person
from microcredit.people.services import age, full_name
from microcredit.web.formatting import clock_time, short_day
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session
from microcredit.web.words import open_words, seal_words

pages = Blueprint("cases", __name__)

#: How stored codes read in a template: `{{ case.motive|motive_label }}`.
LABELS: dict[str, type[Labelled]] = {
    "motive_label": Motive,
    "channel_label": Channel,
    "budget_label": BudgetCode,
    "periodicity_label": Periodicity,
    "family_label": Family,
    "housing_label": Housing,
    "employment_label": Employment,
}

#: In which states the next act is this role's.
CALLS_FOR = {
    Role.CASE_WORKER: frozenset(
        {
            State.CONTACT,
            State.APPOINTMENT,
            State.DIAGNOSIS,
            State.READY,
            State.SENT_TO_BANK,
            State.BANK_REFUSED,
            State.APPROVED,
        }
    ),
    Role.FRONT_DESK: frozenset({State.CONTACT}),
}


@pages.route("/ma-journee")
@requires(Permission.SEE_OWN_DAY)
def day() -> ResponseReturnValue:
    """What waits, what is late, whom one meets today."""
    calls = CALLS_FOR.get(identity().role, frozenset())
    return render_template("cases/day.html", day=my_day(session(), identity(), calls))


@pages.route("/dossiers")
@requires(Permission.LIST_CASES)
def index() -> ResponseReturnValue:
    """The list of cases."""
    form: Form[Filters] = Form(FiltersSchema())
    filters = form.judge(request.args) or Filters()
    form.values["q"] = open_words(filters.r, identity()) if filters.r else ""
    return _list_page(form, filters), form.status


@pages.route("/dossiers/recherche", methods=["POST"])
@requires(Permission.LIST_CASES, one_time=False)
def search() -> ResponseReturnValue:
    """From what was typed to a list whose address says no name."""
    form: Form[Search] = Form(SearchSchema())
    asked = form.read()
    if asked is None:
        return _list_page(form, Filters()), form.status
    kept = {"vue": asked.vue, "etat": asked.etat, "commune": asked.commune, "motif": asked.motif}
    kept["r"] = seal_words(asked.q, identity()) if asked.q else ""
    chosen = {name: value for name, value in kept.items() if value}
    return redirect(f"{url_for('cases.index')}?{urlencode(chosen)}", 303)


@pages.route("/dossiers/nouveau", methods=["GET", "POST"])
@requires(Permission.OPEN_CONTACT)
def contact() -> ResponseReturnValue:
    """Note a first contact."""
    form: Form[Contact] = Form(ContactSchema(), {"commune": identity().commune_code or ""})
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        try:
            case = open_contact(session(), identity(), asked)
        except DomainError as refused:
            form.refuse(refused)
        else:
            flash(f"Le premier contact est noté : dossier {case.number}.")
            return _to(case.number)
    communes = commune_names(session())
    return render_template("cases/contact.html", form=form, communes=communes), form.status


@pages.route("/dossiers/<case_number:number>")
@requires(Permission.LIST_CASES)
def show(number: str) -> ResponseReturnValue:
    """One case."""
    page = read_case(session(), identity(), number)
    return render_template(
        "cases/show.html",
        page=page,
        offered=offered(identity(), page.state, lacking=bool(page.lacking)),
        panels=shown(current_app.extensions["case_panels"], session(), identity(), page.case),
    )


@pages.route("/dossiers/<case_number:number>/rendez-vous", methods=["GET", "POST"])
@requires(Permission.NOTE_APPOINTMENT)
def appointment(number: str) -> ResponseReturnValue:
    """Fix or move an appointment."""
    case = get(session(), identity(), number, Permission.NOTE_APPOINTMENT)
    form: Form[Meeting] = Form(MeetingSchema(), {"place": case.desk_id})
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        try:
            note_appointment(session(), identity(), number, asked, _in_words(asked))
        except DomainError as refused:
            form.refuse(refused)
        else:
            flash(f"Rendez-vous noté : {_in_words(asked)}.")
            return _to(number)
    venues = desks(session(), business_date(session()))
    return render_template(
        "cases/appointment.html", form=form, case=case, venues=venues
    ), form.status


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
                return _to(number)
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
    return _to(number)


@pages.route("/dossiers/<case_number:number>/corriger", methods=["POST"])
@requires(Permission.WRITE_DIAGNOSIS)
def reopen(number: str) -> ResponseReturnValue:
    """Open the diagnosis again, to correct it."""
    correct(session(), identity(), number)
    flash("Le diagnostic est rouvert.")
    return redirect(url_for("cases.diagnosis", number=number), 303)


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
        return _to(number)
    return render_template("cases/orient.html", form=form, case=case), form.status


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
        return _to(number)
    return render_template("cases/close.html", form=form, case=case), form.status


def _list_page(form: Form[Filters] | Form[Search], filters: Filters) -> str:
    typed = "" if form.errors else form.value("q")
    return render_template(
        "cases/index.html",
        form=form,
        filters=filters,
        typed=typed,
        counts=view_counts(session(), identity()),
        listing=list_cases(session(), identity(), filters, typed),
        communes=commune_names(session()),
    )


def _to(number: str) -> ResponseReturnValue:
    return redirect(url_for("cases.show", number=number), 303)


def _in_words(meeting: Meeting) -> str:
    today = business_date(session())
    return f"le {short_day(meeting.on_date, today)} à {clock_time(meeting.at_time)}"


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


def _person_name(person: Person | None) -> str:
    if person is None:
        return full_name("", "", "")
    return full_name(person.civility, person.first_names, person.last_name)


def _add_filters() -> None:
    """Give templates the words of this domain."""
    for name, codes in LABELS.items():
        pages.add_app_template_filter(_labeller(codes), name)
    pages.add_app_template_filter(_person_name, "person_name")
    pages.add_app_template_filter(age, "age")


def _labeller(codes: type[Labelled]) -> Callable[[str], str]:
    labels = {str(member.value): member.label for member in codes}
    return lambda code: labels.get(code, "—")


_add_filters()
