"""Writes a first tenant file from the official register: valid as it is, to be completed by people."""

import json
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
from microcredit.tenant_files.reading import (
    FolderUnusable,
    TenantFile,
    against_others,
    read_folder,
    read_text,
    slug_faults,
)

VOWELS = "aeiouyàâäéèêëîïôöùûüœæ"

HEADER = """\
# Territoire « {name} » : sa configuration d’origine, à compléter avant de le créer.
#
# Le nom de ce fichier, sans « .toml », est l’adresse du territoire : {slug}.<domaine>.
# Les dates s’écrivent année-mois-jour ; une fin (valid_to) est le premier jour qui ne compte plus.
# Une fois le territoire créé, ce fichier ne change plus rien : ce qui change ensuite se décide
# dans l’application. « microcredit tenants check » le relit, « microcredit tenants sync » le crée.

# Le nom affiché, et les lettres par lesquelles commence chaque numéro de dossier ({prefix}-{year}-0001).
name = {quoted_name}
number_prefix = {quoted_prefix}


# Les communes, avec leur code INSEE, leur intercommunalité (EPCI) et leurs populations successives.
"""

COMMUNE = """
[[communes]]
code = {code}
name = {name}
{epci}
[[communes.populations]]
valid_from = {in_force}
inhabitants = {inhabitants}
source = {source}
"""

EPCI = """\
epci_siren = {siren}
epci_name = {name}
"""

ORGANISATIONS = """

# Les CCAS et les autres lieux d’accueil, avec leur rôle dans le regroupement depuis une date :
# « member » siège à la commission, « prescriber » reçoit les demandes.
# Nature (kind) : ccas, commune (sans CCAS), mission_locale ou association.
"""

ORGANISATION = """
[[organisations]]
name = {name}
kind = "ccas"
commune = {code}
participations = [
  {{ kind = "member", valid_from = {joined} }},
  {{ kind = "prescriber", valid_from = {joined} }},
]
"""

REST = """

# Ce que les CCAS font ensemble, et le CCAS qui porte chaque action (un seul à la fois).
# L’action « microcredit » est toujours là.

[[actions]]
code = "microcredit"
name = "Microcrédit personnel accompagné"
leads = [
  {{ organisation = {lead}, valid_from = {joined} }},
]


# Les banques partenaires et ce qu’elles prêtent : montants en euros, durées en mois, taux annuel,
# délai de réponse en jours. Chaque bloc de conditions vaut à partir d’une date.
# À compléter, puis ôter les « # » ; sans banque, aucun dossier ne peut être transmis.

# [[banks]]
# name = "Banque partenaire"
# valid_from = {joined}
#
# [[banks.terms]]
# valid_from = {joined}
# min_amount = "300 €"
# max_amount = "3 000 €"
# min_months = 6
# max_months = 36
# annual_rate = "2 %"
# answer_days = 10
# source = "Convention de partenariat du …"


# Ceux qui paient une part de l’action. À compléter de même, s’il y en a.

# [[funders]]
# name = "Financeur"
# valid_from = {joined}


# Combien de jours un dossier peut rester dans chaque état avant d’être signalé en retard.
# Un retard avertit, il ne refuse jamais.

[[delays]]
valid_from = {joined}
source = "Valeurs de départ de la plateforme, à arrêter par la commission"

[delays.days]
contact = 14
appointment = 21
diagnosis = 21
ready = 5
sent_to_bank = 10
bank_refused = 14
approved = 14
"""


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
    path = folder / f"{slug}.toml"
    if path.exists():
        raise FileRefused(f"Le fichier « {path} » existe déjà : rien n’est écrit.")
    taken = {other.territory.get("number_prefix", "") for other in others}
    name = choices.name or f"Regroupement {of(communes[0].name)}"
    prefix = choices.number_prefix or default_prefix(communes[0].name, taken)
    text = _text(slug, name, prefix, communes, official, choices.joined or today_in_paris())
    _refuse_faults(read_text(path.name, text.encode(errors="replace"), official), others)
    _write(path, text)
    return path


def of(name: str) -> str:
    """« de Frévent », « d’Escautpont », « du Ponchel », « des Lilas »."""
    name = _typographic(name)
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"d’{name}" if name[:1].lower() in VOWELS else f"de {name}"


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


def _typographic(name: str) -> str:
    return name.replace("'", "’")


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


def _text(
    slug: str,
    name: str,
    prefix: str,
    communes: Sequence[RegisteredCommune],
    official: Register,
    joined: date,
) -> str:
    shown = re.sub(r"[^\w ’'-]", " ", name)[:80]
    parts = [
        HEADER.format(
            name=shown,
            slug=slug,
            prefix=re.sub("[^A-Z]", "", prefix),
            year=joined.year,
            quoted_name=_quoted(name),
            quoted_prefix=_quoted(prefix),
        )
    ]
    for each in communes:
        epci = ""
        if each.epci_siren and each.epci_name:
            epci = EPCI.format(siren=_quoted(each.epci_siren), name=_quoted(each.epci_name))
        parts.append(
            COMMUNE.format(
                code=_quoted(each.code),
                name=_quoted(each.name),
                epci=epci,
                in_force=official.in_force,
                inhabitants=each.inhabitants,
                source=_quoted(official.source),
            )
        )
    parts.append(ORGANISATIONS)
    for each in communes:
        ccas = _ccas(each, communes)
        parts.append(ORGANISATION.format(name=ccas, code=_quoted(each.code), joined=joined))
    parts.append(REST.format(lead=_ccas(communes[0], communes), joined=joined))
    return "".join(parts)


def _ccas(commune: RegisteredCommune, communes: Sequence[RegisteredCommune]) -> str:
    """The name of its CCAS, quoted; with the code when two communes bear one name."""
    namesakes = [each for each in communes if each.name == commune.name]
    code = f" ({commune.code})" if len(namesakes) > 1 else ""
    return _quoted(f"CCAS {of(commune.name)}{code}")


def _quoted(text: str) -> str:
    """A basic string of TOML, with typographic apostrophes."""
    return json.dumps(_typographic(text), ensure_ascii=False)


def _refuse_faults(file: TenantFile, others: Sequence[TenantFile]) -> None:
    faults = against_others(file, others).faults
    if faults:
        raise FileRefused(" ".join(f"{fault.key} : {fault.sentence}" for fault in faults[:3]))


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as wrong:
        raise FileRefused(f"Le fichier « {path} » existe déjà : rien n’est écrit.") from wrong
    except OSError as wrong:
        raise FolderUnusable(f"Impossible d’écrire dans le dossier « {path.parent} ».") from wrong
