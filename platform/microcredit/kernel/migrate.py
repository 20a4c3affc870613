"""Brings a database to the newest numbered migration, and tells whether it is there."""

import sys

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from microcredit.settings import ROOT


def head() -> str:
    """The newest migration of this release, as committed."""
    return (ROOT / "migrations" / ".current-head").read_text(encoding="ascii").strip()


def configuration(url: str, role_suffix: str = "") -> Config:
    """Alembic's configuration for the database at `url`, an administrator's or deployer's URL."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))  # the numbered files import `migrations.rights`
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["url"] = url
    config.attributes["role_suffix"] = role_suffix
    return config


def upgrade(url: str, role_suffix: str = "") -> None:
    """Apply what is missing, in order, under the owner role; a second deployer waits."""
    command.upgrade(configuration(url, role_suffix), "head")


def current(connection: Connection) -> str | None:
    """The migration a database stands at; None when it has none."""
    version: str | None = connection.scalar(text("SELECT version_num FROM tenancy.migration"))
    return version
