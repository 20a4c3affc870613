"""How far each role reaches inside its own territory: which cases, which parts of them, until when."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.cast import ALPHA, BETA, STEPS, Cast, Person, a_diagnosis, read
from tests.integration.isolation.connections import Connection, Connections, value
from werkzeug.test import TestResponse

from microcredit.cases.codes import AT_BANK, State
from microcredit.cases.services.diagnosis import complete, correct, save_diagnosis
from microcredit.cases.services.find import get
from microcredit.kernel.permissions import Permission
from microcredit.kernel.provision import Provision
from microcredit.submissions.services.send import send

NUMBER = re.compile(r"NO-\d{4}-\d{4,7}")
CANARY = "Kzreachkz"

#: « desk, residence » of a case: AB was received at Alpha's desk and lives in Beta.
DESKS, COMMUNES = {"A": "farid", "B": "bea"}, {"A": ALPHA, "B": BETA}
REACH = {
    "nadia": "AA AB BA BB", "carole": "AA AB BA BB", "farid": "AA AB BA", "bea": "AB BA BB",
    "diane": "AA BA", "denis": "AB BB",
}  # fmt: skip


@dataclass(frozen=True)
class Late:
    """A case that waits too long, so that it stands on every page that lists work."""

    number: str
    name: str


@pytest.fixture(scope="module")
def owner(database: Provision) -> Iterator[Connection]:
    connect = Connections(database)
    yield connect.owner()
    connect.close()


@pytest.fixture(scope="module")
def cases(cast: Cast, owner: Connection) -> dict[str, Late]:
    """One case for each desk and residence."""
    found = {}
    for place, word in (
        ("AA", "Kzunkz"),
        ("AB", "Kzdeuxkz"),
        ("BA", "Kztroiskz"),
        ("BB", "Kzquatrekz"),
    ):
        number = cast.case(at=DESKS[place[0]], commune=COMMUNES[place[1]], name=word)
        owner.execute(
            "UPDATE app.case_file SET state_since = state_since - 60 WHERE number = %s",
            (number,),
        )
        found[place] = Late(number, word)
    return found


def listed(answer: TestResponse) -> set[str]:
    """The cases that a page links to."""
    assert answer.status_code == 200
    return set(re.findall(rf'href="/(?:dossiers|banque)/({NUMBER.pattern})"', answer.text))


def everywhere(person: Person, late: Late) -> list[str]:
    """The ways by which somebody comes upon a case."""
    ways = []
    if person.get(f"/dossiers/{late.number}").status_code == 200:
        ways.append("page")
    if late.number in listed(
        person.get("/dossiers", query_string={"r": person.sealed(late.number)})
    ):
        ways.append("number")
    if late.number in listed(person.get("/dossiers", query_string={"r": person.sealed(late.name)})):
        ways.append("name")
    for page, path in (("day", "/ma-journee"), ("commune", "/ma-commune")):
        answer = person.get(path)
        if answer.status_code == 200 and late.number in answer.text:
            ways.append(page)
    return ways


#: By which ways a role comes upon the cases of its reach.
WAYS = {
    "nadia": ["page", "number", "name", "day"], "farid": ["page", "number", "name", "day"],
    "bea": ["page", "number", "name", "day"], "diane": ["page", "number", "name", "commune"],
    "denis": ["page", "number", "name", "commune"], "carole": ["page", "number"],
}  # fmt: skip


@pytest.mark.parametrize("name", REACH)
def test_a_case_within_reach_is_found_by_every_way_and_one_beyond_by_none(
    cast: Cast, cases: dict[str, Late], name: str
):
    person, within = cast.people[name], REACH[name].split()
    for place, late in cases.items():
        assert everywhere(person, late) == (WAYS[name] if place in within else []), place


def test_a_desk_acts_on_the_cases_of_its_reach_alone(cast: Cast, cases: dict[str, Late]):
    for name in ("farid", "bea"):
        for place, late in cases.items():
            reached = place in REACH[name].split()
            for act in ("rendez-vous", "orienter", "sans-suite"):
                answer = cast.people[name].get(f"/dossiers/{late.number}/{act}")
                assert answer.status_code == (200 if reached else 404), (name, place, act)
                answer = cast.people[name].post(f"/dossiers/{late.number}/{act}", {})
                assert answer.status_code == (422 if reached else 404), (name, place, act)


def test_another_hat_takes_the_rights_of_the_first_away_and_gives_its_own(
    cast: Cast, cases: dict[str, Late], owner: Connection
):
    yves = cast.yves.anew()
    assert [place for place, late in cases.items() if everywhere(yves, late)] == [
        "AA",
        "AB",
        "BA",
        "BB",
    ]
    assert yves.get(f"/dossiers/{cases['AA'].number}/transmettre").status_code == 409
    assert yves.get("/chiffres").status_code == 200
    hats = "SELECT array_agg(id ORDER BY id) FROM app.membership WHERE account_id = %s"
    first, second = value(owner, hats, yves.account_id)
    yves.post("/casquette", {"membership": second})
    yves.token = yves.client.get_cookie("__Host-sid", domain="north.localhost").value
    assert [place for place, late in cases.items() if everywhere(yves, late)] == ["AB", "BA", "BB"]
    assert yves.get(f"/dossiers/{cases['BB'].number}/transmettre").status_code == 403
    assert yves.get("/chiffres").status_code == 403
    with yves.at_work() as (_, identity):
        assert identity.organisation_name == "CCAS Beta"
    yves.post("/casquette", {"membership": first})
    assert yves.get("/chiffres").status_code == 200


def test_a_move_takes_a_case_from_one_director_to_the_other_and_leaves_the_desk(cast: Cast):
    number = cast.case(State.DIAGNOSIS)
    path = f"/dossiers/{number}"
    assert [person.get(path).status_code for person in (cast.diane, cast.denis, cast.farid, cast.bea)] == [
        200, 404, 200, 404,
    ]  # fmt: skip
    with cast.nadia.at_work() as (session, identity):
        case = get(session, identity, number, Permission.WRITE_DIAGNOSIS)
        filled = a_diagnosis(case)
        save_diagnosis(session, identity, number, type(filled)(**{**vars(filled), "commune": BETA}))
    assert [person.get(path).status_code for person in (cast.diane, cast.denis, cast.farid, cast.bea)] == [
        404, 200, 200, 200,
    ]  # fmt: skip


def test_a_director_and_a_desk_see_the_person_but_neither_budget_nor_opinion(cast: Cast):
    number = cast.case(State.DIAGNOSIS, canary=CANARY)
    inner = ("1 050,00", "Avis favorable", "Acheter une voiture", "Locataire", "2 000,00")
    full = read(cast.nadia.get(f"/dossiers/{number}"))
    assert all(word in full for word in (*inner, f"Lenoir{CANARY}"))
    for person in (cast.diane, cast.farid):
        page = read(person.get(f"/dossiers/{number}"))
        assert f"Lenoir{CANARY}" in page
        assert "06 39 98 01 12" in page
        assert [word for word in inner if word in page] == []


def test_a_coordinator_sees_where_cases_stand_and_nobodys_name_anywhere(cast: Cast):
    number = cast.case(State.DIAGNOSIS, canary=CANARY, name="Aaaaa")
    carole = cast.carole
    page = read(carole.get(f"/dossiers/{number}"))
    assert State.DIAGNOSIS.label in page
    assert number in page
    for query in (
        {},
        {"r": carole.sealed(number)},
        {"vue": "tous"},
        {"ordre": "nom"},
        {"r": carole.sealed(f"Aaaaa{CANARY}"[:-1])},
    ):
        answer = carole.get("/dossiers", query_string=query)
        assert answer.status_code == 200
        assert not re.search(rf"{CANARY}|Sandrine|06 39 98|exemple\.fr|Écluse", answer.text)
    for word in (CANARY, "Sandrine", "06 39", "exemple", "favorable", "1 050,00", "Écluse"):
        assert word not in page
    for person, seen in ((cast.nadia, True), (carole, False)):
        by_name = {"r": person.sealed("Aaaaa")}
        assert (number in listed(person.get("/dossiers", query_string=by_name))) is seen
    rows = [
        carole.get("/dossiers", query_string={"ordre": order}).text
        for order in ("nom", "anciennete")
    ]
    assert NUMBER.findall(rows[0]) == NUMBER.findall(rows[1])


def test_who_sees_aggregates_or_accounts_never_sees_the_number_of_a_case(cast: Cast):
    number = cast.case(State.APPROVED, canary=CANARY)
    paths = ("/", "/chiffres",  "/territoire", "/organismes", "/dossiers", "/ma-journee",
             "/ma-commune", "/banque", "/banque/decides", f"/dossiers/{number}", f"/banque/{number}")  # fmt: skip
    for person in (cast.elie.anew(), cast.tania.anew()):
        answers = [
            person.client.get(path, base_url=person.origin, follow_redirects=True) for path in paths
        ]
        assert {answer.status_code for answer in answers} == {200, 403}
        for answer in answers:
            assert not NUMBER.search(answer.text)
            assert CANARY not in answer.text
    assert NUMBER.search(cast.nadia.get("/dossiers").text)


def test_a_bank_sees_a_case_from_its_sending_and_the_other_bank_never(cast: Cast):
    for state in State:
        number = cast.case(state, canary=CANARY)
        sent = "send" in STEPS[state]
        waits = state in AT_BANK
        answer = cast.boris.get(f"/banque/{number}")
        assert answer.status_code == (200 if sent else 404), state
        assert (f"Lenoir{CANARY}" in answer.text) is sent
        assert cast.bella.get(f"/banque/{number}").status_code == 404
        pages = [listed(cast.boris.get(path)) for path in ("/banque", "/banque/decides")]
        assert [number in page for page in pages] == [
            waits,
            sent and not waits,
        ]
        assert all(
            number not in listed(cast.bella.get(path)) for path in ("/banque", "/banque/decides")
        )


def test_a_bank_reads_the_copy_that_was_sent_whatever_changes_after(cast: Cast, owner: Connection):
    number = cast.case(State.SENT_TO_BANK, name="Avant")
    before = read(cast.boris.get(f"/banque/{number}"))
    assert "Avant" in before
    person = "(SELECT person_id FROM app.case_file WHERE number = %s)"
    owner.execute(
        f"UPDATE app.person SET last_name = 'Après', phone = '07' WHERE id = {person}", (number,)
    )
    owner.execute("UPDATE app.case_file SET amount_cents = 1 WHERE number = %s", (number,))
    owner.execute(
        "UPDATE app.budget_line SET amount_cents = 1"
        " WHERE case_id = (SELECT id FROM app.case_file WHERE number = %s)",
        (number,),
    )
    after = read(cast.boris.get(f"/banque/{number}"))
    assert _without_keys(after) == _without_keys(before)
    assert "Après" in read(cast.nadia.get(f"/dossiers/{number}"))
    assert "Avant" in read(cast.boris.get("/banque"))


def _without_keys(page: str) -> str:
    return re.sub(r'name="_key" value="[^"]*"', "", page)


def test_a_bank_that_refused_keeps_its_copy_and_does_not_see_what_went_to_another(
    cast: Cast, owner: Connection
):
    number = cast.case(State.BANK_REFUSED, name="Premier")
    with cast.nadia.at_work() as (session, identity):
        correct(session, identity, number)
        case = get(session, identity, number, Permission.WRITE_DIAGNOSIS)
        save_diagnosis(session, identity, number, a_diagnosis(case, name="Second"))
        complete(session, identity, number)
    bank = "SELECT organisation_id FROM app.membership WHERE account_id = %s"
    with cast.nadia.at_work() as (session, identity):
        send(session, identity, number, value(owner, bank, cast.bella.account_id))
    page = read(cast.boris.get(f"/banque/{number}"))
    assert "Premier" in page
    assert "Second" not in page
    assert "Second" in read(cast.bella.get(f"/banque/{number}"))
    assert number in listed(cast.boris.get("/banque/decides"))
    assert number not in listed(cast.boris.get("/banque"))
    assert cast.boris.post(f"/banque/{number}/reponse", {"decision": "grant"}).status_code == 409
    assert cast.bella.post(f"/banque/{number}/reponse", {"decision": "grant"}).status_code == 303


def test_a_bank_loses_sight_of_a_copy_ninety_days_after_its_answer(cast: Cast, owner: Connection):
    move = (
        "UPDATE app.submission SET answered_on = answered_on - %s"
        " WHERE case_id = (SELECT id FROM app.case_file WHERE number = %s)"
    )
    for state in (State.BANK_REFUSED, State.APPROVED):
        number = cast.case(state)
        for days, status in ((0, 200), (90, 200), (1, 404)):
            owner.execute(move, (days, number))
            assert cast.boris.get(f"/banque/{number}").status_code == status
            assert (number in listed(cast.boris.get("/banque/decides"))) is (status == 200)
        assert cast.nadia.get(f"/dossiers/{number}").status_code == 200
