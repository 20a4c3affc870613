"""Sharing an amount between members to the last cent.

The largest remainder (Hamilton): each member first gets the whole cents of its exact share, then the
cents that remain go one by one to the largest fractions, ties in the order of the members' codes.
The shares sum exactly to the total, none is a cent or more away from the exact share, and the order
in which members are given changes nothing.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

Weight = int | Fraction | Decimal


class NothingToShareBy(ValueError):
    """No member has any weight: the amount belongs to nobody."""


def share(total: int, weights: Mapping[str, Weight]) -> dict[str, int]:
    """`total` cents shared in proportion to the weights of the members, in the order of their codes.

    A negative total (a credit) is shared as its opposite is, so that it undoes an invoice exactly.
    A member without weight gets nothing. Raises NothingToShareBy when there is no member or no
    weight, ValueError for a weight that is negative or not a number.
    """
    parts = normalised(weights)
    if total < 0:
        return {code: -cents for code, cents in share(-total, parts).items()}
    exact = {code: total * part for code, part in parts.items()}
    shares = {code: int(amount) for code, amount in exact.items()}
    by_remainder = sorted(exact, key=lambda code: (shares[code] - exact[code], code))
    for code in by_remainder[: total - sum(shares.values())]:
        shares[code] += 1
    return shares


def normalised(weights: Mapping[str, Weight]) -> dict[str, Fraction]:
    """Weights brought to a sum of one, in the order of the codes. Raises as `share` does."""
    try:
        exact = {code: Fraction(weights[code]) for code in sorted(weights)}
    except (ValueError, OverflowError) as error:
        raise ValueError("a weight is a finite number") from error
    if any(weight < 0 for weight in exact.values()):
        raise ValueError("a weight is not negative")
    total = sum(exact.values())
    if not total:
        raise NothingToShareBy("no member has any weight to share by")
    return {code: Fraction(weight, total) for code, weight in exact.items()}


def mixed(keys: Sequence[tuple[Weight, Mapping[str, Weight]]]) -> dict[str, Fraction]:
    """Several keys made one, each with what it counts: 50 for population, 30 for requests…

    A member absent from a key has no weight in it; what keys count need not sum to 100. Nothing is
    rounded. A key that counts for nothing is not read. Raises as `share` does.
    """
    counts = normalised({str(rank): count for rank, (count, _) in enumerate(keys)})
    whole: dict[str, Fraction] = {}
    for rank, (_, weights) in enumerate(keys):
        if not counts[str(rank)]:
            continue
        for code, part in normalised(weights).items():
            whole[code] = whole.get(code, Fraction()) + counts[str(rank)] * part
    return normalised(whole)


def prorata(weight: Weight, days: int, days_in_period: int) -> Fraction:
    """The weight of a member that took part for some days of the period only; not rounded.

    Raises ValueError unless 0 ≤ days ≤ days_in_period and the period has at least one day.
    """
    if not 0 <= days <= days_in_period or not days_in_period:
        raise ValueError("the days of a member lie within the period")
    return Fraction(weight) * Fraction(days, days_in_period)
