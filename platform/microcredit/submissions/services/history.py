"""What the CCAS reads of the copies of a case: to which bank, on which day, what each answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.cases import sealed, transitions
from microcredit.cases.codes import Act, State
from microcredit.cases.models import Case
from microcredit.cases.services.find import get
from microcredit.groupings.models import Organisation
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.lenders.models import LoanTerms
from microcredit.submissions.codes import Answer, RefusalReason, StepKind
from microcredit.submissions.models import Submission, SubmissionStep
from microcredit.submissions.services.desk import (
    Granted,
    Step,
    asked_in,
    content_of,
    granted_by,
)
from microcredit.submissions.services.follow import NotTheCopy


@dataclass(frozen=True)
class SentCopy:
    """One copy as the CCAS that sent it reads it; `left_cents` is what the budget sent leaves a month."""

    bank: str
    sent_on: date
    due_on: date
    answer_days: int
    answer: Answer | None
    answered_on: date | None
    reasons: list[RefusalReason]
    asked: Granted | None
    granted: Granted | None
    left_cents: int | None
    accepted: bool | None
    accepted_on: date | None
    steps: list[Step]
    today: date

    @property
    def late(self) -> bool:
        """Whether the bank is past the day of its answer."""
        return self.answer is None and self.today > self.due_on

    @property
    def days(self) -> int:
        """Days from the sending to the answer, or to today."""
        return ((self.answered_on or self.today) - self.sent_on).days

    @property
    def items_asked(self) -> Step | None:
        """What the bank asked for last, if it did."""
        asked = [step for step in self.steps if step.kind is StepKind.ITEMS_ASKED]
        return asked[-1] if asked else None


@dataclass(frozen=True)
class AtBank:
    """The copies of a case, the newest first, and where the case stands."""

    number: str
    state: State
    copies: list[SentCopy]
    today: date


def at_bank(session: Session, identity: Identity, case: Case) -> AtBank | None:
    """What the page of a case shows of its copies; None before the first. `identity` may read the case."""
    copies = copies_of(session, case)
    return (
        AtBank(case.number, State(case.state), copies, business_date(session)) if copies else None
    )


def read_last(session: Session, identity: Identity, number: str, act: Act) -> tuple[Case, SentCopy]:
    """A case and its last copy, before an act of whoever sent it; the reading is logged.

    Raises NotFound, TransitionRefused, or NotTheCopy when nothing was sent.
    """
    case = get(session, identity, number, Permission.SEND_TO_BANK)
    transitions.check(case, act)
    copies = copies_of(session, case)
    if not copies:
        raise NotTheCopy
    audit.record(session, "read", f"case:{number}")
    return case, copies[0]


def reasons_of(session: Session, case: Case) -> list[RefusalReason]:
    """Why the last bank refused; empty when the last answer is no refusal."""
    row = session.execute(
        select(Submission.answer, Submission.reasons)
        .where(Submission.case_id == case.id)
        .order_by(Submission.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.answer != Answer.REFUSED.value:
        return []
    return [RefusalReason(reason) for reason in row.reasons]


def copies_of(session: Session, case: Case) -> list[SentCopy]:
    """The copies of a case, the newest first, with what happened to each."""
    rows = session.execute(
        select(Submission, Organisation.name, LoanTerms)
        .join(Organisation, Organisation.id == Submission.bank_id)
        .join(LoanTerms, LoanTerms.id == Submission.terms_id)
        .where(Submission.case_id == case.id)
        .order_by(Submission.id.desc())
    ).all()
    if not rows:
        return []
    steps = _steps(session, case, [submission.id for submission, _, _ in rows])
    today = business_date(session)
    return [
        _copy(session, submission, bank, terms, steps.get(submission.id, []), today)
        for submission, bank, terms in rows
    ]


def _copy(
    session: Session, submission: Submission, bank: str, terms: LoanTerms, steps: list[Step],
    today: date,
) -> SentCopy:  # fmt: skip
    content = content_of(session, submission)
    left = content.get("left_cents")
    return SentCopy(
        bank=bank,
        sent_on=submission.sent_on,
        due_on=submission.due_on,
        answer_days=terms.answer_days,
        answer=Answer(submission.answer) if submission.answer else None,
        answered_on=submission.answered_on,
        reasons=[RefusalReason(reason) for reason in submission.reasons],
        asked=asked_in(content, terms),
        granted=granted_by(submission),
        left_cents=left if isinstance(left, int) else None,
        accepted=submission.accepted,
        accepted_on=submission.accepted_on,
        steps=steps,
        today=today,
    )


def _steps(session: Session, case: Case, ids: Sequence[int]) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = {}
    rows = session.scalars(
        select(SubmissionStep)
        .where(SubmissionStep.submission_id.in_(ids))
        .order_by(SubmissionStep.id)
    )
    for row in rows:
        step = Step(
            StepKind(row.kind), row.on_date, row.due_on,
            sealed.read(session, case.id, "step", row.words),
        )  # fmt: skip
        found.setdefault(row.submission_id, []).append(step)
    return found
