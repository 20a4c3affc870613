"""A forgotten password: asking for a link, and choosing another password with it."""

import secrets

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MisdirectedRequest

from microcredit.accounts.blueprint import gate, here, pages
from microcredit.accounts.own_schemas import AskResetSchema, ResetSchema
from microcredit.accounts.services import passwords
from microcredit.accounts.services.sign_in import WINDOW, limit_resets
from microcredit.kernel.errors import DomainError
from microcredit.web import keys
from microcredit.web.forms import Form
from microcredit.web.guard import public
from microcredit.web.requests import resources


@pages.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@public
def ask_reset() -> ResponseReturnValue:
    """Ask for the link of a new password: the answer is the same for every address."""
    form, slug = Form(AskResetSchema()), here()
    if gate().tenant(slug) is None:
        raise MisdirectedRequest
    if request.method == "POST":
        keys.check_for_visitor()
        asked = form.read()
        try:
            if asked is not None:
                limit_resets(gate(), slug, asked.email, request.remote_addr or "")
                _send_link(asked.email)
                return render_template("accounts/reset_asked.html", email=asked.email)
        except DomainError as refused:
            form.refuse(refused)
    wait = {"Retry-After": str(WINDOW.seconds)} if form.status == 429 else {}
    return render_template("accounts/ask_reset.html", form=form), form.status, wait


@pages.route("/nouveau-mot-de-passe/<secret>", methods=["GET", "POST"])
@public
def reset(secret: str) -> ResponseReturnValue:
    """Choose another password; only sending the form uses the link up."""
    form = Form(ResetSchema())
    if request.method == "POST":
        keys.check_for_visitor()
        asked = form.read()
        try:
            if asked is not None:
                passwords.reset(gate(), here(), secret, asked.password)
                flash("Votre mot de passe est changé. Connectez-vous avec le nouveau.")
                return redirect(url_for("accounts.sign_in"), 303)
        except passwords.WeakPassword as refused:
            form.refuse(refused)
    if gate().live_reset(here(), secret) is None:
        raise passwords.DeadLink
    return render_template("accounts/reset.html", form=form), form.status


def _send_link(email: str) -> None:
    """The address of the link comes from the settings, never from the request."""
    secret = secrets.token_urlsafe(32)
    link = resources().settings.origin(here()) + url_for("accounts.reset", secret=secret)
    passwords.ask_reset(gate(), here(), email, link, secret, resources().vault)
