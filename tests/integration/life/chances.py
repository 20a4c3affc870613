"""Any act with any plausible parameters: what a random sequence is made of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.cast import a_diagnosis
from tests.integration.life.tale import Tale, days

from microcredit.cases.codes import Act, CloseReason, DeclineReason, OrientationTarget, Review
from microcredit.cases.models import Orientation, Task
from microcredit.cases.schemas import (
    AddTask,
    AskDocuments,
    Close,
    Decline,
    Meeting,
    Opinion,
    Orient,
    Redirect,
    Result,
)
from microcredit.cases.services.appointment import note_appointment
from microcredit.cases.services.close import close, decline, redirect
from microcredit.cases.services.diagnosis import complete, correct, save_diagnosis
from microcredit.cases.services.documents import await_documents, receive_documents
from microcredit.cases.services.orientation import note_result, orient
from microcredit.cases.services.review import ask_review, give_review
from microcredit.cases.services.tasks import add_task, finish_task
from microcredit.followups.schemas import Evaluate
from microcredit.followups.services import close_loan
from microcredit.groupings.models import Organisation
from microcredit.kernel.errors import NotFound
from microcredit.kernel.tenancy import Identity
from microcredit.loans.schemas import (
    CallGuarantee,
    Disburse,
    NewSchedule,
    Payment,
    Reject,
    SettleEarly,
    Sign,
    Withdraw,
)
from microcredit.loans.services.disburse import disburse, withdraw
from microcredit.loans.services.postings import (
    call_guarantee,
    note_payment,
    note_reject,
    settle_early,
)
from microcredit.loans.services.schedule import change_schedule
from microcredit.loans.services.sign import lapse_offer, sign_offer
from microcredit.loans.situation import Situation
from microcredit.submissions.codes import RefusalReason
from microcredit.submissions.schemas import Items, Reply
from microcredit.submissions.services.answer import reply
from microcredit.submissions.services.follow import choose, recall, send_items
from microcredit.submissions.services.send import send

Doing = Callable[[Session, Identity, str], object]

BANKERS = ("boris", "bella")
BY_BANK = {Act.ASK_ITEMS, Act.ADJOURN, Act.GRANT, Act.COUNTER, Act.REFUSE}
NOBODY = 987_654_321


#: Acts that need nothing to be drawn.
PLAIN: dict[Act, tuple[object, ...]] = {
    Act.RECEIVE_DOCUMENTS: (receive_documents,),
    Act.COMPLETE: (complete,),
    Act.CORRECT: (correct,),
    Act.ASK_REVIEW: (ask_review,),
    Act.GRANT: (reply, Reply("grant")),
    Act.SEND_ITEMS: (send_items, Items("Le voici.")),
    Act.ACCEPT_COUNTER: (choose, {"accepts": True}),
    Act.DECLINE_COUNTER: (choose, {"accepts": False}),
    Act.RECALL: (recall,),
    Act.LAPSE_OFFER: (lapse_offer,),
}


class Chance:
    """Draws one act on one case for one day."""

    def __init__(self, dice: Random, tale: Tale, on: date) -> None:
        self.dice, self.tale, self.on = dice, tale, on

    def one_of(self, *values: object) -> object:
        """One of these values."""
        return self.dice.choice(values)

    def day(self, *away: int) -> date:
        """A day so many days from now."""
        return self.on + days(self.dice.choice(away or (0, 0, 0, -1, -9, -40, 1)))

    def cents(self, *likely: int) -> int:
        """A likely amount, or any."""
        return self.dice.choice([one for one in likely if one] * 4 + [1, 777_77])

    def who(self, act: Act) -> str:
        """Mostly whoever does it."""
        usual = self.banker() if act in BY_BANK else "nadia"
        return str(self.one_of(*[usual] * 9, "farid", "boris", "bella", "diane", "elie"))

    def banker(self) -> str:
        """Mostly the one who has the copy."""
        copies = self.tale.copies
        usual = "bella" if copies and copies[-1].bank_id == self.tale.bank("bella") else "boris"
        return str(self.one_of(*[usual] * 6, *BANKERS))

    def targets(self) -> list[str]:
        """A few other helps."""
        every = [one.value for one in OrientationTarget]
        return self.dice.sample(every, self.dice.randint(1, 3))

    def row(self, model: type[Task] | type[Orientation]) -> int:
        """One row of the case, or nobody's."""
        with self.tale.look() as (session, case):
            found = list(session.scalars(select(model.id).where(model.case_id == case.id)))
        return self.dice.choice([*found * 3, NOBODY])

    def stands(self) -> Situation | None:
        """Where the loan stands, when there is one."""
        try:
            return self.tale.stands(self.on)
        except NotFound:
            return None

    def instalment(self) -> int:
        """Mostly one that has fallen due."""
        stands = self.stands()
        lines = stands.lines if stands else ()
        fallen = [line.due.id for line in lines if line.due.due_on <= self.on]
        return self.dice.choice([*fallen[-3:] * 3, *(line.due.id for line in lines[:2]), NOBODY])

    def act(self, act: Act) -> Doing:
        """The act with its parameters."""
        call, *given = self._parameters(act)
        assert callable(call)
        named = given.pop() if given and isinstance(given[-1], dict) else {}
        return lambda session, identity, number: call(session, identity, number, *given, **named)

    def _parameters(self, act: Act) -> tuple[object, ...]:
        for part in (
            self._plain, self._before, self._committee, self._bank, self._money, self._repaid,
            self._beside,
        ):  # fmt: skip
            found = part(act)
            if found:
                return found
        raise AssertionError(act)

    def _plain(self, act: Act) -> tuple[object, ...] | None:
        return PLAIN.get(act)

    def _before(self, act: Act) -> tuple[object, ...] | None:
        match act:
            case Act.NOTE_APPOINTMENT:
                with self.tale.look() as (session, _):
                    ccas = session.scalars(
                        select(Organisation.id).where(Organisation.kind == "ccas")
                    ).first()
                place = self.one_of(ccas, ccas, ccas, NOBODY)
                return note_appointment, Meeting(self.day(0, 1, 7, -1, 400), time(10), place), "x"
            case Act.SAVE_DIAGNOSIS:
                with self.tale.look() as (_, case):
                    filled = a_diagnosis(case)
                amount, months = self.one_of(1500_00, 800_00), self.one_of(18, 6, 12, 36)
                stale = self.one_of(0, 0, 0, 1)
                version = filled.version - int(str(stale))
                return save_diagnosis, replace(
                    filled, amount=amount, months=months, version=max(version, 1)
                )
            case Act.AWAIT_DOCUMENTS:
                return await_documents, AskDocuments("Un devis")
        return None

    def _committee(self, act: Act) -> tuple[object, ...] | None:
        match act:
            case Act.SUPPORT:
                said = self.one_of(Review.FAVOURABLE.value, Review.RESERVED.value)
                return give_review, Opinion(str(said), "Sérieux.")
            case Act.OBJECT:
                return give_review, Opinion(Review.UNFAVOURABLE.value, "Trop cher.")
            case Act.DECLINE:
                why = self.one_of(*(one.value for one in DeclineReason))
                return decline, Decline(str(why), "Trop juste.", self.targets())
            case Act.REDIRECT:
                return redirect, Redirect("better_aid_exists", self.targets())
            case Act.CLOSE:
                return close, Close(str(self.one_of(*(one.value for one in CloseReason))))
        return None

    def _bank(self, act: Act) -> tuple[object, ...] | None:
        ahead = self.day(1, 9, 30, 180, 0, -1, 181)
        match act:
            case Act.SEND_TO_BANK:
                return send, self.tale.bank(str(self.one_of(*BANKERS)))
            case Act.ASK_ITEMS:
                return reply, Reply("ask_items", items="Un devis", due_on=ahead)
            case Act.ADJOURN:
                return reply, Reply("adjourn", due_on=ahead)
            case Act.COUNTER:
                amount, months = (
                    self.one_of(1200_00, 300_00, 299_99, 3000_00),
                    self.one_of(12, 36, 5),
                )
                rate = self.one_of(Decimal("0.02"), Decimal(0), Decimal("0.0375"))
                return reply, Reply("counter", amount=amount, months=months, rate=rate)
            case Act.REFUSE:
                every = [one.value for one in RefusalReason]
                said = self.dice.sample(every, self.dice.randint(1, 3))
                return reply, Reply("refuse", said)
        return None

    def _money(self, act: Act) -> tuple[object, ...] | None:
        match act:
            case Act.SIGN_OFFER:
                return sign_offer, Sign(self.day())
            case Act.WITHDRAW:
                return withdraw, Withdraw(self.day())
            case Act.DISBURSE:
                paid_on = self.day()
                first = paid_on + days(self.dice.choice([20, 31, 60, 1, 0, 200]))
                kind = str(self.one_of("supplier", "borrower"))
                return disburse, Disburse(paid_on, kind, "Garage", first)
        return None

    def _repaid(self, act: Act) -> tuple[object, ...] | None:
        source = str(self.one_of("bank", "person"))
        match act:
            case Act.NOTE_REJECT:
                return note_reject, Reject(self.instalment(), self.day(), source)
            case Act.NOTE_PAYMENT:
                amount = self.one_of(None, None, None, 20_00, 10_000_00)
                return note_payment, Payment(self.instalment(), self.day(), source, amount)
            case Act.CHANGE_SCHEDULE:
                reason = str(self.one_of("postponed", "rescheduled", "accelerated"))
                months = self.one_of(6, 24) if reason == "rescheduled" else None
                first = self.day(1, 20, 31, 90, 0, -1, 400)
                return change_schedule, NewSchedule(reason, first, months)
            case Act.SETTLE_EARLY:
                stands = self.stands()
                amount = self.cents(stands.outstanding_cents if stands else 0)
                return settle_early, SettleEarly(self.day(), amount, source)
            case Act.CALL_GUARANTEE:
                return call_guarantee, CallGuarantee(self.day())
            case Act.CLOSE_LOAN:
                said = Evaluate("yes", "yes", budget_feeling=3)
                return close_loan, self.one_of(said, Evaluate("no"))
        return None

    def _beside(self, act: Act) -> tuple[object, ...] | None:
        match act:
            case Act.ORIENT:
                return orient, Orient(self.targets())
            case Act.NOTE_RESULT:
                result = str(self.one_of("obtained", "refused", "pending", "unknown"))
                amount = 450_00 if result == "obtained" else None
                return note_result, Result(self.row(Orientation), result, amount)
            case Act.ADD_TASK:
                return add_task, AddTask("Rappeler", self.day(0, 9, -1))
            case Act.FINISH_TASK:
                return finish_task, self.row(Task)
        return None
