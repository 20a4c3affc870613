"""A case: its first contact, its page, its appointments."""

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages, to_case
from microcredit.cases.codes import Act
from microcredit.cases.offers import REOPENS, offered
from microcredit.cases.panels import shown
from microcredit.cases.schemas import Contact, ContactSchema, Meeting, MeetingSchema
from microcredit.cases.services.appointment import note_appointment
from microcredit.cases.services.contact import open_contact
from microcredit.cases.services.find import ready_for
from microcredit.cases.services.timeline import read_case
from microcredit.cases.steps import steps
from microcredit.groupings.services import commune_names, desks
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.web.formatting import clock_time, short_day
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session


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
            return to_case(case.number)
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
        steps=steps(page.state, page.events),
        reopens=REOPENS,
        panels=shown(current_app.extensions["case_panels"], session(), identity(), page.case),
    )


@pages.route("/dossiers/<case_number:number>/rendez-vous", methods=["GET", "POST"])
@requires(Permission.NOTE_APPOINTMENT)
def appointment(number: str) -> ResponseReturnValue:
    """Fix or move an appointment."""
    case = ready_for(session(), identity(), number, Act.NOTE_APPOINTMENT)
    form: Form[Meeting] = Form(MeetingSchema(), {"place": case.desk_id})
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        try:
            note_appointment(session(), identity(), number, asked, _in_words(asked))
        except DomainError as refused:
            form.refuse(refused)
        else:
            flash(f"Rendez-vous noté : {_in_words(asked)}.")
            return to_case(number)
    venues = desks(session(), business_date(session()))
    return render_template(
        "cases/appointment.html", form=form, case=case, venues=venues
    ), form.status


def _in_words(meeting: Meeting) -> str:
    today = business_date(session())
    return f"le {short_day(meeting.on_date, today)} à {clock_time(meeting.at_time)}"
