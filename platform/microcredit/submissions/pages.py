"""The pages of sending a case, and the bank's desk."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.submissions.copy import DECLARED
from microcredit.submissions.schemas import Reply, ReplySchema, SendSchema
from microcredit.submissions.services.answer import reply
from microcredit.submissions.services.desk import decided, read_copy, to_decide
from microcredit.submissions.services.send import preview, send
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session

pages = Blueprint("submissions", __name__)


@pages.route("/dossiers/<case_number:number>/transmettre", methods=["GET", "POST"])
@requires(Permission.SEND_TO_BANK)
def send_case(number: str) -> ResponseReturnValue:
    """Read over what will be sent, then send it."""
    form = Form(SendSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        try:
            send(session(), identity(), number, asked.bank)
        except DomainError as refused:
            if not refused.fields:
                raise
            form.refuse(refused)
        else:
            flash("Le dossier est transmis. La banque a reçu une copie figée.")
            return redirect(url_for("cases.show", number=number), 303)
    shown = preview(session(), identity(), number)
    return render_template(
        "submissions/send.html", form=form, preview=shown, declared=DECLARED
    ), form.status


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
    row = read_copy(session(), identity(), number)
    return render_template("submissions/show.html", row=row, form=Form(ReplySchema()))


@pages.route("/banque/<case_number:number>/relire", methods=["POST"])
@requires(Permission.ANSWER_SUBMISSION, one_time=False)
def review(number: str) -> ResponseReturnValue:
    """Read the answer over before it is sent; nothing is written."""
    form: Form[Reply] = Form(ReplySchema())
    asked = form.read()
    row = read_copy(session(), identity(), number)
    if asked is None:
        return render_template("submissions/show.html", row=row, form=form), form.status
    return render_template("submissions/review.html", row=row, form=form, reply=asked)


@pages.route("/banque/<case_number:number>/reponse", methods=["POST"])
@requires(Permission.ANSWER_SUBMISSION)
def answer(number: str) -> ResponseReturnValue:
    """Send the answer."""
    form: Form[Reply] = Form(ReplySchema())
    asked = form.read()
    if asked is None:
        row = read_copy(session(), identity(), number)
        return render_template("submissions/show.html", row=row, form=form), form.status
    reply(session(), identity(), number, asked)
    flash(f"Votre réponse au dossier {number} est envoyée au CCAS.")
    return redirect(url_for("submissions.desk"), 303)
