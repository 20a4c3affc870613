"""A demo of its own behind gunicorn, with its worker, and one Chromium for the whole folder.

The fixtures live for this folder alone: a browser under Playwright's synchronous interface keeps an
event loop running, which other tests could not bear.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright
from sqlalchemy import create_engine, text
from tests.browser.places import Judged
from tests.browser.process import written
from tests.browser.screen import DESKTOP, Screen
from tests.conftest import copied, demo_settings
from tests.serving import free_port

from microcredit.kernel.provision import Provision
from microcredit.settings import ROOT, Settings

#: The first that is there; the shell has no windows of its own to draw.
CHROMIUM = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
)  # fmt: skip
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--in-process-gpu", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

CONDE, TERNOIS = "pays-de-conde", "ternois"
PATIENCE = 30

PUBLISHED = "test_the_demo_shows_what_was_published.py"

Enter = Callable[..., Screen]


@dataclass(frozen=True)
class Demo:
    """A served demo."""

    settings: Settings

    def origin(self, slug: str) -> str:
        """The address of a tenant."""
        return self.settings.origin(slug)

    def as_owner(self, statement: str, **values: object) -> None:
        """Change what only time or the operator could."""
        engine = create_engine(self.settings.migration_url)
        try:
            with engine.begin() as connection:
                connection.execute(text(statement), values)
        finally:
            engine.dispose()


@pytest.fixture(scope="package")
def demo(
    told: Provision, run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    """Both demo territories, served on a free port, with a worker beside."""
    logs = tmp_path_factory.mktemp("logs")
    with copied(told, run_folder) as made:
        # A provider of identity may be on this machine: there is one in the tests.
        settings = replace(
            demo_settings(made), port=free_port(), workers=2, loopback_providers=True
        )
        with _process("serve", settings, logs), _process("work", settings, logs):
            _wait_for(settings, logs)
            yield Demo(settings)
    said = (logs / "serve").read_text("utf-8")
    assert " failure " not in said, said


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.fail(
            "Chromium is missing: `apt-get install chromium-headless-shell`, or `.ci/run`, installs it."
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def signed_in() -> dict[tuple[str, str], StorageState]:
    """The cookies of who has signed in already, by territory and role."""
    return {}


@pytest.fixture(scope="package")
def judged(run_folder: Path) -> Judged:
    """What axe has judged in this run."""
    return Judged(run_folder / "judged")


@pytest.fixture
def enter(
    demo: Demo,
    browser: Browser,
    judged: Judged,
    signed_in: dict[tuple[str, str], StorageState],
) -> Iterator[Enter]:
    """`enter(role)` is somebody signed in at a screen of her own; `enter("")` is a visitor."""
    opened: list[Screen] = []

    def come(
        role: str,
        slug: str = CONDE,
        *,
        scripts: bool = True,
        axe: bool = True,
        width: int = DESKTOP,
    ) -> Screen:
        screen = Screen(
            browser,
            demo.origin(slug),
            judged,
            scripts=scripts,
            axe=axe,
            width=width,
            cookies=signed_in.get((slug, role)),
        )
        opened.append(screen)
        if role:
            screen.sign_in(role)
            signed_in[slug, role] = screen.context.storage_state()
        return screen

    yield come
    for screen in opened:
        screen.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The published figures are read before other tests of this folder add cases to them.

    The long walks of the routes come second: another process has them while the demo is being told.
    """
    first = (PUBLISHED, "test_walk_routes.py", "test_route_role_table.py")
    items.sort(key=lambda item: (*(item.path.name != name for name in first),))


@contextmanager
def _process(work: str, settings: Settings, logs: Path) -> Iterator[None]:
    with (logs / work).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.process", work],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        assert process.stdin is not None
        with process.stdin as pipe:
            pipe.write(written(settings).encode())
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(settings: Settings, logs: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{settings.port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError) as silent:
            if time.monotonic() > until:
                said = (logs / "serve").read_text("utf-8")
                raise TimeoutError(f"the server does not answer; it said: {said}") from silent
            time.sleep(0.1)
