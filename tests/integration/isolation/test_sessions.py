"""A session opens one tenant, under a token that changes with the rights and ends when told."""

import hashlib
import re

import pytest
from flask.testing import FlaskClient
from tests.cast import PASSWORD, Cast, Person, gate_of, read
from tests.integration.isolation.connections import Connection, Connections, value
from werkzeug.test import TestResponse

from microcredit.web.requests import SESSION_COOKIE

SET_COOKIE = re.compile(rf"{SESSION_COOKIE}=([A-Za-z0-9_-]*); (.*)")


def browser(person: Person, token: str = "") -> FlaskClient:
    """A browser at the address of somebody's tenant; it may show a token."""
    client = person.app.test_client()
    if token:
        client.set_cookie(SESSION_COOKIE, token, domain=f"{person.slug}.localhost", secure=True)
    return client


def visitor_key(person: Person, client: FlaskClient) -> str:
    """The key of the sign-in form that this browser has open beside whatever it does."""
    at = {"key": SESSION_COOKIE, "domain": f"{person.slug}.localhost"}
    shown = client.get_cookie(**at)
    client.delete_cookie(**at)
    page = client.get("/connexion", base_url=person.origin).text
    if shown is not None:
        client.set_cookie(value=shown.value, secure=True, **at)
    return re.findall(r'name="_key" value="([^"]+)"', page)[0]


def sign_in(
    person: Person, client: FlaskClient, password: str = PASSWORD, email: str = ""
) -> TestResponse:
    """Sign in, from an address that the limits of other tests do not count."""
    typed = {"email": email or person.email, "password": password}
    return client.post(
        "/connexion",
        data={"_key": visitor_key(person, client), **typed},
        base_url=person.origin,
        environ_overrides={"REMOTE_ADDR": f"10.7.{person.account_id % 250}.1"},
    )


def given(answer: TestResponse) -> tuple[str, str]:
    """The token that an answer sets, and how."""
    found = [
        match
        for cookie in answer.headers.getlist("Set-Cookie")
        if (match := SET_COOKIE.fullmatch(cookie))
    ]
    assert len(found) == 1
    return found[0][1], found[0][2]


def opens(person: Person, token: str) -> bool:
    """Whether a token opens the person's tenant."""
    answer = browser(person, token).get("/territoire", base_url=person.origin)
    assert answer.status_code in (200, 303, 403)
    if answer.status_code == 303:
        assert answer.location.startswith("/connexion")
    return answer.status_code != 303


def test_signing_in_gives_a_token_of_256_bits_in_a_cookie_of_this_host_alone(
    cast: Cast, owner: Connection
):
    client = browser(cast.tania)
    tokens = set()
    for _ in range(2):
        client.delete_cookie(SESSION_COOKIE, domain="north.localhost")
        answer = sign_in(cast.tania, client)
        assert answer.status_code == 303
        token, flags = given(answer)
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
        assert sorted(flags.split("; ")) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
        assert opens(cast.tania, token)
        tokens.add(token)
    assert len(tokens) == 2
    stored = owner.execute("SELECT s::text, token_hash FROM gate.session s").fetchall()
    assert {hashlib.sha256(token.encode()).digest() for token in tokens} <= {
        row[1] for row in stored
    }
    assert not any(token in row[0] for row in stored for token in tokens)


def test_the_other_cookie_says_nothing_and_opens_nothing(cast: Cast):
    client = browser(cast.tania)
    sign_in(cast.tania, client)
    visit = client.get_cookie("__Host-visit", domain="north.localhost")
    assert visit is not None
    assert (visit.secure, visit.http_only, visit.same_site) == (True, True, "Lax")
    alone = {"Cookie": f"__Host-visit={visit.value}; remember_token={cast.tania.account_id}|x"}
    plain = cast.app.test_client(use_cookies=False)
    assert plain.get("/territoire", base_url=cast.tania.origin, headers=alone).status_code == 303
    assert client.get("/territoire", base_url=cast.tania.origin).status_code == 200


def test_a_token_chosen_by_an_attacker_opens_nothing_before_or_after_signing_in(cast: Cast):
    planted = "A" * 43
    client = browser(cast.tania, planted)
    assert not opens(cast.tania, planted)
    answer = sign_in(cast.tania, client)
    token, _ = given(answer)
    assert token != planted
    assert not opens(cast.tania, planted)
    assert opens(cast.tania, token)


def test_signing_in_over_a_session_ends_it(cast: Cast):
    client = browser(cast.tania)
    first, _ = given(sign_in(cast.tania, client))
    assert opens(cast.tania, first)
    refused = sign_in(cast.tania, client, "not the password")
    assert refused.status_code == 401
    assert opens(cast.tania, first)
    second, _ = given(sign_in(cast.tania, client))
    assert opens(cast.tania, second)
    assert not opens(cast.tania, first)


def test_signing_out_ends_the_session_and_no_other(cast: Cast):
    here, elsewhere = cast.tania.anew(), cast.tania.anew()
    assert here.get("/organismes").status_code == elsewhere.get("/organismes").status_code == 200
    key = here.key()
    answer = here.post("/deconnexion")
    assert answer.status_code == 303
    assert given(answer)[0] == ""
    assert not opens(here, here.token)
    assert opens(elsewhere, elsewhere.token)
    again = browser(here, here.token).post("/deconnexion", data={"_key": key}, base_url=here.origin)
    assert again.status_code == 303
    assert again.location.startswith("/connexion")


def test_another_hat_comes_with_another_token_and_the_old_one_is_dead(
    cast: Cast, owner: Connection
):
    yves = cast.yves.anew()
    assert yves.client is not None
    hats = [
        row[0]
        for row in owner.execute(
            "SELECT id FROM app.membership WHERE account_id = %s ORDER BY id", (yves.account_id,)
        )
    ]
    foreign = value(
        owner, "SELECT id FROM app.membership WHERE account_id = %s", cast.nadia.account_id
    )
    for other in (foreign, hats[-1] + 10_000):
        assert yves.post("/casquette", {"membership": other}).status_code == 404
        assert opens(yves, yves.token)
    ends = value(
        owner, "SELECT expires_at FROM gate.session WHERE token_hash = %s", _hash(yves.token)
    )
    answer = yves.post("/casquette", {"membership": hats[1]})
    assert answer.status_code == 303
    token, _ = given(answer)
    assert not opens(yves, yves.token)
    assert opens(yves, token)
    held = owner.execute(
        "SELECT membership_id, expires_at FROM gate.session WHERE token_hash = %s", (_hash(token),)
    )
    assert held.fetchall() == [(hats[1], ends)]


def test_a_session_ends_at_once_with_the_account_or_the_membership(cast: Cast, owner: Connection):
    tania = cast.tania.anew()
    assert tania.get("/organismes").status_code == 200
    for end, resume in (
        ("UPDATE app.account SET disabled_at = now() WHERE id = %s",
         "UPDATE app.account SET disabled_at = NULL WHERE id = %s"),
        ("UPDATE app.membership SET valid_to = current_date WHERE account_id = %s",
         "UPDATE app.membership SET valid_to = NULL WHERE account_id = %s"),
    ):  # fmt: skip
        owner.execute(end, (tania.account_id,))
        try:
            assert not opens(tania, tania.token)
            assert sign_in(tania, browser(tania)).status_code == 401
        finally:
            owner.execute(resume, (tania.account_id,))
        assert opens(tania, tania.token)


@pytest.mark.parametrize(
    ("column", "still", "over"),
    [("seen_at", "29 minutes 50 seconds", "30 minutes"), ("opened_at", "9 hours 59 minutes", "10 hours")],
)  # fmt: skip
def test_a_session_ends_after_half_an_hour_unseen_and_after_ten_hours(
    cast: Cast, owner: Connection, column: str, still: str, over: str
):
    for age, alive in ((still, True), (over, False)):
        tania = cast.tania.anew()
        assert tania.client is not None
        owner.execute(
            f"UPDATE gate.session SET {column} = now() - %s::interval,"
            " expires_at = CASE WHEN %s = 'opened_at' THEN now() - %s::interval + (expires_at - opened_at)"
            " ELSE expires_at END WHERE token_hash = %s",
            (age, column, age, _hash(tania.token)),
        )
        assert opens(tania, tania.token) is alive


def test_a_session_is_noted_as_seen_at_most_once_a_minute(cast: Cast, owner: Connection):
    tania = cast.tania.anew()
    assert tania.client is not None
    seen = "SELECT seen_at FROM gate.session WHERE token_hash = %s"
    past = "UPDATE gate.session SET seen_at = now() - %s::interval WHERE token_hash = %s"
    for age, noted in (("50 seconds", False), ("70 seconds", True)):
        owner.execute(past, (age, _hash(tania.token)))
        before = value(owner, seen, _hash(tania.token))
        assert tania.get("/organismes").status_code == 200
        assert (value(owner, seen, _hash(tania.token)) > before) is noted


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(cast: Cast):
    answers = []
    for email, password in (
        (cast.tania.email, "wrong"),
        ("nobody@north.example", "wrong"),
        (cast.lucie.email, PASSWORD),
    ):
        answer = sign_in(cast.tania, browser(cast.tania), password, email)
        body = answer.text.replace(email, "address")
        answers.append((answer.status_code, re.sub(r'name="_key" value="[^"]+"', "", body)))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 401
    assert sign_in(cast.tania, browser(cast.tania)).status_code == 303


def test_no_statement_of_the_web_role_shows_a_token_to_its_neighbours(
    cast: Cast, connect: Connections
):
    with cast.nadia.at_work():
        watcher = connect.login("web")
        seen = watcher.execute(
            "SELECT query FROM pg_stat_activity WHERE usename = current_user"
        ).fetchall()
        assert any("tenancy.enter" in row[0] for row in seen)
        assert not any(cast.nadia.token in row[0] for row in seen)


def test_where_one_was_going_is_a_path_of_this_site(cast: Cast):
    for suite, target in (
        ("/dossiers?vue=tous", "/dossiers?vue=tous"),
        ("//evil.example", "/"), ("/\\evil.example", "/"), ("https://evil.example/", "/"),
        ("http://south.localhost/", "/"), ("javascript:alert(1)", "/"), ("/\tevil", "/"), ("", "/"),
    ):  # fmt: skip
        client = browser(cast.nadia)
        key = visitor_key(cast.nadia, client)
        answer = client.post(
            "/connexion", query_string={"suite": suite}, base_url=cast.nadia.origin,
            data={"_key": key, "email": cast.nadia.email, "password": PASSWORD},
            environ_overrides={"REMOTE_ADDR": "10.8.0.1"},
        )  # fmt: skip
        assert (answer.status_code, answer.location) == (303, target)


def test_a_page_asked_without_a_session_is_offered_again_after_signing_in(cast: Cast):
    answer = browser(cast.nadia).get("/dossiers?vue=tous", base_url=cast.nadia.origin)
    assert (answer.status_code, answer.location) == (303, "/connexion?suite=/dossiers?vue%3Dtous")
    assert "Se connecter" in read(
        browser(cast.nadia).get(answer.location, base_url=cast.nadia.origin)
    )
    gate_of(cast.app).forget_attempts("north", "from:10.8.0.1")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
