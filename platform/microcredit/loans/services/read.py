"""One loan as its page shows it; every reading is logged."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.accounts.models import Account
from microcredit.cases import sealed, transitions
from microcredit.cases.codes import Act, State
from microcredit.groupings.models import Organisation
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission, Scope
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import (
    InstalmentState,
    LoanPhase,
    PayeeKind,
    ScheduleReason,
    Source,
    Standing,
)
from microcredit.loans.models import Instalment, Loan, LoanSchedule
from microcredit.loans.services.clocks import FicpClock, OfferClocks, ficp_clock, offer_clocks
from microcredit.loans.services.disburse import REFUND_WITHIN
from microcredit.loans.services.find import Held, get_loan
from microcredit.loans.services.portfolio import LoanStanding
from microcredit.loans.services.settlement import Settlement, settlement
from microcredit.loans.situation import Line, Situation
from microcredit.people.models import Person
from microcredit.people.services import full_name

#: How far back the debits lie that one press can mark as rejected.
RECENT = timedelta(days=40)

#: Of which instalments one hears first.
_URGENT = (
    InstalmentState.UNPAID,
    InstalmentState.AWAITED,
    InstalmentState.PAID,
    InstalmentState.UPCOMING,
)


@dataclass(frozen=True)
class Version:
    """One version of the schedule: since when, why, who wrote it, and the rows that others replaced."""

    number: int
    valid_from: date
    reason: ScheduleReason
    who: str
    replaced: list[Instalment]


@dataclass(frozen=True)
class LoanPage:
    """All that the page of a loan shows."""

    held: Held
    today: date
    stands: Situation
    name: str
    bank: str
    payee: str
    versions: list[Version]
    acts: frozenset[Act]

    @property
    def loan(self) -> Loan:
        """The loan itself."""
        return self.held.loan

    @property
    def number(self) -> str:
        """The public number of its case."""
        return self.held.case.number

    @property
    def phase(self) -> LoanPhase:
        """Where it is, in one word."""
        return phase(self.loan, self.stands.standing)

    @property
    def clocks(self) -> OfferClocks:
        """The clocks of the signed offer."""
        return offer_clocks(self.loan, self.today)

    @property
    def runs(self) -> bool:
        """Whether money is out and was not given back."""
        return self.loan.disbursed_on is not None and self.loan.withdrawn_on is None

    @property
    def refund_by(self) -> date:
        """Until when the money would be given back if the person withdrew today (L.312-26)."""
        return self.today + REFUND_WITHIN

    @cached_property
    def settlement(self) -> Settlement:
        """What the whole rest costs today."""
        return settlement(self.loan, self.stands)

    @cached_property
    def ficp(self) -> FicpClock | None:
        """How far the register of incidents is, while something is unpaid."""
        over = self.stands.standing is Standing.GUARANTEE_CALLED
        return None if over else ficp_clock(self.stands)

    @property
    def instalment_cents(self) -> int | None:
        """The next instalment's amount, or the last one's when none is to come."""
        ahead = self.stands.next_due
        lines = self.stands.lines
        return (ahead or lines[-1]).due.amount_cents if lines else None

    @property
    def may_close(self) -> bool:
        """Whether nothing keeps the loan from being closed with its evaluation."""
        called = self.stands.standing is Standing.GUARANTEE_CALLED
        return Act.CLOSE_LOAN in self.acts and (called or self.stands.settled_on is not None)

    @property
    def recent(self) -> list[Line]:
        """The debits of which one may just have heard: unpaid ones, and those presumed or under way."""
        return [line for line in self.stands.lines if self._may_be_told(line)]

    def _may_be_told(self, line: Line) -> bool:
        if line.state is InstalmentState.UNPAID:
            return line.due.due_on <= self.today
        fresh = timedelta(0) <= self.today - line.due.due_on <= RECENT
        return fresh and (line.state is InstalmentState.AWAITED or line.source is Source.PRESUMED)

    @property
    def rejectable(self) -> list[Line]:
        """The instalments whose debit may have been rejected, latest first."""
        return [
            line
            for line in reversed(self.stands.lines)
            if line.due.due_on <= self.today
            and line.state is not InstalmentState.UNPAID
            and not line.settled_early
        ]

    @property
    def payable(self) -> list[Line]:
        """The instalments of which no payment is known: unpaid first, then the latest due, then to come."""
        known = [
            line
            for line in self.stands.lines
            if line.state is not InstalmentState.PAID or line.source is Source.PRESUMED
        ]
        return sorted(
            known,
            key=lambda line: (_URGENT.index(line.state), abs((line.due.due_on - self.today).days)),
        )

    @property
    def outstanding_after(self) -> dict[int, int]:
        """Instalment → capital owed after it, by the schedule."""
        return {row.id: row.outstanding_cents for row in self.held.rows}

    @property
    def interest(self) -> dict[int, int]:
        """Instalment → its interest."""
        return {row.id: row.interest_cents for row in self.held.rows}


def read_loan(session: Session, identity: Identity, number: str) -> LoanPage:
    """The page of the last loan of a case. Raises NotFound."""
    found = page_of(session, identity, number, Permission.READ_LOANS)
    audit.record(session, "read_loan", f"case:{number}")
    return found


def read_for(session: Session, identity: Identity, number: str, act: Act) -> LoanPage:
    """The same for the form of an act. Raises NotFound or TransitionRefused."""
    found = page_of(session, identity, number, transitions.TABLE[act].permission)
    transitions.check(found.held.case, act)
    audit.record(session, "read_loan", f"case:{number}")
    return found


def phase(loan: Loan | LoanStanding | None, standing: Standing) -> LoanPhase:
    """Where an offer or a loan is; None is an agreement that waits for its signature."""
    if loan is None:
        return LoanPhase.TO_SIGN
    if loan.withdrawn_on is not None:
        return LoanPhase.WITHDRAWN
    if loan.disbursed_on is None:
        return LoanPhase.TO_PAY
    return LoanPhase(standing.value)


def knows_borrowers(identity: Identity) -> bool:
    """Whether the reader of loans may see who borrows."""
    own = identity.scope(Permission.READ_LOANS) is Scope.OWN_BANK
    return own or identity.may(Permission.READ_IDENTITY)


def page_of(session: Session, identity: Identity, number: str, permission: Permission) -> LoanPage:
    """The same without the trail, for what writes its own. Raises NotFound."""
    found = get_loan(session, identity, number, permission)
    today = business_date(session)
    bank, person = _who(session, found)
    allowed = frozenset(
        act
        for act in transitions.acts_from(State(found.case.state))
        if found.loan.withdrawn_on is None and identity.may(transitions.TABLE[act].permission)
    )
    return LoanPage(
        held=found,
        today=today,
        stands=found.on(today),
        name=borrower(identity, person),
        bank=bank,
        payee=_payee(session, found),
        versions=_versions(session, found),
        acts=allowed,
    )


def borrower(identity: Identity, person: Person | None) -> str:
    """Who borrows, for those who may know: a bank knows its own borrowers. "" for the others."""
    if not knows_borrowers(identity):
        return ""
    if person is None:
        return full_name("", "", "")
    return full_name(person.civility, person.first_names, person.last_name)


def _who(session: Session, found: Held) -> tuple[str, Person | None]:
    row = session.execute(
        select(Organisation.name, Person)
        .outerjoin(Person, Person.id == found.case.person_id)
        .where(Organisation.id == found.loan.bank_id)
    ).one()
    return row[0], row[1]


def _payee(session: Session, found: Held) -> str:
    """Who received the money, in words; "" while it is not paid out."""
    kind = found.loan.payee_kind
    if kind is None:
        return ""
    if kind == PayeeKind.BORROWER.value:
        return PayeeKind.BORROWER.label
    return sealed.read(session, found.case.id, "payee", found.loan.payee)


def _versions(session: Session, found: Held) -> list[Version]:
    """The versions of the schedule, the newest first."""
    rows = session.execute(
        select(LoanSchedule, Account.name)
        .join(Account, Account.id == LoanSchedule.account_id)
        .where(LoanSchedule.loan_id == found.loan.id)
        .order_by(LoanSchedule.version.desc())
    )
    return [
        Version(
            one.version, one.valid_from, ScheduleReason(one.reason), who,
            [row for row in found.rows if row.version == one.version and row.valid_to is not None],
        )
        for one, who in rows
    ]  # fmt: skip
