"""Many loans at once have the TAEG that each of them has alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microcredit.mathematics import apr_batch
from microcredit.mathematics.apr import NoRate, taeg_monthly
from microcredit.mathematics.apr_batch import RegularLoans, taeg_of_loans

Loan = tuple[int, int, int, int]
#: Their rates stand within 1e-11 of the middle of two hundredths of a per cent.
TIES = [(31_114, 31_316), (38_139, 38_310), (38_454, 38_563), (44_999, 45_180)]


def together(loans: list[Loan]) -> RegularLoans:
    """Loans (lent, instalment, months, last) as columns."""
    table = np.array(loans, dtype=np.int64).reshape(-1, 4)
    return RegularLoans(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def alone(loan: Loan) -> int:
    """The TAEG of one loan in hundredths of a per cent."""
    lent, instalment, months, last = loan
    return int(taeg_monthly(lent, [instalment] * (months - 1) + [last]).rate.scaleb(4))


@st.composite
def loans(draw: st.DrawFn) -> Loan:
    """From a loss to a very dear loan, most of them ordinary."""
    months = draw(st.integers(1, 84))
    lent = draw(st.integers(300_00, 8_000_00))
    instalment = max(1, lent // months + draw(st.integers(-2, 30_00)))
    return lent, instalment, months, max(1, instalment + draw(st.integers(-50, 50)))


@settings(max_examples=15, deadline=None)
@given(st.lists(loans(), min_size=1, max_size=3))
def test_each_loan_has_the_taeg_it_has_alone(several: list[Loan]) -> None:
    assert taeg_of_loans(together(several)).tolist() == [alone(loan) for loan in several]


def test_known_loans() -> None:
    several = [
        (2_500_00, 71_61, 36, 71_50),
        (300_00, 50_29, 6, 50_30),
        (8_000_00, 109_35, 84, 109_37),
        (1_000_00, 100_00, 10, 100_00),
        (970_00, 85_15, 12, 85_15),
        (1_500_00, 85_41, 18, 85_38),
    ]
    assert taeg_of_loans(together(several)).tolist() == [202, 202, 407, 0, 1016, 317]


def test_no_loan_has_no_rate() -> None:
    assert taeg_of_loans(together([])).tolist() == []


def test_what_floating_point_cannot_round_safely_is_computed_exactly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exactly: list[int] = []
    one = apr_batch._one

    def noted(loans: RegularLoans, row: int) -> int:
        exactly.append(row)
        return one(loans, row)

    monkeypatch.setattr(apr_batch, "_one", noted)
    several = [(2_500_00, 71_61, 36, 71_50), *((lent, 1, 1, last) for lent, last in TIES)]

    found = taeg_of_loans(together(several)).tolist()

    assert exactly == [1, 2, 3, 4]
    assert found == [alone(loan) for loan in several]


def test_losses_and_rates_beyond_a_hundred_per_cent_are_found_too() -> None:
    several = [
        (1_000_00, 99_00, 10, 99_00),
        (300_00, 200_00, 3, 200_00),
        (300_00, 1, 1, 400_00),
        (1_000_00, 77_50, 10, 77_50),
    ]

    found = taeg_of_loans(together(several)).tolist()

    assert found[3] < -4_000 < found[0] < 0 < 10_000 < found[1]
    assert found == [alone(loan) for loan in several]


def test_one_loan_without_a_rate_is_said() -> None:
    with pytest.raises(NoRate, match="Aucun taux entre"):
        taeg_of_loans(together([(2_500_00, 71_61, 36, 71_50), (1_000_00, 1, 2, 1)]))


def test_columns_that_are_no_loans_are_refused() -> None:
    one = np.array([1], dtype=np.int64)
    with pytest.raises(ValueError, match="one row per loan"):
        RegularLoans(one, one, one, np.array([1, 2], dtype=np.int64))
    with pytest.raises(ValueError, match="above nothing"):
        RegularLoans(one, one, one * 0, one)
