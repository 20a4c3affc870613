"""What people do at their screens in the walks, one act each; every act ends on the page that it leads to."""

import time
from datetime import date, timedelta

from playwright.sync_api import expect
from tests.browser.screen import Screen
from tests.browser.tally import TALLY

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip

#: How far each press of « Avancer » goes, the longest first.
STEPS = (("month", timedelta(days=31)), ("week", timedelta(days=7)), ("day", timedelta(days=1)))


def today(screen: Screen) -> date:
    """The date of the demo, as its band says it."""
    _, day, month, year = screen.page.locator(".demo-date").inner_text().split()
    return date(int(year), MONTHS.index(month) + 1, int(day.removesuffix("er")))


def advance(screen: Screen, step: str) -> date:
    """Press « Avancer » once; the new date."""
    before = today(screen)
    screen.follow(screen.page.locator(f'[data-demo-advance="{step}"]'))
    screen.says("La date de la démonstration a avancé.")
    assert today(screen) > before
    return today(screen)


def advance_to(screen: Screen, until: date) -> date:
    """Press « Avancer » until that day, by the longest steps that do not pass it."""
    while (now := today(screen)) < until:
        advance(screen, next(step for step, reach in STEPS if now + reach <= until))
    return now


def advance_past(screen: Screen, until: date) -> date:
    """Press « Avancer » by months until that day is there or past."""
    while (now := today(screen)) < until:
        advance(screen, "month")
    return now


def fill_day(screen: Screen, name: str, on: date) -> None:
    """Fill the three boxes of a date."""
    screen.day(name, on.day, on.month, on.year)


def choose(screen: Screen, legend: str, words: str) -> None:
    """Press one answer of a group of choices."""
    group = screen.page.get_by_role("group", name=legend, exact=True)
    group.get_by_label(words, exact=True).check()


def note_contact(
    desk: Screen, last_name: str, *, amount: str = "1500", motive: str = "Emploi et mobilité"
) -> str:
    """The front desk notes a first contact; the number of the case."""
    start = time.perf_counter()
    desk.go("Nouveau premier contact")
    desk.fill(motive=motive, amount=amount, channel="Accueil du CCAS")
    desk.fill(civility="Mme", last_name=last_name, first_names="Aline", phone="06 39 98 01 44")
    desk.go("Noter le contact")
    TALLY.note("seconds of a first contact", round(time.perf_counter() - start, 1))
    desk.says("Le premier contact est noté")
    return desk.page.url.rsplit("/", 1)[1]


def fix_appointment(desk: Screen, on: date, at: str) -> None:
    """Fix an appointment from the page of a case."""
    desk.go("Fixer un rendez-vous")
    fill_day(desk, "on_date", on)
    desk.fill(at_time=at)
    desk.go("Noter le rendez-vous")
    desk.says("Rendez-vous noté")


def fill_person(
    worker: Screen, *, cost: str = "2 000", own: str = "500", months: str = "18"
) -> None:
    """Everything of a diagnosis but the budget, the address and the opinion."""
    worker.day("birth_date", 4, 5, 1981)
    worker.box("notice_given").check()
    worker.fill(
        family="Parent seul", housing="Locataire, parc social", adults="1", children="1",
        employment="CDI", project="Acheter une voiture pour prendre un poste de nuit.",
        total_cost=cost, contribution=own, months=months,
    )  # fmt: skip


def fill_budget(worker: Screen) -> None:
    """A salary by the month, a rent, an insurance by the year: 715,50 € are left."""
    for label, amount, every in (
        ("Salaire net", "1310,50", "par mois"),
        ("Loyer et charges", "520", "par mois"),
        ("Assurance habitation", "900", "par an"),
    ):
        fill_line(worker, label, amount, every)


def fill_line(worker: Screen, label: str, amount: str, every: str = "par mois") -> None:
    """One line of the budget."""
    worker.page.get_by_label(label, exact=True).fill(amount)
    worker.page.get_by_label(f"Périodicité : {label}", exact=True).select_option(label=every)


def prepare(worker: Screen, number: str, *, amount: str = "", **person: str) -> None:
    """The whole diagnosis at once, and the file declared complete."""
    worker.open(f"/dossiers/{number}/diagnostic")
    fill_person(worker, **person)
    fill_budget(worker)
    if amount:
        worker.fill(amount=amount)
    worker.fill(address="3 rue de l’Écluse", opinion="Budget tenu. Avis favorable.")
    worker.go("Enregistrer le diagnostic")
    worker.go("Déclarer le dossier complet")


def new_file(worker: Screen, last_name: str, *, amount: str = "1500", **person: str) -> str:
    """From contact to complete by one case worker; the number of the case."""
    worker.open("/dossiers")
    number = note_contact(worker, last_name, amount=amount)
    fix_appointment(worker, today(worker), "08:15")
    prepare(worker, number, **person)
    return number


def send(worker: Screen, number: str, bank: str = "") -> None:
    """Send a complete file to a bank."""
    worker.open(f"/dossiers/{number}/transmettre")
    if bank:
        worker.page.get_by_role("radio", name=bank).check()
    worker.go("Transmettre la copie")
    worker.says("La banque a reçu une copie figée")


def decide(bank: Screen, decision: str, *, send_with: str, look: bool = False) -> None:
    """Choose a decision on the page of a copy, read it over and send it; what it needs is typed before."""
    bank.page.get_by_role("radio", name=decision).check()
    bank.go("Relire avant d’envoyer")
    if look:
        bank.look()
    bank.go(send_with)


def grant(bank: Screen, number: str) -> None:
    """Grant what is asked."""
    bank.open(f"/banque/{number}")
    decide(bank, "Accord, comme demandé", send_with="Envoyer l’accord")


def refuse(bank: Screen, number: str, reason: str) -> None:
    """Refuse for one reason."""
    bank.open(f"/banque/{number}")
    bank.page.get_by_role("radio", name="Refus").check()
    bank.page.get_by_label(reason).check()
    decide(bank, "Refus", send_with="Envoyer le refus")


def sign(worker: Screen, number: str) -> None:
    """Note that the offer is signed, today."""
    worker.open(f"/prets/{number}/signature")
    worker.go("Noter la signature")
    worker.says("La signature est notée")


def pay_out(worker: Screen, number: str, payee: str = "Garage du Marais") -> None:
    """Note that the bank paid a supplier."""
    worker.open(f"/prets/{number}/versement")
    worker.page.get_by_label("Le vendeur ou le prestataire", exact=True).check()
    worker.fill(payee=payee)
    worker.go("Noter le versement")
    worker.says("Le versement est noté")


def lend(worker: Screen, bank: Screen, last_name: str, **asked: str) -> str:
    """A short loan, paid out the first day that it may be; the number of the case."""
    number = new_file(worker, last_name, **asked)
    send(worker, number)
    grant(bank, number)
    sign(worker, number)
    worker.open("/")
    advance_to(worker, today(worker) + timedelta(days=8))
    pay_out(worker, number)
    return number


def instalment(screen: Screen, place: int) -> str:
    """What the page of a loan says of an instalment; the first is 1."""
    row = screen.page.locator("table.instalments tbody tr").nth(place - 1)
    return row.locator(".line-state").inner_text()


def due_on(screen: Screen, place: int) -> date:
    """The day of an instalment, as its row says it."""
    row = screen.page.locator("table.instalments tbody tr").nth(place - 1)
    _, day, month, year = row.locator("th").inner_text().split()
    return date(int(year), MONTHS.index(month) + 1, int(day.removesuffix("er")))


def note_of_debit(screen: Screen, on: date, words: str, source: str = "la banque") -> None:
    """One press beside one of the last debits."""
    form = screen.page.get_by_role("form", name=f"Échéance du {day_in_words(on)}")
    told = form.get_by_label(source, exact=True)
    if told.count():
        told.check()
    screen.follow(form.get_by_role("button", name=words, exact=True))


def day_in_words(on: date) -> str:
    """A day as the pages write it."""
    return f"{'1er' if on.day == 1 else on.day} {MONTHS[on.month - 1]} {on.year}"


def gone(screen: Screen, words: str) -> None:
    """No link or button has these words."""
    expect(screen.named(words)).to_have_count(0)
