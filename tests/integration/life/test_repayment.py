"""Repayment as a CCAS sees it: presumed, said, rejected, regularised, changed, settled, closed.

The loan of these tests: 1 500 € over 18 months at 2 %, paid on 12 January 2016, due on each 5th.
"""

from datetime import date

import pytest
from tests.cast import Cast
from tests.integration.life.tale import BEGUN, Tale, days, lent

from microcredit.cases.codes import Act, State
from microcredit.cases.transitions import TransitionRefused
from microcredit.followups.schemas import Evaluate
from microcredit.followups.services import StillOwed, close_loan
from microcredit.kernel.errors import NotFound
from microcredit.loans.codes import InstalmentState, Source, Standing
from microcredit.loans.schemas import CallGuarantee, NewSchedule, Payment, Reject, SettleEarly
from microcredit.loans.services.find import BadDate
from microcredit.loans.services.postings import (
    NotNow,
    call_guarantee,
    note_payment,
    note_reject,
    settle_early,
)
from microcredit.loans.services.schedule import NothingToChange, change_schedule
from microcredit.mathematics.dates import add_months
from microcredit.web.formatting import euros

PAID, UNPAID = InstalmentState.PAID, InstalmentState.UNPAID
DUE = date(2016, 2, 5)
FRIDAY = date(2016, 2, 12)


def due(number: int) -> date:
    """The day of an instalment of the first schedule."""
    return add_months(DUE, number - 1)


def rejected(tale: Tale, *numbers: int, after: int = 2) -> None:
    """Instalments whose debit was sent back a few days after their date, noted the same day."""
    for number in numbers:
        on = due(number) + days(after)
        tale.do("boris", on, note_reject, Reject(tale.line(number, on), on, "bank"))


def pay(
    tale: Tale, number: int, on: date, amount: int | None = None, *, noted: date | None = None,
    who: str = "nadia", said: str = "person",
) -> None:  # fmt: skip
    """A payment told of an instalment."""
    noted = noted or on
    line = tale.line(number, noted)
    tale.do(who, noted, note_payment, Payment(line, on, said, amount))


def owed(tale: Tale, on: date) -> int:
    """The capital still owed on a day."""
    return tale.stands(on).outstanding_cents


def test_silence_means_paid_five_days_after_the_date_and_its_source_says_presumed(
    cast: Cast,
) -> None:
    tale = lent(cast)
    seen = [tale.stands(DUE + days(after)).lines[0] for after in (-1, 0, 4, 5)]
    assert [line.state.value for line in seen] == ["upcoming", "awaited", "awaited", "paid"]
    assert [line.source for line in seen] == [None, None, None, Source.PRESUMED]
    assert owed(tale, DUE + days(4)) == 1500_00


def test_the_bank_confirms_and_the_person_declares_what_was_presumed(cast: Cast) -> None:
    tale = lent(cast)
    pay(tale, 1, DUE, noted=FRIDAY, who="boris", said="person")
    pay(tale, 2, due(2), who="nadia", said="person")
    first, second, *_ = tale.stands(due(2)).lines
    assert (first.source, second.source) == (Source.BANK, Source.PERSON)
    with tale.refused(NotNow, "est déjà payée"):
        pay(tale, 1, FRIDAY)
    with tale.refused(NotNow, "est déjà payée"):
        pay(tale, 2, due(2))


def test_a_reject_opens_the_call_within_two_working_days_once(cast: Cast) -> None:
    tale = lent(cast)
    line = tale.line(1, FRIDAY)
    tale.do("nadia", FRIDAY, note_reject, Reject(line, FRIDAY, "person"))
    call = ("call", date(2016, 2, 16))
    assert [task for task in tale.tasks() if task[0] == "call"] == [call]

    with tale.refused(NotNow, "déjà notée impayée"):
        tale.do("boris", FRIDAY, note_reject, Reject(line, FRIDAY, "bank"))
    rejected(tale, 2)
    assert [task for task in tale.tasks() if task[0] == "call"] == [call]


@pytest.mark.parametrize(
    ("number", "on", "words"),
    [
        (1, DUE - days(1), "elle ne peut pas être rejetée avant"),
        (2, FRIDAY, "elle ne peut pas être rejetée avant"),
        (1, FRIDAY + days(1), "pas encore venu"),
    ],
)
def test_a_reject_comes_after_the_due_date_and_not_tomorrow(
    cast: Cast, number: int, on: date, words: str
) -> None:
    tale = lent(cast)
    with tale.refused(BadDate, words):
        tale.do("boris", FRIDAY, note_reject, Reject(tale.line(number, FRIDAY), on, "bank"))
    tale.do("boris", FRIDAY, note_reject, Reject(tale.line(1, FRIDAY), DUE, "bank"))
    assert tale.stands(FRIDAY).standing is Standing.LATE


def test_an_instalment_of_another_loan_is_not_found(cast: Cast) -> None:
    tale, other = lent(cast), lent(cast)
    with tale.refused(NotFound, "n’existe pas"):
        tale.do("boris", FRIDAY, note_reject, Reject(other.line(1, FRIDAY), FRIDAY, "bank"))
    with tale.refused(NotFound, "n’existe pas"):
        tale.do("bella", FRIDAY, note_reject, Reject(tale.line(1, FRIDAY), FRIDAY, "bank"))
    rejected(tale, 1)


def test_an_unpaid_instalment_is_regularised_in_parts(cast: Cast) -> None:
    tale = lent(cast)
    rejected(tale, 1)
    whole = tale.stands(FRIDAY).overdue_cents
    with tale.refused(NotNow, f"Il reste {euros(whole)} à payer".replace("\u00a0", " ")):
        pay(tale, 1, FRIDAY, whole + 1)
    pay(tale, 1, FRIDAY, 30_00)
    part = tale.stands(FRIDAY)
    assert (part.overdue_cents, part.standing) == (whole - 30_00, Standing.LATE)
    pay(tale, 1, FRIDAY + days(3))
    line = tale.stands(FRIDAY + days(3)).lines[0]
    assert (line.state, line.regularised, line.paid_since) == (PAID, True, FRIDAY + days(3))


def test_only_an_unpaid_instalment_is_paid_in_parts(cast: Cast) -> None:
    tale = lent(cast)
    with tale.refused(NotNow, "à payer sur cette échéance"):
        pay(tale, 1, DUE, 30_00)
    pay(tale, 1, DUE)


@pytest.mark.parametrize(
    ("on", "words"),
    [(BEGUN + days(7), "avant le versement du prêt"), (FRIDAY + days(1), "pas encore venu")],
)
def test_a_payment_is_dated_between_the_money_and_today(cast: Cast, on: date, words: str) -> None:
    tale = lent(cast)
    with tale.refused(BadDate, words):
        pay(tale, 1, on, noted=FRIDAY)
    pay(tale, 1, BEGUN + days(8), noted=FRIDAY)


def test_facts_of_an_instalment_keep_the_order_in_which_they_happened(cast: Cast) -> None:
    tale = lent(cast)
    rejected(tale, 1, after=3)
    with tale.refused(BadDate, "ce jour ne peut pas être avant"):
        pay(tale, 1, DUE + days(2), noted=FRIDAY)
    pay(tale, 1, DUE + days(5), noted=FRIDAY)
    with tale.refused(BadDate, "ce jour ne peut pas être avant"):
        tale.do("boris", FRIDAY, note_reject, Reject(tale.line(1, FRIDAY), DUE + days(4), "bank"))
    tale.do("boris", FRIDAY, note_reject, Reject(tale.line(1, FRIDAY), DUE + days(6), "bank"))
    assert tale.stands(FRIDAY).lines[0].state is UNPAID


def test_two_unpaid_at_once_are_an_incident_that_remains_and_past_days_stay_as_they_were(
    cast: Cast,
) -> None:
    tale = lent(cast)
    rejected(tale, 1, 2)
    pay(tale, 1, due(2) + days(10))
    pay(tale, 2, due(2) + days(11))
    incident = due(2) + days(2)
    stood = {
        DUE: Standing.ON_TIME, due(2) + days(1): Standing.LATE, incident: Standing.IN_ARREARS,
        incident + days(8): Standing.LATE, incident + days(9): Standing.ON_TIME,
    }  # fmt: skip
    assert {on: tale.stands(on).standing for on in stood} == stood
    assert tale.stands(incident - days(1)).incident_on is None
    assert tale.stands(due(9)).incident_on == incident
    assert tale.stands(due(2) + days(1)).days_late == (due(2) + days(1) - DUE).days


def holding(tale: Tale, on: date) -> list[tuple[int, date]]:
    """Numbers and days of the schedule in force; its capital is what was lent."""
    lines = tale.stands(on).lines
    assert sum(line.due.principal_cents for line in lines) == tale.held().loan.principal_cents
    return [(line.due.number, line.due.due_on) for line in lines]


def test_postponed_the_rest_moves_and_the_numbers_go_on_from_the_last_paid(cast: Cast) -> None:
    tale, on = lent(cast), due(3) + days(1)
    rejected(tale, 1)
    with tale.refused(BadDate, "ne peut pas être passée"):
        tale.do("boris", on, change_schedule, NewSchedule("postponed", on - days(1)))
    with tale.refused(BadDate, "dans les 12 mois"):
        tale.do("boris", on, change_schedule, NewSchedule("postponed", date(2017, 4, 7)))
    tale.do("boris", on, change_schedule, NewSchedule("postponed", date(2016, 6, 5)))

    rows = holding(tale, on)
    assert [number for number, _ in rows] == [2, *range(3, 20)]
    assert rows[1] == (3, date(2016, 6, 5))
    assert len(holding(tale, on - days(1))) == 18
    assert tale.stands(on).overdue_cents == 0
    assert ("evaluation", date(2017, 10, 5) + days(5)) in tale.tasks()


def test_rescheduled_the_rest_is_paid_over_as_many_months_as_said(cast: Cast) -> None:
    tale, on = lent(cast), due(3) + days(1)
    rest = owed(tale, on)
    tale.do("nadia", on, change_schedule, NewSchedule("rescheduled", due(4), 24))
    tale.do("nadia", on, change_schedule, NewSchedule("rescheduled", due(4), 30))
    assert len(holding(tale, on)) == 2 + 30
    assert owed(tale, on) == rest
    tale.do("nadia", due(6), change_schedule, NewSchedule("postponed", due(8)))
    assert len(holding(tale, due(6))) == 2 + 30


def test_nothing_is_changed_while_an_instalment_is_half_paid_or_when_all_is_paid(
    cast: Cast,
) -> None:
    tale = lent(cast)
    rejected(tale, 1)
    pay(tale, 1, FRIDAY, 10_00)
    with tale.refused(NothingToChange, "est payée en partie"):
        tale.do("boris", FRIDAY, change_schedule, NewSchedule("postponed", due(3)))
    pay(tale, 1, FRIDAY)
    tale.do("boris", FRIDAY, change_schedule, NewSchedule("postponed", due(3)))
    end = due(30)
    with tale.refused(NothingToChange, "Toutes les échéances sont payées"):
        tale.do("boris", end, change_schedule, NewSchedule("postponed", end + days(9)))


def test_the_whole_capital_is_demanded_after_an_unpaid_instalment_and_silence_pays_it_not(
    cast: Cast,
) -> None:
    tale = lent(cast)
    demand = NewSchedule("accelerated", due(3) + days(20))
    with tale.refused(NothingToChange, "Rien n’est impayé"):
        tale.do("boris", due(3), change_schedule, demand)
    rejected(tale, 3)
    tale.do("boris", due(3) + days(6), change_schedule, demand)

    later = tale.stands(due(9))
    assert len(later.lines) == 3
    assert (later.lines[-1].state, later.outstanding_cents) == (UNPAID, owed(tale, due(3)))
    pay(tale, 3, due(9))
    assert tale.stands(due(9)).standing is Standing.SETTLED


def test_the_guarantee_is_called_on_the_capital_that_the_19th_instalment_left(cast: Cast) -> None:
    tale = lent(cast, cents=2500_00, months=36)
    rejected(tale, 19)
    on = due(20) + days(10)
    with tale.refused(NotNow, "après deux impayés au moins"):
        tale.do("boris", due(20), call_guarantee, CallGuarantee(due(20)))
    rejected(tale, 20)
    with tale.refused(BadDate, "ce jour ne peut pas être avant"):
        tale.do("boris", on, call_guarantee, CallGuarantee(due(20)))

    noted = due(25)
    posting = tale.do("boris", noted, call_guarantee, CallGuarantee(on))
    assert posting.amount_cents == 1268_68
    assert owed(tale, noted) == owed(tale, due(36)) == 1268_68
    assert tale.stands(noted).standing is Standing.GUARANTEE_CALLED
    with tale.refused(NotNow, "déjà appelée"):
        tale.do("boris", noted, call_guarantee, CallGuarantee(noted))
    tale.do("nadia", noted, close_loan, Evaluate("no"))
    assert tale.state is State.CLOSED


def test_once_everything_is_regularised_the_guarantee_is_not_called(cast: Cast) -> None:
    tale = lent(cast)
    rejected(tale, 1, 2)
    pay(tale, 1, due(2) + days(9))
    pay(tale, 2, due(2) + days(9))
    with tale.refused(NotNow, "tant que le prêt n’est pas à jour"):
        tale.do("boris", due(2) + days(9), call_guarantee, CallGuarantee(due(2) + days(9)))
    rejected(tale, 3)
    on = due(3) + days(9)
    tale.do("boris", on, call_guarantee, CallGuarantee(on))


def test_settled_early_is_reckoned_on_its_own_day_and_ends_the_loan(cast: Cast) -> None:
    tale, on = lent(cast), due(3) + days(9)
    rest, noted = owed(tale, on), due(7)
    assert owed(tale, noted) < rest
    with tale.refused(NotNow, "de capital : un solde anticipé le paie en entier"):
        tale.do("boris", noted, settle_early, SettleEarly(on, rest - 1, "bank"))
    tale.do("boris", noted, settle_early, SettleEarly(on, rest, "bank"))

    assert tale.stands(noted).settled_on == on
    assert tale.stands(noted).standing is Standing.SETTLED_EARLY
    assert owed(tale, on - days(1)) == rest
    with tale.refused(NotNow, "Ce prêt est soldé depuis le"):
        tale.do("boris", noted, settle_early, SettleEarly(noted, rest, "bank"))
    with tale.refused(NotNow, "plus rien n’est prélevé"):
        tale.do("boris", noted, note_reject, Reject(tale.line(1, noted), noted, "bank"))
    with tale.refused(NotNow, "plus rien n’est prélevé"):
        pay(tale, 1, noted)
    pay(tale, 1, DUE, noted=noted)


def test_what_ends_the_loan_comes_after_all_that_is_known(cast: Cast) -> None:
    tale = lent(cast)
    pay(tale, 2, due(2))
    with tale.refused(BadDate, "Un fait est déjà noté"):
        tale.do("boris", due(3), settle_early, SettleEarly(due(2) - days(1), 1500_00, "bank"))
    tale.do("boris", due(3), change_schedule, NewSchedule("postponed", due(5)))
    with tale.refused(BadDate, "Un fait est déjà noté"):
        tale.do("boris", due(4), settle_early, SettleEarly(due(3) - days(1), 1500_00, "bank"))
    tale.do("boris", due(4), settle_early, SettleEarly(due(3), 1500_00, "bank"))


def test_a_loan_is_closed_with_its_evaluation_once_nothing_is_owed(cast: Cast) -> None:
    tale = lent(cast)
    said = Evaluate("yes", "partly", True, "found", "more", 4, "better", 5, True, False, "Merci.")
    with tale.refused(StillOwed, "le prêt n’est pas soldé"):
        tale.do("nadia", due(18) + days(4), close_loan, said)
    tale.do("nadia", due(18) + days(5), close_loan, said)
    assert tale.state is State.CLOSED
    assert tale.tasks() == []
    assert b"Merci" not in tale.written()["evaluation"].encode()
    with tale.refused(TransitionRefused, "il est clos"):
        tale.do("nadia", due(19), close_loan, said)


def test_a_loan_is_closed_when_nobody_answers_and_by_nobody_but_the_case_worker(
    cast: Cast,
) -> None:
    tale = lent(cast)
    with tale.refused(NotFound, "n’existe pas"):
        tale.do("boris", due(19), close_loan, Evaluate("no"))
    tale.do("nadia", due(19), close_loan, Evaluate("no"))
    assert tale.events[-1].note == "Soldé, injoignable après trois appels"


@pytest.mark.parametrize("state", [State.APPROVED, State.OFFER_SIGNED, State.WITHDRAWN])
def test_nothing_is_noted_of_a_loan_that_is_not_paid_out(cast: Cast, state: State) -> None:
    tale = Tale(cast, cast.case(state))
    before = tale.acts
    for act, told in (
        (note_reject, Reject(1, FRIDAY, "bank")), (note_payment, Payment(1, FRIDAY, "bank")),
        (settle_early, SettleEarly(FRIDAY, 1, "bank")), (call_guarantee, CallGuarantee(FRIDAY)),
        (change_schedule, NewSchedule("postponed", FRIDAY)), (close_loan, Evaluate("no")),
    ):  # fmt: skip
        error = NotFound if state is State.APPROVED else TransitionRefused
        with tale.refused(error, "dossier"):
            tale.do("nadia", FRIDAY, act, told)
    assert tale.acts == before
    assert Act.DISBURSE not in before
