"""`microcredit audit`: verify the trail, and export its heads to where nobody here can write."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import click
from sqlalchemy import Connection, create_engine, text

from microcredit.cli.french import Group
from microcredit.kernel import trail
from microcredit.kernel.errors import DomainError
from microcredit.settings import SettingsError, from_environment


class TrailBroken(DomainError):
    """A chain does not hold; the message names the row."""

    status = 500


class UnreadableHeads(DomainError):
    """The file holds no heads."""

    status = 422
    message = (
        "Ce fichier ne contient pas de têtes de chaîne écrites par « microcredit audit heads »."
    )


@click.group(cls=Group, subcommand_metavar="COMMANDE [OPTIONS]")
def audit() -> None:
    """Vérifie la trace des consultations et des actes."""


@audit.command()
@click.option("--tenant", default="", metavar="SLUG", help="Un seul territoire.")
@click.option("--heads", type=click.File(encoding="utf-8"), metavar="FICHIER",
              help="Des têtes gardées ailleurs, pour voir si la fin a été coupée.")  # fmt: skip
def verify(tenant: str, heads: IO[str] | None) -> None:
    """Recalcule chaque chaîne et nomme le premier événement qui ne tient pas."""
    try:
        kept = trail.read_heads(heads.read()) if heads else []
    except ValueError as wrong:
        raise UnreadableHeads from wrong
    with _as_owner() as connection:
        verdicts = trail.verify(connection, tenant, kept)
    for one in verdicts:
        click.echo(f"{one.slug} : {one.fault or f'{one.events} événements, chaîne intacte'}.")
    broken = [one for one in verdicts if one.fault]
    if broken:
        raise TrailBroken("La trace ne tient pas : " + ", ".join(one.slug for one in broken) + ".")


@audit.command()
@click.option("--tenant", default="", metavar="SLUG", help="Un seul territoire.")
def heads(tenant: str) -> None:
    """Écrit la tête de chaque chaîne, à garder hors d’ici."""
    with _as_owner() as connection:
        click.echo(trail.as_text(trail.heads(connection, tenant)), nl=False)


@contextmanager
def _as_owner() -> Iterator[Connection]:
    settings = from_environment()
    if not settings.migration_url:
        raise SettingsError("Il manque : MICROCREDIT_MIGRATION_URL (un administrateur de la base).")
    engine = create_engine(settings.migration_url, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SET ROLE microcredit_owner{settings.role_suffix}"))
            connection.execute(text("SET TRANSACTION READ ONLY"))
            yield connection
    finally:
        engine.dispose()
