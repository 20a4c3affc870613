"""The command `microcredit`: what whoever runs the platform types. French; errors in one line."""

import io
import sys
from collections.abc import Sequence
from dataclasses import replace

import click
from psycopg import Error as PostgresError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from microcredit import worker as background
from microcredit import wsgi
from microcredit.app import NotReady
from microcredit.cli.accounts import accounts
from microcredit.cli.audit import audit
from microcredit.cli.french import Group, PortType, sentence
from microcredit.cli.tenants import tenants
from microcredit.demo import run as demonstration
from microcredit.embedded.folders import ServerError
from microcredit.kernel import migrate as migrations
from microcredit.kernel.errors import DomainError
from microcredit.kernel.provision import ProvisionError, check_version
from microcredit.settings import SettingsError, from_environment

FAILED, REFUSED = 1, 2

#: What PostgreSQL says when a database is there, but not as a migration would have left it.
UNDEFINED = ("42P01", "42883", "3F000", "42501", "42704", "22023")
MAY_OWN = text(
    "SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = :owner"
)

EXPECTED = (
    click.Abort,
    click.ClickException,
    demonstration.DemoRunning,
    DomainError,
    KeyboardInterrupt,
    OSError,
    ProvisionError,
    ServerError,
    SettingsError,
    SQLAlchemyError,
    NotReady,
    wsgi.PortTaken,
)


@click.group(cls=Group, subcommand_metavar="COMMANDE [OPTIONS]")
def microcredit() -> None:
    """Plateforme Microcrédit : le microcrédit personnel accompagné des CCAS.

    Les réglages se lisent dans l’environnement (voir README). Chaque commande répond à --help.
    """


microcredit.add_command(tenants)
microcredit.add_command(accounts)
microcredit.add_command(audit)


@microcredit.command()
@click.option(
    "--port", type=PortType(), metavar="N", help="Le port, s’il n’est pas MICROCREDIT_PORT."
)
def serve(port: int | None) -> None:
    """Sert l’application."""
    settings = from_environment()
    wsgi.serve(replace(settings, port=port) if port else settings)


@microcredit.command()
def worker() -> None:
    """Exécute les travaux de fond."""
    background.run(from_environment())


@microcredit.command()
def migrate() -> None:
    """Met la base à niveau."""
    settings = from_environment()
    if not settings.migration_url:
        raise SettingsError("Il manque : MICROCREDIT_MIGRATION_URL (un administrateur de la base).")
    engine = create_engine(settings.migration_url, connect_args={"connect_timeout": 5})
    owner = f"microcredit_owner{settings.role_suffix}"
    try:
        check_version(engine)
        with engine.connect() as connection:
            may_own = connection.scalar(MAY_OWN, {"owner": owner})
    finally:
        engine.dispose()
    if not may_own:
        raise ProvisionError(
            f"Le compte de MICROCREDIT_MIGRATION_URL ne peut pas agir comme {owner}."
        )
    migrations.upgrade(settings.migration_url, settings.role_suffix)
    click.echo(f"La base est à niveau ({migrations.head()}).")


@microcredit.command()
@click.option("--port", type=PortType(), default=8000, metavar="N", help="Le port (8000).")
@click.option("--reset", is_flag=True, help="Repart de données neuves.")
def demo(port: int, reset: bool) -> None:
    """Sert les territoires de démonstration, avec leur propre base."""
    demonstration.run(port=port, reset=reset)


def main() -> None:
    """Run what was typed, and leave with its status: 0 done, 1 failed, 2 refused."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The exit status of a command; an error is one line on stderr."""
    try:
        status = microcredit.main(list(arguments), prog_name="microcredit", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as nothing_typed:
        click.echo(nothing_typed.ctx.get_help() if nothing_typed.ctx else "", err=True)
        return REFUSED
    except EXPECTED as wrong:
        said, failure = _explained(wrong)
        click.echo("Erreur : " + " ".join(said.splitlines()), err=True)
        return failure
    return status if isinstance(status, int) else 0


def _explained(error: BaseException) -> tuple[str, int]:
    """The sentence and the exit status of an error."""
    match error:
        case click.ClickException():
            return sentence(error), REFUSED
        case DomainError():
            return str(error), FAILED if error.status >= 500 else REFUSED
        case SettingsError():
            return str(error), REFUSED
        case SQLAlchemyError():
            return _of_database(error), FAILED
        case click.Abort() | KeyboardInterrupt():
            return "La commande est interrompue.", FAILED
        case OSError(strerror=str(reason)):
            return f"Le système répond « {reason} ».", FAILED
    return str(error), FAILED


def _of_database(error: SQLAlchemyError) -> str:
    """What happened, without addresses, passwords or personal data."""
    if isinstance(error, DBAPIError):
        code = _sqlstate(error)
        if code in UNDEFINED:
            return (
                "La base n’est pas à niveau, ou pas pour ce rôle : lancez « microcredit migrate »."
            )
        if isinstance(error, OperationalError):
            return "La base de données est injoignable, ou refuse le mot de passe de ce rôle."
        return f"La base de données a refusé la commande (code {code})."
    return "L’adresse de la base de données n’est pas lisible (DATABASE_URL et ses pareilles)."


def _sqlstate(error: DBAPIError) -> str | None:
    return error.orig.sqlstate if isinstance(error.orig, PostgresError) else None
