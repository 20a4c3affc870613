"""The TAEG against published examples, the law's way of counting, and its own equation."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from microcredit.mathematics.apr import (
    Flow,
    NoRate,
    RateError,
    SeveralRates,
    Taeg,
    taeg,
    taeg_monthly,
    taeg_of_dates,
    years_between,
)
from microcredit.mathematics.dates import add_months

a_few = settings(max_examples=15, deadline=None)
Dated = list[tuple[date, int]]
START = date(2026, 3, 16)


def flows(*amounts: tuple[Fraction | int, int]) -> list[Flow]:
    """Flows of whole euros at years."""
    return [Flow(Fraction(years), euros * 100) for years, euros in amounts]


def worth(lent: Sequence[Flow], paid: Sequence[Flow], rate: Decimal) -> Decimal:
    """What lent and paid differ by at a rate, in cents, with 40 digits."""
    with localcontext() as context:
        context.prec = 40
        yearly = (1 + rate).ln()
        return sum(
            (
                sign * flow.cents * (-yearly * flow.years.numerator / flow.years.denominator).exp()
                for sign, several in ((1, lent), (-1, paid))
                for flow in several
            ),
            Decimal(0),
        )


def at(lent: Dated, paid: Dated) -> tuple[list[Flow], list[Flow]]:
    """Dated flows at years from the first release."""
    first = min(day for day, _ in lent)
    return (
        [Flow(years_between(first, day), cents) for day, cents in lent],
        [Flow(years_between(first, day), cents) for day, cents in paid],
    )


@pytest.mark.parametrize(
    ("lent", "instalment", "months", "last", "percent"),
    [
        (3_000_00, 85_93, 36, 85_85, "2.02"),
        (2_500_00, 71_61, 36, 71_50, "2.02"),
        (2_000_00, 85_08, 24, 85_09, "2.02"),
        (1_500_00, 84_66, 18, 84_63, "2.02"),
        (300_00, 50_29, 6, 50_30, "2.02"),
        (2_000_00, 56_85, 36, 56_83, "1.51"),
        (3_000_00, 88_57, 36, 88_64, "4.07"),
        (5_000_00, 110_67, 48, 110_77, "3.04"),
        (8_000_00, 143_75, 60, 143_71, "3.04"),
        (8_000_00, 109_35, 84, 109_37, "4.07"),
        (1_000_00, 100_00, 10, 100_00, "0.00"),
        (970_00, 85_15, 12, 85_15, "10.16"),  # 30 € of fees withheld from 1 000 €
        (1_500_00, 85_41, 18, 85_38, "3.17"),  # insurance of 0.75 € a month
    ],
)
def test_the_taeg_of_a_regular_loan(
    lent: int, instalment: int, months: int, last: int, percent: str
) -> None:
    found = taeg_monthly(lent, [instalment] * (months - 1) + [last])

    assert str(found.rate * 100) == percent + "00"


@pytest.mark.parametrize(("rate", "percent"), [(2, "2.0184"), (3, "3.0416"), (4, "4.0742")])
def test_without_rounded_cents_the_taeg_is_the_monthly_rate_compounded(
    rate: int, percent: str
) -> None:
    monthly = Decimal(rate) / 1200
    instalment = int(10**15 * monthly / (1 - (1 + monthly) ** -36))

    exact = taeg_monthly(10**15, [instalment] * 36).exact

    assert f"{exact * 100:.4f}" == percent
    assert abs(exact - ((1 + monthly) ** 12 - 1)) < Decimal("1E-12")


def test_an_odd_first_period_lowers_the_taeg_by_a_hair() -> None:
    days = [add_months(date(2026, 5, 5), rank) for rank in range(24)]
    amounts = [87_27, *[85_08] * 22, 85_09]

    found = taeg_of_dates([(START, 2_000_00)], list(zip(days, amounts, strict=True)))

    assert sum(amounts) == 2_044_12
    assert f"{found.exact * 100:.4f}" == "2.0181"
    assert found.rate == Decimal("0.0202")


@pytest.mark.parametrize(
    ("lent", "paid", "percent"),
    [
        (flows((0, 1000)), flows((Fraction(3, 2), 1200)), "12.92432"),
        (flows((0, 950)), flows((Fraction(3, 2), 1200)), "16.85261"),
        (flows((0, 1000)), flows((1, 600), (2, 600)), "13.06624"),
        (
            flows((0, 1000)),
            flows((Fraction(1, 4), 272), (Fraction(1, 2), 272), (1, 544)),
            "13.18550",
        ),
        (flows((0, 1000)), flows((Fraction(546, 365), 1200)), "12.96204"),
    ],
)
def test_the_examples_published_with_the_directive(
    lent: list[Flow], paid: list[Flow], percent: str
) -> None:
    assert f"{taeg(lent, paid).exact * 100:.5f}" == percent


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        (START, date(2026, 5, 5), Fraction(1, 12) + Fraction(20, 365)),
        (START, START, Fraction(0)),
        (START, date(2028, 3, 16), Fraction(2)),
        (date(2026, 1, 31), date(2026, 2, 28), Fraction(1, 12)),
        (date(2026, 1, 31), date(2026, 3, 31), Fraction(2, 12)),
        (date(2026, 2, 28), date(2026, 5, 31), Fraction(3, 12) + Fraction(0, 365)),
        # The year that ends on the last odd day holds 29 February 2028, or does not.
        (date(2028, 2, 20), date(2028, 3, 5), Fraction(14, 366)),
        (date(2028, 1, 10), date(2028, 1, 30), Fraction(20, 365)),
        (date(2028, 12, 1), date(2029, 1, 10), Fraction(1, 12) + Fraction(9, 366)),
        (date(2028, 3, 10), date(2029, 3, 5), Fraction(11, 12) + Fraction(26, 366)),
        (date(2029, 2, 20), date(2029, 3, 5), Fraction(13, 365)),
    ],
)
def test_time_is_counted_in_twelfths_and_odd_days(start: date, end: date, years: Fraction) -> None:
    assert years_between(start, end) == years


@a_few
@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(0, 120))
def test_equal_months_are_twelfths(start: date, months: int) -> None:
    assert years_between(start, add_months(start, months)) == Fraction(months, 12)


@a_few
@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(0, 4000))
def test_time_is_near_the_days_over_a_year(start: date, days: int) -> None:
    exact = years_between(start, start + timedelta(days=days))

    assert abs(exact - Fraction(days * 4, 1461)) < Fraction(5, 365)


AMOUNTS = st.integers(1_00, 5_000_00)
RELEASES = st.lists(st.tuples(st.integers(0, 60), AMOUNTS), min_size=1, max_size=3)
PAYMENTS = st.lists(st.tuples(st.integers(61, 2500), AMOUNTS), min_size=1, max_size=20)


def dated(amounts: list[tuple[int, int]]) -> Dated:
    """Amounts at days from the start."""
    return [(START + timedelta(days=day), cents) for day, cents in amounts]


LATER = st.lists(st.tuples(st.integers(1, 2400), AMOUNTS), max_size=3)
#: Signs of the equation are looked at from −99 % to 1 000 000 %.
SCANNED = [
    Decimal(percent).scaleb(-2)
    for percent in (-99, -75, -30, -10, 0, 5, 20, 50, 200, 1000, 100_000, 1_000_000)
]


def solves_its_equation_alone(
    releases: list[tuple[int, int]], later: list[tuple[int, int]], payments: list[tuple[int, int]]
) -> None:
    """A rate that is given leaves nothing over, and the sign changes nowhere else."""
    lent, paid = dated(releases + later), dated(payments)
    try:
        found = taeg_of_dates(lent, paid)
    except RateError:
        return
    sides = at(lent, paid)
    signs = [worth(*sides, rate) > 0 for rate in SCANNED]

    assert abs(worth(*sides, found.exact)) < Decimal("1E-9")
    assert signs == sorted(signs)


@a_few
@given(RELEASES, LATER, PAYMENTS)
def test_a_taeg_solves_its_equation_and_is_the_only_one(
    releases: list[tuple[int, int]], later: list[tuple[int, int]], payments: list[tuple[int, int]]
) -> None:
    solves_its_equation_alone(releases, later, payments)


@pytest.mark.thorough
@settings(max_examples=4000, deadline=None)
@given(RELEASES, LATER, PAYMENTS)
def test_four_thousand_taegs_solve_their_equation_and_are_the_only_ones(
    releases: list[tuple[int, int]], later: list[tuple[int, int]], payments: list[tuple[int, int]]
) -> None:
    solves_its_equation_alone(releases, later, payments)


MODERATE = st.integers(100_00, 1_000_00)


@a_few
@given(
    st.lists(st.tuples(st.integers(0, 60), MODERATE), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(425, 2500), MODERATE), max_size=20),
)
def test_funds_before_payments_always_have_one_taeg(
    releases: list[tuple[int, int]], payments: list[tuple[int, int]]
) -> None:
    paid = [*payments, (2501, sum(cents for _, cents in releases) + 1)]

    assert taeg_of_dates(dated(releases), dated(paid)).exact > 0


@a_few
@given(st.integers(300_00, 8_000_00), st.integers(2, 60), st.data())
def test_more_fees_never_lower_the_taeg(lent: int, months: int, data: st.DataObject) -> None:
    instalments = [-(-lent // months)] * months
    low, high = sorted(data.draw(st.integers(0, lent // 3)) for _ in range(2))

    withheld = [taeg_monthly(lent - fee, instalments).exact for fee in (low, high)]
    paid = [
        taeg(
            [Flow(Fraction(), lent)],
            [Flow(Fraction(), fee)]
            + [Flow(Fraction(k, 12), cents) for k, cents in enumerate(instalments, 1)],
        ).exact
        for fee in (low, high)
    ]

    assert withheld == paid
    assert withheld[0] <= withheld[1]
    assert low == high or withheld[0] < withheld[1]


@a_few
@given(st.integers(300_00, 8_000_00), st.integers(2, 84), st.integers(0, 30_00))
def test_pyxirr_finds_the_same_for_a_regular_loan(lent: int, months: int, more: int) -> None:
    instalments = [-(-lent // months) + more] * months
    monthly = pyxirr.irr([-lent, *instalments])

    assert monthly is not None
    assert float(taeg_monthly(lent, instalments).exact) == pytest.approx(
        (1 + monthly) ** 12 - 1, rel=1e-8, abs=1e-9
    )


def test_a_loan_released_again_after_a_payment_has_its_taeg() -> None:
    found = taeg(
        flows((0, 1000), (Fraction(1, 2), 1000)),
        flows((Fraction(1, 4), 100), (1, 1000), (2, 1000)),
    )

    assert 0 < found.rate < Decimal("0.1")


def test_a_loan_paid_back_in_full_and_lent_again_has_its_taeg() -> None:
    found = taeg(flows((0, 100), (2, 100)), flows((1, 110), (3, 110)))

    assert found.rate == Decimal("0.1")


def test_what_is_paid_back_at_a_loss_has_a_rate_below_zero() -> None:
    assert taeg(flows((0, 1000)), flows((1, 990))).rate == Decimal("-0.01")


def test_a_rate_is_rounded_half_up() -> None:
    assert Taeg(Decimal("0.02015")).rate == Decimal("0.0202")
    assert Taeg(Decimal("0.0201499999999999")).rate == Decimal("0.0201")
    assert str(Taeg(Decimal("-0.00001")).rate) == "0.0000"


@pytest.mark.parametrize(
    ("lent", "paid", "words"),
    [
        ([], [], "Ce qui est retenu"),
        ([], flows((1, 10)), "Ce qui est retenu"),
        (flows((0, 30)), flows((0, 30), (1, 10)), "Ce qui est retenu"),
        (flows((0, 1000)), [], "Aucun remboursement"),
        (flows((0, 1000)), flows((1, 1)), "Aucun taux entre"),
        (flows((0, 1)), flows((Fraction(1, 365), 2)), "Aucun taux entre"),
    ],
)
def test_flows_without_a_rate_are_refused_in_words(
    lent: list[Flow], paid: list[Flow], words: str
) -> None:
    with pytest.raises(NoRate, match=words):
        taeg(lent, paid)


@pytest.mark.parametrize(
    ("lent", "paid", "words"),
    [
        # 10, 20 and 30 % all solve it.
        (flows((0, 1000), (2, 4310)), flows((1, 3600), (3, 1716)), "plus que ce qui est dû"),
        (flows((0, 100), (2, 132)), flows((1, 230)), "remise de fonds suit"),
        (flows((1, 1000)), flows((0, 30), (2, 1000)), "paiement précède"),
    ],
)
def test_flows_with_several_rates_are_refused_in_words(
    lent: list[Flow], paid: list[Flow], words: str
) -> None:
    with pytest.raises(SeveralRates, match=words):
        taeg(lent, paid)


def test_a_fee_before_the_funds_is_told_to_count_with_them() -> None:
    with pytest.raises(SeveralRates, match="comptez-le au jour de cette remise"):
        taeg_of_dates(
            [(START, 1_000_00)], [(date(2026, 3, 1), 30_00), (date(2026, 9, 1), 1_000_00)]
        )
    with pytest.raises(NoRate, match="Aucune somme"):
        taeg_of_dates([], [(START, 1)])


def test_an_amount_below_nothing_and_a_date_before_the_start_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        taeg(flows((0, 1000)), flows((1, -1)))
    with pytest.raises(ValueError, match="before the start"):
        years_between(START, date(2026, 3, 1))
