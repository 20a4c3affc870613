"""What the whole rest of a loan costs on a day, with the lines that make it."""

from dataclasses import dataclass
from datetime import date

from microcredit.loans.codes import InstalmentState
from microcredit.loans.models import Loan
from microcredit.loans.situation import Situation
from microcredit.mathematics.amortisation.instalments import odd_days_interest


@dataclass(frozen=True)
class Settlement:
    """What settles a loan on a day, in cents; no indemnity is added.

    `overdue_cents` is what unpaid instalments lack, `awaited_cents` the debits under way,
    `capital_cents` the capital of the instalments to come and `accrued_cents` its interest over `days`
    days since the last due date.
    """

    on: date
    overdue_cents: int
    awaited_cents: int
    capital_cents: int
    days: int
    accrued_cents: int

    @property
    def total_cents(self) -> int:
        """The amount to pay."""
        return self.overdue_cents + self.awaited_cents + self.capital_cents + self.accrued_cents


def settlement(loan: Loan, stands: Situation) -> Settlement:
    """What settles the loan on the day of `stands`.

    Interest of the days since the last due date (or the disbursement) is balance · rate · days / 365,
    half up to the cent. Up to 10 000 € repaid within twelve months the lender asks no indemnity (Code
    de la consommation L.312-34, D.312-15). The bank's own figure prevails.
    """
    upcoming = [line for line in stands.lines if line.state is InstalmentState.UPCOMING]
    capital = sum(line.due.principal_cents for line in upcoming)
    begun = [line.due.due_on for line in stands.lines if line.due.due_on <= stands.day]
    since = max(begun, default=loan.disbursed_on or stands.day)
    days = max((stands.day - since).days, 0)
    return Settlement(
        on=stands.day,
        overdue_cents=stands.overdue_cents,
        awaited_cents=sum(
            line.due.amount_cents for line in stands.lines if line.state is InstalmentState.AWAITED
        ),
        capital_cents=capital,
        days=days,
        accrued_cents=odd_days_interest(capital, loan.annual_rate, days),
    )
