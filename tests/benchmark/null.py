"""A Flask page that does nothing, served exactly as the product is: what each page is compared with.

Run as `python -m tests.benchmark.null` with the environment of a server; no database is ever reached.
"""

from flask import Flask
from gunicorn.app.base import BaseApplication

from microcredit.kernel.database import open_pools
from microcredit.settings import Settings, from_environment
from microcredit.wsgi import Server

PATH = "/null"


class NullServer(Server):
    """The product's gunicorn, its options and workers, around one empty view."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pools = open_pools(settings.database_url, settings.gate_url)  # opened, never used
        self._flask = Flask("null", static_folder=None)
        self._flask.add_url_rule(PATH, view_func=nothing)
        BaseApplication.__init__(self)


def nothing() -> str:
    """No session, no database, no template."""
    return "rien"


if __name__ == "__main__":
    NullServer(from_environment()).run()
