"""The providers of a tenant file: created with the tenant, their secrets sealed, then only compared."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from tests.cast import Cast
from tests.integration.test_tenant_files import VAULT, slugs, write

from microcredit.accounts.gate import Gate
from microcredit.kernel.provision import Provision
from microcredit.kernel.tenancy import enter_setup
from microcredit.tenant_files import sync

NAME = "MICROCREDIT_PROVIDER_VALLEES"
PROVIDER = f"""
[[providers]]
name = "Mission locale"
organisation = "Mission locale des Trois Vallées"
role = "prescriber_adviser"
issuer = "https://connexion.mission.example"
client_id = "microcredit"
secret = "{NAME}"
admission = "rule"
domain = "Mission.example"
requires_amr = ["mfa", "hwk"]
"""


@pytest.fixture(scope="module")
def operator(database: Provision) -> Iterator[Engine]:
    engine = create_engine(database.url("operator"))
    yield engine
    engine.dispose()


@pytest.fixture
def gate(database: Provision) -> Iterator[Gate]:
    engine = create_engine(database.url("gate"))
    yield Gate(engine, "x" * 32)
    engine.dispose()


def with_provider(folder: Path, slug: str, prefix: str, *changes: tuple[str, str]) -> Path:
    path = write(folder, slug, prefix)
    added = PROVIDER
    for was, becomes in changes:
        added = added.replace(was, becomes)
    path.write_text(path.read_text() + added)
    return path


def test_a_provider_is_created_with_its_tenant_and_a_second_run_changes_nothing(
    operator: Engine, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = with_provider(tmp_path, "vallee-jointe", "VQ")
    monkeypatch.setenv(NAME, "a secret of the environment")
    assert sync(operator, VAULT, tmp_path) == ["vallee-jointe : créé."]
    (offered,) = gate.sign_in_providers("vallee-jointe")
    provider = gate.provider("vallee-jointe", offered.id)
    assert provider is not None
    assert (provider.name, provider.requires_amr) == ("Mission locale", ("mfa", "hwk"))
    about = f"provider:vallee-jointe:{provider.issuer}:{provider.client_id}"
    assert VAULT.open_apart(provider.sealed, about) == b"a secret of the environment"
    monkeypatch.delenv(NAME)
    assert sync(operator, VAULT, tmp_path) == ["vallee-jointe : existe déjà, rien à faire."]
    path.write_text("# Relu.\n" + path.read_text())
    assert sync(operator, VAULT, tmp_path) == [
        "vallee-jointe : existe déjà ; son fichier a changé, mais pas ce qu’il configure."
    ]
    with_provider(
        tmp_path,
        "vallee-jointe",
        "VQ",
        ('"rule"', '"rule"\nsiret = "12345678901234"'),
        ('"hwk"', '"otp"'),
    )
    about = "vallee-jointe : fournisseur https://connexion.mission.example (microcredit) :"
    assert sync(operator, VAULT, tmp_path) == [
        f"{about} entrée rule, domaine mission.example, SIRET 12345678901234 dans le fichier, rule, domaine"
        " mission.example en base",
        f"{about} vérification exigée mfa otp dans le fichier, mfa hwk en base",
    ]


def test_a_secret_that_is_nowhere_leaves_nothing_behind(
    operator: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with_provider(tmp_path, "vallee-muette", "VMU")
    monkeypatch.delenv(NAME, raising=False)
    assert sync(operator, VAULT, tmp_path) == [
        f"vallee-muette.toml, providers[1].secret : {NAME} (ou {NAME}_FILE) doit contenir le secret de"
        " client. Rien n’est créé."
    ]
    assert "vallee-muette" not in slugs(operator)
    (tmp_path / "secret").write_text("of a file")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    assert sync(operator, VAULT, tmp_path) == ["vallee-muette : créé."]


def test_the_operator_reads_providers_in_the_tenant_that_he_entered_alone(
    operator: Engine, cast: Cast
):
    with Session(operator) as session, session.begin():
        assert enter_setup(session, cast.tania.slug)
        assert session.execute(text("SELECT * FROM gate.set_up_providers()")).all() is not None
    with pytest.raises(DBAPIError), Session(operator) as session, session.begin():
        session.execute(text("SELECT * FROM gate.set_up_providers()")).all()
