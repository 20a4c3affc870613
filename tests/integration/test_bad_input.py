"""Every form × hostile input: a French answer below 500, what was typed kept, nothing written."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from tests import hostile
from tests.cast import PASSWORD, Cast
from tests.hostile import NORTH, Boxes, Route, Sender, understood
from tests.hostile_queries import QUERIES
from tests.hostile_routes import ROUTES
from werkzeug.test import TestResponse

from microcredit.kernel.provision import Provision
from microcredit.kernel.schema import Text


class Ledger:
    """How many rows every business table holds, and how often its cases were written."""

    def __init__(self, database: Provision) -> None:
        self._engine = create_engine(database.migration_url)
        with self._engine.connect() as connection:
            tables = connection.scalars(
                text(
                    "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                    " WHERE schemaname = 'app' AND tablename NOT IN ('audit_event', 'form_key')"
                )
            ).all()
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in sorted(tables))
        self._statement = text(f"SELECT (SELECT sum(version) FROM app.case_file), {counts}")

    def stands(self) -> tuple[int, ...]:
        """The figures of now."""
        with self._engine.connect() as connection:
            return tuple(connection.execute(self._statement).one())

    def version(self, path: str) -> str:
        """The version of the case that a path is about."""
        statement = text("SELECT version FROM app.case_file WHERE number = :number")
        with self._engine.connect() as connection:
            number = path.split("/")[2]
            return str(connection.execute(statement, {"number": number}).scalar_one())

    def close(self) -> None:
        """Let the limits of sign-in start afresh, and close the connection."""
        with self._engine.begin() as connection:
            connection.execute(text("DELETE FROM gate.attempt"))
        self._engine.dispose()


@pytest.fixture
def ledger(database: Provision) -> Iterator[Ledger]:
    """The rows of the business, counted apart from the product."""
    found = Ledger(database)
    yield found
    found.close()


FORMS = [name for name, route in ROUTES.items() if route.schema]

#: Forms that answer another way than with themselves: nothing to choose from here, or figures alone.
ELSEWHERE = {
    "accounts.demo_sign_in": 404, "accounts.put_on_hat": 404, "home.advance": 404,
    "cases.forget": 404, "cases.finish": 404, "accounts.end_sessions": 404,
    "accounts.remove_factor": 404, "accounts.reset": 404, "accounts.second_step": 303,
    "accounts.end_access": 404, "accounts.name_manager": 400, "accounts.set_out": 404,
    "accounts.switch_provider": 404, "accounts.decide_arrival": 404,
}  # fmt: skip


#: Refused before their form is read: there is no such thing here.
EARLIER = {"home.advance", "accounts.end_access"}

#: What a schema alone cannot judge: it needs the rows of the territory, or stands in no box.
FOUND_LATER = {
    "accueil", "bank", "commune", "instalment", "lines.0.code", "lines.0.periodicity", "lines.11.amount",
    "lines.11.code", "lines.11.periodicity", "lines.201.creditor", "organisation", "orientation", "place",
    "provider", "version",
}  # fmt: skip


def texts(route: Route) -> set[str]:
    """The fields of a form that take any words at all."""
    assert route.schema is not None
    declared = route.schema().fields
    free = {name for name, field in declared.items() if isinstance(field, Text)} - {"commune"}
    return free | {"password", "new_password", "notice_given"} & set(declared)


def closed(route: Route) -> list[str]:
    """The boxes of a form that take a number, an amount, a day, an hour or a code."""
    return [name for name in route.data if name.split(".")[0] not in texts(route)]


def refused(endpoint: str, answer: TestResponse, typed: dict[str, str]) -> None:
    """Refused, and when it is the form again, with all that was typed in its boxes."""
    understood(answer)
    assert answer.status_code == ELSEWHERE.get(endpoint, 422), answer.text
    if answer.status_code == 422:
        for name, value in Boxes(answer.text).found.items():
            assert value == typed.get(name, ""), name


def blamed(answer: TestResponse, boxes: list[str]) -> None:
    """Every one of these boxes is named in the summary of what is wrong."""
    for box in boxes:
        name = box if box.startswith("lines") else box.split(".")[0]
        assert f'href="#f-{name.replace(".", "-")}' in answer.text, name


def test_every_route_that_reads_anything_is_walked(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    assert {rule.endpoint for rule in rules if "POST" in rule.methods} == set(ROUTES)
    assert {rule.endpoint for rule in rules if "GET" in rule.methods} == set(QUERIES)
    for name, route in ROUTES.items():
        known = {typed.split(".")[0] for typed in route.data}
        assert known == set(route.schema().fields if route.schema else ()), name


@pytest.mark.parametrize("endpoint", [name for name in FORMS if closed(ROUTES[name])])
def test_no_field_that_is_no_free_text_takes_nonsense(
    app: Flask, cast: Cast, ledger: Ledger, endpoint: str
) -> None:
    route = ROUTES[endpoint]
    sender = Sender(app, cast, route)
    before = ledger.stands()
    for nonsense in hostile.NONSENSE:
        typed = route.data | dict.fromkeys(closed(route), nonsense)
        answer = sender.send(typed)
        refused(endpoint, answer, typed)
        if answer.status_code == 422:
            blamed(answer, [box for box in closed(route) if box not in FOUND_LATER])
    assert ledger.stands() == before


@pytest.mark.parametrize("endpoint", ["cases.contact", "cases.diagnosis"])
def test_free_text_is_refused_in_words_or_stored_and_shown_as_text(
    app: Flask, cast: Cast, ledger: Ledger, endpoint: str
) -> None:
    route = ROUTES[endpoint]
    sender = Sender(app, cast, route)
    for nonsense in hostile.NONSENSE:
        typed = route.data | dict.fromkeys(texts(route) - {"notice_given"}, nonsense)
        if "version" in typed:
            typed["version"] = ledger.version(sender.path)
        before = ledger.stands()
        answer = sender.send(typed)
        if len(nonsense) > 20 or "\x00" in nonsense:
            refused(endpoint, answer, typed)
            assert ledger.stands() == before
            continue
        assert answer.status_code == 303, answer.text
        page = sender.client.get(answer.location, base_url=NORTH)
        understood(page)
        assert page.status_code == 200
        assert ledger.stands() != before


@pytest.mark.parametrize(
    ("endpoint", "box", "value"),
    [
        ("cases.contact", "commune", "99999"),
        ("cases.contact", "commune", "NaN"),
        ("cases.contact", "commune", "59616"),  # another territory's
        ("cases.diagnosis", "commune", "99999"),
        ("cases.appointment", "place", "999999"),
        ("submissions.send_case", "bank", "999999"),
    ],
)
def test_what_does_not_exist_here_is_refused_beside_its_box(
    app: Flask, cast: Cast, ledger: Ledger, endpoint: str, box: str, value: str
) -> None:
    sender = Sender(app, cast, ROUTES[endpoint])
    typed = ROUTES[endpoint].data | {box: value}
    if "version" in typed:
        typed["version"] = ledger.version(sender.path)
    before = ledger.stands()
    answer = sender.send(typed)
    refused(endpoint, answer, typed)
    blamed(answer, [box])
    assert ledger.stands() == before


@pytest.mark.parametrize("endpoint", ["cases.appointment", "cases.diagnosis"])
def test_no_day_that_is_none_is_taken(
    app: Flask, cast: Cast, ledger: Ledger, endpoint: str
) -> None:
    route = ROUTES[endpoint]
    days = [name[:-4] for name in route.data if name.endswith(".day")]
    sender = Sender(app, cast, route)
    before = ledger.stands()
    for boxes in hostile.DAYS:
        filled = list(zip(("day", "month", "year"), boxes, strict=True))
        typed = route.data | {f"{day}.{box}": value for day in days for box, value in filled}
        answer = sender.send(typed)
        refused(endpoint, answer, typed)
        blamed(answer, days)
    assert ledger.stands() == before


@pytest.mark.parametrize("endpoint", FORMS)
def test_no_form_reaches_a_column_that_is_not_its_own(
    app: Flask, cast: Cast, ledger: Ledger, endpoint: str
) -> None:
    route = ROUTES[endpoint]
    assert route.schema is not None
    sender = Sender(app, cast, route)
    before = ledger.stands()
    for name in set(hostile.FOREIGN_COLUMNS) - set(route.schema().fields):
        typed = route.data | {name: hostile.FOREIGN_COLUMNS[name]}
        refused(endpoint, sender.send(typed), typed)
    assert ledger.stands() == before


@pytest.mark.parametrize("endpoint", FORMS)
def test_a_form_without_its_fields_or_with_one_twice_is_understood(
    app: Flask, cast: Cast, ledger: Ledger, endpoint: str
) -> None:
    route = ROUTES[endpoint]
    sender = Sender(app, cast, route)
    before = ledger.stands()
    refused(endpoint, sender.send({}), {})
    for name in closed(route):
        others = [(other, value) for other, value in route.data.items() if other != name]
        understood(sender.send([*others, (f"{name}[]", "x")]))
        understood(sender.send([*others, (name, "x\x00"), (name, route.data[name])]))
    assert ledger.stands() == before


@pytest.mark.parametrize("endpoint", list(ROUTES))
def test_no_body_that_is_no_form_of_ours_does_anything(
    app: Flask, cast: Cast, ledger: Ledger, endpoint: str
) -> None:
    sender = Sender(app, cast, ROUTES[endpoint])
    before = ledger.stands()
    for kind in ("application/json", "text/plain", "multipart/form-data", "application/octet-stream",
                 "multipart/form-data; boundary=x", ""):  # fmt: skip
        answer = sender.send(b"{}", kind=kind)
        understood(answer)
        assert answer.status_code == 400
    huge = sender.client.post(sender.path, base_url=NORTH, data={"_key": "x" * 600_000})
    understood(huge)
    assert huge.status_code == 413
    assert ledger.stands() == before


@pytest.mark.parametrize("endpoint", FORMS)
def test_a_body_that_decodes_to_no_text_or_to_too_many_names_is_refused(
    app: Flask, cast: Cast, ledger: Ledger, endpoint: str
) -> None:
    route = ROUTES[endpoint]
    sender = Sender(app, cast, route)
    before = ledger.stands()
    free = urlencode({name: route.data[name] for name in route.data if name not in closed(route)})
    for raw in hostile.UNDECODABLE if closed(route) else ():
        body = b"".join(b"&" + name.encode() + b"=" + raw for name in closed(route))
        answer = sender.send(free.encode() + body)
        understood(answer)
        assert answer.status_code >= 400 or endpoint in (
            "accounts.sign_in",
            "cases.diagnosis_figures",
        )
    many = sender.send(route.data | {f"lines.{i}.code": "R01" for i in range(5000)})
    understood(many)
    assert many.status_code == (404 if endpoint in EARLIER else 413)
    assert ledger.stands() == before


def test_lines_that_are_none_of_the_page_are_answered_and_not_stored(
    app: Flask, cast: Cast, ledger: Ledger
) -> None:
    route = ROUTES["cases.diagnosis"]
    sender = Sender(app, cast, route)
    before = ledger.stands()
    for name in ("lines", "lines.", "lines.x.amount", "lines.999.amount", "lines.-1.code", "lines.0.x",
                 "lines.999999999.code", "lines.9999999999.code", "lines." + "9" * 5000):  # fmt: skip
        stale = route.data | {"version": "1", name: "x"}
        answer = sender.send(stale)
        understood(answer)
        assert answer.status_code in (409, 422)
        more = {"lines.40.code": "X", "lines.40.amount": "beaucoup"}
        refused("cases.diagnosis", sender.send(stale | more), stale | more)
    assert ledger.stands() == before


def test_the_same_walk_done_politely_succeeds(app: Flask, cast: Cast, ledger: Ledger) -> None:
    before = ledger.stands()
    for endpoint in (
        "cases.contact",
        "cases.diagnosis",
        "cases.orient",
        "cases.close",
        "submissions.answer",
    ):
        sender = Sender(app, cast, ROUTES[endpoint])
        data = dict(ROUTES[endpoint].data)
        if "version" in data:
            data["version"] = ledger.version(sender.path)
        assert sender.send(data).status_code == 303, endpoint
    signing = Sender(app, cast, ROUTES["accounts.sign_in"])
    known = {"email": "farid@north.example", "password": PASSWORD}
    assert signing.send(known).status_code == 303
    assert ledger.stands() != before
