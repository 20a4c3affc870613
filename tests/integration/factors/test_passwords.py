"""Passwords: what may be chosen, changing one's own, the link of a forgotten one, and guesses by the thousand."""

import re
import statistics
import threading
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import argon2
import pytest
from tests.cast import PASSWORD, Cast, Person, gate_of, read, resources_of
from tests.integration.factors.conftest import Hire
from tests.integration.factors.visitor import KEY, Visitor
from tests.integration.isolation.connections import Connection, value

from microcredit.accounts.schemas import SignIn
from microcredit.accounts.services import PER_ACCOUNT, check_password, hash_password, sign_in
from microcredit.accounts.services.passwords import WeakPassword, matches
from microcredit.kernel import mail
from microcredit.kernel.errors import DomainError

Visit = Callable[..., Visitor]
NEW = "trois hérons guettent la péniche"
LINK = re.compile(r"https?://\S+(/nouveau-mot-de-passe/\S+)")


@pytest.fixture(autouse=True)
def afresh(owner: Connection) -> None:
    """Limits start afresh."""
    owner.execute("DELETE FROM gate.attempt")


def letters(cast: Cast, owner: Connection) -> list[mail.Letter]:
    """Every letter of North, oldest first."""
    rows = owner.execute(
        "SELECT m.message, m.sealed FROM app.mail m JOIN tenancy.tenant t ON t.id = m.tenant_id"
        " WHERE t.slug = 'north' ORDER BY m.id"
    ).fetchall()
    vault = resources_of(cast.app).vault
    return [mail.unseal(vault, message, bytes(sealed)) for message, sealed in rows]


def link_for(cast: Cast, owner: Connection, visitor: Visitor) -> str:
    """Ask for a link, and read it in the letter."""
    answer = visitor.post("/mot-de-passe-oublie", {"email": visitor.person.email})
    assert answer.status_code == 200
    letter = letters(cast, owner)[-1]
    assert letter.to == visitor.person.email
    return LINK.findall(letter.text)[0]


@pytest.mark.parametrize(
    "password",
    [
        "court", "onzelettres", "x" * 129, "motdepasse123", "MotDePasse2016!", "M0td3p@sse!!2024",
        "azertyuiop12", "qwertyuiop[]", "123456789012", "aaaaaaaaaaaa", "abcdefghijkl", "31121980311219",
        "Marseille2024!", "janvier2026!!", "bonjourbonjour", "Soleil-Chocolat", "J'aime Paris 59",
        "paris marseille lyon", "nadia.nadia.2016", "Été2025Été2025", "1q2w3e4r5t6y", "poiuytreza789",
        "microcredit59", "changezmoi2026", "motdepassemotdepasse",
    ],
)  # fmt: skip
def test_what_comes_to_mind_first_may_not_be_chosen(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password, "Nadia Benali", "nadia@north.example")


@pytest.mark.parametrize(
    "password",
    [
        NEW, "correcte agrafe batterie cheval", "x9#fQ2!kLm7z", "le vélo rouge de tante Odile",
        "brouette-taupinière", "y" * 10 + "zébu kiwi 73", "🦔🦔 trottine vers l’écluse", "ÿ" * 4 + "jqxwvk8%Gp",
        ("fenouil µ*bd?gk " * 8)[:128],
    ],
)  # fmt: skip
def test_what_is_long_and_ones_own_may_be(password: str) -> None:
    check_password(password, "Nadia Benali", "nadia@north.example")


def test_accents_typed_on_two_keyboards_are_the_same_and_nothing_is_cut() -> None:
    composed, split = unicodedata.normalize("NFC", NEW), unicodedata.normalize("NFD", NEW)
    assert composed != split
    assert matches(hash_password(composed), split)
    long = "fenouil" * 18
    assert not matches(hash_password(long + "a"), long + "b")
    assert matches(hash_password(long + "a"), long + "a")


def test_changing_ones_password_ends_every_other_session_and_the_old_password(
    hire: Hire, visitor: Visit
) -> None:
    here, there = visitor(person := hire()), visitor(person)
    here.sign_in()
    there.sign_in()
    change = "/ma-securite/mot-de-passe"
    wrong = here.post(change, {"password": "pas celui-là", "new_password": NEW})
    assert wrong.status_code == 422
    assert there.is_in()
    weak = here.post(change, {"password": PASSWORD, "new_password": "motdepasse2026"})
    assert weak.status_code == 422
    assert "motdepasse2026" not in weak.text
    assert here.post(change, {"password": PASSWORD, "new_password": NEW}).status_code == 303
    assert here.is_in()
    assert not there.is_in()
    assert visitor(person).sign_in().status_code == 401
    assert visitor(person).sign_in(NEW).status_code == 303


def test_a_password_is_good_for_as_long_as_nobody_changes_it(
    hire: Hire, visitor: Visit, owner: Connection
) -> None:
    person = hire()
    owner.execute(
        "UPDATE gate.credential SET changed_at = now() - interval '10 years' WHERE account_id = %s",
        (person.account_id,),
    )
    here = visitor(person)
    answer = here.sign_in()
    assert answer.status_code == 303
    assert "mot-de-passe" not in answer.location


def test_a_link_replaces_a_forgotten_password_once(
    hire: Hire, visitor: Visit, cast: Cast, owner: Connection
) -> None:
    person = hire()
    signed_in, lost = visitor(person), visitor(person)
    signed_in.sign_in()
    link = link_for(cast, owner, lost)
    assert lost.post(link, {"password": "motdepasse123"}).status_code == 422
    assert lost.post(link, {"password": NEW}).location == "/connexion"
    assert not signed_in.is_in()
    assert lost.sign_in().status_code == 401
    assert lost.sign_in(NEW).status_code == 303
    again = visitor(person)
    page = again.get(link)
    assert page.status_code == 404
    assert "Demandez-en un nouveau" in read(page)
    assert again.post(link, {"password": NEW + " bis"}, "/connexion").status_code == 404
    assert visitor(person).sign_in(NEW).status_code == 303


def test_of_six_who_send_the_same_link_at_once_one_wins(
    hire: Hire, visitor: Visit, cast: Cast, owner: Connection
) -> None:
    person = hire()
    link = link_for(cast, owner, visitor(person))
    browsers, start = [visitor(person) for _ in range(6)], threading.Barrier(6)
    keys = [KEY.findall(one.get(link).text)[-1] for one in browsers]

    def send(number: int) -> int:
        start.wait(30)
        typed = {"_key": unescape(keys[number]), "password": f"{NEW} {number}"}
        return browsers[number].client.post(link, data=typed, base_url=person.origin).status_code

    with ThreadPoolExecutor(6) as threads:
        statuses = list(threads.map(send, range(6)))
    assert sorted(statuses) == [303] + [404] * 5
    for number, status in enumerate(statuses):
        entered = visitor(person).sign_in(f"{NEW} {number}").status_code
        assert entered == (303 if status == 303 else 401)
        owner.execute("DELETE FROM gate.attempt")


def test_looking_at_the_link_uses_nothing_up(
    hire: Hire, visitor: Visit, cast: Cast, owner: Connection
) -> None:
    lost = visitor(hire())
    link = link_for(cast, owner, lost)
    for _ in range(3):
        assert lost.get(link).status_code == 200
        assert lost.client.head(link, base_url=lost.person.origin).status_code == 200
    assert lost.post(link, {"password": NEW}).status_code == 303


def test_a_link_dies_after_twenty_minutes(
    hire: Hire, visitor: Visit, cast: Cast, owner: Connection
) -> None:
    lost = visitor(hire())
    link = link_for(cast, owner, lost)
    past = "UPDATE gate.reset SET expires_at = expires_at - %s::interval WHERE account_id = %s"
    owner.execute(past, ("19 minutes", lost.person.account_id))
    assert lost.get(link).status_code == 200
    owner.execute(past, ("1 minute", lost.person.account_id))
    assert lost.get(link).status_code == 404
    assert lost.post(link, {"password": NEW}, "/connexion").status_code == 404
    assert visitor(lost.person).sign_in().status_code == 303


def test_a_link_dies_when_the_password_changes_otherwise_or_by_another_link(
    hire: Hire, visitor: Visit, cast: Cast, owner: Connection
) -> None:
    lost = visitor(hire())
    first, second = link_for(cast, owner, lost), link_for(cast, owner, lost)
    assert lost.post(second, {"password": NEW}).status_code == 303
    assert lost.get(first).status_code == 404
    third = link_for(cast, owner, lost)
    lost.sign_in(NEW)
    typed = {"password": NEW, "new_password": NEW + " encore"}
    assert lost.post("/ma-securite/mot-de-passe", typed).status_code == 303
    assert lost.get(third).status_code == 404


def test_a_link_of_north_is_worth_nothing_in_south_and_holds_the_tenants_own_address(
    hire: Hire, visitor: Visit, cast: Cast, owner: Connection
) -> None:
    lost = visitor(hire())
    link = link_for(cast, owner, lost)
    elsewhere = visitor(hire("south"))
    assert elsewhere.get(link).status_code == 404
    assert elsewhere.post(link, {"password": NEW}, "/connexion").status_code == 404
    assert "http://north.localhost" in letters(cast, owner)[-1].text
    assert lost.post(link, {"password": NEW}).status_code == 303


def test_a_new_password_by_mail_does_not_open_the_second_step(
    hire: Hire, visitor: Visit, cast: Cast, owner: Connection
) -> None:
    held = visitor(hire())
    held.sign_in()
    held.add_totp()
    lost = visitor(held.person)
    link = link_for(cast, owner, lost)
    assert lost.post(link, {"password": NEW}).status_code == 303
    assert lost.sign_in(NEW).location == "/connexion/verification"
    assert not lost.is_in()
    lost.secret = held.secret
    assert lost.second(lost.code()).status_code == 303


def test_an_unknown_address_gets_the_same_answer_and_no_letter(
    hire: Hire, visitor: Visit, cast: Cast, owner: Connection
) -> None:
    known, unknown = visitor(hire()), visitor(hire())
    ghost = "x" * len(known.person.email.split("@")[0]) + "@north.example"
    first = known.post("/mot-de-passe-oublie", {"email": known.person.email})
    before = len(letters(cast, owner))
    second = unknown.post("/mot-de-passe-oublie", {"email": ghost})
    assert len(letters(cast, owner)) == before
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.text == second.text
    assert sorted(first.headers.keys()) == sorted(second.headers.keys())
    over = [unknown.post("/mot-de-passe-oublie", {"email": ghost}).status_code for _ in range(3)]
    assert over == [200, 200, 429]


def test_asking_takes_the_same_time_for_an_unknown_address(
    hire: Hire, visitor: Visit, owner: Connection
) -> None:
    person = hire()
    asker = visitor(person)
    spent: dict[str, list[float]] = {"known": [], "unknown": []}
    for turn in range(40):
        for name, email in (("known", person.email), ("unknown", f"ghost{turn}@north.example")):
            owner.execute("DELETE FROM gate.attempt")
            key = unescape(
                re.findall(r'name="_key" value="([^"]+)"', asker.get("/mot-de-passe-oublie").text)[
                    0
                ]
            )
            start = time.perf_counter()
            answer = asker.client.post(
                "/mot-de-passe-oublie", data={"_key": key, "email": email}, base_url=person.origin
            )
            spent[name].append(time.perf_counter() - start)
            assert answer.status_code == 200
    known, unknown = (statistics.median(spent[name]) for name in ("known", "unknown"))
    assert abs(known - unknown) < 0.005


@pytest.fixture
def evaluations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each evaluation of a password; the library's own work is left out, ten thousand would take an hour."""
    made: list[str] = []
    verify: Callable[..., bool] = argon2.PasswordHasher.verify

    def counted(hasher: argon2.PasswordHasher, stored: str, typed: str) -> bool:
        made.append(typed)
        return verify(hasher, stored, typed)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    return made


def refused(cast: Cast, person: Person, password: str, address: str) -> int:
    """The status of one refused guess."""
    with pytest.raises(DomainError) as caught:
        sign_in(gate_of(cast.app), person.slug, SignIn(person.email, password), address)
    return caught.value.status


def test_of_ten_thousand_guesses_few_are_evaluated_and_the_right_person_gets_in(
    cast: Cast, hire: Hire, visitor: Visit, owner: Connection, evaluations: list[str]
) -> None:
    person = hire()
    at_work = visitor(person)
    assert at_work.sign_in().status_code == 303  # this computer is known from now on
    evaluations.clear()
    attacker = visitor(person)
    page = attacker.get("/connexion").text
    key = unescape(re.findall(r'name="_key" value="([^"]+)"', page)[0])
    statuses: dict[int, int] = {}
    for guess in range(10_000):
        address = f"10.77.{guess // 250 % 250}.{guess % 250}"
        if (
            guess % 100 == 0
        ):  # through the page; the others where the page leads, to save the time of pages
            answer = attacker.client.post(
                "/connexion", base_url=person.origin,
                data={"_key": key, "email": person.email, "password": f"devine {guess}"},
                environ_overrides={"REMOTE_ADDR": address},
            )  # fmt: skip
            status = answer.status_code
        else:
            status = refused(cast, person, f"devine {guess}", address)
        statuses[status] = statuses.get(status, 0) + 1
    assert len(evaluations) == PER_ACCOUNT
    assert statuses == {401: PER_ACCOUNT, 429: 10_000 - PER_ACCOUNT}
    assert visitor(person).sign_in().status_code == 429
    at_work.post("/deconnexion", page="/ma-securite")
    assert not at_work.is_in()
    assert at_work.sign_in().status_code == 303
    assert at_work.is_in()
    owner.execute("UPDATE gate.attempt SET at = at - interval '16 minutes'")
    assert visitor(person).sign_in().status_code == 303


def test_a_known_computer_has_few_guesses_of_its_own_and_for_its_own_account_alone(
    hire: Hire, visitor: Visit
) -> None:
    person, other = hire(), hire()
    browser = visitor(person)
    browser.sign_in()
    browser.post("/deconnexion", page="/ma-securite")
    statuses = [browser.sign_in("pas celui-là").status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    assert visitor(person).sign_in().status_code == 303
    elsewhere = [browser.sign_in("pas celui-là", other.email).status_code for _ in range(7)]
    assert elsewhere == [401] * PER_ACCOUNT + [429] * (7 - PER_ACCOUNT)
    assert visitor(other).sign_in().status_code == 429


def test_a_forged_device_cookie_counts_as_none(hire: Hire, visitor: Visit) -> None:
    person = hire()
    for forged in ("x", "WyJub3J0aCIsMSwieCJd.aaaaaa.bbbb", ""):
        browser = visitor(person)
        browser.client.set_cookie("__Host-device", forged, domain="north.localhost", secure=True)
        browser.sign_in("pas celui-là")
    statuses = [visitor(person).sign_in("pas celui-là").status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_what_happened_to_the_password_is_in_the_trail(
    hire: Hire, visitor: Visit, cast: Cast, owner: Connection
) -> None:
    lost = visitor(hire())
    link = link_for(cast, owner, lost)
    lost.post(link, {"password": NEW})
    lost.sign_in("pas celui-là")
    lost.sign_in(NEW)
    acts = owner.execute(
        "SELECT act, membership_id FROM app.audit_event WHERE account_id = %s ORDER BY id",
        (lost.person.account_id,),
    ).fetchall()
    assert [act for act, _ in acts] == ["ask_reset", "reset_password", "refused:sign_in", "sign_in"]
    hat = "SELECT id FROM app.membership WHERE account_id = %s"
    assert {found for _, found in acts[:2]} == {value(owner, hat, lost.person.account_id)}
    secret = link.rpartition("/")[2]
    assert (
        value(owner, "SELECT count(*) FROM gate.reset r WHERE r::text LIKE %s", f"%{secret}%") == 0
    )
