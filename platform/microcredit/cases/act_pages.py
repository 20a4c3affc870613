"""What a case waits for, papers or the committee, and the way out that nothing follows."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages, to_case
from microcredit.cases.codes import Act, Review
from microcredit.cases.papers import USUAL
from microcredit.cases.schemas import (
    AskDocumentsSchema,
    CloseSchema,
    OpinionSchema,
)
from microcredit.cases.services.close import close as close_case
from microcredit.cases.services.documents import await_documents, receive_documents
from microcredit.cases.services.find import ready_for
from microcredit.cases.services.review import ask_review, give_review
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session


@pages.route("/dossiers/<case_number:number>/pieces", methods=["GET", "POST"])
@requires(Permission.WRITE_DIAGNOSIS)
def await_papers(number: str) -> ResponseReturnValue:
    """Ask for papers, and wait for them."""
    case = ready_for(session(), identity(), number, Act.AWAIT_DOCUMENTS)
    form = Form(AskDocumentsSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        await_documents(session(), identity(), number, asked)
        flash("Les pièces demandées sont notées. Le dossier attend qu’elles arrivent.")
        return to_case(number)
    return render_template("cases/papers.html", form=form, case=case, usual=USUAL), form.status


@pages.route("/dossiers/<case_number:number>/pieces/recues", methods=["POST"])
@requires(Permission.WRITE_DIAGNOSIS)
def papers_came(number: str) -> ResponseReturnValue:
    """Note that the papers are there."""
    receive_documents(session(), identity(), number)
    flash("Les pièces sont là. Le diagnostic reprend.")
    return to_case(number)


@pages.route("/dossiers/<case_number:number>/avis-local/demande", methods=["POST"])
@requires(Permission.WRITE_DIAGNOSIS)
def ask_committee(number: str) -> ResponseReturnValue:
    """Ask the local committee."""
    ask_review(session(), identity(), number)
    flash("L’avis du comité local est demandé.")
    return to_case(number)


@pages.route("/dossiers/<case_number:number>/avis-local", methods=["GET", "POST"])
@requires(Permission.REVIEW_CASE)
def committee(number: str) -> ResponseReturnValue:
    """Note what the local committee thinks."""
    case = ready_for(session(), identity(), number, Act.SUPPORT)
    form = Form(OpinionSchema())
    given = form.read() if request.method == "POST" else None
    if given is not None:
        give_review(session(), identity(), number, given)
        reopened = given.review == Review.UNFAVOURABLE.value
        flash("L’avis est noté. " + (_REOPENED if reopened else _COMPLETE))
        return to_case(number)
    return render_template("cases/committee.html", form=form, case=case), form.status


_COMPLETE = "Le dossier est de nouveau complet, il peut partir à la banque."
_REOPENED = "Le diagnostic est rouvert."


@pages.route("/dossiers/<case_number:number>/sans-suite", methods=["GET", "POST"])
@requires(Permission.CLOSE_CASE)
def close(number: str) -> ResponseReturnValue:
    """Close a case that nothing follows."""
    case = ready_for(session(), identity(), number, Act.CLOSE)
    form = Form(CloseSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        close_case(session(), identity(), number, asked)
        flash("Le dossier est classé sans suite. Un nouveau rendez-vous le rouvrira.")
        return to_case(number)
    return render_template("cases/close.html", form=form, case=case), form.status
