"""From a provider's settings to a referral that is taken: an administrator, an adviser, a case worker."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import CONDE, Demo, Enter
from tests.browser.screen import Screen
from tests.integration.sso.provider import CLIENT, SECRET
from tests.integration.sso.real import RealProvider

BUTTON = "Se connecter avec Compte de la mission locale"


@pytest.fixture
def provider(demo: Demo, tmp_path: Path) -> Iterator[RealProvider]:
    """npm's `oidc-provider`, that knows where the founding territory's browsers go back to."""
    started = RealProvider(tmp_path)
    origin = demo.origin(CONDE)
    started.start(f"{origin}/sso/1/retour", f"{origin}/deconnexion/retour")
    yield started
    started.stop()


def add_provider(screen: Screen, provider: RealProvider) -> None:
    """The administrator names the provider of the mission locale; whoever comes waits."""
    screen.open("/fournisseurs")
    screen.go("Ajouter un fournisseur")
    screen.fill(
        name="Compte de la mission locale", organisation="Mission locale de l’Escaut",
        role="Conseillère prescriptrice", issuer=provider.issuer, client_id=CLIENT, secret=SECRET,
    )  # fmt: skip
    screen.page.get_by_label("Chaque arrivée attend que vous l’acceptiez").check()
    screen.page.get_by_label("OpenID Connect").check()
    screen.look()
    screen.go("Enregistrer")
    screen.says("Le fournisseur est enregistré.")


def sign_in_there(screen: Screen, name: str) -> None:
    """Through the provider's own pages, and back."""
    screen.open("/connexion")
    screen.named(BUTTON).click()
    screen.page.wait_for_url(re.compile("/interaction/"))
    screen.page.locator('[name="login"]').fill(name)
    screen.page.locator('[name="password"]').fill("un mot de passe d’ailleurs")
    screen.page.get_by_role("button", name="Sign-in").click()
    screen.page.get_by_role("button", name="Continue").click()
    screen.page.wait_for_url(re.compile(re.escape(screen.origin)))
    screen.errors.clear()  # what the provider's own pages log is not ours


def refer(screen: Screen, last_name: str, year: int) -> str:
    """A young person in the short form; the number of her case."""
    screen.go("Orienter une personne")
    screen.fill(civility="Mme", last_name=last_name, first_names="Léa", phone="06 39 98 02 20")
    screen.day("birth_date", 4, 2, year)
    screen.fill(commune="Vieux-Condé", motive="Emploi et mobilité", project="Réparer sa voiture.")
    screen.page.get_by_label("La personne est d’accord").check()
    screen.go("Transmettre au CCAS")
    return re.findall(r"[A-Z]{2,4}-\d{4}-\d+", screen.page.locator("body").inner_text())[0]


def test_from_the_settings_of_a_provider_to_a_referral_that_is_taken(
    enter: Enter, provider: RealProvider
) -> None:
    administrator, adviser, case_worker = enter("tenant_admin"), enter(""), enter("case_worker")
    add_provider(administrator, provider)

    sign_in_there(adviser, "lea-conseillere")
    adviser.says("L’administratrice du territoire doit encore accepter votre arrivée")
    adviser.open("/orientations")
    assert adviser.page.url.startswith(f"{adviser.origin}/connexion")

    administrator.open("/fournisseurs")
    administrator.look()
    administrator.go("Accepter Manon Exemple")

    adviser.open("/connexion")
    adviser.named(BUTTON).click()  # her provider knows her still
    adviser.page.wait_for_url(f"{adviser.origin}/orientations")
    adviser.look()
    number = refer(adviser, "Exempleneuf", 1996)
    adviser.look()

    case_worker.open("/ma-journee")
    case_worker.follow(case_worker.page.get_by_role("link", name=re.compile("Exempleneuf")))
    assert case_worker.page.url.endswith(number)
    case_worker.go("Fixer un rendez-vous")
    case_worker.day("on_date", 4, 4, 2016)
    case_worker.fill(at_time="10:30")
    case_worker.go("Noter le rendez-vous")

    adviser.open(f"/orientations/{number}")
    expect(adviser.page.locator("[data-block=state]")).to_contain_text("10 h 30")
    adviser.look()
    assert adviser.page.locator("[data-block=budget], [data-block=opinion]").count() == 0
    for path in (f"/dossiers/{number}", f"/dossiers/{number}/diagnostic", "/dossiers", "/chiffres"):
        adviser.open(path, status=403)

    administrator.open("/fournisseurs")
    administrator.go("Arrêter Compte de la mission locale")
    adviser.open("/orientations")
    assert adviser.page.url.startswith(f"{adviser.origin}/connexion")
    adviser.says_not(BUTTON)
