"""Typing the command `microcredit`, as whoever runs the platform does."""

import io
from dataclasses import dataclass

import pytest

from microcredit.cli import run

#: Words of Click that nobody should read.
ENGLISH = (
    "Usage:",
    "Options:",
    "Commands:",
    "Show this",
    "[required]",
    "Error",
    "Missing",
    "No such",
)

Answer = tuple[int, str, str]


@dataclass(frozen=True)
class CommandLine:
    """A command line whose environment is set; answers with status, stdout and stderr."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, typed: bytes = b"") -> Answer:
        """Type a command; `typed` is its standard input."""
        self.monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed)))
        status = run(arguments)
        said = self.capsys.readouterr()
        return status, said.out, said.err

    def refuses(self, *arguments: str, sentence: str, typed: bytes = b"", status: int = 2) -> None:
        """Exactly one French line on stderr with this in it, nothing on stdout, and the status."""
        answered, out, wrong = self(*arguments, typed=typed)
        assert (answered, out) == (status, "")
        assert wrong.startswith("Erreur : ")
        assert wrong.endswith("\n")
        assert wrong.count("\n") == 1
        assert sentence in wrong
        assert len(wrong) < 1_000
        assert not any(word in wrong for word in ENGLISH)
        assert "secret" not in wrong
