"""An invitation from its letter to its first day, in each kind of organisation."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.cast import Cast, read
from tests.integration.access.conftest import NEW_PASSWORD, NORTH, Access
from tests.integration.isolation.connections import value

from microcredit.accounts.codes import ROLES_OFFERED, roles_offered
from microcredit.groupings.codes import OrganisationKind
from microcredit.kernel.permissions import Role

PLACES = {
    OrganisationKind.CCAS: "CCAS Alpha",
    OrganisationKind.BANK: "Banque Une",
    OrganisationKind.FUNDER: "Fonds d’appui",
    OrganisationKind.MISSION_LOCALE: "Mission locale A",
    OrganisationKind.ASSOCIATION: "Association A",
}
WITHOUT_CASES = {Role.ELECTED_MEMBER, Role.FUNDER_VIEWER, Role.TENANT_ADMIN}

EVERY_ROLE = [
    (kind, role)
    for kind in PLACES
    for role in roles_offered(str(kind.value), by_administrator=True)
]


@pytest.mark.parametrize(("kind", "role"), EVERY_ROLE)
def test_somebody_invited_by_the_administrator_arrives_with_her_role(
    access: Access, troupe: Cast, kind: OrganisationKind, role: Role
):
    email = f"{kind.value}.{role.value}@invite.example".replace("_", "-")
    assert access.invite(troupe.tania, PLACES[kind], role, email).status_code == 303
    letter = access.letters(email)[-1]
    assert "http://north.localhost" in letter.text
    assert role.label in letter.text
    answer = access.accept(access.visitor(), access.link(email))
    assert answer.status_code == 303, answer.text
    waits = role not in WITHOUT_CASES
    assert access.standing(email) == (None if waits else [role.value], False)
    _, refused = access.sign_in(email, NEW_PASSWORD)
    assert refused.status_code == (401 if waits else 303)
    if waits:
        where = f"/organismes/{access.organisation(PLACES[kind])}"
        page = read(troupe.carole.get(f"{where}/acces"))
        assert "Acceptée, à confirmer" in page
        confirm = f"{where}/invitations/{access.invitation(email)}/confirmer"
        assert troupe.tania.post(confirm).status_code == 403
        assert troupe.carole.post(confirm).status_code == 303
        assert access.standing(email) == ([role.value], False)
    browser, arrived = access.sign_in(email, NEW_PASSWORD)
    assert arrived.status_code == 303
    assert browser.get("/", base_url=NORTH).status_code == 302


def test_the_database_offers_the_roles_that_the_table_says(access: Access):
    for kind in OrganisationKind:
        for role in {role for roles in ROLES_OFFERED.values() for role in roles} | {"x"}:
            said = value(access.owner, "SELECT gate.offers(%s, %s)", kind.value, role)
            assert said is (role in ROLES_OFFERED[kind]), (kind, role)


def test_a_manager_invites_into_her_organisation_without_waiting_and_nowhere_else(
    access: Access, troupe: Cast
):
    access.let_manage(troupe.diane)
    assert (
        access.invite(troupe.diane, "CCAS Alpha", Role.FRONT_DESK, "un@m.example").status_code
        == 303
    )
    access.accept(access.visitor(), access.link("un@m.example"))
    assert access.standing("un@m.example") == (["front_desk"], False)
    foreign = access.invite(troupe.diane, "CCAS Beta", Role.FRONT_DESK, "deux@m.example")
    unknown = troupe.diane.post(
        "/organismes/99999999/inviter",
        {"name": "Ida", "email": "deux@m.example", "role": "front_desk"},
    )
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert {"n’existe pas ou n’est pas le vôtre" in read(page) for page in (foreign, unknown)} == {
        True
    }
    for role in (Role.TENANT_ADMIN, Role.COORDINATOR, Role.BANK_OFFICER, Role.DPO):
        refused = access.invite(troupe.diane, "CCAS Alpha", role, "trois@m.example")
        assert refused.status_code == 422, role
    managing = access.invite(
        troupe.diane, "CCAS Alpha", Role.FRONT_DESK, "trois@m.example", manages="true"
    )
    assert managing.status_code == 422
    assert access.letters("deux@m.example") == access.letters("trois@m.example") == []


def test_nobody_invites_or_confirms_herself(access: Access, troupe: Cast):
    own = access.invite(troupe.tania, "CCAS Alpha", Role.CASE_WORKER, troupe.tania.email)
    assert own.status_code == 422
    assert "propre adresse" in read(own)
    access.invite(troupe.tania, "CCAS Beta", Role.CASE_WORKER, troupe.carole.email)
    invited = access.invitation(troupe.carole.email)
    path = f"/organismes/{access.organisation('CCAS Beta')}/invitations/{invited}"
    assert troupe.carole.post(f"{path}/confirmer").status_code == 409
    assert troupe.carole.post(f"{path}/retirer").status_code == 404
    access.let_manage(troupe.denis)
    assert troupe.denis.post(f"{path}/confirmer").status_code == 303
    assert troupe.denis.post(f"{path}/confirmer").status_code == 404


def test_whoever_invited_does_not_confirm_even_under_another_hat(access: Access, troupe: Cast):
    access.owner.execute(
        "INSERT INTO app.membership (tenant_id, account_id, organisation_id, role, valid_from)"
        " SELECT tenant_id, account_id, organisation_id, 'coordinator', valid_from"
        " FROM app.membership WHERE id = %s",
        (access.membership(troupe.tania),),
    )
    access.invite(troupe.tania, "CCAS Beta", Role.CASE_WORKER, "hat@m.example")
    hat = value(
        access.owner,
        "SELECT id FROM app.membership WHERE account_id = %s AND role = 'coordinator'",
        troupe.tania.account_id,
    )
    twice = troupe.tania.anew()
    twice.post("/casquette", {"membership": hat})
    path = f"/organismes/{access.organisation('CCAS Beta')}/invitations/{access.invitation('hat@m.example')}"
    assert twice.post(f"{path}/confirmer").status_code == 409
    access.owner.execute("DELETE FROM gate.session WHERE membership_id = %s", (hat,))
    access.owner.execute("UPDATE app.membership SET valid_to = valid_from WHERE id = %s", (hat,))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_at_a_link_consumes_nothing(access: Access, troupe: Cast, method: str):
    email = f"look-{method.lower()}@m.example"
    access.invite(troupe.tania, "CCAS Alpha", Role.ELECTED_MEMBER, email)
    for _ in range(3):
        access.visitor().open(access.link(email), method=method, base_url=NORTH)
    assert access.accept(access.visitor(), access.link(email)).status_code == 303


def test_a_link_serves_once_in_its_tenant_within_three_days_until_it_is_taken_back(
    access: Access, troupe: Cast
):
    for email in ("once@m.example", "late@m.example", "back@m.example", "again@m.example"):
        access.invite(troupe.tania, "CCAS Alpha", Role.ELECTED_MEMBER, email)
    once = access.link("once@m.example")
    elsewhere = access.accept(access.visitor(), once, origin="http://south.localhost")
    assert elsewhere.status_code == 404
    assert access.accept(access.visitor(), once).status_code == 303
    used = access.accept(access.visitor(), once)
    access.owner.execute(
        "UPDATE gate.invitation SET expires_at = now() - interval '1 second' WHERE email = 'late@m.example'"
    )
    late = access.accept(access.visitor(), access.link("late@m.example"))
    where = f"/organismes/{access.organisation('CCAS Alpha')}/invitations"
    back = access.link("back@m.example")
    assert (
        troupe.tania.post(f"{where}/{access.invitation('back@m.example')}/retirer").status_code
        == 303
    )
    taken = access.accept(access.visitor(), back)
    former = access.link("again@m.example")
    assert (
        troupe.tania.post(f"{where}/{access.invitation('again@m.example')}/renvoyer").status_code
        == 303
    )
    dead = access.accept(access.visitor(), former)
    never = access.accept(access.visitor(), "/invitation/" + "x" * 43)
    assert {a.status_code for a in (used, late, taken, dead, never)} == {404}
    assert len({read(a) for a in (used, late, taken, dead, never)}) == 1
    assert access.accept(access.visitor(), access.link("again@m.example")).status_code == 303


def test_of_ten_who_send_the_same_link_at_once_one_wins(access: Access, troupe: Cast):
    access.invite(troupe.tania, "CCAS Alpha", Role.ELECTED_MEMBER, "race@m.example")
    link = access.link("race@m.example")
    browsers = []
    for _ in range(10):
        browser = access.visitor()
        key = browser.get(link, base_url=NORTH).text.split('name="_key" value="')[-1].split('"')[0]
        browsers.append((browser, key))

    def send(one: tuple[object, str]) -> int:
        browser, key = one
        data = {"_key": key, "name": "Ida", "password": NEW_PASSWORD}
        return int(browser.post(link, base_url=NORTH, data=data).status_code)  # type: ignore[attr-defined]

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(send, browsers))
    assert answers == [303] + [404] * 9
    accounts = "SELECT count(*) FROM app.account WHERE email = 'race@m.example'"
    assert value(access.owner, accounts) == 1


def test_somebody_known_accepts_from_her_session_and_keeps_her_password(
    access: Access, troupe: Cast
):
    access.invite(troupe.tania, "CCAS Beta", Role.ELECTED_MEMBER, troupe.elie.email)
    link = access.link(troupe.elie.email)
    before = value(
        access.owner,
        "SELECT password_hash FROM gate.credential WHERE account_id = %s",
        troupe.elie.account_id,
    )
    page = access.visitor().get(link, base_url=NORTH)
    assert "déjà un compte" in read(page)
    assert 'type="password"' not in page.text
    other = troupe.nadia.anew()
    assert 'name="password"' not in other.get(link).text
    key = other.get("/demander-acces").text.split('name="_key" value="')[-1].split('"')[0]
    stolen = other.client.post(
        link, base_url=NORTH, data={"_key": key, "name": "X", "password": NEW_PASSWORD}
    )
    assert stolen.status_code == 409, read(stolen)
    assert access.standing(troupe.elie.email) == (["elected_member"], False)
    assert access.accept(troupe.elie.client, link).status_code == 303
    assert access.standing(troupe.elie.email) == (["elected_member", "elected_member"], False)
    after = value(
        access.owner,
        "SELECT password_hash FROM gate.credential WHERE account_id = %s",
        troupe.elie.account_id,
    )
    assert after == before


@pytest.mark.parametrize("password", ["court", "a" * 129, "motdepasse123", "ida roux ida roux"])
def test_a_weak_password_is_refused_and_the_link_still_serves(
    access: Access, troupe: Cast, password: str
):
    email = f"weak{len(password)}@m.example"
    access.invite(troupe.tania, "CCAS Alpha", Role.ELECTED_MEMBER, email)
    refused = access.accept(access.visitor(), access.link(email), password=password)
    assert refused.status_code == 422
    assert access.accept(access.visitor(), access.link(email)).status_code == 303
