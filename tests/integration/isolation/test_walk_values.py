"""Ids of others in bodies and queries: the answer is the one for an id that nobody has."""

import base64
import json
from collections.abc import Iterator

import pytest
from tests.cast import ALPHA, BETA, GAMMA, Cast, Person, read
from tests.integration.isolation.conftest import WALKED
from tests.integration.isolation.connections import Connections, South, value
from tests.integration.isolation.plausible import ROUTES
from tests.integration.isolation.walker import Walker, masked

from microcredit.cases.codes import State
from microcredit.kernel.permissions import Role
from microcredit.kernel.provision import Provision

NOBODYS_ID, NOBODYS_COMMUNE = 987_654_321, "59999"

ROUTE = {route.key: route for route in ROUTES}
LIST, FIGURES = ROUTE["GET cases.index"], ROUTE["GET reporting.figures"]


@pytest.fixture(scope="module")
def walker(cast: Cast, database: Provision, request: pytest.FixtureRequest) -> Iterator[Walker]:
    connect = Connections(database)
    made = Walker(cast, connect.owner())
    yield made
    request.config.stash.setdefault(WALKED, []).append(("values", *made.count()))
    connect.close()


@pytest.fixture(scope="module")
def numbers(walker: Walker, cast: Cast) -> dict[str, str]:
    """One case of each place."""
    return {place.name: place.case(cast, State.APPOINTMENT) for place in walker.grounds.values()}


#: Route, field, who, and the field's value: South's, nobody's, one's own.
FIELDS = {
    "POST cases.appointment": ("place", "farid"),
    "POST submissions.send_case": ("bank", "nadia"),
    "POST cases.contact": ("commune", "farid"),
    "POST cases.diagnosis": ("commune", "nadia"),
}


@pytest.mark.parametrize("key", FIELDS)
def test_an_id_of_another_tenant_in_a_form_is_an_id_that_does_not_exist(
    walker: Walker, cast: Cast, key: str
):
    route, (field, name) = ROUTE[key], FIELDS[key]
    person, alpha, gamma = (
        cast.people[name].anew(),
        walker.grounds["alpha"],
        walker.grounds["gamma"],
    )
    number = alpha.case(cast, route.state) if route.state else ""
    path = route.path.format(number=number)
    mine = route.form(alpha)
    if "version" in mine:
        found = "SELECT max(version) FROM app.case_file WHERE number = %s"
        mine["version"] = value(walker.owner, found, number)
    nobodys = NOBODYS_COMMUNE if field == "commune" else NOBODYS_ID
    before = walker.checksums("south")
    said = {
        walker.refused(person, route, path, {**mine, field: one}, 422)
        for one in (route.form(gamma)[field], nobodys)
    }
    assert len(said) == 1
    walker.succeeds(person, route, path, mine, number)
    assert walker.checksums("south") == before


def test_a_hat_of_somebody_else_is_a_hat_that_does_not_exist(
    walker: Walker, cast: Cast, south: South
):
    route, yves = ROUTE["POST accounts.put_on_hat"], cast.yves.anew()
    hats = "SELECT array_agg(id ORDER BY id) FROM app.membership WHERE account_id = %s"
    mine, nadias = (
        value(walker.owner, hats, yves.account_id),
        value(walker.owner, hats, cast.nadia.account_id),
    )
    said = {
        walker.refused(yves, route, route.path, {"membership": one}, 404)
        for one in (south.membership, *nadias, NOBODYS_ID)
    }
    assert len(said) == 1
    walker.succeeds(yves, route, route.path, {"membership": mine[1]})


def addressed(person: Person, query: dict[str, str]) -> dict[str, str]:
    """A query as the address of the list says it: what was typed stands sealed."""
    asked = dict(query)
    if "q" in asked:
        asked["r"] = person.sealed(asked.pop("q"))
    return asked


def searched(walker: Walker, person: Person, **query: str) -> str:
    """What the list answers to a query; what was typed is masked, since it is shown again."""
    asked = addressed(person, query)
    answer = walker.ask(person, LIST, LIST.path, asked)
    assert answer.status_code == 200
    walker.attempts[LIST.key] += 1
    return masked(answer, *query.values(), *asked.values())


def found(walker: Walker, person: Person, number: str, **query: str) -> None:
    """The twin: the query finds the case."""
    walker.succeeds(person, LIST, LIST.path, addressed(person, query), number)


def readers(cast: Cast, walker: Walker) -> list[Person]:
    return [
        person.anew() for person in cast.people.values() if LIST.roles and person.role in LIST.roles
    ]


def test_a_search_finds_nothing_beyond_reach_and_does_not_show_that_it_exists(
    walker: Walker, cast: Cast, numbers: dict[str, str]
):
    nobodys = {"gamma": "SU-1999-0001", "alpha": "NO-1999-0001", "beta": "NO-1999-0001"}
    for person in readers(cast, walker):
        for place in walker.grounds.values():
            number, start = numbers[place.name], f"lenoirkz{place.name}k"
            if walker.reaches(person, place):
                found(walker, person, number, q=number)
                if person.role is not Role.COORDINATOR:
                    found(
                        walker,
                        person,
                        number,
                        q=start,
                        ordre="numero",
                        sens="desc",
                        etat="appointment",
                    )
                    continue
            else:
                assert searched(walker, person, q=number) == searched(
                    walker, person, q=nobodys[place.name]
                )
            unknown = searched(walker, person, q="lenoirkzomegak")
            for typed in (start, start.upper(), place.canary[:-1], f"sandrine {start}"):
                assert searched(walker, person, q=typed) == unknown


def test_a_filter_by_another_territorys_commune_is_one_by_a_commune_that_does_not_exist(
    walker: Walker, cast: Cast, numbers: dict[str, str]
):
    for person in readers(cast, walker):
        foreign = GAMMA if person.slug == "north" else ALPHA
        answers = [searched(walker, person, commune=code) for code in (foreign, NOBODYS_COMMUNE)]
        assert answers[0] == answers[1]
        for name, code in (("alpha", ALPHA), ("beta", BETA), ("gamma", GAMMA)):
            if walker.reaches(person, walker.grounds[name]):
                found(walker, person, numbers[name], commune=code, q=numbers[name])


def test_a_cursor_that_points_into_another_tenant_gives_ones_own_rows(
    walker: Walker, cast: Cast, numbers: dict[str, str]
):
    row = "SELECT id FROM app.case_file WHERE number = %s"
    for person in readers(cast, walker):
        for place in walker.grounds.values():
            number = numbers[place.name]
            for side in ("after", "before"):
                written = json.dumps([side, number, value(walker.owner, row, number)])
                cursor = base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")
                searched(walker, person, vue="tous", ordre="numero", page=cursor)


def test_figures_take_no_commune_of_another_territory(walker: Walker, cast: Cast):
    for person in (one.anew() for one in cast.people.values()):
        if FIGURES.roles is None or person.role not in FIGURES.roles:
            continue
        foreign = GAMMA if person.slug == "north" else ALPHA
        answers = [
            walker.ask(person, FIGURES, FIGURES.path, {"commune": code})
            for code in (foreign, NOBODYS_COMMUNE)
        ]
        walker.attempts[FIGURES.key] += 1
        assert masked(answers[0], foreign) == masked(answers[1], NOBODYS_COMMUNE)
        assert answers[0].status_code < 500
        walker.succeeds(person, FIGURES, FIGURES.path, {})


def test_the_same_number_in_two_tenants_is_two_cases(walker: Walker, cast: Cast):
    """Numbers are unique per tenant: a prefix says nothing to the database."""
    north, south = (walker.grounds[name].case(cast, State.DIAGNOSIS) for name in ("alpha", "gamma"))
    tenant = "(SELECT id FROM tenancy.tenant WHERE slug = 'south')"
    move = f"UPDATE app.case_file SET number = %s WHERE number = %s AND tenant_id = {tenant}"
    walker.owner.execute(move, (north, south))
    try:
        assert "Kzalphakz" in read(cast.nadia.get(f"/dossiers/{north}"))
        assert "Kzgammakz" in read(cast.lucie.get(f"/dossiers/{north}"))
        assert "Kzgammakz" not in read(cast.nadia.get(f"/dossiers/{north}"))
    finally:
        walker.owner.execute(move, (south, north))


def test_the_walk_of_values_was_long(walker: Walker):
    attempts, twins = walker.count()
    assert attempts > 150
    assert twins > 40
