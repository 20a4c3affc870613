"""Noting an appointment: first, moved, or after a case had been closed without follow-up."""

from datetime import date, time, timedelta

from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act
from microcredit.cases.models import Appointment, Case
from microcredit.cases.schemas import Meeting
from microcredit.cases.services.find import get
from microcredit.groupings.services import desks
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity

HORIZON = timedelta(days=365)
OPENING, CLOSING = time(7), time(20)


class BadMeeting(DomainError):
    """The day, the hour or the place cannot be."""

    status = 422


def note_appointment(
    session: Session, identity: Identity, number: str, meeting: Meeting, describe: str
) -> Case:
    """Fix or move the appointment of a case. `describe` is the meeting in words, for the timeline.

    Raises NotFound, TransitionRefused or BadMeeting.
    """
    case = get(session, identity, number, Permission.NOTE_APPOINTMENT, lock=True)
    transitions.check(case, Act.NOTE_APPOINTMENT)
    today = business_date(session)
    places = desks(session, today)
    _check(meeting, today, places)
    session.add(
        Appointment(
            case_id=case.id,
            on_date=meeting.on_date,
            at_time=meeting.at_time,
            place_id=meeting.place,
        )
    )
    note = f"{describe}, {places[meeting.place]}"
    transitions.move(session, case, Act.NOTE_APPOINTMENT, identity.account_id, note=note)
    audit.record(session, "note_appointment", f"case:{case.number}")
    return case


def _check(meeting: Meeting, today: date, places: dict[int, str]) -> None:
    wrong: dict[str, str] = {}
    if meeting.on_date < today:
        wrong["on_date"] = "Ce jour est déjà passé."
    elif meeting.on_date > today + HORIZON:
        wrong["on_date"] = "Ce jour est à plus d’un an."
    if not OPENING <= meeting.at_time <= CLOSING:
        wrong["at_time"] = "Indiquez une heure entre 7:00 et 20:00."
    if meeting.place not in places:
        wrong["place"] = "Choisissez un lieu dans la liste."
    if wrong:
        raise BadMeeting("Le rendez-vous ne peut pas être fixé ainsi.", fields=wrong)
