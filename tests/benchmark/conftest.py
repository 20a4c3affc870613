"""What the measures of pages run on: the demo, ten tenants, two hundred, and a page that does nothing."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.benchmark import generator
from tests.benchmark.bases import Base
from tests.conftest import demo_settings, provisioned, settings_for
from tests.serving import free_port

from microcredit.kernel import provision
from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.database import open_pools
from microcredit.kernel.provision import Provision
from microcredit.kernel.vault import Vault

FEW, MANY = 10, 200


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--few-tenants` the measures beside two hundred tenants are not asked for."""
    if not config.getoption("--few-tenants"):
        return
    large = [item for item in items if "many" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=large)
    items[:] = [item for item in items if item not in large]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--few-tenants` leaves out the base of two hundred, which takes most of the time."""
    parser.addoption("--few-tenants", action="store_true", help="leave out 200 tenants")


@pytest.fixture(scope="session")
def demo(told: Provision) -> Base:
    """The demo's two territories; the founding one is visited."""
    settings = replace(demo_settings(told), port=free_port())
    return Base("demo", settings.demo_slugs[0], told, settings)


@pytest.fixture(scope="session")
def few(administrator: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    """Ten generated tenants."""
    made = provisioned(administrator)
    yield _filled(made, tmp_path_factory.mktemp("few"), FEW)
    provision.drop(made)


@pytest.fixture(scope="session")
def many(administrator: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    """Two hundred generated tenants; the first of them is the first of the ten, row for row."""
    made = provisioned(administrator)
    yield _filled(made, tmp_path_factory.mktemp("many"), MANY)
    provision.drop(made)


def _filled(made: Provision, folder: Path, count: int) -> Base:
    settings = replace(settings_for(made), port=free_port())
    pools = open_pools(settings.database_url, settings.gate_url, operator=settings.operator_url)
    if pools.operator is None:
        raise LookupError("tenants are created by the operator")
    start = time.perf_counter()
    vault = Vault(settings.master_key)
    try:
        tenants = generator.fill(made, pools.operator, vault, folder, count, today_in_paris())
    finally:
        pools.dispose()
    took = time.perf_counter() - start
    print(f"\n{count} tenants of {generator.CASES} cases generated in {took:.0f} s")
    return Base(f"{count} tenants", tenants[0].slug, made, settings)
