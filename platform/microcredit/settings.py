"""Every setting of the product, read once from the environment; nothing else reads it."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

#: The checkout or image root: it holds `templates/`, `tenants/` and `migrations/`.
ROOT = Path(__file__).resolve().parents[2]


#: Which variables a tenant file may name as holding the secret of a provider of identity.
PROVIDER_VARIABLE = r"MICROCREDIT_PROVIDER_[A-Z0-9_]{1,60}(?<!_FILE)"


class SettingsError(Exception):
    """A setting is missing or unusable; the message is one line of French."""


@dataclass(frozen=True)
class Settings:
    """How one process of the product is run.

    `database_url` and the four companions are SQLAlchemy URLs of the login roles (ARCHITECTURE,
    “Roles and pools”). `master_key` is 32 bytes; it wraps each tenant's own key.
    """

    database_url: str
    gate_url: str
    worker_url: str
    operator_url: str
    migration_url: str
    base_domain: str
    secret_key: str
    master_key: bytes
    role_suffix: str = ""
    demo: bool = False
    demo_slugs: tuple[str, ...] = ()
    port: int = 8000
    workers: int = 2
    smtp_url: str = ""
    mail_from: str = ""
    #: Secrets that sign no more and still verify, newest first: one leaves when all it signed has expired.
    old_secret_keys: tuple[str, ...] = ()
    #: Whether who works here needs a second factor: yes in production, unless the environment says no.
    require_second_factor: bool = False
    #: Whether providers of identity may be on this very machine, without https: in tests alone.
    loopback_providers: bool = False

    @property
    def signing_keys(self) -> list[str]:
        """Every secret that verifies, oldest first as itsdangerous wants them: the last one signs."""
        return [*reversed(self.old_secret_keys), self.secret_key]

    def host(self, slug: str) -> str:
        """The name of a tenant's site, without scheme or port: what its passkeys are bound to."""
        return f"{slug}.{self.base_domain}"

    def origin(self, slug: str) -> str:
        """The address of a tenant, as written in a browser."""
        if self.base_domain == "localhost":
            return f"http://{slug}.localhost:{self.port}"
        return f"https://{slug}.{self.base_domain}"


REQUIRED = {
    "DATABASE_URL": "l’adresse de la base pour le rôle microcredit_web",
    "MICROCREDIT_GATE_URL": "l’adresse de la base pour le rôle microcredit_gate",
    "MICROCREDIT_BASE_DOMAIN": "le domaine sous lequel chaque territoire a son nom",
    "MICROCREDIT_SECRET_KEY": "le secret qui signe les formulaires (32 caractères au moins)",
    "MICROCREDIT_MASTER_KEY": "la clé maîtresse de chiffrement (64 chiffres hexadécimaux)",
}


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a production process.

    Raises SettingsError, in French, when a required variable is missing or malformed: a process
    without its secrets refuses to start.
    """
    env = os.environ if environment is None else environment
    missing = [f"{name} ({what})" for name, what in REQUIRED.items() if not env.get(name)]
    if missing:
        raise SettingsError("Il manque : " + " ; ".join(missing) + ".")
    secret_key, *old_secret_keys = _secret_keys(env["MICROCREDIT_SECRET_KEY"])
    return Settings(
        database_url=env["DATABASE_URL"],
        gate_url=env["MICROCREDIT_GATE_URL"],
        worker_url=env.get("MICROCREDIT_WORKER_URL", ""),
        operator_url=env.get("MICROCREDIT_OPERATOR_URL", ""),
        migration_url=env.get("MICROCREDIT_MIGRATION_URL", ""),
        base_domain=env["MICROCREDIT_BASE_DOMAIN"].lower().strip("."),
        secret_key=secret_key,
        old_secret_keys=tuple(old_secret_keys),
        master_key=_master_key(env["MICROCREDIT_MASTER_KEY"]),
        role_suffix=env.get("MICROCREDIT_ROLE_SUFFIX", ""),
        port=_number(env, "MICROCREDIT_PORT", 8000),
        smtp_url=_smtp(env.get("MICROCREDIT_SMTP_URL", "")),
        mail_from=env.get("MICROCREDIT_MAIL_FROM", ""),
        require_second_factor=_second_factor(env.get("MICROCREDIT_SECOND_FACTOR") or "required"),
        workers=_number(env, "MICROCREDIT_WORKERS", 2),
    )


def administrator_url() -> str | None:
    """`DATABASE_URL` as the tests and the demo read it: an administrator of another server."""
    return os.environ.get("DATABASE_URL") or None


def provider_secret(variable: str, environment: Mapping[str, str] | None = None) -> str:
    """The client secret that `variable` holds, or the file whose path `variable`_FILE holds.

    No other variable can be named: a tenant file must not send our own secrets to a provider. Raises
    SettingsError, in French.
    """
    env = os.environ if environment is None else environment
    if not re.fullmatch(PROVIDER_VARIABLE, variable):
        raise SettingsError("Le nom de la variable commence par MICROCREDIT_PROVIDER_.")
    found = env.get(variable, "")
    if path := env.get(f"{variable}_FILE"):
        try:
            found = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"Le fichier que nomme {variable}_FILE n’est pas lisible."
            ) from error
    if not 0 < len(found) <= 500:
        raise SettingsError(f"{variable} (ou {variable}_FILE) doit contenir le secret de client.")
    return found


def new_secret() -> str:
    """A fresh secret of 256 bits, in text."""
    return secrets.token_urlsafe(32)


def _secret_keys(text: str) -> list[str]:
    """The secrets that the variable holds, the one that signs first."""
    keys = [key.strip() for key in text.split(",")]
    if min(map(len, keys)) < 32:
        raise SettingsError(
            "MICROCREDIT_SECRET_KEY doit compter au moins 32 caractères"
            + (" dans chacun de ses secrets." if len(keys) > 1 else ".")
        )
    return keys


def _master_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SettingsError("MICROCREDIT_MASTER_KEY doit compter 64 chiffres hexadécimaux.")
    return key


def _second_factor(word: str) -> bool:
    if word not in ("required", "optional"):
        raise SettingsError("MICROCREDIT_SECOND_FACTOR vaut « required » ou « optional ».")
    return word == "required"


def _smtp(url: str) -> str:
    if url and (urlsplit(url).scheme not in ("smtp", "smtps") or not urlsplit(url).hostname):
        raise SettingsError("MICROCREDIT_SMTP_URL s’écrit smtp://hôte:port ou smtps://hôte:port.")
    return url


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingsError(f"{name} doit être un nombre entier entre 1 et 65535.")
    return int(text)
