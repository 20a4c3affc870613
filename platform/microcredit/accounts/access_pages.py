"""The pages of who has access to what: one list of organisations, one page for each."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from microcredit.accounts.access_schemas import EndAccessSchema, InviteSchema, NameManagerSchema
from microcredit.accounts.blueprint import gate, pages
from microcredit.accounts.services import access, departures, invitations
from microcredit.kernel.permissions import Permission, Scope
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, resources, session, session_token

PAGE = "/organismes/<int:organisation>"


@pages.route("/organismes")
@requires(Permission.READ_ACCOUNTS)
def organisations() -> ResponseReturnValue:
    """The organisations within reach; whoever manages one alone goes straight to it."""
    me = identity()
    if me.scope(Permission.READ_ACCOUNTS) is Scope.OWN_ORGANISATION:
        return _to(me.organisation_id, 302)
    lines = access.organisations(session(), gate(), me, session_token(), datetime.now(UTC))
    return render_template("accounts/organisations.html", lines=lines)


@pages.route(f"{PAGE}/acces")
@requires(Permission.READ_ACCOUNTS)
def organisation(organisation: int) -> ResponseReturnValue:
    """Who has access to what in one organisation."""
    now = datetime.now(UTC)
    place = access.access_of(session(), gate(), identity(), session_token(), organisation, now)
    return render_template("accounts/organisation.html", place=place, now=now)


@pages.route(f"{PAGE}/inviter", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCESS, fresh=True)
def invite(organisation: int) -> ResponseReturnValue:
    """Invite somebody by a letter."""
    place, roles = access.offered(session(), identity(), organisation)
    form = Form(InviteSchema())
    asked = form.read() if _posted() else None
    if asked is not None:
        try:
            waits = invitations.invite(_office(), identity(), session_token(), organisation, asked)
            flash(SENT_AND_WAITS if waits else SENT)
            return _to(organisation)
        except invitations.NotInvited as refused:
            form.refuse(refused)
    return render_template("accounts/invite.html", form=form, place=place, roles=roles), form.status


@pages.route(f"{PAGE}/invitations/<int:invitation>/renvoyer", methods=["POST"])
@requires(Permission.MANAGE_ACCESS)
def resend(organisation: int, invitation: int) -> ResponseReturnValue:
    """Send an invitation again."""
    invitations.resend(_office(), identity(), session_token(), invitation)
    flash("L’invitation est repartie, pour trois jours. L’ancien lien ne sert plus.")
    return _to(organisation)


@pages.route(f"{PAGE}/invitations/<int:invitation>/retirer", methods=["POST"])
@requires(Permission.READ_ACCOUNTS)
def revoke(organisation: int, invitation: int) -> ResponseReturnValue:
    """Take an invitation back, or refuse to confirm it."""
    invitations.revoke(gate(), identity(), session_token(), invitation)
    flash("L’invitation est retirée : son lien ne sert plus.")
    return _to(organisation)


@pages.route(f"{PAGE}/invitations/<int:invitation>/confirmer", methods=["POST"])
@requires(Permission.CONFIRM_ACCESS, fresh=True)
def confirm_access(organisation: int, invitation: int) -> ResponseReturnValue:
    """Confirm that somebody may see cases."""
    invitations.confirm(gate(), identity(), session_token(), invitation)
    flash("C’est confirmé : l’accès commence dès que la personne a accepté.")
    return _to(organisation)


@pages.route(f"{PAGE}/acces/<int:membership>/fermer", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCESS, fresh=True)
def end_access(organisation: int, membership: int) -> ResponseReturnValue:
    """End an access, after saying who takes over the open work."""
    me, token = identity(), session_token()
    found, followers = access.access_to_end(session(), me, organisation, membership)
    work = gate().open_work(me.slug, token, membership)
    form = Form(EndAccessSchema())
    asked = form.read() if _posted() else None
    if asked is not None:
        try:
            departures.end_access(gate(), me, token, membership, asked.successor)
            flash(f"L’accès de {found.name} est fermé.")
            return _to(organisation)
        except departures.NoSuccessor as refused:
            form.refuse(refused)
    shown = {"access": found, "work": work, "followers": followers, "organisation": organisation}
    return render_template("accounts/end_access.html", form=form, **shown), form.status


@pages.route(f"{PAGE}/acces/<int:membership>/gestion", methods=["POST"])
@requires(Permission.NAME_MANAGER, fresh=True)
def name_manager(organisation: int, membership: int) -> ResponseReturnValue:
    """Say who manages the accesses of an organisation."""
    asked = Form(NameManagerSchema()).read()
    if asked is None:
        raise BadRequest
    departures.name_manager(gate(), identity(), session_token(), membership, manages=asked.manages)
    flash("C’est noté.")
    return _to(organisation)


@pages.route(f"{PAGE}/relecture", methods=["POST"])
@requires(Permission.MANAGE_ACCESS)
def review(organisation: int) -> ResponseReturnValue:
    """Note that the accesses were read over and are right."""
    departures.note_review(gate(), identity(), session_token(), organisation)
    flash("La relecture est notée à la date d’aujourd’hui.")
    return _to(organisation)


@pages.route(f"{PAGE}/demandes/<int:asked>/ecarter", methods=["POST"])
@requires(Permission.MANAGE_ACCESS)
def dismiss(organisation: int, asked: int) -> ResponseReturnValue:
    """Put a request to join aside."""
    invitations.dismiss(gate(), identity(), session_token(), asked)
    flash("La demande est écartée.")
    return _to(organisation)


SENT = "L’invitation est partie. Son lien sert une fois, pendant trois jours."
SENT_AND_WAITS = (
    "L’invitation est partie. Ce rôle voit des dossiers : l’accès commencera quand la coordinatrice, ou"
    " la personne qui gère cet organisme, l’aura confirmé."
)


def _posted() -> bool:
    return request.method == "POST"


def _to(organisation: int, status: int = 303) -> ResponseReturnValue:
    return redirect(url_for("accounts.organisation", organisation=organisation), status)


def _office() -> invitations.Office:
    found = resources()
    return invitations.Office(gate(), found.vault, found.settings.origin(identity().slug))
