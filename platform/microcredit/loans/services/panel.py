"""What the page of a case says of its loan."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.cases.codes import State
from microcredit.cases.models import Case
from microcredit.kernel.clock import business_date
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import LoanPhase
from microcredit.loans.models import Loan
from microcredit.loans.services.clocks import (
    Clock,
    FicpClock,
    OfferClocks,
    clock,
    ficp_clock,
    offer_clocks,
)
from microcredit.loans.services.find import held
from microcredit.loans.services.read import phase
from microcredit.loans.services.sign import OFFER_HOLDS
from microcredit.loans.situation import Situation
from microcredit.submissions.codes import Answer
from microcredit.submissions.models import Submission

_WITH_A_LOAN = frozenset({State.OFFER_SIGNED, State.DISBURSED, State.CLOSED, State.WITHDRAWN})


@dataclass(frozen=True)
class CaseLoan:
    """The loan of a case in short; `until` for an offer that waits for its signature."""

    number: str
    today: date
    phase: LoanPhase
    until: Clock | None = None
    loan: Loan | None = None
    stands: Situation | None = None
    clocks: OfferClocks | None = None
    ficp: FicpClock | None = None


def case_loan(session: Session, identity: Identity, case: Case) -> CaseLoan | None:
    """The loan, or the agreement, of a case that its reader may see; None before any."""
    state, today = State(case.state), business_date(session)
    if state is State.APPROVED:
        return _agreement(session, case, today)
    if state not in _WITH_A_LOAN:
        return None
    loan = session.scalar(
        select(Loan).where(Loan.case_id == case.id).order_by(Loan.id.desc()).limit(1)
    )
    if loan is None:
        return None
    stands = held(session, case, loan).on(today)
    return CaseLoan(
        case.number, today, phase(loan, stands.standing),
        loan=loan, stands=stands, clocks=offer_clocks(loan, today),
        ficp=ficp_clock(stands) if state is State.DISBURSED else None,
    )  # fmt: skip


def _agreement(session: Session, case: Case, today: date) -> CaseLoan | None:
    last = session.execute(
        select(Submission.accepted_on, Submission.answered_on)
        .where(
            Submission.case_id == case.id,
            Submission.answer.in_([Answer.GRANTED.value, Answer.COUNTER_OFFER.value]),
        )
        .order_by(Submission.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return None
    since = last.accepted_on or last.answered_on or today
    until = clock(since + OFFER_HOLDS, today)
    return CaseLoan(case.number, today, LoanPhase.TO_SIGN, until=until)
