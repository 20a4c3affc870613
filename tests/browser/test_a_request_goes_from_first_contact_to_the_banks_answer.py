"""One request, from first contact to the bank's answer, by those who do it, with scripts and without."""

import time

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Enter
from tests.browser.screen import TALLY, Screen

#: Fields, and what a hand does: a key pressed, an option chosen or a button pressed counts for one.
MOST_FIELDS, MOST_ACTIONS = 8, 10

DECLARED_ONLY = ("Venu par", "Historique", "Reçu à", "Agent d’accueil")


def note_contact(desk: Screen, last_name: str, *, motive: str = "Emploi et mobilité") -> str:
    """The front desk notes a first contact; the number of the case."""
    start = time.perf_counter()
    desk.go("Nouveau premier contact")
    desk.fill(motive=motive, amount="1500", channel="Accueil du CCAS")
    desk.fill(civility="Mme", last_name=last_name, first_names="Aline", phone="06 39 98 01 44")
    desk.go("Noter le contact")
    TALLY.contacts.append(time.perf_counter() - start)
    desk.says("Le premier contact est noté")
    return desk.page.url.rsplit("/", 1)[1]


def fix_appointment(desk: Screen, at: str) -> None:
    """An appointment on the demo's own day."""
    desk.go("Fixer un rendez-vous")
    desk.look()
    desk.day("on_date", 31, 3, 2016)
    desk.fill(at_time=at)
    desk.go("Noter le rendez-vous")
    desk.says("Rendez-vous noté : le 31 mars à")


def fill_first_part(worker: Screen) -> None:
    """Everything of a diagnosis but the address and the opinion."""
    worker.day("birth_date", 4, 5, 1981)
    worker.box("notice_given").check()
    worker.fill(
        family="Parent seul", housing="Locataire, parc social", adults="1", children="1",
        employment="CDI", project="Acheter une voiture pour prendre un poste de nuit.",
        total_cost="2 000", contribution="500", months="18",
    )  # fmt: skip


def fill_budget(worker: Screen) -> None:
    """A salary by the month, a rent, an insurance by the year."""
    for label, amount, every in (
        ("Salaire net", "1310,50", "par mois"),
        ("Loyer et charges", "520", "par mois"),
        ("Assurance habitation", "900", "par an"),
    ):
        worker.page.get_by_label(label, exact=True).fill(amount)
        worker.page.get_by_label(f"Périodicité : {label}", exact=True).select_option(label=every)


def totals_change_while_typing(worker: Screen) -> None:
    """With scripts the sums follow each answer; without, they come with the saved page."""
    left = worker.page.locator("#solde .total dd")
    # 1 500 € over 18 months at 2 % are 84,66 € a month.
    expect(left).to_have_text("−84,66 €" if worker.scripts else "0,00 €")
    fill_budget(worker)
    if worker.scripts:
        expect(left).to_have_text("630,84 €")  # 1 310,50 − 520 − 900 ÷ 12 − 84,66
        worker.page.get_by_label("Téléphone, internet", exact=True).press_sequentially("40")
        expect(left).to_have_text("590,84 €")
        worker.page.get_by_label("Eau", exact=True).press_sequentially("douze")
        expect(worker.page.locator("#solde")).to_contain_text("Une réponse n’est pas lisible")
        worker.page.get_by_label("Eau", exact=True).fill("")
        expect(left).to_have_text("590,84 €")
    else:
        worker.page.get_by_label("Téléphone, internet", exact=True).fill("40")


def hold_interview(worker: Screen, number: str) -> None:
    """From « Ma journée » to a complete file, seeing on the way what is missing."""
    worker.open("/ma-journee").look()
    worker.go("Commencer l’entretien")
    assert number in worker.page.url
    worker.look()
    fill_first_part(worker)
    totals_change_while_typing(worker)
    worker.go("Enregistrer le diagnostic")
    worker.look()
    worker.says("Reste chaque mois")
    worker.says("675,50 €")
    lacking = worker.page.locator(".is-missing").all_inner_texts()
    assert [one.strip() for one in lacking] == ["L’adresse", "Votre avis"]

    worker.go("Continuer le diagnostic")
    worker.fill(address="3 rue de l’Écluse", opinion="Budget tenu. Avis favorable.")
    worker.go("Enregistrer le diagnostic")
    worker.go("Déclarer le dossier complet")
    worker.look()


def send(worker: Screen) -> None:
    """Read over what the bank will see, then send it."""
    worker.go("Transmettre à la banque")
    worker.look()
    worker.says("Ce que la banque verra")
    worker.says("675,50 €")
    worker.says("Montant et durée conviennent")
    worker.go("Transmettre la copie")
    worker.says("La banque a reçu une copie figée")
    worker.look()


def open_copy(bank: Screen, number: str, name: str) -> None:
    """From « À décider » to the copy: what was sent, and nothing of the case itself."""
    bank.open("/banque").look()
    bank.go(name)
    bank.look()
    for words in (number, "Acheter une voiture", "635,00 €", "Avis favorable", "3 rue de l’Écluse"):
        bank.says(words)
    for words in DECLARED_ONLY:
        bank.says_not(words)
    copy = bank.page.url
    bank.open(f"/dossiers/{number}", status=403)
    bank.open(copy)


def refuse(bank: Screen, reason: str) -> None:
    """A refusal needs a reason, and is read over."""
    bank.page.get_by_role("radio", name="Refus").check()
    bank.go("Relire avant d’envoyer", status=422)
    bank.says("Indiquez au moins un motif : il aide le CCAS à orienter la personne.")
    bank.look(status=422)
    bank.page.get_by_label(reason).check()
    bank.go("Relire avant d’envoyer")
    bank.says("Envoyer le refus ?")
    bank.says(reason)
    bank.look()
    bank.go("Envoyer le refus")
    bank.says("est envoyé au CCAS")
    bank.look()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_first_contact_to_a_refusal_and_an_orientation(enter: Enter, scripts: bool) -> None:
    name = "Ducrocq" if scripts else "Ducrotoy"
    desk = enter("front_desk", scripts=scripts)
    desk.look()
    number = note_contact(desk, name)
    desk.look()
    fix_appointment(desk, "07:30")
    desk.look()

    worker = enter("case_worker", scripts=scripts)
    hold_interview(worker, number)
    send(worker)

    bank = enter("bank_officer", scripts=scripts)
    open_copy(bank, number, f"Mme Aline {name}")
    refuse(bank, "Endettement trop élevé")

    worker.open(f"/dossiers/{number}").look()
    worker.says("Endettement trop élevé")
    worker.go("Orienter la personne")
    worker.look()
    worker.fill(reason="La banque a refusé")
    worker.page.get_by_label("Point conseil budget").check()
    worker.go("Clore et orienter")
    worker.says("L’orientation est notée, le dossier est clos.")
    worker.says("Point conseil budget")
    worker.look()
    worker.go("Imprimer la feuille d’orientation")
    worker.says("À apporter")
    worker.says_not("Endettement")
    worker.look()


def test_a_refused_file_is_corrected_sent_again_and_granted(enter: Enter) -> None:
    desk, worker = enter("front_desk", axe=False), enter("case_worker", axe=False)
    bank = enter("bank_officer", axe=False)
    number = note_contact(desk, "Lefaucheux")
    fix_appointment(desk, "07:15")
    hold_interview(worker, number)
    send(worker)
    bank.open(f"/banque/{number}")
    refuse(bank, "Dossier incomplet")

    worker.open(f"/dossiers/{number}")
    worker.more("Corriger le diagnostic")
    worker.fill(project="Acheter un scooter.", amount="1200")
    worker.go("Enregistrer le diagnostic")
    bank.open(f"/banque/{number}")
    bank.says("Acheter une voiture")  # the copy is what was sent, not what the case has become
    bank.says_not("scooter")

    worker.go("Déclarer le dossier complet")
    send(worker)
    bank.open(f"/banque/{number}")
    bank.says("Acheter un scooter.")
    bank.page.get_by_role("radio", name="Accord, comme demandé").check()
    bank.go("Relire avant d’envoyer")
    bank.says("Envoyer l’accord ?")
    bank.go("Envoyer l’accord")
    bank.open("/banque/decides").look()
    bank.says("Mme Aline Lefaucheux")
    worker.open(f"/dossiers/{number}").look()
    worker.says("Accord de la banque")


def test_a_first_contact_is_eight_fields_at_most_and_ten_actions(enter: Enter) -> None:
    desk = enter("front_desk")
    desk.go("Nouveau premier contact")
    fields = desk.page.locator("main form [name]:not([type=hidden]):not(button)")
    assert fields.count() == MOST_FIELDS
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

    desk.says("Le premier contact est noté")
    desk.says("Personne non nommée")
    assert actions <= MOST_ACTIONS
