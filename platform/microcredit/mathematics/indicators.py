"""What a budget says of a household, each figure with its formula in words and its lines.

An indicator helps to talk: it is no score and decides nothing. Thresholds are the grouping's or the
bank's, and stand in dated data.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from microcredit.mathematics.budget import Household, Line
from microcredit.mathematics.explained import (
    Divisor,
    Indicator,
    Term,
    Unit,
    counted,
    explain,
    half_up,
    taken_off,
)

#: A month of living, as every threshold of « reste à vivre » per day supposes.
DAYS = 30

RENT_CODES = ("C01", "C02", "C03")
"""Rent, its charges, and the instalments of a home."""
HOUSING_CODES = (*RENT_CODES, "C04", "C05", "C06")
"""The same with energy and water."""
HOUSING_AID = "R12"
INSTALMENT = "Mensualité du microcrédit"

_LEFT = "ressources − charges − crédits − mensualité"
_THIRTY_DAYS = Divisor("jours", Fraction(DAYS))
_AGE_UNKNOWN = "L’âge d’un enfant manque : les unités de consommation en dépendent."


def gross_margin(lines: Iterable[Line]) -> Indicator:
    """Reste à vivre of the month before the loan, in cents."""
    return explain(Unit.A_MONTH, "ressources − charges − crédits", _left(lines))


def left_to_live(lines: Iterable[Line], instalment: int) -> Indicator:
    """Reste à vivre of the month once the instalment (cents) is paid too."""
    return explain(Unit.A_MONTH, _LEFT, _left(lines, instalment))


def left_per_person(lines: Iterable[Line], household: Household, instalment: int = 0) -> Indicator:
    """Reste à vivre per day and person, a child in alternate custody counting for half."""
    return explain(
        Unit.A_DAY_PER_PERSON,
        f"({_LEFT}) ÷ personnes ÷ 30 jours",
        _left(lines, instalment),
        divisors=(Divisor("personnes", household.persons), _THIRTY_DAYS),
        missing=_nobody(household),
    )


def left_per_unit(lines: Iterable[Line], household: Household, instalment: int = 0) -> Indicator:
    """Reste à vivre per day and consumption unit (the OECD-modified scale of INSEE)."""
    return explain(
        Unit.A_DAY_PER_UNIT,
        f"({_LEFT}) ÷ unités de consommation ÷ 30 jours",
        _left(lines, instalment),
        divisors=(Divisor("unités de consommation", household.units or Fraction()), _THIRTY_DAYS),
        missing=_no_adult(household) or ("" if household.units else _AGE_UNKNOWN),
    )


def left_per_part(lines: Iterable[Line], household: Household, instalment: int = 0) -> Indicator:
    """Reste à vivre per month and part, the parts being those of the quotient familial."""
    return explain(
        Unit.A_MONTH_PER_PART,
        f"({_LEFT}) ÷ parts",
        _left(lines, instalment),
        divisors=_parts(household),
        missing=_no_adult(household),
    )


def repayment_capacity(lines: Iterable[Line], household: Household, threshold: int) -> Indicator:
    """The most that an instalment can be, never below nothing, in cents a month.

    `threshold`, cents per day and person to live on, is the grouping's or the bank's.
    """
    kept = half_up(household.persons * DAYS * threshold)
    return explain(
        Unit.A_MONTH,
        "ressources − charges − crédits − personnes × 30 jours × seuil, au moins 0",
        (*_left(lines), Term("À garder pour vivre", -kept)),
        floored=True,
        missing=_nobody(household),
    )


def debt_ratio(lines: Iterable[Line], instalment: int) -> Indicator:
    """What credits and debts take of the resources, with the instalment (cents)."""
    lines = list(lines)
    return explain(
        Unit.SHARE,
        "(crédits + mensualité) ÷ ressources",
        (*counted(lines, "D"), Term(INSTALMENT, instalment)),
        base=counted(lines, "R"),
        missing=_no_resource(lines),
    )


def debt_ratio_with_rent(lines: Iterable[Line], instalment: int) -> Indicator:
    """The same with rent, its charges, and the instalments of a home."""
    lines = list(lines)
    return explain(
        Unit.SHARE,
        "(loyer et crédit immobilier + crédits + mensualité) ÷ ressources",
        (*counted(lines, *RENT_CODES), *counted(lines, "D"), Term(INSTALMENT, instalment)),
        base=counted(lines, "R"),
        missing=_no_resource(lines),
    )


def housing_effort(lines: Iterable[Line]) -> Indicator:
    """What a home, its energy and its water take of the resources, the housing aid off both.

    Below nothing when the aid is larger than what the home costs.
    """
    lines = list(lines)
    aid = taken_off(lines, HOUSING_AID)
    return explain(
        Unit.SHARE,
        "(logement, énergie et eau − aide au logement) ÷ (ressources − aide au logement)",
        (*counted(lines, *HOUSING_CODES), *aid),
        base=(*counted(lines, "R"), *aid),
        missing=_no_resource([line for line in lines if line.code != HOUSING_AID]),
    )


def fixed_charge_share(lines: Iterable[Line]) -> Indicator:
    """What charges and debts take of the resources, before the loan."""
    lines = list(lines)
    return explain(
        Unit.SHARE,
        "(charges + crédits) ÷ ressources",
        (*counted(lines, "C"), *counted(lines, "D")),
        base=counted(lines, "R"),
        missing=_no_resource(lines),
    )


def ending_income_share(lines: Iterable[Line], last_due_on: date) -> Indicator:
    """The share of the resources that is known to end before the day of the last instalment."""
    lines = list(lines)
    ending = [line for line in lines if line.ends_on is not None and line.ends_on < last_due_on]
    return explain(
        Unit.SHARE,
        "ressources qui s’arrêtent avant la dernière mensualité ÷ ressources",
        counted(ending, "R"),
        base=counted(lines, "R"),
        missing=_no_resource(lines),
    )


def family_quotient(yearly: int, allowances: int, benefits: int, household: Household) -> Indicator:
    """Quotient familial as the CAF computes it, in cents a month.

    `yearly`: resources of the reference year before tax allowances; `allowances`: the social ones,
    taken off; `benefits`: the family and housing benefits of a month. All in cents.
    """
    return explain(
        Unit.A_MONTH_PER_PART,
        "((ressources annuelles − abattements sociaux) ÷ 12 + prestations du mois) ÷ parts",
        (
            Term("Ressources annuelles", yearly),
            Term("Abattements sociaux", -allowances),
            Term("Prestations du mois, × 12", benefits * 12),
        ),
        divisors=(Divisor("mois", Fraction(12)), *_parts(household)),
        missing=_no_adult(household),
    )


def local_quotient_after_rent(lines: Iterable[Line], household: Household) -> Indicator:
    """A quotient that some CCAS use: resources without rent and its charges, per person."""
    lines = list(lines)
    return explain(
        Unit.A_MONTH_PER_PERSON,
        "(ressources − loyer et charges locatives) ÷ personnes",
        (*counted(lines, "R"), *taken_off(lines, "C01", "C02")),
        divisors=(Divisor("personnes", household.persons),),
        missing=_nobody(household),
    )


def local_quotient_after_charges(lines: Iterable[Line], household: Household) -> Indicator:
    """Another: resources without all charges, debts not taken off, per person."""
    lines = list(lines)
    return explain(
        Unit.A_MONTH_PER_PERSON,
        "(ressources − charges) ÷ personnes",
        (*counted(lines, "R"), *taken_off(lines, "C")),
        divisors=(Divisor("personnes", household.persons),),
        missing=_nobody(household),
    )


def _left(lines: Iterable[Line], instalment: int = 0) -> tuple[Term, ...]:
    """What comes in, what goes out and is owed, and the instalment if there is one."""
    lines = list(lines)
    loan = (Term(INSTALMENT, -instalment),) if instalment else ()
    return (*counted(lines, "R"), *taken_off(lines, "C"), *taken_off(lines, "D"), *loan)


def _parts(household: Household) -> tuple[Divisor, ...]:
    return (Divisor("parts", household.parts or Fraction()),)


def _nobody(household: Household) -> str:
    return "" if household.persons else "Personne n’est compté au foyer : indiquez qui y vit."


def _no_adult(household: Household) -> str:
    return "" if household.adults else "Aucun adulte n’est compté au foyer : indiquez qui y vit."


def _no_resource(lines: Iterable[Line]) -> str:
    if any(line.cents for line in lines if line.code.startswith("R")):
        return ""
    return "Aucune ressource n’est comptée : une part des ressources n’a pas de sens."
