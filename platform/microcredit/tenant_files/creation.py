"""Turns tenant files into tenants: creates what is missing, says what differs, changes nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from microcredit.governance.models import Action, ActionLead, Delay, Threshold
from microcredit.groupings.codes import OrganisationKind, ParticipationKind
from microcredit.groupings.models import (
    Commune,
    CommunePopulation,
    Organisation,
    Origin,
    Participation,
)
from microcredit.kernel.tenancy import enter_setup
from microcredit.kernel.vault import Vault
from microcredit.lenders.models import LoanTerms
from microcredit.settings import SettingsError
from microcredit.tenant_files import providers
from microcredit.tenant_files.comparison import differences
from microcredit.tenant_files.reading import TenantFile, read_folder
from microcredit.tenant_files.territory import (
    Bank,
    Delays,
    Period,
    Territory,
    Thresholds,
    values_of,
)
from microcredit.web.formatting import plural

TENANTS = text("SELECT id, slug, name, number_prefix, is_demo, sha256 FROM tenancy.tenants()")
CREATE = text("SELECT tenancy.create_tenant(:slug, :name, :prefix, :demo)")

#: Two deployers that synchronise together wait for one another, so that each sees what is there.
ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('microcredit tenants sync', 0))")


@dataclass(frozen=True)
class Tenant:
    """A tenant of this deployment; `sha256` is that of the file it was created from."""

    id: int
    slug: str
    name: str
    number_prefix: str
    is_demo: bool
    sha256: str | None


def list_tenants(operator: Engine) -> list[Tenant]:
    """Every tenant, by slug. `operator` is the engine of the operator role."""
    with Session(operator) as session:
        return tenants(session)


def tenants(session: Session) -> list[Tenant]:
    """Every tenant, by slug, in the operator's session."""
    return [Tenant(*row) for row in session.execute(TENANTS)]


def sync(operator: Engine, vault: Vault, folder: Path, demo: Collection[str] = ()) -> list[str]:
    """Create the missing tenants of `folder`; one French line or more for each file.

    `operator` is the engine of the operator role; a tenant whose slug is in `demo` is created as a
    demonstration. Each tenant is one transaction. A file with faults creates nothing. A tenant that
    exists is left as it is: the lines say what its file and the database say differently.
    Raises FolderUnusable, RegisterMissing.
    """
    lines: list[str] = []
    for file in read_folder(folder):
        if file.faults:
            count = plural(len(file.faults), "erreur", "erreurs")
            lines.append(f"{file.name} : {count}, rien n’est créé ni comparé.")
            continue
        with Session(operator) as session, session.begin():
            session.execute(ALONE)
            lines += _sync_one(session, vault, file, file.slug in demo)
    return lines


def _sync_one(session: Session, vault: Vault, file: TenantFile, is_demo: bool) -> list[str]:
    known = tenants(session)
    mine = next((tenant for tenant in known if tenant.slug == file.slug), None)
    if mine is None:
        return [_create(session, vault, file, is_demo, known)]
    lines = []
    if is_demo and not mine.is_demo:
        lines.append(f"{file.slug} : existe déjà, mais pas comme démonstration.")
    if mine.sha256 == file.sha256:
        return [*lines, f"{file.slug} : existe déjà, rien à faire."]
    enter_setup(session, file.slug)
    found = differences(session, file.territory, mine.name, mine.number_prefix)
    if not found:
        found = ["existe déjà ; son fichier a changé, mais pas ce qu’il configure."]
    return lines + [f"{file.slug} : {difference}" for difference in found]


def _create(
    session: Session, vault: Vault, file: TenantFile, is_demo: bool, known: Collection[Tenant]
) -> str:
    territory = file.territory
    prefix = territory["number_prefix"]
    other = next((tenant for tenant in known if tenant.number_prefix == prefix), None)
    if other is not None:
        return (
            f"{file.name}, number_prefix : « {prefix} » commence déjà les numéros de "
            f"{other.slug}, rien n’est créé."
        )
    try:
        secrets = providers.secrets_of(territory)
    except SettingsError as error:
        return f"{file.name}, {error} Rien n’est créé."
    names = {"slug": file.slug, "name": territory["name"], "prefix": prefix, "demo": is_demo}
    session.execute(CREATE, names)
    enter_setup(session, file.slug)
    session.add(vault.new_key())
    session.add(Origin(sha256=file.sha256, content=file.text))
    organisations = configure(session, territory)
    providers.set_up(session, vault, file.slug, territory, secrets, organisations)
    kind = " (démonstration)" if is_demo else ""
    return f"{file.slug} : créé{kind}."


def configure(session: Session, territory: Territory) -> dict[str, int]:
    """Write the configuration of a new tenant, which the session has entered as the operator.

    Returns the ids of its organisations, by name. Its providers are written apart, with their secrets.
    """
    _communes(session, territory)
    organisations = _organisations(session, territory)
    for action in territory["actions"]:
        row = Action(code=action["code"], name=action["name"])
        session.add(row)
        session.flush()
        for lead in action["leads"]:
            leader = organisations[lead["organisation"]]
            session.add(ActionLead(action_id=row.id, organisation_id=leader, **_days(lead)))
    for bank in territory["banks"]:
        _terms(session, organisations[bank["name"]], bank)
    session.add_all(_delays(territory["delays"]))
    session.add_all(_thresholds(territory["thresholds"]))
    session.flush()
    return organisations


def _communes(session: Session, territory: Territory) -> None:
    for commune in territory["communes"]:
        session.add(
            Commune(
                code=commune["code"],
                name=commune["name"],
                epci_siren=commune["epci_siren"] or None,
                epci_name=commune["epci_name"] or None,
            )
        )
    session.flush()
    for commune in territory["communes"]:
        for population in commune["populations"]:
            session.add(
                CommunePopulation(
                    commune_code=commune["code"],
                    valid_from=population["valid_from"],
                    inhabitants=population["inhabitants"],
                    source=population["source"],
                )
            )
    session.flush()


def _organisations(session: Session, territory: Territory) -> dict[str, int]:
    """Write the organisations and what each is to the grouping; the ids by name."""
    ids: dict[str, int] = {}

    def add(name: str, kind: str, commune: str | None, roles: list[tuple[str, Period]]) -> None:
        row = Organisation(name=name, kind=kind, commune_code=commune)
        session.add(row)
        session.flush()
        ids[name] = row.id
        for role, period in roles:
            session.add(Participation(organisation_id=row.id, kind=role, **_days(period)))

    for each in territory["organisations"]:
        roles: list[tuple[str, Period]] = [(role["kind"], role) for role in each["participations"]]
        add(each["name"], each["kind"], each["commune"] or None, roles)
    for bank in territory["banks"]:
        role = ParticipationKind.LENDER.value
        add(bank["name"], OrganisationKind.BANK.value, None, [(role, bank)])
    for funder in territory["funders"]:
        role = ParticipationKind.FUNDER.value
        add(funder["name"], OrganisationKind.FUNDER.value, None, [(role, funder)])
    session.flush()
    return ids


def _terms(session: Session, bank_id: int, bank: Bank) -> None:
    for terms in bank["terms"]:
        session.add(
            LoanTerms(
                bank_id=bank_id,
                min_cents=terms["min_amount"],
                max_cents=terms["max_amount"],
                min_months=terms["min_months"],
                max_months=terms["max_months"],
                annual_rate=terms["annual_rate"],
                answer_days=terms["answer_days"],
                source=terms["source"],
                **_days(terms),
            )
        )


def _delays(blocks: list[Delays]) -> list[Delay]:
    """One row for each state of each block, until the next block that speaks of that state."""
    rows: list[Delay] = []
    following: dict[str, date] = {}
    for block in sorted(blocks, key=lambda block: block["valid_from"], reverse=True):
        start = block["valid_from"]
        for state, days in block["days"].items():
            if days is not None:
                end = following.get(state)
                rows.append(
                    Delay(
                        state=state,
                        valid_from=start,
                        valid_to=end,
                        days=days,
                        source=block["source"],
                    )
                )
                following[state] = start
    return rows


def _thresholds(blocks: list[Thresholds]) -> list[Threshold]:
    """One row for each threshold of each block, until the next block that speaks of it."""
    rows: list[Threshold] = []
    following: dict[str, date] = {}
    for block in sorted(blocks, key=lambda block: block["valid_from"], reverse=True):
        start, source = block["valid_from"], block["source"]
        for code, value in values_of(block).items():
            end = following.get(code)
            rows.append(
                Threshold(code=code, valid_from=start, valid_to=end, value=value, source=source)
            )
            following[code] = start
    return rows


def _days(period: Period) -> dict[str, date | None]:
    return {"valid_from": period["valid_from"], "valid_to": period.get("valid_to")}
