"""What the web role may write: its own tenant's rows, by the columns and verbs that acts need.

Every refusal is followed by its twin: the same statement inside the own tenant.
"""

from collections.abc import Callable
from typing import Any

import pytest
from tests.cast import Cast
from tests.integration.isolation.connections import ENTER, Connection, Connections, refuses, value

from microcredit.cases.codes import State

CHECK_VIOLATION, FOREIGN_KEY = "23514", "23503"

Ids = Callable[..., Any]


@pytest.fixture
def inside(lived: Cast, connect: Connections) -> Connection:
    """The web role inside North, in a transaction that is never committed."""
    assert lived.nadia.client is not None
    connection = connect.login("web")
    assert connection.execute(ENTER, (lived.nadia.token, "north")).fetchall()
    return connection


@pytest.fixture
def some(owner: Connection, tenants: dict[str, int]) -> Ids:
    """The last value of a column in a tenant's table."""

    def one(slug: str, table: str, column: str = "id") -> Any:
        found = owner.execute(
            f"SELECT {column} FROM app.{table} WHERE tenant_id = %s ORDER BY 1 DESC NULLS LAST LIMIT 1",
            (tenants[slug],),
        ).fetchall()
        return found[0][0]

    return one


def works(connection: Connection, statement: str, *values: object, rows: int = 1) -> None:
    """The twin: within one's own tenant the same statement writes that many rows."""
    assert connection.execute(statement, values).rowcount == rows


INSERTS = {
    "person": ("INSERT INTO app.person (tenant_id, last_name) VALUES (%s, 'Lenoir')", ()),
    "case_counter": ("INSERT INTO app.case_counter (tenant_id, year, last) VALUES (%s, 1901, 1)", ()),
    "audit_event": ("INSERT INTO app.audit_event (tenant_id, act, subject) VALUES (%s, 'read', 'x')", ()),
    "budget_line": (
        "INSERT INTO app.budget_line (tenant_id, case_id, rank, code, amount_cents, periodicity)"
        " VALUES (%s, %s, 99, 'X01', 1, 'month')", ("case_file",)),
    "residence": (
        "INSERT INTO app.residence (tenant_id, case_id, valid_from, commune_code)"
        " VALUES (%s, %s, '1901-01-01', %s)", ("case_file", "commune:code")),
    "case_event": (
        "INSERT INTO app.case_event (tenant_id, case_id, act, to_state, on_date, account_id)"
        " VALUES (%s, %s, 'close', 'contact', '1901-01-01', %s)", ("case_file", "account")),
    "appointment": (
        "INSERT INTO app.appointment (tenant_id, case_id, on_date, at_time, place_id)"
        " VALUES (%s, %s, '1901-01-01', '10:00', %s)", ("case_file", "organisation")),
    "orientation": (
        "INSERT INTO app.orientation (tenant_id, case_id, target, proposed_on, account_id)"
        " VALUES (%s, %s, 'fsl', '1901-01-01', %s)", ("case_file", "account")),
    "task": (
        "INSERT INTO app.task (tenant_id, case_id, kind, due_on, opened_on, opened_by)"
        " VALUES (%s, %s, 'other', '1901-01-01', '1901-01-01', %s)", ("case_file", "account")),
    "submission_step": (
        "INSERT INTO app.submission_step (tenant_id, submission_id, kind, on_date, account_id)"
        " VALUES (%s, %s, 'items_sent', '1901-01-01', %s)", ("submission", "account")),
    "loan_schedule": (
        "INSERT INTO app.loan_schedule (tenant_id, loan_id, version, valid_from, reason, first_number,"
        " account_id) VALUES (%s, %s, 99, '1901-01-01', 'first', 1, %s)", ("loan", "account")),
    "instalment": (
        "INSERT INTO app.instalment (tenant_id, loan_id, version, number, due_on, amount_cents,"
        " principal_cents, interest_cents, outstanding_cents, valid_from)"
        " VALUES (%s, %s, 1, 99, '1901-01-01', 1, 1, 0, 0, '1901-01-01')", ("loan",)),
    "posting": (
        "INSERT INTO app.posting (tenant_id, loan_id, instalment_id, kind, source, on_date,"
        " amount_cents, account_id) VALUES (%s, %s, %s, 'paid', 'bank', '1901-01-01', 1, %s)",
        ("loan", "instalment", "account")),
    "evaluation": (
        "INSERT INTO app.evaluation (tenant_id, loan_id, on_date, reached, account_id)"
        " VALUES (%s, %s, '1901-01-01', false, %s)", ("loan", "account")),
    "person_word": (
        "INSERT INTO app.person_word (tenant_id, word, person_id) VALUES (%s, 'zzz', %s)", ("person",)),
    "form_key": (
        "INSERT INTO app.form_key (tenant_id, nonce, account_id) VALUES (%s, 'n', %s)", ("account",)),
}  # fmt: skip


def _ids(some: Ids, slug: str, wanted: tuple[str, ...]) -> list[Any]:
    return [some(slug, *name.split(":")) for name in wanted]


@pytest.mark.parametrize("table", INSERTS)
def test_a_row_cannot_be_written_for_another_tenant(
    inside: Connection, some: Ids, tenants: dict[str, int], table: str
):
    statement, wanted = INSERTS[table]
    theirs, mine = _ids(some, "south", wanted), _ids(some, "north", wanted)
    refuses(inside, statement, tenants["south"], *theirs)
    refuses(inside, statement, tenants["south"], *mine)
    refuses(inside, statement, 2**40, *mine)
    works(inside, statement, tenants["north"], *mine)


@pytest.mark.parametrize("table", [name for name, (_, wanted) in INSERTS.items() if wanted])
def test_a_row_cannot_refer_to_another_tenants_row(
    inside: Connection, some: Ids, tenants: dict[str, int], table: str
):
    statement, wanted = INSERTS[table]
    mine = _ids(some, "north", wanted)
    for position, foreign in enumerate(_ids(some, "south", wanted)):
        mixed = [*mine[:position], foreign, *mine[position + 1 :]]
        refuses(inside, statement, tenants["north"], *mixed, state=FOREIGN_KEY)
    works(inside, statement, tenants["north"], *mine)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("case_file", "desk_id"), ("case_file", "person_id"), ("case_file", "household_id"),
        ("case_file", "action_id"), ("case_file", "residence_code"), ("case_file", "opening_code"),
    ],
)  # fmt: skip
def test_a_case_cannot_be_moved_onto_another_tenants_row(
    inside: Connection, some: Ids, table: str, column: str
):
    target = {
        "desk_id": "organisation",
        "residence_code": "commune:code",
        "opening_code": "commune:code",
    }
    wanted = target.get(column, column.removesuffix("_id")).split(":")
    statement = f"UPDATE app.{table} SET {column} = %s WHERE id = %s"
    case = some("north", "case_file")
    refuses(inside, statement, some("south", *wanted), case, state=FOREIGN_KEY)
    works(inside, statement, some("north", *wanted), case)


def test_another_tenants_rows_can_be_neither_changed_nor_deleted_nor_locked(
    lived: Cast, inside: Connection, some: Ids, tenants: dict[str, int]
):
    statements = (
        "UPDATE app.person SET last_name = 'X' WHERE id = %s",
        "UPDATE app.case_file SET version = version + 1 WHERE person_id = %s",
        "DELETE FROM app.person_word WHERE person_id = %s",
        "SELECT 1 FROM app.person WHERE id = %s FOR UPDATE",
    )
    mine = some("north", "case_file", "person_id")
    words = value(inside, "SELECT count(*) FROM app.person_word WHERE person_id = %s", mine)
    assert words > 0
    for statement in statements:
        works(inside, statement, some("south", "case_file", "person_id"), rows=0)
        works(inside, statement, mine, rows=words if "DELETE" in statement else 1)
    refuses(inside, "UPDATE app.person SET tenant_id = %s", tenants["south"])


def test_rows_of_another_tenant_are_not_touched_by_a_statement_without_condition(
    inside: Connection, owner: Connection, tenants: dict[str, int]
):
    counted = "SELECT count(*) FROM app.case_file WHERE tenant_id = %s"
    works(
        inside,
        "UPDATE app.case_file SET version = version",
        rows=value(owner, counted, tenants["north"]),
    )
    works(
        inside,
        "INSERT INTO app.case_counter (year, last) SELECT year + 1000, last FROM app.case_counter",
        rows=value(
            owner, "SELECT count(*) FROM app.case_counter WHERE tenant_id = %s", tenants["north"]
        ),
    )


#: What is frozen or belongs to the trail; the owner proves that each statement is well formed.
FROZEN = (
    *(f"UPDATE app.submission SET {column} = {column}" for column in (
        "copy", "sha256", "sent_on", "sent_at", "bank_id", "case_id", "terms_id",
        "verified_at", "tenant_id")),
    "DELETE FROM app.submission",
    *(f"UPDATE app.submission_step SET {column} = {column}" for column in ("kind", "due_on", "words")),
    "DELETE FROM app.submission_step",
    *(f"UPDATE app.loan SET {column} = {column}" for column in (
        "principal_cents", "annual_rate", "months", "signed_on", "first_payment_on",
        "withdrawal_until", "case_id", "submission_id", "bank_id")),
    "DELETE FROM app.loan",
    *(f"UPDATE app.loan_schedule SET {column} = {column}" for column in (
        "valid_from", "reason", "first_number")),
    "DELETE FROM app.loan_schedule",
    *(f"UPDATE app.instalment SET {column} = {column}" for column in (
        "number", "due_on", "amount_cents", "principal_cents", "interest_cents",
        "outstanding_cents", "valid_from", "version")),
    "DELETE FROM app.instalment",
    *(f"UPDATE app.posting SET {column} = {column}" for column in (
        "kind", "source", "on_date", "amount_cents", "at", "instalment_id", "account_id")),
    "DELETE FROM app.posting",
    "UPDATE app.evaluation SET reached = reached",
    "DELETE FROM app.evaluation",
    *(f"UPDATE app.task SET {column} = {column}" for column in ("kind", "words", "opened_by")),
    "DELETE FROM app.task",
    *(f"UPDATE app.orientation SET {column} = {column}" for column in ("target", "proposed_on")),
    "DELETE FROM app.orientation",
    "UPDATE app.saved_view SET account_id = account_id",
    "UPDATE app.case_event SET words = words",
    "DELETE FROM app.threshold",
    "UPDATE app.case_event SET note = 'x'",
    "DELETE FROM app.case_event",
    "UPDATE app.audit_event SET act = 'x'",
    "DELETE FROM app.audit_event",
    "UPDATE app.appointment SET on_date = on_date",
    "DELETE FROM app.appointment",
    "DELETE FROM app.case_file",
    "DELETE FROM app.person",
    "DELETE FROM app.form_key",
    "UPDATE app.account SET disabled_at = NULL",
    "UPDATE app.membership SET role = role",
    "INSERT INTO app.membership (account_id, organisation_id, role, valid_from)"
    " SELECT account_id, organisation_id, 'coordinator', '1901-01-01' FROM app.membership",
    "UPDATE app.loan_terms SET max_cents = max_cents",
    "UPDATE app.delay SET days = days",
    "UPDATE app.tenant_key SET wrapped = wrapped",
    "UPDATE tenancy.tenant SET name = name",
    "DELETE FROM tenancy.tenant",
)  # fmt: skip


@pytest.mark.parametrize("statement", FROZEN)
def test_what_is_frozen_or_not_an_act_of_the_web_is_refused(inside: Connection, statement: str):
    refuses(inside, statement)


def test_the_owner_could_run_each_of_the_refused_statements(connect: Connections, lived: Cast):
    administrator = connect.administrator()
    administrator.execute(f"SET LOCAL ROLE microcredit_owner{connect.database.suffix}")
    for statement in FROZEN:
        assert administrator.execute(f"EXPLAIN {statement}").fetchall(), statement
        if statement.startswith("UPDATE"):
            assert administrator.execute(statement).rowcount > 0, statement
    administrator.rollback()


#: What acts do write in rows that already stand: the twins of what is frozen.
OPEN = (
    "UPDATE app.instalment SET valid_to = valid_to",
    "UPDATE app.loan SET disbursed_on = disbursed_on, payee_kind = payee_kind, payee = payee,"
    " withdrawn_on = withdrawn_on, refund_due_on = refund_due_on",
    "UPDATE app.submission SET due_on = due_on, accepted = accepted, accepted_on = accepted_on",
    "UPDATE app.orientation SET result = result, result_on = result_on, obtained_cents = obtained_cents",
    "UPDATE app.task SET due_on = due_on, done_on = done_on, done_by = done_by",
)


@pytest.mark.parametrize("statement", OPEN)
def test_the_columns_that_acts_write_later_are_open(inside: Connection, statement: str):
    assert inside.execute(statement).rowcount > 0


def test_a_bank_answers_by_the_columns_of_its_answer_and_says_what_it_lends(
    lived: Cast, inside: Connection
):
    lived.case(State.SENT_TO_BANK)
    answer = (
        "UPDATE app.submission SET answer = %s, answered_on = %s, granted_cents = %s,"
        " granted_months = 12, granted_rate = 0.02, accepted = %s, accepted_on = %s"
        " WHERE answer IS NULL"
    )
    day = "2026-01-01"
    refuses(inside, answer, "perhaps", day, 1, None, None, state=CHECK_VIOLATION)
    refuses(inside, answer, "granted", None, 1, None, None, state=CHECK_VIOLATION)
    refuses(inside, answer, "granted", day, None, None, None, state=CHECK_VIOLATION)
    refuses(inside, answer, "counter_offer", day, 0, None, None, state=CHECK_VIOLATION)
    refuses(inside, answer, "granted", day, 1, True, day, state=CHECK_VIOLATION)
    refuses(inside, answer, "counter_offer", day, 1, True, None, state=CHECK_VIOLATION)
    assert inside.execute(answer, ("counter_offer", day, 1, True, day)).rowcount > 0


#: What no loan may say of itself, whatever wrote it.
IMPOSSIBLE = (
    "UPDATE app.loan SET disbursed_on = first_payment_on - 1, payee_kind = 'borrower'",
    "UPDATE app.loan SET withdrawn_on = withdrawal_until + 1",
    "UPDATE app.loan SET withdrawn_on = signed_on - 1",
    "UPDATE app.loan SET payee_kind = 'borrower', disbursed_on = NULL",
    "UPDATE app.loan SET refund_due_on = signed_on WHERE withdrawn_on IS NULL",
    "UPDATE app.instalment SET valid_to = valid_from - 1",
    "UPDATE app.orientation SET result = 'refused', result_on = '2026-01-01', obtained_cents = 1",
    "UPDATE app.orientation SET result = 'obtained', result_on = NULL",
    "UPDATE app.task SET done_on = '2026-01-01', done_by = NULL",
)


@pytest.mark.parametrize("statement", IMPOSSIBLE)
def test_what_cannot_be_is_refused_by_the_table_itself(inside: Connection, statement: str):
    refuses(inside, statement, state=CHECK_VIOLATION)


def test_a_kept_list_is_seen_and_deleted_by_its_owner_alone(
    lived: Cast, inside: Connection, some: Ids, owner: Connection
):
    mine, hers = lived.nadia.account_id, lived.farid.account_id
    keep = "INSERT INTO app.saved_view (account_id, name, filters) VALUES (%s, 'Mes retards', '{}')"
    for account in (hers, some("south", "account")):
        refuses(inside, keep, account)
    works(inside, keep, mine)
    everybodys = "SELECT count(DISTINCT account_id) FROM app.saved_view"
    assert value(owner, everybodys) > 1
    assert value(inside, everybodys) == 1
    works(inside, "SELECT 1 FROM app.saved_view WHERE account_id = %s", hers, rows=0)
    works(inside, "DELETE FROM app.saved_view WHERE account_id = %s", hers, rows=0)
    works(inside, "DELETE FROM app.saved_view WHERE account_id = %s AND name = 'Mes retards'", mine)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE app.case_file CASCADE",
        "TRUNCATE app.audit_event",
        "CREATE TABLE app.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE VIEW app.mine AS SELECT 1",
        "CREATE FUNCTION app.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE POLICY mine ON app.case_file USING (true)",
        "ALTER TABLE app.case_file DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE app.case_file NO FORCE ROW LEVEL SECURITY",
        "ALTER FUNCTION tenancy.tenant_id() RESET ALL",
        "CREATE TRIGGER mine AFTER INSERT ON app.case_file EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE mine AS ON INSERT TO app.case_file DO NOTHING",
        "SET ROLE {owner}",
        "SET ROLE {worker}",
        "SET SESSION AUTHORIZATION {owner}",
        "SET session_replication_role = replica",
        "COPY app.case_file TO PROGRAM 'cat'",
        "COPY (SELECT 1) TO '/tmp/mine'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
    ],
)  # fmt: skip
def test_the_shape_of_the_database_is_not_the_webs_to_change(
    inside: Connection, connect: Connections, statement: str
):
    roles = {name: f"microcredit_{name}{connect.database.suffix}" for name in ("owner", "worker")}
    refuses(inside, statement.format(**roles))


def test_a_right_without_grant_option_is_given_to_nobody(inside: Connection):
    inside.execute("GRANT ALL ON app.case_file TO PUBLIC")
    held = "SELECT has_table_privilege({}, 'app.case_file', 'SELECT')"
    assert value(inside, held.format("'public'")) is False
    assert value(inside, held.format("current_user")) is True


HIDDEN = (
    "tenancy.signing_key", "gate.session", "gate.credential", "gate.attempt",
    "queue.procrastinate_jobs", "queue.procrastinate_events",
)  # fmt: skip


@pytest.mark.parametrize("table", HIDDEN)
def test_keys_credentials_sessions_and_the_queue_cannot_be_read(
    inside: Connection, owner: Connection, table: str
):
    refuses(inside, f"SELECT * FROM {table}")
    refuses(inside, f"SELECT count(*) FROM {table}")
    assert value(owner, f"SELECT count(*) >= 0 FROM {table}") is True


def test_row_security_cannot_be_turned_off_nor_its_statistics_read(
    inside: Connection, owner: Connection
):
    inside.execute("SET LOCAL row_security = off")
    refuses(inside, "SELECT * FROM app.case_file")
    inside.execute("SET LOCAL row_security = on")
    assert value(inside, "SELECT count(*) > 0 FROM app.case_file") is True
    owner.execute("ANALYZE app.person")
    found = "SELECT count(*) FROM pg_stats WHERE schemaname = 'app' AND tablename = 'person'"
    assert value(inside, found) == 0


def test_the_duplicate_of_an_invisible_row_is_not_told_from_any_other_refusal(
    inside: Connection, owner: Connection, tenants: dict[str, int]
):
    taken = owner.execute(
        "SELECT year, last FROM app.case_counter WHERE tenant_id = %s", (tenants["south"],)
    ).fetchall()[0]
    statement = "INSERT INTO app.case_counter (tenant_id, year, last) VALUES (%s, %s, %s)"
    refuses(inside, statement, tenants["south"], *taken)
    refuses(inside, statement, tenants["south"], 1902, 1)
    refuses(inside, statement, tenants["north"], *taken, state="23505")
    works(inside, statement, tenants["north"], 1902, 1)
