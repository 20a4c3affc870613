"""The official communes of France, from the register that `make setup` writes beside this file.

It is a yearly vintage: names, EPCI and populations are those in force on its date.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from microcredit.kernel.errors import DomainError

REGISTER = Path(__file__).with_name("communes.json")


class RegisterMissing(DomainError):
    """The register was not built, or is not whole."""

    status = 503
    message = "Le registre des communes manque ou n’est pas lisible : lancez « make setup »."


@dataclass(frozen=True)
class RegisteredCommune:
    """A commune in force. `inhabitants` is its legal population; a few have none, or no EPCI."""

    code: str
    name: str
    department: str
    inhabitants: int | None
    epci_siren: str | None
    epci_name: str | None


@dataclass(frozen=True)
class Register:
    """One vintage of the register; `in_force` is the day its populations took effect."""

    version: str
    in_force: date
    reference_year: int
    communes: Mapping[str, RegisteredCommune]

    def commune(self, code: str) -> RegisteredCommune | None:
        """The commune in force under this INSEE code."""
        return self.communes.get(code)

    @property
    def source(self) -> str:
        """Who says how many inhabitants there are, as a sentence to write beside the figure."""
        year = self.in_force.year
        return (
            f"INSEE, populations de référence {self.reference_year}, "
            f"en vigueur au 1er janvier {year}"
        )


def register() -> Register:
    """The register, read once per process. Raises RegisterMissing when it is not there or not whole."""
    return load(REGISTER)


@cache
def load(path: Path) -> Register:
    """The register written at `path`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Register(
            version=content["version"],
            in_force=date.fromisoformat(content["inForce"]),
            reference_year=content["referenceYear"],
            communes={entry["code"]: _commune(entry) for entry in content["communes"]},
        )
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise RegisterMissing from wrong


def _commune(entry: Mapping[str, str | int | None]) -> RegisteredCommune:
    def text(key: str) -> str | None:
        value = entry[key]
        return None if value is None else str(value)

    population = entry["population"]
    return RegisteredCommune(
        code=str(entry["code"]),
        name=str(entry["name"]),
        department=str(entry["department"]),
        inhabitants=None if population is None else int(population),
        epci_siren=text("epci_code"),
        epci_name=text("epci_name"),
    )
