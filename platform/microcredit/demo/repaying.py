"""The life of a loan once it was paid out: calls, debits that fail, endings, each at its date."""

from datetime import date, timedelta
from random import Random

from microcredit.demo.lending import due_on, settled_on
from microcredit.demo.published import CALLED
from microcredit.demo.tale import Ending, Tale, What
from microcredit.loans.services.disburse import FOLLOW_UP_MONTHS
from microcredit.mathematics.dates import add_months, add_working_days

#: Debits that fail once and are paid soon after: late for some days, never an incident.
LATE_ONCE = 10

#: The last settled loans still wait for their evaluation.
AWAIT_EVALUATION = 4

#: The calls of the last days are still to be made.
STILL_TO_CALL = timedelta(days=8)


def repay(random: Random, tales: list[Tale], end: date) -> None:
    """Tell what happened to each loan until `end`."""
    for tale in tales:
        if tale.ending in ENDINGS:
            ENDINGS[tale.ending](tale, end)
    ordinary = [t for t in tales if t.ending in (Ending.ON_TIME, Ending.SETTLED)]
    paying = [t for t in ordinary if due_on(_paid_out(t), 6) <= end - timedelta(days=40)]
    for tale in random.sample(paying, k=min(LATE_ONCE, len(paying))):
        _unpaid(tale, random.randint(2, 6), regularised=True)
    settled = [(day, place) for place, t in enumerate(tales) if (day := ended_on(t)) and day <= end]
    waiting = {place for _, place in sorted(settled)[-AWAIT_EVALUATION:]}
    for day, place in settled:
        told_on = add_working_days(day, random.randint(2, 15))
        if place not in waiting and told_on <= end:
            tales[place].then(told_on, What.EVALUATE, number=random.randint(1, 100))
    for tale in tales:
        _calls(random, tale, end)


def ended_on(tale: Tale) -> date | None:
    """The day on which nothing more was owed, by the schedule or early; None for the others."""
    if tale.ending is Ending.SETTLED:
        return settled_on(_paid_out(tale), tale.lent_months or tale.months)
    if tale.ending is Ending.EARLY:
        return tale.day_of(What.SETTLE)
    return None


def _paid_out(tale: Tale) -> date:
    return tale.day_of(What.DISBURSE)


def _early(tale: Tale, _: date) -> None:
    tale.then(due_on(_paid_out(tale), 8) + timedelta(days=12), What.SETTLE)


def _regularised(tale: Tale, _: date) -> None:
    for number in (7, 8):
        _unpaid(tale, number, regularised=False)
    for number in (7, 8):
        tale.then(due_on(_paid_out(tale), 8) + timedelta(days=20), What.PAY, number=number)


def _arrears(tale: Tale, end: date) -> None:
    """The last two debits failed, and nobody has been called since the second."""
    last = max(n for n in range(1, 36) if due_on(_paid_out(tale), n) <= end - timedelta(days=6))
    _unpaid(tale, last - 1, regularised=False)
    tale.then(due_on(_paid_out(tale), last) + timedelta(days=3), What.REJECT, number=last)


def _rescheduled(tale: Tale, _: date) -> None:
    """Two debits failed; the bank spreads the rest over six months more."""
    for number in (6, 7):
        _unpaid(tale, number, regularised=False)
    failed_on = due_on(_paid_out(tale), 7)
    months = (tale.lent_months or tale.months) - 5 + 6
    first = add_months(failed_on, 2)
    tale.then(failed_on + timedelta(days=17), What.RESCHEDULE, until=first, number=months)


def _called(tale: Tale, _: date) -> None:
    """Three debits failed; the bank demands everything, then calls the guarantee."""
    stopped = CALLED[2]
    for number in (stopped, stopped + 1, stopped + 2):
        _unpaid(tale, number, regularised=False)
    since = due_on(_paid_out(tale), stopped + 2)
    tale.then(since + timedelta(days=18), What.ACCELERATE, until=since + timedelta(days=25))
    tale.then(since + timedelta(days=55), What.CALL_GUARANTEE)
    tale.then(since + timedelta(days=90), What.EVALUATE, words="no")


ENDINGS = {
    Ending.EARLY: _early, Ending.REGULARISED: _regularised, Ending.ARREARS: _arrears,
    Ending.RESCHEDULED: _rescheduled, Ending.CALLED: _called,
}  # fmt: skip


def _unpaid(tale: Tale, number: int, *, regularised: bool) -> None:
    """A debit fails; the household is called; perhaps it pays."""
    due = due_on(_paid_out(tale), number)
    tale.then(due + timedelta(days=3), What.REJECT, number=number)
    tale.then(add_working_days(due + timedelta(days=3), 1), What.CALL)
    if regularised:
        tale.then(due + timedelta(days=13), What.PAY, number=number)


def _calls(random: Random, tale: Tale, end: date) -> None:
    """The follow-up calls that are due are made within some days, and the proof of purchase comes."""
    paid_out = _paid_out(tale)
    closed_on = min((s.on for s in tale.steps if s.what is What.EVALUATE), default=date.max)
    for months in FOLLOW_UP_MONTHS:
        called_on = add_working_days(add_months(paid_out, months), random.randint(0, 4))
        if months <= (tale.lent_months or tale.months) and called_on < min(
            closed_on, end - STILL_TO_CALL
        ):
            tale.then(called_on, What.FOLLOW_UP)
    if tale.private_sale and paid_out + timedelta(days=12) <= end:
        tale.then(paid_out + timedelta(days=12), What.PROOF)
