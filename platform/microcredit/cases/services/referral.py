"""A prescriber refers somebody: a first contact by a partner, with a name and without an amount."""

from datetime import date

from sqlalchemy.orm import Session

from microcredit.cases import sealed
from microcredit.cases.codes import Channel
from microcredit.cases.models import Case
from microcredit.cases.referral_schemas import Referral
from microcredit.cases.services.contact import UnknownCommune, begin_case
from microcredit.groupings.codes import OrganisationKind
from microcredit.groupings.services import commune_names, prescriber_kind
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError
from microcredit.kernel.tenancy import Identity
from microcredit.people.models import Person
from microcredit.people.services import age, keep

#: One borrows from eighteen on (code civil, 414 and 1146); a date under sixteen is a slip of the hand.
ADULT, YOUNGEST, OLDEST = 18, 16, 120


class NotPrescriber(DomainError):
    """The organisation is no prescriber of the territory on this day."""

    message = (
        "Votre organisme n’est pas prescripteur du territoire à ce jour : appelez la coordinatrice."
    )


class WrongBirthDate(DomainError):
    """Nobody who was born that day is referred: something is mistyped."""

    status = 422
    message = "Vérifiez la date de naissance."


class Minor(DomainError):
    """Sixteen or seventeen: other helps are for that age."""

    status = 422
    message = "À cet âge, on ne peut pas encore emprunter. D’autres aides existent : elles sont dites ici."


def refer(session: Session, identity: Identity, asked: Referral) -> Case:
    """Open the case of a person whom the active hat's organisation refers; the new case.

    It is received at that organisation; the amount, 0 for not yet said, is asked at the first meeting.
    Raises NotPrescriber, UnknownCommune, WrongBirthDate, Minor.
    """
    today = business_date(session)
    kind = prescriber_kind(session, identity.organisation_id, today)
    if kind is None:
        raise NotPrescriber
    check_age(asked.birth_date, today)
    if asked.commune not in commune_names(session):
        raise UnknownCommune(fields={"commune": UnknownCommune.message})
    person = keep(
        session,
        Person(
            civility=asked.civility, last_name=asked.last_name, first_names=asked.first_names,
            birth_date=asked.birth_date, phone=asked.phone,
        ),
    )  # fmt: skip
    local = kind is OrganisationKind.MISSION_LOCALE
    channel = Channel.MISSION_LOCALE if local else Channel.PARTNER
    case = Case(
        channel=channel.value, opening_code=asked.commune, residence_code=asked.commune,
        motive=asked.motive, amount_cents=0, person_id=person.id,
        referrer_account_id=identity.account_id, prescriber_id=identity.organisation_id,
    )  # fmt: skip
    note = f"{identity.organisation_name}, avec l’accord de la personne"
    begin_case(session, identity, case, note)
    case.project = sealed.close(session, case.id, "project", asked.project)
    session.flush()
    audit.record(session, "refer", f"case:{case.number}")
    return case


def check_age(born: date, today: date) -> None:
    """Raise WrongBirthDate for a date that is surely mistyped, Minor for sixteen and seventeen."""
    years = age(born, today)
    if years < YOUNGEST or years > OLDEST:
        raise WrongBirthDate(fields={"birth_date": _doubt(years)})
    if years < ADULT:
        raise Minor(fields={"birth_date": Minor.message})


def _doubt(years: int) -> str:
    if years < 0:
        return "Vérifiez cette date : elle est à venir."
    return f"Vérifiez cette date : la personne aurait {years} an{'s' if years > 1 else ''}."
