"""The date of a demo tenant: shown, moved on by whoever tries the product, and taken by every act."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, create_engine, select, text
from tests.cast import ALPHA, Cast, read
from tests.conftest import settings_for

from microcredit.app import create_app
from microcredit.cases.codes import State
from microcredit.cases.models import Case, CaseEvent
from microcredit.home import Step, later
from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.database import open_pools
from microcredit.kernel.provision import Provision
from microcredit.settings import SettingsError
from microcredit.submissions.models import Submission

ADVANCE = "/demonstration/avancer"
CONTACT = {"commune": ALPHA, "motive": "housing", "amount": "900", "channel": "desk"}


@pytest.fixture
def owner(demo_database: Provision) -> Iterator[Engine]:
    """Statements of whoever looks after the demo's database; afterwards it is 31 March 2016 again."""
    engine = create_engine(demo_database.migration_url)
    yield engine
    set_date(engine, date(2016, 3, 31))
    engine.dispose()


def set_date(owner: Engine, day: date | None, *, demo: bool = True) -> None:
    """Give the demo of the north a date."""
    statement = "UPDATE tenancy.tenant SET is_demo = :demo, demo_date = :day WHERE slug = 'north'"
    with owner.begin() as connection:
        connection.execute(text(statement), {"day": day, "demo": demo})


def shown(cast: Cast, who: str = "nadia") -> str:
    """The date in the band of a page, in words; "" without a band."""
    found = re.search(r'class="demo-date">([^<]+)<', cast.people[who].get("/territoire").text)
    return found[1].replace("\u00a0", " ") if found else ""


@pytest.mark.parametrize(
    ("day", "step", "next_day"),
    [
        (date(2016, 3, 31), Step.DAY, date(2016, 4, 1)),
        (date(2016, 12, 31), Step.DAY, date(2017, 1, 1)),
        (date(2016, 2, 25), Step.WEEK, date(2016, 3, 3)),
        (date(2016, 1, 31), Step.MONTH, date(2016, 2, 29)),
        (date(2015, 1, 31), Step.MONTH, date(2015, 2, 28)),
        (date(2015, 1, 28), Step.MONTH, date(2015, 2, 28)),
        (date(2016, 3, 31), Step.MONTH, date(2016, 4, 30)),
        (date(2016, 11, 15), Step.MONTH, date(2016, 12, 15)),
        (date(2016, 12, 31), Step.MONTH, date(2017, 1, 31)),
        (date(2016, 2, 29), Step.MONTH, date(2016, 3, 29)),
    ],
)
def test_a_month_keeps_to_its_last_day(day: date, step: Step, next_day: date) -> None:
    assert later(day, step) == next_day


def test_every_day_of_four_years_moves_on_to_the_month_after() -> None:
    for ordinal in range(date(2015, 1, 1).toordinal(), date(2019, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        found = later(day, Step.MONTH)
        assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == 1
        assert found.day == day.day or (found + timedelta(days=1)).day == 1


def test_the_band_shows_the_date_and_its_buttons_move_it_on(demo_cast: Cast, owner: Engine) -> None:
    set_date(owner, date(2016, 1, 31))
    page = demo_cast.nadia.get("/territoire").text
    assert re.findall(r'data-demo-advance="(\w+)"', page) == ["day", "week", "month"]
    assert shown(demo_cast) == "dimanche 31 janvier 2016"
    for step, words in (("month", "lundi 29 février 2016"), ("day", "mardi 1er mars 2016"),
                        ("week", "mardi 8 mars 2016")):  # fmt: skip
        answer = demo_cast.nadia.post(ADVANCE, {"step": step})
        assert (answer.status_code, answer.location) == (303, "/")
        assert shown(demo_cast) == words
    assert shown(demo_cast, "lucie") == "" or "2016" not in shown(demo_cast, "lucie")


def test_a_double_click_moves_the_date_once(demo_cast: Cast, owner: Engine) -> None:
    set_date(owner, date(2016, 3, 31))
    key = demo_cast.nadia.key()
    for _ in range(2):
        assert demo_cast.nadia.post(ADVANCE, {"step": "day"}, key=key).status_code == 303
    assert shown(demo_cast) == "vendredi 1er avril 2016"


@pytest.mark.parametrize("step", ["", "year", "-1", "day\x00", "x" * 10_000, None])
def test_a_step_that_is_none_does_not_move_the_date(
    demo_cast: Cast, owner: Engine, step: str | None
) -> None:
    set_date(owner, date(2016, 3, 31))
    answer = demo_cast.nadia.post(ADVANCE, {"step": step} if step is not None else {})
    assert answer.status_code < 500
    assert shown(demo_cast) == "jeudi 31 mars 2016"


def test_the_date_never_leaves_the_years_that_people_live_in(
    demo_cast: Cast, owner: Engine
) -> None:
    set_date(owner, date(2090, 1, 1))
    assert demo_cast.nadia.post(ADVANCE, {"step": "month"}).status_code == 303
    assert shown(demo_cast) == "dimanche 1er janvier 2090"


def test_every_act_takes_the_date_of_its_tenant(demo_cast: Cast, owner: Engine) -> None:
    set_date(owner, date(2016, 12, 31))
    number = demo_cast.case(State.SENT_TO_BANK)
    assert number.startswith("NO-2016-")
    with demo_cast.nadia.at_work() as (session, _):
        case = session.scalars(select(Case).where(Case.number == number)).one()
        events = set(session.scalars(select(CaseEvent.on_date).where(CaseEvent.case_id == case.id)))
        sent = session.scalars(select(Submission).where(Submission.case_id == case.id)).one()
    today = date(2016, 12, 31)
    assert (case.opened_on, case.state_since, events) == (today, today, {today})
    assert (sent.sent_on, sent.due_on) == (today, today + timedelta(days=10))

    demo_cast.nadia.post(ADVANCE, {"step": "day"})
    answer = demo_cast.farid.post("/dossiers/nouveau", CONTACT)
    assert re.fullmatch(r"/dossiers/NO-2017-\d{4}", answer.location)
    assert "31 décembre 2016" in read(demo_cast.nadia.get(f"/dossiers/{number}")).replace(
        "\u00a0", " "
    )
    late = "/dossiers?vue=en-retard&ordre=numero&sens=desc"
    assert number not in demo_cast.nadia.get(late).text
    for _ in range(2):
        demo_cast.nadia.post(ADVANCE, {"step": "week"})
    assert number in demo_cast.nadia.get(late).text


def test_a_tenant_without_a_date_of_its_own_lives_today(demo_cast: Cast, owner: Engine) -> None:
    set_date(owner, None)
    number = demo_cast.case()
    assert number.startswith(f"NO-{today_in_paris().year}-")


def test_a_real_tenant_has_no_band_and_no_button_even_in_a_demo(
    demo_cast: Cast, owner: Engine
) -> None:
    set_date(owner, None, demo=False)
    assert shown(demo_cast) == ""
    assert demo_cast.nadia.post(ADVANCE, {"step": "day"}).status_code == 404


def test_outside_demo_mode_nothing_moves_a_date(
    demo_database: Provision, demo_cast: Cast, owner: Engine
) -> None:
    set_date(owner, date(2016, 3, 31))
    settings = settings_for(demo_database)
    pools = open_pools(settings.database_url, settings.gate_url)
    nadia = demo_cast.nadia.anew()
    nadia.app = create_app(settings, pools)
    assert nadia.post(ADVANCE, {"step": "day"}).status_code == 404
    assert "demo-band" not in nadia.get("/territoire").text
    pools.dispose()
    assert shown(demo_cast) == "jeudi 31 mars 2016"


def test_the_bank_and_the_director_may_move_the_date_too_and_nobody_unknown(
    demo_cast: Cast, owner: Engine
) -> None:
    for who in ("boris", "diane", "tania", "elie", "carole", "farid"):
        set_date(owner, date(2016, 3, 31))
        assert demo_cast.people[who].post(ADVANCE, {"step": "day"}).status_code == 303
        assert shown(demo_cast) == "vendredi 1er avril 2016"
    answer = demo_cast.app.test_client().post(
        ADVANCE, base_url="http://north.localhost", data={"step": "day"}
    )
    assert answer.location.startswith("/connexion")
    assert shown(demo_cast) == "vendredi 1er avril 2016"


@pytest.mark.parametrize("domain", ["microcredit.example", "localhost.example", "127.0.0.1", ""])
def test_a_demo_is_served_under_localhost_alone(demo_database: Provision, domain: str) -> None:
    settings = replace(settings_for(demo_database, demo=True), base_domain=domain)
    with pytest.raises(
        SettingsError, match=r"^Le mode démonstration ne se sert que sous localhost"
    ):
        create_app(settings)
    pools = open_pools(settings.database_url, settings.gate_url)
    assert create_app(replace(settings, demo=False), pools).name == "microcredit"
    pools.dispose()
