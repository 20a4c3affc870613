"""A stage of its own: the lists of these tests hold their cases alone."""

from tests.conftest import app, cast, database, pools, settings

__all__ = ["app", "cast", "database", "pools", "settings"]
