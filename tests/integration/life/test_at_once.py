"""Two people on one case in two real transactions: one wins, the other is told, nothing is half written."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.cast import Cast, a_diagnosis
from tests.integration.life.tale import BEGUN, Tale, begin, days, lent, sent, signed

from microcredit.cases.codes import Act, State
from microcredit.cases.schemas import Close
from microcredit.cases.services.close import close
from microcredit.cases.services.diagnosis import save_diagnosis
from microcredit.cases.services.find import get
from microcredit.cases.transitions import TransitionRefused
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.loans.schemas import Disburse, Payment, Reject, Withdraw
from microcredit.loans.services.disburse import disburse, withdraw
from microcredit.loans.services.postings import NotNow, note_payment, note_reject
from microcredit.submissions.codes import Answer
from microcredit.submissions.schemas import Reply
from microcredit.submissions.services.answer import AlreadyAnswered, reply
from microcredit.submissions.services.follow import recall

Doing = Callable[[Session, Identity], object]

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")


def at_once(tale: Tale, on: date, first: tuple[str, Doing], second: tuple[str, Doing]) -> str:
    """Run both at once: the second begins and waits while the first has not committed.

    Gives what the second was told; "" when it was done.
    """

    def follow() -> str:
        try:
            with tale.cast.people[second[0]].anew().at_work(on) as (session, identity):
                second[1](session, identity)
        except DomainError as refused:
            return f"{type(refused).__name__}: {refused}"
        return ""

    with ThreadPoolExecutor(1) as pool:
        with tale.cast.people[first[0]].at_work(on) as (session, identity):
            first[1](session, identity)
            later = pool.submit(follow)
            until = time.monotonic() + 10
            while not session.execute(WAITING).scalar_one():
                assert not later.done(), "the second did not wait"
                assert time.monotonic() < until
                time.sleep(0.01)
        return later.result(timeout=10)


def answers(tale: Tale, said: Reply) -> Doing:
    """An answer of the bank."""
    return lambda session, identity: reply(session, identity, tale.number, said)


GRANT, REFUSE = Reply("grant"), Reply("refuse", ["ficp"])
ADJOURN = Reply("adjourn", due_on=BEGUN + days(5))
ITEMS = Reply("ask_items", items="Un devis", due_on=BEGUN + days(5))


@pytest.mark.parametrize(
    ("first", "second", "told", "act"),
    [
        (GRANT, REFUSE, "AlreadyAnswered: Une réponse a déjà été donnée à ce dossier : accord.", Act.GRANT),
        (REFUSE, GRANT, "AlreadyAnswered: Une réponse a déjà été donnée à ce dossier : refus.", Act.REFUSE),
        (GRANT, GRANT, "AlreadyAnswered: Une réponse a déjà été donnée à ce dossier : accord.", Act.GRANT),
        (ITEMS, GRANT, "TransitionRefused: ", Act.ASK_ITEMS),
    ],
)  # fmt: skip
def test_of_two_answers_at_once_one_wins_and_the_other_is_told(
    cast: Cast, first: Reply, second: Reply, told: str, act: Act
) -> None:
    tale = sent(cast)
    acts = tale.acts
    said = at_once(tale, BEGUN, ("boris", answers(tale, first)), ("boris", answers(tale, second)))
    assert said.startswith(told)
    assert tale.acts == [*acts, act]
    assert len(tale.copies) == 1


def test_a_grant_after_an_adjournment_at_once_is_given_for_both_are_allowed(cast: Cast) -> None:
    tale = sent(cast)
    said = at_once(tale, BEGUN, ("boris", answers(tale, ADJOURN)), ("boris", answers(tale, GRANT)))
    assert said == ""
    assert tale.acts[-2:] == [Act.ADJOURN, Act.GRANT]


def test_a_file_is_not_taken_back_from_a_bank_that_answers_at_that_moment(cast: Cast) -> None:
    tale = sent(cast)
    taken_back = ("nadia", lambda session, who: recall(session, who, tale.number))
    said = at_once(tale, BEGUN, ("boris", answers(tale, GRANT)), taken_back)
    assert said.startswith("TransitionRefused: ")
    assert "« Accord de la banque »" in said
    assert (tale.state, tale.copies[-1].answer) == (State.APPROVED, Answer.GRANTED.value)
    assert Act.RECALL not in tale.acts


def test_a_bank_is_told_that_the_file_was_taken_back_at_that_moment(cast: Cast) -> None:
    tale = sent(cast)
    taken_back = ("nadia", lambda session, who: recall(session, who, tale.number))
    said = at_once(tale, BEGUN, taken_back, ("boris", answers(tale, GRANT)))
    assert said.startswith(f"{AlreadyAnswered.__name__}: Le CCAS vient de retirer")
    assert (tale.state, tale.copies[-1].answer) == (State.READY, Answer.RECALLED.value)
    assert tale.copies[-1].granted_cents is None


def test_an_act_on_a_case_closed_meanwhile_is_refused_in_those_words(cast: Cast) -> None:
    tale = begin(cast)
    tale.steps("meet", on=BEGUN)

    def fill(session: Session, who: Identity) -> None:
        case = get(session, who, tale.number, Permission.WRITE_DIAGNOSIS, lock=True)
        save_diagnosis(session, who, tale.number, a_diagnosis(case))

    closing = ("farid", lambda session, who: close(session, who, tale.number, Close("moved")))
    said = at_once(tale, BEGUN, closing, ("nadia", fill))
    assert said.startswith(TransitionRefused.__name__)
    assert "il est clos" in said
    assert tale.state is State.NO_SHOW_OR_WITHDRAWN


def test_a_withdrawal_that_waits_for_the_payment_sees_it_and_asks_the_money_back(
    cast: Cast,
) -> None:
    tale, on = signed(cast), BEGUN + days(8)
    paid = Disburse(on, "borrower", "", on + days(30))
    paying = ("boris", lambda session, who: disburse(session, who, tale.number, paid))
    leaving = ("nadia", lambda session, who: withdraw(session, who, tale.number, Withdraw(on)))
    assert at_once(tale, on, paying, leaving) == ""
    assert tale.held().loan.refund_due_on == on + days(30)
    assert tale.stands(on).lines == ()


def test_a_payment_that_waits_for_the_withdrawal_is_refused(cast: Cast) -> None:
    tale, on = signed(cast), BEGUN + days(8)
    paid = Disburse(on, "borrower", "", on + days(30))
    paying = ("boris", lambda session, who: disburse(session, who, tale.number, paid))
    leaving = ("nadia", lambda session, who: withdraw(session, who, tale.number, Withdraw(on)))
    assert at_once(tale, on, leaving, paying).startswith(TransitionRefused.__name__)
    assert (tale.state, tale.held().loan.disbursed_on) == (State.WITHDRAWN, None)


def test_one_reject_noted_by_two_people_at_once_is_noted_once(cast: Cast) -> None:
    tale, on = lent(cast), date(2016, 2, 8)
    told = Reject(tale.line(1, on), on, "bank")
    noting = lambda session, who: note_reject(session, who, tale.number, told)  # noqa: E731
    said = at_once(tale, on, ("boris", noting), ("nadia", noting))
    assert said.startswith(f"{NotNow.__name__}: L’échéance du")
    assert len(tale.held().facts) == 1
    assert tale.acts.count(Act.NOTE_REJECT) == 1


def test_a_regularisation_that_waits_for_the_reject_sees_it(cast: Cast) -> None:
    tale, on = lent(cast), date(2016, 2, 8)
    line = tale.line(1, on)
    noting = ("boris", lambda s, who: note_reject(s, who, tale.number, Reject(line, on, "bank")))
    paid = Payment(line, on, "person", 10_00)
    paying = ("nadia", lambda s, who: note_payment(s, who, tale.number, paid))
    assert at_once(tale, on, noting, paying) == ""
    assert tale.stands(on).lines[0].paid_cents == 10_00
