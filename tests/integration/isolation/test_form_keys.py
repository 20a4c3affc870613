"""The key of a form: once, for the account it was given to, for twelve hours, from our own site."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from tests.cast import ALPHA, GAMMA, Cast, Person, read, resources_of
from tests.integration.isolation.connections import Connection, value
from werkzeug.test import TestResponse

from microcredit.cases.codes import State

TYPED = {"commune": ALPHA, "motive": "housing", "amount": "900", "channel": "desk"}
COUNTS = "SELECT (SELECT count(*) FROM app.case_file), (SELECT count(*) FROM app.form_key)"


def counts(owner: Connection) -> tuple[int, int]:
    cases, keys = owner.execute(COUNTS).fetchall()[0]
    return cases, keys


def sent(person: Person, key: str | None, **headers: str) -> TestResponse:
    """A first contact posted with a key, or with none."""
    data = {**TYPED, "commune": GAMMA if person.slug == "south" else ALPHA}
    if key is not None:
        data["_key"] = key
    return person.client.post(
        "/dossiers/nouveau", data=data, base_url=person.origin, headers=headers
    )


@pytest.mark.parametrize("clicks", [2, 6])
def test_a_double_click_opens_one_case_and_every_answer_leads_to_it(
    cast: Cast, owner: Connection, clicks: int
):
    farid = cast.farid.anew()
    key, before, together = farid.key(), counts(owner), Barrier(clicks)
    tokens = [farid.anew() for _ in range(clicks)]
    for other in tokens:
        assert other.client is not None

    def click(person: Person) -> TestResponse:
        together.wait(timeout=10)
        return sent(person, key)

    with ThreadPoolExecutor(clicks) as hands:
        answers = list(hands.map(click, tokens))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert counts(owner) == (before[0] + 1, before[1] + 1)
    number = answers[0].location.rsplit("/", 1)[1]
    assert farid.get(f"/dossiers/{number}").status_code == 200
    again = sent(farid, key)
    assert (again.status_code, again.location) == (303, answers[0].location)
    assert counts(owner) == (before[0] + 1, before[1] + 1)


def test_a_form_that_came_back_with_errors_can_be_sent_again_with_its_key(
    cast: Cast, owner: Connection
):
    farid = cast.farid.anew()
    key, before = farid.key(), counts(owner)
    assert (
        farid.post("/dossiers/nouveau", {**TYPED, "amount": "beaucoup"}, key=key).status_code == 422
    )
    assert counts(owner) == before
    assert farid.post("/dossiers/nouveau", TYPED, key=key).status_code == 303
    assert counts(owner) == (before[0] + 1, before[1] + 1)


def aged(cast: Cast, key: str, seconds: int) -> str:
    """The same key as if it had been given that long ago."""

    class Past(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time()) - seconds

    secret = resources_of(cast.app).settings.secret_key
    current = URLSafeTimedSerializer(secret, salt="form")
    return str(URLSafeTimedSerializer(secret, salt="form", signer=Past).dumps(current.loads(key)))


def forged(cast: Cast, farid: Person) -> dict[str, str | None]:
    """Keys that are not worth anything to Farid."""
    key = farid.key()
    payload, stamp, signature = key.split(".")
    other = URLSafeTimedSerializer("another secret, of another deployment", salt="form")
    visit = URLSafeTimedSerializer(resources_of(cast.app).settings.secret_key, salt="visit")
    loaded = URLSafeTimedSerializer(resources_of(cast.app).settings.secret_key, salt="form").loads(
        key
    )
    return {
        "of another account": cast.bea.key(),
        "of another tenant": cast.flora.key(),
        "of the sign-in page": str(visit.dumps(loaded)),
        "of another deployment": str(other.dumps(loaded)),
        "tampered": f"{payload[:-1]}{'A' if payload[-1] != 'A' else 'B'}.{stamp}.{signature}",
        "another signature": f"{payload}.{stamp}.{signature[:-2]}AA",
        "cut": key[:-5],
        "twelve hours old": aged(cast, key, 12 * 3600 + 5),
        "from the future": aged(cast, key, -3600),
        "empty": "",
        "missing": None,
        "nonsense": "x",
        "a bare nonce": "abcdefgh",
    }


def test_a_key_that_is_not_ones_own_writes_nothing_and_is_told_in_french(
    cast: Cast, owner: Connection
):
    farid = cast.farid.anew()
    for what, key in forged(cast, farid).items():
        before = counts(owner)
        answer = sent(farid, key)
        assert answer.status_code == 400, what
        assert "Ce formulaire n’est plus valable" in read(answer), what
        assert counts(owner) == before, what
        assert sent(farid, farid.key()).status_code == 303


def test_a_key_serves_for_almost_twelve_hours(cast: Cast):
    farid = cast.farid.anew()
    assert sent(farid, aged(cast, farid.key(), 12 * 3600 - 60)).status_code == 303


def test_a_key_says_nothing_about_the_session(cast: Cast):
    key = cast.farid.key()
    assert cast.farid.token not in key
    assert "farid" not in key


@pytest.mark.parametrize(
    ("headers", "fine"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Origin": "http://north.localhost"}, True),
        ({"Origin": "http://south.localhost"}, False),
        ({"Origin": "http://north.localhost.evil.example"}, False),
        ({"Origin": "http://north.localhost:1234"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://north.localhost"}, False),
    ],
)  # fmt: skip
def test_a_form_from_another_site_is_refused_even_with_a_key(
    cast: Cast, owner: Connection, headers: dict[str, str], fine: bool
):
    farid = cast.farid.anew()
    before = counts(owner)
    answer = sent(farid, farid.key(), **headers)
    assert answer.status_code == (303 if fine else 400)
    assert counts(owner) == ((before[0] + 1, before[1] + 1) if fine else before)


def test_reading_never_writes_a_business_row(cast: Cast, owner: Connection):
    number = cast.case(State.READY)
    before = counts(owner), value(owner, "SELECT sum(version) FROM app.case_file")
    for path in ("", "/rendez-vous", "/orienter", "/sans-suite", "/transmettre"):
        cast.nadia.get(f"/dossiers/{number}{path}")
    for act in ("complet", "corriger"):
        assert cast.nadia.get(f"/dossiers/{number}/{act}").status_code == 405
    assert (counts(owner), value(owner, "SELECT sum(version) FROM app.case_file")) == before
    assert cast.nadia.post(f"/dossiers/{number}/corriger").status_code == 303
