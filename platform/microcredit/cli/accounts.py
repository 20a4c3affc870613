"""`microcredit accounts`: first accounts and lost passwords, for whoever runs the platform."""

import getpass
import sys
from datetime import date

import click
from sqlalchemy.orm import Session

from microcredit.accounts.services import hash_password
from microcredit.cli import grants
from microcredit.cli.french import DayType, Group
from microcredit.cli.tenants import operator_of
from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.errors import DomainError
from microcredit.settings import from_environment

SHORTEST, LONGEST = 12, 200  # characters

of_tenant = click.option(
    "--tenant", required=True, metavar="NOM", help="Le territoire, par son nom dans les adresses."
)
with_email = click.option("--email", required=True, metavar="ADRESSE", help="Adresse électronique.")
from_stdin = click.option(
    "--password-stdin",
    is_flag=True,
    help="Lit le mot de passe sur l’entrée standard, au lieu de le demander.",
)


class PasswordRefused(DomainError):
    """No password could be read, or it is too short."""

    status = 400


@click.group(cls=Group, subcommand_metavar="COMMANDE [OPTIONS]")
def accounts() -> None:
    """Les comptes d’un territoire."""


@accounts.command()
@of_tenant
@with_email
@click.option("--name", required=True, metavar="NOM", help="Prénom et nom.")
@click.option("--organisation", required=True, metavar="NOM", help="L’organisme, par son nom.")
@click.option("--role", required=True, metavar="RÔLE", help="Le rôle, par exemple case_worker.")
@click.option(
    "--from", "valid_from", type=DayType(), metavar="DATE", help="Début de l’accès (aujourd’hui)."
)
@from_stdin
def new(
    tenant: str,
    email: str,
    name: str,
    organisation: str,
    role: str,
    valid_from: date | None,
    password_stdin: bool,
) -> None:
    """Crée un compte, ou ajoute un rôle à un compte."""
    settings = from_environment()
    grant = grants.read(
        {
            "email": email,
            "name": name,
            "organisation": organisation,
            "role": role,
            "valid_from": valid_from or today_in_paris(),
        }
    )
    with operator_of(settings) as operator:
        with Session(operator) as session, session.begin():
            grants.enter(session, tenant)
            is_new = grants.check(session, grant)[1] is None
        password_hash = hash_password(ask(password_stdin)) if is_new else None
        with Session(operator) as session, session.begin():
            grants.enter(session, tenant)
            account = grants.give(session, grant, password_hash)
            kept = account.name
    said = "compte créé" if is_new else f"rôle ajouté au compte de {kept}"
    click.echo(f"{tenant} : {said} ({grant.email}, {grant.role.value}).")
    click.echo(f"Adresse de connexion : {settings.origin(tenant)}")


@accounts.command()
@of_tenant
@with_email
@from_stdin
def password(tenant: str, email: str, password_stdin: bool) -> None:
    """Change un mot de passe et ferme les sessions."""
    settings = from_environment()
    known = grants.address(email)
    with operator_of(settings) as operator:
        with Session(operator) as session, session.begin():
            grants.enter(session, tenant)
            grants.known_account(session, known)
        password_hash = hash_password(ask(password_stdin))
        with Session(operator) as session, session.begin():
            grants.enter(session, tenant)
            grants.set_password(session, known, password_hash)
    click.echo(f"{tenant} : mot de passe changé pour {known} ; ses sessions sont fermées.")


def ask(from_standard_input: bool) -> str:
    """A password: the first line of the standard input, or typed twice without being shown.

    Raises PasswordRefused.
    """
    if from_standard_input:
        line = sys.stdin.buffer.readline(4 * LONGEST + 2)
        try:
            typed = line.decode().rstrip("\r\n")
        except UnicodeDecodeError as wrong:
            raise PasswordRefused("Le mot de passe n’est pas du texte en UTF-8.") from wrong
    elif sys.stdin.isatty():
        typed = getpass.getpass("Mot de passe (12 caractères au moins) : ")
        if getpass.getpass("Le même, encore une fois : ") != typed:
            raise PasswordRefused("Les deux mots de passe ne sont pas les mêmes.")
    else:
        raise PasswordRefused("Il n’y a pas de terminal : ajoutez --password-stdin.")
    if not SHORTEST <= len(typed) <= LONGEST or not typed.isprintable():
        raise PasswordRefused(
            f"Le mot de passe doit compter de {SHORTEST} à {LONGEST} caractères lisibles."
        )
    return typed
