"""The trail keeps who read and who was refused, and nobody who serves the web can change it."""

from typing import Any

import pytest
from tests.cast import ALPHA, Cast, Person, resources_of
from tests.integration.isolation.connections import ENTER, Connection, Connections, refuses, value

from microcredit.cases.codes import State
from microcredit.kernel import audit

TRAIL = """
    SELECT act, subject, account_id, membership_id, tenant_id, detail::text FROM app.audit_event
    WHERE id > %s ORDER BY id"""

Event = tuple[Any, ...]


class Trail:
    """What was written to the trail since a moment."""

    def __init__(self, owner: Connection) -> None:
        self._owner = owner
        self._start = value(owner, "SELECT coalesce(max(id), 0) FROM app.audit_event")

    def events(self) -> list[Event]:
        """The events, oldest first; the next call begins after them."""
        found = self._owner.execute(TRAIL, (self._start,)).fetchall()
        self._start = value(self._owner, "SELECT coalesce(max(id), 0) FROM app.audit_event")
        return found


@pytest.fixture
def trail(owner: Connection, cast: Cast) -> Trail:
    assert cast.people
    return Trail(owner)


def who(owner: Connection, person: Person) -> tuple[int, int, int]:
    """Account, membership and tenant of somebody with one hat."""
    found = owner.execute(
        "SELECT account_id, id, tenant_id FROM app.membership WHERE account_id = %s",
        (person.account_id,),
    ).fetchall()
    assert len(found) == 1
    return found[0]  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "path", "state"),
    [
        ("nadia", "/dossiers/{}", State.DIAGNOSIS), ("farid", "/dossiers/{}", State.CONTACT),
        ("diane", "/dossiers/{}", State.APPROVED), ("nadia", "/dossiers/{}/diagnostic", State.DIAGNOSIS),
        ("nadia", "/dossiers/{}/transmettre", State.READY), ("boris", "/banque/{}", State.SENT_TO_BANK),
    ],
)  # fmt: skip
def test_reading_a_case_leaves_its_number_and_who_read_it(
    cast: Cast, owner: Connection, name: str, path: str, state: State
):
    number, person = cast.case(state, canary="Kztrailkz"), cast.people[name].anew()
    assert person.client is not None
    trail = Trail(owner)
    assert person.get(path.format(number)).status_code == 200
    kind = "copy" if name == "boris" else "case"
    events = trail.events()
    assert [event[:5] for event in events] == [("read", f"{kind}:{number}", *who(owner, person))]
    assert "Kztrailkz" not in str(events)


def test_a_search_leaves_what_it_showed_and_not_its_words(
    cast: Cast, owner: Connection, trail: Trail
):
    number = cast.case(name="Kzfoundkz")
    trail.events()
    words = cast.nadia.sealed("kzfoundkz")
    assert number in cast.nadia.get("/dossiers", query_string={"r": words}).text
    shown = f'{{"shown": "{number}"}}'
    assert trail.events() == [("search", "cases", *who(owner, cast.nadia), shown)]


def test_a_list_leaves_what_it_showed(cast: Cast, owner: Connection, trail: Trail):
    number = cast.case(name="Kzlistedkz")
    trail.events()
    newest = "/dossiers?vue=tous&ordre=numero&sens=desc"
    assert number in cast.nadia.get(newest).text
    [event] = trail.events()
    assert event[:5] == ("list", "cases", *who(owner, cast.nadia))
    assert number in event[5]
    assert "Kzlistedkz" not in event[5]


@pytest.mark.parametrize(
    ("name", "path", "act", "status"),
    [
        ("bea", "/dossiers/{}", "refused:cases.show", 404),
        ("bella", "/banque/{}", "refused:submissions.show", 404),
        ("elie", "/dossiers/{}", "refused:cases.show", 403),
        ("carole", "/dossiers/{}/diagnostic", "refused:cases.diagnosis", 403),
        ("lucie", "/dossiers/{}", "refused:cases.show", 404),
    ],
)  # fmt: skip
def test_a_refusal_leaves_who_was_refused_what(
    cast: Cast, owner: Connection, name: str, path: str, act: str, status: int
):
    number, person = cast.case(State.SENT_TO_BANK), cast.people[name].anew()
    assert person.client is not None
    trail = Trail(owner)
    assert person.get(path.format(number)).status_code == status
    assert trail.events() == [(act, number, *who(owner, person), "{}")]


def test_a_refused_act_leaves_its_refusal_and_nothing_else(cast: Cast, owner: Connection):
    number, bea = cast.case(State.CONTACT), cast.bea.anew()
    assert bea.client is not None
    of_case = (
        "SELECT version, state, (SELECT count(*) FROM app.case_event e WHERE e.case_id = c.id)"
        " FROM app.case_file c WHERE number = %s"
    )
    before = owner.execute(of_case, (number,)).fetchall()
    keys = value(owner, "SELECT count(*) FROM app.form_key")
    trail, key = Trail(owner), bea.key()
    answer = bea.post(f"/dossiers/{number}/sans-suite", {"reason": "no_show"}, key=key)
    assert answer.status_code == 404
    assert [event[:2] for event in trail.events()] == [("refused:cases.close", number)]
    assert owner.execute(of_case, (number,)).fetchall() == before
    assert value(owner, "SELECT count(*) FROM app.form_key") == keys
    answer = cast.farid.post(f"/dossiers/{number}/sans-suite", {"reason": "no_show"})
    assert answer.status_code == 303
    assert [event[:2] for event in trail.events()] == [("close", f"case:{number}")]
    assert owner.execute(of_case, (number,)).fetchall() != before


def test_an_act_that_the_rules_refuse_leaves_no_trace_of_itself(cast: Cast, owner: Connection):
    number = cast.case(State.SENT_TO_BANK)
    before = value(owner, "SELECT version FROM app.case_file WHERE number = %s", number)
    trail = Trail(owner)
    assert (
        cast.nadia.post(f"/dossiers/{number}/sans-suite", {"reason": "no_show"}).status_code == 409
    )
    assert trail.events() == []
    assert value(owner, "SELECT version FROM app.case_file WHERE number = %s", number) == before


def test_signing_in_out_and_changing_hats_is_in_the_trail(
    cast: Cast, owner: Connection, trail: Trail
):
    yves = cast.yves.anew()
    assert yves.client is not None
    second = value(
        owner, "SELECT max(id) FROM app.membership WHERE account_id = %s", yves.account_id
    )
    yves.post("/casquette", {"membership": second})
    yves.post("/deconnexion")
    acts = [(act, account) for act, _, account, *_ in trail.events()]
    assert acts == [(act, yves.account_id) for act in ("sign_in", "put_on_hat", "sign_out")]


def test_the_trail_can_be_written_by_the_web_role_and_never_changed(
    cast: Cast, connect: Connections, owner: Connection, trail: Trail
):
    with cast.nadia.at_work() as (session, _):
        audit.record(session, "read", "case:NO-2016-0001", why="test")
    expected = ("read", "case:NO-2016-0001", *who(owner, cast.nadia), '{"why": "test"}')
    assert trail.events() == [expected]
    web = connect.login("web")
    assert web.execute(ENTER, (cast.nadia.token, "north")).fetchall()
    for statement in (
        "UPDATE app.audit_event SET act = 'nothing'", "UPDATE app.audit_event SET at = now()",
        "DELETE FROM app.audit_event", "TRUNCATE app.audit_event",
        "INSERT INTO app.audit_event (act, subject) VALUES ('x', 'y')"
        " ON CONFLICT (tenant_id, id) DO UPDATE SET act = 'z'",
    ):  # fmt: skip
        refuses(web, statement)
    for login in ("gate", "worker", "operator"):
        other = connect.login(login)
        refuses(other, "UPDATE app.audit_event SET act = 'nothing'")
        refuses(other, "DELETE FROM app.audit_event")


def test_an_event_cannot_be_written_in_the_name_of_somebody_else(
    cast: Cast, connect: Connections, owner: Connection
):
    """Not even by injected SQL: the database compares the account with the one that it proved."""
    web = connect.login("web")
    assert cast.farid.client is not None
    assert web.execute(ENTER, (cast.farid.token, "north")).fetchall()
    account, membership, _ = who(owner, cast.farid)
    other, others_hat, _ = who(owner, cast.nadia)
    write = "INSERT INTO app.audit_event (act, subject, account_id, membership_id) VALUES ('x', 'y', %s, %s)"
    for forged in ((other, others_hat), (other, membership), (account, others_hat), (None, None)):
        refuses(web, write, *forged)
    assert web.execute(write, (account, membership)).rowcount == 1


def test_no_refusal_is_lost_when_the_act_had_already_written(cast: Cast, owner: Connection):
    gate = resources_of(cast.app).gatekeeper
    assert cast.bea.client is not None
    trail = Trail(owner)
    with cast.bea.at_work() as (session, identity):
        audit.record(session, "read", "to be rolled back")
        gate.record_refusal(identity, "some.act", "NO-2016-0001")
        session.rollback()
    events = trail.events()
    assert [event[:2] for event in events] == [("refused:some.act", "NO-2016-0001")]
    typed = {"commune": ALPHA, "motive": "housing", "amount": "900", "channel": "desk"}
    assert cast.bea.post("/dossiers/nouveau", typed).status_code == 303
    assert [event[0] for event in trail.events()] == ["open_contact"]
