"""Closing a loan once nothing more is owed, with a short evaluation."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.cases import sealed, transitions
from microcredit.cases.codes import Act
from microcredit.cases.models import Case
from microcredit.cases.services.tasks import OF_A_LOAN, close_tasks
from microcredit.followups.codes import BankRelation, IncomeChange, JobChange, Realised
from microcredit.followups.models import Evaluation
from microcredit.followups.schemas import Evaluate, Reached
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.codes import Labelled
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import Standing
from microcredit.loans.models import Loan
from microcredit.loans.services.find import get_loan
from microcredit.web.formatting import euros


class StillOwed(DomainError):
    """Something is still owed to the bank."""


def close_loan(session: Session, identity: Identity, number: str, told: Evaluate) -> Case:
    """Write the evaluation and close. A loan whose guarantee was called is closed too.

    Raises NotFound, TransitionRefused or StillOwed.
    """
    found = get_loan(session, identity, number, Permission.EVALUATE_LOAN, lock=True)
    case, loan = found.case, found.loan
    transitions.check(case, Act.CLOSE_LOAN)
    today = business_date(session)
    stands = found.on(today)
    if stands.settled_on is None and stands.standing is not Standing.GUARANTEE_CALLED:
        owed = euros(stands.outstanding_cents)
        raise StillOwed(f"Il reste {owed} de capital à rembourser : le prêt n’est pas soldé.")
    reached = told.reached == Reached.YES.value
    session.add(
        Evaluation(
            loan_id=loan.id,
            on_date=today,
            account_id=identity.account_id,
            reached=reached,
            project_realised=told.project_realised or None,
            still_used=told.still_used if reached else None,
            employment=told.employment or None,
            income_change=told.income_change or None,
            budget_feeling=told.budget_feeling,
            bank_relation=told.bank_relation or None,
            help_useful=told.help_useful,
            would_recommend=told.would_recommend if reached else None,
            new_project=told.new_project if reached else None,
            comment=sealed.close(session, case.id, "evaluation", told.comment),
        )
    )
    session.flush()
    close_tasks(session, identity, case, *OF_A_LOAN)
    note = f"{stands.standing.label}, {Reached(told.reached).label.lower()}"
    transitions.move(session, case, Act.CLOSE_LOAN, identity.account_id, note=note)
    audit.record(session, "close_loan", f"case:{number}")
    return case


def evaluation_of(session: Session, loan_id: int) -> Evaluation | None:
    """The evaluation of a loan, or None while it runs."""
    return session.scalar(select(Evaluation).where(Evaluation.loan_id == loan_id))


@dataclass(frozen=True)
class Told:
    """An evaluation in words, for the page of the loan: (question, answer), and the person's own words."""

    on_date: date
    reached: bool
    answers: list[tuple[str, str]]
    comment: str


def told_of(session: Session, identity: Identity, case: Case) -> Told | None:
    """What the evaluation of a case's last loan says; None while there is none, and for banks.

    A bank learns that the loan is closed, not how the household lives. The person's own words are for
    those who read opinions.
    """
    if not identity.may(Permission.READ_IDENTITY):
        return None
    found = session.scalar(
        select(Evaluation)
        .join(Loan, Loan.id == Evaluation.loan_id)
        .where(Loan.case_id == case.id)
        .order_by(Loan.id.desc())
        .limit(1)
    )
    if found is None:
        return None
    reads = identity.may(Permission.READ_OPINION)
    comment = sealed.read(session, case.id, "evaluation", found.comment) if reads else ""
    return Told(found.on_date, found.reached, _answers(found), comment)


def _answers(found: Evaluation) -> list[tuple[str, str]]:
    """Only what was answered."""
    said = [
        ("Projet réalisé", _label(Realised, found.project_realised)),
        ("Le bien sert encore", _yes(found.still_used)),
        ("Emploi", _label(JobChange, found.employment)),
        ("Ressources", _label(IncomeChange, found.income_change)),
        ("Budget, de 1 à 5", str(found.budget_feeling or "")),
        ("Avec sa banque", _label(BankRelation, found.bank_relation)),
        ("Accompagnement, de 1 à 5", str(found.help_useful or "")),
        ("Le conseillerait", _yes(found.would_recommend)),
        ("Nouveau projet", _yes(found.new_project)),
    ]
    return [(question, answer) for question, answer in said if answer]


def _label(codes: type[Labelled], code: str | None) -> str:
    return codes(code).label if code else ""


def _yes(said: bool | None) -> str:
    return "" if said is None else "Oui" if said else "Non"
