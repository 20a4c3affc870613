"""The bank's desk: the copies addressed to it. It sees nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import Session

from microcredit.cases import sealed
from microcredit.cases.codes import Act, State
from microcredit.cases.models import Case
from microcredit.cases.transitions import TABLE
from microcredit.governance.services import delays
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission, Scope
from microcredit.kernel.tenancy import Identity
from microcredit.kernel.vault import SealBroken, vault_of
from microcredit.lenders.models import LoanTerms
from microcredit.mathematics.amortisation.capacity import cost_of_credit
from microcredit.mathematics.amortisation.instalments import instalment
from microcredit.submissions import copy
from microcredit.submissions.codes import Answer, Decision, RefusalReason, StepKind
from microcredit.submissions.models import Submission, SubmissionStep

#: The key, among the delays, of how long a bank still sees a copy that it has answered.
COPY_VISIBLE = "bank_copy"

UNREADABLE = "Copie illisible"

ACTS = {
    Decision.GRANT: Act.GRANT,
    Decision.COUNTER: Act.COUNTER,
    Decision.ADJOURN: Act.ADJOURN,
    Decision.ASK_ITEMS: Act.ASK_ITEMS,
    Decision.REFUSE: Act.REFUSE,
}
"""The act on the case that each decision of its bank is."""


class CopyUnreadable(DomainError):
    """A stored copy does not open: it was altered, or its key is lost. Said, never guessed."""

    message = (
        "Cette copie ne s’ouvre plus. Prévenez le CCAS : il peut transmettre le dossier à nouveau."
    )


@dataclass(frozen=True)
class Granted:
    """A loan as it is asked for, or as a bank agrees to it: `amount_cents`, `months`, yearly `rate`."""

    amount_cents: int
    months: int
    rate: Decimal

    @property
    def instalment_cents(self) -> int:
        """The constant monthly instalment in cents, half up, without insurance."""
        return instalment(self.amount_cents, self.rate, self.months)

    @property
    def interest_cents(self) -> int:
        """What the loan costs in interest, in cents, when it is paid as agreed."""
        return cost_of_credit(self.amount_cents, self.rate, self.months)


@dataclass(frozen=True)
class Step:
    """One thing that happened to a copy before its answer."""

    kind: StepKind
    on_date: date
    due_on: date | None
    words: str


@dataclass(frozen=True)
class CopyRow:
    """A copy as the bank reads it."""

    number: str
    name: str
    content: dict[str, object]
    sent_on: date
    sent_at: datetime
    due_on: date
    sha256: str
    verified_at: datetime | None
    answer: Answer | None
    answered_on: date | None
    reasons: list[str]
    asked: Granted | None
    granted: Granted | None
    accepted: bool | None
    accepted_on: date | None
    state: State
    steps: list[Step]
    last_step: StepKind | None
    terms: LoanTerms
    days: int
    today: date

    @property
    def open_to(self) -> list[Decision]:
        """What this bank can still decide; nothing once it has answered."""
        if self.answer is not None:
            return []
        return [one for one, act in ACTS.items() if self.state in TABLE[act].sources]

    @property
    def late(self) -> bool:
        """Whether the answer is past its date."""
        return self.answer is None and self.today > self.due_on

    @property
    def soon(self) -> bool:
        """Whether the answer is due within two days."""
        return self.answer is None and not self.late and (self.due_on - self.today).days <= 2


def to_decide(session: Session, identity: Identity) -> list[CopyRow]:
    """The copies that wait for this bank's answer, the most urgent first."""
    return _list(session, identity, Submission.answer.is_(None), Submission.due_on)


def decided(session: Session, identity: Identity) -> list[CopyRow]:
    """The copies that this bank answered and may still see, the newest first."""
    return _list(session, identity, Submission.answer.is_not(None), Submission.answered_on.desc())


def read_copy(session: Session, identity: Identity, number: str) -> CopyRow:
    """The newest copy of a case addressed to this bank. Raises NotFound; reading is logged."""
    submission = of_bank(session, identity, Permission.READ_SUBMISSIONS, number)
    state, terms = session.execute(
        select(Case.state, LoanTerms)
        .join(LoanTerms, LoanTerms.id == submission.terms_id)
        .where(Case.id == submission.case_id)
    ).one()
    steps = steps_of(session, submission)
    last = steps[-1].kind.value if steps else None
    row = _row(session, submission, number, state, terms, steps, last)
    if not row.content:
        raise CopyUnreadable
    audit.record(session, "read", f"copy:{number}", sha256=submission.sha256)
    return row


def steps_of(session: Session, submission: Submission) -> list[Step]:
    """What happened to a copy before its answer, in order."""
    rows = session.scalars(
        select(SubmissionStep)
        .where(SubmissionStep.submission_id == submission.id)
        .order_by(SubmissionStep.id)
    )
    return [
        Step(
            StepKind(row.kind),
            row.on_date,
            row.due_on,
            sealed.read(session, submission.case_id, "step", row.words),
        )
        for row in rows
    ]


def of_bank(
    session: Session, identity: Identity, permission: Permission, number: str, *, lock: bool = False
) -> Submission:
    """The newest copy of a case addressed to this bank and still visible. Raises NotFound."""
    statement = (
        select(Submission)
        .join(Case, Case.id == Submission.case_id)
        .where(Case.number == number, *_visible(session, identity, permission))
        .order_by(Submission.id.desc())
        .limit(1)
    )
    if lock:
        statement = statement.with_for_update(of=Submission)
    submission = session.scalar(statement)
    if submission is None:
        raise NotFound
    return submission


def _within(identity: Identity, permission: Permission) -> ColumnElement[bool]:
    if identity.scope(permission) is not Scope.OWN_BANK:
        raise NotFound
    return Submission.bank_id == identity.organisation_id


def _visible(
    session: Session, identity: Identity, permission: Permission
) -> list[ColumnElement[bool]]:
    today = business_date(session)
    kept = delays(session, today).get(COPY_VISIBLE, 0)
    return [
        _within(identity, permission),
        Submission.answer.is_distinct_from(Answer.RECALLED.value),
        or_(
            Submission.answered_on.is_(None),
            Submission.answered_on >= today - timedelta(days=kept),
        ),
    ]


def _list(
    session: Session,
    identity: Identity,
    wanted: ColumnElement[bool],
    order: SQLColumnExpression[date | None] | SQLColumnExpression[date],
) -> list[CopyRow]:
    of_bank = (Submission.case_id, Submission.bank_id)
    newest = select(func.max(Submission.id)).group_by(*of_bank).scalar_subquery()
    last = (
        select(SubmissionStep.kind)
        .where(SubmissionStep.submission_id == Submission.id)
        .order_by(SubmissionStep.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Submission, Case.number, Case.state, LoanTerms, last)
        .join(Case, Case.id == Submission.case_id)
        .join(LoanTerms, LoanTerms.id == Submission.terms_id)
        .where(
            *_visible(session, identity, Permission.READ_SUBMISSIONS),
            wanted,
            Submission.id.in_(newest),
        )
        .order_by(order, Submission.id)
        .limit(100)
    )
    found = [
        _row(session, submission, number, state, terms, [], kind)
        for submission, number, state, terms, kind in rows
    ]
    audit.record(session, "list", "copies", shown=" ".join(row.number for row in found))
    return found


def content_of(session: Session, submission: Submission) -> dict[str, object]:
    """The copy's fields; {} when it does not open, so that one bad copy does not hide the others."""
    try:
        written = vault_of(session).open(
            session, submission.copy, f"submission:{submission.sha256}"
        )
    except SealBroken:
        return {}
    return copy.read(written)


def asked_in(content: Mapping[str, object], terms: LoanTerms) -> Granted | None:
    """The loan that a copy asks for, on the terms under which it was sent; None without a copy."""
    amount, months = content.get("amount_cents"), content.get("months")
    if not isinstance(amount, int) or not isinstance(months, int):
        return None
    return Granted(amount, months, terms.annual_rate)


def granted_by(submission: Submission) -> Granted | None:
    """What the bank agreed to lend, if it did."""
    amount, months = submission.granted_cents, submission.granted_months
    rate = submission.granted_rate
    if amount is None or months is None or rate is None:
        return None
    return Granted(amount, months, rate)


def _row(
    session: Session, submission: Submission, number: str, state: str, terms: LoanTerms,
    steps: list[Step], last: str | None,
) -> CopyRow:  # fmt: skip
    today = business_date(session)
    content = content_of(session, submission)
    return CopyRow(
        number=number,
        name=copy.name_of(content) if content else UNREADABLE,
        content=content,
        sent_on=submission.sent_on,
        sent_at=submission.sent_at,
        due_on=submission.due_on,
        sha256=submission.sha256,
        verified_at=submission.verified_at,
        answer=Answer(submission.answer) if submission.answer else None,
        answered_on=submission.answered_on,
        reasons=[RefusalReason(reason).label for reason in submission.reasons],
        asked=asked_in(content, terms),
        granted=granted_by(submission),
        accepted=submission.accepted,
        accepted_on=submission.accepted_on,
        state=State(state),
        steps=steps,
        last_step=StepKind(last) if last else None,
        terms=terms,
        days=((submission.answered_on or today) - submission.sent_on).days,
        today=today,
    )
