"""Codes of an application and on paper: each proves once, near its time, and opens the second step."""

import threading
from collections.abc import Callable
from html import unescape

import pyotp
import pytest
from tests.cast import Cast, read
from tests.integration.factors.conftest import Hire
from tests.integration.factors.visitor import SECRET, SHOWN, Visitor
from tests.integration.isolation.connections import Connection, value

from microcredit.accounts.services.factors import PER_FACTOR, new_secret, step_of

Visit = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def afresh(owner: Connection) -> None:
    """Limits start afresh, and the owner's connection with them."""
    owner.execute("DELETE FROM gate.attempt")


@pytest.fixture
def held(hire: Hire, visitor: Visit) -> Visitor:
    """Somebody signed in who has just set up an application."""
    found = visitor(hire())
    assert found.sign_in().status_code == 303
    found.add_totp()
    return found


def elsewhere(held: Visitor, visitor: Visit) -> Visitor:
    """The same person at another browser, with the same telephone."""
    other = visitor(held.person)
    other.secret = held.secret
    return other


def test_a_password_alone_opens_nothing_once_there_is_a_second_factor(
    held: Visitor, visitor: Visit
) -> None:
    other = elsewhere(held, visitor)
    answer = other.sign_in()
    assert (answer.status_code, answer.location) == (303, "/connexion/verification")
    assert not other.is_in()
    assert other.second(other.code()).status_code == 303
    assert other.is_in()


def test_without_a_first_step_the_second_step_is_nowhere(held: Visitor, visitor: Visit) -> None:
    other = elsewhere(held, visitor)
    assert other.get("/connexion/verification").location == "/connexion"
    other.client.set_cookie("__Host-pending", "A" * 43, domain="north.localhost", secure=True)
    assert other.get("/connexion/verification").location == "/connexion"


def test_a_code_serves_once(held: Visitor, visitor: Visit) -> None:
    one, two = elsewhere(held, visitor), elsewhere(held, visitor)
    one.sign_in()
    two.sign_in()
    code = one.code()
    assert one.second(code).status_code == 303
    assert two.second(code).status_code == 422
    assert not two.is_in()
    assert one.is_in()
    assert two.second(two.code(30)).status_code == 303
    assert two.is_in()


def test_an_older_code_is_dead_once_a_newer_one_has_served(held: Visitor, visitor: Visit) -> None:
    other = elsewhere(held, visitor)
    other.sign_in()
    assert other.second(other.code(30)).status_code == 303
    again = elsewhere(held, visitor)
    again.sign_in()
    assert again.second(again.code()).status_code == 422


@pytest.mark.parametrize("seconds", [-300, 300, -90, 90])
def test_a_telephone_that_is_minutes_off_is_refused(
    held: Visitor, visitor: Visit, seconds: int
) -> None:
    other = elsewhere(held, visitor)
    other.sign_in()
    answer = other.second(other.code(seconds))
    assert answer.status_code == 422
    assert "vérifiez l’heure de votre téléphone" in read(answer)
    assert other.second(other.code()).status_code == 303


def test_one_step_early_or_late_is_accepted_and_two_are_not() -> None:
    secret, now = new_secret(), 1_800_000_000.0
    made = pyotp.TOTP(secret)
    for steps in (-1, 0, 1):
        assert step_of(secret, made.at(int(now) + 30 * steps), now) == int(now) // 30 + steps
    for steps in (-2, 2, -10, 10):
        assert step_of(secret, made.at(int(now) + 30 * steps), now) is None
    assert step_of(secret, "", now) is None


def test_of_one_code_sent_from_eight_browsers_at_once_one_wins(
    held: Visitor, visitor: Visit
) -> None:
    browsers = [elsewhere(held, visitor) for _ in range(8)]
    for one in browsers:
        assert one.sign_in().status_code == 303
    code, start, answers = held.code(), threading.Barrier(8), []

    def send(one: Visitor) -> None:
        start.wait()
        answers.append(one.second(code).status_code)

    threads = [threading.Thread(target=send, args=(one,)) for one in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303] + [422] * 7
    assert sum(one.is_in() for one in browsers) == 1


def test_guesses_of_a_code_are_limited_and_the_right_one_waits_too(
    held: Visitor, visitor: Visit, owner: Connection
) -> None:
    other = elsewhere(held, visitor)
    other.sign_in()
    statuses = [other.second("000000").status_code for _ in range(PER_FACTOR + 2)]
    assert statuses == [422] * PER_FACTOR + [429] * 2
    assert other.second(other.code()).status_code == 429
    owner.execute("UPDATE gate.attempt SET at = at - interval '16 minutes'")
    assert other.second(other.code()).status_code == 303


def test_ten_codes_on_paper_each_serve_once(held: Visitor, visitor: Visit) -> None:
    codes = held.codes()
    assert len(set(codes)) == 10
    other = elsewhere(held, visitor)
    other.sign_in()
    assert other.second(codes[0].lower().replace("-", " ")).status_code == 303
    again = elsewhere(held, visitor)
    again.sign_in()
    assert again.second(codes[0]).status_code == 422
    assert again.second(codes[1]).status_code == 303
    assert "Il vous reste 8" in read(held.get("/ma-securite")).replace("\u00a0", " ")


def test_new_codes_make_the_former_ones_worthless(held: Visitor, visitor: Visit) -> None:
    former, codes = held.codes(), held.codes()
    other = elsewhere(held, visitor)
    other.sign_in()
    assert other.second(former[0]).status_code == 422
    assert other.second(codes[0]).status_code == 303


def test_codes_of_somebody_else_prove_nothing(held: Visitor, hire: Hire, visitor: Visit) -> None:
    other = visitor(hire())
    other.sign_in()
    other.add_totp()
    theirs, mine = other.codes(), held.codes()
    here = elsewhere(held, visitor)
    here.sign_in()
    assert here.second(theirs[0]).status_code == 422
    assert here.second(other.code()).status_code == 422
    assert here.second(mine[0]).status_code == 303


def test_the_database_keeps_no_secret_and_no_code_in_clear(
    held: Visitor, owner: Connection
) -> None:
    codes = held.codes()
    rows = owner.execute("SELECT f::text FROM gate.factor f").fetchall()
    rows += owner.execute("SELECT c::text FROM gate.recovery_code c").fetchall()
    kept = " ".join(row[0] for row in rows)
    assert held.secret not in kept
    assert held.secret.encode().hex() not in kept
    for code in codes:
        assert code.replace("-", "") not in kept
        assert code.replace("-", "").encode().hex() not in kept
    assert value(owner, "SELECT count(*) FROM gate.factor") >= 1


def test_the_key_sealed_for_one_person_sets_up_nothing_for_another(
    hire: Hire, visitor: Visit
) -> None:
    one, two = visitor(hire()), visitor(hire())
    one.sign_in()
    two.sign_in()
    page = one.get("/ma-securite/application").text
    one.secret = SHOWN.findall(page)[0].replace(" ", "")
    typed = {"secret": unescape(SECRET.findall(page)[0]), "code": one.code()}
    assert two.post("/ma-securite/application", typed).status_code == 422
    assert one.post("/ma-securite/application", typed).status_code == 303


def test_a_wrong_first_code_shows_the_same_square_again(hire: Hire, visitor: Visit) -> None:
    one = visitor(hire())
    one.sign_in()
    page = one.get("/ma-securite/application").text
    assert 'style="' not in page.split('class="qr-plate"')[1].split("</svg>")[0]
    typed = {"secret": unescape(SECRET.findall(page)[0]), "code": "000000"}
    again = one.post("/ma-securite/application", typed)
    assert again.status_code == 422
    assert SHOWN.findall(again.text) == SHOWN.findall(page)


def test_adding_a_factor_ends_the_other_sessions_and_is_in_the_trail(
    hire: Hire, visitor: Visit, owner: Connection
) -> None:
    one, two = visitor(person := hire()), visitor(person)
    one.sign_in()
    two.sign_in()
    assert two.is_in()
    one.add_totp()
    assert one.is_in()
    assert not two.is_in()
    acts = owner.execute(
        "SELECT act FROM app.audit_event WHERE account_id = %s ORDER BY id", (person.account_id,)
    ).fetchall()
    assert ("add_factor",) in acts


def test_a_factor_is_removed_by_its_owner_alone(
    held: Visitor, hire: Hire, visitor: Visit, owner: Connection
) -> None:
    mine = "SELECT id FROM gate.factor WHERE account_id = %s"
    number = str(value(owner, mine, held.person.account_id))
    other = visitor(hire())
    other.sign_in()
    remove = "/ma-securite/moyens/retirer"
    assert other.post(remove, {"factor": number}, "/ma-securite").status_code == 404
    assert held.post(remove, {"factor": number}, "/ma-securite").status_code == 303
    assert held.post(remove, {"factor": number}, "/ma-securite").status_code == 404
    again = visitor(held.person)
    assert again.sign_in().location == "/"


def test_a_factor_of_south_is_nothing_in_north(
    held: Visitor, hire: Hire, visitor: Visit, cast: Cast
) -> None:
    south = visitor(hire("south"))
    south.sign_in()
    south.add_totp()
    waits = visitor(south.person)
    waits.sign_in()
    pending = waits.client.get_cookie("__Host-pending", domain="south.localhost")
    assert pending is not None
    other = elsewhere(held, visitor)
    other.client.set_cookie("__Host-pending", pending.value, domain="north.localhost", secure=True)
    assert other.get("/connexion/verification").location == "/connexion"
    assert waits.get("/connexion/verification").status_code == 200
