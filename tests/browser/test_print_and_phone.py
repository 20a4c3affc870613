"""What is carried to a meeting on paper, and what is used with a thumb."""

import re

from playwright.sync_api import expect
from tests.browser.conftest import Enter
from tests.browser.screen import PHONE, Screen

MOST_SHEETS = 3


def open_case(screen: Screen, state: str) -> str:
    """The first case in a state; its address."""
    screen.open(f"/dossiers?vue=tous&etat={state}")
    screen.follow(screen.page.locator(".row-link").first)
    return screen.page.url


def test_a_case_prints_on_a_few_sheets_that_say_who_printed_them(enter: Enter) -> None:
    worker = enter("case_worker")
    open_case(worker, "ready")
    worker.page.emulate_media(media="print")
    mention = worker.page.get_by_text(
        "Document nominatif, imprimé le 31 mars 2016 par Claire Vasseur"
    )
    expect(mention).to_be_visible()
    expect(mention).to_contain_text("CCAS de Fresnes-sur-Escaut")
    for screen_only in (
        ".topbar",
        ".mainnav",
        ".demo-band",
        ".case-top .page-actions",
        ".backlink",
    ):
        expect(worker.page.locator(screen_only).first).not_to_be_visible()
    for words in ("Ce que dit le budget", "L’avis", "Historique"):
        expect(worker.page.get_by_role("heading", name=words, exact=True)).to_be_visible()

    paper = worker.page.pdf(format="A4", prefer_css_page_size=True)

    assert paper.startswith(b"%PDF-")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= MOST_SHEETS


def test_the_mention_is_for_paper_alone(enter: Enter) -> None:
    worker = enter("case_worker")
    open_case(worker, "ready")
    expect(worker.page.get_by_text("Document nominatif")).not_to_be_visible()


def test_the_places_become_a_bar_under_the_thumb(enter: Enter) -> None:
    worker = enter("case_worker", width=PHONE)
    bar = worker.page.locator(".mainnav")
    box = bar.bounding_box()
    assert box is not None
    assert (round(box["y"] + box["height"]), round(box["width"])) == (844, PHONE)
    for link in bar.locator("a").all():
        place = link.bounding_box()
        assert place is not None
        assert place["height"] >= 44
        assert place["width"] >= 44
    worker.page.mouse.wheel(0, 1200)
    expect(bar.get_by_role("link", name="Dossiers")).to_be_in_viewport(ratio=1)
    worker.go("Dossiers")
    expect(bar.get_by_role("link", name="Dossiers")).to_have_attribute("aria-current", "page")


def test_the_bar_hides_nothing_at_the_end_of_a_page(enter: Enter) -> None:
    desk = enter("front_desk", width=PHONE)
    desk.go("Nouveau premier contact")
    desk.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = desk.page.locator(".page-foot span").bounding_box()
    bar = desk.page.locator(".mainnav").bounding_box()
    assert last is not None
    assert bar is not None
    assert last["y"] + last["height"] <= bar["y"]


def test_filters_fold_on_a_phone_and_still_filter(enter: Enter) -> None:
    worker = enter("case_worker", width=PHONE)
    worker.open("/dossiers?vue=tous")
    expect(worker.page.locator("#f-etat")).not_to_be_visible()
    worker.page.locator(".fold > summary").click()
    worker.page.locator("#f-etat").select_option(label="Dossier complet")
    worker.go("Filtrer")

    expect(worker.page.locator(".chip")).to_contain_text(["Dossier complet"])
    states = worker.page.locator(".cases .state").all_inner_texts()
    assert states
    assert {one.strip() for one in states} == {"Dossier complet"}
    worker.look()


def test_filters_stand_open_on_a_wide_screen(enter: Enter) -> None:
    worker = enter("case_worker")
    worker.open("/dossiers")
    expect(worker.page.locator("#f-etat")).to_be_visible()


def test_the_sums_stay_in_view_while_a_budget_is_typed_on_a_phone(enter: Enter) -> None:
    worker = enter("case_worker", width=PHONE)
    address = open_case(worker, "diagnosis")
    worker.open(address + "/diagnostic")
    bar = worker.page.locator(".live-bar")
    expect(bar).to_be_in_viewport(ratio=1)
    before = bar.inner_text()
    rent = worker.page.get_by_label("Loyer et charges", exact=True)
    rent.scroll_into_view_if_needed()
    rent.fill("123,45")
    expect(bar).not_to_have_text(before)
    expect(bar).to_be_in_viewport(ratio=1)
    shown = bar.inner_text().split("\n")[-1]
    expect(worker.page.locator("#solde > .facts .total dd")).to_have_text(shown)


def test_nothing_of_a_case_needs_a_wide_screen(enter: Enter) -> None:
    """The acts of a case are there on a phone, and large enough for a thumb."""
    worker = enter("case_worker", width=PHONE)
    open_case(worker, "contact")
    for words in ("Fixer un rendez-vous", "Autres actes"):
        box = worker.page.locator(".page-actions").get_by_text(words).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE
    worker.page.get_by_text("Autres actes", exact=True).click()
    panel = worker.page.locator(".btn-more .menu-panel").bounding_box()
    assert panel is not None
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= PHONE
