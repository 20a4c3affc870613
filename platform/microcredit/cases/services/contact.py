"""The first contact: a request is noted in under a minute, with or without a name."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Channel
from microcredit.cases.models import Case, CaseCounter, Residence
from microcredit.cases.schemas import Contact
from microcredit.governance.services import microcredit_action
from microcredit.groupings.services import commune_names
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError
from microcredit.kernel.tenancy import Identity
from microcredit.people.models import Person
from microcredit.people.services import keep


class UnknownCommune(DomainError):
    """The commune is not one of the territory's."""

    status = 422
    message = "Cette commune n’est pas du territoire."


def open_contact(session: Session, identity: Identity, contact: Contact) -> Case:
    """Note a first contact at the desk of the active hat; the new case, with its public number.

    Raises UnknownCommune. The number is taken last, so that other desks wait as little as possible.
    """
    if contact.commune not in commune_names(session):
        raise UnknownCommune(fields={"commune": UnknownCommune.message})
    person = _person(session, contact)
    case = Case(
        channel=contact.channel,
        opening_code=contact.commune,
        residence_code=contact.commune,
        motive=contact.motive,
        amount_cents=contact.amount,
        person_id=person.id if person else None,
    )
    channel = Channel(contact.channel).label
    begin_case(session, identity, case, f"{channel}, {identity.organisation_name}")
    audit.record(session, "open_contact", f"case:{case.number}")
    return case


def begin_case(session: Session, identity: Identity, case: Case, note: str) -> None:
    """Give a new case its action, its desk, its first state, its number and its first event."""
    today = business_date(session)
    case.version = 0
    case.action_id = microcredit_action(session, today).id
    case.opened_on = today
    case.desk_id = identity.organisation_id
    case.number = _next_number(session, identity.number_prefix, today.year)
    transitions.place_new(case, today)
    session.add(case)
    session.flush()
    session.add(Residence(case_id=case.id, valid_from=today, commune_code=case.residence_code))
    transitions.begin(session, case, identity.account_id, note=note)


def _person(session: Session, contact: Contact) -> Person | None:
    if not (contact.last_name or contact.first_names or contact.phone):
        return None
    return keep(
        session,
        Person(
            civility=contact.civility,
            last_name=contact.last_name,
            first_names=contact.first_names,
            phone=contact.phone,
        ),
    )


def _next_number(session: Session, prefix: str, year: int) -> str:
    """The next public number of the year, « PC-2026-0147 ». No gap: it is rolled back with the act."""
    last = session.execute(
        insert(CaseCounter)
        .values(year=year, last=1)
        .on_conflict_do_update(
            index_elements=["tenant_id", "year"], set_={"last": CaseCounter.last + 1}
        )
        .returning(CaseCounter.last)
    ).scalar_one()
    return f"{prefix}-{year}-{last:04d}"
