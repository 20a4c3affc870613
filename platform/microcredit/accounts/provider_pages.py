"""The administrator's page of providers, and of those who wait to be accepted."""

from dataclasses import asdict, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.accounts.blueprint import gate, pages
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
        back=_return_address(provider),
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
    acr = found["requires_acr"]
    return {
        **{name: found[name] for name in (
            "name", "issuer", "client_id", "role", "admission", "domain", "siret", "profile")},
        "organisation": found["organisation_id"],
        "requires_acr": " ".join(acr) if isinstance(acr, tuple) else "",
    }  # fmt: skip


def _return_address(provider: int) -> str:
    """What the provider must know of us; empty for one that has no number yet."""
    back = url_for("accounts.come_back", provider=provider)
    return resources().settings.origin(identity().slug) + back if provider else ""
