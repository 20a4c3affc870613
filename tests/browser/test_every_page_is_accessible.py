"""Every page that a role can reach, and every refusal, judged by axe and tried with the keyboard alone."""

from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import CONDE, TERNOIS, Demo, Enter
from tests.browser.screen import PHONE, Screen, kind

from microcredit.cases.codes import State
from microcredit.demo.accounts import TERRITORIES
from microcredit.kernel.permissions import Role

#: The states that no case of the demo is in; the walks bring one to each and look at it.
NOT_IN_THE_DEMO = {State.OFFER_LAPSED}

#: Everybody of the founding territory; in the second, whose pages are the same, who sees most of them.
HANDS = [
    (one.slug, account.hats[0].role.value)
    for one in TERRITORIES
    for account in one.accounts
    if one.slug == CONDE or account.hats[0].role is Role.CASE_WORKER
]


def links(screen: Screen) -> list[str]:
    """Where the links of a page lead, inside the tenant."""
    found = screen.page.eval_on_selector_all(
        "a[href]:not([download])", "all => all.map(one => one.href)"
    )
    inside = [urldefrag(address)[0] for address in found if address.startswith(screen.origin)]
    return [address for address in inside if urlsplit(address).path != "/"]


@pytest.mark.parametrize(("slug", "role"), HANDS)
def test_every_page_that_a_role_can_reach(enter: Enter, slug: str, role: str) -> None:
    """Each kind of page, opened by each role that reaches it by links."""
    screen = enter(role, slug)
    waiting, kinds = [screen.page.url], set[str]()
    while waiting:
        address = waiting.pop(0)
        if kind(address) in kinds or kind(address).endswith((".pdf", ".csv")):
            continue
        kinds.add(kind(address))
        screen.open(address)
        waiting += links(screen)
        screen.look()
        screen.look_into_menus()
    assert len(kinds) >= 2, kinds


@pytest.mark.parametrize("state", [one for one in State if one not in NOT_IN_THE_DEMO])
def test_the_page_of_a_case_in_each_state(enter: Enter, state: State) -> None:
    screen = enter("case_worker")
    screen.open(f"/dossiers?vue=tous&etat={state.value}")
    screen.follow(screen.page.locator(".row-link").first)
    screen.says(state.label)
    screen.look()
    screen.look_into_menus()


def test_what_a_visitor_sees(enter: Enter, demo: Demo) -> None:
    visitor = enter("")
    visitor.open("/").look()
    visitor.open(demo.origin(TERNOIS)).look()
    visitor.open(f"http://localhost:{demo.settings.port}/").look()
    visitor.open(f"http://inconnu.localhost:{demo.settings.port}/connexion", status=421)
    visitor.look(status=421)


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("", "/nulle-part", 404),
        ("case_worker", "/nulle-part", 404),
        ("case_worker", "/dossiers/PC-2016-9999", 404),
        ("case_worker", "/casquette", 405),
        ("case_worker", "/organismes", 403),
        ("front_desk", "/dossiers/PC-2016-0015/diagnostic", 403),
        ("bank_officer", "/dossiers", 403),
        ("elected_member", "/dossiers", 403),
        ("case_worker", "/dossiers?vue=nulle-part", 422),
    ],
)
def test_a_refusal_is_a_page_like_the_others(
    enter: Enter, role: str, path: str, status: int
) -> None:
    screen = enter(role)
    screen.open(path, status=status).look(status=status)
    expect(screen.page.locator("h1")).to_have_count(1)


def test_a_case_that_has_gone_on_says_why_it_refuses(enter: Enter) -> None:
    screen = enter("case_worker")
    screen.open("/dossiers?vue=clos")
    screen.follow(screen.page.locator(".row-link").first)
    screen.open(screen.page.url + "/diagnostic", status=409).look(status=409)
    screen.says("ne permet pas cet acte")


@pytest.mark.parametrize(
    ("where", "act", "button"),
    [
        ("", "nouveau", "Noter le contact"),
        ("contact", "rendez-vous", "Noter le rendez-vous"),
        ("contact", "orienter", "Clore et orienter"),
        ("contact", "sans-suite", "Classer sans suite"),
        ("contact", "autre-aide", "Proposer ces aides"),
        ("contact", "taches/nouvelle", "Ajouter la tâche"),
        ("diagnosis", "diagnostic", "Enregistrer le diagnostic"),
        ("diagnosis", "pieces", "Noter les pièces à apporter"),
        ("local_review", "avis-local", "Noter l’avis"),
        ("ready", "ne-pas-presenter", "Ne pas présenter, et orienter"),
        ("ready", "transmettre", "Transmettre la copie"),
        ("bank_info_requested", "complement", "Envoyer à la banque"),
        ("bank_counter_offer", "choix", "Enregistrer son choix"),
        ("approved", "signature", "Noter la signature"),
        ("offer_signed", "versement", "Noter le versement"),
        ("offer_signed", "retractation", "Noter la rétractation"),
        ("loan", "rejet", "Noter le rejet"),
        ("loan", "paiement", "Noter le paiement"),
        ("loan", "reamenagement", "Voir le nouvel échéancier"),
        ("loan", "solde", "Noter que tout est payé"),
        ("loan", "garantie", "Noter l’appel de la garantie"),
        ("loan", "bilan", "Enregistrer le bilan et clore"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_and_focused(
    enter: Enter, where: str, act: str, button: str
) -> None:
    screen = enter("case_worker")
    open_form(screen, where, act)
    spoil(screen, act)
    screen.follow(screen.page.get_by_role("button", name=button, exact=True))
    assert screen.status == 422
    refused_well(screen)


def test_what_is_wrong_with_a_sign_in_or_an_answer_is_said_and_focused(enter: Enter) -> None:
    visitor = enter("", TERNOIS)
    visitor.open("/connexion").go("Se connecter", status=422)
    refused_well(visitor)
    visitor.fill(email="personne@ternois.example", password="pas le bon")
    visitor.follow(visitor.named("Se connecter"))
    refused_well(visitor)

    bank = enter("bank_officer")
    bank.follow(bank.page.locator(".row-link").first)
    bank.go("Relire avant d’envoyer", status=422)
    refused_well(bank)


def test_too_many_sign_ins_are_refused_with_a_page_that_says_how_long(enter: Enter) -> None:
    visitor = enter("", TERNOIS)
    visitor.open("/connexion")
    for _ in range(30):
        visitor.fill(email="acharne@ternois.example", password="encore raté")
        visitor.follow(visitor.named("Se connecter"))
        if visitor.status == 429:
            break
    refused_well(visitor)


def test_a_form_without_its_key_is_refused_in_words(enter: Enter) -> None:
    screen = enter("case_worker")
    screen.open("/dossiers/nouveau")
    screen.fill(motive="Logement", amount="850", channel="Téléphone")
    screen.page.evaluate("document.querySelector('main [name=_key]').value = 'forged'")
    screen.go("Noter le contact", status=400)
    screen.says("Ce formulaire n’est plus valable")
    screen.look(status=400)


def test_a_form_that_is_too_long_is_refused_in_words(enter: Enter) -> None:
    screen = enter("case_worker")
    open_form(screen, "diagnosis", "diagnostic")
    screen.page.evaluate("document.querySelector('[name=project]').value = 'x'.repeat(600000)")
    screen.go("Enregistrer le diagnostic", status=413)
    screen.says("C’est trop long")
    screen.look(status=413)


def test_the_keyboard_reaches_every_control_of_a_form(enter: Enter) -> None:
    visitor = enter("")
    visitor.open("/connexion")
    stops = visitor.stops()
    assert [one["name"] for one in stops][:6] == [
        "Aller au contenu", "email", "password", "Se connecter", "Mot de passe oublié", "Demander un accès",
    ]  # fmt: skip
    assert len(stops) == 6 + visitor.page.locator("[data-demo-account]").count()
    assert all(one["outline"] for one in stops), stops

    desk = enter("front_desk")
    desk.go("Nouveau premier contact")
    stops = desk.stops()
    names = [one["name"] for one in stops]
    fields = [
        "commune",
        "motive",
        "amount",
        "channel",
        "civility",
        "last_name",
        "first_names",
        "phone",
    ]
    assert sorted(names[names.index("commune") : names.index("phone") + 1]) == sorted(fields)
    assert names[names.index("phone") + 1] == "Noter le contact"
    assert all(one["outline"] and one["seen"] for one in stops), stops


def test_the_keyboard_alone_notes_a_contact(enter: Enter) -> None:
    desk = enter("front_desk")
    desk.go("Nouveau premier contact")
    keys = desk.page.keyboard
    desk.box("commune").focus()
    for letters in ("Vieux", "Logement", "850", "T"):
        keys.type(letters)
        keys.press("Tab")
    for letters in ("Mme", "Clavier", "Ida", "0639980101"):
        keys.type(letters)
        keys.press("Tab")
    with desk.page.expect_navigation():
        keys.press("Enter")
    desk.says("Mme Ida Clavier")
    desk.says("Logement")


def test_the_skip_link_leads_to_the_content(enter: Enter) -> None:
    desk = enter("front_desk")
    desk.page.keyboard.press("Tab")
    skip = desk.page.get_by_text("Aller au contenu")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("main")).to_be_focused()
    desk.page.keyboard.press("Tab")
    expect(desk.named("Nouveau premier contact")).to_be_focused()


def test_escape_closes_an_open_menu_and_gives_the_focus_back(enter: Enter) -> None:
    worker = enter("case_worker")
    summary = worker.page.locator(".topbar .menu > summary")
    summary.focus()
    worker.page.keyboard.press("Enter")
    worker.page.keyboard.press("Tab")
    expect(worker.page.locator(".topbar .menu-panel")).to_be_visible()
    worker.page.keyboard.press("Escape")
    expect(worker.page.locator(".topbar .menu-panel")).not_to_be_visible()
    expect(summary).to_be_focused()


def test_the_focus_is_never_hidden_behind_what_stays_in_view(enter: Enter) -> None:
    """On a phone the thumb bar or the live sums lie over the page (WCAG 2.2, 2.4.11)."""
    worker = enter("case_worker", width=PHONE)
    open_form(worker, "diagnosis", "diagnostic")
    hidden = []
    for _ in range(90):
        worker.page.keyboard.press("Tab")
        if not worker.page.evaluate(IN_VIEW):
            hidden.append(worker.page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert not hidden, hidden


IN_VIEW = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return true;
    const box = e.getBoundingClientRect();
    const found = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return found !== null && (found === e || e.contains(found) || found.contains(e) || !!found.closest("label"));
}"""


#: Acts whose form stands among the pages of loans.
OF_LOANS = {
    "signature", "versement", "retractation", "rejet", "paiement", "reamenagement", "solde", "garantie",
    "bilan",
}  # fmt: skip

#: Acts whose form asks for a date above all.
DATED = {
    "rendez-vous": "on_date", "taches/nouvelle": "due_on", "signature": "signed_on",
    "retractation": "withdrawn_on", "versement": "disbursed_on", "rejet": "on_date",
    "paiement": "on_date", "reamenagement": "first_due_on", "solde": "on_date", "garantie": "on_date",
}  # fmt: skip


def open_form(screen: Screen, where: str, act: str) -> None:
    """The form of an act on the first case in that state, or on the first running loan."""
    if not where:
        screen.open(f"/dossiers/{act}")
        return
    screen.open("/prets" if where == "loan" else f"/dossiers?vue=tous&etat={where}")
    address = screen.page.locator(".row-link").first.get_attribute("href") or ""
    if act in OF_LOANS:
        address = address.replace("/dossiers/", "/prets/")
    screen.open(f"{address}/{act}")


def spoil(screen: Screen, act: str) -> None:
    """Type what cannot be, or leave what must be answered."""
    if act in DATED:
        screen.day(DATED[act], 31, 2, 2016)
    if act == "nouveau":
        screen.fill(amount="beaucoup", last_name="Gardée")
    elif act == "rendez-vous":
        screen.fill(at_time="03:00")
    elif act == "diagnostic":
        screen.day("birth_date", 1, 1, 1066)
        screen.fill(amount="beaucoup", months="999")
        screen.page.get_by_label("Loyer et charges", exact=True).fill("trop")
    elif act == "transmettre":
        screen.page.evaluate("document.querySelector('main [name=bank]').value = 'aucune'")
    elif act == "solde":
        screen.fill(amount="tout")


def refused_well(screen: Screen) -> None:
    """The summary has the focus, each of its links leads to a control, the title says « Erreur »."""
    summary = screen.page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert screen.page.title().startswith("Erreur : ")
    for link in summary.locator("a").all():
        target = screen.page.locator(link.get_attribute("href") or "#nowhere")
        expect(target).to_have_count(1)
        link.click()
        expect(target).to_be_focused()
    screen.look(status=screen.status)
