"""What a CCAS does with a case and its bank: send, answer what it asks, note the person's choice, take back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.cases.codes import Act
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.submissions.blueprint import pages
from microcredit.submissions.codes import PersonChoice
from microcredit.submissions.copy import DECLARED
from microcredit.submissions.schemas import (
    Items,
    ItemsSchema,
    PersonSays,
    PersonSaysSchema,
    SendSchema,
)
from microcredit.submissions.services.follow import choose, recall, send_items
from microcredit.submissions.services.history import read_last
from microcredit.submissions.services.send import preview, send
from microcredit.web.formatting import day
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session


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
            return _to_case(number)
    shown = preview(session(), identity(), number)
    return render_template(
        "submissions/send.html", form=form, preview=shown, declared=DECLARED
    ), form.status


@pages.route("/dossiers/<case_number:number>/complement", methods=["GET", "POST"])
@requires(Permission.SEND_TO_BANK)
def items(number: str) -> ResponseReturnValue:
    """Answer what the bank asked for."""
    form: Form[Items] = Form(ItemsSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        sent = send_items(session(), identity(), number, asked)
        flash(f"Votre réponse est à la banque, qui a jusqu’au {day(sent.due_on)} pour décider.")
        return _to_case(number)
    case, copy = read_last(session(), identity(), number, Act.SEND_ITEMS)
    return render_template("submissions/items.html", form=form, case=case, copy=copy), form.status


@pages.route("/dossiers/<case_number:number>/choix", methods=["GET", "POST"])
@requires(Permission.SEND_TO_BANK)
def choice(number: str) -> ResponseReturnValue:
    """Note whether the person takes the loan as the bank offers it."""
    form: Form[PersonSays] = Form(PersonSaysSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        accepts = asked.choice == PersonChoice.ACCEPTS.value
        choose(session(), identity(), number, accepts=accepts)
        refused = "La personne refuse l’offre. Le dossier est de nouveau complet."
        flash("La personne accepte : l’offre peut être signée." if accepts else refused)
        return _to_case(number)
    case, copy = read_last(session(), identity(), number, Act.ACCEPT_COUNTER)
    return render_template("submissions/choice.html", form=form, case=case, copy=copy), form.status


@pages.route("/dossiers/<case_number:number>/retirer", methods=["GET", "POST"])
@requires(Permission.SEND_TO_BANK)
def recall_case(number: str) -> ResponseReturnValue:
    """Take the copy back before the bank has answered, once one has read what that means."""
    if request.method == "POST":
        recall(session(), identity(), number)
        flash("Le dossier est retiré de la banque. Il est de nouveau complet.")
        return _to_case(number)
    case, copy = read_last(session(), identity(), number, Act.RECALL)
    return render_template("submissions/recall.html", case=case, copy=copy)


def _to_case(number: str) -> ResponseReturnValue:
    return redirect(url_for("cases.show", number=number), 303)
