"""Public numbers: no gap, no double, each tenant and year its own, with eight desks writing at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from sqlalchemy import text
from tests.cast import ALPHA, GAMMA, Cast, Person, a_contact
from tests.integration.isolation.connections import Connection, value

from microcredit.cases.services.contact import open_contact

WRITERS, EACH = 8, 8


class Abandoned(Exception):
    """The act fails after its number was taken."""


def last(owner: Connection, slug: str, year: int) -> int:
    """The last number given in a tenant and year."""
    found: int = value(
        owner,
        "SELECT coalesce(max(last), 0) FROM app.case_counter c JOIN tenancy.tenant t ON t.id = c.tenant_id"
        " WHERE t.slug = %s AND c.year = %s",
        slug, year,
    )  # fmt: skip
    return found


def stored(owner: Connection, slug: str, year: int, after: int) -> list[int]:
    """The numbers of the cases of a tenant and year, above one, in order."""
    rows = owner.execute(
        "SELECT number FROM app.case_file c JOIN tenancy.tenant t ON t.id = c.tenant_id"
        " WHERE t.slug = %s AND number ~ %s ORDER BY number",
        (slug, f"^[A-Z]+-{year}-"),
    ).fetchall()
    numbers = [int(number.rsplit("-", 1)[1]) for (number,) in rows]
    return [number for number in numbers if number > after]


def test_eight_writers_at_once_leave_neither_gap_nor_double(cast: Cast, owner: Connection):
    year = date.today().year  # noqa: DTZ011  (not run in the last second of a year)
    before = {slug: last(owner, slug, year) for slug in ("north", "south")}
    together = Barrier(WRITERS)
    desks = [(cast.farid if turn % 2 else cast.flora).anew() for turn in range(WRITERS)]
    assert all(desk.client is not None for desk in desks)

    def write(desk: Person) -> list[str]:
        kept = []
        commune = GAMMA if desk.slug == "south" else ALPHA
        together.wait(timeout=20)
        for turn in range(EACH):
            try:
                with desk.at_work() as (session, identity):
                    number = open_contact(session, identity, a_contact(commune=commune)).number
                    if turn % 3 == 1:
                        raise Abandoned
                kept.append(f"{desk.slug} {number}")
            except Abandoned:
                pass
        return kept

    with ThreadPoolExecutor(WRITERS) as hands:
        given = [number for numbers in hands.map(write, desks) for number in numbers]
    abandoned = len([turn for turn in range(EACH) if turn % 3 == 1])
    assert len(given) == len(set(given)) == WRITERS * (EACH - abandoned)
    for slug, prefix in (("north", "NO"), ("south", "SU")):
        mine = sorted(number.split()[1] for number in given if number.startswith(slug))
        after = last(owner, slug, year)
        assert after - before[slug] == len(mine) == WRITERS // 2 * (EACH - abandoned)
        assert mine == [
            f"{prefix}-{year}-{number:04d}" for number in range(before[slug] + 1, after + 1)
        ]
        assert stored(owner, slug, year, before[slug]) == list(range(before[slug] + 1, after + 1))


def test_each_year_and_each_tenant_begins_at_one_and_numbers_grow_past_four_digits(
    cast: Cast, owner: Connection
):
    """The business date of the act gives the year. Nothing of this is kept."""
    for desk, commune, prefix in ((cast.farid, ALPHA, "NO"), (cast.flora, GAMMA, "SU")):
        given = []
        with desk.at_work() as (session, identity):
            for day in (date(2031, 12, 31), date(2031, 12, 31), date(2032, 1, 1)):
                session.info["demo_date"] = day
                given.append(open_contact(session, identity, a_contact(commune=commune)).number)
            session.execute(text("UPDATE app.case_counter SET last = 9998 WHERE year = 2032"))
            for _ in range(2):
                given.append(open_contact(session, identity, a_contact(commune=commune)).number)
            session.rollback()
        years = ("2031-0001", "2031-0002", "2032-0001", "2032-9999", "2032-10000")
        assert given == [f"{prefix}-{year}" for year in years]
        assert last(owner, desk.slug, 2031) == last(owner, desk.slug, 2032) == 0
