"""The second step of signing in, and the page that asks again who it is."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.accounts import services
from microcredit.accounts.blueprint import (
    browser,
    gate,
    go_on,
    here,
    let_in,
    pages,
    pending_token,
    site,
)
from microcredit.accounts.own_schemas import Prove, ProveSchema
from microcredit.accounts.services import WINDOW, factors, passkeys
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.web import keys
from microcredit.web.forms import Form
from microcredit.web.guard import public, requires
from microcredit.web.requests import identity, resources, session_token

Answer = ResponseReturnValue


@pages.route("/connexion/verification", methods=["GET", "POST"])
@public
def second_step() -> Answer:
    """Show the second factor, after the password; only then is the session opened."""
    form, token, asked = Form(ProveSchema()), pending_token(), None
    if request.method == "POST":
        keys.check_for_visitor()
        asked = form.read()
    if not token or not gate().factors(here(), token):
        return redirect(url_for("accounts.sign_in"), 303)
    try:
        if asked is not None:
            _prove(token, asked)
            opened = services.finish(gate(), here(), token, browser())
            return let_in(opened, request.args.get("suite", ""))
    except DomainError as refused:
        form.refuse(refused)
    return _page("accounts/second_step.html", form, token)


@pages.route("/confirmer", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, one_time=False, before_factor=True)
def confirm() -> Answer:
    """Ask again who it is, then go back to what was asked for."""
    form = Form(ProveSchema())
    asked = form.read() if request.method == "POST" else None
    try:
        if asked is not None:
            _confirm(asked)
            return go_on(identity().account_id, request.args.get("suite", ""))
    except DomainError as refused:
        form.refuse(refused)
    return _page("accounts/confirm.html", form, session_token(), **_first_means())


def _page(template: str, form: Form[Prove], token: str, **more: object) -> Answer:
    proofs = gate().factors(here(), token)
    page = render_template(
        template, form=form, options=passkeys.options_to_prove(gate(), site(), token),
        has_codes=any(one.kind == "totp" for one in proofs), **more,
    )  # fmt: skip
    wait = {"Retry-After": str(WINDOW.seconds)} if form.status == 429 else {}
    return page, form.status, wait


def _prove(token: str, asked: Prove) -> None:
    if asked.credential:
        passkeys.prove(gate(), site(), token, asked.credential)
    else:
        factors.prove(gate(), resources().vault, here(), token, asked.code)


def _confirm(asked: Prove) -> None:
    me, token = identity(), session_token()
    if me.has_second_factor:
        _prove(token, asked)
    elif _one_click():
        gate().note_first_factor(me.slug, token)
    else:
        factors.confirm_password(gate(), me.slug, me.account_id, token, asked.password)


def _first_means() -> dict[str, object]:
    """What somebody without a second factor of her own may confirm by."""
    me, token = identity(), session_token()
    return {
        "one_click": _one_click(),
        "by_provider": gate().session_provider(me.slug, token),
        "has_password": gate().own_password(me.slug, token) is not None,
    }


def _one_click() -> bool:
    """A demonstration is entered by one click: so is it confirmed."""
    me = identity()
    return me.is_demo and resources().settings.demo and not me.has_second_factor
