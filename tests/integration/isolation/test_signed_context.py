"""Injected SQL in the web role: whatever it sets, replays or calls, it sees the tenant it is in."""

import pytest
from tests.cast import SINCE, Cast, Person, gate_of
from tests.integration.isolation.connections import (
    ENTER,
    Connection,
    Connections,
    refused,
    refuses,
    value,
)

from microcredit.kernel.database import Base

TABLES = sorted(name for name in Base.metadata.tables if name.startswith("app."))

CONTEXT = "SELECT current_setting('microcredit.context', true)"
SET = "SELECT set_config('microcredit.context', %s, %s)"
OF_TENANT = "SELECT count(*) FROM {} WHERE tenant_id = %s"
OF_ACCOUNT = OF_TENANT + " AND account_id = %s"

#: What even one's own tenant shows to its owner alone.
PERSONAL = {"app.saved_view"}


def token_of(person: Person) -> str:
    assert person.client is not None
    return person.token


def entered(connect: Connections, person: Person) -> Connection:
    """A connection of the web role, inside the tenant of somebody signed in."""
    connection = connect.login("web")
    found = connection.execute(ENTER, (token_of(person), person.slug)).fetchall()
    assert [row[1] for row in found] == [person.account_id]
    return connection


def test_every_table_of_the_tenants_is_known_to_the_models(owner: Connection):
    found = owner.execute(
        "SELECT 'app.' || relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'app'::regnamespace"
    )
    assert {row[0] for row in found.fetchall()} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_refuses_without_a_context_and_shows_one_tenant_with_it(
    lived: Cast, connect: Connections, owner: Connection, tenants: dict[str, int], table: str
):
    counts = {slug: value(owner, OF_TENANT.format(table), id_) for slug, id_ in tenants.items()}
    assert counts["north"] > 0
    assert counts["south"] > 0
    refuses(connect.login("web"), f"SELECT * FROM {table}")
    for person in (lived.nadia, lived.lucie):
        inside = entered(connect, person)
        expected = counts[person.slug]
        if table in PERSONAL:
            mine = (tenants[person.slug], person.account_id)
            expected = value(owner, OF_ACCOUNT.format(table), *mine)
        assert value(inside, f"SELECT count(*) FROM {table}") == expected > 0
        assert value(inside, f"SELECT count(DISTINCT tenant_id) FROM {table}") == 1


@pytest.mark.parametrize("local", [True, False], ids=["transaction", "session"])
def test_a_context_that_was_not_signed_proves_nothing(
    lived: Cast, connect: Connections, tenants: dict[str, int], local: bool
):
    inside = entered(connect, lived.nadia)
    north, south = tenants["north"], tenants["south"]
    signed = value(inside, CONTEXT)
    claims, mac = signed.rsplit("|", 1)
    assert claims.startswith(f"{north}|{lived.nadia.account_id}|")
    forged = [
        "", "x", "|", f"{south}", f"{south}|", f"{south}||", f"{south}||{mac}", f"{south}{signed[1:]}",
        f"{south}|{lived.nadia.account_id}||{mac}", f"{claims}|{mac[:-1]}", f"{claims}|{mac}0",
        f"{claims}|{mac.upper()}", f"{claims}|", f"{south}|{signed}", f"{signed}|{south}", f" {signed}",
        f"{claims.replace(str(north), f'0{north}', 1)}|{mac}", f"{south}||{'0' * 64}",
    ]  # fmt: skip
    assert signed not in forged
    for attempt in forged:
        inside.execute(SET, (attempt, local))
        for statement in (
            "SELECT * FROM app.person",
            "SELECT tenancy.tenant_id()",
            "SELECT * FROM tenancy.tenant",
        ):
            refuses(inside, statement)
    inside.execute(SET, (signed, local))
    assert value(inside, "SELECT slug FROM tenancy.tenant") == "north"


def test_a_context_read_in_one_transaction_is_worth_nothing_in_another(
    lived: Cast, connect: Connections
):
    inside = entered(connect, lived.nadia)
    signed = value(inside, CONTEXT)
    other = connect.login("web")
    other.execute(SET, (signed, True))
    refuses(other, "SELECT * FROM app.case_file")
    assert value(inside, "SELECT count(*) > 0 FROM app.case_file") is True
    inside.commit()
    inside.execute(SET, (signed, True))
    refuses(inside, "SELECT * FROM app.case_file")
    inside.commit()
    inside.execute(ENTER, (token_of(lived.nadia), "north"))
    assert value(inside, "SELECT count(*) > 0 FROM app.case_file") is True


def test_a_context_ends_with_its_transaction_and_a_rolled_back_one_with_its_savepoint(
    lived: Cast, connect: Connections
):
    for end in ("COMMIT", "ROLLBACK"):
        inside = entered(connect, lived.nadia)
        inside.execute(end)
        assert not value(inside, CONTEXT)
        refuses(inside, "SELECT * FROM app.case_file")
    outside = connect.login("web")
    outside.execute("SAVEPOINT before")
    outside.execute(ENTER, (token_of(lived.nadia), "north"))
    assert value(outside, "SELECT slug FROM tenancy.tenant") == "north"
    outside.execute("ROLLBACK TO before")
    refuses(outside, "SELECT * FROM app.case_file")


def test_a_value_left_on_the_connection_serves_nobody_after_it(lived: Cast, connect: Connections):
    connection = entered(connect, lived.nadia)
    signed = value(connection, CONTEXT)
    connection.execute(SET, (signed, False))
    connection.commit()
    assert value(connection, CONTEXT) == signed
    refuses(connection, "SELECT * FROM app.case_file")
    with refused():
        connection.execute(ENTER, (token_of(lived.lucie), "south"))
    connection.rollback()
    connection.execute("RESET ALL")
    connection.execute(ENTER, (token_of(lived.lucie), "south"))
    assert value(connection, "SELECT slug FROM tenancy.tenant") == "south"


def test_a_transaction_enters_once(lived: Cast, connect: Connections, tenants: dict[str, int]):
    inside = entered(connect, lived.nadia)
    for person in (lived.nadia, lived.lucie):
        refuses(inside, ENTER, token_of(person), person.slug)
    assert value(inside, "SELECT tenancy.tenant_id()") == tenants["north"]
    inside.commit()
    found = inside.execute(ENTER, (token_of(lived.lucie), "south")).fetchall()
    assert [row[0] for row in found] == [tenants["south"]]


@pytest.mark.parametrize(
    "token", ["", "x", "%", "' OR true --", "\\x00", "a" * 10_000], ids=lambda text: text[:9] or "empty"
)  # fmt: skip
def test_a_token_that_nobody_holds_opens_nothing(lived: Cast, connect: Connections, token: str):
    connection = connect.login("web")
    assert connection.execute(ENTER, (token, "north")).fetchall() == []
    assert not value(connection, CONTEXT)
    connection.execute(ENTER, (token_of(lived.nadia), "north"))
    assert value(connection, "SELECT slug FROM tenancy.tenant") == "north"


@pytest.mark.parametrize("slug", ["south", "NORTH", "north ", "north.localhost", "", "ops", "%"])
def test_a_session_opens_its_own_host_and_no_other(lived: Cast, connect: Connections, slug: str):
    connection = connect.login("web")
    assert connection.execute(ENTER, (token_of(lived.nadia), slug)).fetchall() == []
    refuses(connection, "SELECT * FROM app.case_file")
    assert connection.execute(ENTER, (token_of(lived.nadia), "north")).fetchall() != []


ENDED = {
    "expired": ("UPDATE gate.session SET expires_at = now() WHERE account_id = %s",
                "UPDATE gate.session SET expires_at = now() + interval '1 hour' WHERE account_id = %s"),
    "idle": ("UPDATE gate.session SET seen_at = now() - idle WHERE account_id = %s",
             "UPDATE gate.session SET seen_at = now() - idle + interval '1 minute' WHERE account_id = %s"),
    "account disabled": ("UPDATE app.account SET disabled_at = now() WHERE id = %s",
                         "UPDATE app.account SET disabled_at = NULL WHERE id = %s"),
    "membership ended": ("UPDATE app.membership SET valid_to = current_date WHERE account_id = %s",
                         "UPDATE app.membership SET valid_to = NULL WHERE account_id = %s"),
    "membership to come": ("UPDATE app.membership SET valid_from = current_date + 1 WHERE account_id = %s",
                           "UPDATE app.membership SET valid_from = current_date WHERE account_id = %s"),
}  # fmt: skip


@pytest.mark.parametrize("why", ENDED)
def test_a_session_without_right_opens_nothing_until_the_right_is_back(
    lived: Cast, connect: Connections, owner: Connection, why: str
):
    tania, (end, resume) = lived.tania, ENDED[why]
    token = token_of(tania)
    connection = connect.login("web")
    owner.execute(end, (tania.account_id,))
    try:
        assert connection.execute(ENTER, (token, "north")).fetchall() == []
        assert not value(connection, CONTEXT)
        refuses(connection, "SELECT * FROM app.commune")
        connection.rollback()
    finally:
        owner.execute(resume, (tania.account_id,))
    assert connection.execute(ENTER, (token, "north")).fetchall() != []
    owner.execute(
        "UPDATE app.membership SET valid_from = %s WHERE account_id = %s",
        (SINCE, tania.account_id),
    )


def test_an_ended_session_opens_nothing_and_a_new_one_does(lived: Cast, connect: Connections):
    person = lived.nadia.anew()
    connection = entered(connect, person)
    connection.commit()
    gate_of(lived.app).end_session("north", token_of(person))
    assert connection.execute(ENTER, (token_of(person), "north")).fetchall() == []
    refuses(connection, "SELECT * FROM app.commune")
    assert entered(connect, lived.nadia.anew())


def test_claims_of_an_entered_transaction_are_the_sessions_own(
    lived: Cast, connect: Connections, owner: Connection, tenants: dict[str, int]
):
    inside = entered(connect, lived.nadia)
    membership = value(
        owner, "SELECT id FROM app.membership WHERE account_id = %s", lived.nadia.account_id
    )
    claims = inside.execute(
        "SELECT tenancy.tenant_id(), tenancy.account_id(), tenancy.membership_id()"
    )
    assert claims.fetchall() == [(tenants["north"], lived.nadia.account_id, membership)]
    for name in ("tenant_id", "account_id", "membership_id"):
        refuses(connect.login("web"), f"SELECT tenancy.{name}()")


def test_what_is_signed_names_the_backend_and_the_transaction(
    connect: Connections, owner: Connection
):
    other = connect.owner()
    here = (
        "SELECT tenancy.here('1||'), pg_backend_pid(), extract(epoch FROM transaction_timestamp())"
    )
    (mine, pid, at), (theirs, other_pid, _) = (
        one.execute(here).fetchall()[0] for one in (owner, other)
    )
    assert pid != other_pid
    assert mine == f"1|||{pid}|{at}"
    assert mine != theirs
    for value_ in (mine, theirs):
        refuses(connect.login("web"), "SELECT tenancy.mac(%s)", value_)
