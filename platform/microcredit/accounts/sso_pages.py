"""To the provider of one's organisation, and back; and the fixed addresses that all territories share."""

from urllib.parse import urlencode

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from microcredit.accounts.blueprint import browser, gate, go_on, here, let_in, pages
from microcredit.accounts.services import Opened, Waiting, sso
from microcredit.accounts.sso_schemas import SetOutSchema
from microcredit.kernel.errors import NotFound
from microcredit.web import keys
from microcredit.web.forms import Form
from microcredit.web.guard import public
from microcredit.web.requests import is_return_host, resources, session_token

#: Of a browser that set out to a provider: it alone may come back.
PRE_COOKIE = "__Host-pre"
PATIENCE = 600  # seconds


@pages.route("/sso/<int:provider>", methods=["GET", "POST"])
@public
def set_out(provider: int) -> ResponseReturnValue:
    """Go to a provider."""
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in"))
    keys.check_for_visitor()
    asked = Form(SetOutSchema()).read()
    if asked is None:
        raise NotFound("Ce lien d’invitation n’est pas lisible.")
    begun = sso.begin(
        gate(), resources().vault, _site(provider), request.remote_addr or "",
        after=request.args.get("suite", ""), invitation=asked.invitation, again=asked.again == "oui",
    )  # fmt: skip
    # A page, not a redirection: the policy of our forms lets them lead nowhere else.
    response = make_response(render_template("accounts/set_out.html", begun=begun))
    response.headers["Refresh"] = f"0; url={begun.url}"
    _remember(response, begun.browser)
    return response


@pages.route("/sso/<int:provider>/retour")
@public
def come_back(provider: int) -> ResponseReturnValue:
    """Come back from a provider, with an answer that nothing is believed of."""
    said = {name: request.args.get(name, "") for name in ("state", "code", "error")}
    returned = sso.Returned(
        issuer=request.args.get("iss", ""), browser=request.cookies.get(PRE_COOKIE, ""), **said
    )
    admitted, after = sso.finish(
        gate(), resources().vault, _site(provider), returned, session_token(), browser()
    )
    response = _on(admitted, after)
    response.delete_cookie(PRE_COOKIE, secure=True, httponly=True, samesite="Lax")
    return response


@pages.route("/proconnect/retour")
@public
def come_back_to_all() -> ResponseReturnValue:
    """The one return address of a provider that all territories share: hand over to the right one.

    Nothing is asked of anybody here, and nobody is anybody: only our own signature says where to go.
    """
    place = _signed_place("sign_in")
    path = url_for("accounts.come_back", provider=place.provider_id)
    return _hand_over(place.slug, path, ("code", "state", "iss", "error"))


@pages.route("/proconnect/sortie")
@public
def leave_to_all() -> ResponseReturnValue:
    """The same for somebody who has left such a provider."""
    place = _signed_place("sign_out")
    return _hand_over(place.slug, url_for("accounts.left"), ("state",))


@pages.route("/deconnexion/retour")
@public
def left() -> ResponseReturnValue:
    """Back from a provider whose session is ended too."""
    states = sso.States(tuple(resources().settings.signing_keys), "sign_out")
    if states.read(request.args.get("state", "")).slug == here():
        flash("Vous êtes déconnectée, ici et chez votre fournisseur d’identité.")
    return redirect(url_for("accounts.sign_in"), 303)


def _on(admitted: Opened | Waiting | sso.Proved, after: str) -> Response:
    if isinstance(admitted, sso.Proved):
        return go_on(admitted.account_id, after)
    return let_in(admitted, after)


def _signed_place(purpose: str) -> sso.Place:
    if not is_return_host():
        raise NotFound
    states = sso.States(tuple(resources().settings.signing_keys), purpose)
    return states.read(request.args.get("state", ""))


def _hand_over(slug: str, path: str, names: tuple[str, ...]) -> Response:
    said = {name: request.args[name] for name in names if request.args.get(name)}
    return redirect(f"{resources().settings.origin(slug)}{path}?{urlencode(said)}", 303)


def _site(provider: int) -> sso.Site:
    if provider >= 2**62:
        raise NotFound("Ce fournisseur d’identité n’existe pas ici.")
    settings, slug = resources().settings, here()
    back = settings.origin(slug) + url_for("accounts.come_back", provider=provider)
    central = settings.origin("auth") + url_for("accounts.come_back_to_all")
    signing = tuple(settings.signing_keys)
    return sso.Site(slug, provider, back, central, signing, settings.loopback_providers)


def _remember(response: Response, secret: str) -> None:
    response.set_cookie(
        PRE_COOKIE, secret, max_age=PATIENCE, secure=True, httponly=True, samesite="Lax", path="/"
    )
