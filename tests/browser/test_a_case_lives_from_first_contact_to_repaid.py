"""One loan from the first contact to its evaluation, by all who take part, with scripts and without.

Ternois, whose date may move: 400 € asked over 8 months, 300 € lent over 6.
"""

import time
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect
from tests.browser import acts
from tests.browser.conftest import TERNOIS, Enter
from tests.browser.screen import Screen
from tests.browser.tally import TALLY

DECLARED_ONLY = ("Venu par", "Historique", "Reçu à", "Agent d’accueil")

#: How long one may take to note a rejected debit, from the search to the flash.
MOST_SECONDS = 10

#: A debit of which nobody said anything counts as paid so many days after its date.
PRESUMED_AFTER = timedelta(days=5)


def hold_interview(worker: Screen, number: str) -> None:
    """From « Ma journée » to a saved diagnosis whose figures were seen to change."""
    worker.open("/ma-journee")
    worker.go("Commencer l’entretien")
    assert number in worker.page.url
    worker.look()
    acts.fill_person(worker, cost="500", own="100", months="8")
    figures_follow_the_answers(worker)
    worker.go("Enregistrer le diagnostic")
    worker.says("624,94 €")
    lacking = worker.page.locator(".is-missing").all_inner_texts()
    assert [one.strip() for one in lacking] == ["L’adresse", "Votre avis"]


def figures_follow_the_answers(worker: Screen) -> None:
    """With scripts each figure follows each answer; without, they come with « Recalculer »."""
    left, simulated = (
        worker.page.locator("#solde > .facts .total dd"),
        worker.page.locator("#simulation"),
    )
    acts.fill_budget(worker)
    if worker.scripts:
        expect(left).to_have_text("664,94 €")  # 1 310,50 − 520 − 900 ÷ 12 − 50,56
        worker.page.get_by_label("Téléphone, internet", exact=True).press_sequentially("40")
        expect(left).to_have_text("624,94 €")
        worker.page.get_by_label("Eau", exact=True).press_sequentially("douze")
        expect(worker.page.locator("#solde")).to_contain_text("Une réponse n’est pas lisible")
        worker.page.get_by_label("Eau", exact=True).fill("")
        worker.fill(months="6")
        expect(simulated).to_contain_text("67,25 €")
        worker.fill(months="8")
    else:
        acts.fill_line(worker, "Téléphone, internet", "40")
        worker.go("Recalculer")
    expect(left).to_have_text("624,94 €")
    expect(simulated).to_contain_text("50,56 €")
    for place in (".live", ".simulator-result", "#reperes .indicator >> nth=0"):
        explained = worker.page.locator(place).locator("details.explain").first
        explained.locator("summary").click()
        expect(explained.locator(".explain-body")).to_be_visible()


def await_papers(worker: Screen, desk: Screen, number: str) -> None:
    """What lacks is asked for, seen by the front desk, and comes."""
    worker.more("Attendre des pièces")
    worker.look()
    worker.fill(words="Le devis du garage\nLe dernier bulletin de salaire")
    worker.go("Noter les pièces à apporter")
    worker.look()
    desk.open(f"/dossiers/{number}")
    desk.says("Le devis du garage")
    worker.go("Les pièces sont là")
    worker.go("Continuer le diagnostic")
    worker.fill(address="3 rue de l’Écluse", opinion="Budget tenu. Avis favorable.")
    worker.go("Enregistrer le diagnostic")
    worker.go("Déclarer le dossier complet")
    worker.look()


def ask_the_committee(worker: Screen, director: Screen, number: str) -> None:
    """The local committee says what it thinks; it does not decide."""
    worker.more("Demander l’avis local")
    director.open(f"/dossiers/{number}").look()
    director.go("Noter l’avis du comité")
    director.look()
    director.page.get_by_label("Favorable, avec des réserves", exact=True).check()
    director.fill(words="Vérifier le contrôle technique.")
    director.go("Noter l’avis")
    worker.open(f"/dossiers/{number}")
    worker.says("Vérifier le contrôle technique.")
    worker.says("Dossier complet")


def send_and_read(worker: Screen, bank: Screen, number: str, name: str) -> None:
    """What is sent is read over, and is what the bank reads: nothing of the case itself."""
    worker.go("Transmettre à la banque")
    worker.look()
    worker.says("Montant et durée conviennent")
    worker.go("Transmettre la copie")
    worker.look()
    bank.open("/banque").look()
    bank.go(name)
    bank.look()
    for words in (number, "Acheter une voiture", "676 €", "Avis favorable", "3 rue de l’Écluse"):
        bank.says(words)
    for words in DECLARED_ONLY:
        bank.says_not(words)
    bank.open(f"/dossiers/{number}", status=403)


def ask_and_answer(worker: Screen, bank: Screen, number: str) -> None:
    """The bank asks for something by name, and has its answer."""
    bank.open(f"/banque/{number}")
    bank.page.get_by_role("radio", name="Demander un complément").check()
    bank.fill(items="L’attestation d’assurance")
    acts.fill_day(bank, "due_on", acts.today(bank) + timedelta(days=7))
    acts.decide(bank, "Demander un complément", send_with="Envoyer la demande", look=True)
    bank.look()
    worker.open(f"/dossiers/{number}").look()
    worker.go("Répondre à la banque")
    worker.look()
    worker.says("L’attestation d’assurance")
    worker.fill(words="L’attestation est jointe au devis.")
    worker.go("Envoyer à la banque")


def agree(worker: Screen, bank: Screen, number: str) -> None:
    """The bank grants another loan; the person takes it and signs."""
    bank.open(f"/banque/{number}")
    bank.says("L’attestation est jointe au devis.")
    bank.page.get_by_role("radio", name="Accord, autrement").check()
    bank.fill(amount="300", months="6", rate="3")
    acts.decide(bank, "Accord, autrement", send_with="Envoyer l’offre", look=True)
    worker.open(f"/dossiers/{number}").look()
    worker.go("Noter le choix de la personne")
    worker.look()
    worker.says("100,00 €")
    worker.page.get_by_role("radio", name="La personne accepte").check()
    worker.go("Enregistrer son choix")
    worker.look()
    worker.go("Noter la signature de l’offre")
    worker.look()
    worker.go("Noter la signature")
    worker.says("J − 8")
    worker.look()


def pay_the_garage(worker: Screen, number: str) -> None:
    """No money before the eighth day; then the garage is paid, and the schedule handed over."""
    signed_on = acts.today(worker)
    for day in (signed_on, signed_on + timedelta(days=8)):
        acts.advance_to(worker, day)
        worker.open(f"/prets/{number}/versement")
        acts.fill_day(worker, "disbursed_on", day)
        worker.page.get_by_label("Le vendeur ou le prestataire", exact=True).check()
        worker.fill(payee="Garage du Marais")
        if day == signed_on:
            worker.go("Noter le versement", status=422)
            worker.says(f"aucun versement avant le {acts.day_in_words(day + timedelta(days=8))}")
            worker.look(status=422)
            worker.open("/")
    worker.go("Voir l’échéancier d’abord")
    worker.says("L’échéancier qui sera écrit")
    worker.look()
    worker.go("Noter le versement")
    worker.says("Garage du Marais")
    worker.look()
    assert worker.document("Échéancier à remettre (PDF)").startswith(b"%PDF-")


def repay(worker: Screen, bank: Screen, number: str, name: str) -> None:
    """Six debits: presumed and confirmed, rejected and paid after all, the others put off by a month."""
    worker.open(f"/prets/{number}")
    first, second, third = (acts.due_on(worker, place) for place in (1, 2, 3))
    acts.advance_to(worker, first)
    assert "en cours" in told_of(worker, number, 1)
    acts.advance_to(worker, first + PRESUMED_AFTER)
    assert "présumé" in told_of(worker, number, 1)
    bank.open(f"/prets/{number}").look()
    acts.note_of_debit(bank, first, "Bien payée")
    assert "confirmé par la banque" in told_of(worker, number, 1)

    acts.advance_to(worker, second + timedelta(days=1))
    reject_in_ten_seconds(worker, number, name, second)
    worker.look()
    worker.open("/ma-journee").look()
    worker.go(f"Appeler {name}")
    assert number in worker.page.url
    worker.open(f"/prets/{number}")
    acts.note_of_debit(worker, second, "Régularisée", "la personne")
    assert "Régularisée" in told_of(worker, number, 2)
    postpone(worker, number, third)
    while "Soldé" not in worker.page.locator(".case-status").inner_text():
        acts.advance(worker, "month")
        worker.open(f"/prets/{number}")
    assert "présumé" in acts.instalment(worker, 6)


def told_of(worker: Screen, number: str, place: int) -> str:
    """What the page of the loan says of an instalment just now."""
    worker.open(f"/prets/{number}")
    return acts.instalment(worker, place)


def reject_in_ten_seconds(worker: Screen, number: str, name: str, due: date) -> None:
    """The telephone rings: find the person, open the loan, press « Rejetée »."""
    start = time.perf_counter()
    worker.page.locator("#q").fill(name.rsplit(" ", 1)[1])
    with worker.page.expect_navigation():
        worker.page.keyboard.press("Enter")
    worker.go(name)
    worker.go("Suivre le prêt")
    acts.note_of_debit(worker, due, "Rejetée", "la personne")
    worker.says("Le rejet est noté. Le CCAS appellera la personne.")
    seconds = time.perf_counter() - start
    TALLY.note("seconds of a rejected debit", round(seconds, 1))
    assert seconds <= MOST_SECONDS
    assert "Impayée" in told_of(worker, number, 2)


def postpone(worker: Screen, number: str, third: date) -> None:
    """The bank puts the rest off by a month; the old schedule stays readable."""
    later = third + timedelta(days=31)
    worker.more("Reporter ou réaménager")
    worker.look()
    worker.page.get_by_label("Reporter des échéances", exact=True).check()
    acts.fill_day(worker, "first_due_on", later)
    worker.go("Voir le nouvel échéancier")
    worker.says("Rien n’est encore enregistré.")
    worker.look()
    worker.go("Écrire ce nouvel échéancier")
    worker.says("Échéances reportées")
    assert acts.due_on(worker, 3) == later
    worker.look()


def evaluate(worker: Screen, number: str) -> None:
    """Two minutes with the person, and the loan is closed."""
    worker.go("Faire le bilan et clore")
    worker.look()
    acts.choose(worker, "Le bilan", "La personne a répondu")
    acts.choose(worker, "Le projet s’est-il réalisé", "Oui")
    acts.choose(worker, "L’emploi", "Emploi trouvé")
    worker.go("Enregistrer le bilan et clore")
    worker.says("Emploi trouvé")
    worker.look()
    worker.open(f"/dossiers/{number}")
    worker.says("Prêt clos")
    worker.look()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_case_lives_from_first_contact_to_repaid(enter: Enter, scripts: bool) -> None:
    last_name = "Ducrocq" if scripts else "Ducrotoy"
    name = f"Mme Aline {last_name}"
    roles = ("front_desk", "case_worker", "ccas_director", "bank_officer")
    desk, worker, director, bank = (enter(role, TERNOIS, scripts=scripts) for role in roles)
    number = acts.note_contact(desk, last_name, amount="400")
    desk.look()
    acts.fix_appointment(desk, acts.today(desk), "07:15")

    hold_interview(worker, number)
    await_papers(worker, desk, number)
    ask_the_committee(worker, director, number)
    send_and_read(worker, bank, number, name)
    ask_and_answer(worker, bank, number)
    agree(worker, bank, number)
    pay_the_garage(worker, number)
    repay(worker, bank, number, name)
    evaluate(worker, number)
