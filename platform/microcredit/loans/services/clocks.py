"""The days that count for a loan: of the signed offer, and before the register of payment incidents."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from microcredit.loans.codes import InstalmentState
from microcredit.loans.models import Loan
from microcredit.loans.situation import Line, Situation
from microcredit.mathematics.dates import add_months

#: A lender must tell the register (FICP) of a loan with instalments unpaid for longer than this, or of
#: which two in a row are unpaid (arrêté du 26 octobre 2010, article 4).
FICP_LATE = timedelta(days=60)

#: It warns first, and leaves one month to pay (arrêté du 26 octobre 2010, article 5).
FICP_NOTICE_MONTHS = 1


@dataclass(frozen=True)
class Clock:
    """A day to wait for, and how many days remain (0: it is today; below 0: it is past)."""

    on: date
    days: int


@dataclass(frozen=True)
class OfferClocks:
    """Of a signed offer: when money may move, until when the person may withdraw."""

    payment: Clock
    withdrawal: Clock

    @property
    def payable(self) -> bool:
        """Whether the bank may pay out today."""
        return self.payment.days <= 0

    @property
    def revocable(self) -> bool:
        """Whether the person may still withdraw today."""
        return self.withdrawal.days >= 0


@dataclass(frozen=True)
class FicpClock:
    """How far a loan is from the register: the day its threshold is reached, the first possible entry."""

    threshold: Clock
    entry: Clock

    @property
    def reached(self) -> bool:
        """Whether the threshold is reached: the month to pay runs."""
        return self.threshold.days <= 0


def clock(on: date, today: date) -> Clock:
    """A day seen from today."""
    return Clock(on, (on - today).days)


def offer_clocks(loan: Loan, today: date) -> OfferClocks:
    """The clocks that started with the signature (Code de la consommation L.312-19, L.312-25)."""
    return OfferClocks(clock(loan.first_payment_on, today), clock(loan.withdrawal_until, today))


def ficp_clock(stands: Situation) -> FicpClock | None:
    """How far the register is; None while nothing is unpaid.

    The month is counted from the threshold, as if the bank had written that very day: an entry cannot
    come earlier, and often comes later. Source: arrêté du 26 octobre 2010 relatif au FICP.
    """
    oldest = stands.oldest_unpaid_on
    if oldest is None:
        return None
    reached = min([oldest + FICP_LATE, *_second_in_a_row(stands.lines)])
    return FicpClock(
        clock(reached, stands.day), clock(add_months(reached, FICP_NOTICE_MONTHS), stands.day)
    )


def _second_in_a_row(lines: tuple[Line, ...]) -> list[date]:
    """The days on which an unpaid instalment joined the unpaid one before it."""
    found = []
    for before, after in pairwise(lines):
        if before.state is InstalmentState.UNPAID and after.state is InstalmentState.UNPAID:
            found.append(max(one.unpaid_since for one in (before, after) if one.unpaid_since))
    return found
