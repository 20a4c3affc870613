"""To the provider of one's organisation, and back."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from microcredit.accounts.blueprint import browser, gate, here, let_in, pages
from microcredit.accounts.services import sso
from microcredit.accounts.services.sso.flow import Site
from microcredit.accounts.sso_schemas import SetOutSchema
from microcredit.kernel.errors import NotFound
from microcredit.web import keys
from microcredit.web.forms import Form
from microcredit.web.guard import public
from microcredit.web.requests import resources, session_token

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
        after=request.args.get("suite", ""), invitation=asked.invitation,
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
    response = let_in(admitted, after)
    response.delete_cookie(PRE_COOKIE, secure=True, httponly=True, samesite="Lax")
    return response


def _site(provider: int) -> Site:
    if provider >= 2**62:
        raise NotFound("Ce fournisseur d’identité n’existe pas ici.")
    settings, slug = resources().settings, here()
    back = settings.origin(slug) + url_for("accounts.come_back", provider=provider)
    return Site(slug, provider, back, settings.loopback_providers)


def _remember(response: Response, secret: str) -> None:
    response.set_cookie(
        PRE_COOKIE, secret, max_age=PATIENCE, secure=True, httponly=True, samesite="Lax", path="/"
    )
