"""Signing in: the right person, nobody else, and nothing to learn from a refusal."""

from collections.abc import Callable, Iterator
from datetime import date
from html import escape
from itertools import count
from urllib.parse import urljoin, urlsplit

import argon2
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session
from tests.cast import PASSWORD, SINCE, Cast, gate_of, read, resources_of
from werkzeug.test import TestResponse

from microcredit.accounts.models import Account, Membership
from microcredit.accounts.services import PER_ACCOUNT, PER_ADDRESS, WINDOW, hash_password
from microcredit.groupings.models import Organisation
from microcredit.kernel.provision import Provision
from microcredit.kernel.tenancy import enter_setup
from microcredit.settings import new_secret

NORTH = "http://north.localhost"
SIGN_IN = "/connexion"

_addresses = (f"10.1.{n // 250}.{n % 250 + 1}" for n in count())


class Visitor:
    """A browser in which nobody is signed in, at a network address of its own."""

    def __init__(self, cast: Cast, origin: str = NORTH) -> None:
        self.address = next(_addresses)
        self.client: FlaskClient = cast.app.test_client()
        self._origin = origin
        page = self.client.get(SIGN_IN, base_url=origin).text
        self.key = page.split('name="_key" value="')[1].split('"')[0]

    def sign_in(
        self, email: str, password: str = PASSWORD, path: str = SIGN_IN, **more: str
    ) -> TestResponse:
        """Post the form of the sign-in page."""
        return self.client.post(
            path, base_url=self._origin, headers={k.replace("_", "-"): v for k, v in more.items()},
            data={"_key": self.key, "email": email, "password": password},
            environ_overrides={"REMOTE_ADDR": self.address},
        )  # fmt: skip


@pytest.fixture
def owner(database: Provision) -> Iterator[Engine]:
    """Statements of whoever looks after the database."""
    engine = create_engine(database.migration_url)
    yield engine
    engine.dispose()


def run(owner: Engine, statement: str, **values: object) -> object:
    """Run a statement; the first value that it returns, if it returns any."""
    with owner.begin() as connection:
        found = connection.execute(text(statement), values)
        return found.scalar() if found.returns_rows else None


@pytest.fixture(scope="module")
def closed(cast: Cast) -> dict[str, str]:
    """Addresses of people who had access once: one account is disabled, one hat is over."""
    operator = resources_of(cast.app).pools.operator
    assert operator is not None
    emails = {}
    with Session(operator) as session, session.begin():
        assert enter_setup(session, "north") is not None
        ccas = session.scalars(
            select(Organisation.id).where(Organisation.name == "CCAS Alpha")
        ).one()
        for name, gone, until in (
            ("disabled", date(2013, 1, 1), None),
            ("past", None, date(2013, 1, 1)),
        ):
            emails[name] = f"{name}.{new_secret()[:6].lower()}@north.example"
            account = Account(email=emails[name], name=name, disabled_at=gone)
            session.add(account)
            session.flush()
            session.add(Membership(account_id=account.id, organisation_id=ccas, role="case_worker",
                                   valid_from=SINCE, valid_to=until))  # fmt: skip
            session.execute(
                text("SELECT gate.set_password(:account, :hash)"),
                {"account": account.id, "hash": hash_password(PASSWORD)},
            )
    return emails


@pytest.fixture
def evaluations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each evaluation of a password, as the library makes it."""
    made: list[str] = []
    verify: Callable[..., bool] = argon2.PasswordHasher.verify

    def counted(hasher: argon2.PasswordHasher, stored: str, typed: str) -> bool:
        made.append(stored.split("$")[3])
        return verify(hasher, stored, typed)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    return made


def test_the_right_password_opens_the_door_on_ones_own_work(cast: Cast) -> None:
    cast.farid.anew().post("/reprendre/oublier", {})  # what other tests have left him to resume
    visitor = Visitor(cast)
    answer = visitor.sign_in("  Farid@North.example ")
    assert (answer.status_code, answer.location) == (303, "/")
    home = visitor.client.get("/", base_url=NORTH, follow_redirects=True)
    assert "Farid" in home.text
    assert "Ce qui attend" in home.text or "Mon accueil" in home.text


def test_every_refusal_is_the_same_to_the_byte_and_costs_the_same(
    cast: Cast, closed: dict[str, str], evaluations: list[str]
) -> None:
    visitor = Visitor(cast)
    tried = {
        "nadia@north.example": "wrong password",
        "nobody@north.example": PASSWORD,
        "lucie@south.example": PASSWORD,  # somebody, but of another territory
        closed["disabled"]: PASSWORD,
        closed["past"]: PASSWORD,
    }
    seen = set()
    for email, password in tried.items():
        evaluations.clear()
        answer = visitor.sign_in(email, password)
        assert len(evaluations) == 1
        assert evaluations == ["m=47104,t=2,p=1"]
        page = answer.data.replace(escape(email).encode(), b"SOMEBODY")
        headers = {name: value for name, value in answer.headers if name != "Content-Length"}
        seen.add((answer.status, page, tuple(sorted(headers.items()))))
    assert len(seen) == 1
    assert "401" in seen.pop()[0]
    assert "ne convient pas" in read(visitor.sign_in("nobody@north.example"))
    assert visitor.sign_in("nadia@north.example").status_code == 303


@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("", 422),
        ("x" * 1001, 422),
        ("x" * 1000, 401),
        ("\x00", 401),
        (f"{PASSWORD}\x00", 401),
        ("é" * 999, 401),
    ],
)
def test_a_strange_password_is_only_a_wrong_one(
    cast: Cast, evaluations: list[str], password: str, status: int
) -> None:
    answer = Visitor(cast).sign_in("diane@north.example", password)
    assert answer.status_code == status
    assert len(evaluations) == (1 if status == 401 else 0)
    assert password not in answer.text or not password
    assert 'value="diane@north.example"' in answer.text


def test_an_account_is_tried_ten_times_then_waits_a_quarter_of_an_hour(
    cast: Cast, owner: Engine, evaluations: list[str]
) -> None:
    for _ in range(PER_ACCOUNT):
        assert Visitor(cast).sign_in("denis@north.example", "wrong").status_code == 401
    evaluations.clear()

    refused = Visitor(cast).sign_in("denis@north.example")

    assert refused.status_code == 429
    assert "Attendez un quart d’heure" in read(refused)
    assert evaluations == []
    assert Visitor(cast).sign_in("elie@north.example").status_code == 303, (
        "others are not locked out"
    )
    run(owner, "UPDATE gate.attempt SET at = at - CAST(:window AS interval)", window=WINDOW)
    assert Visitor(cast).sign_in("denis@north.example").status_code == 303


def test_an_unknown_account_is_limited_like_a_known_one(cast: Cast) -> None:
    visitor = Visitor(cast)
    statuses = [
        visitor.sign_in("ghost@north.example", "x").status_code for _ in range(PER_ACCOUNT + 1)
    ]
    assert statuses == [401] * PER_ACCOUNT + [429]


def test_whoever_gets_in_starts_afresh(cast: Cast) -> None:
    for _ in range(2):
        for _ in range(PER_ACCOUNT - 1):
            assert Visitor(cast).sign_in("carole@north.example", "x").status_code == 401
        assert Visitor(cast).sign_in("carole@north.example").status_code == 303


def test_a_network_address_is_limited_whatever_the_accounts(cast: Cast, owner: Engine) -> None:
    visitor, gate = Visitor(cast), gate_of(cast.app)
    for _ in range(PER_ADDRESS - 1):
        assert gate.may_attempt("north", f"from:{visitor.address}", WINDOW, PER_ADDRESS)
    assert visitor.sign_in("tania@north.example").status_code == 303

    assert visitor.sign_in("boris@north.example").status_code == 429
    assert Visitor(cast).sign_in("boris@north.example").status_code == 303
    run(owner, "UPDATE gate.attempt SET at = at - CAST(:window AS interval)", window=WINDOW)
    assert visitor.sign_in("boris@north.example").status_code == 303


OFF_SITE = ("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "http:evil.example",
            "javascript:alert(1)", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", " //evil.example",
            "///evil.example", "/%2F/evil.example", "/%5Cevil.example", "\x00//evil.example",
            "evil.example", "@evil.example", "/\u2028/evil.example", "/\r\nSet-Cookie: a=b")  # fmt: skip


@pytest.mark.parametrize("target", OFF_SITE)
def test_where_one_was_going_never_leads_off_this_site(cast: Cast, target: str) -> None:
    visitor = Visitor(cast)
    query = {"suite": target}
    answer = visitor.client.post(
        SIGN_IN, base_url=NORTH, query_string=query,
        data={"_key": visitor.key, "email": "bella@north.example", "password": PASSWORD},
    )  # fmt: skip
    assert answer.status_code == 303
    as_browsers_read = answer.location.replace("\\", "/").translate(dict.fromkeys(range(33)))
    assert urlsplit(urljoin(NORTH + SIGN_IN, as_browsers_read)).netloc == "north.localhost"
    assert answer.location.isprintable()
    assert "a=b" not in str(answer.headers.getlist("Set-Cookie"))


def test_where_one_was_going_is_where_one_arrives(cast: Cast) -> None:
    visitor = Visitor(cast)
    asked = visitor.client.get("/dossiers?vue=tous&q=Lenoir", base_url=NORTH)
    answer = visitor.sign_in("nadia@north.example", path=asked.location)
    assert answer.location == "/dossiers?vue=tous&q=Lenoir"


def test_a_sign_in_that_our_own_page_did_not_send_is_refused(cast: Cast) -> None:
    visitor, stranger = Visitor(cast), Visitor(cast)
    mine = visitor.key
    for key in ("", "x", stranger.key, cast.nadia.key()):
        visitor.key = key
        answer = visitor.sign_in("nadia@north.example")
        assert answer.status_code == 400
        assert "Ce formulaire n’est plus valable" in read(answer)
    visitor.key = mine
    for header in ({"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
                   {"Sec_Fetch_Site": "none"}, {"Origin": "http://south.localhost"}, {"Origin": "null"}):  # fmt: skip
        assert visitor.sign_in("nadia@north.example", **header).status_code == 400
    assert visitor.sign_in("nadia@north.example", Sec_Fetch_Site="same-origin").status_code == 303
    assert Visitor(cast).sign_in("nadia@north.example", Origin=NORTH).status_code == 303
