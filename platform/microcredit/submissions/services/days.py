"""The days of a copy, for lists and days of work: until when the bank answers, or is answered."""

from sqlalchemy import func, select

from microcredit.cases.codes import AT_BANK, State
from microcredit.cases.models import Case
from microcredit.cases.named_days import NamedDays
from microcredit.submissions.codes import Answer
from microcredit.submissions.models import Submission

#: Until when a copy at a bank is answered: by the bank, or by us when the bank asked for something.
ANSWER_DUE = NamedDays(
    select(Submission.case_id, Submission.due_on)
    .join(Case, Case.id == Submission.case_id)
    .where(Submission.answer.is_(None), Case.state.in_([state.value for state in AT_BANK])),
    deadline=True,
)

#: Since when an agreed case can be signed.
AGREED_SINCE = func.max(func.coalesce(Submission.accepted_on, Submission.answered_on))

#: Agreed cases with the day since when they can be signed.
AGREED = (
    select(Submission.case_id, AGREED_SINCE.label("since"))
    .join(Case, Case.id == Submission.case_id)
    .where(
        Case.state == State.APPROVED.value,
        Submission.answer.in_([Answer.GRANTED.value, Answer.COUNTER_OFFER.value]),
    )
    .group_by(Submission.case_id)
)
