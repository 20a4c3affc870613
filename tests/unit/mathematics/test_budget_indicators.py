"""What a budget says of a household: known figures, and each figure redone from its own lines."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microcredit.mathematics import indicators
from microcredit.mathematics.budget import Child, Every, Household, Line, per_month
from microcredit.mathematics.explained import Indicator, Term, Unit

a_few = settings(max_examples=15, deadline=None)
LAST_DUE = date(2028, 6, 5)
INSTALMENT = 71_61

#: A lone parent with a child of 8, who asks for 2 500 € over 36 months.
LINES = (
    Line("R01", "Salaire net", 1_050_00, date(2027, 12, 31)),
    Line("R08", "Prime d’activité", 280_00),
    Line("R12", "Aide au logement", 240_00),
    Line("C01", "Loyer et charges", 520_00),
    Line("C04", "Électricité, gaz, chauffage", 110_00),
    Line("C06", "Eau", 30_00),
    Line("C07", "Assurances", 75_00),
    Line("C09", "Mutuelle", 20_00),
    Line("C10", "Téléphone, internet", 45_00),
    Line("C11", "Carburant", 120_00),
    Line("C14", "Cantine", 60_00),
    Line("D01", "Crédit en cours", 60_00),
)
PARENT = Household(1, (Child(8),))
NOBODY = Household(0)

ALL: dict[str, Callable[[tuple[Line, ...], Household, int], Indicator]] = {
    "gross margin": lambda lines, home, paid: indicators.gross_margin(lines),
    "left": lambda lines, home, paid: indicators.left_to_live(lines, paid),
    "per person": indicators.left_per_person,
    "per unit": indicators.left_per_unit,
    "per part": indicators.left_per_part,
    "capacity": lambda lines, home, paid: indicators.repayment_capacity(lines, home, 7_00),
    "debt": lambda lines, home, paid: indicators.debt_ratio(lines, paid),
    "debt and rent": lambda lines, home, paid: indicators.debt_ratio_with_rent(lines, paid),
    "housing": lambda lines, home, paid: indicators.housing_effort(lines),
    "fixed": lambda lines, home, paid: indicators.fixed_charge_share(lines),
    "ending": lambda lines, home, paid: indicators.ending_income_share(lines, LAST_DUE),
    "caf": lambda lines, home, paid: indicators.family_quotient(12_600_00, paid, 520_00, home),
    "after rent": lambda lines, home, paid: indicators.local_quotient_after_rent(lines, home),
    "after charges": lambda lines, home, paid: indicators.local_quotient_after_charges(lines, home),
}


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("gross margin", 530_00, Unit.A_MONTH),
        ("left", 458_39, Unit.A_MONTH),
        ("per person", 7_64, Unit.A_DAY_PER_PERSON),
        ("per unit", 11_75, Unit.A_DAY_PER_UNIT),
        ("per part", 183_36, Unit.A_MONTH_PER_PART),
        ("capacity", 110_00, Unit.A_MONTH),
        ("debt", Decimal("0.084"), Unit.SHARE),
        ("debt and rent", Decimal("0.415"), Unit.SHARE),
        ("housing", Decimal("0.316"), Unit.SHARE),
        ("fixed", Decimal("0.662"), Unit.SHARE),
        ("ending", Decimal("0.669"), Unit.SHARE),
        ("after rent", 525_00, Unit.A_MONTH_PER_PERSON),
        ("after charges", 295_00, Unit.A_MONTH_PER_PERSON),
    ],
)
def test_the_figures_of_a_lone_parent(name: str, value: int | Decimal, unit: Unit) -> None:
    found = ALL[name](LINES, PARENT, INSTALMENT)

    assert (found.value, found.unit, found.missing) == (value, unit, "")


def test_the_quotient_familial_of_a_lone_parent() -> None:
    found = indicators.family_quotient(12_600_00, 0, 520_00, PARENT)

    assert found.value == 628_00
    assert [divisor.number for divisor in found.divisors] == [12, Fraction(5, 2)]


def test_a_figure_says_how_it_is_made_and_from_what() -> None:
    found = indicators.left_per_person(LINES, PARENT, INSTALMENT)

    assert found.formula == ("(ressources − charges − crédits − mensualité) ÷ personnes ÷ 30 jours")
    assert found.terms[0] == Term("Salaire net", 1_050_00, "R01")
    assert found.terms[-1] == Term("Mensualité du microcrédit", -71_61)
    assert [f"{one.number} {one.label}" for one in found.divisors] == ["2 personnes", "30 jours"]


def test_the_lines_of_income_that_ends_are_named() -> None:
    found = indicators.ending_income_share(LINES, LAST_DUE)

    assert found.terms == (Term("Salaire net", 1_050_00, "R01"),)
    assert indicators.ending_income_share(LINES, date(2027, 12, 31)).value == 0


AMOUNTS = st.integers(0, 3_000_00)
BUDGETS = st.lists(
    st.builds(
        lambda code, cents, ends: Line(code, code, cents, ends),
        st.sampled_from(["R01", "R07", "R12", "C01", "C03", "C04", "C10", "D01", "D09"]),
        AMOUNTS,
        st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    ),
    max_size=8,
).map(tuple)
HOMES = st.builds(
    Household,
    st.integers(0, 3),
    st.lists(
        st.builds(Child, st.none() | st.integers(0, 20), st.booleans(), st.booleans()), max_size=4
    ).map(tuple),
)


def redone(found: Indicator) -> Decimal:
    """A value redone from what the indicator shows."""
    exact = Fraction(sum(term.cents for term in found.terms))
    if found.floored:
        exact = max(exact, Fraction(0))
    if found.base:
        exact /= sum(term.cents for term in found.base)
    for divisor in found.divisors:
        exact /= divisor.number
    step = Decimal("0.001") if found.unit is Unit.SHARE else Decimal(1)
    return (Decimal(exact.numerator) / exact.denominator).quantize(step, ROUND_HALF_UP)


@a_few
@given(BUDGETS, HOMES, AMOUNTS)
def test_every_figure_is_what_its_own_lines_give_or_says_what_is_missing(
    lines: tuple[Line, ...], home: Household, instalment: int
) -> None:
    for indicator in ALL.values():
        found = indicator(lines, home, instalment)
        assert found.formula
        if found.value is None:
            assert found.missing.endswith((".", "dépendent."))
        else:
            assert found.missing == ""
            assert found.value == redone(found)
            assert isinstance(found.value, Decimal) is (found.unit is Unit.SHARE)


@a_few
@given(BUDGETS, HOMES)
def test_an_instalment_at_the_capacity_leaves_what_is_needed_to_live(
    lines: tuple[Line, ...], home: Household
) -> None:
    capacity = indicators.repayment_capacity(lines, home, 7_00).value
    if not isinstance(capacity, int) or capacity == 0:
        return
    assert indicators.left_per_person(lines, home, capacity).value == 7_00


def test_a_poor_household_has_sentences_and_no_error() -> None:
    nothing = {name: one((), NOBODY, INSTALMENT) for name, one in ALL.items()}

    assert nothing["gross margin"].value == 0
    assert nothing["left"].value == -71_61
    assert {name for name, one in nothing.items() if one.value is None} == set(nothing) - {
        "gross margin",
        "left",
    }
    assert nothing["debt"].missing == (
        "Aucune ressource n’est comptée : une part des ressources n’a pas de sens."
    )
    assert nothing["per person"].missing == ("Personne n’est compté au foyer : indiquez qui y vit.")
    assert nothing["caf"].missing == "Aucun adulte n’est compté au foyer : indiquez qui y vit."


def test_a_budget_in_deficit_has_no_capacity_and_a_negative_rest() -> None:
    lines = (Line("R07", "RSA", 600_00), Line("C01", "Loyer", 600_05))

    assert indicators.repayment_capacity(lines, PARENT, 6_00).value == 0
    assert indicators.left_per_person(lines, Household(1)).value == 0, "−0.17 cent"
    assert indicators.gross_margin(lines).value == -5
    assert indicators.local_quotient_after_charges(lines, Household(2)).value == -3, "−2.5 cents"


def test_a_housing_aid_alone_is_no_resource_to_compare_a_home_with() -> None:
    lines = (Line("R12", "Aide au logement", 240_00), Line("C01", "Loyer", 200_00))

    assert indicators.housing_effort(lines).value is None
    assert indicators.fixed_charge_share(lines).value == Decimal("0.833")


@pytest.mark.parametrize(
    ("home", "persons", "units", "parts"),
    [
        (Household(1), 1, 1, 2),
        (Household(2), 2, Fraction(3, 2), 2),
        (Household(1, (Child(8),)), 2, Fraction(13, 10), Fraction(5, 2)),
        (Household(2, (Child(8), Child(13))), 4, Fraction(21, 10), 3),
        (Household(2, (Child(8), Child(13), Child(14))), 5, Fraction(26, 10), 4),
        (Household(2, (Child(1), Child(2), Child(3), Child(4))), 6, Fraction(27, 10), Fraction(9, 2)),
        (Household(1, (Child(8, alternate=True),)), Fraction(3, 2), Fraction(115, 100), Fraction(9, 4)),
        (Household(1, (Child(15, alternate=True),)), Fraction(3, 2), Fraction(5, 4), Fraction(9, 4)),
        (Household(1, (Child(8, disabled=True),)), 2, Fraction(13, 10), 3),
        (Household(1, (Child(),)), 2, None, Fraction(5, 2)),
        (NOBODY, 0, None, None),
    ],
)  # fmt: skip
def test_who_counts_for_how_much(
    home: Household,
    persons: Fraction | int,
    units: Fraction | int | None,
    parts: Fraction | int | None,
) -> None:
    assert (home.persons, home.units, home.parts) == (persons, units, parts)


def test_an_unknown_age_is_said_and_only_where_it_matters() -> None:
    home = Household(1, (Child(),))

    assert indicators.left_per_unit(LINES, home).missing == (
        "L’âge d’un enfant manque : les unités de consommation en dépendent."
    )
    assert indicators.left_per_person(LINES, home).value == 8_83


@pytest.mark.parametrize(
    ("every", "cents", "month"),
    [
        (Every.WEEK, 100_00, 433_33),
        (Every.MONTH, 100_00, 100_00),
        (Every.QUARTER, 100_00, 33_33),
        (Every.HALF_YEAR, 100_00, 16_67),
        (Every.YEAR, 100_00, 8_33),
        (Every.YEAR, 6, 1),
        (Every.ONCE, 100_00, 0),
    ],
)
def test_amounts_of_every_periodicity_brought_to_the_month(
    every: Every, cents: int, month: int
) -> None:
    assert per_month(cents, every) == month


@pytest.mark.parametrize("every", Every)
def test_a_negative_amount_is_refused_whatever_its_periodicity(every: Every) -> None:
    with pytest.raises(ValueError, match="not negative"):
        per_month(-100, every)


def test_what_is_no_line_and_no_household_is_refused() -> None:
    with pytest.raises(ValueError, match="R, C or D"):
        Line("X01", "?", 1)
    with pytest.raises(ValueError, match="not negative"):
        Line("R01", "Salaire", -1)
    with pytest.raises(ValueError, match="not negative"):
        Household(-1)
    with pytest.raises(ValueError, match="not negative"):
        Household(1, (Child(-1),))
