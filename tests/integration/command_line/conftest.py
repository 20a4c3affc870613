"""A command line on the database of the tests, and a tenant made by it."""

from pathlib import Path

import pytest
from tests.commands import CommandLine

from microcredit.kernel.provision import Provision
from microcredit.settings import ROOT


@pytest.fixture
def microcredit(
    database: Provision, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """A command line whose environment names the database of the tests."""
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

    return CommandLine(monkeypatch, capsys)


@pytest.fixture
def tenant(microcredit: CommandLine, tmp_path: Path) -> str:
    """A tenant that exists, made by the command."""
    file = tmp_path / "vallee-tapee.toml"
    file.write_text((ROOT / "tenants" / "ternois.toml").read_text().replace('"TE"', '"VT"'))
    status, _, wrong = microcredit("tenants", "sync", "--folder", str(tmp_path))
    assert (status, wrong) == (0, "")
    return "vallee-tapee"
