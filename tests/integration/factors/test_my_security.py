"""The page of one's own security: sessions, what is asked again, and what is out of reach without a factor."""

from collections.abc import Callable
from urllib.parse import urlencode

import psycopg
import pytest
from flask import Flask
from tests.cast import PASSWORD, read
from tests.integration.factors.conftest import Hire
from tests.integration.factors.visitor import Visitor
from tests.integration.isolation.connections import Connection, value

Visit = Callable[..., Visitor]
APPLICATION = "/ma-securite/application"
FORM = "/ma-securite"


@pytest.fixture(autouse=True)
def afresh(owner: Connection) -> None:
    """Limits start afresh."""
    owner.execute("DELETE FROM gate.attempt")


def grow_old(owner: Connection, visitor: Visitor, minutes: int = 6) -> None:
    """Let the proofs of a person be older."""
    owner.execute(
        "UPDATE gate.session SET first_factor_at = first_factor_at - %s::interval,"
        " second_factor_at = second_factor_at - %s::interval WHERE account_id = %s",
        (f"{minutes} minutes", f"{minutes} minutes", visitor.person.account_id),
    )


def test_my_sessions_say_where_and_since_when_and_end_one_by_one_or_together(
    hire: Hire, visitor: Visit, owner: Connection
) -> None:
    here, two, three = (visitor(person := hire()), *(visitor(person) for _ in range(2)))
    for one in (here, two, three):
        assert one.sign_in().status_code == 303
    page = read(here.get("/ma-securite"))
    assert page.count("Firefox, Linux") >= 3
    assert page.count("Ici, maintenant") == 1
    mine = "SELECT max(id) FROM gate.session WHERE account_id = %s"
    newest = str(value(owner, mine, person.account_id))
    end = "/ma-securite/sessions/terminer"
    assert here.post(end, {"session": newest}, FORM).status_code == 303
    assert not three.is_in()
    assert two.is_in()
    assert here.post(end, {"session": newest}, FORM).status_code == 404
    assert here.post(end, {"session": "0"}, FORM).status_code == 303
    assert not two.is_in()
    assert here.is_in()


def test_nobody_ends_the_session_of_somebody_else(
    hire: Hire, visitor: Visit, owner: Connection
) -> None:
    one, other, south = visitor(hire()), visitor(hire()), visitor(hire("south"))
    for person in (one, other, south):
        person.sign_in()
    for victim in (other, south):
        mine = "SELECT max(id) FROM gate.session WHERE account_id = %s"
        number = str(value(owner, mine, victim.person.account_id))
        end = "/ma-securite/sessions/terminer"
        assert one.post(end, {"session": number}, FORM).status_code == 404
        assert one.post(end, {"session": "0"}, FORM).status_code == 303
        assert victim.is_in()


def test_no_token_is_on_the_page(hire: Hire, visitor: Visit) -> None:
    here = visitor(hire())
    here.sign_in()
    cookie = here.client.get_cookie("__Host-sid", domain="north.localhost")
    assert cookie is not None
    assert cookie.value not in here.get("/ma-securite").text


def test_a_sensitive_page_asks_again_after_five_minutes_and_comes_back(
    hire: Hire, visitor: Visit, owner: Connection
) -> None:
    here = visitor(hire())
    here.sign_in()
    assert here.get(APPLICATION).status_code == 200
    grow_old(owner, here)
    answer = here.get(APPLICATION)
    assert (answer.status_code, answer.location) == (303, f"/confirmer?suite={APPLICATION}")
    assert here.post(answer.location, {"password": "pas celui-là"}).status_code == 422
    assert here.get(APPLICATION).status_code == 303
    back = here.post(answer.location, {"password": PASSWORD})
    assert (back.status_code, back.location) == (303, APPLICATION)
    assert here.get(APPLICATION).status_code == 200


def test_who_has_a_factor_is_asked_for_it_and_not_for_her_password(
    hire: Hire, visitor: Visit, owner: Connection
) -> None:
    here = visitor(hire())
    here.sign_in()
    here.add_totp()
    assert here.get("/ma-securite/codes").status_code == 200
    grow_old(owner, here)
    where = here.get("/ma-securite/codes").location
    assert here.post(where, {"password": PASSWORD}).status_code == 422
    assert here.get("/ma-securite/codes").status_code == 303
    assert here.post(where, {"code": here.code()}).location == "/ma-securite/codes"
    assert here.get("/ma-securite/codes").status_code == 200


def test_a_form_sent_too_late_is_kept_without_its_proofs_and_offered_after_the_confirmation(
    hire: Hire, visitor: Visit, owner: Connection
) -> None:
    here = visitor(hire())
    here.sign_in()
    here.add_totp()
    number = str(
        value(
            owner, "SELECT max(id) FROM gate.factor WHERE account_id = %s", here.person.account_id
        )
    )
    grow_old(owner, here)
    sent = here.post("/ma-securite/moyens/retirer", {"factor": number, "password": "secret"}, FORM)
    assert (sent.status_code, sent.location) == (303, "/confirmer")
    assert value(owner, "SELECT count(*) FROM gate.factor WHERE id = %s", int(number)) == 1
    after = here.post("/confirmer", {"code": here.code()})
    assert after.location == "/reprendre"
    page = here.get("/reprendre").text
    assert f'name="factor" value="{number}"' in page
    assert 'name="password"' not in page
    again = here.post("/ma-securite/moyens/retirer", {"factor": number, "_kept": "1"}, FORM)
    assert again.status_code == 303
    assert value(owner, "SELECT count(*) FROM gate.factor WHERE id = %s", int(number)) == 0


@pytest.mark.parametrize("path", ["//ailleurs.example/x", "https://ailleurs.example", "/\\x", "x"])
def test_the_confirmation_never_leads_elsewhere(hire: Hire, visitor: Visit, path: str) -> None:
    here = visitor(hire())
    here.sign_in()
    answer = here.post(f"/confirmer?{urlencode({'suite': path})}", {"password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")


def test_where_a_factor_is_required_nothing_else_opens_before_there_is_one(
    hire: Hire, visitor: Visit, strict: Flask
) -> None:
    here = visitor(hire(app=strict), strict)
    assert here.sign_in().status_code == 303
    for path in (
        "/dossiers",
        "/ma-journee",
        "/ma-securite/mot-de-passe",
        "/ma-securite/codes",
        "/prets",
    ):
        answer = here.get(path)
        assert (answer.status_code, answer.location) == (303, "/ma-securite"), path
    page = read(here.get("/ma-securite"))
    assert "il faut un second moyen" in page
    here.add_totp()
    assert here.is_in()
    assert here.get("/ma-securite/codes").status_code == 200


def test_the_first_way_in_does_not_matter_where_a_factor_is_required(
    hire: Hire, visitor: Visit, strict: Flask, owner: Connection
) -> None:
    here = visitor(hire(app=strict), strict)
    here.sign_in()
    here.add_totp()
    owner.execute(
        "UPDATE gate.session SET second_factor_at = NULL WHERE account_id = %s",
        (here.person.account_id,),
    )
    assert here.get("/dossiers").location == "/confirmer?suite=/dossiers"
    assert here.post("/confirmer?suite=/dossiers", {"code": here.code()}).location == "/dossiers"
    assert here.is_in()


def test_the_last_factor_stays_where_one_is_required_and_goes_where_it_is_not(
    hire: Hire, visitor: Visit, strict: Flask, owner: Connection
) -> None:
    here = visitor(hire(app=strict), strict)
    here.sign_in()
    here.add_totp()
    mine = "SELECT max(id) FROM gate.factor WHERE account_id = %s"
    number = str(value(owner, mine, here.person.account_id))
    remove = "/ma-securite/moyens/retirer"
    kept = here.post(remove, {"factor": number}, FORM)
    assert kept.status_code == 409
    assert "il en faut un ici" in read(kept)
    owner.execute(
        "INSERT INTO gate.factor (tenant_id, account_id, kind, name, sealed, counter)"
        " SELECT tenant_id, account_id, 'totp', 'x', 'x', 0 FROM gate.factor WHERE id = %s",
        (int(number),),
    )
    assert here.post(remove, {"factor": number}, FORM).status_code == 303
    assert (
        value(
            owner, "SELECT count(*) FROM gate.factor WHERE account_id = %s", here.person.account_id
        )
        == 1
    )


def test_the_database_itself_asks_for_a_fresh_proof(
    hire: Hire, visitor: Visit, owner: Connection
) -> None:
    here = visitor(hire())
    here.sign_in()
    cookie = here.client.get_cookie("__Host-sid", domain="north.localhost")
    assert cookie is not None
    add = "SELECT gate.add_factor('north', %s, 'totp', 'x', 'x', NULL, NULL, 1)"
    grow_old(owner, here, 7)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute(add, (cookie.value,))
    owner.execute(
        "UPDATE gate.session SET first_factor_at = now() WHERE account_id = %s",
        (here.person.account_id,),
    )
    assert value(owner, add, cookie.value) is not None
