"""What all processes of one run of the tests share: the first that needs it makes it, the last takes it down."""

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

Made = dict[str, Any]


def folder_of(config: pytest.Config, mine: Path) -> Path:
    """A folder of the whole run, from the one of this process: pytest-xdist puts theirs into one."""
    return mine.parent if hasattr(config, "workerinput") else mine


@contextmanager
def shared(file: Path, make: Callable[[], Made], end: Callable[[Made], None]) -> Iterator[Made]:
    """What `make` made, in this process or before in another, which all know by `file`.

    Who comes while it is being made waits. `make` says in JSON all that another process needs to use
    it, and `end` to take it down.
    """
    with locked(file) as known:
        users, made = _read(known) or (0, {})
        made = made if users else make()
        _write(known, users + 1, made)
    try:
        yield made
    finally:
        with locked(file) as known:
            users, made = _read(known) or (1, made)
            _write(known, users - 1, made)
            if users == 1:
                end(made)


@contextmanager
def locked(file: Path) -> Iterator[IO[str]]:
    """One process at a time; the file is made if need be."""
    file.touch()
    with file.open("r+", encoding="utf-8") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield opened


def _read(known: IO[str]) -> tuple[int, Made] | None:
    said = known.read()
    return tuple(json.loads(said)) if said else None


def _write(known: IO[str], users: int, made: Made) -> None:
    known.seek(0)
    known.truncate()
    json.dump([users, made], known)
