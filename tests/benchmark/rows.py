"""Every row of invented cases, table by table, in the order in which a living base would have written them.

Cases by day of opening, events by day, schedules whole by day of payment: tenants are interleaved everywhere.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import numpy as np
from tests.benchmark import tables
from tests.benchmark.copies import model, sealed_copy
from tests.benchmark.lives import life
from tests.benchmark.people import borrower
from tests.benchmark.tables import RATE, Row, Told, at
from tests.benchmark.tenants import BANKS, COMMUNES, Tenant

from microcredit.cases.codes import OPEN, Act, OrientationTarget, State
from microcredit.loans.codes import PostingKind
from microcredit.mathematics.amortisation.portfolio import millionths, portfolio
from microcredit.mathematics.dates import add_months
from microcredit.submissions.codes import Answer, RefusalReason

ANSWERS = {
    Act.GRANT: Answer.GRANTED.value,
    Act.COUNTER: Answer.COUNTER_OFFER.value,
    Act.REFUSE: Answer.REFUSED.value,
}
REFUSALS = [one.value for one in (RefusalReason.BUDGET, RefusalReason.FICP, RefusalReason.INCOME)]
TARGETS = [one.value for one in OrientationTarget]


def told(tenant: Tenant, cases: int, seed: int, today: date) -> list[Told]:
    """The cases of one tenant: the same whatever other tenants there are."""
    draw = Random(f"{seed} {tenant.slug}")  # noqa: S311
    return [
        Told(
            tenant, life(draw, today), borrower(draw, today), draw.random() < 0.95,
            draw.choices(list(COMMUNES), (24, 31, 13, 32))[0], draw.choices(BANKS, (3, 1))[0],
            draw.random(), rank,
        )
        for rank in range(cases)
    ]  # fmt: skip


@dataclass
class Rows:
    """The rows of all cases; `all_rows` gives them table by table, in an order that keys allow."""

    cases: list[Told]
    today: date
    like: dict[str, object] = field(default_factory=model)

    def __post_init__(self) -> None:
        """Give ids and public numbers by day of opening, as `open_contact` would have."""
        self.cases.sort(key=lambda one: one.lived.opened_on)
        last: dict[tuple[int, int], int] = {}
        for rank, one in enumerate(self.cases, 1):
            year = one.lived.opened_on.year
            last[one.tenant.id, year] = last.get((one.tenant.id, year), 0) + 1
            one.id = rank
            one.number = f"{one.tenant.prefix}-{year}-{last[one.tenant.id, year]:04d}"
        self.counters = last
        self.sent = _numbered(self.cases, Act.SEND_TO_BANK, "submission")
        self.signed = _numbered(self.cases, Act.SIGN_OFFER, "loan")
        self.paid = [one for one in self.signed if one.lived.day_of(Act.DISBURSE)]
        self.paid.sort(key=lambda one: one.lived.day_of(Act.DISBURSE) or date.max)
        first = 1
        for one in self.paid:
            one.instalments, first = first, first + one.lived.months
        book = portfolio(
            np.array([one.lived.cents for one in self.paid]),
            millionths(RATE),
            np.array([one.lived.months for one in self.paid]),
        )
        self.columns = (
            book.amounts_cents, book.principal_cents, book.interest_cents, book.outstanding_cents[1:],
        )  # fmt: skip

    def all_rows(self) -> Iterator[tuple[str, Iterable[Row]]]:
        """The name of each table with its rows."""
        yield "person", self._each(tables.person)
        yield "person_word", self._each(tables.person_words)
        yield "household", self._each(tables.household)
        yield "case_file", self._each(tables.case_file)
        yield "case_counter", ((t, year, last) for (t, year), last in self.counters.items())
        yield "residence", self._each(tables.residence)
        yield "appointment", _with_ids(self._each(self._appointments), 3)
        yield "budget_line", self._each(tables.budget)
        yield "case_event", _with_ids(self._each(tables.events), 6)
        yield "orientation", _with_ids(self._each(self._orientations), 4)
        yield "task", _with_ids(self._each(self._tasks), 5)
        yield "submission", (self._submission(one) for one in self.sent)
        yield "submission_step", _with_ids((r for one in self.sent for r in tables.steps(one)), 4)
        yield "loan", (tables.loan(one) for one in self.signed)
        yield "loan_schedule", (tables.loan_schedule(one) for one in self.paid)
        yield "instalment", self._instalments()
        yield "posting", _with_ids(self._postings(), 6)
        yield "evaluation", (row for one in self.paid for row in tables.evaluation(one))

    def _each(self, rows: Callable[[Told], Iterable[Row]]) -> Iterator[Row]:
        return (row for one in self.cases for row in rows(one))

    def _appointments(self, one: Told) -> Iterator[Row]:
        """On the day of the diagnosis, or of what would have come next, even after today."""
        if one.lived.day_of(Act.NOTE_APPOINTMENT) is None:
            return
        after = next((m.on for m in one.lived.moments[2:]), one.lived.after or self.today)
        hour = f"{9 + int(one.chance * 8):02d}:{'00' if one.rank % 2 else '30'}"
        yield (one.tenant.id, None, one.id, after, hour, one.desk_id)

    def _orientations(self, one: Told) -> Iterator[Row]:
        """One help, and for a third a second one; asked after three months."""
        on = one.lived.day_of(Act.REDIRECT)
        if on is None:
            return
        account = one.account(Act.REDIRECT)
        for nth in range(2 if one.chance < 0.3 else 1):
            target = TARGETS[(one.rank + nth) % len(TARGETS)]
            result, cents = None, None
            if add_months(on, 3) <= self.today and one.chance < 0.85:
                result = ("obtained", "refused", "unknown")[int(one.chance * 3)]
                cents = 374_00 if result == "obtained" else None
            result_on = add_months(on, 3) if result else None
            yield (one.tenant.id, None, one.id, target, on, account, result, result_on, cents)

    def _tasks(self, one: Told) -> Iterator[Row]:
        """The calls, proofs and evaluations of a loan, the questions about orientations; one in 14 is late."""
        account, lived = one.account(Act.ADD_TASK), one.lived
        for nth, (kind, due_on, opened_on) in enumerate(tables.tasks(one)):
            done_on = None
            late = (one.rank + nth) % 14 == 0 and lived.state in OPEN
            if due_on <= self.today and not late:
                done_on = min(self.today, due_on + timedelta(days=one.rank % 4))
            elif lived.state is State.CLOSED:
                done_on = lived.since
            done_by = account if done_on else None
            yield (
                one.tenant.id,
                None,
                one.id,
                kind.value,
                due_on,
                opened_on,
                account,
                done_on,
                done_by,
            )

    def _submission(self, one: Told) -> Row:
        lived, tenant = one.lived, one.tenant
        sent_on = lived.day_of(Act.SEND_TO_BANK) or self.today
        copy, sha256 = sealed_copy(tenant, self.like, one.number, one.who, lived)
        answered = next((m for m in lived.moments if m.act in ANSWERS), None)
        answer = ANSWERS[answered.act] if answered else None
        granted = answer in ("granted", "counter_offer")
        accepted_on = lived.day_of(Act.ACCEPT_COUNTER)
        return (
            tenant.id, one.submission, one.id, one.bank_id, tenant.terms[one.bank_id], sent_on,
            at(sent_on, one.rank), tables.submission_due_on(one, sent_on), copy, sha256,
            at(sent_on, one.rank + 1), answer, answered.on if answered else None,
            one.account(Act.GRANT) if answered else None,
            [REFUSALS[one.rank % len(REFUSALS)]] if answer == "refused" else [],
            lived.cents if granted else None, lived.months if granted else None,
            RATE if granted else None, True if accepted_on else None, accepted_on,
        )  # fmt: skip

    def _instalments(self) -> Iterator[Row]:
        """As `portfolio` computes them, which agrees with the product's schedules to the cent."""
        for rank, one in enumerate(self.paid):
            paid_on = one.lived.day_of(Act.DISBURSE)
            lines = self._lines(rank, one.lived.months)
            for number, (due_on, line) in enumerate(zip(tables.dues(one), lines, strict=True), 1):
                key = one.instalments + number - 1
                yield (one.tenant.id, key, one.loan, 1, number, due_on, *line, paid_on)

    def _postings(self) -> Iterator[Row]:
        for rank, one in enumerate(self.paid):
            if not one.lived.facts:
                continue
            lines = self._lines(rank, one.lived.months)
            for fact in one.lived.facts:
                of_all = fact.kind is PostingKind.SETTLED_EARLY
                settled = sum(due <= fact.on for due in tables.dues(one))
                cents = lines[settled - 1][3] if of_all else lines[fact.number - 1][0]
                key = None if of_all else one.instalments + fact.number - 1
                yield (
                    one.tenant.id, None, one.loan, key, fact.kind.value, fact.source.value, fact.on,
                    cents, at(fact.on, one.rank), one.account(Act.NOTE_REJECT),
                )  # fmt: skip

    def _lines(self, rank: int, months: int) -> list[tuple[int, ...]]:
        """Amount, principal, interest and what is owed after each instalment of one loan."""
        columns = (column[:months, rank].tolist() for column in self.columns)
        return list(zip(*columns, strict=True))


def _numbered(cases: list[Told], act: Act, name: str) -> list[Told]:
    """The cases of an act by its day; each gets its rank under `name`."""
    days = [(one.lived.day_of(act), one) for one in cases]
    found = [one for _, one in sorted(((d, o) for d, o in days if d), key=lambda pair: pair[0])]
    for rank, one in enumerate(found, 1):
        setattr(one, name, rank)
    return found


def _with_ids(rows: Iterable[Row], day: int) -> Iterator[Row]:
    """The rows by the day that stands in column `day`, with ids in that order."""
    ordered = sorted(rows, key=lambda row: row[day])
    return ((row[0], rank, *row[2:]) for rank, row in enumerate(ordered, 1))
