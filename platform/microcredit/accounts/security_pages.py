"""« Ma sécurité »: my second factors, my password, my sessions."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.accounts.blueprint import gate, pages
from microcredit.accounts.own_schemas import ChangePasswordSchema, EndSessionsSchema
from microcredit.accounts.services import own
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, resources, session_token


@pages.route("/ma-securite")
@requires(Permission.USE_ACCOUNT, before_factor=True)
def security() -> ResponseReturnValue:
    """My second factors, my password, my sessions."""
    mine = own.security(gate(), identity().slug, session_token())
    required = resources().settings.require_second_factor
    return render_template("accounts/security.html", mine=mine, required=required)


@pages.route("/ma-securite/mot-de-passe", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT)
def change_password() -> ResponseReturnValue:
    """Change my password."""
    form, me = Form(ChangePasswordSchema()), identity()
    asked = form.read() if request.method == "POST" else None
    try:
        if asked is not None:
            own.change_password(gate(), me, session_token(), asked)
            flash("Votre mot de passe est changé. Vos autres sessions sont terminées.")
            return redirect(url_for("accounts.security"), 303)
    except DomainError as refused:
        form.refuse(refused)
    return render_template("accounts/change_password.html", form=form), form.status


@pages.route("/ma-securite/sessions/terminer", methods=["POST"])
@requires(Permission.USE_ACCOUNT, one_time=False)
def end_sessions() -> ResponseReturnValue:
    """End one of my other sessions, or all of them."""
    asked = Form(EndSessionsSchema()).read()
    if asked is None:
        raise NotFound("Cette session n’existe plus.")
    ended = own.end_sessions(gate(), identity().slug, session_token(), asked)
    flash(
        "C’est fait : elle est terminée."
        if ended == 1
        else f"C’est fait : {ended} sessions terminées."
    )
    return redirect(url_for("accounts.security"), 303)
