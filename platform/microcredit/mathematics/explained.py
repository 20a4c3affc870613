"""A figure that explains itself: its formula in words, the lines and numbers that make it.

An indicator always is

    Σ terms ÷ Σ base ÷ Π divisors,    not below nothing where `floored`,

so that a screen can show, and anybody can redo, the operation. It is rounded once, at the end, half
up and away from zero below zero: to the cent, or to a tenth of a per cent. Where the operation makes
no sense (no resource, nobody at home) there is no value, and `missing` says why in French.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from microcredit.mathematics.budget import Line


class Unit(Enum):
    """What a value is in: money as cents (int), a share as a fraction (Decimal: 0.084 is 8,4 %)."""

    A_MONTH = "€ par mois"
    A_DAY_PER_PERSON = "€ par jour et par personne"
    A_DAY_PER_UNIT = "€ par jour et par unité de consommation"
    A_MONTH_PER_PART = "€ par mois et par part"
    A_MONTH_PER_PERSON = "€ par mois et par personne"
    SHARE = "%"


@dataclass(frozen=True)
class Term:
    """A line that an indicator used: cents, below nothing when they are taken off."""

    label: str
    cents: int
    code: str = ""


@dataclass(frozen=True)
class Divisor:
    """A number that an indicator divides by: persons, parts, days."""

    label: str
    number: Fraction


@dataclass(frozen=True)
class Indicator:
    """A figure, what it is in, how it is made in French words, and from what."""

    value: int | Decimal | None
    unit: Unit
    formula: str
    terms: tuple[Term, ...]
    base: tuple[Term, ...] = ()
    divisors: tuple[Divisor, ...] = ()
    floored: bool = False
    missing: str = ""


def explain(
    unit: Unit,
    formula: str,
    terms: tuple[Term, ...],
    *,
    base: tuple[Term, ...] = (),
    divisors: tuple[Divisor, ...] = (),
    floored: bool = False,
    missing: str = "",
) -> Indicator:
    """An indicator from what makes it, rounded once; without a value when something is missing."""
    if missing:
        return Indicator(None, unit, formula, terms, base, divisors, floored, missing)
    exact = Fraction(sum(term.cents for term in terms))
    if floored:
        exact = max(exact, Fraction())
    if base:
        exact = Fraction(exact, sum(term.cents for term in base))
    for divisor in divisors:
        exact = Fraction(exact, divisor.number)
    value: int | Decimal = half_up(exact)
    if unit is Unit.SHARE:
        value = Decimal(half_up(exact * 1000)).scaleb(-3)
    return Indicator(value, unit, formula, terms, base, divisors, floored)


def half_up(exact: Fraction) -> int:
    """The nearest whole number, a half away from zero."""
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return whole if exact >= 0 else -whole


def counted(lines: Iterable[Line], *codes: str) -> tuple[Term, ...]:
    """The lines whose code starts with one of these."""
    return tuple(
        Term(line.label, line.cents, line.code) for line in lines if line.code.startswith(codes)
    )


def taken_off(lines: Iterable[Line], *codes: str) -> tuple[Term, ...]:
    """The same lines, taken off."""
    return tuple(Term(term.label, -term.cents, term.code) for term in counted(lines, *codes))
