"""Shares sum to the cent, whatever the order, and never stray by a cent."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microcredit.mathematics.allocation import (
    NothingToShareBy,
    Weight,
    mixed,
    normalised,
    prorata,
    share,
)

FRESNES, CONDE, VIEUX_CONDE, ESCAUTPONT = "59253", "59153", "59616", "59207"
HERGNIES, CRESPIN = "59301", "59160"
ORDER = (FRESNES, CONDE, ESCAUTPONT, VIEUX_CONDE)
NET_COST = 14_250_00


def key(*weights: int) -> dict[str, Weight]:
    """The weights of Fresnes, Condé, Escautpont and Vieux-Condé."""
    return dict(zip(ORDER, weights, strict=True))


POPULATION = key(7_623, 9_751, 4_144, 10_160)
POPULATION_2026 = key(7_354, 9_253, 4_202, 10_617)
REQUESTS = key(128, 150, 61, 158)
EQUAL = key(1, 1, 1, 1)

NUMBERS = st.integers(0, 10**6)
WEIGHTS = st.dictionaries(
    st.sampled_from(["59253", "59153", "59616", "59207", "59301", "59160", "2A004", "97411"]),
    NUMBERS
    | st.builds(Fraction, NUMBERS, st.integers(1, 1000))
    | st.builds(lambda number: Decimal(number).scaleb(-3), NUMBERS),
    min_size=1,
).filter(lambda weights: any(weights.values()))
TOTALS = st.integers(-(10**10), 10**10)
a_few = settings(max_examples=15, deadline=None)


@pytest.mark.parametrize(
    ("weights", "cents"),
    [
        (POPULATION, (3_429_12, 4_386_38, 1_864_13, 4_570_37)),
        (POPULATION_2026, (3_334_64, 4_195_74, 1_905_38, 4_814_24)),
        (REQUESTS, (3_670_02, 4_300_81, 1_748_99, 4_530_18)),
        (EQUAL, (3_562_50,) * 4),
        (
            mixed([(50, POPULATION), (30, REQUESTS), (20, EQUAL)]),
            (3_528_07, 4_195_93, 2_169_26, 4_356_74),
        ),
    ],
    ids=["population", "population 2026", "requests", "equal", "mixed"],
)
def test_the_net_cost_of_the_founding_territory_by_key(
    weights: dict[str, Weight], cents: tuple[int, ...]
) -> None:
    shares = share(NET_COST, weights)

    assert tuple(shares[code] for code in ORDER) == cents
    assert sum(shares.values()) == NET_COST


def test_two_more_communes_and_a_platform_share_nine_thousand_euros() -> None:
    six = {**POPULATION_2026, HERGNIES: 4_479, CRESPIN: 4_532}

    assert share(9_000_00, six) == {
        FRESNES: 1_636_77,
        CONDE: 2_059_43,
        ESCAUTPONT: 935_23,
        VIEUX_CONDE: 2_363_01,
        HERGNIES: 996_88,
        CRESPIN: 1_008_68,
    }


def test_a_tie_goes_to_the_first_code() -> None:
    assert share(100, {"C": 1, "A": 1, "B": 1}) == {"A": 34, "B": 33, "C": 33}
    assert share(2, {"C": 1, "A": 1, "B": 1}) == {"A": 1, "B": 1, "C": 0}


def test_a_member_without_weight_gets_nothing() -> None:
    assert share(101, {"A": 0, "B": 1, "C": 1}) == {"A": 0, "B": 51, "C": 50}


@a_few
@given(TOTALS, WEIGHTS)
def test_shares_sum_to_the_total(total: int, weights: dict[str, Weight]) -> None:
    assert sum(share(total, weights).values()) == total


@a_few
@given(TOTALS, WEIGHTS)
def test_no_share_is_a_cent_away_from_the_exact_one(total: int, weights: dict[str, Weight]) -> None:
    whole = sum(Fraction(weight) for weight in weights.values())

    for code, cents in share(total, weights).items():
        assert abs(cents - Fraction(total * Fraction(weights[code]), whole)) < 1


@a_few
@given(TOTALS, WEIGHTS, st.randoms(use_true_random=False))
def test_the_order_of_members_changes_nothing(
    total: int, weights: dict[str, Weight], chance: random.Random
) -> None:
    shuffled = list(weights.items())
    chance.shuffle(shuffled)

    assert list(share(total, dict(shuffled)).items()) == list(share(total, weights).items())


@a_few
@given(TOTALS, WEIGHTS)
def test_a_credit_undoes_an_invoice(total: int, weights: dict[str, Weight]) -> None:
    credit = share(-total, weights)

    assert all(credit[code] == -cents for code, cents in share(total, weights).items())


@a_few
@given(TOTALS, WEIGHTS, st.integers(1, 1000))
def test_only_proportions_count(total: int, weights: dict[str, Weight], times: int) -> None:
    larger = {code: Fraction(weight) * times for code, weight in weights.items()}

    assert share(total, larger) == share(total, weights)


@pytest.mark.parametrize("weights", [{}, {"A": 0}, {"A": 0, "B": Decimal(0)}])
def test_an_amount_that_belongs_to_nobody_is_refused(weights: dict[str, Weight]) -> None:
    with pytest.raises(NothingToShareBy, match="no member has any weight"):
        share(100, weights)


@pytest.mark.parametrize("weight", [-1, Fraction(-1, 3), Decimal("-0.1")])
def test_a_negative_weight_is_refused(weight: Weight) -> None:
    with pytest.raises(ValueError, match="not negative"):
        share(100, {"A": 3, "B": weight})


@pytest.mark.parametrize("weight", [Decimal("NaN"), Decimal("Infinity")])
def test_a_weight_that_is_no_number_is_refused(weight: Decimal) -> None:
    with pytest.raises(ValueError, match="finite number"):
        share(100, {"A": 3, "B": weight})


def test_a_mixed_key_is_the_weighted_sum_of_its_keys() -> None:
    key = mixed([(Decimal("0.5"), {"A": 3, "B": 1}), (Decimal("0.5"), {"B": 1, "C": 1})])

    assert key == {"A": Fraction(3, 8), "B": Fraction(3, 8), "C": Fraction(1, 4)}


def test_a_key_that_counts_for_nothing_may_be_empty_and_one_that_counts_may_not() -> None:
    assert mixed([(1, {"A": 1}), (0, {})]) == {"A": 1}
    with pytest.raises(NothingToShareBy):
        mixed([(1, {"A": 1}), (1, {})])
    with pytest.raises(NothingToShareBy):
        mixed([(0, {"A": 1})])


@a_few
@given(WEIGHTS)
def test_a_key_brought_to_one_sums_to_one(weights: dict[str, Weight]) -> None:
    assert sum(normalised(weights).values()) == 1


def test_a_member_that_joined_in_july_counts_for_its_days() -> None:
    weights = {"A": prorata(100, 365, 365), "B": prorata(100, 184, 365)}

    assert share(1_000_00, weights) == {"A": 664_85, "B": 335_15}
    assert prorata(Decimal("2.5"), 0, 366) == 0


@pytest.mark.parametrize(("days", "period"), [(-1, 365), (366, 365), (0, 0)])
def test_days_outside_the_period_are_refused(days: int, period: int) -> None:
    with pytest.raises(ValueError, match="within the period"):
        prorata(1, days, period)
