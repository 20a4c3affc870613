"""One case told by dated acts of those who do them, and what is written of it in every table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Concatenate, ParamSpec, TypeVar

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from tests.cast import Cast, a_contact

from microcredit.accounts.models import Membership
from microcredit.cases.codes import Act, State
from microcredit.cases.models import Case, CaseEvent, Task
from microcredit.cases.services.contact import open_contact
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.loans.schemas import Disburse, Sign
from microcredit.loans.services.disburse import disburse
from microcredit.loans.services.find import Held, get_loan
from microcredit.loans.services.sign import sign_offer
from microcredit.loans.situation import Situation
from microcredit.submissions.models import Submission
from microcredit.submissions.schemas import Reply
from microcredit.submissions.services.answer import reply
from microcredit.submissions.services.follow import choose
from microcredit.submissions.services.send import send

P, R = ParamSpec("P"), TypeVar("R")

#: A Monday, on which every tale begins and the bank answers.
BEGUN = date(2016, 1, 4)

_LOANS = "(SELECT id FROM app.loan WHERE case_id = :case)"

#: Every table that an act on a case may write, and which rows are the case's.
TABLES = {
    "case_file": "id = :case",
    "case_event": "case_id = :case",
    "appointment": "case_id = :case",
    "budget_line": "case_id = :case",
    "orientation": "case_id = :case",
    "task": "case_id = :case",
    "submission": "case_id = :case",
    "submission_step": "submission_id IN (SELECT id FROM app.submission WHERE case_id = :case)",
    "loan": "case_id = :case",
    "loan_schedule": f"loan_id IN {_LOANS}",
    "instalment": f"loan_id IN {_LOANS}",
    "posting": f"loan_id IN {_LOANS}",
    "evaluation": f"loan_id IN {_LOANS}",
    "audit_event": "act NOT IN ('read', 'list') AND subject IN ('case:' || :number, 'copy:' || :number)",
}


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


@dataclass
class Tale:
    """A case, and the means to do and to read."""

    cast: Cast
    number: str

    def do(
        self,
        who: str,
        on: date,
        act: Callable[Concatenate[Session, Identity, str, P], R],
        *args: P.args,
        **named: P.kwargs,
    ) -> R:
        """One act on a day, in a transaction of its own."""
        with self.cast.people[who].at_work(on) as (session, identity):
            return act(session, identity, self.number, *args, **named)

    @contextmanager
    def refused(self, error: type[DomainError], words: str) -> Iterator[None]:
        """The act inside is refused in these words and leaves nothing in any table."""
        before = self.written()
        with pytest.raises(error) as caught:
            yield
        said = " ".join([str(caught.value), *caught.value.fields.values()])
        assert words in said.replace("\u00a0", " ").replace("\u202f", " "), said
        assert self.written() == before

    @contextmanager
    def look(self) -> Iterator[tuple[Session, Case]]:
        """The database as the case worker's session sees it."""
        with self.cast.nadia.at_work() as (session, _):
            yield session, session.scalars(select(Case).where(Case.number == self.number)).one()

    def written(self) -> dict[str, str]:
        """All that stands of the case, table by table."""
        with self.look() as (session, case):
            return {
                table: session.execute(
                    text(
                        "SELECT coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')"
                        f" FROM app.{table} t WHERE {rows}"
                    ),
                    {
                        name: value
                        for name, value in (("case", case.id), ("number", self.number))
                        if f":{name}" in rows
                    },
                ).scalar_one()
                for table, rows in TABLES.items()
            }

    @property
    def state(self) -> State:
        """Where the case stands."""
        with self.look() as (_, case):
            return State(case.state)

    @property
    def events(self) -> list[CaseEvent]:
        """The timeline, first act first."""
        with self.look() as (session, case):
            return list(
                session.scalars(
                    select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
                )
            )

    @property
    def acts(self) -> list[Act]:
        """The acts of the timeline."""
        return [Act(event.act) for event in self.events]

    @property
    def copies(self) -> list[Submission]:
        """The copies of the case, first sent first."""
        with self.look() as (session, case):
            return list(
                session.scalars(
                    select(Submission).where(Submission.case_id == case.id).order_by(Submission.id)
                )
            )

    def tasks(self, *, done: bool = False) -> list[tuple[str, date]]:
        """The open tasks, or those that are done: kind and day."""
        with self.look() as (session, case):
            rows = session.scalars(
                select(Task).where(Task.case_id == case.id).order_by(Task.due_on, Task.id)
            )
            return [(row.kind, row.due_on) for row in rows if (row.done_on is not None) is done]

    def held(self) -> Held:
        """The last loan with all that is known of it."""
        with self.cast.nadia.at_work() as (session, identity):
            return get_loan(session, identity, self.number, Permission.READ_LOANS)

    def stands(self, on: date) -> Situation:
        """Where the loan stands on a day."""
        return self.held().on(on)

    def line(self, number: int, on: date) -> int:
        """The id of an instalment in force on a day."""
        return next(one.due.id for one in self.stands(on).lines if one.due.number == number)

    def bank(self, banker: str) -> int:
        """The organisation of a banker."""
        with self.look() as (session, _):
            account = self.cast.people[banker].account_id
            return session.scalars(
                select(Membership.organisation_id).where(Membership.account_id == account)
            ).one()

    def steps(self, *names: str, on: date, banker: str = "boris") -> None:
        """Ordinary steps of the cast, all on one day."""
        people = self.cast.people
        for name in names:
            self.cast.take(name, self.number, people["nadia"], people[banker], "Lenoir", "", on)

    def send(self, banker: str, on: date) -> Submission:
        """The file goes to a bank."""
        return self.do("nadia", on, send, self.bank(banker))


def begin(cast: Cast, on: date = BEGUN) -> Tale:
    """A first contact."""
    with cast.farid.at_work(on) as (session, identity):
        return Tale(cast, open_contact(session, identity, a_contact()).number)


def ready(cast: Cast, on: date = BEGUN) -> Tale:
    """A complete file: 1 500 € over 18 months."""
    tale = begin(cast, on)
    tale.steps("meet", "diagnose", "complete", on=on)
    return tale


def sent(cast: Cast, on: date = BEGUN) -> Tale:
    """A copy at the first bank, which answers within ten days."""
    tale = ready(cast, on)
    tale.send("boris", on)
    return tale


def granted(cast: Cast, on: date = BEGUN) -> Tale:
    """The bank agrees as asked, at 2 %."""
    tale = sent(cast, on)
    tale.do("boris", on, reply, Reply("grant"))
    return tale


def signed(cast: Cast, signed_on: date = BEGUN) -> Tale:
    """An offer signed on that day, noted the same day."""
    tale = granted(cast, min(signed_on, BEGUN))
    tale.do("nadia", signed_on, sign_offer, Sign(signed_on))
    return tale


def lent(
    cast: Cast, *, first_due_on: date = date(2016, 2, 5), cents: int = 1500_00, months: int = 18
) -> Tale:
    """A loan at 2 %, signed on 4 January 2016 and paid to a garage on the 12th."""
    tale = sent(cast)
    if (cents, months) == (1500_00, 18):
        tale.do("boris", BEGUN, reply, Reply("grant"))
    else:
        other = Reply("counter", amount=cents, months=months, rate=Decimal("0.02"))
        tale.do("boris", BEGUN, reply, other)
        tale.do("nadia", BEGUN, choose, accepts=True)
    tale.do("nadia", BEGUN, sign_offer, Sign(BEGUN))
    paid_on = BEGUN + days(8)
    paid = Disburse(paid_on, "supplier", "Garage du Pont", first_due_on)
    tale.do("nadia", paid_on, disburse, paid)
    return tale
