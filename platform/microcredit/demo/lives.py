"""The acts of a story from the bank on: its answers, the loan, its repayment, its evaluation."""

from datetime import date

from sqlalchemy.orm import Session

from microcredit.demo.lending import first_due
from microcredit.demo.projects import PROJECTS
from microcredit.demo.tale import Doing, Step, Told, What
from microcredit.followups.schemas import Evaluate
from microcredit.followups.services import close_loan
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.lenders.services import terms_in_force
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
from microcredit.loans.services.find import get_loan
from microcredit.loans.services.postings import (
    call_guarantee,
    note_payment,
    note_reject,
    settle_early,
)
from microcredit.loans.services.schedule import change_schedule
from microcredit.loans.services.sign import sign_offer
from microcredit.loans.situation import Line, Situation
from microcredit.submissions.schemas import Items, Reply
from microcredit.submissions.services.answer import reply
from microcredit.submissions.services.follow import choose, send_items
from microcredit.submissions.services.send import send


def _send(session: Session, identity: Identity, told: Told, step: Step) -> None:
    send(session, identity, told.number, terms_in_force(session, step.on)[0].terms.bank_id)


def _answer(session: Session, identity: Identity, told: Told, step: Step) -> None:
    tale = told.tale
    asked = step.words or told.random.choice(
        ("Devis de l’assurance", "Dernier bulletin de salaire", "Certificat de non-gage")
    )
    said = {
        What.GRANT: Reply("grant"),
        What.REFUSE: Reply("refuse", [tale.reason]),
        What.ADJOURN: Reply("adjourn", due_on=step.until),
        What.ASK_ITEMS: Reply("ask_items", due_on=step.until, items=asked),
    }
    reply(session, identity, told.number, said[step.what])


def _counter(session: Session, identity: Identity, told: Told, step: Step) -> None:
    rate = terms_in_force(session, step.on)[0].terms.annual_rate
    lent, months = told.tale.lent, told.tale.lent_months
    reply(session, identity, told.number, Reply("counter", amount=lent, months=months, rate=rate))


def _send_items(session: Session, identity: Identity, told: Told, _: Step) -> None:
    send_items(session, identity, told.number, Items("La pièce demandée est jointe au courrier."))


def _disburse(session: Session, identity: Identity, told: Told, step: Step) -> None:
    private = told.tale.private_sale
    payee = "" if private else PROJECTS[told.tale.purpose].payee
    kind = "borrower" if private else "supplier"
    disburse(session, identity, told.number, Disburse(step.on, kind, payee, first_due(step.on)))


def _stands(session: Session, identity: Identity, told: Told, on: date) -> Situation:
    return get_loan(session, identity, told.number, Permission.WRITE_LOAN).on(on)


def _line(session: Session, identity: Identity, told: Told, step: Step) -> Line:
    lines = _stands(session, identity, told, step.on).lines
    return next(line for line in lines if line.due.number == step.number)


def _reject(session: Session, identity: Identity, told: Told, step: Step) -> None:
    instalment = _line(session, identity, told, step).due.id
    note_reject(session, identity, told.number, Reject(instalment, step.on, "bank"))


def _pay(session: Session, identity: Identity, told: Told, step: Step) -> None:
    instalment = _line(session, identity, told, step).due.id
    note_payment(session, identity, told.number, Payment(instalment, step.on, "person"))


def _reschedule(session: Session, identity: Identity, told: Told, step: Step) -> None:
    new = NewSchedule("rescheduled", step.until or step.on, step.number)
    change_schedule(session, identity, told.number, new)


def _accelerate(session: Session, identity: Identity, told: Told, step: Step) -> None:
    change_schedule(
        session, identity, told.number, NewSchedule("accelerated", step.until or step.on)
    )


def _settle(session: Session, identity: Identity, told: Told, step: Step) -> None:
    owed = _stands(session, identity, told, step.on).outstanding_cents
    settle_early(session, identity, told.number, SettleEarly(step.on, owed, "bank"))


def _evaluate(session: Session, identity: Identity, told: Told, step: Step) -> None:
    """Six households in seven answer; eight answers in ten say that the project came true."""
    random = told.random
    if step.words == "no" or random.random() < 0.14:
        close_loan(session, identity, told.number, Evaluate("no"))
        return
    said = Evaluate(
        reached="yes",
        project_realised=random.choices(("yes", "partly", "no"), weights=(82, 13, 5))[0],
        still_used=random.random() < 0.8,
        employment=random.choices(
            ("found", "kept", "better", "none", "lost", "not_concerned"), weights=(16, 42, 9, 14, 4, 15)
        )[0],
        income_change=random.choices(("less", "same", "more"), weights=(14, 56, 30))[0],
        budget_feeling=random.choices((1, 2, 3, 4, 5), weights=(4, 14, 40, 32, 10))[0],
        bank_relation=random.choices(("better", "same", "worse"), weights=(38, 56, 6))[0],
        help_useful=random.choices((2, 3, 4, 5), weights=(4, 20, 41, 35))[0],
        would_recommend=random.random() < 0.92,
        new_project=random.random() < 0.2,
        comment=random.choice(
            ("", "", "La voiture roule toujours, le contrat a été renouvelé.",
             "Les rappels avant l’échéance ont aidé.", "Aurait aimé une réponse plus rapide.")
        ),
    )  # fmt: skip
    close_loan(session, identity, told.number, said)


DOINGS: dict[What, Doing] = {
    What.SEND: _send,
    What.SEND_ITEMS: _send_items,
    **dict.fromkeys((What.GRANT, What.REFUSE, What.ADJOURN, What.ASK_ITEMS), _answer),
    What.COUNTER: _counter,
    What.ACCEPT: lambda s, i, told, _: choose(s, i, told.number, accepts=True),
    What.SIGN: lambda s, i, told, step: sign_offer(s, i, told.number, Sign(step.on)),
    What.WITHDRAW: lambda s, i, told, step: withdraw(s, i, told.number, Withdraw(step.on)),
    What.DISBURSE: _disburse,
    What.REJECT: _reject,
    What.PAY: _pay,
    What.RESCHEDULE: _reschedule,
    What.ACCELERATE: _accelerate,
    What.CALL_GUARANTEE: lambda s, i, told, step: call_guarantee(
        s, i, told.number, CallGuarantee(step.on)
    ),
    What.SETTLE: _settle,
    What.EVALUATE: _evaluate,
}
