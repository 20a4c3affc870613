"""Serving over HTTP: gunicorn, from our own settings, so that no second way of starting exists."""

import gc
import logging
import socket

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from microcredit.app import check_ready, create_app
from microcredit.kernel.database import open_pools
from microcredit.settings import Settings


class PortTaken(Exception):
    """Another program listens on the port; one French line."""


class Server(BaseApplication):
    """gunicorn with the application made before the fork: memory is shared, the pools are not."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pools = open_pools(settings.database_url, settings.gate_url)
        check_ready(self._pools, settings.role_suffix)
        self._flask = create_app(settings, self._pools)
        super().__init__()

    def load_config(self) -> None:
        """Our options: small requests, short time-outs, no header believed from strangers."""
        options = {
            "bind": [f"127.0.0.1:{self._settings.port}", f"[::1]:{self._settings.port}"]
            if _has_ipv6()
            else [f"127.0.0.1:{self._settings.port}"],
            "workers": self._settings.workers,
            "preload_app": True,
            "timeout": 30,
            "graceful_timeout": 10,
            "max_requests": 5000,
            "max_requests_jitter": 500,
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "limit_request_field_size": 8190,
            "loglevel": "warning",
            "accesslog": None,
            "post_fork": self._start_fresh,
            "when_ready": _freeze,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override]  # Flask is a WSGI application, its stubs say dict
        """The application."""
        return self._flask

    def _start_fresh(self, _arbiter: Arbiter, _worker: Worker) -> None:
        self._pools.dispose()


def serve(settings: Settings) -> None:
    """Serve until stopped. Raises NotReady or PortTaken, each with one line for a person."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    ensure_free(settings.port)
    Server(settings).run()


def ensure_free(port: int) -> None:
    """Raise PortTaken when something listens on `port` already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise PortTaken(
                f"Le port {port} est déjà pris. Choisissez-en un autre, par exemple PORT={port + 1}."
            ) from taken


def _freeze(_arbiter: Arbiter) -> None:
    gc.collect()
    gc.freeze()


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
