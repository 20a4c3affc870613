"""The demo, as it was told, and its rows seen by the owner of the database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from tests.conftest import copied, demo_settings

from microcredit.kernel.provision import Provision
from microcredit.settings import Settings

Rows = list[tuple[object, ...]]
Ask = Callable[..., Rows]

#: Loans that were paid out and kept.
LENT = "disbursed_on IS NOT NULL AND withdrawn_on IS NULL"

#: The 497 requests of the four published years.
PAST = "extract(year FROM opened_on) < 2016"

TABLES = (
    "case_file", "case_event", "submission", "loan", "loan_schedule", "instalment", "posting",
    "evaluation", "orientation", "task", "appointment", "budget_line", "person", "household",
    "commune_population", "membership", "audit_event",
)  # fmt: skip


@pytest.fixture(scope="package")
def built(told: Provision, run_folder: Path) -> Iterator[Settings]:
    """Both demo territories."""
    with copied(told, run_folder) as made:
        yield demo_settings(made)


@pytest.fixture(scope="package")
def ask(built: Settings) -> Iterator[Ask]:
    """Rows of the founding territory, or of another one: its rows are all that a statement sees."""
    engine = create_engine(built.migration_url)
    connection = engine.connect()

    def rows(statement: str, slug: str = "pays-de-conde", **values: object) -> Rows:
        tables = {
            name: f"(SELECT * FROM app.{name} WHERE tenant_id ="
            f" (SELECT id FROM tenancy.tenant WHERE slug = '{slug}'))"
            for name in TABLES
        }
        for name, only in tables.items():
            statement = statement.replace(f"app.{name} ", f"{only} ")
        return [tuple(row) for row in connection.execute(text(statement), values)]

    yield rows
    connection.close()
    engine.dispose()
