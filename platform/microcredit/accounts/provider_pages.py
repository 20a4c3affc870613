"""The administrator's page of providers, and of those who wait to be accepted."""

from dataclasses import asdict, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.accounts.blueprint import gate, pages
from microcredit.accounts.gate.provider_settings import Setting
from microcredit.accounts.services import sso
from microcredit.accounts.services.sso.settings import ProviderRefused, one
from microcredit.accounts.sso_schemas import (
    DecideArrivalSchema,
    SaveProvider,
    SaveProviderSchema,
    SwitchProviderSchema,
)
from microcredit.kernel.errors import NotFound
from microcredit.kernel.permissions import Permission, Role
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, resources, session, session_token

#: What ProConnect says of somebody's work, by its code: shown, and never required. A mission locale is
#: mostly an association, whose people are no public agents.
SAID = {
    "agent_public": "agent public",
    "agent_public_etat": "agent public de l’État",
    "agent_public_territorial": "agent public territorial",
}


@pages.route("/fournisseurs")
@requires(Permission.MANAGE_PROVIDERS)
def providers() -> ResponseReturnValue:
    """Every provider, and everybody who waits."""
    slug, token = identity().slug, session_token()
    return render_template(
        "accounts/providers.html",
        providers=gate().providers(slug, token),
        arrivals=gate().arrivals(slug, token),
        role_of={role.value: role.label for role in Role},
        said_of=SAID,
    )


@pages.route("/fournisseurs/<int:provider>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PROVIDERS, fresh=True)
def provider(provider: int) -> ResponseReturnValue:
    """Add a provider (0), or change one."""
    found = one(gate(), identity().slug, session_token(), provider)
    form = Form(SaveProviderSchema(), _shown(asdict(found)) if found else None)
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        try:
            _save(replace(asked, provider=provider))
            flash("Le fournisseur est enregistré. Essayez-le dans un autre navigateur.")
            return redirect(url_for("accounts.providers"), 303)
        except ProviderRefused as refused:
            form.refuse(refused)
    organisations = [(place.id, place.name) for place in sso.organisations(session())]
    return render_template(
        "accounts/provider.html", form=form, found=found, provider=provider, organisations=organisations,
        back=_return_address(found),
    ), form.status  # fmt: skip


@pages.route("/fournisseurs/etat", methods=["POST"])
@requires(Permission.MANAGE_PROVIDERS, fresh=True)
def switch_provider() -> ResponseReturnValue:
    """Switch a provider on or off."""
    asked = Form(SwitchProviderSchema()).read()
    if asked is None:
        raise NotFound("Ce fournisseur n’existe pas.")
    sso.switch(gate(), identity().slug, session_token(), asked.provider, active=asked.active)
    flash("Le fournisseur est de nouveau proposé." if asked.active
          else "Le fournisseur n’est plus proposé, et les sessions ouvertes par lui sont terminées.")  # fmt: skip
    return redirect(url_for("accounts.providers"), 303)


@pages.route("/fournisseurs/arrivees", methods=["POST"])
@requires(Permission.MANAGE_PROVIDERS, fresh=True)
def decide_arrival() -> ResponseReturnValue:
    """Accept somebody who waits, or not."""
    asked = Form(DecideArrivalSchema()).read()
    if asked is None:
        raise NotFound("Personne n’attend sous ce numéro.")
    sso.decide(gate(), identity().slug, session_token(), asked.arrival, accept=asked.accept)
    flash("La personne a maintenant accès." if asked.accept else "L’arrivée est refusée.")
    return redirect(url_for("accounts.providers"), 303)


def _save(asked: SaveProvider) -> None:
    loopback = resources().settings.loopback_providers
    sso.save(gate(), resources().vault, identity().slug, session_token(), asked, loopback=loopback)


def _shown(found: dict[str, object]) -> dict[str, object]:
    """A setting as the form names it."""
    return {
        **{name: found[name] for name in (
            "name", "issuer", "client_id", "role", "admission", "domain", "siret", "profile")},
        "organisation": found["organisation_id"],
        "requires_acr": _joined(found["requires_acr"]),
        "requires_amr": _joined(found["requires_amr"]),
    }  # fmt: skip


def _joined(codes: object) -> str:
    return " ".join(codes) if isinstance(codes, tuple) else ""


def _return_address(found: Setting | None) -> tuple[str, str]:
    """What the provider must know of us, for coming back and for leaving; empty for a new one."""
    if found is None:
        return "", ""
    settings = resources().settings
    if found.profile == "proconnect":
        shared = settings.origin("auth")
        back = shared + url_for("accounts.come_back_to_all")
        return back, shared + url_for("accounts.leave_to_all")
    own = settings.origin(identity().slug)
    back = url_for("accounts.come_back", provider=found.id)
    return own + back, own + url_for("accounts.left")
