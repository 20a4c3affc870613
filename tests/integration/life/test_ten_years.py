"""The business date moved past every clock at once: every page answers, and nothing moves by itself."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, create_engine, text
from tests.cast import Cast
from tests.integration.life.tale import Tale

from microcredit.cases.codes import OPEN, State
from microcredit.kernel.provision import Provision

BEFORE, AFTER = date(2016, 3, 31), date(2026, 3, 31)

#: Pages that need more than the number of a case, or leave the tenant.
ELSEWHERE = ("/static/", "/session", "/connexion", "/healthz", "/readyz")

#: States whose every page is opened; the page of the case itself is opened in all.
WORKED_ON = {*OPEN, State.CLOSED} - {State.CONTACT, State.DIAGNOSIS, State.BANK_REFUSED}


@pytest.fixture
def clock(demo_database: Provision) -> Iterator[Engine]:
    """Moves the date of the demo; afterwards it is 31 March 2016 again."""
    engine = create_engine(demo_database.migration_url)
    yield engine
    move(engine, BEFORE)
    engine.dispose()


def move(engine: Engine, day: date) -> None:
    """Give the demo of the north a date."""
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE tenancy.tenant SET demo_date = :day WHERE slug = 'north'"), {"day": day}
        )


def pages(cast: Cast) -> list[str]:
    """Every page that is read with nothing but, perhaps, the number of a case."""
    return sorted(
        rule.rule
        for rule in cast.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.arguments <= {"number"}
        and not rule.rule.startswith(ELSEWHERE)
    )


def test_ten_years_later_every_page_answers_and_no_state_has_moved_by_itself(
    demo_cast: Cast, clock: Engine
) -> None:
    move(clock, BEFORE)
    tales = {state: Tale(demo_cast, demo_cast.case(state)) for state in State}
    before = {state: tale.written() for state, tale in tales.items()}
    move(clock, AFTER)

    found = pages(demo_cast)
    assert len(found) > 15
    for state, tale in tales.items():
        for path in (path for path in found if "<" in path and state in WORKED_ON):
            answer = demo_cast.nadia.get(path.replace("<number>", tale.number))
            assert answer.status_code < 500, (path, state)
        page = demo_cast.nadia.get(f"/dossiers/{tale.number}")
        assert page.status_code == 200
        assert state.label in page.text
        assert tale.state is state
        assert tale.written() == before[state]
    for who in ("nadia", "farid", "boris", "bella", "diane", "carole", "elie", "tania"):
        for path in (path for path in found if "<" not in path):
            assert demo_cast.people[who].get(path).status_code < 500, (who, path)
    for number in (tales[State.SENT_TO_BANK].number, tales[State.ADJOURNED].number):
        assert demo_cast.boris.get(f"/banque/{number}").status_code == 200
