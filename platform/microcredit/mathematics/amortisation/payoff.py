"""What is owed on a given day of a loan whose instalments were all paid when due.

Convention: an instalment is paid on its due date, so that on that day only what remains after it is owed.
Between two dates, interest runs on the balance by the day, balance · rate · days / 365, half up, from the
last due date (or the release) to the day, the last one included. The interest of later months is not due,
and no indemnity either, up to 10 000 € repaid within twelve months (Code de la consommation L.312-34,
D.312-15).
"""

from dataclasses import dataclass
from datetime import date

from microcredit.mathematics.amortisation.due_dates import Dates
from microcredit.mathematics.amortisation.instalments import (
    ImpossibleTerms,
    annuity,
    odd_days_interest,
)
from microcredit.mathematics.amortisation.schedule import Deferral, Schedule


@dataclass(frozen=True, slots=True)
class Payoff:
    """What settles a loan on a day, in cents; `accrued_cents` is interest of `days` days.

    `carried_cents` is the interest that a total deferral put off and that is not yet paid.
    """

    on: date
    outstanding_cents: int
    carried_cents: int
    days: int
    accrued_cents: int

    @property
    def total_cents(self) -> int:
        """The amount to pay."""
        return self.outstanding_cents + self.carried_cents + self.accrued_cents


def instalments_due(schedule: Schedule, on: date) -> int:
    """How many instalments are due by the end of that day.

    Raises ImpossibleTerms for a loan without dates or a day before its release.
    """
    dates = _dates(schedule)
    if on < dates.released_on:
        raise ImpossibleTerms(f"nothing is owed on {on}, before the release ({dates.released_on})")
    months = (on.year - dates.first_due_on.year) * 12 + on.month - dates.first_due_on.month + 1
    number = min(max(months, 0), schedule.loan.months)
    return number - 1 if number and dates.due_on(number) > on else number


def outstanding_on(schedule: Schedule, on: date) -> int:
    """The principal owed at the end of that day, in cents (« capital restant dû »).

    Raises ImpossibleTerms as `instalments_due` does.
    """
    return schedule.outstanding_cents[instalments_due(schedule, on)]


def payoff(schedule: Schedule, on: date) -> Payoff:
    """What settles the loan on that day, once the instalment of the day, if any, is paid.

    After the last instalment nothing is owed. Raises ImpossibleTerms as `instalments_due` does.
    """
    dates = _dates(schedule)
    loan = schedule.loan
    paid = instalments_due(schedule, on)
    owed = schedule.outstanding_cents[paid]
    since = dates.due_on(paid) if paid else dates.released_on
    days = (on - since).days if owed else 0
    accrued = odd_days_interest(owed, loan.annual_rate, days)
    return Payoff(on, owed, _carried(schedule, paid), days, accrued)


def _carried(schedule: Schedule, paid: int) -> int:
    """Interest of the months of a total deferral that no instalment has paid yet."""
    loan = schedule.loan
    if loan.deferral is not Deferral.CARRIED or not 0 < paid <= loan.deferred_months:
        return 0
    monthly = annuity(loan.annual_rate, loan.months).interest(loan.principal_cents)
    return loan.interim_interest_cents + paid * monthly


def _dates(schedule: Schedule) -> Dates:
    """The dates of a schedule that has some."""
    if schedule.loan.dates is None:
        raise ImpossibleTerms("a loan without dates owes nothing on a given day")
    return schedule.loan.dates
