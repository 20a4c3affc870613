"""The lives of invented cases: which act follows which, after how many days, and what comes of the loan.

Shares follow the founding territory as published (497 requests, 132 loans, every way out), motives the
national ones. Each step is checked against the product's own table of transitions. Left out: guarantees
called, schedules changed, loans withdrawn from after the money.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random

from microcredit.cases.codes import (
    PURPOSES,
    Act,
    Channel,
    CloseReason,
    DeclineReason,
    Motive,
    RedirectReason,
    State,
)
from microcredit.cases.transitions import TABLE
from microcredit.loans.codes import PostingKind, Source
from microcredit.loans.situation import PRESUMED_AFTER
from microcredit.mathematics.dates import add_months, credit_clocks

#: How many days back the oldest case was opened: four years and a quarter, as the founding territory.
SPAN = 1550

#: One in twenty came in the last weeks besides, so that as many wait as in the founding territory.
RECENT = 70

ONE_DAY = timedelta(days=1)
SUNDAY = 6


@dataclass(frozen=True)
class Step:
    """An act, the least and most days after the one before, and the reasons it may have."""

    act: Act
    least: int = 0
    most: int = 0
    reasons: tuple[str, ...] = ("",)


def _step(act: Act, least: int, most: int, *reasons: str) -> Step:
    return Step(act, least, most, reasons or ("",))


OPEN = _step(Act.OPEN_CONTACT, 0, 0)
MEET = _step(Act.NOTE_APPOINTMENT, 0, 9)
FILL = _step(Act.SAVE_DIAGNOSIS, 3, 18)
AGAIN = _step(Act.SAVE_DIAGNOSIS, 2, 12)
PAPERS = _step(Act.AWAIT_DOCUMENTS, 0, 3)
RECEIVED = _step(Act.RECEIVE_DOCUMENTS, 4, 30)
FULL = _step(Act.COMPLETE, 1, 15)
SEND = _step(Act.SEND_TO_BANK, 0, 6)
REVIEW = (_step(Act.ASK_REVIEW, 0, 2), _step(Act.SUPPORT, 3, 14))
ADJOURN = _step(Act.ADJOURN, 3, 14)
ITEMS = (_step(Act.ASK_ITEMS, 2, 8), _step(Act.SEND_ITEMS, 2, 15))
GRANT = _step(Act.GRANT, 3, 16)
COUNTER = (_step(Act.COUNTER, 3, 12), _step(Act.ACCEPT_COUNTER, 1, 8))
REFUSE = _step(Act.REFUSE, 4, 18)
SIGN = _step(Act.SIGN_OFFER, 2, 13)
PAY = _step(Act.DISBURSE, 8, 18)
END = _step(Act.CLOSE_LOAN, 8, 45)
BEGIN = (OPEN, MEET, FILL, AGAIN)
READY = (*BEGIN, FULL)
LOAN = (SIGN, PAY, END)


def _redirect(*reasons: RedirectReason) -> Step:
    return _step(Act.REDIRECT, 1, 14, *(one.value for one in reasons))


def _close(*reasons: CloseReason) -> Step:
    return _step(Act.CLOSE, 2, 30, *(one.value for one in reasons))


R, C, D = RedirectReason, CloseReason, DeclineReason

#: How many of 497 requests go which way.
WAYS: tuple[tuple[int, tuple[Step, ...]], ...] = (
    (73, (OPEN, _redirect(R.OBJECT_EXCLUDED, R.BETTER_AID, R.NO_CAPACITY, R.NOT_RESIDENT))),
    (29, (OPEN, MEET, _close(C.NO_SHOW))),
    (95, (*BEGIN, _redirect(R.RAV_TOO_LOW, R.RAV_TOO_LOW, R.OVERINDEBTED))),
    (38, (*BEGIN, _close(C.CHANGED_MIND, C.FOUND_OTHER))),
    (28, (*BEGIN, PAPERS, _step(Act.DECLINE, 20, 60, D.MISSING_PAPERS.value))),
    (48, (*READY, _step(Act.DECLINE, 0, 9, D.DEFICIT.value, D.UNSTABLE.value, D.NOT_VIABLE.value))),
    (36, (*READY, SEND, REFUSE, _redirect(R.BANK_REFUSAL))),
    (8, (*READY, SEND, ADJOURN, REFUSE, _redirect(R.BANK_REFUSAL))),
    (6, (*READY, SEND, *ITEMS, REFUSE, _close(C.CHANGED_MIND))),
    (2, (*READY, SEND, GRANT, SIGN, _step(Act.WITHDRAW, 2, 7))),
    (1, (*READY, SEND, GRANT, _close(C.PROJECT_GONE))),
    (1, (*READY, SEND, GRANT, _step(Act.LAPSE_OFFER, 17, 40))),
    (82, (*READY, SEND, GRANT, *LOAN)),
    (15, (*BEGIN, PAPERS, RECEIVED, FULL, SEND, GRANT, *LOAN)),
    (10, (*READY, *REVIEW, SEND, GRANT, *LOAN)),
    (8, (*READY, SEND, ADJOURN, GRANT, *LOAN)),
    (9, (*READY, SEND, *ITEMS, GRANT, *LOAN)),
    (8, (*READY, SEND, *COUNTER, *LOAN)),
)  # fmt: skip

MOTIVES = {
    Motive.MOBILITY: 75, Motive.HOUSING: 13, Motive.TRAINING: 5, Motive.HEALTH: 4,
    Motive.FAMILY: 2, Motive.OTHER: 1,
}  # fmt: skip

#: Euros from, to and how many of 132 loans; then months the same.
AMOUNTS = (
    (300, 990, 18),
    (1000, 1490, 24),
    (1500, 1990, 21),
    (2000, 2490, 23),
    (2500, 2990, 18),
    (3000, 3000, 28),
)
MONTHS = ((6, 12, 10), (13, 18, 14), (19, 24, 28), (25, 30, 22), (31, 36, 58))


@dataclass(slots=True)
class Moment:
    """One act of a life, as the timeline has it."""

    act: Act
    source: State | None
    target: State
    on: date
    reason: str = ""
    note: str = ""


@dataclass(slots=True)
class Fact:
    """What became known of an instalment, or of the whole loan when `number` is 0."""

    number: int
    kind: PostingKind
    source: Source
    on: date


@dataclass(slots=True)
class Life:
    """A case from its opening to the day of the data; `after` is when its next act would have come."""

    opened_on: date
    motive: Motive
    purpose: str
    channel: Channel
    cents: int
    months: int
    moments: list[Moment] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    after: date | None = None

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.moments[-1].target

    @property
    def since(self) -> date:
        """The day on which it came there, or on which the bank last put its decision off."""
        found = self.opened_on
        for moment in self.moments:
            if moment.source is not moment.target or moment.act is Act.ADJOURN:
                found = moment.on
        return found

    def day_of(self, act: Act) -> date | None:
        """The first day of an act, None when it did not happen."""
        return next((moment.on for moment in self.moments if moment.act is act), None)


def life(draw: Random, today: date) -> Life:
    """One case, lived up to `today`."""
    motive = _one_of(draw, MOTIVES)
    days = RECENT if draw.random() < 0.05 else SPAN
    lived = Life(
        opened_on=today - timedelta(days=int(draw.random() * days)),
        motive=motive,
        purpose=draw.choice(PURPOSES[motive]).value,
        channel=draw.choice(list(Channel)),
        cents=_between(draw, AMOUNTS) // 10 * 1000,
        months=_between(draw, MONTHS),
    )
    ways = draw.choices([way for _, way in WAYS], [share for share, _ in WAYS])[0]
    slow = 3 if draw.random() < 0.08 else 1
    on, state = lived.opened_on, None
    for step in ways:
        on += timedelta(days=draw.randint(step.least, step.most) * slow)
        on = _allowed(lived, step.act, on)
        if on > today:
            lived.after = on
            break
        state = _tell(lived, step, state, on, draw.choice(step.reasons))
        if step.act is Act.DISBURSE:
            on = _repay(draw, lived, on, today)
    lived.facts = [fact for fact in lived.facts if fact.on <= today]
    lived.moments += _told(lived.facts)
    lived.moments.sort(key=lambda moment: (moment.on, moment.target is State.CLOSED))
    return lived


@cache
def due_dates(disbursed_on: date, months: int) -> tuple[date, ...]:
    """The days of the instalments: the day of payment of each month."""
    return tuple(add_months(disbursed_on, rank) for rank in range(1, months + 1))


def _allowed(lived: Life, act: Act, on: date) -> date:
    """Never on a Sunday; what the signature starts keeps its clocks."""
    signed_on = lived.day_of(Act.SIGN_OFFER)
    if signed_on is not None and act is Act.WITHDRAW:
        return min(on, credit_clocks(signed_on).withdrawal_until)
    if signed_on is not None and act is Act.DISBURSE:
        on = max(on, credit_clocks(signed_on).first_payment_on)
    return on + ONE_DAY if on.weekday() == SUNDAY else on


def _tell(lived: Life, step: Step, state: State | None, on: date, reason: str) -> State:
    row = TABLE[step.act]
    if state is not None and state not in row.sources:
        raise ValueError(f"{step.act.value} does not follow {state.value}")
    target = row.target or state
    if target is None:
        raise ValueError(f"{step.act.value} creates no case")
    lived.moments.append(Moment(step.act, state, target, on, reason))
    return target


def _repay(draw: Random, lived: Life, disbursed_on: date, today: date) -> date:
    """What is known of the instalments; the first day on which the loan can be closed.

    45 of 100 loans have a rejected debit, 3 two at once; 5 are settled early. Regularised within a
    month, so that those of the last month are late today.
    """
    dues = due_dates(disbursed_on, lived.months)
    settled = dues[-1] + PRESUMED_AFTER
    if draw.random() < 0.05:
        rank = max(3, int(lived.months * 0.6))
        settled = dues[rank - 1] + timedelta(days=9)
        lived.facts.append(Fact(0, PostingKind.SETTLED_EARLY, Source.BANK, settled))
        dues = dues[:rank]
    rejected = _rejected(draw, len(dues))
    for number, due_on in enumerate(dues, 1):
        if number in rejected:
            lived.facts.append(Fact(number, PostingKind.REJECTED, Source.BANK, due_on + ONE_DAY))
            paid_on = due_on + timedelta(days=draw.randint(6, 8 if number == len(dues) else 28))
            if len(rejected) > 2:
                paid_on = dues[max(rejected) - 1] + timedelta(days=7)
            lived.facts.append(Fact(number, PostingKind.PAID, Source.PERSON, paid_on))
            settled = max(settled, paid_on)
        elif draw.random() < 0.15:
            lived.facts.append(Fact(number, PostingKind.PAID, Source.BANK, due_on))
    return settled


def _rejected(draw: Random, count: int) -> set[int]:
    """The numbers of the rejected instalments; three in a row make an incident."""
    if draw.random() < 0.03:
        first = draw.randint(2, max(2, count - 3))
        return {number for number in (first, first + 1, first + 2) if number <= count}
    if draw.random() < 0.45:
        return {draw.randint(1, count) for _ in range(draw.randint(1, 2))}
    return set()


def _told(facts: list[Fact]) -> Iterator[Moment]:
    acts = {
        PostingKind.REJECTED: Act.NOTE_REJECT,
        PostingKind.PAID: Act.NOTE_PAYMENT,
        PostingKind.SETTLED_EARLY: Act.SETTLE_EARLY,
    }
    for fact in facts:
        note = f"échéance {fact.number}" if fact.number else ""
        yield Moment(acts[fact.kind], State.DISBURSED, State.DISBURSED, fact.on, "", note)


def _one_of(draw: Random, shares: dict[Motive, int]) -> Motive:
    return draw.choices(list(shares), list(shares.values()))[0]


def _between(draw: Random, bands: tuple[tuple[int, int, int], ...]) -> int:
    least, most, _ = draw.choices(bands, [share for _, _, share in bands])[0]
    return draw.randint(least, most)
