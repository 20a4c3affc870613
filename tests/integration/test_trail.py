"""The trail holds: numbered without a gap, chained, and any change to it is named."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from threading import Barrier

import psycopg
import pytest
from alembic import command
from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from tests.cast import Cast
from tests.commands import CommandLine
from tests.conftest import faults

from microcredit.cases.codes import State
from microcredit.kernel import audit, migrate, provision, trail
from microcredit.kernel.provision import Provision

ZONES = ("UTC", "Europe/Paris", "Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu")

WRITERS, ROUNDS = 16, 12


@pytest.fixture
def superuser(database: Provision, cast: Cast) -> Iterator[Connection]:
    """A superuser whom no right and no trigger holds back; what she did is undone at the end."""
    for person in (cast.nadia, cast.lucie):
        with person.at_work() as (session, _):
            for number in range(6):
                audit.record(session, "read", f"case:XX-2016-000{number}", why="é € 🚗")
    engine = create_engine(database.migration_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        connection.rollback()


def seen(connection: Connection, kept: list[trail.Head] | None = None) -> dict[str, str]:
    """The fault of each tenant, "" where there is none."""
    return {one.slug: one.fault for one in trail.verify(connection, kept=kept or [])}


def middle(connection: Connection) -> int:
    """The number of one of the six readings that North's chain ends with: others stand on both sides."""
    last = next(head.seq for head in trail.heads(connection) if head.slug == "north")
    return last - 3


NORTH = "tenant_id = (SELECT id FROM tenancy.tenant WHERE slug = 'north')"

#: What somebody may do with every right, and the event that gives it away, counted from the middle.
TAMPERINGS: dict[str, tuple[str, int, str]] = {
    "an act is changed": ("SET act = 'list' WHERE seq = :n", 0, "modifié"),
    "an author is changed": ("SET account_id = NULL WHERE seq = :n", 0, "modifié"),
    "a hat is changed": ("SET membership_id = NULL, account_id = NULL WHERE seq = :n", 0, "modifié"),
    "a case is changed": ("SET subject = subject || '0' WHERE seq = :n", 0, "modifié"),
    "a detail is added": ("SET detail = detail || '{\"x\": \"y\"}' WHERE seq = :n", 0, "modifié"),
    "an hour is changed by a microsecond": (
        "SET at = at + interval '1 microsecond' WHERE seq = :n", 0, "modifié"),
    "a hash is changed": ("SET hash = sha256(hash) WHERE seq = :n", 0, "modifié"),
    "what came before is changed": ("SET prev = sha256(prev) WHERE seq = :n", 0, "ne suit pas"),
}  # fmt: skip


def edit(connection: Connection, change: str, n: int) -> None:
    done = connection.execute(text(f"UPDATE app.audit_event {change} AND {NORTH}"), {"n": n})
    assert done.rowcount == 1


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_changed_event_is_named(superuser: Connection, name: str) -> None:
    change, offset, says = TAMPERINGS[name]
    n = middle(superuser)
    before = seen(superuser)
    assert set(before.values()) == {""}
    edit(superuser, change, n)
    after = seen(superuser)
    assert f"nº {n + offset} " in after["north"]
    assert says in after["north"]
    assert {slug for slug, fault in after.items() if fault} == {"north"}


def test_an_event_changed_with_its_own_hash_is_given_away_by_the_next(
    superuser: Connection,
) -> None:
    n = middle(superuser)
    edit(superuser, "SET act = 'list' WHERE seq = :n", n)
    rewritten = text(f"""
        UPDATE app.audit_event e SET hash = sha256(prev
            || tenancy.field(tenant_id::text) || tenancy.field(seq::text)
            || tenancy.field(trunc(extract(epoch FROM at) * 1000000)::bigint::text)
            || tenancy.field(account_id::text) || tenancy.field(membership_id::text)
            || tenancy.field(act) || tenancy.field(subject) || tenancy.field(detail::text))
        WHERE seq = :n AND {NORTH}""")
    superuser.execute(rewritten, {"n": n})
    assert seen(superuser)["north"] == f"l’événement nº {n + 1} ne suit pas le précédent"


def test_a_deleted_event_is_named(superuser: Connection) -> None:
    n = middle(superuser)
    superuser.execute(text(f"DELETE FROM app.audit_event WHERE seq = :n AND {NORTH}"), {"n": n})
    assert seen(superuser)["north"] == f"l’événement nº {n} manque"


def test_two_events_that_change_places_are_named(superuser: Connection) -> None:
    n = middle(superuser)
    for old, new in ((n, -1), (n + 1, n), (-1, n + 1)):
        superuser.execute(
            text(f"UPDATE app.audit_event SET seq = :new WHERE seq = :old AND {NORTH}"),
            {"new": new, "old": old},
        )
    assert f"nº {n} " in seen(superuser)["north"]


def test_an_event_pushed_in_between_is_named(superuser: Connection) -> None:
    n = middle(superuser)
    superuser.execute(
        text(f"UPDATE app.audit_event SET seq = -seq - 1 WHERE seq > :n AND {NORTH}"), {"n": n}
    )
    superuser.execute(text(f"UPDATE app.audit_event SET seq = -seq WHERE seq < 0 AND {NORTH}"))
    superuser.execute(
        text(f"""
            INSERT INTO app.audit_event (tenant_id, seq, prev, hash, at, account_id, membership_id, act, subject)
            SELECT tenant_id, :n + 1, hash, sha256(hash), at, NULL, NULL, 'read', 'case:NO-2016-0001'
            FROM app.audit_event WHERE seq = :n AND {NORTH}"""),
        {"n": n},
    )
    assert seen(superuser)["north"] == f"l’événement nº {n + 1} a été modifié"


def test_a_cut_tail_is_seen_and_with_it_the_head_only_by_heads_kept_elsewhere(
    superuser: Connection,
) -> None:
    n = middle(superuser)
    kept = trail.read_heads(trail.as_text(trail.heads(superuser)))
    superuser.execute(text(f"DELETE FROM app.audit_event WHERE seq > :n AND {NORTH}"), {"n": n})
    assert seen(superuser)["north"] == f"la fin manque : la chaîne s’arrête au nº {n}"
    superuser.execute(
        text(f"""
            UPDATE gate.trail_head SET (seq, hash) = (
                SELECT seq, hash FROM app.audit_event WHERE seq = :n AND {NORTH})
            WHERE {NORTH}"""),
        {"n": n},
    )
    assert seen(superuser)["north"] == ""
    assert f"s’arrête au nº {n}" in seen(superuser, kept)["north"]


def test_a_chain_made_anew_is_seen_by_heads_kept_elsewhere(superuser: Connection) -> None:
    kept = trail.heads(superuser)
    forged = [trail.Head(h.slug, h.tenant_id, h.seq, "00" * 32) for h in kept]
    last = next(head.seq for head in kept if head.slug == "north")
    assert set(seen(superuser, kept).values()) == {""}
    assert f"nº {last} n’est plus celui" in seen(superuser, forged)["north"]


@pytest.mark.parametrize("zone", ZONES)
def test_the_chain_holds_and_breaks_alike_in_every_time_zone(
    superuser: Connection, zone: str
) -> None:
    for setting, value in (
        ("TimeZone", zone), ("DateStyle", "German, DMY"), ("IntervalStyle", "sql_standard"),
        ("extra_float_digits", "-5"), ("bytea_output", "escape"), ("lc_numeric", "C"),
        ("lc_time", "C"),
    ):  # fmt: skip
        superuser.execute(text("SELECT set_config(:s, :v, true)"), {"s": setting, "v": value})
    assert set(seen(superuser).values()) == {""}
    n = middle(superuser)
    edit(superuser, "SET at = at + interval '1 hour' WHERE seq = :n", n)
    assert seen(superuser)["north"] == f"l’événement nº {n} a été modifié"


def test_the_command_verifies_and_names_the_event(
    command_line: CommandLine,
    database: Provision,
    cast: Cast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast.case(State.CONTACT)
    status, written, _ = command_line("audit", "heads")
    assert status == 0
    assert {json.loads(line)["slug"] for line in written.splitlines()} >= {"north", "south"}
    kept = tmp_path / "heads.jsonl"
    kept.write_text(written, encoding="utf-8")
    for zone, locale in (*((zone, "C") for zone in ZONES), ("Asia/Tehran", "fr_FR.UTF-8")):
        monkeypatch.setenv("PGTZ", zone)
        monkeypatch.setenv("TZ", zone)
        monkeypatch.setenv("LC_ALL", locale)
        status, said, wrong = command_line("audit", "verify", "--heads", str(kept))
        assert (status, wrong) == (0, "")
        assert "north : " in said
        assert "chaîne intacte" in said
    engine = create_engine(database.migration_url, poolclass=NullPool)
    with engine.begin() as connection:
        n = middle(connection)
        edit(connection, "SET subject = subject || '0' WHERE seq = :n", n)
    try:
        status, said, wrong = command_line("audit", "verify", "--tenant", "north")
        assert status == 1
        assert f"north : l’événement nº {n} a été modifié." in said
        assert "north" in wrong
        assert command_line("audit", "verify", "--tenant", "south")[0] == 0
    finally:
        with engine.begin() as connection:
            edit(connection, "SET subject = left(subject, -1) WHERE seq = :n", n)
    assert command_line("audit", "verify")[0] == 0


@pytest.mark.parametrize(
    "written",
    [
        "{",
        '{"slug": "north", "tenant_id": "1", "seq": "x", "hash": 3}',
        '{"slug": "north"}',
        "[]",
        "null",
        "\x00",
        '"x"',
        "3",
    ],
)
def test_a_file_that_holds_no_heads_is_refused(
    command_line: CommandLine, tmp_path: Path, written: str
) -> None:
    kept = tmp_path / "heads.jsonl"
    kept.write_text(written, encoding="utf-8")
    command_line.refuses(
        "audit", "verify", "--heads", str(kept), sentence="ne contient pas de têtes"
    )


def test_a_page_the_gate_and_an_act_are_in_one_chain_without_a_gap(
    cast: Cast, database: Provision
) -> None:
    number = cast.case(State.CONTACT)
    assert cast.nadia.get(f"/dossiers/{number}").status_code == 200
    assert cast.bea.get(f"/dossiers/{number}").status_code == 404
    assert (
        cast.farid.post(f"/dossiers/{number}/sans-suite", {"reason": "no_show"}).status_code == 303
    )
    assert faults(database) == []


def test_an_act_that_fails_leaves_no_event_and_no_hole(cast: Cast, database: Provision) -> None:
    before = last_of(database, "north")
    with suppress(ZeroDivisionError), cast.nadia.at_work() as (session, _):
        audit.record(session, "read", "case:NO-2016-0001")
        raise ZeroDivisionError
    with cast.nadia.at_work() as (session, _):
        audit.record(session, "read", "to be rolled back")
        session.rollback()
    assert last_of(database, "north") == before
    with cast.nadia.at_work() as (session, _):
        audit.record(session, "read", "case:NO-2016-0001")
    assert last_of(database, "north") == before + 1
    assert faults(database) == []


def last_of(database: Provision, slug: str) -> int:
    """The number of a tenant's last event."""
    engine = create_engine(database.migration_url, poolclass=NullPool)
    with engine.connect() as connection:
        return trail.heads(connection, slug)[0].seq


def test_sixteen_writers_at_once_leave_no_gap_and_no_event_behind(
    cast: Cast, database: Provision
) -> None:
    assert cast.nadia.client is not None
    url = make_url(database.url("web")).set(drivername="postgresql")
    start, before = Barrier(WRITERS), last_of(database, "north")

    def write(writer: int) -> int:
        kept = 0
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
            start.wait(30)
            for turn in range(ROUNDS):
                connection.execute("SELECT tenancy.enter(%s, 'north')", (cast.nadia.token,))
                for _ in range(1 + turn % 3):
                    connection.execute(
                        "INSERT INTO app.audit_event (act, subject) VALUES ('read', %s)",
                        (f"writer:{writer}",),
                    )
                if (turn + writer) % 4 == 0:
                    connection.rollback()
                else:
                    connection.commit()
                    kept += 1 + turn % 3
        return kept

    with ThreadPoolExecutor(WRITERS) as threads:
        written = sum(threads.map(write, range(WRITERS)))
    assert written > WRITERS
    assert last_of(database, "north") == before + written
    assert faults(database) == []


def test_events_written_before_the_chain_existed_are_chained_by_the_migration(
    administrator: str,
) -> None:
    name = token_hex(4)
    made = Provision(administrator, f"microcredit_{name}", f"_{name}", provision.new_passwords())
    provision.create(made)
    try:
        configuration = migrate.configuration(made.migration_url, made.suffix)
        command.upgrade(configuration, "0013_loans")
        engine = create_engine(made.migration_url, poolclass=NullPool)
        with engine.begin() as connection:
            for slug in ("north", "south"):
                tenant = connection.scalar(
                    text("INSERT INTO tenancy.tenant (slug, name, number_prefix)"
                         " VALUES (:s, :s, upper(left(:s, 2))) RETURNING id"), {"s": slug},
                )  # fmt: skip
                for count in range(5):
                    connection.execute(
                        text("INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject, detail)"
                             " VALUES (:t, NULL, NULL, 'read', 'case:' || :n, jsonb_build_object('b', 1, 'a', '«é»'))"),
                        {"t": tenant, "n": str(count)},
                    )  # fmt: skip
        command.upgrade(configuration, "0014_trail")
        with engine.begin() as connection:
            assert {one.slug: one.events for one in trail.verify(connection)} == {
                "north": 5, "south": 5,
            }  # fmt: skip
            connection.execute(
                text("INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)"
                     " SELECT id, NULL, NULL, 'read', 'case:6' FROM tenancy.tenant WHERE slug = 'north'"),
            )  # fmt: skip
            verdicts = trail.verify(connection)
        assert {one.slug: (one.events, one.fault) for one in verdicts} == {
            "north": (6, ""), "south": (5, ""),
        }  # fmt: skip
        command.downgrade(configuration, "0013_loans")
        command.upgrade(configuration, "head")
        assert faults(made) == []
    finally:
        provision.drop(made)


@pytest.fixture
def command_line(
    database: Provision, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """A command line that may read as the owner."""
    settings: dict[str, str] = {
        "DATABASE_URL": database.url("web"),
        "MICROCREDIT_GATE_URL": database.url("gate"),
        "MICROCREDIT_MIGRATION_URL": database.migration_url,
        "MICROCREDIT_BASE_DOMAIN": "microcredit.example",
        "MICROCREDIT_SECRET_KEY": "s" * 40,
        "MICROCREDIT_MASTER_KEY": "00" * 32,
        "MICROCREDIT_ROLE_SUFFIX": database.suffix,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return CommandLine(monkeypatch, capsys)
