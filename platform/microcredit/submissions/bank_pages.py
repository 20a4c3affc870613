"""The bank's desk: what waits for its answer, one frozen copy, the answer read over and sent."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission
from microcredit.submissions.blueprint import pages
from microcredit.submissions.codes import Decision
from microcredit.submissions.schemas import Reply, ReplySchema
from microcredit.submissions.services.answer import rehearse, reply
from microcredit.submissions.services.desk import Granted, decided, read_copy, to_decide
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session

#: The button of the page that is read over which leads back to the form, with all that was typed.
BACK = "_modifier"

SENT = {
    Decision.GRANT: "Votre accord au dossier {} est envoyé au CCAS.",
    Decision.COUNTER: "Votre offre au dossier {} est envoyée au CCAS, qui la présente à la personne.",
    Decision.ADJOURN: "Le CCAS sait que vous déciderez plus tard du dossier {}.",
    Decision.ASK_ITEMS: "Votre demande de complément au dossier {} est envoyée au CCAS.",
    Decision.REFUSE: "Votre refus du dossier {} est envoyé au CCAS.",
}


@pages.route("/banque")
@requires(Permission.READ_SUBMISSIONS)
def desk() -> ResponseReturnValue:
    """The copies that wait for this bank's answer."""
    return render_template("submissions/desk.html", rows=to_decide(session(), identity()))


@pages.route("/banque/decides")
@requires(Permission.READ_SUBMISSIONS)
def answered() -> ResponseReturnValue:
    """The copies that this bank has answered."""
    return render_template("submissions/answered.html", rows=decided(session(), identity()))


@pages.route("/banque/<case_number:number>")
@requires(Permission.READ_SUBMISSIONS)
def show(number: str) -> ResponseReturnValue:
    """One frozen copy."""
    return _copy_page(number, Form(ReplySchema()))


@pages.route("/banque/<case_number:number>/relire", methods=["POST"])
@requires(Permission.ANSWER_SUBMISSION, one_time=False)
def review(number: str) -> ResponseReturnValue:
    """Read the answer over before it is sent; nothing is written."""
    form: Form[Reply] = Form(ReplySchema())
    asked = form.read()
    if asked is None or BACK in request.form:
        form.errors = {} if BACK in request.form else form.errors
        return _copy_page(number, form)
    try:
        rehearse(session(), identity(), number, asked)
    except DomainError as refused:
        return _copy_page(number, form, refused)
    row = read_copy(session(), identity(), number)
    return render_template(
        "submissions/review.html", row=row, form=form, reply=asked, lent=_lent(asked)
    )


@pages.route("/banque/<case_number:number>/reponse", methods=["POST"])
@requires(Permission.ANSWER_SUBMISSION)
def answer(number: str) -> ResponseReturnValue:
    """Send the answer."""
    form: Form[Reply] = Form(ReplySchema())
    asked = form.read()
    if asked is None:
        return _copy_page(number, form)
    try:
        reply(session(), identity(), number, asked)
    except DomainError as refused:
        return _copy_page(number, form, refused)
    flash(SENT[Decision(asked.decision)].format(number))
    return redirect(url_for("submissions.desk"), 303)


def _copy_page(
    number: str, form: Form[Reply], refused: DomainError | None = None
) -> ResponseReturnValue:
    """The copy with the form of its answer; what happened to it meanwhile is said above it."""
    try:
        row = read_copy(session(), identity(), number)
    except NotFound:
        raise refused or NotFound from None  # taken back by the CCAS: the first refusal says so
    if refused is not None and refused.fields:
        form.refuse(refused)
    form.values["seen"] = str(len(row.steps))
    overtaken = str(refused) if refused is not None and not refused.fields else ""
    status = refused.status if refused is not None else form.status
    return render_template("submissions/show.html", row=row, form=form, overtaken=overtaken), status


def _lent(asked: Reply) -> Granted | None:
    """The loan that a bank offers otherwise than asked."""
    if asked.amount is None or asked.months is None or asked.rate is None:
        return None
    return Granted(asked.amount, asked.months, asked.rate)
