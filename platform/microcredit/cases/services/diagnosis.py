"""The diagnosis: person, household, project, budget, opinion; then complete, or opened again."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from microcredit.cases import sealed, transitions
from microcredit.cases.budget_codes import BudgetCode
from microcredit.cases.codes import Act
from microcredit.cases.diagnosis_schemas import Diagnosis, Line
from microcredit.cases.models import BudgetLine, Case, Residence
from microcredit.cases.services.budget import adults_of, balance_of, stored_lines
from microcredit.cases.services.contact import UnknownCommune
from microcredit.cases.services.find import get
from microcredit.groupings.services import commune_names
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError, Stale
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.mathematics.budget import Balance
from microcredit.people.models import Household, Person
from microcredit.people.services import keep


class Incomplete(DomainError):
    """The file lacks something that the bank will need."""


class NotBornYet(DomainError):
    """A child of the household would be born after today."""

    status = 422
    message = "Une année de naissance est à venir."


@dataclass(frozen=True)
class Facts:
    """All that a diagnosis holds, as stored."""

    case: Case
    person: Person | None
    household: Household | None
    lines: list[BudgetLine]
    project: str
    opinion: str

    @property
    def balance(self) -> Balance:
        """The monthly totals of the budget, without what is noted but not counted."""
        return balance_of(stored_lines(self.lines, None))


def facts(session: Session, case: Case) -> Facts:
    """Everything the diagnosis of a case holds."""
    person = session.scalar(select(Person).where(Person.id == case.person_id))
    household = session.scalar(select(Household).where(Household.id == case.household_id))
    lines = session.scalars(
        select(BudgetLine).where(BudgetLine.case_id == case.id).order_by(BudgetLine.rank)
    )
    return Facts(
        case, person, household, list(lines),
        sealed.read(session, case.id, "project", case.project),
        sealed.read(session, case.id, "opinion", case.opinion),
    )  # fmt: skip


def to_edit(session: Session, identity: Identity, number: str) -> Facts:
    """The diagnosis of a case, to be filled in. Raises NotFound or TransitionRefused."""
    case = get(session, identity, number, Permission.WRITE_DIAGNOSIS)
    transitions.check(case, Act.SAVE_DIAGNOSIS)
    found = facts(session, case)
    audit.record(session, "read", f"case:{case.number}")
    return found


def save_diagnosis(session: Session, identity: Identity, number: str, filled: Diagnosis) -> Case:
    """Write what was filled in, complete or not; the first save starts the diagnosis.

    Raises NotFound, TransitionRefused, UnknownCommune, NotBornYet, or Stale when somebody else saved
    since this form was opened.
    """
    case = get(session, identity, number, Permission.WRITE_DIAGNOSIS, lock=True)
    transitions.check(case, Act.SAVE_DIAGNOSIS)
    if case.version != filled.version:
        raise Stale("", [])
    if filled.commune not in commune_names(session):
        raise UnknownCommune(fields={"commune": UnknownCommune.message})
    today = business_date(session)
    if max(filled.children_born, default=0) > today.year:
        raise NotBornYet(fields={"children_born": NotBornYet.message})
    _write_person(session, case, filled)
    _write_household(session, case, filled)
    _write_residence(session, case, filled.commune, today)
    _write_budget(session, case, filled.lines)
    case.motive, case.purpose, case.months = filled.motive, filled.purpose, filled.months
    case.total_cost_cents, case.contribution_cents = filled.total_cost, filled.contribution
    case.amount_cents = filled.amount or case.amount_cents
    case.project = sealed.close(session, case.id, "project", filled.project)
    case.opinion = sealed.close(session, case.id, "opinion", filled.opinion)
    case.notice_given_on = (case.notice_given_on or today) if filled.notice_given else None
    transitions.move(session, case, Act.SAVE_DIAGNOSIS, identity.account_id)
    audit.record(session, "save_diagnosis", f"case:{case.number}")
    return case


def complete(session: Session, identity: Identity, number: str) -> Case:
    """Declare the file complete. Raises Incomplete with what is missing, NotFound, TransitionRefused."""
    case = get(session, identity, number, Permission.WRITE_DIAGNOSIS, lock=True)
    transitions.check(case, Act.COMPLETE)
    lacking = missing(facts(session, case))
    if lacking:
        raise Incomplete("Il manque encore : " + " ; ".join(lacking) + ".")
    transitions.move(session, case, Act.COMPLETE, identity.account_id)
    audit.record(session, "complete", f"case:{case.number}")
    return case


def correct(session: Session, identity: Identity, number: str) -> Case:
    """Open the diagnosis of a complete or refused file again. Raises NotFound, TransitionRefused."""
    case = get(session, identity, number, Permission.WRITE_DIAGNOSIS, lock=True)
    transitions.move(session, case, Act.CORRECT, identity.account_id)
    audit.record(session, "correct", f"case:{case.number}")
    return case


def missing(found: Facts) -> list[str]:
    """What the file lacks before a bank can decide, in words; [] when it is complete."""
    case, person, household = found.case, found.person, found.household
    groups = {BudgetCode(line.code).group for line in found.lines}
    demands = (
        (person is not None and person.last_name and person.first_names, "le nom et le prénom"),
        (person is not None and person.birth_date, "la date de naissance"),
        (person is not None and (person.phone or person.email), "un téléphone ou un courriel"),
        (person is not None and person.address, "l’adresse"),
        (household is not None and household.family, "la situation familiale"),
        (household is not None and household.housing, "le logement"),
        (household is not None and household.employment, "l’emploi"),
        (found.project, "la description du projet"),
        (case.amount_cents, "le montant souhaité"),
        (case.total_cost_cents, "le coût total"),
        (case.months, "la durée souhaitée"),
        ("R" in groups, "au moins une ressource"),
        ("C" in groups, "au moins une charge"),
        (case.notice_given_on, "la remise de la notice d’information"),
        (found.opinion, "votre avis"),
    )
    return [sentence for given, sentence in demands if not given]


def _write_person(session: Session, case: Case, filled: Diagnosis) -> None:
    person = session.scalar(select(Person).where(Person.id == case.person_id)) or Person()
    person.civility = filled.civility
    person.last_name, person.first_names = filled.last_name, filled.first_names
    person.birth_date, person.phone = filled.birth_date, filled.phone
    person.email, person.address = filled.email, filled.address
    case.person_id = keep(session, person).id


def _write_household(session: Session, case: Case, filled: Diagnosis) -> None:
    household = session.scalar(select(Household).where(Household.id == case.household_id))
    household = household or Household()
    household.family = filled.family
    household.adults = adults_of(filled)
    household.children = filled.children or 0
    household.alternate_children = filled.alternate_children or 0
    household.children_born = list(filled.children_born)
    household.housing, household.employment = filled.housing, filled.employment
    household.employment_ends_on = filled.employment_ends_on
    session.add(household)
    session.flush()
    case.household_id = household.id


def _write_residence(session: Session, case: Case, commune: str, today: date) -> None:
    if commune == case.residence_code:
        return
    session.merge(
        Residence(tenant_id=case.tenant_id, case_id=case.id, valid_from=today, commune_code=commune)
    )
    case.residence_code = commune


def _write_budget(session: Session, case: Case, lines: list[Line]) -> None:
    session.execute(delete(BudgetLine).where(BudgetLine.case_id == case.id))
    rows = [
        {
            "case_id": case.id,
            "rank": rank,
            "code": line.code,
            "amount_cents": line.amount,
            "periodicity": line.periodicity,
            "whose": line.whose,
            "confidence": line.confidence,
            "ends_on": line.ends_on,
            "creditor": line.creditor,
            "owed_cents": line.owed,
        }
        for rank, line in enumerate((line for line in lines if line.amount is not None), 1)
    ]
    if rows:  # all at once: one by one, each would be a statement of its own
        session.execute(insert(BudgetLine), rows)
