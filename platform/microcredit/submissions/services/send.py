"""Sending: the case is frozen as it stands, under the terms in force today."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.cases import transitions
from microcredit.cases.codes import Act
from microcredit.cases.models import Case, CaseEvent
from microcredit.cases.services.diagnosis import Facts, facts
from microcredit.cases.services.find import get
from microcredit.groupings.services import commune_names
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError
from microcredit.kernel.jobs import defer
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.kernel.vault import vault_of
from microcredit.lenders.models import LoanTerms
from microcredit.lenders.services import BankTerms, terms_in_force, terms_of
from microcredit.submissions import copy
from microcredit.submissions.codes import Answer
from microcredit.submissions.models import Submission
from microcredit.web.formatting import day, euros, euros_whole, percent

#: How often one bank may refuse one case: its answer, and one appeal.
MOST_REFUSALS = 2

#: The job that checks a copy once it is stored.
VERIFY = "submissions.verify"


class BankCannotTakeIt(DomainError):
    """The request does not fit the bank's terms of the day."""

    status = 422


@dataclass(frozen=True)
class Preview:
    """What would be sent, and to whom it could be; `limits` says which each bank's terms cross."""

    facts: Facts
    commune: str
    banks: list[BankTerms]
    limits: dict[int, str]
    today: date

    @property
    def crossed(self) -> list[int]:
        """The banks that cannot take it, by id: `limits` says why."""
        return [bank_id for bank_id, limit in self.limits.items() if limit]


def preview(session: Session, identity: Identity, number: str) -> Preview:
    """What would be sent today. Raises NotFound or TransitionRefused."""
    case = get(session, identity, number, Permission.SEND_TO_BANK)
    transitions.check(case, Act.SEND_TO_BANK)
    today = business_date(session)
    banks = terms_in_force(session, today)
    found = Preview(
        facts(session, case),
        commune_names(session)[case.residence_code],
        banks,
        {
            bank.terms.bank_id: limit_crossed(case, bank) or asked_before(session, case, bank)
            for bank in banks
        },
        today,
    )
    audit.record(session, "read", f"case:{case.number}")
    return found


def send(session: Session, identity: Identity, number: str, bank_id: int) -> Submission:
    """Freeze the case and send the copy to a bank.

    Raises NotFound, TransitionRefused, or BankCannotTakeIt with the limit that is crossed.
    """
    case = get(session, identity, number, Permission.SEND_TO_BANK, lock=True)
    transitions.check(case, Act.SEND_TO_BANK)
    today = business_date(session)
    bank = terms_of(session, bank_id, today)
    if bank is None:
        text = "Cette banque n’a pas de conditions de prêt à cette date."
        raise BankCannotTakeIt(fields={"bank": text})
    crossed = limit_crossed(case, bank) or asked_before(session, case, bank)
    if crossed:
        raise BankCannotTakeIt(crossed, fields={"bank": crossed})
    written = copy.canonical(
        copy.compose(
            facts(session, case),
            commune=commune_names(session)[case.residence_code],
            sent_by=identity.account_name,
            terms=terms_in_words(bank.terms),
            annual_rate=bank.terms.annual_rate,
        )
    )
    sha256 = copy.digest(written)
    submission = Submission(
        case_id=case.id,
        bank_id=bank_id,
        terms_id=bank.terms.id,
        sent_on=today,
        due_on=today + timedelta(days=bank.terms.answer_days),
        copy=vault_of(session).seal(session, written, f"submission:{sha256}"),
        sha256=sha256,
    )
    session.add(submission)
    session.flush()
    transitions.move(session, case, Act.SEND_TO_BANK, identity.account_id, note=bank.bank)
    defer(session, VERIFY, submission.id)
    audit.record(session, "send_to_bank", f"case:{case.number}", sha256=sha256)
    return submission


def limit_crossed(case: Case, bank: BankTerms) -> str:
    """The sentence that says which limit of the bank a request crosses; "" when it fits."""
    terms, months = bank.terms, case.months or 0
    since = f"conditions de {bank.bank} du {day(terms.valid_from)}"
    if case.amount_cents > terms.max_cents:
        return (
            f"{euros(case.amount_cents)} dépasse le plafond de {euros(terms.max_cents)} ({since})."
        )
    if case.amount_cents < terms.min_cents:
        return (
            f"{euros(case.amount_cents)} est sous le minimum de {euros(terms.min_cents)} ({since})."
        )
    if not terms.min_months <= months <= terms.max_months:
        return f"{months} mois : la durée va de {terms.min_months} à {terms.max_months} mois ({since})."
    return ""


def asked_before(session: Session, case: Case, bank: BankTerms) -> str:
    """The sentence that says why this bank is not asked again; "" when it may be.

    A bank that refused is asked again once, and only after the file was corrected.
    """
    refusers = session.scalars(
        select(Submission.bank_id)
        .where(Submission.case_id == case.id, Submission.answer == Answer.REFUSED.value)
        .order_by(Submission.id)
    ).all()
    refusals = [rank for rank, one in enumerate(refusers) if one == bank.terms.bank_id]
    if len(refusals) >= MOST_REFUSALS:
        return f"{bank.bank} a déjà refusé deux fois ce dossier."
    if refusals and not _corrected_since(session, case, refusals[-1]):
        return f"{bank.bank} a refusé ce dossier : corrigez-le avant de la solliciter de nouveau."
    return ""


def _corrected_since(session: Session, case: Case, refusal: int) -> bool:
    """Whether a case was reopened after its refusal of that rank (0 is the first), of whichever bank."""
    acts = session.scalars(
        select(CaseEvent.act)
        .where(
            CaseEvent.case_id == case.id,
            CaseEvent.act.in_([Act.REFUSE.value, Act.CORRECT.value]),
        )
        .order_by(CaseEvent.id)
    ).all()
    refused = [place for place, act in enumerate(acts) if act == Act.REFUSE.value]
    return Act.CORRECT.value in acts[refused[refusal] :]


def terms_in_words(terms: LoanTerms) -> str:
    """The terms as they stood, in words that the copy keeps: never reworded afterwards."""
    return (
        f"{euros_whole(terms.min_cents)} à {euros_whole(terms.max_cents)},"
        f" {terms.min_months} à {terms.max_months} mois, {percent(terms.annual_rate)},"
        f" depuis le {day(terms.valid_from)}"
    )
