"""What all processes of one run of the tests share: the first that needs it makes it for all."""

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
    it. Who made it takes it down with `end` when no other process uses it any more; one that died
    does not.
    """
    with file.with_suffix(".users").open("w") as users:
        with locked(file) as known:
            said = known.read()
            made = json.loads(said) if said else make()
            if not said:
                json.dump(made, known)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield made
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            if not said:
                file.write_text("", encoding="utf-8")  # who comes now makes another
                fcntl.flock(users, fcntl.LOCK_EX)
                end(made)


@contextmanager
def locked(file: Path) -> Iterator[IO[str]]:
    """One process at a time; the file is made if need be."""
    file.touch()
    with file.open("r+", encoding="utf-8") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield opened
