"""The pages of signing in and out, and of changing hats."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MisdirectedRequest
from werkzeug.wrappers import Response

from microcredit.accounts import services
from microcredit.accounts.blueprint import (
    browser,
    gate,
    here,
    known_device,
    let_in,
    pages,
    with_session,
)
from microcredit.accounts.gate import DemoAccount
from microcredit.accounts.schemas import DemoSignInSchema, PutOnHatSchema, SignIn, SignInSchema
from microcredit.accounts.services import WINDOW, sso
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission
from microcredit.web import keys
from microcredit.web.forms import Form
from microcredit.web.guard import public, requires
from microcredit.web.late_forms import open_typed
from microcredit.web.requests import (
    SESSION_COOKIE,
    identity,
    resources,
    session_token,
    somebody,
)


@pages.route("/connexion", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in with an address and a password."""
    if request.method == "GET" and somebody() is not None:
        return redirect("/")
    form = Form(SignInSchema())
    if request.method == "POST":
        keys.check_for_visitor()
        asked = form.read()
        try:
            if asked is not None:
                return let_in(_admitted(asked), request.args.get("suite", ""))
        except DomainError as refused:
            form.refuse(refused)
            wait = {"Retry-After": str(WINDOW.seconds)} if refused.status == 429 else {}
            return _sign_in_page(form), refused.status, wait
    return _sign_in_page(form), form.status


@pages.route("/connexion/demonstration", methods=["POST"])
@public
def demo_sign_in() -> ResponseReturnValue:
    """Sign in with one click, in a demo tenant alone."""
    keys.check_for_visitor()
    asked = Form(DemoSignInSchema()).read()
    offered = {account.account_id for account in demo_accounts()}
    if asked is None or asked.account not in offered:
        raise NotFound("Ce compte de démonstration n’existe pas.")
    admitted = services.admit(gate(), here(), asked.account, browser())
    return let_in(admitted, request.args.get("suite", ""))


@pages.route("/deconnexion", methods=["POST"])
@requires(Permission.USE_ACCOUNT, one_time=False)
def sign_out() -> ResponseReturnValue:
    """End the session, and its provider's where it came through one."""
    me, token = identity(), session_token()
    away = sso.leave(gate(), resources().vault, _home(me.slug), token)
    services.sign_out(gate(), me.slug, me.account_id, token)
    response = _to_provider(away) if away else redirect(url_for("accounts.sign_in"), 303)
    response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@pages.route("/casquette", methods=["POST"])
@requires(Permission.USE_ACCOUNT, one_time=False)
def put_on_hat() -> ResponseReturnValue:
    """Act under another membership."""
    asked = Form(PutOnHatSchema()).read()
    me = identity()
    token = asked and services.put_on_hat(
        gate(), me.slug, me.account_id, session_token(), asked.membership
    )
    if not token:
        raise NotFound("Cette casquette n’est pas la vôtre.")
    return with_session(redirect("/", 303), token)


@pages.route("/reprendre")
@requires(Permission.USE_ACCOUNT)
def resume() -> ResponseReturnValue:
    """Offer what one had typed when the session ended."""
    me = identity()
    kept = gate().kept_form(me.slug, me.account_id)
    if kept is None:
        return redirect("/")
    typed = open_typed(resources().vault, me.slug, kept.path, kept.sealed)
    return render_template("accounts/resume.html", kept=kept, typed=typed)


@pages.route("/reprendre/oublier", methods=["POST"])
@requires(Permission.USE_ACCOUNT, one_time=False)
def forget() -> ResponseReturnValue:
    """Forget what was kept."""
    gate().forget_form(identity().slug, identity().account_id)
    return redirect("/", 303)


def demo_accounts() -> list[DemoAccount]:
    """What the sign-in page offers: nothing outside demo mode."""
    return gate().demo_accounts(here()) if resources().settings.demo else []


def _home(slug: str) -> sso.Home:
    settings = resources().settings
    own, everywhere = settings.origin(slug), settings.origin("auth")
    return sso.Home(
        slug, own + url_for("accounts.left"), everywhere + url_for("accounts.leave_to_all"),
        tuple(settings.signing_keys),
    )  # fmt: skip


def _to_provider(away: sso.Away) -> Response:
    """A page, not a redirection: the policy of our forms lets them lead nowhere else."""
    response = make_response(render_template("accounts/leave.html", away=away, me=None))
    response.headers["Refresh"] = f"0; url={away.url}"
    return response


def _admitted(asked: SignIn) -> services.Opened | services.Waiting:
    return services.sign_in(
        gate(), here(), asked, request.remote_addr or "",
        device=known_device(asked.email), about=browser(),
    )  # fmt: skip


def _sign_in_page(form: Form[SignIn]) -> str:
    tenant = gate().tenant(here())
    if tenant is None:
        raise MisdirectedRequest
    return render_template(
        "accounts/sign_in.html", form=form, tenant=tenant, accounts=demo_accounts(),
        providers=gate().sign_in_providers(here()),
    )  # fmt: skip
