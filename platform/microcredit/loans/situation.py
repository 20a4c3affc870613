"""Where a loan stands on any day: computed from its schedule and from what is known, never stored.

THE WORDS (design, “Life of a case”). Unpaid (« impayé ») = one rejected debit. Incident = two
instalments or more unpaid, counted. A loan with one unpaid instalment is late; with two at once it is
in arrears, and the day on which that first happened remains after everything was paid.

THE PRESUMPTION. Banks tell what failed, seldom what went well. An instalment of which nothing is known
counts as paid `PRESUMED_AFTER` its due date; whatever is known prevails over that.

Amounts are integer cents; nothing is divided, so nothing is rounded. A day is a whole day: what is
rejected and paid on the same day was not unpaid. Only facts dated that day or before count, so that a
past situation changes only when somebody writes down what had happened by then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from microcredit.loans.codes import OF_THE_LOAN, InstalmentState, PostingKind, Source, Standing

#: Calendar days from the due date after which silence means paid.
PRESUMED_AFTER = timedelta(days=5)

#: Instalments unpaid at once that make an incident.
INCIDENT_FROM = 2

PAID, UNPAID = InstalmentState.PAID, InstalmentState.UNPAID


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment of a schedule; `principal_cents` is the part of `amount_cents` that is capital.

    The row holds from `valid_from` until the day before `valid_to`. A new schedule ends the rows that
    it replaces and opens others, with other ids.
    """

    id: int
    number: int
    due_on: date
    amount_cents: int
    principal_cents: int
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether this row is part of the schedule in force that day."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of an instalment or, without `instalment_id`, of the whole loan, since `on_date`.

    Raises ValueError for what cannot be: a payment or a rejection of no instalment, an early settlement
    or a call of one, a stored presumption.
    """

    instalment_id: int | None
    kind: PostingKind
    source: Source
    on_date: date
    amount_cents: int

    def __post_init__(self) -> None:
        """Refuse a fact that would otherwise be counted nowhere."""
        if (self.instalment_id is None) != (self.kind in OF_THE_LOAN):
            raise ValueError(f"{self.kind.name} with instalment {self.instalment_id}")
        if self.source is Source.PRESUMED:
            raise ValueError("a presumption is computed, never stored")


@dataclass(frozen=True, slots=True)
class Line:
    """One instalment on a day.

    `source` says who knows the state, and is None while the instalment is upcoming or awaited.
    `paid_cents` is what was paid on it, since its last rejection if there was one; the whole amount
    when presumed. `missing_cents` is what an unpaid one still lacks, otherwise 0. `regularised`: paid
    after a rejection. `paid_since` and `unpaid_since`: first day of that state. `settled_early`: not
    paid itself, covered by the early settlement of the loan.
    """

    due: Due
    state: InstalmentState
    source: Source | None = None
    paid_cents: int = 0
    missing_cents: int = 0
    regularised: bool = False
    paid_since: date | None = None
    unpaid_since: date | None = None
    settled_early: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """A loan on a day; `lines` are the instalments in force, by due date.

    `incident_on` is the first day on which two instalments or more were unpaid at once, None if never.
    `settled_on` is the day on which nothing remained to pay, None while something does.
    """

    day: date
    standing: Standing
    lines: tuple[Line, ...]
    incident_on: date | None
    settled_on: date | None

    @property
    def outstanding_cents(self) -> int:
        """Capital still owed: that of the instalments not paid (« capital restant dû »)."""
        return sum(line.due.principal_cents for line in self.lines if line.state is not PAID)

    @property
    def overdue_cents(self) -> int:
        """What the unpaid instalments lack, interest included."""
        return sum(line.missing_cents for line in self.lines)

    @property
    def oldest_unpaid_on(self) -> date | None:
        """Due date of the oldest unpaid instalment."""
        return next((line.due.due_on for line in self.lines if line.state is UNPAID), None)

    @property
    def days_late(self) -> int:
        """Calendar days since the due date of the oldest unpaid instalment; 0 without one."""
        oldest = self.oldest_unpaid_on
        return max((self.day - oldest).days, 0) if oldest else 0

    @property
    def next_due(self) -> Line | None:
        """The first instalment that is upcoming or awaited."""
        return next((line for line in self.lines if line.state not in (PAID, UNPAID)), None)


def situation(dues: Iterable[Due], facts: Iterable[Fact], day: date) -> Situation:
    """Where a loan stands on a day.

    `dues` are all rows the loan ever had, replaced ones included: an incident may have been theirs.
    `facts` come in the order in which they were written, which is not always that of their dates: a
    payment clears the rejections written before it, a rejection undoes the payments written before it.

    An early settlement closes the loan: from its day on every instalment is paid, by itself or by the
    settlement, and later facts of instalments change nothing. A call of the guarantee prevails in the
    standing; what is owed remains owed, and from its day on nothing more is presumed paid. A loan of
    which no row holds yet is on time and owes nothing.
    """
    dues = sorted(dues, key=lambda due: (due.due_on, due.number, due.id))
    known = [fact for fact in facts if fact.on_date <= day]
    early, called = (
        min(
            (fact for fact in known if fact.kind is kind),
            key=lambda fact: fact.on_date,
            default=None,
        )
        for kind in (PostingKind.SETTLED_EARLY, PostingKind.GUARANTEE_CALLED)
    )
    of_each: dict[int, list[Fact]] = defaultdict(list)
    for fact in known:
        if fact.instalment_id is not None and (early is None or fact.on_date <= early.on_date):
            of_each[fact.instalment_id].append(fact)

    open_until = min(day, early.on_date) if early else day
    presumed_until = min(open_until, called.on_date) if called else open_until
    lines = tuple(
        _covered(_line(due, of_each[due.id], open_until, presumed_until), early)
        for due in dues
        if due.holds_on(day)
    )
    return Situation(
        day=day,
        standing=_standing(lines, early, called),
        lines=lines,
        incident_on=_incident_on(dues, of_each, day, early),
        settled_on=early.on_date if early else _all_paid_on(lines, dues, day),
    )


def _line(due: Due, facts: Sequence[Fact], day: date, presumed_until: date) -> Line:
    """One instalment on a day, from its own facts, all dated that day or before."""
    if facts:
        return _known(due, facts)
    if due.due_on + PRESUMED_AFTER <= presumed_until:
        return Line(
            due,
            PAID,
            Source.PRESUMED,
            paid_cents=due.amount_cents,
            paid_since=due.due_on + PRESUMED_AFTER,
        )
    return Line(due, InstalmentState.AWAITED if due.due_on <= day else InstalmentState.UPCOMING)


def _known(due: Due, facts: Sequence[Fact]) -> Line:
    """One instalment of which something is known."""
    missing_cents = _missing_cents(due, facts)
    source, paid_cents, since = facts[-1].source, _paid_cents(facts), _since(due, facts)
    if missing_cents:
        return Line(due, UNPAID, source, paid_cents, missing_cents, unpaid_since=since)
    return Line(due, PAID, source, paid_cents, regularised=_was_rejected(facts), paid_since=since)


def _covered(line: Line, early: Fact | None) -> Line:
    """The line as the early settlement of the loan, if any, leaves it."""
    if early is None or line.state is PAID:
        return line
    return replace(
        line,
        state=PAID,
        source=early.source,
        missing_cents=0,
        regularised=line.state is UNPAID,
        paid_since=early.on_date,
        unpaid_since=None,
        settled_early=True,
    )


def _was_rejected(facts: Iterable[Fact]) -> bool:
    return any(fact.kind is PostingKind.REJECTED for fact in facts)


def _paid_cents(facts: Iterable[Fact]) -> int:
    """What was paid after the last rejection, in the order of writing."""
    paid_cents = 0
    for fact in facts:
        paid_cents = 0 if fact.kind is PostingKind.REJECTED else paid_cents + fact.amount_cents
    return paid_cents


def _missing_cents(due: Due, facts: Sequence[Fact]) -> int:
    """What a rejected instalment still lacks; 0 when none was rejected: any payment then counts as paid."""
    return max(due.amount_cents - _paid_cents(facts), 0) if _was_rejected(facts) else 0


def _is_unpaid(due: Due, facts: Iterable[Fact], day: date) -> bool:
    """Whether a rejection was not cleared by that day."""
    return _missing_cents(due, [fact for fact in facts if fact.on_date <= day]) > 0


def _since(due: Due, facts: Sequence[Fact]) -> date:
    """First day on which the facts said what they say on their last day: unpaid, or paid."""
    first, *later = sorted({fact.on_date for fact in facts})
    since, unpaid = first, _is_unpaid(due, facts, first)
    for day in later:
        if _is_unpaid(due, facts, day) is not unpaid:
            since, unpaid = day, not unpaid
    return since


def _standing(lines: Sequence[Line], early: Fact | None, called: Fact | None) -> Standing:
    """The guarantee before the settlement, both before what the lines say."""
    if called:
        return Standing.GUARANTEE_CALLED
    if early:
        return Standing.SETTLED_EARLY
    unpaid = sum(line.state is UNPAID for line in lines)
    if unpaid:
        return Standing.IN_ARREARS if unpaid >= INCIDENT_FROM else Standing.LATE
    if lines and all(line.state is PAID for line in lines):
        return Standing.SETTLED
    return Standing.ON_TIME


def _incident_on(
    dues: Iterable[Due], of_each: Mapping[int, Sequence[Fact]], day: date, early: Fact | None
) -> date | None:
    """The first day on which two instalments in force or more were unpaid at once.

    Their number grows only on the day of a fact or on the day a row begins to hold: no other is tried.
    """
    rejected = [due for due in dues if _was_rejected(of_each.get(due.id, ()))]
    days = {fact.on_date for due in rejected for fact in of_each[due.id]}
    days |= {due.valid_from for due in rejected if due.valid_from <= day}
    for tried in sorted(days):
        if early and tried >= early.on_date:
            break
        unpaid = sum(
            due.holds_on(tried) and _is_unpaid(due, of_each[due.id], tried) for due in rejected
        )
        if unpaid >= INCIDENT_FROM:
            return tried
    return None


def _all_paid_on(lines: Sequence[Line], dues: Iterable[Due], day: date) -> date | None:
    """The day from which every instalment is paid; a change of the schedule may be what did it."""
    paid = [line.paid_since for line in lines if line.paid_since]
    if not lines or len(paid) < len(lines):
        return None
    replaced = [due.valid_to for due in dues if due.valid_to and due.valid_to <= day]
    return max(paid + replaced)
