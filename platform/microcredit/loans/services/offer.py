"""An agreement that waits for its signature: what was agreed, until when it holds."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.cases.models import Case
from microcredit.groupings.models import Organisation
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.tenancy import Identity
from microcredit.loans.services.clocks import Clock, clock
from microcredit.loans.services.read import borrower
from microcredit.loans.services.sign import OFFER_HOLDS, agreed
from microcredit.mathematics.amortisation.instalments import instalment
from microcredit.mathematics.dates import CreditClocks, credit_clocks
from microcredit.people.models import Person
from microcredit.submissions.models import Submission


@dataclass(frozen=True)
class Offer:
    """What a bank agreed to, with the days that count; amounts in cents."""

    case: Case
    submission: Submission
    bank: str
    name: str
    since: date
    until: Clock
    today: date

    @property
    def number(self) -> str:
        """The public number of its case."""
        return self.case.number

    @property
    def lapsed(self) -> bool:
        """Whether it can no longer be signed."""
        return self.until.days < 0

    @property
    def if_signed_today(self) -> CreditClocks:
        """The days that would count from a signature today."""
        return credit_clocks(self.today)

    @property
    def instalment_cents(self) -> int:
        """The constant instalment."""
        one = self.submission
        return instalment(
            one.granted_cents or 0, one.granted_rate or Decimal(0), one.granted_months or 1
        )


def read_offer(session: Session, identity: Identity, number: str) -> Offer:
    """The agreement under which a case may be signed. Raises NotFound or TransitionRefused."""
    case, submission = agreed(session, identity, number)
    bank, person = session.execute(
        select(Organisation.name, Person)
        .outerjoin(Person, Person.id == case.person_id)
        .where(Organisation.id == submission.bank_id)
    ).one()
    today = business_date(session)
    since = submission.accepted_on or submission.answered_on or today
    offer = Offer(
        case=case,
        submission=submission,
        bank=bank,
        name=borrower(identity, person),
        since=since,
        until=clock(since + OFFER_HOLDS, today),
        today=today,
    )
    audit.record(session, "read_offer", f"case:{number}")
    return offer
