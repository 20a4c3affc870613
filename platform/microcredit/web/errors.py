"""The one place that turns a refusal or a failure into a French page."""

import logging
import secrets

from flask import Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed

from microcredit.kernel.errors import DomainError, Stale
from microcredit.kernel.permissions import Permission
from microcredit.web.requests import somebody

log = logging.getLogger("microcredit")

SENTENCES = {
    400: ("Cette demande n’est pas lisible", "Revenez en arrière et recommencez."),
    404: ("Cette page n’existe pas", "L’adresse est peut-être incomplète, ou la page a changé de place."),
    405: ("Cette page ne s’utilise pas ainsi", "Revenez en arrière et recommencez depuis le formulaire."),
    413: ("C’est trop long", "L’envoi dépasse la taille permise. Raccourcissez votre texte."),
    415: ("Ce format n’est pas accepté", "Envoyez le formulaire depuis la page."),
    421: ("Ce territoire n’existe pas ici", "Vérifiez l’adresse que votre CCAS vous a donnée."),
    429: ("Trop d’essais", "Attendez quelques minutes avant de recommencer."),
    503: ("Le service est indisponible un instant", "Rien n’a été perdu ni enregistré. Réessayez dans une minute."),
}  # fmt: skip


def install(app: Flask) -> None:
    """Register the handlers, from the most precise to the last resort."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(BadHost, _bad_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(PoolTimeout, _unavailable)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _failed)


def error_page(status: int, title: str, text: str, **more: object) -> ResponseReturnValue:
    """A page that says what happened and what to do; it needs no database."""
    return render_template("error.html", status=status, title=title, text=text, **more), status


def _refused(error: DomainError) -> ResponseReturnValue:
    titles = {404: "Introuvable", 403: "Ce n’est pas ouvert à ce rôle", 400: SENTENCES[400][0]}
    title = error.title or titles.get(error.status, "Cet acte n’a pas pu se faire")
    differences = error.differences if isinstance(error, Stale) else []
    return error_page(error.status, title, str(error), differences=differences, **_way_back(error))


def _way_back(error: DomainError) -> dict[str, str]:
    """The page of the case, or of the copy, that an act could not be done on: its address and words."""
    number, me = (request.view_args or {}).get("number"), somebody()
    if error.status != 409 or number is None or me is None:
        return {}
    if me.may(Permission.LIST_CASES):
        where, words = "cases.show", f"Revenir au dossier {number}"
    elif me.may(Permission.READ_SUBMISSIONS):
        where, words = "submissions.desk", "Revenir aux dossiers à décider"
    else:
        return {}
    values = {"number": number} if where == "cases.show" else {}
    return {"back": url_for(where, **values), "back_words": words}


def _bad_host(error: BadHost) -> ResponseReturnValue:
    # No page can be made: without a readable host no address can be written in it.
    text = "L’adresse du site n’est pas lisible.\n"
    return text, 400, {"Content-Type": "text/plain; charset=utf-8"}


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    title, text = SENTENCES.get(status, SENTENCES[400])
    allowed = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    headers = {"Allow": ", ".join(allowed)} if allowed else {}
    return render_template("error.html", status=status, title=title, text=text), status, headers


def _database(error: DBAPIError) -> ResponseReturnValue:
    return _unavailable(error) if error.connection_invalidated else _failed(error)


def _unavailable(error: Exception) -> ResponseReturnValue:
    log.error("database unavailable: %s", type(error).__name__)
    title, text = SENTENCES[503]
    body, status = render_template("error.html", status=503, title=title, text=text), 503
    return body, status, {"Retry-After": "10"}


def _failed(error: Exception) -> ResponseReturnValue:
    # The message of an exception may quote personal data: the log keeps the place, not the words.
    reference = secrets.token_hex(4)
    log.error("failure %s", reference, exc_info=_without_words(error))
    return error_page(
        500,
        "Quelque chose s’est mal passé chez nous",
        "Rien n’a été enregistré. Si cela se répète, donnez cette référence à votre administratrice.",
        reference=reference,
    )


def _without_words(error: Exception) -> BaseException:
    return RuntimeError(type(error).__name__).with_traceback(error.__traceback__)
