"""The founding territory at 31 March 2016, as its coordinator, an elected member and a funder read it."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Enter
from tests.browser.screen import Screen

#: What the dashboard says in words, to whoever reads it.
HEADLINES = (
    "31 678 habitants", "497 demandes", "132 prêts versés", "26,6 % des demandes", "112 de 2013 à 2015",
    "260 300 €", "63 900 €", "4 incidents de remboursement",
)  # fmt: skip

YEARS = "Demandes, transmissions, réponses et prêts par année"


def table(screen: Screen, caption: str) -> list[list[str]]:
    """The cells of a table's body, found by its caption, with plain spaces."""
    found = screen.page.locator("table").filter(
        has=screen.page.locator("caption").get_by_text(caption, exact=True)
    )
    rows = found.locator("tbody tr, tfoot tr").all()
    return [
        [" ".join(text.split()) for text in row.locator("th, td").all_text_contents()]
        for row in rows
    ]


@pytest.mark.parametrize("role", ["coordinator", "elected_member", "funder_viewer"])
def test_the_dashboard_says_what_was_published(enter: Enter, role: str) -> None:
    screen = enter(role, axe=False)
    screen.open("/chiffres")
    said = " ".join(screen.page.locator("main").inner_text().split())
    assert [words for words in HEADLINES if words not in said] == []
    motives = {row[0]: row[-2:] for row in table(screen, "Prêts par motif")}
    assert motives["Emploi et mobilité"] == ["99", "75,0 %"]
    refusals = [row[-1] for row in table(screen, YEARS)]
    assert refusals[-1] == "26,9 %"
    by_year = ["16,0 %", "20,5 %", "27,8 %", "34,9 %"]
    assert refusals[:-1] == (by_year if role == "coordinator" else ["—"] * 4)


def test_each_figure_says_how_it_is_counted(enter: Enter) -> None:
    screen = enter("coordinator", axe=False)
    counted = screen.page.get_by_text("Comment ces chiffres sont comptés")
    counted.click()
    screen.says("Chaque nombre est recompté dans les dossiers à l’ouverture de cette page")


def test_a_funder_reads_no_small_number(enter: Enter) -> None:
    screen = enter("funder_viewer", axe=False)
    screen.says("moins de 5")
    cells = [cell for row in table(screen, YEARS) for cell in row[1:] if cell.isdigit()]
    assert all(int(cell) >= 5 for cell in cells), cells


def test_24_files_are_open_besides_the_running_loans(enter: Enter) -> None:
    """« En cours » holds what waits for an act; loans have a view of their own, « Prêts ».

    There: the 74 that run, and 4 repaid ones that wait for their evaluation.
    """
    coordinator = enter("coordinator", axe=False)
    coordinator.open("/dossiers?vue=en-cours")
    assert count_of(coordinator) == 24
    states = coordinator.page.locator(".cases .state").all_inner_texts()
    assert "Prêt en cours" not in [one.strip() for one in states]
    coordinator.open("/dossiers?vue=prets")
    assert count_of(coordinator) == 74 + 4


def test_a_view_is_kept_and_removed(enter: Enter) -> None:
    coordinator = enter("coordinator")
    coordinator.open("/dossiers?vue=en-cours&motif=employment_mobility")
    count = count_of(coordinator)
    coordinator.page.get_by_text("Garder cette vue", exact=True).click()
    coordinator.fill(nom="Mobilité")
    coordinator.go("Garder la vue")
    kept = coordinator.page.locator(".views .is-kept")
    expect(kept).to_have_text(re.compile(rf"Mobilité\s+{count}"))
    coordinator.look()
    coordinator.open("/dossiers?vue=tous")
    coordinator.follow(kept)
    assert count_of(coordinator) == count
    coordinator.go("Retirer la vue « Mobilité »")
    expect(kept).to_have_count(0)


def count_of(screen: Screen) -> int:
    """How many cases the list says that it holds."""
    said = screen.page.locator(".result-count").inner_text()
    return int(re.findall(r"\d+", said)[0])
