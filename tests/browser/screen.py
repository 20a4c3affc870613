"""Somebody at a screen: one browser context, what she presses and types, and how her pages are judged."""

import re
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import axe_playwright_python
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    StorageState,
    expect,
)
from tests.browser.places import PLACES, Judged
from tests.browser.tally import TALLY

DESKTOP, PHONE, SMALLEST = 1280, 390, 320
HEIGHTS = {DESKTOP: 900, PHONE: 844, SMALLEST: 700}

PICTURES = Path(__file__).parent / "pictures"

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
JUDGE = """([where, options]) => axe.run(where || document, options).then(found => found.violations.map(
    one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ")}`))"""

#: An open menu covers what lies under it: the size of what is covered says nothing.
UNDER_A_MENU = {"target-size": {"enabled": False}}

#: Tab stops, in their order, with what each looks like while it has the focus.
STOP = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const shown = e.matches(".choice input") ? e.closest(".choice") : e;
    const style = getComputedStyle(shown);
    return {
        name: e.name || e.textContent.trim().replace(/\\s+/g, " ").slice(0, 60),
        outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: e.getBoundingClientRect().height > 0,
    };
}"""


NUMBER = re.compile(r"(?<=/)[A-Z]{2,4}-\d{4}-\d+")


def kind(address: str) -> str:
    """The kind of a page: its path, with whatever the number of the case is."""
    return NUMBER.sub("*", urlsplit(address).path)


class Screen:
    """A window of one person. `origin` is a tenant's address; `scripts` says whether any runs.

    Without `axe` its pages are judged by their size and their console alone: others judge them.
    """

    def __init__(
        self,
        browser: Browser,
        origin: str,
        judged: Judged,
        *,
        scripts: bool = True,
        axe: bool = True,
        width: int = DESKTOP,
        cookies: StorageState | None = None,
    ) -> None:
        self.origin = origin
        self.judged = judged
        self.scripts = scripts
        self.axe = axe and scripts
        self.width = width
        self.context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            locale="fr-FR",
            java_script_enabled=scripts,
            storage_state=cookies,
        )
        self.errors: list[str] = []
        self.documents: set[str] = set()
        self.status = 0
        self.page = self.window()

    def window(self) -> Page:
        """One more window of the same person."""
        page = self.context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._note_request)
        return page

    def close(self) -> None:
        """Leave."""
        self.context.close()

    def sign_in(self, role: str) -> "Screen":
        """Take the demo account of a role, with the button of the sign-in page if nobody is there."""
        self.open("/")
        if urlsplit(self.page.url).path == "/connexion":
            self.follow(self.page.locator(f'[data-demo-account="{role}"]').first)
        return self

    def open(self, path: str, *, status: int = 200) -> "Screen":
        """Go to an address of the tenant; it must answer with `status`."""
        answer = self.page.goto(path if "://" in path else self.origin + path)
        assert answer is not None
        self.status = answer.status
        assert self.status == status, f"{path} answered {self.status}"
        return self

    def follow(self, place: Locator) -> None:
        """Press what leads to another page, and wait for it."""
        with self.page.expect_navigation() as gone:
            place.click()
        self.status = gone.value.status

    def go(self, words: str, *, status: int = 200) -> None:
        """Press the link or the button with exactly these words."""
        self.follow(self.named(words))
        assert self.status == status, f"« {words} » answered {self.status}"

    def named(self, words: str) -> Locator:
        """The link or button with exactly these words."""
        link = self.page.get_by_role("link", name=words, exact=True)
        return link.or_(self.page.get_by_role("button", name=words, exact=True)).first

    def document(self, words: str) -> bytes:
        """The bytes behind the link with these words, asked for with the cookies of this window."""
        where = urlsplit(urljoin(self.page.url, self.named(words).get_attribute("href") or ""))
        cookies = self.context.cookies(where.geturl())
        headers = {
            "Host": where.netloc,
            "Cookie": "; ".join(f"{one.get('name')}={one.get('value')}" for one in cookies),
        }
        asked = urllib.request.Request(
            f"http://127.0.0.1:{where.port}{where.path}", headers=headers
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            found: bytes = answer.read()
        return found

    def more(self, words: str, *, status: int = 200) -> None:
        """Open « Autres actes » and press one of them."""
        self.page.locator(".btn-more > summary").click()
        self.go(words, status=status)

    def box(self, name: str) -> Locator:
        """The control of the page's form with that name."""
        return self.page.locator(f'main [name="{name}"]')

    def fill(self, **typed: str) -> None:
        """Type into boxes and choose in lists, by the names of the form."""
        for name, value in typed.items():
            self.put(name, value)

    def put(self, name: str, value: str) -> None:
        """Type into one box, or choose in one list the option with these words."""
        place = self.box(name)
        if place.evaluate("e => e.tagName") == "SELECT":
            place.select_option(label=value)
        else:
            place.fill(value)

    def day(self, name: str, day: int, month: int, year: int) -> None:
        """Fill the three boxes of a date."""
        for part, number in (("day", day), ("month", month), ("year", year)):
            self.put(f"{name}.{part}", str(number))

    def says(self, words: str) -> None:
        """The page says these words, whichever spaces stand between them."""
        expect(self.page.locator("body")).to_contain_text(words)

    def says_not(self, words: str) -> None:
        """The page does not say these words."""
        expect(self.page.locator("body")).not_to_contain_text(words)

    def resize(self, width: int) -> None:
        """Make the window as wide as that."""
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})

    def look(self, *, status: int = 200) -> None:
        """Fail unless the page is accessible, fits every width and logged no error.

        Axe judges it, at both widths, when it holds something that was not judged yet: a kind of page, a
        status, a state, or an element in a place where none stood before.
        """
        assert self.status == status, f"{self.page.url} answered {self.status}"
        found, judges = list[str](), self._has_new()
        place = urlsplit(self.page.url)
        name = f"{place.hostname}{place.path.replace('/', '-')}-{status}-{TALLY.pages:03d}"
        self.page.evaluate(
            "document.querySelectorAll('details:not(.menu)').forEach(e => e.open = true)"
        )
        for width in (DESKTOP, PHONE, SMALLEST):
            self.resize(width)
            over = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 0:
                found.append(f"{over} px too wide for {width} px")
            if width == SMALLEST:
                continue
            self.picture(name)
            if judges:
                found += [f"{width} px: {one}" for one in self.judge()]
        self.resize(self.width)
        found += self.errors
        self.errors.clear()
        TALLY.pages += 1
        TALLY.violations += len(found)
        assert not found, f"{self.page.url}: " + "; ".join(found)

    def _has_new(self) -> bool:
        """Whether the page holds something that axe has still to judge."""
        if not self.axe:
            return False
        stands = self.page.locator(".case-status .state").all_inner_texts()
        what = " ".join([kind(self.page.url), str(self.status), *stands])
        return self.judged.has_new([what, *self.page.evaluate(PLACES, "")])

    def look_into_menus(self) -> None:
        """The same of every menu of the page, opened."""
        if not self.judged.has_new(f"open {one}" for one in self.page.evaluate(PLACES, ".menu")):
            return
        self.page.evaluate("document.querySelectorAll('details.menu').forEach(e => e.open = true)")
        found = self.judge({"include": ["details.menu"]}, UNDER_A_MENU)
        self.page.evaluate("document.querySelectorAll('details.menu').forEach(e => e.open = false)")
        assert not found, f"{self.page.url}: " + "; ".join(found)

    def judge(self, where: Any = None, rules: Any = None) -> list[str]:
        """What axe finds, on the page or in a part of it."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        options = {"runOnly": RULES, "resultTypes": ["violations"], "rules": rules or {}}
        TALLY.judged += 1
        found: list[str] = self.page.evaluate(JUDGE, [where, options])
        return found

    def picture(self, name: str) -> None:
        """Keep a picture of the page, for who made the folder to look at them: it takes long."""
        if PICTURES.is_dir():
            width = self.page.evaluate("innerWidth")
            file = PICTURES / f"{name}-{width}.png"
            self.page.screenshot(path=file, full_page=True)

    def stops(self, most: int = 80) -> list[dict[str, Any]]:
        """Press Tab until the page has been gone through; what had the focus each time."""
        found: list[dict[str, Any]] = []
        for _ in range(most):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(STOP)
            if stop is None:
                break
            found.append(stop)
        return found

    def _note_request(self, request: Request) -> None:
        if request.is_navigation_request():
            self.documents.add(urldefrag(request.url)[0])

    def _note(self, message: ConsoleMessage) -> None:
        """Keep an error, unless it only repeats the status of a page, which is judged apart."""
        if message.type != "error":
            return
        about = urldefrag(message.location["url"])[0]
        if not (message.text.startswith("Failed to load resource") and about in self.documents):
            self.errors.append(message.text)
