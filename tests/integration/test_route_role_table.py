"""The committed table of routes and roles is what real requests answer.

`UPDATE_TABLE=1 pytest tests/integration/test_route_role_table.py` writes it again; read the
difference before committing it: it is a decision about rights.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from tests.cast import PASSWORD, Cast, Person
from tests.integration.isolation.connections import Connection, Connections, value
from tests.integration.isolation.forms import Place, Typed, places
from tests.integration.isolation.plausible import ROUTES, Route
from werkzeug.test import TestResponse

from microcredit.cases.codes import State
from microcredit.kernel.permissions import Role
from microcredit.kernel.provision import Provision
from microcredit.web.guard import DECLARED

TABLE = Path(__file__).with_name("route_role_table.md")

#: Who stands for each role, and whose cases are within her scope.
ROLES = {
    Role.CASE_WORKER: "nadia",
    Role.FRONT_DESK: "farid",
    Role.CCAS_DIRECTOR: "diane",
    Role.COORDINATOR: "carole",
    Role.ELECTED_MEMBER: "elie",
    Role.BANK_OFFICER: "boris",
    Role.FUNDER_VIEWER: "fanny",
    Role.TENANT_ADMIN: "tania",
    Role.DPO: "delphine",
    Role.PRESCRIBER_ADVISER: "manon",
}

BLOCKS = {"identity": "identité", "state": "état", "budget": "budget", "opinion": "avis"}
REFUSALS = {
    400: "illisible", 403: "refusé", 404: "introuvable", 409: "pas maintenant",
    422: "à corriger", 429: "trop d’essais",
}  # fmt: skip
KEY = re.compile(r'name="_key" value="([^"]+)"')
BLOCK = re.compile(r'data-block="(\w+)"')

HEAD = """# Qui peut quoi

Ce tableau est produit par les tests : chaque case est la réponse du serveur à une vraie demande,
faite par une personne de ce rôle sur un dossier **de son périmètre**, dans l’état qui convient à
l’acte. Hors périmètre, la réponse est toujours « introuvable » (404), la même que pour un dossier
qui n’existe pas.

| mot | veut dire |
|---|---|
| voit | la page s’ouvre (200) ; suivent les parties d’un dossier qui y sont visibles : identité (qui est la personne, comment la joindre), état (où en est le dossier, dates), budget (foyer, projet, ressources et charges), avis |
| fait | l’acte est accompli (303) |
| renvoi | la réponse conduit ailleurs, par exemple à la connexion (302 ou 303) |
| refusé | ce n’est pas ouvert à ce rôle (403) |
| introuvable | cela n’existe pas ici (404) |
| illisible | la demande n’est pas de celles que le site prépare (400) |
| trop d’essais | une limite protège cette page (429) |
| pas maintenant | le rôle le peut, le dossier ne s’y prête pas (409) |
| à corriger | le rôle le peut, l’envoi est à corriger (422) |
"""  # noqa: E501  (one cell is one line)


@pytest.fixture
def owner(database: Provision) -> Iterator[Connection]:
    connect = Connections(database)
    yield connect.owner()
    connect.close()


def test_every_view_says_whom_it_is_for_and_stands_in_the_table(app: Flask):
    endpoints = {
        rule.endpoint: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()
    }
    views = {
        name: f"{view.__module__}.{view.__name__}"
        for name, view in endpoints.items()
        if name != "static"
    }
    assert set(views.values()) == {name for name in DECLARED if name.startswith("microcredit.")}
    assert {route.endpoint for route in ROUTES} == set(views)
    open_to_all = {name for name, view in views.items() if DECLARED[view] is None}
    assert open_to_all == {
        "home.index", "home.alive", "home.ready", "accounts.sign_in", "accounts.demo_sign_in",
        "accounts.ask_reset", "accounts.reset", "accounts.second_step", "accounts.invitation",
        "accounts.ask_to_join", "accounts.set_out", "accounts.come_back",
        "accounts.come_back_to_all", "accounts.leave_to_all", "accounts.left",
    }  # fmt: skip


def test_the_committed_table_is_what_the_product_answers(cast: Cast, owner: Connection):
    table = made(cast, owner)
    if os.environ.get("UPDATE_TABLE"):
        TABLE.write_text(table, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == table


def made(cast: Cast, owner: Connection) -> str:
    """The table, from real answers."""
    grounds = places(cast, owner)
    for state in (State.CONTACT, State.SENT_TO_BANK, State.APPROVED, State.DISBURSED):
        grounds["alpha"].case(cast, state)  # so that no list is empty
    signed_in = {who: cast.people[who].anew() for who in ROLES.values()}
    columns = [role.label for role in ROLES] + ["Non connecté"]
    lines = [
        "| page ou acte | adresse | " + " | ".join(columns) + " |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for route in ROUTES:
        cells = row(cast, owner, route, grounds["alpha"], signed_in)
        verb = "" if route.method == "GET" else "POST "
        address = route.path.replace("{number}", "‹numéro›")
        lines.append(f"| {route.title} | `{verb}{address}` | " + " | ".join(cells) + " |")
    return HEAD + "\n" + "\n".join(lines) + "\n"


def row(
    cast: Cast, owner: Connection, route: Route, place: Place, signed_in: dict[str, Person]
) -> list[str]:
    """What each role gets of one route; a case serves until somebody acted on it.

    The routes of accounts end sessions, or leave them to be proved again: each is asked by a new one.
    """
    owner.execute("DELETE FROM gate.kept_form")
    cells: list[str] = []
    number = ""
    for who in ROLES.values():
        if route.state and (not cells or cells[-1] == "fait"):
            number = place.case(cast, route.state)
        person = signed_in[who] if "accounts." not in route.endpoint else cast.people[who].anew()
        cells.append(cell(owner, route, place, person, number))
    return [*cells, stranger(cast, owner, route, place)]


def cell(owner: Connection, route: Route, place: Place, person: Person, number: str) -> str:
    """What one role gets of one route, on a case of its scope."""
    assert person.client is not None
    path = route.path.format(number=number)
    if route.method == "GET":
        return words(person.get(path))
    return words(person.post(path, typed(owner, route, place, person, number)))


def typed(owner: Connection, route: Route, place: Place, person: Person, number: str) -> Typed:
    """A form that would be accepted."""
    form = route.form(place)
    if "version" in form:
        form["version"] = value(
            owner, "SELECT max(version) FROM app.case_file WHERE number = %s", number
        )
    match route.endpoint:
        case "accounts.put_on_hat":
            mine = "SELECT min(id) FROM app.membership WHERE account_id = %s"
            form["membership"] = value(owner, mine, person.account_id)
        case "accounts.sign_in":
            form |= {"email": person.email, "password": PASSWORD, "_key": visitor_key(person)}
        case (
            "accounts.ask_reset"
            | "accounts.reset"
            | "accounts.second_step"
            | "accounts.invitation"
            | "accounts.ask_to_join"
            | "accounts.set_out"
        ):
            form |= {"_key": visitor_key(person)}
        case "accounts.demo_sign_in":
            form |= {"account": person.account_id, "_key": visitor_key(person)}
    return form


def visitor_key(person: Person) -> str:
    """The key of the sign-in form, opened in the same browser before signing in."""
    at = {"key": "__Host-sid", "domain": f"{person.slug}.localhost"}
    person.client.delete_cookie(**at)
    page = person.get("/connexion").text
    person.client.set_cookie(value=person.token, secure=True, **at)
    found: str = KEY.findall(page)[0]
    return found


def stranger(cast: Cast, owner: Connection, route: Route, place: Place) -> str:
    """What somebody who is not signed in gets."""
    client = cast.app.test_client()
    origin = cast.nadia.origin
    path = route.path.format(number="NO-2016-0001")
    if route.method == "GET":
        return words(client.get(path, base_url=origin))
    data: Typed = {}
    if route.endpoint in (
        "accounts.sign_in", "accounts.demo_sign_in", "accounts.ask_reset", "accounts.reset",
        "accounts.second_step",
    ):  # fmt: skip
        data = dict(typed(owner, route, place, cast.tania.anew(), ""))
        page = client.get("/connexion", base_url=origin).text
        data["_key"] = KEY.findall(page)[0]
    return words(client.post(path, data=data, base_url=origin))


def words(answer: TestResponse) -> str:
    """The answer in words, with the blocks of a case that the page shows."""
    match answer.status_code:
        case 200:
            marked = set(BLOCK.findall(answer.data.decode("utf-8", "replace")))  # or a document
            blocks = [label for name, label in BLOCKS.items() if name in marked]
            assert marked <= set(BLOCKS)
            return "voit : " + ", ".join(blocks) if blocks else "voit"
        case 302 | 303:
            elsewhere = answer.status_code == 302 or "/connexion" in answer.location
            return "renvoi" if elsewhere else "fait"
        case status:
            return REFUSALS.get(status, f"{status} ?")
