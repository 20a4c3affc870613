"""What happens to those who click twice, go back, come late or change hats."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser import acts
from tests.browser.conftest import TERNOIS, Demo, Enter
from tests.browser.screen import Screen

END_SESSIONS = """
    UPDATE gate.session SET seen_at = seen_at - interval '31 minutes'
    WHERE account_id IN (SELECT id FROM app.account WHERE name = :name)
"""


def note_contact(screen: Screen, last_name: str = "") -> str:
    """A first contact; the number of the case."""
    screen.open("/dossiers/nouveau")
    screen.fill(commune="Vieux-Condé", motive="Logement", amount="850", channel="Téléphone")
    screen.fill(last_name=last_name)
    screen.go("Noter le contact")
    return screen.page.url.rsplit("/", 1)[1]


def fix_appointment(screen: Screen) -> None:
    """An appointment in the days to come."""
    screen.day("on_date", 4, 4, 2016)
    screen.fill(at_time="10:30")
    screen.go("Noter le rendez-vous")


def found_at(screen: Screen, words: str) -> int:
    """How many cases the search finds."""
    screen.open("/dossiers")
    screen.fill(q=words)
    screen.go("Filtrer")
    said = screen.page.locator(".result-count").inner_text()
    return int(re.split(r"\s", said, maxsplit=1)[0]) if said[0].isdigit() else 0


def test_a_stale_window_compares_before_it_saves(enter: Enter) -> None:
    first, second = enter("case_worker"), enter("case_worker")
    number = note_contact(first, "Double")
    first.go("Fixer un rendez-vous")
    fix_appointment(first)
    for window in (first, second):
        window.open(f"/dossiers/{number}/diagnostic")
    first.fill(address="1 rue du Moulin", phone="06 39 98 00 01")
    first.go("Enregistrer le diagnostic")

    second.fill(address="2 place Verte")
    second.go("Enregistrer le diagnostic", status=409)

    second.says("Claire Vasseur a enregistré ce dossier entre-temps. Comparez avant d’enregistrer.")
    expect(second.page.locator("[data-focus]")).to_be_focused()
    row = second.page.get_by_role("row", name="Adresse")
    expect(row.locator("td")).to_have_text(["1 rue du Moulin", "2 place Verte"])
    expect(second.box("address")).to_have_value("2 place Verte")
    second.look(status=409)
    second.go("Enregistrer le diagnostic")
    second.says("2 place Verte")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_double_click_makes_one_case(enter: Enter, scripts: bool) -> None:
    name = "Dubble" if scripts else "Debble"
    desk = enter("front_desk", scripts=scripts)
    desk.open("/dossiers/nouveau")
    desk.fill(motive="Logement", amount="850", channel="Téléphone", last_name=name)
    desk.named("Noter le contact").dblclick()
    desk.page.wait_for_url("**/dossiers/PC-*")

    assert found_at(desk, name) == 1


def test_back_and_again_says_that_it_was_done_already(enter: Enter) -> None:
    """A page brought back by the button holds the key of the act that it has done."""
    desk = enter("front_desk")
    desk.open("/dossiers/nouveau")
    key = desk.box("_key").input_value()
    desk.fill(motive="Logement", amount="850", channel="Téléphone", last_name="Retournier")
    desk.go("Noter le contact")
    number = desk.page.url

    desk.page.go_back()
    desk.box("_key").evaluate("(e, key) => { e.value = key }", key)
    desk.fill(motive="Logement", amount="850", channel="Téléphone", last_name="Retournier")
    desk.go("Noter le contact")

    assert desk.page.url == number
    desk.says("déjà")
    assert found_at(desk, "Retournier") == 1


def test_back_after_each_act_keeps_what_was_done(enter: Enter) -> None:
    worker = enter("case_worker")
    number = note_contact(worker, "Arrière")
    worker.go("Fixer un rendez-vous")
    fix_appointment(worker)
    worker.page.go_back()
    worker.day("on_date", 5, 4, 2016)
    worker.fill(at_time="11:00")
    worker.go("Noter le rendez-vous")  # the same form again moves the appointment
    worker.says("Mardi 5 avril")

    worker.more("Classer sans suite")
    worker.page.get_by_label("Injoignable après trois appels").check()
    worker.go("Classer sans suite")
    answer = worker.page.go_back()
    assert answer is not None
    worker.status = answer.status
    worker.says("ne permet pas cet acte : il est clos")
    worker.look(status=409)
    worker.open(f"/dossiers/{number}")
    worker.says("Sans suite")


def test_what_was_typed_when_the_session_ended_is_offered_again(enter: Enter, demo: Demo) -> None:
    desk = enter("front_desk")
    desk.open("/dossiers/nouveau")
    desk.fill(motive="Logement", amount="1 234,50", channel="Permanence", last_name="Tardivel")
    demo.as_owner(END_SESSIONS, name="Théo Lambin")
    desk.go("Noter le contact")
    desk.says("Votre session est terminée. Reconnectez-vous : votre saisie est gardée.")
    desk.look()

    desk.follow(desk.page.locator('[data-demo-account="front_desk"]').first)
    desk.says("Votre saisie est gardée")
    desk.says("Rien n’est encore enregistré")
    desk.look()
    desk.go("Envoyer ma saisie")

    desk.says("Tardivel")
    desk.says("1 234,50 €")
    assert found_at(desk, "Tardivel") == 1


def test_another_hat_changes_the_places(enter: Enter) -> None:
    claire = enter("case_worker")
    assert places(claire) == ["Ma journée", "Dossiers", "Prêts", "Bilan", "Territoire"]
    put_on(claire, "Agent d’accueil")
    assert places(claire) == ["Mon accueil", "Dossiers"]
    claire.open("/territoire", status=403)
    claire.open("/")
    claire.look()
    put_on(claire, "Référente")
    assert places(claire) == ["Ma journée", "Dossiers", "Prêts", "Bilan", "Territoire"]


def test_time_moves_on_in_the_demo_and_makes_work_late(enter: Enter) -> None:
    agnes = enter("case_worker", TERNOIS, axe=False)
    number = acts.note_contact(agnes, "Tardive")
    late = agnes.page.locator(".case-status .days-late")
    expect(late).to_have_count(0)
    acts.advance(agnes, "month")
    agnes.open(f"/dossiers/{number}")
    expect(late).to_be_visible()


def test_signing_out_ends_the_session(enter: Enter) -> None:
    desk = enter("front_desk")
    desk.page.locator(".topbar .menu > summary").click()
    desk.go("Se déconnecter")
    desk.says("Essayer avec un compte de démonstration")
    desk.page.go_back()
    desk.says("Se connecter")


def places(screen: Screen) -> list[str]:
    """The places of the main navigation."""
    return [one.strip() for one in screen.page.locator(".mainnav a").all_inner_texts()]


def put_on(screen: Screen, role: str) -> None:
    """Change hats, with the menu."""
    screen.page.locator(".topbar .menu > summary").click()
    screen.follow(screen.page.locator(".menu-item").filter(has_text=role))
