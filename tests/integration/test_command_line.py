"""The command `microcredit`: French, one line for an error, 0 done, 1 failed, 2 refused."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, text

from microcredit.cli import run
from microcredit.kernel.provision import Provision
from microcredit.settings import ROOT

Answer = tuple[int, str, str]
Command = Callable[..., Answer]

PASSWORD = "une phrase assez longue"
ENGLISH = (
    "Usage:",
    "Options:",
    "Commands:",
    "Show this",
    "[required]",
    "Error",
    "Missing",
    "No such",
)


@pytest.fixture
def microcredit(
    database: Provision, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Types a command, as whoever runs the platform does; answers status, stdout and stderr."""
    environment = {
        "DATABASE_URL": database.url("web"),
        "MICROCREDIT_GATE_URL": database.url("gate"),
        "MICROCREDIT_WORKER_URL": database.url("worker"),
        "MICROCREDIT_OPERATOR_URL": database.url("operator"),
        "MICROCREDIT_MIGRATION_URL": database.migration_url,
        "MICROCREDIT_BASE_DOMAIN": "microcredit.example",
        "MICROCREDIT_SECRET_KEY": "s" * 40,
        "MICROCREDIT_MASTER_KEY": "00" * 32,
        "MICROCREDIT_ROLE_SUFFIX": database.suffix,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def type_command(*arguments: str, typed: bytes = b"") -> Answer:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed)))
        status = run(arguments)
        said = capsys.readouterr()
        return status, said.out, said.err

    return type_command


@pytest.fixture
def tenant(microcredit: Command, tmp_path: Path) -> str:
    """A tenant that exists, made by the command."""
    file = tmp_path / "vallee-tapee.toml"
    file.write_text((ROOT / "tenants" / "ternois.toml").read_text().replace('"TE"', '"VT"'))
    status, _, wrong = microcredit("tenants", "sync", "--folder", str(tmp_path))
    assert (status, wrong) == (0, "")
    return "vallee-tapee"


def refused(answer: Answer, sentence: str, status: int = 2) -> None:
    """Exactly one French line on stderr, nothing on stdout, and the status."""
    assert answer[0] == status
    assert answer[1] == ""
    assert answer[2].startswith("Erreur : ")
    assert answer[2].endswith("\n")
    assert answer[2].count("\n") == 1
    assert sentence in answer[2]
    assert not any(word in answer[2] for word in ENGLISH)


@pytest.mark.parametrize(
    "command",
    [
        "", "serve", "worker", "migrate", "demo", "tenants", "tenants new", "tenants check",
        "tenants sync", "tenants list", "accounts", "accounts new", "accounts password",
    ],
)  # fmt: skip
def test_help_is_french_and_needs_no_setting(command: str, capsys: pytest.CaptureFixture[str]):
    assert run([*command.split(), "--help"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith(f"Usage : microcredit {command}".rstrip())
    assert "--help" in said.out
    assert "Affiche cette aide." in said.out
    assert not any(word in said.out for word in ENGLISH)


def test_the_command_can_be_run_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "microcredit.cli", "tenants", "nouveau"],
        env={"PYTHONPATH": str(ROOT / "platform")},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == "Erreur : La commande nouveau n’existe pas.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nope"], "La commande nope n’existe pas."),
        (["tenants", "syn"], "La commande syn n’existe pas ; vouliez-vous dire sync ?"),
        (["tenants", "new"], "Il manque l’option --lead."),
        (["tenants", "new", "--lead"], "L’option --lead attend une valeur."),
        (["tenants", "new", "--leda", "1"], "vouliez-vous dire --lead ?"),
        (["tenants", "check", "là"], "« là » est de trop."),
        (["tenants", "check", "--help=1"], "L’option --help n’attend pas de valeur."),
        (["serve", "--port", "http"], "--port : indiquez un nombre entier entre 1 et 65535."),
        (["serve", "--port", "0"], "--port : indiquez un nombre entier entre 1 et 65535."),
        (["demo", "--port", "9" * 10_240], "--port : indiquez un nombre entier"),
        (["tenants", "new", "--lead", "59253", "--from", "0001-01-01"], "--from : indiquez une année"),
        (["tenants", "new", "--lead", "59253", "--from", "9999-12-31"], "--from : indiquez une année"),
        (["tenants", "new", "--lead", "59253", "--from", "2026-02-30"], "« 2026-02-30 » n’est pas une date"),
        (["tenants", "new", "--lead", "59253", "--from", "d" * 10_240], "d… » n’est pas une date"),
        (["tenants", "new", "--lead", "59999"], "La commune 59999 n’existe pas"),
        (["tenants", "new", "--lead", "\udcff\n" * 9], "n’existe pas dans le registre"),
        (["tenants", "new", "--lead", "59253", "--folder", "/absent"], "Impossible d’écrire dans le dossier"),
        (["tenants", "check", "--folder", "/absent"], "Le dossier « /absent » n’existe pas"),
        (["tenants", "check", "--folder", "/a" * 5_000], "n’existe pas ou n’est pas lisible."),
        (["tenants", "check", "--folder", "\x00"], "n’existe pas ou n’est pas lisible."),
        (["x" * 10_240], "La commande xxx"),
    ],
)  # fmt: skip
def test_a_mistyped_command_is_refused_in_one_french_line(
    microcredit: Command, arguments: list[str], sentence: str
):
    answer = microcredit(*arguments)
    refused(answer, sentence)
    assert len(answer[2]) < 400


def test_a_command_alone_shows_its_help_as_an_error(microcredit: Command):
    status, out, wrong = microcredit("tenants")
    assert (status, out) == (2, "")
    assert wrong.startswith("Usage : microcredit tenants")


def test_missing_settings_are_named(microcredit: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MICROCREDIT_OPERATOR_URL", "")
    refused(microcredit("tenants", "list"), "Il manque : MICROCREDIT_OPERATOR_URL")
    monkeypatch.setenv("MICROCREDIT_MIGRATION_URL", "")
    refused(microcredit("migrate"), "Il manque : MICROCREDIT_MIGRATION_URL")
    monkeypatch.setenv("MICROCREDIT_SECRET_KEY", "court")
    refused(microcredit("worker"), "MICROCREDIT_SECRET_KEY doit compter au moins 32 caractères.")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "postgresql+psycopg://nobody:secret@127.0.0.1:1/none",
            "La base de données est injoignable",
        ),
        ("n’importe quoi", "L’adresse de la base de données n’est pas lisible"),
    ],
)
def test_an_unreachable_database_is_a_failure_and_its_password_is_not_shown(
    microcredit: Command, monkeypatch: pytest.MonkeyPatch, url: str, sentence: str
):
    monkeypatch.setenv("MICROCREDIT_OPERATOR_URL", url)
    monkeypatch.setenv("MICROCREDIT_MIGRATION_URL", url)
    for arguments in (["tenants", "list"], ["tenants", "sync"], ["migrate"]):
        answer = microcredit(*arguments)
        refused(answer, sentence, status=1)
        assert "secret" not in answer[2]


def test_a_database_without_migrations_is_told_from_an_unreachable_one(
    microcredit: Command, database: Provision, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MICROCREDIT_OPERATOR_URL", database.administrator)
    refused(microcredit("tenants", "list"), "La base n’est pas à niveau", status=1)


def test_migrate_says_where_the_database_stands(microcredit: Command):
    status, out, wrong = microcredit("migrate")
    assert (status, wrong) == (0, "")
    assert out.startswith("La base est à niveau (00")


def test_a_territory_is_on_boarded_in_two_commands(microcredit: Command, tmp_path: Path):
    folder = str(tmp_path)
    status, out, wrong = microcredit(
        "tenants", "new", "--lead", "59253", "--member", "59153", "--member", "59207",
        "--slug", "vallee-ecrite", "--prefix", "VW", "--folder", folder,
    )  # fmt: skip
    assert (status, wrong) == (0, "")
    assert "vallee-ecrite.toml est écrit et valide." in out
    assert "la banque partenaire et ses conditions de prêt" in out
    assert microcredit("tenants", "check", "--folder", folder) == (
        0, "Tous les fichiers sont valides.\n", "",
    )  # fmt: skip
    assert microcredit("tenants", "sync", "--folder", folder) == (0, "vallee-ecrite : créé.\n", "")
    status, out, _ = microcredit("tenants", "list")
    assert status == 0
    assert (
        "vallee-ecrite  VW  Regroupement de Fresnes-sur-Escaut  "
        "https://vallee-ecrite.microcredit.example\n"
    ) in out


def test_every_fault_of_every_file_is_printed_and_the_good_file_is_created(
    microcredit: Command, tmp_path: Path
):
    good = (ROOT / "tenants" / "ternois.toml").read_text()
    (tmp_path / "vallee-bonne.toml").write_text(good.replace('"TE"', '"VG"'))
    (tmp_path / "vallee-cassee.toml").write_text("name = ")
    (tmp_path / "www.toml").write_text(good.replace('"8 000 €"', "8000.0"))
    folder = ["--folder", str(tmp_path)]
    faults = (
        "vallee-cassee.toml, fin du fichier : Syntaxe TOML : cette valeur n’est pas lisible ; un"
        " texte se met entre guillemets.\n"
        "www.toml : « www » est réservé à la plateforme : choisissez un autre nom de fichier.\n"
        "www.toml, banks[1].terms[1].max_amount : Écrivez un montant exact en euros : 3000, ou"
        ' "3 000,50" entre guillemets.\n'
    )
    assert microcredit("tenants", "check", *folder) == (2, "", faults)
    status, out, wrong = microcredit("tenants", "sync", *folder)
    assert (status, wrong) == (2, faults)
    assert out.splitlines() == [
        "vallee-bonne : créé.",
        "vallee-cassee.toml : 1\u00a0erreur, rien n’est créé ni comparé.",
        "www.toml : 2\u00a0erreurs, rien n’est créé ni comparé.",
    ]


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
    microcredit: Command, tenant: str, database: Provision
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

    refused(microcredit(*new, *account(tenant)), f"{email} est déjà case_worker dans « CCAS d’Auxi")
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
    microcredit: Command, tenant: str, changes: dict[str, str], sentence: str
):
    arguments = account(tenant, **{"email": "autre@example.org", **changes})
    refused(microcredit("accounts", "new", "--password-stdin", *arguments), sentence)


@pytest.mark.parametrize(
    "typed", [b"", b"trop court\n", b"\xff" * 20, b"a\x00" * 20, b"x" * 100_000]
)
def test_a_password_that_is_short_or_unreadable_creates_no_account(
    microcredit: Command, tenant: str, database: Provision, typed: bytes
):
    arguments = account(tenant, email="personne@example.org")
    answer = microcredit("accounts", "new", "--password-stdin", *arguments, typed=typed)
    refused(answer, "mot de passe")
    assert stored_hash(database, tenant, "personne@example.org") is None


def test_without_a_terminal_a_password_is_not_asked_for(microcredit: Command, tenant: str):
    arguments = account(tenant, email="seul@example.org")
    refused(microcredit("accounts", "new", *arguments), "ajoutez --password-stdin.")


def test_the_password_of_an_unknown_address_is_refused(microcredit: Command, tenant: str):
    arguments = ["accounts", "password", "--tenant", tenant, "--email", "nul@example.org"]
    refused(microcredit(*arguments), "--email : cette adresse n’a pas de compte. Comptes : ")
