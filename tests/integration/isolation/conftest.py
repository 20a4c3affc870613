"""What the tests of isolation hold besides the cast."""

from collections.abc import Iterator

import pytest
from _pytest.terminal import TerminalReporter
from tests.cast import ALPHA, BETA, GAMMA, Cast, resources_of
from tests.conftest import app, cast, database, pools, settings
from tests.integration.isolation.connections import Connection, Connections, South, value

from microcredit.cases.codes import State
from microcredit.cases.models import SavedView
from microcredit.kernel import mail
from microcredit.kernel.mail import Letter
from microcredit.kernel.provision import Provision

#: A stage of its own: the lists of these tests hold their cases alone.
__all__ = ["app", "cast", "database", "pools", "settings"]

#: (what was walked, attempts, twins) of each walk.
WALKED = pytest.StashKey[list[tuple[str, int, int]]]()


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Say how many attempts the walks made, and how many legitimate twins succeeded."""
    for what, attempts, twins in config.stash.get(WALKED, []):
        terminalreporter.write_line(
            f"isolation, {what}: {attempts} attempts refused, {twins} twins succeeded"
        )


#: States whose acts, together, write every table of cases and loans; the last loan is not evaluated.
LIVED = (
    State.REDIRECTED, State.BANK_INFO_REQUESTED, State.CLOSED, State.WITHDRAWN, State.APPROVED,
    State.DISBURSED,
)  # fmt: skip

LETTER = Letter("lettre@exemple.fr", "Bonjour", "Bonjour.", "<p>Bonjour.</p>")


@pytest.fixture
def connect(database: Provision) -> Iterator[Connections]:
    """Opens plain connections."""
    opened = Connections(database)
    yield opened
    opened.close()


@pytest.fixture
def owner(connect: Connections) -> Connection:
    """Sees every row of every tenant."""
    return connect.owner()


@pytest.fixture(scope="session")
def lived(cast: Cast) -> Cast:
    """The cast, after enough acts in both tenants that no table of either is empty."""
    for desk, worker, bank, commune in (
        ("farid", "nadia", "boris", ALPHA),
        ("flora", "lucie", "basil", GAMMA),
    ):
        for state in LIVED:
            cast.case(state, at=desk, worker=worker, bank=bank, commune=commune)
        for name in (desk, worker):
            person = cast.people[name]
            with person.at_work() as (session, _):
                kept = SavedView(account_id=person.account_id, name="À relancer", filters={})
                session.add(kept)
                mail.post(session, resources_of(cast.app).vault, LETTER)
        answer = getattr(cast, desk).post(
            "/dossiers/nouveau",
            {"commune": commune, "motive": "housing", "amount": "900", "channel": "desk"},
        )
        assert answer.status_code == 303
    cast.case(State.CONTACT, at="bea", commune=BETA)
    return cast


@pytest.fixture
def tenants(owner: Connection, cast: Cast) -> dict[str, int]:
    """The ids of both tenants."""
    assert cast.people
    return dict(owner.execute("SELECT slug, id FROM tenancy.tenant").fetchall())


@pytest.fixture
def south(lived: Cast, owner: Connection, tenants: dict[str, int]) -> South:
    """Ids and a living token of South."""
    lucie = lived.lucie
    assert lucie.client is not None
    membership = "SELECT id FROM app.membership WHERE account_id = %s"
    submission = "SELECT max(id) FROM app.submission WHERE tenant_id = %s"
    return South(
        lucie.token,
        lucie.account_id,
        value(owner, membership, lucie.account_id),
        value(owner, submission, tenants["south"]),
        tenants["south"],
    )
