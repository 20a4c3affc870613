"""The administrator's acts on providers and on those who wait to be accepted."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.accounts.gate import Gate
from microcredit.accounts.gate.provider_settings import Setting
from microcredit.accounts.services.sso.errors import Refused
from microcredit.accounts.services.sso.exchange import seal_secret
from microcredit.accounts.services.sso.network import check_address
from microcredit.accounts.sso_schemas import SaveProvider
from microcredit.groupings.models import Organisation
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.vault import Vault


class ProviderRefused(DomainError):
    """What was typed about a provider cannot be kept."""

    status = 422


OBJECTIONS = {
    "role": ("role", "Cet organisme ne donne pas ce rôle."),
    "twice": ("issuer", "Ce fournisseur est déjà là, avec ce même identifiant de client."),
    "secret": (
        "secret",
        "Indiquez le secret : il change avec l’adresse ou l’identifiant de client.",
    ),
}


def save(
    gate: Gate, vault: Vault, slug: str, token: str, asked: SaveProvider, *, loopback: bool
) -> None:
    """Add a provider, or make the next version of one. Raises ProviderRefused, NotFound."""
    try:
        check_address(asked.issuer, loopback=loopback)
    except Refused as refused:
        raise _objection(
            "issuer", "Une adresse publique est attendue, qui commence par https:// et sans « # »."
        ) from refused
    sealed = (
        seal_secret(vault, slug, asked.issuer, asked.client_id, asked.secret)
        if asked.secret
        else None
    )
    setting = Setting(
        asked.provider, 0, asked.name, asked.issuer, asked.client_id, asked.organisation, "",
        asked.role, asked.admission, asked.domain.lower() if asked.admission == "rule" else "",
        asked.siret if asked.admission == "rule" or asked.profile == "proconnect" else "",
        asked.profile, words(asked.requires_acr), words(asked.requires_amr), True,
    )  # fmt: skip
    outcome = gate.save_provider(slug, token, setting, sealed)
    if outcome in OBJECTIONS:
        raise _objection(*OBJECTIONS[outcome])
    if outcome != "saved":
        raise NotFound("Ce fournisseur n’existe pas.")


def one(gate: Gate, slug: str, token: str, provider_id: int) -> Setting | None:
    """A provider as it stands; None for number 0, a new one. Raises NotFound."""
    if not provider_id:
        return None
    for setting in gate.providers(slug, token):
        if setting.id == provider_id:
            return setting
    raise NotFound("Ce fournisseur n’existe pas.")


def organisations(session: Session) -> list[Organisation]:
    """Every organisation of the territory, by name."""
    return list(session.scalars(select(Organisation).order_by(Organisation.name)))


def switch(gate: Gate, slug: str, token: str, provider_id: int, *, active: bool) -> None:
    """Switch a provider on or off. Raises NotFound when nothing changes."""
    if not gate.switch_provider(slug, token, provider_id, active=active):
        raise NotFound("Ce fournisseur n’existe pas, ou il est déjà ainsi.")


def decide(gate: Gate, slug: str, token: str, arrival_id: int, *, accept: bool) -> None:
    """Accept somebody who waits, or not. Raises NotFound, ProviderRefused."""
    outcome = gate.decide_arrival(slug, token, arrival_id, accept=accept)
    if outcome == "taken":
        raise ProviderRefused(
            "Cette adresse a déjà un compte ici. Invitez la personne : elle reliera elle-même son compte."
        )
    if outcome == "changed":
        raise ProviderRefused(
            "Les réglages de ce fournisseur ont changé depuis. Invitez la personne."
        )
    if outcome == "unknown":
        raise NotFound("Personne n’attend sous ce numéro.")


def words(typed: str) -> tuple[str, ...]:
    """Codes separated by spaces, each once."""
    return tuple(dict.fromkeys(typed.split()))


def _objection(field: str, words: str) -> ProviderRefused:
    return ProviderRefused(words, fields={field: words})
