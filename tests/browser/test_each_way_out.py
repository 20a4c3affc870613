"""Each way out of a request and of a loan. Where time passes: Ternois, whose date may move."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.browser import acts
from tests.browser.conftest import TERNOIS, Enter
from tests.browser.screen import Screen

#: An offer holds so long, and a withdrawal after the money gives so long to pay it back.
OFFER_HOLDS, REFUND_WITHIN = timedelta(days=15), timedelta(days=30)

BANK, OTHER_BANK = "Banque solidaire de l’Escaut", "Caisse coopérative du Hainaut"


@pytest.fixture
def worker(enter: Enter) -> Screen:
    """The case worker of Ternois."""
    return enter("case_worker", TERNOIS)


@pytest.fixture
def bank(enter: Enter) -> Screen:
    """The bank of Ternois; its pages are judged elsewhere."""
    return enter("bank_officer", TERNOIS, axe=False)


def test_redirected_with_orientations_and_what_they_gave(enter: Enter) -> None:
    desk, worker = enter("front_desk"), enter("case_worker")
    number = acts.note_contact(desk, "Orientée")
    desk.more("Orienter et clore")
    desk.fill(reason="Dettes, loyers ou factures à payer")
    desk.go("Clore et orienter", status=422)
    desk.says("Choisissez au moins une aide.")
    expect(desk.box("reason")).to_have_value("object_excluded")
    desk.page.get_by_label("Fonds de solidarité pour le logement").check()
    desk.page.get_by_label("CAF, secours").check()
    desk.go("Clore et orienter")
    desk.says("Orienté vers une autre aide")
    desk.look()

    worker.open(f"/dossiers/{number}")
    worker.go("Noter les résultats")
    worker.look()
    first = worker.page.locator("section.sheet").filter(
        has_text="Fonds de solidarité pour le logement"
    )
    first.get_by_label("Obtenue", exact=True).check()
    first.get_by_label("Montant obtenu").fill("350")
    worker.follow(first.get_by_role("button", name="Enregistrer le résultat"))
    worker.open(f"/dossiers/{number}")
    worker.says("Obtenue, 350,00 €")
    worker.says("résultat à demander")
    worker.look()


def test_a_refused_person_is_orientated_and_her_sheet_says_nothing_of_the_refusal(
    enter: Enter,
) -> None:
    worker, bank = enter("case_worker"), enter("bank_officer")
    number = acts.new_file(worker, "Réorientée")
    acts.send(worker, number, BANK)
    bank.open(f"/banque/{number}")
    bank.page.get_by_role("radio", name="Refus").check()
    bank.go("Relire avant d’envoyer", status=422)
    bank.says("Indiquez au moins un motif : il aide le CCAS à orienter la personne.")
    bank.look(status=422)
    bank.page.get_by_label("Endettement trop élevé").check()
    acts.decide(bank, "Refus", send_with="Envoyer le refus", look=True)

    worker.open(f"/dossiers/{number}").look()
    worker.says("Endettement trop élevé")
    worker.go("Orienter la personne")
    worker.look()
    worker.fill(reason="La banque a refusé")
    worker.page.get_by_label("Point conseil budget").check()
    worker.go("Clore et orienter")
    worker.says("L’orientation est notée, le dossier est clos.")
    worker.go("Imprimer la feuille d’orientation")
    worker.says("Point conseil budget")
    worker.says("À apporter")
    worker.says_not("Endettement")
    worker.look()


def test_no_show_closes_and_an_appointment_reopens(enter: Enter) -> None:
    worker = enter("case_worker", axe=False)
    acts.note_contact(worker, "Absent")
    acts.fix_appointment(worker, acts.today(worker), "16:45")
    worker.more("Classer sans suite")
    worker.page.get_by_label("N’est pas venu au rendez-vous").check()
    worker.go("Classer sans suite")
    worker.says("Sans suite")
    worker.look()
    worker.go("Reprendre par un rendez-vous")
    acts.fill_day(worker, "on_date", acts.today(worker) + timedelta(days=1))
    worker.fill(at_time="10:30")
    worker.go("Noter le rendez-vous")
    worker.says("Rendez-vous fixé")
    worker.look()


def test_withdrawn_by_the_person_before_the_bank_answers(enter: Enter) -> None:
    worker, bank = enter("case_worker"), enter("bank_officer", axe=False)
    number = acts.new_file(worker, "Renoncée")
    acts.send(worker, number, BANK)
    worker.open(f"/dossiers/{number}")
    worker.more("Retirer de la banque")
    worker.look()
    worker.go("Retirer de la banque")
    worker.says("Retiré par le CCAS")
    bank.open(f"/banque/{number}", status=404)
    worker.more("Classer sans suite")
    worker.page.get_by_label("Renonce à son projet").check()
    worker.go("Classer sans suite")
    worker.says("Renonce à son projet")


def test_not_presented_in_words_and_taken_up_again(enter: Enter) -> None:
    worker = enter("case_worker")
    number = acts.new_file(worker, "Écartée")
    worker.open(f"/dossiers/{number}")
    worker.more("Ne pas présenter")
    worker.look()
    worker.go("Ne pas présenter, et orienter", status=422)
    worker.look(status=422)
    worker.page.get_by_label("Projet pas viable : véhicule, prix, devis").check()
    worker.fill(words="Le garage ne garantit rien : attendons un autre véhicule.")
    worker.page.get_by_label("Garage solidaire").check()
    worker.go("Ne pas présenter, et orienter")
    worker.says("Non présenté")
    worker.says("Le garage ne garantit rien")
    worker.look()
    worker.go("Reprendre le dossier")
    worker.go("Enregistrer le diagnostic")
    worker.says("Diagnostic en cours")


def test_a_refused_file_is_corrected_and_granted_by_another_bank(enter: Enter) -> None:
    worker, bank = enter("case_worker"), enter("bank_officer", axe=False)
    number = acts.new_file(worker, "Lefaucheux")
    acts.send(worker, number, BANK)
    acts.refuse(bank, number, "Dossier incomplet")
    worker.open(f"/dossiers/{number}")
    worker.more("Corriger le diagnostic")
    worker.fill(project="Acheter un scooter.", amount="1200")
    worker.go("Enregistrer le diagnostic")
    bank.open(f"/banque/{number}")
    bank.says("Acheter une voiture")  # the copy is what was sent, not what the case has become
    bank.says_not("scooter")
    worker.go("Déclarer le dossier complet")
    acts.send(worker, number, OTHER_BANK)
    worker.open(f"/dossiers/{number}")
    worker.says("2 transmissions")
    worker.says(OTHER_BANK)
    worker.look()
    bank.open(f"/banque/{number}")
    bank.says("Acheter une voiture")  # another bank's copy is not hers


def test_a_refused_file_is_shown_to_another_bank_at_once(enter: Enter) -> None:
    worker, bank = enter("case_worker"), enter("bank_officer", axe=False)
    number = acts.new_file(worker, "Ailleurs")
    acts.send(worker, number, BANK)
    acts.refuse(bank, number, "Endettement trop élevé")
    worker.open(f"/dossiers/{number}")
    worker.more("Présenter à une autre banque")
    worker.look()
    worker.page.get_by_role("radio", name=OTHER_BANK).check()
    worker.go("Transmettre la copie")
    worker.says("Transmis à la banque")


def test_a_counter_offer_is_declined_and_the_file_is_complete_again(
    worker: Screen, bank: Screen
) -> None:
    number = acts.new_file(worker, "Déclinée", amount="900", months="12")
    acts.send(worker, number)
    bank.open(f"/banque/{number}")
    bank.page.get_by_role("radio", name="Accord, autrement").check()
    bank.fill(amount="600", months="10", rate="3,5")
    acts.decide(bank, "Accord, autrement", send_with="Envoyer l’offre")
    worker.open(f"/dossiers/{number}")
    worker.go("Noter le choix de la personne")
    worker.page.get_by_role("radio", name="La personne refuse").check()
    worker.go("Enregistrer son choix")
    worker.says("Dossier complet")
    bank.open("/banque/decides")
    bank.says("la personne n’en veut pas")


def test_an_offer_lapses_after_fifteen_days_and_the_file_can_be_taken_up(
    worker: Screen, bank: Screen
) -> None:
    number = acts.new_file(worker, "Périmée", amount="600", months="10")
    acts.send(worker, number)
    acts.grant(bank, number)
    worker.open(f"/dossiers/{number}")
    until = acts.today(worker) + OFFER_HOLDS
    acts.gone(worker, "Noter que l’offre est périmée")
    worker.says(acts.day_in_words(until))
    worker.open("/")
    acts.advance_to(worker, until + timedelta(days=1))
    worker.open(f"/prets/{number}/signature").look()
    worker.go("Noter que l’offre est périmée")
    worker.says("Offre périmée")
    worker.look()
    worker.go("Reprendre le dossier")
    worker.go("Enregistrer le diagnostic")
    worker.says("Diagnostic en cours")


def test_a_withdrawal_before_and_after_the_money(worker: Screen, bank: Screen) -> None:
    """The first owes nothing, the second gives the money back within thirty days."""
    before, after = (
        acts.new_file(worker, name, amount="600", months="10") for name in ("Rétractée", "Rendue")
    )
    for number in (before, after):
        acts.send(worker, number)
        acts.grant(bank, number)
        acts.sign(worker, number)
    worker.open(f"/prets/{before}")
    worker.more("Noter une rétractation")
    worker.look()
    worker.says("Rien n’est versé : il n’y aura rien à rembourser.")
    worker.go("Noter la rétractation")
    worker.says("Rien n’avait été versé")
    worker.look()
    worker.open(f"/dossiers/{before}")
    worker.says("Rétracté")
    worker.go("Reprendre le dossier")

    signed_on = acts.today(worker)
    worker.open("/")
    acts.advance_to(worker, signed_on + timedelta(days=8))
    acts.pay_out(worker, after)
    acts.advance_to(worker, signed_on + timedelta(days=14))
    refund_by = acts.day_in_words(acts.today(worker) + REFUND_WITHIN)
    worker.open(f"/prets/{after}/retractation")
    worker.says(f"il est à rendre à la banque avant le {refund_by}")
    worker.go("Noter la rétractation")
    worker.says(f"L’argent versé est à rendre à la banque avant le {refund_by}")
    worker.look()


def test_a_loan_is_rescheduled_then_settled_early(worker: Screen, bank: Screen) -> None:
    number = acts.lend(worker, bank, "Soldée", amount="600", months="10")
    first = acts.due_on(worker, 1)
    acts.advance_to(worker, first + timedelta(days=6))
    worker.open(f"/prets/{number}/reamenagement")
    worker.page.get_by_label("Réaménager le prêt", exact=True).check()
    acts.fill_day(worker, "first_due_on", first + timedelta(days=61))
    worker.fill(months="15")
    worker.go("Voir le nouvel échéancier")
    worker.says("15 échéances")
    worker.go("Écrire ce nouvel échéancier")
    worker.says("Prêt réaménagé")

    worker.more("Noter un solde anticipé")
    worker.look()
    worker.go("Noter que tout est payé")
    worker.says("Soldé par anticipation")
    worker.look()
    expect(worker.named("Faire le bilan et clore")).to_be_visible()


def test_the_guarantee_is_called_after_two_debits_that_failed(worker: Screen, bank: Screen) -> None:
    number = acts.lend(worker, bank, "Garantie", amount="600", months="10")
    for place in (1, 2):
        due = acts.due_on(worker, place)
        acts.advance_to(worker, due)
        bank.open(f"/prets/{number}")
        acts.note_of_debit(bank, due, "Rejetée")
        worker.open(f"/prets/{number}")
    worker.says("Incident")
    worker.look()
    bank.open(f"/prets/{number}")
    bank.more("Noter l’appel de la garantie")
    bank.go("Noter l’appel de la garantie")
    bank.says("Garantie appelée")
    bank.look()
    worker.open(f"/prets/{number}").look()
    worker.go("Faire le bilan et clore")
    acts.choose(worker, "Le bilan", "Injoignable après trois appels")
    worker.go("Enregistrer le bilan et clore")
    worker.says("Le prêt est clos sans bilan")
