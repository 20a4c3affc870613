"""Runs the migrations under the owner role, one deployer at a time."""

from alembic import context
from sqlalchemy import NullPool, create_engine, text

import microcredit.accounts.models
import microcredit.cases.models
import microcredit.followups.models
import microcredit.governance.models
import microcredit.groupings.models
import microcredit.kernel.audit
import microcredit.kernel.mail
import microcredit.kernel.vault
import microcredit.lenders.models
import microcredit.loans.models
import microcredit.people.models
import microcredit.submissions.models  # noqa: F401  (each import adds its tables to Base.metadata)
from microcredit.kernel.database import Base

#: Any fixed number: two deployers that start together wait for one another on it.
DEPLOYMENT_LOCK = 59253


def include_name(name, type_, parent_names):
    """Only `app` has models: the other schemas are reached through functions alone."""
    return name == "app" if type_ == "schema" else True


def run() -> None:
    suffix = context.config.attributes["role_suffix"]
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text(f"SET ROLE microcredit_owner{suffix}"))
        connection.execute(text(f"SELECT pg_advisory_lock({DEPLOYMENT_LOCK})"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_schemas=True,
            include_name=include_name,
            version_table_schema="tenancy",
            version_table="migration",
            compare_server_default=False,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
