"""`microcredit tenants`: the files of the territories, and what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from sqlalchemy import Engine

from microcredit import tenant_files
from microcredit.cli.french import DayType, FolderType, Group
from microcredit.kernel.database import open_pools
from microcredit.kernel.vault import Vault
from microcredit.settings import ROOT, Settings, SettingsError, from_environment
from microcredit.web.formatting import plural

in_folder = click.option(
    "--folder",
    type=FolderType(),
    default=ROOT / "tenants",
    metavar="DOSSIER",
    help="Le dossier des fichiers, s’il n’est pas « tenants ».",
)


@contextmanager
def operator_of(settings: Settings) -> Iterator[Engine]:
    """The engine of the operator role. Raises SettingsError when it is not configured."""
    if not settings.operator_url:
        raise SettingsError(
            "Il manque : MICROCREDIT_OPERATOR_URL (l’adresse de la base pour le rôle "
            "microcredit_operator)."
        )
    pools = open_pools(settings.database_url, settings.gate_url, operator=settings.operator_url)
    try:
        if pools.operator is not None:
            yield pools.operator
    finally:
        pools.dispose()


@click.group(cls=Group, subcommand_metavar="COMMANDE [OPTIONS]")
def tenants() -> None:
    """Les territoires et leurs fichiers."""


@tenants.command()
@click.option(
    "--lead", required=True, metavar="CODE", help="Commune du CCAS porteur, par son code INSEE."
)
@click.option(
    "--member", "members", multiple=True, metavar="CODE", help="Autre commune ; à répéter."
)
@click.option("--name", default="", metavar="NOM", help="Nom affiché du territoire.")
@click.option("--slug", default="", metavar="NOM", help="Nom du territoire dans les adresses.")
@click.option("--prefix", default="", metavar="LETTRES", help="Début des numéros de dossier.")
@click.option(
    "--from",
    "joined",
    type=DayType(),
    metavar="DATE",
    help="Date d’adhésion des CCAS (aujourd’hui).",
)
@in_folder
def new(
    lead: str,
    members: tuple[str, ...],
    name: str,
    slug: str,
    prefix: str,
    joined: date | None,
    folder: Path,
) -> None:
    """Écrit le fichier d’un nouveau territoire."""
    choices = tenant_files.Choices(slug, name, prefix, joined)
    path = tenant_files.new(folder, lead, members, choices)
    click.echo(f"{path} est écrit et valide.")
    click.echo("À compléter avant de créer le territoire :")
    click.echo("  - la banque partenaire et ses conditions de prêt ([[banks]]) ;")
    click.echo("  - les autres prescripteurs et le financeur, s’il y en a ;")
    click.echo("  - les dates d’adhésion et les délais arrêtés par la commission.")
    click.echo("Ensuite : microcredit tenants sync")


@tenants.command()
@in_folder
def check(folder: Path) -> int:
    """Relit tous les fichiers et dit toutes leurs erreurs."""
    faults = tenant_files.check(folder)
    for fault in faults:
        click.echo(str(fault), err=True)
    if not faults:
        click.echo("Tous les fichiers sont valides.")
    return 2 if faults else 0


@tenants.command()
@in_folder
def sync(folder: Path) -> int:
    """Crée les territoires qui manquent ; dit ce qui diffère des autres."""
    settings = from_environment()
    faults = tenant_files.check(folder)
    for fault in faults:
        click.echo(str(fault), err=True)
    with operator_of(settings) as operator:
        for line in tenant_files.sync(operator, Vault(settings.master_key), folder):
            click.echo(line)
    return 2 if faults else 0


@tenants.command(name="list")
def list_tenants() -> None:
    """Dit quels territoires existent."""
    settings = from_environment()
    with operator_of(settings) as operator:
        known = tenant_files.list_tenants(operator)
    for each in known:
        kind = "  (démonstration)" if each.is_demo else ""
        address = settings.origin(each.slug)
        click.echo(f"{each.slug}  {each.number_prefix}  {each.name}  {address}{kind}")
    click.echo(f"{plural(len(known), 'territoire', 'territoires')}.")
