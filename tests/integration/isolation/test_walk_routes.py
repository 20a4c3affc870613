"""Every route, every person, ids of four pools: nothing of another tenant or scope is seen or changed."""

from collections.abc import Iterator

import pytest
from flask import Flask
from tests.cast import Cast, Person
from tests.integration.isolation.conftest import WALKED
from tests.integration.isolation.connections import Connections, value
from tests.integration.isolation.forms import Place
from tests.integration.isolation.plausible import ABOUT_CASES, ROUTES, Route
from tests.integration.isolation.walker import REACH, Walker

from microcredit.kernel.permissions import Role
from microcredit.kernel.provision import Provision

#: A number that no case has; as long as the others.
NOBODYS = "{prefix}-1999-{digits}"


@pytest.fixture(scope="module")
def walker(cast: Cast, database: Provision, request: pytest.FixtureRequest) -> Iterator[Walker]:
    connect = Connections(database)
    made = Walker(cast, connect.owner())
    yield made
    request.config.stash.setdefault(WALKED, []).append(("routes", *made.count()))
    connect.close()


@pytest.fixture(scope="module")
def people(cast: Cast, walker: Walker) -> list[Person]:
    """Everybody, at a computer of their own for this walk."""
    return [person.anew() for person in cast.people.values()]


def version_of(walker: Walker, number: str) -> int:
    found: int = value(
        walker.owner, "SELECT max(version) FROM app.case_file WHERE number = %s", number
    )
    return found


def numbered(route: Route, number: str) -> str:
    return route.path.format(number=number)


def test_the_walk_knows_every_route_and_everybody(app: Flask, cast: Cast):
    known = {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    assert {route.key for route in ROUTES} == known
    assert set(REACH) == set(cast.people)
    assert {route.key for route in ABOUT_CASES} == {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if "number" in rule.arguments
    }


@pytest.fixture(scope="module")
def targets(walker: Walker, cast: Cast) -> dict[Route, dict[str, str]]:
    """For each route a case of each place in the state that the route wants; nobody may change it."""
    cases = {
        state: {place.name: place.case(cast, state) for place in walker.grounds.values()}
        for state in {route.state for route in ABOUT_CASES if route.state}
    }
    return {route: cases[route.state] for route in ABOUT_CASES if route.state}


@pytest.mark.parametrize("slug", ["north", "south"])
def test_no_route_opens_a_case_of_another_tenant_or_scope(
    walker: Walker,
    cast: Cast,
    people: list[Person],
    targets: dict[Route, dict[str, str]],
    slug: str,
):
    mine = [person for person in people if person.slug == slug]
    theirs = "south" if slug == "north" else "north"
    assert len(targets) == len(ABOUT_CASES)
    versions = {
        number: version_of(walker, number) for of in targets.values() for number in of.values()
    }
    before, trail = walker.checksums(theirs), walker.recorded(mine)
    walker.refusals.clear()
    for route, numbers in targets.items():
        for person in mine:
            attack(walker, person, route, numbers)
    assert {number: version_of(walker, number) for number in versions} == versions
    for person in mine:
        assert walker.refusals[person.account_id] > 0
    assert walker.recorded(mine) == {
        account: count + walker.refusals[account] for account, count in trail.items()
    }
    for route in targets:
        for person in mine:
            if route.roles and person.role in route.roles:
                twin(walker, cast, person, route, targets[route])
    assert walker.checksums(theirs) == before
    missing = {route.key for route in targets} - set(walker.twins)
    assert not missing, "an attempt without its twin does not count"


def attack(walker: Walker, person: Person, route: Route, numbers: dict[str, str]) -> None:
    """Ask for what is not hers: by role on every pool, by scope on all but her own."""
    assert route.roles is not None
    may = person.role in route.roles
    beyond = [p for p in walker.grounds.values() if not (may and walker.reaches(person, p))]
    own = home(walker, person)
    said = {
        refuse(walker, person, route, numbers[place.name], place, 404 if may else 403)
        for place in beyond
    }
    nobodys = NOBODYS.format(prefix="NO" if person.slug == "north" else "SU", digits="0001")
    said.add(refuse(walker, person, route, nobodys, own, 404 if may else 403))
    assert len(said) == 1, (person.name, route.key, "a foreign case is told from one that is not")


def home(walker: Walker, person: Person) -> Place:
    """A place that she reaches, or of her tenant."""
    grounds = [place for place in walker.grounds.values() if place.slug == person.slug]
    return next((place for place in grounds if walker.reaches(person, place)), grounds[0])


def refuse(
    walker: Walker, person: Person, route: Route, number: str, place: Place, status: int
) -> str:
    return walker.refused(person, route, numbered(route, number), route.form(place), status, number)


def twin(walker: Walker, cast: Cast, person: Person, route: Route, numbers: dict[str, str]) -> None:
    """The same route on a case of each place that she reaches; a new one when the act changes it."""
    assert route.state is not None
    for place in walker.grounds.values():
        if not walker.reaches(person, place):
            continue
        number = place.case(cast, route.state) if route.answer == 303 else numbers[place.name]
        typed = route.form(place)
        if "version" in typed:
            typed["version"] = version_of(walker, number)
        proofs = ["/banque"] if route.key == "POST submissions.answer" else [number]
        if route.key == "POST cases.diagnosis_figures":
            proofs = ["1\u202f050,00"]
        if route.answer >= 400:  # refused for the id in the form, or for the day: it names no case
            proofs = []
        if route.named and person.role is not Role.COORDINATOR:
            proofs.append(place.canary)
        before = version_of(walker, number)
        walker.succeeds(person, route, numbered(route, number), typed, *proofs)
        wrote = route.answer == 303
        assert version_of(walker, number) == before + wrote


def test_pages_without_an_id_are_open_to_their_roles_alone_and_show_their_scope_alone(
    walker: Walker, people: list[Person]
):
    kept = {
        "accounts.sign_in", "accounts.sign_out", "accounts.put_on_hat", "accounts.demo_sign_in",
        "accounts.ask_reset", "accounts.reset", "accounts.second_step", "accounts.invitation",
        "accounts.ask_to_join", "accounts.set_out",
    }  # fmt: skip
    for route in ROUTES:
        # Some pages ask again who it is five minutes after the proof: the walk is longer than that.
        walker.owner.execute("UPDATE gate.session SET first_factor_at = now()")
        if route.about_a_case or route.endpoint in kept or route.endpoint == "home.advance":
            continue
        for person in people:
            own = home(walker, person)
            if route.roles is not None and person.role not in route.roles:
                walker.refused(person, route, route.path, route.form(own), 403)
            else:
                walker.succeeds(person, route, route.path, route.form(own))


def test_the_walk_was_long(walker: Walker):
    attempts, twins = walker.count()
    assert attempts > 1200
    assert twins > 120
    assert set(walker.attempts) == set(walker.twins) & set(walker.attempts)
    assert set(walker.attempts) >= {route.key for route in ABOUT_CASES}
