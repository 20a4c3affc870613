"""The command `microcredit`: French, one line for an error, 0 done, 1 failed, 2 refused."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from tests.commands import ENGLISH, CommandLine

from microcredit.cli import run
from microcredit.kernel.provision import Provision
from microcredit.settings import ROOT


@pytest.mark.parametrize(
    "command",
    [
        "", "serve", "worker", "migrate", "demo", "tenants", "tenants new", "tenants check",
        "tenants sync", "tenants list", "accounts", "accounts new", "accounts password",
        "audit", "audit verify", "audit heads",
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
    microcredit: CommandLine, arguments: list[str], sentence: str
):
    microcredit.refuses(*arguments, sentence=sentence)


def test_a_command_alone_shows_its_help_as_an_error(microcredit: CommandLine):
    status, out, wrong = microcredit("tenants")
    assert (status, out) == (2, "")
    assert wrong.startswith("Usage : microcredit tenants")


def test_missing_settings_are_named(microcredit: CommandLine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MICROCREDIT_OPERATOR_URL", "")
    microcredit.refuses("tenants", "list", sentence="Il manque : MICROCREDIT_OPERATOR_URL")
    monkeypatch.setenv("MICROCREDIT_MIGRATION_URL", "")
    microcredit.refuses("migrate", sentence="Il manque : MICROCREDIT_MIGRATION_URL")
    monkeypatch.setenv("MICROCREDIT_SECRET_KEY", "court")
    microcredit.refuses(
        "worker", sentence="MICROCREDIT_SECRET_KEY doit compter au moins 32 caractères."
    )


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
    microcredit: CommandLine, monkeypatch: pytest.MonkeyPatch, url: str, sentence: str
):
    monkeypatch.setenv("MICROCREDIT_OPERATOR_URL", url)
    monkeypatch.setenv("MICROCREDIT_MIGRATION_URL", url)
    for arguments in (["tenants", "list"], ["tenants", "sync"], ["migrate"]):
        microcredit.refuses(*arguments, sentence=sentence, status=1)


def test_a_database_without_migrations_is_told_from_an_unreachable_one(
    microcredit: CommandLine, database: Provision, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MICROCREDIT_OPERATOR_URL", database.administrator)
    microcredit.refuses("tenants", "list", sentence="La base n’est pas à niveau", status=1)


def test_migrate_says_where_the_database_stands(microcredit: CommandLine):
    status, out, wrong = microcredit("migrate")
    assert (status, wrong) == (0, "")
    assert out.startswith("La base est à niveau (00")


def test_migrate_says_when_its_account_is_not_strong_enough(
    microcredit: CommandLine, database: Provision, monkeypatch: pytest.MonkeyPatch
):
    sentence = "Le compte de MICROCREDIT_MIGRATION_URL ne peut pas agir comme microcredit_owner"
    monkeypatch.setenv("MICROCREDIT_MIGRATION_URL", database.url("web"))
    microcredit.refuses("migrate", sentence=sentence, status=1)
    monkeypatch.setenv("MICROCREDIT_MIGRATION_URL", database.migration_url)
    monkeypatch.setenv("MICROCREDIT_ROLE_SUFFIX", "_absent")
    microcredit.refuses("migrate", sentence=f"{sentence}_absent.", status=1)


def test_a_territory_is_on_boarded_in_two_commands(
    microcredit: CommandLine, tmp_path: Path, database: Provision
):
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
    engine = create_engine(database.migration_url)
    with engine.connect() as connection:
        accounts = text(
            "SELECT count(*) FROM app.account a JOIN tenancy.tenant t ON t.id = a.tenant_id"
            " WHERE t.slug = 'vallee-ecrite'"
        )
        assert connection.scalar(accounts) == 0, "nobody can sign in before she is invited"
    engine.dispose()


def test_every_fault_of_every_file_is_printed_and_the_good_file_is_created(
    microcredit: CommandLine, tmp_path: Path
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
