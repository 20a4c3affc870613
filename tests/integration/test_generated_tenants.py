"""The tenants that measures are made on are sound: nothing that the database checks was left out by the load."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.benchmark import generator
from tests.conftest import dropped, faults, provisioned, settings_for

from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.database import open_pools
from microcredit.kernel.provision import Provision
from microcredit.kernel.vault import Vault

COUNT, CASES = 2, 30


@pytest.fixture(scope="module")
def generated(administrator: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provision]:
    made = provisioned(administrator)
    settings = settings_for(made)
    pools = open_pools(settings.database_url, settings.gate_url, operator=settings.operator_url)
    folder: Path = tmp_path_factory.mktemp("generated")
    vault = Vault(settings.master_key)
    assert pools.operator is not None
    generator.fill(made, pools.operator, vault, folder, COUNT, today_in_paris(), CASES)
    pools.dispose()
    yield made
    dropped(made)


def test_the_rows_keep_every_key(generated: Provision):
    assert generator.broken_keys(generated) == []


def test_the_trail_is_whole_and_long(generated: Provision):
    assert faults(generated) == []
    with generator.connect(generated) as connection:
        per_tenant = "SELECT count(*) FROM app.audit_event GROUP BY tenant_id"
        counts = [row[0] for row in connection.execute(per_tenant).fetchall()]
    assert len(counts) == COUNT
    assert all(count > 2 * CASES for count in counts)


def test_a_key_that_is_broken_is_found(generated: Provision):
    with generator.connect(generated) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE app.case_event SET account_id = 0 WHERE id = 1")
        connection.commit()
    try:
        assert any("account" in key for key in generator.broken_keys(generated))
    finally:
        with generator.connect(generated) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("DELETE FROM app.case_event WHERE account_id = 0")
