"""Reads tenant files and says everything that is wrong with them, of all of them at once."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from marshmallow import ValidationError

from microcredit.groupings.register import Register, register
from microcredit.kernel.errors import DomainError
from microcredit.tenant_files.rules import Where, faults_of
from microcredit.tenant_files.schemas import TerritorySchema
from microcredit.tenant_files.territory import Territory

LARGEST = 256 * 1024  # bytes
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")

#: Names of hosts that are, or could one day be, the platform's own.
RESERVED_SLUGS = frozenset({
    "admin", "api", "app", "assets", "auth", "blog", "cdn", "demo", "dev", "docs", "ftp", "help",
    "imap", "localhost", "login", "mail", "metrics", "ns1", "ns2", "ops", "operator", "pop",
    "preprod", "production", "smtp", "sso", "staging", "static", "status", "support", "test",
    "webmail", "www",
})  # fmt: skip

#: What `tomllib` says, in French.
SYNTAX = (
    (r"overwrite|declare .* twice|redefine|Duplicate|immutable", "cette clé ou ce bloc est déjà écrit plus haut"),
    (r"Expected '='", "un signe « = » est attendu après la clé"),
    (r"after a statement", "il y a quelque chose en trop à la fin de la ligne"),
    (r"Unterminated string|Illegal character '\\n'|Expected \"'", "il manque un guillemet à la fin du texte"),
    (r"Unclosed", "il manque un crochet ou une accolade à la fin"),
    (r"Expected '\]", "il manque « ] » à la fin du nom de bloc"),
    (r"Invalid date", "cette date n’existe pas"),
    (r"Illegal character|Found invalid character|Escaped character", "il y a un caractère interdit"),
    (r"Invalid (value|hex)|Unescaped", "cette valeur n’est pas lisible ; un texte se met entre guillemets"),
)  # fmt: skip
UNREADABLE = "ce passage n’est pas lisible"
PLACE = re.compile(r"\(at line (\d+), column (\d+)\)|\(at end of document\)")


class FolderUnusable(DomainError):
    """The folder of tenant files is not there, not readable, or empty."""

    status = 400


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which file, under which key, and a French sentence."""

    file: str
    key: str
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.key}" if self.key else self.file
        return f"{place} : {self.sentence}"


@dataclass(frozen=True)
class TenantFile:
    """A tenant file as it was read; `territory` is whole when there is no fault."""

    name: str
    slug: str
    text: str = ""
    sha256: str = ""
    territory: Territory = field(default_factory=Territory)
    faults: tuple[Fault, ...] = ()


def check(folder: Path) -> list[Fault]:
    """Every fault of every file of `folder`. Raises FolderUnusable, RegisterMissing."""
    return [fault for each in read_folder(folder) for fault in each.faults]


def read_folder(folder: Path) -> list[TenantFile]:
    """The tenant files of `folder`, by name, with what sets one against another said of the later.

    Raises FolderUnusable, RegisterMissing.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".toml")
    except (OSError, ValueError) as wrong:  # ValueError: the name itself cannot be one
        raise FolderUnusable(
            f"Le dossier « {shown_path(folder)} » n’existe pas ou n’est pas lisible."
        ) from wrong
    if not paths:
        raise FolderUnusable(
            f"Le dossier « {shown_path(folder)} » ne contient aucun fichier .toml."
        )
    communes = register()
    files: list[TenantFile] = []
    for path in paths:
        files.append(against_others(_read_path(path, communes), files))
    return files


def read_text(name: str, content: bytes, communes: Register) -> TenantFile:
    """The tenant file `name` (« ternois.toml ») that has this content."""
    slug = Path(name).stem
    faults = [Fault(name, "", sentence) for sentence in slug_faults(slug)]
    digest = hashlib.sha256(content).hexdigest()
    try:
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        return TenantFile(name, slug, faults=(*faults, _syntax(name, wrong)))
    found: list[tuple[Where, str]] = []
    territory = _load(document, found)
    found.extend(faults_of(territory, communes))
    faults += [
        Fault(name, written(where), sentence) for where, sentence in sorted(found, key=_order)
    ]
    return TenantFile(name, slug, text, digest, territory, tuple(faults))


def slug_faults(slug: str) -> Iterator[str]:
    """What is wrong with the name of a file, which is the territory's name in addresses."""
    if not SLUG.fullmatch(slug) or "--" in slug:
        yield (
            "Le nom du fichier sert d’adresse : de 3 à 40 minuscules sans accent, chiffres ou tirets, "
            "comme « pays-de-conde.toml »."
        )
    elif slug in RESERVED_SLUGS:
        yield f"« {slug} » est réservé à la plateforme : choisissez un autre nom de fichier."


def against_others(file: TenantFile, others: Sequence[TenantFile]) -> TenantFile:
    """The same file, with the faults that only show beside `others`."""
    faults = list(file.faults)
    prefix = file.territory.get("number_prefix")
    for other in others:
        if other.slug == file.slug:
            faults.append(Fault(file.name, "", f"{other.name} désigne déjà ce territoire."))
        if prefix and other.territory.get("number_prefix") == prefix:
            sentence = f"« {prefix} » commence déjà les numéros de {other.name}."
            faults.append(Fault(file.name, "number_prefix", sentence))
    return TenantFile(file.name, file.slug, file.text, file.sha256, file.territory, tuple(faults))


def written(where: Where) -> str:
    """`("banks", 0, "terms", 1, "max_amount")` → `banks[1].terms[2].max_amount`."""
    text = ""
    for part in where:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            plain = re.fullmatch(r"[A-Za-z0-9_-]{1,40}", part)
            text += ("." if text else "") + (part if plain else ascii(part[:40]))
    return text


def shown_path(path: Path) -> str:
    """A path, short enough for a message."""
    text = str(path)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _read_path(path: Path, communes: Register) -> TenantFile:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError:
        sentence = "Ce fichier n’est pas lisible."
        return TenantFile(path.name, path.stem, faults=(Fault(path.name, "", sentence),))
    if len(content) > LARGEST:
        sentence = f"Ce fichier dépasse {LARGEST // 1024} Kio."
        return TenantFile(path.name, path.stem, faults=(Fault(path.name, "", sentence),))
    return read_text(path.name, content, communes)


def _load(document: Mapping[str, object], found: list[tuple[Where, str]]) -> Territory:
    """What the schemas can read; `found` gets the rest."""
    try:
        territory: Territory = TerritorySchema().load(document)
    except ValidationError as wrong:
        found.extend(_flat(wrong.messages_dict, ()))
        territory = vars(wrong)["valid_data"]  # marshmallow does not know the type of it
    return territory


def _flat(messages: object, where: Where) -> Iterator[tuple[Where, str]]:
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            yield from _flat(value, where if key == "_schema" else (*where, key))
    elif isinstance(messages, Sequence):
        yield from ((where, str(sentence)) for sentence in messages)


def _order(fault: tuple[Where, str]) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in fault[0]]


def _syntax(name: str, wrong: Exception) -> Fault:
    if isinstance(wrong, UnicodeDecodeError):
        return Fault(name, "", "Ce fichier n’est pas du texte en UTF-8.")
    message = str(wrong)
    place = PLACE.search(message)
    key = f"ligne {place[1]}, colonne {place[2]}" if place and place[1] else "fin du fichier"
    if place is None:
        return Fault(name, "", "Syntaxe TOML : une valeur est trop longue ou trop imbriquée.")
    said = (french for pattern, french in SYNTAX if re.search(pattern, message))
    return Fault(name, key, f"Syntaxe TOML : {next(said, UNREADABLE)}.")
