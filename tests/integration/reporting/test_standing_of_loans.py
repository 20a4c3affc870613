"""Where the figures put each loan is where `situation` puts it, whatever happened to it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast
from tests.integration.loans.test_portfolio import LAST, Story, stories, write

from microcredit.cases.codes import State
from microcredit.kernel.permissions import Permission
from microcredit.loans.services.find import get_loan
from microcredit.reporting.services.loans import Lent, lent_loans


@pytest.fixture(scope="module")
def signed(cast: Cast) -> list[str]:
    """Three signed offers, each of an amount by which it is known among all loans."""
    return [cast.case(State.OFFER_SIGNED, amount=amount) for amount in (701_00, 702_00, 703_00)]


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.tuples(stories(), stories(), stories()), st.integers(0, LAST))
def test_a_loan_counts_where_its_situation_puts_it(
    cast: Cast, signed: list[str], told: tuple[Story, ...], after: int
) -> None:
    with cast.nadia.at_work() as (session, identity):
        helds = []
        for number, story in zip(signed, told, strict=True):
            loan = get_loan(session, identity, number, Permission.READ_LOANS).loan
            loan.disbursed_on, loan.payee_kind = loan.first_payment_on, "borrower"
            session.flush()
            write(session, loan, story, identity.account_id)
            helds.append(get_loan(session, identity, number, Permission.READ_LOANS))
        day = helds[0].loan.signed_on + timedelta(days=after)
        found: dict[int, Lent] = {one.principal_cents: one for one in lent_loans(session, day)}
        for held in helds:
            if day < held.loan.first_payment_on:
                assert held.loan.principal_cents not in found
                continue
            counted, stands = found[held.loan.principal_cents], held.on(day)
            assert counted.standing is stands.standing
            assert counted.incident is (stands.incident_on is not None)
        session.rollback()
