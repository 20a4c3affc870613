"""Adding and removing second factors, and the codes on paper."""

import base64
import binascii

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.accounts.blueprint import gate, pages, site
from microcredit.accounts.own_schemas import (
    AddPasskeySchema,
    AddTotp,
    AddTotpSchema,
    RemoveFactorSchema,
)
from microcredit.accounts.services import factors, passkeys
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, resources, session_token


@pages.route("/ma-securite/application", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, fresh=True, before_factor=True)
def add_totp() -> ResponseReturnValue:
    """Add an application that gives codes."""
    form = Form(AddTotpSchema())
    asked = form.read() if request.method == "POST" else None
    try:
        if asked is not None:
            _add_totp(asked)
            return _added()
    except DomainError as refused:
        form.refuse(refused)
    return _totp_page(form), form.status


@pages.route("/ma-securite/cle", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, fresh=True, before_factor=True)
def add_passkey() -> ResponseReturnValue:
    """Add a passkey of this browser or of a key."""
    form, me = Form(AddPasskeySchema(), {"name": "Mon ordinateur"}), identity()
    asked = form.read() if request.method == "POST" else None
    try:
        if asked is not None:
            passkeys.add(gate(), site(), session_token(), asked.credential, asked.name)
            return _added()
    except DomainError as refused:
        form.refuse(refused)
    options = passkeys.options_to_add(
        gate(), site(), me.account_id, me.account_name, session_token()
    )
    return render_template("accounts/add_passkey.html", form=form, options=options), form.status


@pages.route("/ma-securite/moyens/retirer", methods=["POST"])
@requires(Permission.USE_ACCOUNT, fresh=True, one_time=False)
def remove_factor() -> ResponseReturnValue:
    """Remove one of my factors."""
    asked, keep = Form(RemoveFactorSchema()).read(), resources().settings.require_second_factor
    if asked is None or not factors.remove(
        gate(), identity().slug, session_token(), asked.factor, keep=keep
    ):
        raise NotFound("Ce moyen n’existe plus.")
    flash("Ce moyen est retiré. Vos autres sessions sont terminées.")
    return redirect(url_for("accounts.security"), 303)


@pages.route("/ma-securite/codes", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, fresh=True)
def recovery_codes() -> ResponseReturnValue:
    """Make ten codes for paper, and show them this once."""
    me, made = identity(), []
    if not me.has_second_factor:
        return redirect(url_for("accounts.security"), 303)
    if request.method == "POST":
        made = factors.new_codes(gate(), me.slug, me.account_id, session_token())
    left = gate().recovery_codes_left(me.slug, session_token())
    return render_template("accounts/recovery_codes.html", codes=made, left=left)


def _added() -> ResponseReturnValue:
    flash(
        "C’est fait. Gardez maintenant des codes sur papier, pour le jour où vous n’aurez rien d’autre."
    )
    return redirect(url_for("accounts.recovery_codes"), 303)


def _add_totp(asked: AddTotp) -> None:
    me = identity()
    try:
        sealed = base64.urlsafe_b64decode(asked.secret)
    except (binascii.Error, ValueError) as wrong:
        raise factors.WrongCode from wrong
    factors.add_totp(
        gate(), resources().vault, me.slug, me.account_id, session_token(), sealed, asked.code
    )


def _totp_page(form: Form[AddTotp]) -> str:
    """The same key again after a wrong code, so that nobody has to photograph twice."""
    me, vault = identity(), resources().vault
    try:
        sealed = base64.urlsafe_b64decode(form.value("secret").encode())
        secret = factors.open_secret(vault, me.slug, me.account_id, sealed)
    except (ValueError, factors.WrongCode):
        secret = factors.new_secret()
        sealed = factors.seal_secret(vault, me.slug, me.account_id, secret)
    return render_template(
        "accounts/add_totp.html", form=form, sealed=base64.urlsafe_b64encode(sealed).decode(),
        qr=factors.qr_of(secret, me.account_name, me.tenant_name),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )  # fmt: skip
