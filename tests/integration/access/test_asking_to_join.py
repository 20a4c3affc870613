"""Asking for an access: nobody learns whether an address is known, and nobody floods the list."""

from flask.testing import FlaskClient
from tests.cast import PASSWORD as PASSWORD
from tests.cast import Cast, read
from tests.integration.access.conftest import NORTH, Access
from werkzeug.test import TestResponse

from microcredit.accounts.services.invitations import PER_ADDRESS, PER_PERSON


def ask(
    browser: FlaskClient, place: int, email: str, address: str = "192.0.2.1", **more: str
) -> TestResponse:
    page = browser.get("/demander-acces", base_url=NORTH).text
    key = page.split('name="_key" value="')[-1].split('"')[0]
    data = {"_key": key, "name": "Ida Roux", "email": email, "organisation": str(place),
            "position": "Conseillère", **more}  # fmt: skip
    return browser.post(
        "/demander-acces", base_url=NORTH, data=data, environ_overrides={"REMOTE_ADDR": address}
    )


def test_the_answer_is_the_same_for_an_address_that_is_known(access: Access, troupe: Cast):
    place = access.organisation("CCAS Alpha")
    known = ask(access.visitor(), place, troupe.nadia.email, "192.0.2.2")
    unknown = ask(access.visitor(), place, "inconnue@j.example", "192.0.2.3")
    assert known.status_code == unknown.status_code == 200
    assert known.data == unknown.data
    assert access.letters(troupe.nadia.email) == access.letters("inconnue@j.example") == []


def test_requests_are_limited_per_person_and_per_network_address(access: Access):
    place = access.organisation("CCAS Alpha")
    answers = [
        ask(access.visitor(), place, "meme@j.example", f"192.0.2.{10 + n}").status_code
        for n in range(PER_PERSON + 1)
    ]
    assert answers == [200] * PER_PERSON + [429]
    answers = [
        ask(access.visitor(), place, f"p{n}@j.example", "198.51.100.7").status_code
        for n in range(PER_ADDRESS + 1)
    ]
    assert answers == [200] * PER_ADDRESS + [429]


def test_a_request_is_seen_by_who_may_invite_and_leaves_with_the_invitation(
    access: Access, troupe: Cast
):
    place = access.organisation("CCAS Beta")
    ask(access.visitor(), place, "voeu@j.example", "192.0.2.40")
    ask(access.visitor(), place, "autre@j.example", "192.0.2.41")
    page = f"/organismes/{place}/acces"
    access.let_manage(troupe.denis)
    access.let_manage(troupe.diane)
    assert "voeu@j.example" in troupe.tania.get(page).text
    assert "voeu@j.example" in troupe.denis.get(page).text
    assert "voeu@j.example" not in troupe.carole.get(page).text
    assert troupe.diane.get(page).status_code == 404
    access.invite(troupe.denis, "CCAS Beta", "front_desk", "voeu@j.example")
    assert "demande d’accès" in read(troupe.denis.get(page))
    asked = access.owner.execute(
        "SELECT id FROM gate.join_request WHERE email = 'autre@j.example'"
    ).fetchone()
    assert asked is not None
    dismiss = f"/organismes/{place}/demandes/{asked[0]}/ecarter"
    assert troupe.diane.post(dismiss).status_code == 404
    assert troupe.denis.post(dismiss).status_code == 303
    assert "demande d’accès" not in read(troupe.denis.get(page))


def test_what_is_no_address_or_no_organisation_is_refused_beside_its_field(access: Access):
    place = access.organisation("CCAS Alpha")
    wrong = (
        "a", "a@b", "@b.fr", "a@b.fr\nBcc: c@d.fr", "é@b.fr", "a@-b.fr", "a b@c.fr",
        "ａdmin@b.fr", '"x"@b.fr',
    )  # fmt: skip
    for number, email in enumerate(wrong):
        assert ask(access.visitor(), place, email, f"203.0.113.{number}").status_code == 422, email
    assert ask(access.visitor(), 10**9, "org@j.example", "203.0.113.99").status_code == 422
