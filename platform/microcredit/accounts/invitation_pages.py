"""The pages of who is not in yet: the link of an invitation, asking for an access."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.accounts.access_schemas import AcceptSchema, AskToJoinSchema
from microcredit.accounts.blueprint import gate, here, pages
from microcredit.accounts.gate import Shown
from microcredit.accounts.services import invitations
from microcredit.accounts.services.passwords import WeakPassword
from microcredit.kernel.errors import DomainError
from microcredit.web import keys
from microcredit.web.forms import Form
from microcredit.web.guard import public
from microcredit.web.requests import session_token, somebody

STARTED = "Votre accès est ouvert."
WAITS = (
    "Votre réponse est notée. Ce rôle voit des dossiers : votre accès s’ouvrira dès qu’une seconde"
    " personne l’aura confirmé."
)


@pages.route("/invitation/<secret>", methods=["GET", "POST"])
@public
def invitation(secret: str) -> ResponseReturnValue:
    """What the invitation says; only sending the form uses the link up."""
    shown = invitations.shown(gate(), here(), secret)
    form = Form(AcceptSchema(), {"name": shown.name})
    if request.method == "POST":
        keys.check_for_visitor()
        mine = shown.holder is not None
        asked = None if mine else form.read()
        try:
            if mine or asked is not None:
                started = invitations.accept(gate(), here(), secret, session_token(), asked)
                return _welcome(started=started)
        except WeakPassword as refused:
            form.refuse(refused)
    page = render_template(
        "accounts/invitation.html", form=form, shown=shown, who=_who(shown), secret=secret,
        providers=gate().invitation_providers(here(), secret),
    )  # fmt: skip
    return page, form.status


@pages.route("/demander-acces", methods=["GET", "POST"])
@public
def ask_to_join() -> ResponseReturnValue:
    """Ask for an access: the answer is the same for every address."""
    form = Form(AskToJoinSchema())
    if request.method == "POST":
        keys.check_for_visitor()
        asked = form.read()
        try:
            if asked is not None:
                invitations.ask_to_join(gate(), here(), asked, request.remote_addr or "")
                return render_template("accounts/asked_to_join.html")
        except DomainError as refused:
            form.refuse(refused)
    wait = {"Retry-After": str(invitations.WINDOW.seconds)} if form.status == 429 else {}
    asked_of = [(str(number), name) for number, name in gate().organisations(here())]
    return (
        render_template("accounts/ask_to_join.html", form=form, asked_of=asked_of),
        form.status,
        wait,
    )


def _who(shown: Shown) -> str:
    """Who may accept in this browser: somebody `new`, the account in use (`me`), or nobody yet (`other`)."""
    if shown.holder is None:
        return "new"
    me = somebody()
    return "me" if me is not None and me.account_id == shown.holder else "other"


def _welcome(*, started: bool) -> ResponseReturnValue:
    signed_in = somebody() is not None
    more = "" if signed_in or not started else " Connectez-vous."
    flash((STARTED if started else WAITS) + more)
    return redirect("/" if signed_in else url_for("accounts.sign_in"), 303)
