"""A schedule written another way: decimal euros, discounted sums, no integer arithmetic of ours."""

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

CENT = Decimal("0.01")
EXACT_ENOUGH = Context(prec=60)
TIES = Decimal("1e-30")  # a tie must survive the rounding of the discounted sum


@cache
def annuity(annual_rate: Decimal, months: int) -> Decimal:
    """What one euro a month is worth today: the sum of its discounted payments."""
    factor = EXACT_ENOUGH.divide(12, EXACT_ENOUGH.add(12, annual_rate))
    worth = Decimal(0)
    for _ in range(months):
        worth = EXACT_ENOUGH.multiply(EXACT_ENOUGH.add(worth, 1), factor)
    return worth


def to_the_cent(euros: Decimal) -> Decimal:
    """Half up, from a value known to thirty decimals."""
    return euros.quantize(TIES, context=EXACT_ENOUGH).quantize(CENT, ROUND_HALF_UP)


def oracle(principal_cents: int, annual_rate: Decimal, months: int) -> tuple[int, list[int], int]:
    """(constant instalment, what is owed after each month, last instalment), in cents."""
    balance = principal_cents * CENT
    paid = to_the_cent(EXACT_ENOUGH.divide(balance, annuity(annual_rate, months)))
    owed = [principal_cents]
    for _ in range(months - 1):
        balance += interest(balance, annual_rate) - paid
        owed.append(int(balance * 100))
    owed.append(0)
    return int(paid * 100), owed, int((balance + interest(balance, annual_rate)) * 100)


def interest(balance: Decimal, annual_rate: Decimal) -> Decimal:
    """One month's interest in euros."""
    return EXACT_ENOUGH.divide(balance * annual_rate, 12).quantize(CENT, ROUND_HALF_UP)
