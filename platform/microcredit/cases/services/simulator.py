"""What a loan would cost if it were paid out today: indicative, since only the bank's offer binds."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from microcredit.lenders.services import BankTerms
from microcredit.mathematics.amortisation.capacity import largest_principal
from microcredit.mathematics.amortisation.schedule import Loan, schedule
from microcredit.mathematics.apr import RateError, taeg_monthly
from microcredit.mathematics.dates import add_months


@dataclass(frozen=True)
class Simulation:
    """A loan by one bank's terms of the day: cents, dates, the yearly rate as a fraction of one."""

    bank: BankTerms
    amount: int
    months: int
    instalment: int
    cost: int
    taeg: Decimal | None
    last_due_on: date

    @property
    def fits(self) -> bool:
        """Whether amount and months are within the terms."""
        terms = self.bank.terms
        return (
            terms.min_cents <= self.amount <= terms.max_cents
            and terms.min_months <= self.months <= terms.max_months
        )


def simulate(bank: BankTerms, amount: int, months: int, today: date) -> Simulation:
    """The loan of `amount` cents over `months`, paid out today, first instalment in a month.

    Rounding as `mathematics.amortisation`; the TAEG is to two decimals of a per cent, None when there
    is none to show. Raises ImpossibleTerms for terms that make no loan.
    """
    found = schedule(Loan(amount, bank.terms.annual_rate, months))
    amounts = found.amounts_cents
    try:
        taeg = taeg_monthly(amount, amounts).rate
    except RateError:
        taeg = None
    last = add_months(today, months)
    return Simulation(bank, amount, months, amounts[0], found.total_interest_cents, taeg, last)


def largest_loan(bank: BankTerms, capacity: int, months: int) -> int:
    """The most that a monthly capacity (cents) repays in so many months, within the bank's terms.

    In cents, whole euros rounded down; 0 when that is under the bank's minimum. Raises
    ImpossibleTerms for no month.
    """
    if capacity < 1:
        return 0
    terms = bank.terms
    most = min(largest_principal(capacity, terms.annual_rate, months), terms.max_cents)
    whole = most - most % 100
    return whole if whole >= terms.min_cents else 0
