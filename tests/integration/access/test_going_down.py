"""What people did is still there when the accesses are taken back from the database and given again."""

import pytest
from alembic import command
from sqlalchemy import Connection, NullPool, create_engine, text
from tests.cast import Cast, resources_of
from tests.conftest import faults
from tests.integration.access.conftest import NEW_PASSWORD, NORTH, Access
from tests.integration.access.test_departures import arrived, end

from microcredit.kernel import migrate
from microcredit.kernel.permissions import Role
from microcredit.kernel.provision import Provision

RULES = """
    SELECT c.conname || ' ' || pg_get_constraintdef(c.oid) FROM pg_constraint c
    WHERE c.conrelid IN ('app.membership'::regclass, 'app.account'::regclass, 'gate.session'::regclass)
    ORDER BY 1"""


@pytest.fixture
def people(access: Access, troupe: Cast) -> str:
    """Somebody with two roles, one of which ended today, a second factor, and an open invitation."""
    email = "reste@g.example"
    left = arrived(access, troupe, email, Role.FRONT_DESK)
    arrived(access, troupe, email, Role.ELECTED_MEMBER, "CCAS Beta")
    browser, _ = access.sign_in(email, NEW_PASSWORD)
    access.invite(troupe.tania, "CCAS Beta", Role.ELECTED_MEMBER, email)
    access.accept(browser, access.link(email))
    assert end(access, "tania", left) == 303
    access.owner.execute(
        "INSERT INTO gate.factor (tenant_id, account_id, kind, name, sealed, counter)"
        " SELECT tenant_id, id, 'totp', 'Téléphone', 'x', 1 FROM app.account WHERE email = %s",
        (email,),
    )
    access.invite(troupe.tania, "CCAS Beta", Role.ELECTED_MEMBER, "ouverte@g.example")
    return email


def opened(connection: Connection, email: str) -> object:
    """Whether the account gets a session, as whoever serves on 0015 asks for one."""
    account = connection.scalar(text("SELECT id FROM app.account WHERE email = :e"), {"e": email})
    asked = "SELECT gate.open_session('north', :a, :t, interval '1 hour', interval '1 hour')"
    return connection.scalar(text(asked), {"a": account, "t": f"token of {email}"})


def test_accesses_and_factors_go_down_with_people_in_them_and_up_again(
    access: Access, troupe: Cast, people: str, stage: Provision
) -> None:
    configuration = migrate.configuration(stage.migration_url, stage.suffix)
    engine = create_engine(stage.migration_url, poolclass=NullPool)
    with engine.connect() as connection:
        rules = list(connection.scalars(text(RULES)))
    pools = resources_of(troupe.app).pools
    for pool in (pools.web, pools.gate, pools.worker, pools.operator):
        assert pool is not None
        pool.dispose()
    for version in ("0017_factors", "0016_access"):
        command.downgrade(configuration, version)
        assert faults(stage) == []
    command.downgrade(configuration, "0015_mail")
    with engine.begin() as connection:
        assert opened(connection, people) is True
        entered = "SELECT role FROM tenancy.enter(:t, 'north')"
        assert connection.scalar(text(entered), {"t": f"token of {people}"}) == "elected_member"
        assert opened(connection, troupe.diane.email) is True
        former = "SELECT count(*) FROM app.membership WHERE valid_to = valid_from"
        assert connection.scalar(text(former)) == 1
    command.upgrade(configuration, "head")
    assert faults(stage) == []
    with engine.connect() as connection:
        assert list(connection.scalars(text(RULES))) == rules
    # Factors and invitations went with their tables: who may come in, does so by her password.
    browser, answer = access.sign_in(people, NEW_PASSWORD)
    assert answer.location == "/"
    assert browser.get("/ma-securite", base_url=NORTH).status_code == 200
    arrived(access, troupe, "ouverte@g.example", Role.ELECTED_MEMBER, "CCAS Beta")
    assert access.standing("ouverte@g.example") == (["elected_member"], False)
