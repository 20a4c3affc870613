"""The providers of identity that a tenant file names: what they mean, and what they become.

The secret is never in the file: `secret` is the name of a variable of the environment that holds it,
or whose name followed by `_FILE` holds the path of the file that does.
"""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from microcredit.accounts.codes import ROLES_OFFERED
from microcredit.accounts.services.sso.errors import Refused
from microcredit.accounts.services.sso.exchange import seal_secret
from microcredit.accounts.services.sso.network import check_address
from microcredit.accounts.sso_schemas import OPEN_ROLES, Admission, Profile
from microcredit.groupings.codes import OrganisationKind
from microcredit.kernel.permissions import Role
from microcredit.kernel.vault import Vault
from microcredit.settings import SettingsError, provider_secret
from microcredit.tenant_files.territory import Provider, Territory

Where = tuple[str | int, ...]
Faults = Iterator[tuple[Where, str]]

SET_UP = text(
    "SELECT gate.set_up_provider(:name, :issuer, :client, :sealed, :organisation, :role, :admission,"
    " :domain, :siret, :profile, :acr, :amr)"
)
STORED = text("SELECT * FROM gate.set_up_providers()")


def faults_of(territory: Territory) -> Faults:
    """Every rule that the [[providers]] of a file break: where, and a French sentence."""
    kinds = dict(_kinds(territory))
    providers = territory.get("providers", [])
    for index, provider in enumerate(providers):
        where: Where = ("providers", index)
        yield from _issuer(where, provider, providers[:index])
        yield from _role(where, provider, kinds)
        yield from _admission(where, provider)


def secrets_of(territory: Territory) -> list[str]:
    """The secret of each provider. Raises SettingsError, with the key of the file it is about."""
    found = []
    for index, provider in enumerate(territory["providers"]):
        try:
            found.append(provider_secret(provider["secret"]))
        except SettingsError as error:
            raise SettingsError(f"providers[{index + 1}].secret : {error}") from error
    return found


def set_up(
    session: Session, vault: Vault, slug: str, territory: Territory, secrets: Sequence[str],
    organisations: Mapping[str, int],
) -> None:  # fmt: skip
    """Write the providers of a new tenant, which the session has entered; `organisations`: ids by name."""
    for provider, secret in zip(territory["providers"], secrets, strict=True):
        issuer, client = provider["issuer"], provider["client_id"]
        values = {
            "name": provider["name"], "issuer": issuer, "client": client,
            "sealed": seal_secret(vault, slug, issuer, client, secret),
            "organisation": organisations[provider["organisation"]], "role": provider["role"],
            "admission": provider["admission"], "domain": provider["domain"].lower() or None,
            "siret": provider["siret"] or None, "profile": provider["profile"],
            "acr": provider["requires_acr"], "amr": provider["requires_amr"],
        }  # fmt: skip
        if session.scalar(SET_UP, values) is not True:
            raise LookupError(
                f"{provider['organisation']} does not give the role {provider['role']}"
            )


def facts_of_file(territory: Territory) -> Iterator[tuple[str, str]]:
    """What the file says of its providers, all but where their secrets are."""
    for each in territory["providers"]:
        yield from _facts(
            each["issuer"], each["client_id"], each["name"], each["organisation"], each["role"],
            _who(each["admission"], each["domain"].lower(), each["siret"]),
            each["profile"], [*each["requires_acr"], *each["requires_amr"]],
        )  # fmt: skip


def facts_of_database(session: Session, names: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    """What the database says of them; `names`: the organisations by id."""
    for row in session.execute(STORED):
        yield from _facts(
            row.issuer, row.client_id, row.name, names[row.organisation_id], row.role,
            _who(row.admission, row.domain or "", row.siret or ""),
            row.profile, [*row.requires_acr, *row.requires_amr],
        )  # fmt: skip


def _facts(
    issuer: str, client: str, name: str, organisation: str, role: str, who: str, profile: str,
    required: Sequence[str],
) -> Iterator[tuple[str, str]]:  # fmt: skip
    about = f"fournisseur {issuer} ({client}) :"
    yield f"{about} bouton", f"« {name} »"
    yield f"{about} accès", f"{organisation}, {Role(role).label}"
    yield f"{about} entrée", who
    yield f"{about} sorte", Profile(profile).label
    yield f"{about} vérification exigée", " ".join(required) or "aucune"


def _who(admission: str, domain: str, siret: str) -> str:
    rule = [domain and f"domaine {domain}", siret and f"SIRET {siret}"]
    return ", ".join([admission, *filter(None, rule)])


def _kinds(territory: Territory) -> Iterator[tuple[str, str]]:
    for each in territory.get("organisations", []):
        if "name" in each and "kind" in each:
            yield each["name"], each["kind"]
    yield from (
        (bank["name"], OrganisationKind.BANK.value)
        for bank in territory.get("banks", [])
        if "name" in bank
    )
    for funder in territory.get("funders", []):
        if "name" in funder:
            yield funder["name"], OrganisationKind.FUNDER.value


def _issuer(where: Where, provider: Provider, before: Sequence[Provider]) -> Faults:
    issuer = provider.get("issuer")
    if issuer is None:
        return
    try:
        check_address(issuer, loopback=False)
    except Refused:
        yield (
            (*where, "issuer"),
            "Une adresse publique est attendue, qui commence par https:// et sans « # ».",
        )
    same = (issuer, provider.get("client_id"))
    if any((other.get("issuer"), other.get("client_id")) == same for other in before):
        yield (*where, "client_id"), "Ce fournisseur est écrit deux fois, avec ce même client."


def _role(where: Where, provider: Provider, kinds: Mapping[str, str]) -> Faults:
    name, role = provider.get("organisation"), provider.get("role")
    if name is not None and name not in kinds:
        yield (*where, "organisation"), f"« {name} » n’est le nom d’aucun organisme de ce fichier."
    elif name is not None and role and role not in ROLES_OFFERED[OrganisationKind(kinds[name])]:
        yield (*where, "role"), f"« {name} » ne donne pas le rôle « {role} »."


def _admission(where: Where, provider: Provider) -> Faults:
    if not {"admission", "profile", "domain", "siret"} <= set(provider):
        return  # unreadable: said elsewhere
    rule = provider["admission"] == Admission.RULE.value
    proconnect = provider["profile"] == Profile.PROCONNECT.value
    if proconnect and not provider["siret"]:
        yield (
            (*where, "siret"),
            "ProConnect connaît les agents de toute la France : indiquez le SIRET de l’organisme.",
        )
    elif rule and not (provider["domain"] or provider["siret"]):
        yield (
            (*where, "admission"),
            "Une règle a besoin d’un domaine (domain) ou d’un SIRET (siret).",
        )
    if not rule and (provider["domain"] or (provider["siret"] and not proconnect)):
        yield (
            (*where, "admission"),
            'Un domaine ou un SIRET ne sert qu’avec une règle : admission = "rule".',
        )
    if provider["admission"] != Admission.INVITED.value and provider.get("role") not in (
        None,
        *OPEN_ROLES,
    ):
        yield (
            (*where, "admission"),
            'Ce rôle voit des dossiers : il ne s’ouvre que par une invitation, admission = "invited".',
        )
