"""`microcredit serve`, really started in a process of its own."""

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from microcredit.settings import ROOT, Settings


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(settings: Settings, port: int) -> dict[str, str]:
    """The variables of a process that serves on these settings."""
    return {
        "PATH": os.defpath, "PYTHONPATH": str(ROOT / "platform"), "DATABASE_URL": settings.database_url,
        "MICROCREDIT_GATE_URL": settings.gate_url, "MICROCREDIT_BASE_DOMAIN": settings.base_domain,
        "MICROCREDIT_SECRET_KEY": settings.secret_key, "MICROCREDIT_WORKERS": "1",
        "MICROCREDIT_MASTER_KEY": settings.master_key.hex(), "MICROCREDIT_PORT": str(port),
        "MICROCREDIT_ROLE_SUFFIX": settings.role_suffix,
        "MICROCREDIT_SECOND_FACTOR": "required" if settings.require_second_factor else "optional",
    }  # fmt: skip


def serve(variables: dict[str, str]) -> subprocess.Popen[str]:
    """`microcredit serve`, as an operator types it."""
    command = [sys.executable, "-m", "microcredit.cli", "serve"]
    return subprocess.Popen(
        command, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def refusal(variables: dict[str, str]) -> tuple[int, str]:
    """Exit status and the one line on stderr of a server that does not start."""
    process = serve(variables)
    out, wrong = process.communicate(timeout=30)
    assert (out, wrong.count("\n")) == ("", 1), wrong
    return process.returncode, wrong.strip()


def workers(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(each.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(each.parent.name))
    return found


def listens(port: int) -> bool:
    """Whether somebody answers on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
