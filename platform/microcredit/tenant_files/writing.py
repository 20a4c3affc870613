"""Writes a first tenant file from the official register: valid as it is, to be completed by people."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

from microcredit.groupings.register import Register, RegisteredCommune, register
from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.errors import DomainError
from microcredit.kernel.schema import UNREADABLE
from microcredit.tenant_files.layout import of, text_of
from microcredit.tenant_files.reading import (
    FolderUnusable,
    TenantFile,
    against_others,
    read_folder,
    read_text,
    shown_path,
    slug_faults,
)

#: The options of the command that fill these keys.
OPTIONS = {"name": "--name", "number_prefix": "--prefix"}


class FileRefused(DomainError):
    """The file that was asked for would not be right, or is there already."""

    status = 400


@dataclass(frozen=True)
class Choices:
    """What may be said of a new territory; what is empty is chosen from the lead's name."""

    slug: str = ""
    name: str = ""
    number_prefix: str = ""
    joined: date | None = None


def new(folder: Path, lead: str, members: Sequence[str], choices: Choices | None = None) -> Path:
    """Write the file of a territory whose CCAS are those of these INSEE codes, led by `lead`.

    The file passes `check` as it is. Raises FileRefused when a code is unknown, a choice is not
    right or the file exists; FolderUnusable when it cannot be written; RegisterMissing.
    """
    choices = choices or Choices()
    official = register()
    communes = [_commune(official, code) for code in dict.fromkeys([lead, *members])]
    try:
        others = read_folder(folder)
    except FolderUnusable:
        others = []  # a first file; a folder that is not there shows when it is written
    slug = choices.slug or default_slug(communes[0].name)
    for sentence in slug_faults(slug):
        raise FileRefused(sentence)
    if any(other.slug == slug for other in others):
        raise FileRefused(f"Le fichier {slug}.toml existe déjà : rien n’est écrit.")
    if UNREADABLE.search(choices.name + choices.number_prefix):
        raise FileRefused("Le nom ou le début des numéros contient un caractère illisible.")
    path = folder / f"{slug}.toml"
    taken = {other.territory.get("number_prefix", "") for other in others}
    name = choices.name or f"Regroupement {of(communes[0].name)}"
    prefix = choices.number_prefix or default_prefix(communes[0].name, taken)
    text = text_of(slug, name, prefix, communes, official, choices.joined or today_in_paris())
    _refuse_faults(read_text(path.name, text.encode(), official), others)
    _write(path, text)
    return path


def default_slug(name: str) -> str:
    """« Condé-sur-l’Escaut » → `conde-sur-l-escaut`, from 3 to 40 characters."""
    plain = re.sub(r"[^a-z0-9]+", "-", _unaccented(name).lower()).strip("-")
    return plain[:40].strip("-") if len(plain) > 2 else f"ccas-{plain}"


def default_prefix(name: str, taken: Collection[str]) -> str:
    """Two to four capitals from the initials or the letters of a name, not yet taken."""
    return next(each for each in _prefixes(name) if each not in taken)


def _prefixes(name: str) -> Iterator[str]:
    words = re.findall("[A-Z]+", _unaccented(name).upper())
    initials = "".join(word[0] for word in words)[:4]
    if len(initials) > 1:
        yield initials
    letters = "".join(words)
    for length in (2, 3, 4):
        yield from ("".join(some) for some in combinations(letters, length))
    yield from ("".join(some) for some in combinations("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 4))


def _unaccented(name: str) -> str:
    name = name.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae").replace("Æ", "Ae")
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def _commune(official: Register, code: str) -> RegisteredCommune:
    commune = official.commune(code)
    if commune is None:
        shown = code if code.isalnum() and code.isascii() and len(code) < 10 else ascii(code[:10])
        raise FileRefused(
            f"La commune {shown} n’existe pas dans le registre officiel de {official.in_force.year}."
        )
    if not commune.inhabitants:
        raise FileRefused(f"{commune.name} ({code}) n’a pas d’habitants dans le registre.")
    return commune


def _refuse_faults(file: TenantFile, others: Sequence[TenantFile]) -> None:
    faults = against_others(file, others).faults
    if faults:
        said = (f"{OPTIONS.get(fault.key, fault.key)} : {fault.sentence}" for fault in faults[:3])
        raise FileRefused(" ".join(said))


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as wrong:
        raise FileRefused(f"Le fichier {path.name} existe déjà : rien n’est écrit.") from wrong
    except OSError as wrong:
        raise FolderUnusable(
            f"Impossible d’écrire dans le dossier « {shown_path(path.parent)} »."
        ) from wrong
