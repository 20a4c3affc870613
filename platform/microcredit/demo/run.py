"""`microcredit demo`: the whole product on one machine, in two synthetic territories."""

import fcntl
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import IO

from microcredit.accounts.gate import Gate
from microcredit.demo.accesses import invite_somebody
from microcredit.demo.accounts import PASSWORD, TERRITORIES, open_accounts
from microcredit.demo.story import Story
from microcredit.demo.territories import tales_of
from microcredit.embedded import server as embedded
from microcredit.kernel import migrate, provision
from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.database import open_pools
from microcredit.kernel.provision import Provision
from microcredit.kernel.vault import Vault
from microcredit.settings import ROOT, Settings, administrator_url, new_secret
from microcredit.tenant_files.creation import sync
from microcredit.wsgi import ensure_free, serve

FOLDER = ROOT / ".demo"
DATABASE = "microcredit_demo"
SUFFIX = "_demo"

#: Raised when what the demo builds changes, so that an older demo is built anew.
EDITION = 4


class DemoRunning(Exception):
    """The demo of this checkout runs already; one French line."""


@dataclass(frozen=True)
class Secrets:
    """What one demo keeps between runs."""

    secret_key: str
    master_key: str
    passwords: dict[str, str]
    edition: int = 0


def run(port: int, *, reset: bool = False) -> None:
    """Set up what is missing, serve until Ctrl-C, then stop all that was started.

    Raises PortTaken, DemoRunning, ServerError, ProvisionError or SettingsError, each one line.
    """
    ensure_free(port)
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    with _only_one(), _database(reset=reset) as administrator:
        secrets = _secrets(reset=reset)
        provided = Provision(administrator, DATABASE, SUFFIX, secrets.passwords)
        settings = _settings(provided, secrets, port)
        if secrets.edition != EDITION:
            print("Préparation de la démonstration…", flush=True)
            provision.drop(provided)
        provision.create(provided)
        migrate.upgrade(provided.migration_url, SUFFIX)
        _write_environment(settings)
        if secrets.edition != EDITION:
            build(settings)
            _keep(replace(secrets, edition=EDITION))
        else:
            add_territories(settings)
        _announce(settings)
        with _worker(settings):
            serve(settings)


def build(settings: Settings) -> None:
    """Create both territories with their accounts and their stories."""
    pools = open_pools(settings.database_url, settings.gate_url, operator=settings.operator_url)
    vault = Vault(settings.master_key)
    gate = Gate(pools.gate, settings.secret_key)
    if pools.operator is None:
        raise LookupError("the demo is built by the operator")
    sync(pools.operator, vault, ROOT / "tenants", demo=settings.demo_slugs)
    for territory in TERRITORIES:
        actors = open_accounts(pools.operator, territory)
        end = territory.ends_on or today_in_paris()
        story = Story(territory.slug, pools, gate, vault, actors)
        story.tell(tales_of(territory, end), territory.ends_on)
        origin, desk = settings.origin(territory.slug), territory.invites
        invite_somebody(gate, vault, territory.slug, origin, actors, desk)
    pools.dispose()
    provision.take_stock(settings.migration_url, settings.role_suffix)


def add_territories(settings: Settings) -> None:
    """Create the territories whose files have come since, and say what was done."""
    pools = open_pools(settings.database_url, settings.gate_url, operator=settings.operator_url)
    if pools.operator is None:
        raise LookupError("territories are created by the operator")
    for line in sync(
        pools.operator, Vault(settings.master_key), ROOT / "tenants", settings.demo_slugs
    ):
        if not line.endswith("rien à faire."):
            print(line)
    pools.dispose()


@contextmanager
def _only_one() -> Iterator[IO[str]]:
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise DemoRunning("La démonstration de ce dossier tourne déjà.") from held
        yield lock


@contextmanager
def _database(*, reset: bool) -> Iterator[str]:
    """The URL of an administrator: of the server that DATABASE_URL names, or of the embedded one."""
    given = administrator_url()
    if given:
        yield given
        return
    folder = embedded.default_folder(ROOT)
    if reset:
        embedded.remove(folder)
    server = embedded.start(folder)
    try:
        yield server.url("postgres")
    finally:
        server.stop()


def _secrets(*, reset: bool) -> Secrets:
    path = FOLDER / "secrets.json"
    if reset:
        path.unlink(missing_ok=True)
    if path.exists():
        with suppress(ValueError, TypeError):
            return Secrets(**json.loads(path.read_text(encoding="utf-8")))
    fresh = Secrets(new_secret(), os.urandom(32).hex(), provision.new_passwords())
    _keep(fresh)
    return fresh


def _keep(secrets: Secrets) -> None:
    path = FOLDER / "secrets.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(secrets.__dict__), encoding="utf-8")


def _settings(provided: Provision, secrets: Secrets, port: int) -> Settings:
    return Settings(
        database_url=provided.url("web"),
        gate_url=provided.url("gate"),
        worker_url=provided.url("worker"),
        operator_url=provided.url("operator"),
        migration_url=provided.migration_url,
        base_domain="localhost",
        secret_key=secrets.secret_key,
        master_key=bytes.fromhex(secrets.master_key),
        role_suffix=SUFFIX,
        demo=True,
        demo_slugs=tuple(territory.slug for territory in TERRITORIES),
        port=port,
    )


def _environment(settings: Settings) -> dict[str, str]:
    """The variables under which any command acts on the demo."""
    return {
        "DATABASE_URL": settings.database_url,
        "MICROCREDIT_GATE_URL": settings.gate_url,
        "MICROCREDIT_WORKER_URL": settings.worker_url,
        "MICROCREDIT_OPERATOR_URL": settings.operator_url,
        "MICROCREDIT_MIGRATION_URL": settings.migration_url,
        "MICROCREDIT_BASE_DOMAIN": settings.base_domain,
        "MICROCREDIT_SECRET_KEY": settings.secret_key,
        "MICROCREDIT_MASTER_KEY": settings.master_key.hex(),
        "MICROCREDIT_ROLE_SUFFIX": settings.role_suffix,
        "MICROCREDIT_PORT": str(settings.port),
    }


def _write_environment(settings: Settings) -> None:
    """`set -a; . .demo/environment` lets a shell run commands on the demo while it runs."""
    path = FOLDER / "environment"
    path.touch(mode=0o600)
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in _environment(settings).items()]
    path.write_text("".join(lines), encoding="utf-8")


@contextmanager
def _worker(settings: Settings) -> Iterator[None]:
    """A worker beside the server; it stops by itself if this process is killed."""
    command = [sys.executable, "-m", "microcredit.cli", "worker"]
    process = subprocess.Popen(
        command, env={**os.environ, **_environment(settings)}, start_new_session=True
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _announce(settings: Settings) -> None:
    print("\nLa démonstration est prête :")
    for territory in TERRITORIES:
        print(f"  {settings.origin(territory.slug)}   {territory.name}")
    print(f"\nComptes (mot de passe « {PASSWORD} »), aussi en un clic sur la page de connexion :")
    for territory in TERRITORIES:
        for account in territory.accounts:
            roles = ", ".join(hat.role.label for hat in account.hats)
            print(f"  {account.email(territory.slug):45} {roles}")
    print("\nCtrl-C arrête tout ce qui a été démarré ; les données sont gardées.", flush=True)
