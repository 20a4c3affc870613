"""The pages of the acts on a loan: each is one form, most of them two presses."""

from collections.abc import Callable
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from microcredit.cases.codes import Act
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission
from microcredit.kernel.schema import ActSchema
from microcredit.kernel.tenancy import Identity
from microcredit.loans.blueprint import pages
from microcredit.loans.schemas import (
    CallGuaranteeSchema,
    Disburse,
    DisburseSchema,
    NewSchedule,
    NewScheduleSchema,
    PaymentSchema,
    RejectSchema,
    SettleEarlySchema,
    SignSchema,
    WithdrawSchema,
)
from microcredit.loans.services.disburse import disburse, withdraw
from microcredit.loans.services.offer import read_offer
from microcredit.loans.services.postings import (
    call_guarantee,
    note_payment,
    note_reject,
    settle_early,
)
from microcredit.loans.services.preview import first_due_on, preview_change, preview_first
from microcredit.loans.services.read import LoanPage, read_for
from microcredit.loans.services.schedule import change_schedule
from microcredit.loans.services.sign import lapse_offer, sign_offer
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session

T = TypeVar("T")

#: What an act's service takes besides the session and who acts: the case's number, and what was told.
Do = Callable[[Session, Identity, str, T], object]


@pages.route("/prets/<case_number:number>/signature", methods=["GET", "POST"])
@requires(Permission.WRITE_LOAN)
def sign(number: str) -> ResponseReturnValue:
    """Note that the offer was signed."""
    form = Form(SignSchema())
    if request.method == "POST" and _done(form, number, sign_offer):
        flash("La signature est notée. Les délais du versement et de la rétractation courent.")
        return _to(number)
    offer = read_offer(session(), identity(), number)
    if request.method == "GET":
        form = Form(SignSchema(), {"signed_on": offer.today})
    return render_template("loans/sign.html", form=form, offer=offer), form.status


@pages.route("/prets/<case_number:number>/perimee", methods=["POST"])
@requires(Permission.WRITE_LOAN)
def lapse(number: str) -> ResponseReturnValue:
    """Note that the offer was not signed in time."""
    lapse_offer(session(), identity(), number)
    flash("L’offre est notée périmée. Le dossier peut être repris et transmis de nouveau.")
    if identity().may(Permission.LIST_CASES):
        return redirect(url_for("cases.show", number=number), 303)
    return redirect(url_for("loans.index"), 303)


@pages.route("/prets/<case_number:number>/retractation", methods=["GET", "POST"])
@requires(Permission.WRITE_LOAN)
def withdrawal(number: str) -> ResponseReturnValue:
    """Note that the person withdrew."""
    done = "La rétractation est notée. Le prêt n’aura pas lieu."
    return _act(number, Act.WITHDRAW, WithdrawSchema(), withdraw, done)


@pages.route("/prets/<case_number:number>/versement", methods=["GET", "POST"])
@requires(Permission.WRITE_LOAN)
def pay_out(number: str) -> ResponseReturnValue:
    """Note that the bank paid out."""
    done = (
        "Le versement est noté, l’échéancier est écrit. Le CCAS appellera la personne dans un mois."
    )
    return _act(number, Act.DISBURSE, DisburseSchema(), disburse, done)


@pages.route("/prets/<case_number:number>/versement/apercu", methods=["POST"])
@requires(Permission.WRITE_LOAN, one_time=False)
def pay_out_preview(number: str) -> ResponseReturnValue:
    """Read the first schedule over before it is written; nothing is kept."""
    form: Form[Disburse] = Form(DisburseSchema())
    return _preview(number, Act.DISBURSE, form, preview_first)


@pages.route("/prets/<case_number:number>/rejet", methods=["GET", "POST"])
@requires(Permission.WRITE_LOAN)
def reject(number: str) -> ResponseReturnValue:
    """Note a rejected debit."""
    done = "Le rejet est noté. Le CCAS appellera la personne."
    return _act(number, Act.NOTE_REJECT, RejectSchema(), note_reject, done)


@pages.route("/prets/<case_number:number>/paiement", methods=["GET", "POST"])
@requires(Permission.WRITE_LOAN)
def payment(number: str) -> ResponseReturnValue:
    """Note that an instalment was paid."""
    return _act(number, Act.NOTE_PAYMENT, PaymentSchema(), note_payment, "Le paiement est noté.")


@pages.route("/prets/<case_number:number>/reamenagement", methods=["GET", "POST"])
@requires(Permission.WRITE_LOAN)
def reschedule(number: str) -> ResponseReturnValue:
    """Write the schedule that the bank decided."""
    done = "Le nouvel échéancier est écrit. L’ancien reste lisible plus bas."
    return _act(number, Act.CHANGE_SCHEDULE, NewScheduleSchema(), change_schedule, done)


@pages.route("/prets/<case_number:number>/reamenagement/apercu", methods=["POST"])
@requires(Permission.WRITE_LOAN, one_time=False)
def reschedule_preview(number: str) -> ResponseReturnValue:
    """Read the new schedule over before it is written; nothing is kept."""
    form: Form[NewSchedule] = Form(NewScheduleSchema())
    return _preview(number, Act.CHANGE_SCHEDULE, form, preview_change)


@pages.route("/prets/<case_number:number>/solde", methods=["GET", "POST"])
@requires(Permission.WRITE_LOAN)
def settle(number: str) -> ResponseReturnValue:
    """Note that the whole rest was paid at once."""
    done = "Le solde est noté. Il reste à faire le bilan avec la personne."
    return _act(number, Act.SETTLE_EARLY, SettleEarlySchema(), settle_early, done)


@pages.route("/prets/<case_number:number>/garantie", methods=["GET", "POST"])
@requires(Permission.WRITE_LOAN)
def guarantee(number: str) -> ResponseReturnValue:
    """Note that the bank calls the guarantee."""
    done = "L’appel de la garantie est noté."
    return _act(number, Act.CALL_GUARANTEE, CallGuaranteeSchema(), call_guarantee, done)


#: The template of each act's form.
TEMPLATES = {
    Act.WITHDRAW: "loans/withdrawal.html",
    Act.DISBURSE: "loans/pay_out.html",
    Act.NOTE_REJECT: "loans/reject.html",
    Act.NOTE_PAYMENT: "loans/payment.html",
    Act.CHANGE_SCHEDULE: "loans/reschedule.html",
    Act.SETTLE_EARLY: "loans/settle.html",
    Act.CALL_GUARANTEE: "loans/guarantee.html",
}


def _act(number: str, act: Act, schema: ActSchema[T], do: Do[T], done: str) -> ResponseReturnValue:
    form = Form(schema)
    if request.method == "POST" and _done(form, number, do):
        flash(done)
        return _to(number)
    page = read_for(session(), identity(), number, act)
    if request.method == "GET":
        form = Form(schema, _known(act, page))
    return render_template(TEMPLATES[act], form=form, page=page), form.status


def _preview(
    number: str, act: Act, form: Form[T], compute: Callable[[Session, Identity, str, T], object]
) -> ResponseReturnValue:
    asked, found = form.read(), None
    if asked is not None:
        try:
            found = compute(session(), identity(), number, asked)
        except NotFound:
            raise
        except DomainError as refused:
            form.refuse(refused)
    page = read_for(session(), identity(), number, act)
    return render_template(TEMPLATES[act], form=form, page=page, preview=found), form.status


def _done(form: Form[T], number: str, do: Do[T]) -> bool:
    """Whether what was typed is written; otherwise the form says why not."""
    asked = form.read()
    if asked is None:
        return False
    try:
        do(session(), identity(), number, asked)
    except NotFound:
        raise
    except DomainError as refused:
        form.refuse(refused)
        return False
    return True


def _known(act: Act, page: LoanPage) -> dict[str, object]:
    """What the form of an act is likely to be answered with."""
    if act is Act.DISBURSE:
        paid_on = max(page.today, page.loan.first_payment_on)
        return {"disbursed_on": paid_on, "first_due_on": first_due_on(paid_on)}
    if act is Act.CHANGE_SCHEDULE:
        return {"first_due_on": first_due_on(page.today)}
    if act is Act.WITHDRAW:
        return {"withdrawn_on": page.today}
    amount = page.settlement.total_cents if act is Act.SETTLE_EARLY else None
    return {"on_date": page.today, "source": "bank", "amount": amount}


def _to(number: str) -> ResponseReturnValue:
    return redirect(url_for("loans.show", number=number), 303)
