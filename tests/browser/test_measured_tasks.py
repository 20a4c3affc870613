"""Tasks that must stay short, with the figure of each in the summary of the run.

The seconds of a rejected debit are measured in the walk of a whole case, where one is noted.
"""

import pytest
from tests.browser import acts
from tests.browser.conftest import Enter
from tests.browser.tally import TALLY

#: What a hand does: a key pressed, an option chosen or a button pressed counts for one.
MOST_FIELDS, MOST_ACTIONS, MOST_SECONDS = 8, 10, 60

MOST_CLICKS_TO_SHEET, MOST_ACTIONS_TO_PERSON = 4, 2


def test_a_first_contact_is_eight_fields_at_most_and_ten_actions(enter: Enter) -> None:
    desk = enter("front_desk", axe=False)
    desk.go("Nouveau premier contact")
    fields = desk.page.locator("main form [name]:not([type=hidden]):not(button)").count()
    TALLY.note("fields of a first contact", fields)
    assert fields <= MOST_FIELDS
    assert desk.box("commune").input_value() == "59616"  # her own commune is there already

    actions = 1  # « Nouveau premier contact »
    for name, words in (("motive", "Logement"), ("amount", "850"), ("channel", "Téléphone")):
        if name == "amount":
            desk.box(name).press_sequentially(words)
            actions += 1 + len(words)
        else:
            desk.put(name, words)
            actions += 1
    desk.go("Noter le contact")
    actions += 1
    TALLY.note("actions of a first contact", actions)
    desk.says("Le premier contact est noté")
    desk.says("Personne non nommée")
    assert actions <= MOST_ACTIONS


def test_a_first_contact_with_every_field_takes_less_than_a_minute(enter: Enter) -> None:
    acts.note_contact(enter("front_desk", axe=False), "Chronomètre")
    assert TALLY.measured["seconds of a first contact"] <= MOST_SECONDS


def test_from_a_refused_case_to_the_printed_sheet_in_four_clicks(enter: Enter) -> None:
    """A reason that suggests helps ticks them: to orientate, choose why, close, open the sheet."""
    worker = enter("case_worker", axe=False)
    worker.open("/dossiers?vue=tous&etat=bank_refused")
    worker.follow(worker.page.locator(".row-link").first)
    clicks = 0
    worker.go("Orienter la personne")
    clicks += 1
    if worker.box("reason").input_value() == "":
        worker.fill(reason="La banque a refusé")
        clicks += 1
    if worker.page.locator("[name=targets]:checked").count() == 0:
        worker.page.locator("[name=targets]").first.check()
        clicks += 1
    worker.go("Clore et orienter")
    worker.go("Imprimer la feuille d’orientation")
    clicks += 2
    worker.page.evaluate("print = () => { document.title = 'printed' }")
    worker.named("Imprimer").click()
    clicks += 1
    assert worker.page.title() == "printed"
    worker.says("À apporter")
    TALLY.note("clicks from a refusal to the printed sheet", clicks)
    assert clicks <= MOST_CLICKS_TO_SHEET


@pytest.mark.parametrize("path", ["/ma-journee", "/prets", "/chiffres"])
def test_a_person_is_found_by_three_letters_from_any_page(enter: Enter, path: str) -> None:
    worker = enter("case_worker", axe=False)
    worker.open(path)
    letters, keys = "len", worker.page.keyboard
    worker.page.locator("#q").press_sequentially(letters)
    actions = 1
    with worker.page.expect_navigation():
        keys.press("Enter")
    actions += 1
    names = worker.page.locator(".cases .row-link").all_inner_texts()
    TALLY.note("actions to find a person", actions)
    assert actions <= MOST_ACTIONS_TO_PERSON
    assert any("Lenoir" in name for name in names), names
