"""Every view is guarded or declared public: who may, the form's key, and the one transaction."""

from collections.abc import Callable
from functools import wraps

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from microcredit.kernel.errors import Forbidden, NotFound
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.web import keys
from microcredit.web.late_forms import KEPT, keep_typed
from microcredit.web.requests import resources, session, session_token, somebody

View = Callable[..., ResponseReturnValue]

#: A session is noted as seen at most once in this many seconds.
TOUCH_AFTER = 60.0

#: What each endpoint's view declared; the walkers of the tests read it.
DECLARED: dict[str, Permission | None] = {}


#: How long a proof of who one is stays fresh, in seconds.
FRESH = 300.0


def requires(
    permission: Permission,
    *,
    one_time: bool = True,
    fresh: bool = False,
    before_factor: bool = False,
    page: str = "",
) -> Callable[[View], View]:
    """The view needs `permission` in some scope; a POST also needs its form's key.

    `one_time=False` is for a POST that changes nothing, such as figures computed while typing.
    `fresh=True` asks for the second factor (the password, for who has none) unless it was proved
    within five minutes, then comes back. `before_factor=True` is for the few pages that somebody
    reaches who must still set up a second factor where one is required. `page` is the endpoint that
    offers a file: a browser that downloads one leaves no page behind, so one comes back to that one.
    The view runs in the request's transaction, which ends before anything is sent: an act is committed
    when it answers below 400 and rolled back otherwise; a page that was made is committed whatever its
    status, since what it shows was read, and that stays in the trail.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(**values: str | int) -> ResponseReturnValue:
            identity = somebody()
            if identity is None:
                return _ask_to_sign_in()
            try:
                if not identity.may(permission):
                    raise Forbidden
                asked = _ask_for_proof(
                    identity, fresh=fresh, before_factor=before_factor, page=page
                )
                response = asked or _run(identity, view, values, one_time=one_time)
            except (Forbidden, NotFound, keys.BadKey):
                session().rollback()
                subject = ":".join(str(value) for value in values.values())
                resources().gatekeeper.record_refusal(identity, str(request.endpoint), subject)
                raise
            if identity.seconds_unseen > TOUCH_AFTER:
                resources().gatekeeper.touch(identity.slug, session_token())
            return response

        DECLARED[f"{view.__module__}.{view.__name__}"] = permission
        return guarded

    return mark


def public(view: View) -> View:
    """The view is for everybody; it touches no business table."""
    DECLARED[f"{view.__module__}.{view.__name__}"] = None
    return view


def declared(module: str, name: str) -> bool:
    """Whether the view function of that module and name says who it is for."""
    return f"{module}.{name}" in DECLARED


def _run(
    identity: Identity, view: View, values: dict[str, str | int], *, one_time: bool
) -> Response:
    if request.method == "POST":
        return _act(identity, view, values, one_time=one_time)
    return _shown(view, values)


def _act(
    identity: Identity, view: View, values: dict[str, str | int], *, one_time: bool
) -> Response:
    nonce = keys.check(identity)
    if not one_time:
        return _shown(view, values)
    first_result = keys.claim(session(), identity, nonce)
    if first_result is not None:
        flash("Cet envoi avait déjà été reçu. Rien n’a été fait deux fois : en voici le résultat.")
        return redirect(first_result, 303)
    response = make_response(view(**values))
    if response.status_code < 400:
        keys.remember(session(), nonce, response.location or request.path)
    finished = _finished(response)
    if KEPT in request.form and finished.status_code < 400:
        resources().gatekeeper.forget_form(identity.slug, identity.account_id)
    return finished


def _shown(view: View, values: dict[str, str | int]) -> Response:
    response = make_response(view(**values))
    session().commit()
    return response


def _finished(response: Response) -> Response:
    if response.status_code < 400:
        session().commit()
    else:
        session().rollback()
    return response


def _ask_for_proof(
    identity: Identity, *, fresh: bool, before_factor: bool, page: str
) -> Response | None:
    """The page where the person proves more, or None when what she proved is enough for this one."""
    required = resources().settings.require_second_factor and not before_factor
    if required and identity.second_factor_age is None:
        if identity.has_second_factor:
            return _ask_to_confirm(page)
        flash(
            "Il faut ici un second moyen de prouver que c’est vous. Ajoutez-en un pour continuer.",
            "info",
        )
        return redirect(url_for("accounts.security"), 303)
    return _ask_to_confirm(page) if fresh and identity.proof_age > FRESH else None


def _ask_to_confirm(page: str) -> Response:
    """Ask again who it is; what was typed is kept, and offered afterwards."""
    if request.method == "POST":
        keep_typed()
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    if page:
        flash("Confirmez d’abord que c’est vous, puis demandez de nouveau le fichier.", "info")
        asked = request.query_string.decode("ascii", "replace")
        back = url_for(page) + (f"?{asked}" if asked else "")
    return redirect(url_for("accounts.confirm", suite=back), 303)


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method == "POST" and keep_typed():
        flash("Votre session est terminée. Reconnectez-vous : votre saisie est gardée.", "info")
    elif session_token():
        flash("Votre session est terminée. Reconnectez-vous pour continuer.", "info")
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", suite=back), 303)
