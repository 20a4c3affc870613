"""A second stage, on a database of its own: the cast of the tests in two demo tenants."""

from collections.abc import Iterator

import pytest
from tests.cast import Cast, gather
from tests.conftest import dropped, provisioned, settings_for

from microcredit.app import create_app
from microcredit.kernel.database import open_pools
from microcredit.kernel.provision import Provision


@pytest.fixture(scope="session")
def demo_database(administrator: str) -> Iterator[Provision]:
    """The database of the demo stage; dropped with its roles at the end."""
    made = provisioned(administrator)
    yield made
    dropped(made)


@pytest.fixture(scope="session")
def demo_cast(demo_database: Provision, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """Everybody, in tenants that are demos, served in demo mode."""
    settings = settings_for(demo_database, demo=True)
    pools = open_pools(
        settings.database_url, settings.gate_url, settings.worker_url, settings.operator_url
    )
    yield gather(create_app(settings, pools), tmp_path_factory.mktemp("demo"), demo=True)
    pools.dispose()
