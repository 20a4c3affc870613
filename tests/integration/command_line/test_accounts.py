"""`microcredit accounts`: who gets access, with which password, and what is refused."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, text
from tests.commands import CommandLine

from microcredit.kernel.provision import Provision

PASSWORD = "une phrase assez longue"


def account(tenant: str, /, **changes: str) -> list[str]:
    """The options of a new account."""
    options = {
        "tenant": tenant,
        "email": "Claire.Morel@Example.org",
        "name": "Claire Morel",
        "organisation": "CCAS d'Auxi-le-Château",
        "role": "case_worker",
        **changes,
    }
    return [part for key, value in options.items() for part in (f"--{key}", value)]


def stored_hash(database: Provision, tenant: str, email: str) -> str | None:
    gate = create_engine(database.url("gate"))
    with gate.connect() as connection:
        known = text("SELECT password_hash FROM gate.credentials(:slug, :email)")
        found: str | None = connection.scalar(known, {"slug": tenant, "email": email})
    gate.dispose()
    return found


def test_an_account_is_created_then_gets_a_second_role_and_another_password(
    microcredit: CommandLine, tenant: str, database: Provision
):
    email = "claire.morel@example.org"
    new = ["accounts", "new", "--password-stdin"]
    answer = microcredit(*new, *account(tenant), typed=f"{PASSWORD}\n".encode())
    assert answer == (
        0,
        f"{tenant} : compte créé ({email}, case_worker).\n"
        f"Adresse de connexion : https://{tenant}.microcredit.example\n",
        "",
    )
    hashed = stored_hash(database, tenant, email)
    assert hashed is not None
    assert hashed.startswith("$argon2id$")
    assert PasswordHasher().verify(hashed, PASSWORD)

    microcredit.refuses(
        *new, *account(tenant), sentence=f"{email} est déjà case_worker dans « CCAS d’Auxi"
    )
    answer = microcredit(*new, *account(tenant, role="coordinator", name="Autre"))
    assert answer[0] == 0
    assert f"{tenant} : rôle ajouté au compte de Claire Morel" in answer[1]
    assert stored_hash(database, tenant, email) == hashed

    change = ["accounts", "password", "--password-stdin", "--tenant", tenant, "--email", email]
    answer = microcredit(*change, typed="une autre phrase, accentuée : é\r\n".encode())
    assert answer == (
        0, f"{tenant} : mot de passe changé pour {email} ; ses sessions sont fermées.\n", "",
    )  # fmt: skip
    changed = stored_hash(database, tenant, email)
    assert changed is not None
    assert PasswordHasher().verify(changed, "une autre phrase, accentuée : é")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tenant": "inconnu"}, "--tenant : ce territoire n’existe pas. Territoires : "),
        ({"tenant": "\udcff" * 9_000}, "--tenant : ce territoire n’existe pas."),
        ({"role": "chef"}, "--role : ce rôle n’existe pas. Rôles possibles : case_worker (Référente)"),
        ({"role": "r" * 10_240}, "--role : 40 caractères au plus ; il y en a 10240."),
        ({"organisation": "CCAS de Lille"}, "Organismes : « CCAS de Frévent », "),
        ({"organisation": "o\udcff"}, "--organisation : Ce texte contient un caractère illisible."),
        ({"role": "bank_officer"}, "--role : bank_officer est dans une banque seulement."),
        ({"organisation": "Caisse coopérative du Ternois"}, "le seul rôle possible dans une banque."),
        (
            {"organisation": "Mission locale des Trois Vallées", "role": "ccas_director"},
            "ccas_director demande un organisme qui a une commune.",
        ),
        ({"email": "claire"}, "--email : cette adresse électronique n’est pas complète."),
        ({"email": "é" * 10_240}, "--email : 254 caractères au plus ; il y en a 10240."),
        ({"email": "a b@example.org"}, "--email : cette adresse contient un caractère interdit."),
        ({"name": "n" * 10_240}, "--name : 100 caractères au plus ; il y en a 10240."),
        ({"name": ""}, "--name : Ce champ est attendu."),
        ({"from": "9999-12-31"}, "--from : indiquez une année entre 1990 et 2100."),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_is_refused_with_what_exists(
    microcredit: CommandLine, tenant: str, changes: dict[str, str], sentence: str
):
    arguments = account(tenant, **{"email": "autre@example.org", **changes})
    microcredit.refuses("accounts", "new", "--password-stdin", *arguments, sentence=sentence)


@pytest.mark.parametrize(
    "typed", [b"", b"trop court\n", b"\xff" * 20, b"a\x00" * 20, b"x" * 100_000]
)
def test_a_password_that_is_short_or_unreadable_creates_no_account(
    microcredit: CommandLine, tenant: str, database: Provision, typed: bytes
):
    arguments = account(tenant, email="personne@example.org")
    command = ["accounts", "new", "--password-stdin", *arguments]
    microcredit.refuses(*command, typed=typed, sentence="mot de passe")
    assert stored_hash(database, tenant, "personne@example.org") is None


def test_without_a_terminal_a_password_is_not_asked_for(microcredit: CommandLine, tenant: str):
    arguments = account(tenant, email="seul@example.org")
    microcredit.refuses("accounts", "new", *arguments, sentence="ajoutez --password-stdin.")


def test_the_password_of_an_unknown_address_is_refused(microcredit: CommandLine, tenant: str):
    arguments = ["accounts", "password", "--tenant", tenant, "--email", "nul@example.org"]
    microcredit.refuses(
        *arguments, sentence="--email : cette adresse n’a pas de compte. Comptes : "
    )
