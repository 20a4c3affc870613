"""A household's monthly budget: amounts brought to the month, totals, what is left.

Amounts are cents. Each rounding is half up to the cent, once per line.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Balance:
    """Monthly totals in cents; `left` = resources − charges − debts, which may be negative."""

    resources: int
    charges: int
    debts: int

    @property
    def left(self) -> int:
        """What is left each month once charges and debts are paid."""
        return self.resources - self.charges - self.debts


def monthly(cents: int, months: int) -> int:
    """An amount paid every `months` months, brought to one month, half up to the cent.

    Raises ValueError for a negative amount or a period under one month.
    """
    if cents < 0 or months < 1:
        raise ValueError("an amount is not negative and a period is at least one month")
    return (2 * cents + months) // (2 * months)


def balance(resources: Iterable[int], charges: Iterable[int], debts: Iterable[int]) -> Balance:
    """The totals of monthly amounts in cents."""
    return Balance(sum(resources), sum(charges), sum(debts))
