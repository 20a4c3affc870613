"""The pages that no link leads to by itself: a letter's link, the proof asked again, a request to join, a file."""

import re

from playwright.sync_api import expect
from tests.browser.conftest import CONDE, Demo, Enter

INVITED = "lea.invitee@exemple.fr"


def test_somebody_asks_to_join_and_is_invited(enter: Enter) -> None:
    visitor, administrator = enter(""), enter("tenant_admin")
    visitor.open("/demander-acces").look()
    visitor.page.get_by_role("button", name="Envoyer").first.click()
    expect(visitor.page.locator("[aria-invalid=true]").first).to_be_visible()
    visitor.status = 200
    visitor.look()

    administrator.open("/organismes").look()
    administrator.follow(administrator.page.locator('main a[href$="/acces"]').first)
    administrator.look()
    administrator.follow(administrator.page.locator('main a[href$="/inviter"]').first)
    administrator.look()
    administrator.fill(name="Léa Invitée", email=INVITED)
    administrator.page.locator("main label.choice").first.click()
    administrator.follow(administrator.page.locator('main form button[type="submit"]').first)
    administrator.says("L’invitation est partie")
    administrator.look()
    administrator.open("/courriels").look()
    found = re.search(r"/invitation/[\w-]+", administrator.page.content())
    assert found is not None
    visitor.open(found[0]).look()
    visitor.fill(password="court")
    visitor.follow(visitor.page.locator('main form button[type="submit"]').first)
    assert visitor.status == 422
    visitor.look(status=422)
    visitor.open("/invitation/absente", status=404).look(status=404)


def test_an_access_is_about_to_end(enter: Enter) -> None:
    administrator = enter("tenant_admin")
    administrator.open("/organismes")
    for place in ("Mission locale", "CCAS de Vieux-Condé"):
        administrator.open("/organismes")
        administrator.follow(administrator.page.locator("main a", has_text=place).first)
        administrator.look()
        administrator.follow(administrator.page.locator('main a[href$="/fermer"]').first)
        administrator.look()


def test_a_file_of_the_journal_is_asked_for_again_after_the_proof(enter: Enter, demo: Demo) -> None:
    officer = enter("dpo")
    officer.open("/journal").look()
    demo.as_owner(
        "UPDATE gate.session s SET first_factor_at = now() - interval '6 minutes'"
        " FROM app.account a, tenancy.tenant t WHERE t.id = s.tenant_id AND t.slug = :slug"
        " AND a.tenant_id = s.tenant_id AND a.id = s.account_id AND a.name = 'Delphine Moreau'",
        slug=CONDE,
    )
    officer.go("Exporter (CSV)")
    officer.says("Confirmez que c’est vous")
    officer.look()
    officer.go("C’est bien moi")
    officer.says("Journal")
    with officer.page.expect_download() as coming:
        officer.named("Exporter (CSV)").click()
    assert coming.value.suggested_filename == "journal.csv"
    with coming.value.path().open("rb") as file:
        assert file.read(3) == b"\xef\xbb\xbf"
    officer.open("/journal.csv?nature=rien", status=422).look(status=422)


def test_an_adviser_at_her_screen(enter: Enter) -> None:
    adviser = enter("prescriber_adviser")
    adviser.open("/orientations").look()
    adviser.open("/orientations/nouvelle").look()
    adviser.follow(adviser.page.locator('main form[method="post"] button[type="submit"]').first)
    assert adviser.status == 422
    adviser.look(status=422)
    adviser.open("/orientations")
    with adviser.page.expect_download() as coming:
        adviser.named("Exporter (CSV)").click()
    assert coming.value.suggested_filename == "orientations.csv"
