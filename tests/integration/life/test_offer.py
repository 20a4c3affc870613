"""From the agreement to the money: the days before which, until which, and after which."""

from datetime import date

import pytest
from tests.cast import Cast
from tests.integration.life.tale import BEGUN, Tale, days, granted, lent, signed

from microcredit.cases.codes import Act, State
from microcredit.cases.services.diagnosis import complete, correct
from microcredit.cases.transitions import TransitionRefused
from microcredit.kernel.errors import NotFound
from microcredit.loans.schemas import Disburse, Sign, Withdraw
from microcredit.loans.services.disburse import disburse, withdraw
from microcredit.loans.services.find import BadDate
from microcredit.loans.services.sign import StillOpen, lapse_offer, sign_offer
from microcredit.mathematics.dates import add_months
from microcredit.submissions.schemas import Reply
from microcredit.submissions.services.answer import reply

#: A Friday: day 14 is a Friday too. Two days later it is a Sunday, carried to Monday.
FRIDAY = date(2016, 1, 8)


def to_garage(on: date, first_due_on: date | None = None) -> Disburse:
    """A payment to the garage."""
    return Disburse(on, "supplier", "Garage du Pont", first_due_on or add_months(on, 1))


@pytest.mark.parametrize(
    ("signed_on", "words"),
    [
        (BEGUN - days(1), "La banque a donné son accord le"),
        (BEGUN + days(3), "Ce jour n’est pas encore venu"),
    ],
)
def test_an_offer_is_signed_between_the_agreement_and_today(
    cast: Cast, signed_on: date, words: str
) -> None:
    tale = granted(cast)
    with tale.refused(BadDate, words):
        tale.do("nadia", BEGUN + days(2), sign_offer, Sign(signed_on))
    twin = BEGUN if signed_on < BEGUN else BEGUN + days(2)
    tale.do("nadia", BEGUN + days(2), sign_offer, Sign(twin))
    assert tale.held().loan.signed_on == twin


def test_an_offer_lapses_on_the_sixteenth_day_and_the_file_can_be_corrected(cast: Cast) -> None:
    tale = granted(cast)
    with tale.refused(StillOpen, "jusqu’au"):
        tale.do("nadia", BEGUN + days(15), lapse_offer)
    tale.do("nadia", BEGUN + days(16), lapse_offer)
    assert tale.state is State.OFFER_LAPSED
    with tale.refused(TransitionRefused, "il est clos"):
        tale.do("nadia", BEGUN + days(16), sign_offer, Sign(BEGUN + days(16)))
    tale.do("nadia", BEGUN + days(16), correct)
    assert tale.state is State.DIAGNOSIS


def test_nothing_lapses_by_itself_so_a_late_offer_can_still_be_signed(cast: Cast) -> None:
    tale = granted(cast)
    tale.do("nadia", BEGUN + days(40), sign_offer, Sign(BEGUN + days(40)))
    assert tale.state is State.OFFER_SIGNED


def test_no_payment_before_the_eighth_day(cast: Cast) -> None:
    tale = signed(cast, FRIDAY)
    with tale.refused(BadDate, "aucun versement avant le"):
        tale.do("nadia", FRIDAY + days(7), disburse, to_garage(FRIDAY + days(7)))
    with tale.refused(BadDate, "Ce jour n’est pas encore venu"):
        tale.do("nadia", FRIDAY + days(7), disburse, to_garage(FRIDAY + days(8)))
    tale.do("boris", FRIDAY + days(8), disburse, to_garage(FRIDAY + days(8)))
    assert tale.state is State.DISBURSED


@pytest.mark.parametrize(
    ("signed_on", "last"),
    [
        (FRIDAY, date(2016, 1, 22)),
        (FRIDAY + days(1), date(2016, 1, 25)),
        (FRIDAY + days(2), date(2016, 1, 25)),
        (FRIDAY + days(3), date(2016, 1, 25)),
        (date(2016, 3, 14), date(2016, 3, 29)),
    ],
)
def test_one_withdraws_until_day_14_or_the_working_day_after_it(
    cast: Cast, signed_on: date, last: date
) -> None:
    late = signed(cast, signed_on)
    assert late.held().loan.withdrawal_until == last
    with late.refused(BadDate, "On peut se rétracter jusqu’au"):
        late.do("nadia", last + days(1), withdraw, Withdraw(last + days(1)))
    late.do("nadia", last + days(1), withdraw, Withdraw(last))
    assert late.state is State.WITHDRAWN


@pytest.mark.parametrize(
    ("on", "words"),
    [(FRIDAY - days(1), "L’offre est signée le"), (FRIDAY + days(4), "pas encore venu")],
)
def test_a_withdrawal_comes_after_the_signature_and_not_tomorrow(
    cast: Cast, on: date, words: str
) -> None:
    tale = signed(cast, FRIDAY)
    with tale.refused(BadDate, words):
        tale.do("nadia", FRIDAY + days(3), withdraw, Withdraw(on))
    tale.do("nadia", FRIDAY + days(3), withdraw, Withdraw(FRIDAY + days(3)))
    assert tale.held().loan.refund_due_on is None


@pytest.mark.parametrize(("after", "refund"), [(9, 39), (14, 44), (2, 38)])
def test_after_the_payment_a_withdrawal_has_a_refund_date_and_the_instalments_cease(
    cast: Cast, after: int, refund: int
) -> None:
    tale, noted = signed(cast, FRIDAY), FRIDAY + days(14)
    tale.do("boris", FRIDAY + days(8), disburse, to_garage(FRIDAY + days(8)))
    tale.do("nadia", noted, withdraw, Withdraw(FRIDAY + days(after)))

    assert tale.held().loan.refund_due_on == FRIDAY + days(refund)
    assert tale.stands(noted).lines == ()
    assert tale.stands(noted).outstanding_cents == 0
    assert len(tale.stands(FRIDAY + days(8)).lines) == (18 if after > 8 else 0)
    assert tale.tasks() == []
    with tale.refused(TransitionRefused, "il est clos"):
        tale.do("nadia", noted, withdraw, Withdraw(noted))


def test_a_loan_paid_to_a_supplier_is_followed_and_one_paid_to_the_person_shows_its_proof(
    cast: Cast,
) -> None:
    on = BEGUN + days(8)
    followed = [
        ("follow_up", date(2016, 2, 12)), ("follow_up", date(2016, 4, 12)),
        ("follow_up", date(2016, 7, 12)), ("evaluation", date(2017, 7, 10)),
    ]  # fmt: skip
    supplier, person = lent(cast), signed(cast)
    person.do("nadia", on, disburse, Disburse(on, "borrower", "", date(2016, 2, 5)))

    assert supplier.tasks() == followed
    proof = ("purchase_proof", on + days(30))
    assert person.tasks() == sorted([proof, *followed], key=lambda task: task[1])
    assert supplier.held().loan.payee is not None
    assert b"Garage" not in (supplier.held().loan.payee or b"")
    assert person.held().loan.payee is None


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (BEGUN + days(8), "La première échéance vient après le versement"),
        (date(2016, 5, 13), "vient dans les 4 mois"),
    ],
)
def test_the_first_instalment_comes_after_the_money_and_within_four_months(
    cast: Cast, first: date, words: str
) -> None:
    tale, on = signed(cast), BEGUN + days(8)
    with tale.refused(BadDate, words):
        tale.do("nadia", on, disburse, to_garage(on, first))
    twin = on + days(1) if first == on else date(2016, 5, 12)
    tale.do("nadia", on, disburse, to_garage(on, twin))
    lines = tale.stands(on).lines
    assert (lines[0].due.due_on, len(lines)) == (twin, 18)
    assert sum(line.due.principal_cents for line in lines) == 1500_00


def reopened(cast: Cast) -> Tale:
    """Withdrawn from the first bank's loan, then granted and signed at the second."""
    tale = signed(cast)
    tale.do("nadia", BEGUN, withdraw, Withdraw(BEGUN))
    tale.do("nadia", BEGUN, correct)
    tale.do("nadia", BEGUN, complete)
    tale.send("bella", BEGUN)
    tale.do("bella", BEGUN, reply, Reply("grant"))
    tale.do("bella", BEGUN, sign_offer, Sign(BEGUN))
    return tale


def test_after_a_withdrawal_another_bank_lends_and_the_first_has_no_more_say(cast: Cast) -> None:
    tale, on = reopened(cast), BEGUN + days(8)
    with tale.refused(NotFound, "n’existe pas"):
        tale.do("boris", on, disburse, to_garage(on))
    tale.do("bella", on, disburse, to_garage(on))
    assert tale.held().loan.bank_id == tale.bank("bella")
    assert tale.acts.count(Act.SIGN_OFFER) == 2
