"""Every function that runs with the owner's rights: who may call it, and what South's values get in North."""

from typing import Any

import psycopg
import pytest
from tests.cast import Cast
from tests.integration.isolation.connections import (
    ENTER,
    Connection,
    Connections,
    South,
    refuses,
    value,
)

LOGINS = ("web", "gate", "worker", "operator")

#: Who may execute what: all of it. A new function is refused here until somebody decides.
ALLOWED = {
    "gate.sign_in_providers(text)": "gate",
    "gate.provider(text,bigint)": "gate",
    "gate.open_presession(text,text,text,bigint,integer,bytea)": "gate",
    "gate.take_presession(text,text,text)": "gate",
    "gate.arrive(text,bigint,integer,text,text,boolean,text,text,text[],text,text)": "gate",
    "gate.invitation_providers(text,text)": "gate",
    "gate.keep_hint(text,text,bytea)": "gate",
    "gate.session_hint(text,text)": "gate",
    "gate.session_provider(text,text)": "gate",
    "gate.prove_by_provider(text,text,bigint,integer,text,boolean)": "gate",
    "gate.set_up_provider(text,text,text,bytea,bigint,text,text,text,text,text,text[],text[])": "operator",
    "gate.set_up_providers()": "operator",
    "gate.providers(text,text)": "gate",
    "gate.save_provider(text,text,bigint,text,text,text,bytea,bigint,text,text,text,text,text,text[],text[])": "gate",
    "gate.switch_provider(text,text,bigint,boolean)": "gate",
    "gate.arrivals(text,text)": "gate",
    "gate.decide_arrival(text,text,bigint,boolean)": "gate",
    "gate.add_factor(text,text,text,text,bytea,bytea,bytea,bigint)": "gate",
    "gate.ask_reset(text,text,text,interval,uuid,bytea)": "gate",
    "gate.change_password(text,text,text)": "gate",
    "gate.end_my_sessions(text,text,bigint)": "gate",
    "gate.factors(text,text)": "gate",
    "gate.finish_pending(text,text,text,interval,interval,text)": "gate",
    "gate.live_reset(text,text)": "gate",
    "gate.my_sessions(text,text)": "gate",
    "gate.note_first_factor(text,text)": "gate",
    "gate.open_pending(text,bigint,text,interval,bigint)": "gate",
    "gate.own_password(text,text)": "gate",
    "gate.put_challenge(text,text,text,bytea)": "gate",
    "gate.recovery_codes_left(text,text)": "gate",
    "gate.remove_factor(text,text,bigint,boolean)": "gate",
    "gate.replace_recovery_codes(text,text,bytea[])": "gate",
    "gate.reset_password(text,text,text)": "gate",
    "gate.take_challenge(text,text,text)": "gate",
    "gate.use_factor(text,text,bigint,bigint)": "gate",
    "gate.use_recovery_code(text,text,bytea)": "gate",
    "gate.accept_invitation(text,text,text,text,text)": "gate",
    "gate.confirm_invitation(text,text,bigint)": "gate",
    "gate.dismiss_request(text,text,bigint)": "gate",
    "gate.end_membership(text,text,bigint,bigint)": "gate",
    "gate.invitation(text,text)": "gate",
    "gate.invitations(text,text,bigint)": "gate",
    "gate.invite(text,text,text,text,bigint,text,boolean,text)": "gate",
    "gate.join_request(text,bigint,text,text,text)": "gate",
    "gate.join_requests(text,text,bigint)": "gate",
    "gate.note_use()": "",  # a trigger, like the trail's
    "gate.open_work(text,text,bigint)": "gate",
    "gate.organisations(text)": "gate",
    "gate.renew_invitation(text,text,bigint,text)": "gate",
    "gate.review_accesses(text,text,bigint)": "gate",
    "gate.reviews(text,text)": "gate",
    "gate.revoke_invitation(text,text,bigint)": "gate",
    "gate.set_manager(text,text,bigint,boolean)": "gate",
    "tenancy.defer_daily()": "worker",
    "tenancy.retire_unused()": "worker",
    "gate.credentials(text,text)": "gate",
    "gate.demo_accounts(text)": "gate",
    "gate.end_session(text,text)": "gate",
    "gate.forget_attempts(text,bytea)": "gate",
    "gate.forget_form(text,bigint)": "gate",
    "gate.keep_form(text,text,bigint,text,bytea)": "gate",
    "gate.kept_form(text,bigint)": "gate",
    "gate.may_attempt(text,bytea,interval,integer)": "gate",
    "gate.open_session(text,bigint,text,interval,interval,text,boolean,bigint)": "gate",
    "gate.post_mail(text,uuid,bytea)": "gate",
    "gate.record(text,bigint,bigint,text,text,jsonb)": "gate",
    "gate.rotate_session(text,text,text,bigint)": "gate",
    "gate.set_password(bigint,text)": "operator",
    "gate.sweep()": "worker",
    "gate.tenant(text)": "gate",
    "gate.touch_session(text,text)": "gate",
    "tenancy.account_id()": "web worker operator",
    "tenancy.chain_event()": "",  # the trigger of the trail: called by nobody
    "tenancy.create_tenant(text,text,text,boolean)": "operator",
    "tenancy.defer(text,bigint)": "web worker",
    "tenancy.enter(text,text)": "web",
    "tenancy.enter_job(bigint)": "worker",
    "tenancy.enter_setup(text)": "operator",
    "tenancy.membership_id()": "web worker operator",
    "tenancy.post_mail(uuid,bytea)": "web worker",
    "tenancy.set_demo_date(date)": "web",
    "tenancy.tenant_id()": "web worker operator",
    "tenancy.tenants()": "operator",
}

#: Run with the caller's rights, from inside the others alone.
INNER = (
    "gate.administrator(text,text)",
    "gate.welcome(gate.provider,text,text,text)",
    "gate.arrive_invited(gate.provider,text,text,bigint,text,text)",
    "gate.fresh(text,text)",
    "gate.holder(text,text)",
    "gate.note_proof(bigint,text)",
    "gate.actor(text,text)",
    "gate.offers(text,text)",
    "gate.only_hat(bigint,bigint)",
    "gate.start_anew(bigint,bigint)",
    "gate.start_membership(bigint,bigint)",
    "gate.work_of(app.membership)",
    "gate.referrals_of(app.membership)",
    "gate.has_factor(bigint,bigint)",
    "tenancy.field(text)",
    "tenancy.here(text)",
    "tenancy.mac(text)",
    "tenancy.own_event()",
    "tenancy.prove(bigint,bigint,bigint)",
    "tenancy.proved()",
)

FUNCTIONS = """
    SELECT f.oid::regprocedure::text, f.prosecdef, ARRAY(
        SELECT login FROM unnest(%s::text[]) login
        WHERE has_schema_privilege('microcredit_' || login || %s, f.pronamespace, 'USAGE')
          AND has_function_privilege('microcredit_' || login || %s, f.oid, 'EXECUTE'))
    FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'"""


@pytest.fixture
def inside(lived: Cast, connect: Connections) -> Connection:
    """The web role inside North."""
    assert lived.nadia.client is not None
    connection = connect.login("web")
    assert connection.execute(ENTER, (lived.nadia.token, "north")).fetchall()
    return connection


def functions(owner: Connection, suffix: str) -> list[tuple[Any, ...]]:
    return owner.execute(FUNCTIONS, (list(LOGINS), suffix, suffix)).fetchall()


def test_each_function_with_the_owners_rights_may_be_called_by_whom_the_list_says(
    owner: Connection, connect: Connections
):
    found = functions(owner, connect.database.suffix)
    assert {name: " ".join(may) for name, definer, may in found if definer} == ALLOWED


def test_no_login_but_the_worker_may_call_a_function_with_its_own_rights(
    owner: Connection, connect: Connections
):
    found = {
        name: may for name, definer, may in functions(owner, connect.database.suffix) if not definer
    }
    assert set(INNER) <= set(found)
    for name, may in found.items():
        assert may == ([] if name in INNER else ["worker"]), name


#: South's values for the arguments of every function, by name of the function.
ARGUMENTS: dict[str, tuple[object, ...]] = {
    "gate.administrator(text,text)": ("south", "{token}"),
    "gate.welcome(gate.provider,text,text,text)": (None, "x", "x", "x"),
    "gate.arrive_invited(gate.provider,text,text,bigint,text,text)": (None, "x", "x", 1, None, "{token}"),
    "gate.sign_in_providers(text)": ("south",),
    "gate.provider(text,bigint)": ("south", 1),
    "gate.open_presession(text,text,text,bigint,integer,bytea)": ("south", "x", "x", 1, 1, b"x"),
    "gate.take_presession(text,text,text)": ("south", "x", "x"),
    "gate.arrive(text,bigint,integer,text,text,boolean,text,text,text[],text,text)": ("south", 1, 1, "x", "x", True, "x", None, [], None, "{token}"),
    "gate.invitation_providers(text,text)": ("south", "s"),
    "gate.keep_hint(text,text,bytea)": ("south", "{token}", b"x"),
    "gate.session_hint(text,text)": ("south", "{token}"),
    "gate.session_provider(text,text)": ("south", "{token}"),
    "gate.prove_by_provider(text,text,bigint,integer,text,boolean)": ("south", "{token}", 1, 1, "x", True),
    "gate.set_up_provider(text,text,text,bytea,bigint,text,text,text,text,text,text[],text[])": ("x", "x", "x", b"x", 1, "x", "x", None, None, "x", ["x"], ["x"]),
    "gate.set_up_providers()": (),
    "gate.providers(text,text)": ("south", "{token}"),
    "gate.save_provider(text,text,bigint,text,text,text,bytea,bigint,text,text,text,text,text,text[],text[])": ("south", "{token}", 1, "x", "x", "x", b"x", 1, "x", "x", "x", None, "x", ["x"], ["x"]),
    "gate.switch_provider(text,text,bigint,boolean)": ("south", "{token}", 1, True),
    "gate.arrivals(text,text)": ("south", "{token}"),
    "gate.decide_arrival(text,text,bigint,boolean)": ("south", "{token}", 1, True),
    "gate.add_factor(text,text,text,text,bytea,bytea,bytea,bigint)": ("south", "{token}", "totp", "x", b"x", None, None, 1),
    "gate.ask_reset(text,text,text,interval,uuid,bytea)": ("south", "lucie@south.example", "s", "1 hour", "00000000-0000-4000-8000-00000000000d", b"x"),
    "gate.change_password(text,text,text)": ("south", "{token}", "x"),
    "gate.end_my_sessions(text,text,bigint)": ("south", "{token}", None),
    "gate.factors(text,text)": ("south", "{token}"),
    "gate.finish_pending(text,text,text,interval,interval,text)": ("south", "{token}", "t", "1 hour", "1 hour", ""),
    "gate.live_reset(text,text)": ("south", "s"),
    "gate.my_sessions(text,text)": ("south", "{token}"),
    "gate.note_first_factor(text,text)": ("south", "{token}"),
    "gate.open_pending(text,bigint,text,interval,bigint)": ("south", "{account}", "t", "1 hour", None),
    "gate.own_password(text,text)": ("south", "{token}"),
    "gate.put_challenge(text,text,text,bytea)": ("south", "{token}", "add", b"x"),
    "gate.recovery_codes_left(text,text)": ("south", "{token}"),
    "gate.remove_factor(text,text,bigint,boolean)": ("south", "{token}", 1, False),
    "gate.replace_recovery_codes(text,text,bytea[])": ("south", "{token}", [b"x"]),
    "gate.reset_password(text,text,text)": ("south", "s", "x"),
    "gate.take_challenge(text,text,text)": ("south", "{token}", "add"),
    "gate.use_factor(text,text,bigint,bigint)": ("south", "{token}", 1, 1),
    "gate.use_recovery_code(text,text,bytea)": ("south", "{token}", b"x"),
    "gate.fresh(text,text)": ("south", "{token}"),
    "gate.holder(text,text)": ("south", "{token}"),
    "gate.note_proof(bigint,text)": ("{tenant}", "{token}"),
    "gate.accept_invitation(text,text,text,text,text)": ("south", "s", "{token}", "Lucie", "h"),
    "gate.confirm_invitation(text,text,bigint)": ("south", "{token}", 1),
    "gate.dismiss_request(text,text,bigint)": ("south", "{token}", 1),
    "gate.end_membership(text,text,bigint,bigint)": ("south", "{token}", "{membership}", None),
    "gate.invitation(text,text)": ("south", "s"),
    "gate.invitations(text,text,bigint)": ("south", "{token}", None),
    "gate.invite(text,text,text,text,bigint,text,boolean,text)": ("south", "{token}", "a@b.example", "A", 1, "front_desk", False, "s"),
    "gate.join_request(text,bigint,text,text,text)": ("south", 1, "a@b.example", "A", "x"),
    "gate.join_requests(text,text,bigint)": ("south", "{token}", None),
    "gate.note_use()": (),
    "gate.open_work(text,text,bigint)": ("south", "{token}", "{membership}"),
    "gate.organisations(text)": ("south",),
    "gate.renew_invitation(text,text,bigint,text)": ("south", "{token}", 1, "s"),
    "gate.review_accesses(text,text,bigint)": ("south", "{token}", 1),
    "gate.reviews(text,text)": ("south", "{token}"),
    "gate.revoke_invitation(text,text,bigint)": ("south", "{token}", 1),
    "gate.set_manager(text,text,bigint,boolean)": ("south", "{token}", "{membership}", True),
    "tenancy.defer_daily()": (),
    "tenancy.retire_unused()": (),
    "gate.actor(text,text)": ("south", "{token}"),
    "gate.only_hat(bigint,bigint)": ("{tenant}", "{account}"),
    "gate.start_anew(bigint,bigint)": ("{tenant}", "{account}"),
    "gate.offers(text,text)": ("ccas", "front_desk"),
    "gate.start_membership(bigint,bigint)": ("{tenant}", 1),
    "gate.work_of(app.membership)": (None,),
    "gate.referrals_of(app.membership)": (None,),
    "gate.credentials(text,text)": ("south", "lucie@south.example"),
    "gate.demo_accounts(text)": ("south",),
    "gate.end_session(text,text)": ("south", "{token}"),
    "gate.forget_attempts(text,bytea)": ("south", b"x"),
    "gate.forget_form(text,bigint)": ("south", "{account}"),
    "gate.has_factor(bigint,bigint)": ("{tenant}", "{account}"),
    "gate.keep_form(text,text,bigint,text,bytea)": ("south", "{token}", "{account}", "/dossiers/nouveau", b"x"),
    "gate.kept_form(text,bigint)": ("south", "{account}"),
    "gate.may_attempt(text,bytea,interval,integer)": ("south", b"x", "1 hour", 100),
    "gate.open_session(text,bigint,text,interval,interval,text,boolean,bigint)": ("south", "{account}", "t", "1 hour", "1 hour", "", True, None),
    "gate.post_mail(text,uuid,bytea)": ("south", "00000000-0000-4000-8000-000000000000", b"x"),
    "gate.record(text,bigint,bigint,text,text,jsonb)": ("south", "{account}", "{membership}", "read", "x", "{{}}"),
    "gate.rotate_session(text,text,text,bigint)": ("south", "{token}", "t", "{membership}"),
    "gate.set_password(bigint,text)": ("{account}", "x"),
    "gate.sweep()": (),
    "gate.tenant(text)": ("south",),
    "gate.touch_session(text,text)": ("south", "{token}"),
    "tenancy.account_id()": (),
    "tenancy.chain_event()": (),
    "tenancy.create_tenant(text,text,text,boolean)": ("east", "Est", "ES", False),
    "tenancy.defer(text,bigint)": ("submissions.verify", "{submission}"),
    "tenancy.enter(text,text)": ("{token}", "south"),
    "tenancy.enter_job(bigint)": (1,),
    "tenancy.enter_setup(text)": ("south",),
    "tenancy.field(text)": ("x",),
    "tenancy.here(text)": ("{tenant}||",),
    "tenancy.mac(text)": ("{tenant}||",),
    "tenancy.membership_id()": (),
    "tenancy.own_event()": (),
    "tenancy.post_mail(uuid,bytea)": ("00000000-0000-4000-8000-000000000000", b"x"),
    "tenancy.prove(bigint,bigint,bigint)": ("{tenant}", "{account}", "{membership}"),
    "tenancy.proved()": (),
    "tenancy.set_demo_date(date)": ("2030-01-01",),
    "tenancy.tenant_id()": (),
    "tenancy.tenants()": (),
}  # fmt: skip

#: Run by inserts alone.
TRIGGERS = {"gate.note_use()", "tenancy.chain_event()", "tenancy.own_event()"}

#: The few that the web role may call and that answer something: of North, since it is in North.
ANSWERS = {
    "tenancy.tenant_id()", "tenancy.account_id()", "tenancy.membership_id()",
    "tenancy.defer(text,bigint)", "tenancy.post_mail(uuid,bytea)",
}  # fmt: skip


def called(connection: Connection, name: str, south: South) -> tuple[str, list[object]]:
    """The statement that calls a function with South's values."""
    values = [one.format(**vars(south)) if isinstance(one, str) else one for one in ARGUMENTS[name]]
    types = name.partition("(")[2].rstrip(")").split(",") if values else []
    casts = ", ".join(f"%s::{kind}" for kind in types)
    rows = "" if name in TRIGGERS else "* FROM "  # a trigger's result is no row
    return f"SELECT {rows}{name.partition('(')[0]}({casts})", values


def test_every_function_has_its_attack(owner: Connection, connect: Connections):
    ours = {
        name
        for name, _, _ in functions(owner, connect.database.suffix)
        if not name.startswith("queue.")
    }
    assert ours == set(ARGUMENTS)


@pytest.mark.parametrize("name", sorted(set(ARGUMENTS) - ANSWERS))
def test_the_web_role_in_north_gets_nothing_with_souths_values(
    lived: Cast, inside: Connection, south: South, name: str
):
    statement, values = called(inside, name, south)
    refuses(inside, statement, *values)
    assert value(inside, "SELECT slug FROM tenancy.tenant") == "north"


def test_the_claims_that_the_web_role_reads_are_norths(
    lived: Cast, inside: Connection, south: South, tenants: dict[str, int]
):
    claims = inside.execute(
        "SELECT tenancy.tenant_id(), tenancy.account_id(), tenancy.membership_id()"
    )
    tenant, account, membership = claims.fetchall()[0]
    assert (tenant, account) == (tenants["north"], lived.nadia.account_id)
    assert (tenant, account, membership) != (south.tenant, south.account, south.membership)


def test_a_token_of_south_opens_nothing_on_norths_host(
    connect: Connections, south: South, lived: Cast
):
    connection = connect.login("web")
    assert connection.execute(ENTER, (south.token, "north")).fetchall() == []
    found = connection.execute(ENTER, (south.token, "south")).fetchall()
    assert found == [(south.tenant, south.account, south.membership)]


def test_the_queue_stamps_north_whatever_the_web_role_asks_to_be_done(
    inside: Connection, owner: Connection, south: South, tenants: dict[str, int]
):
    inside.execute("SELECT tenancy.defer('submissions.verify', %s)", (south.submission,))
    for name in ("x", "x.y; DROP", "queue.x' --", "Submissions.Verify", "", "x.y.z"):
        refuses(inside, "SELECT tenancy.defer(%s, 1)", name, state="22023")
    inside.commit()
    stamped = (
        "SELECT id, args FROM queue.procrastinate_jobs WHERE args ->> 'id' = %s AND status = 'todo'"
    )
    found = owner.execute(
        stamped + " ORDER BY id DESC LIMIT 1", (str(south.submission),)
    ).fetchall()
    assert found[0][1] == {"tenant": tenants["north"], "id": south.submission}
    owner.execute("SET search_path = queue")
    owner.execute("DELETE FROM queue.procrastinate_jobs WHERE id = %s", (found[0][0],))


@pytest.mark.parametrize("login", [login for login in LOGINS if login != "web"])
@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_a_login_role_is_refused_every_function_that_is_not_its_own(
    connect: Connections, south: South, login: str, name: str
):
    connection = connect.login(login)
    statement, values = called(connection, name, south)
    if login not in ALLOWED[name].split():
        refuses(connection, statement, *values)
    elif name in ("tenancy.tenant_id()", "tenancy.account_id()", "tenancy.membership_id()"):
        refuses(connection, statement)  # its own, but it has entered nowhere
    else:
        assert "permission denied" not in said(connection, statement, values)
    connection.rollback()


def said(connection: Connection, statement: str, values: list[object]) -> str:
    """What the database objects to a statement; "" when it was done."""
    try:
        connection.execute(statement, values)
    except psycopg.Error as error:
        return str(error)
    return ""
