"""The gate, the worker and the operator: what each reaches, and what the gate does with mixed tenants."""

import pytest
from tests.cast import Cast
from tests.integration.isolation.connections import Connection, Connections, South, refuses, value

#: South's values on North's slug, and the answer that means "nothing".
MIXED: dict[str, tuple[tuple[object, ...], list[tuple[object, ...]]]] = {
    "gate.credentials(text,text)": (("north", "lucie@south.example"), []),
    "gate.open_session(text,bigint,text,interval,interval,text,boolean,bigint)": (
        ("north", "{account}", "t", "1 hour", "1 hour", "", True, None),
        [(False,)],
    ),
    "gate.rotate_session(text,text,text,bigint)": (
        ("north", "{token}", "t", "{membership}"),
        [(False,)],
    ),
    "gate.keep_form(text,text,bigint,text,bytea)": (
        ("north", "{token}", "{account}", "/dossiers/nouveau", b"x"),
        [(False,)],
    ),
    "gate.kept_form(text,bigint)": (("north", "{account}"), []),
    "gate.end_session(text,text)": (("north", "{token}"), [(None,)]),
    "gate.touch_session(text,text)": (("north", "{token}"), [(None,)]),
    "gate.forget_form(text,bigint)": (("north", "{account}"), [(None,)]),
}


@pytest.mark.parametrize("name", MIXED)
def test_even_the_gate_does_nothing_with_an_id_of_south_on_norths_slug(
    connect: Connections, owner: Connection, south: South, tenants: dict[str, int], name: str
):
    values, nothing = MIXED[name]
    typed = [one.format(**vars(south)) if isinstance(one, str) else one for one in values]
    state = (
        "SELECT array_agg(s::text ORDER BY s::text) FROM gate.session s WHERE tenant_id = ANY (%s)"
    )
    before = value(owner, state, list(tenants.values()))
    gate = connect.login("gate")
    function, _, types = name.rstrip(")").partition("(")
    casts = ", ".join(f"%s::{kind}" for kind in types.split(","))
    assert gate.execute(f"SELECT * FROM {function}({casts})", typed).fetchall() == nothing
    gate.commit()
    assert value(owner, state, list(tenants.values())) == before


def test_the_gate_answers_for_the_right_slug(connect: Connections, south: South):
    gate = connect.login("gate")
    found = gate.execute("SELECT account_id FROM gate.credentials('south', 'lucie@south.example')")
    assert found.fetchall() == [(south.account,)]
    opened = "SELECT gate.open_session('south', %s, 't', '1 hour', '1 hour')"
    assert value(gate, opened, south.account) is True
    refuses(
        gate,
        "SELECT gate.record('north', %s, NULL, 'read', 'x', '{}')",
        south.account,
        state="23503",
    )
    hat = "SELECT gate.rotate_session('south', 't', 'u', %s)"
    assert value(gate, hat, south.membership + 10_000) is False
    assert value(gate, hat, south.membership) is True
    gate.rollback()


@pytest.mark.parametrize(
    ("login", "reads"),
    [
        ("gate", set()),
        ("worker", {"app.submission", "app.tenant_key", "tenancy.tenant"}),
        ("operator", {"app.account", "app.membership", "app.organisation"}),
    ],
)
def test_a_login_role_reads_no_more_tables_than_its_work_needs(
    lived: Cast, connect: Connections, owner: Connection, login: str, reads: set[str]
):
    held = owner.execute(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE relkind = 'r'"
        " AND relnamespace = ANY (ARRAY['app', 'gate', 'tenancy']::regnamespace[])"
        " AND has_any_column_privilege(%s, c.oid, 'SELECT')",
        (f"microcredit_{login}{connect.database.suffix}",),
    )
    found = {name for (name,) in held.fetchall()}
    assert reads <= found
    assert found & {"gate.credential", "gate.session", "tenancy.signing_key"} == set()
    if login != "worker":
        assert found & {"app.case_file", "app.person", "app.submission", "app.budget_line"} == set()
    if login == "gate":
        assert found == set()
