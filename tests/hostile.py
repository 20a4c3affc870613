"""What strangers and broken programs send, and a plausible request for every route to spoil with it."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from tests.cast import Cast, read
from werkzeug.test import TestResponse

from microcredit.kernel.schema import BaseSchema

NORTH = "http://north.localhost"
FORM = "application/x-www-form-urlencoded"
XSS = '"><script>alert(1)</script>'

ENGLISH = (
    "Not a valid",
    "Missing data",
    "Unknown field",
    "Bad Request",
    "Invalid",
    "Traceback",
    "Error",
)

#: Nothing that a number, an amount, a day, an hour or a code could be.
NONSENSE = (
    "NaN", "1e309", "1,5,5", "-1", "1" + "0" * 30, "null", "[]", "x" * 10_000, "\x00", "a\x00b",
    "\u202e12", "🚗", XSS, "' OR 1=1 --", "{{7*7}}", "999999999",
)  # fmt: skip

#: Bodies that decode to no text: an unpaired surrogate and a cut sequence, raw and escaped.
UNDECODABLE = (b"%ED%A0%80", b"%FF", b"\xed\xa0\x80", b"\xff\xfe", b"%u0041", b"%", b"%C3")

#: Days that are none, or none that anybody lives in.
DAYS = (("31", "02", "2016"), ("1", "1", "0001"), ("31", "12", "9999"), ("1", "1", "0000"),
        ("0", "0", "2016"), ("1", "", ""), ("-1", "1", "2016"), ("1", "1", "9" * 20))  # fmt: skip

#: Columns that a form must not reach.
FOREIGN_COLUMNS = {
    "tenant_id": "2", "state": "approved", "state_since": "2016-01-01", "number": "NO-2016-9999",
    "id": "1", "desk_id": "1", "person_id": "1", "account_id": "1", "role": "tenant_admin",
    "opened_on": "2016-01-01", "answered_by": "1", "version[]": "1",
}  # fmt: skip

ODD_NUMBERS = (
    "NO-2016-0001%00", "NO-2016-0001%0A", "no-2016-0001", "NO-2016-%D9%A0%D9%A0%D9%A0%D9%A1",
    "NO-9999-9999999", "NO-0000-0000", "%ED%A0%80", "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "..%2F..%2Fcomptes", "NO-2016-0001'--", "N" * 2000, "%F0%9F%9A%97", "1", "NO-2016-00000001",
)  # fmt: skip


def cursor(*parts: object) -> str:
    """A cursor that looks like ours."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


CURSORS = (
    "x", "%00", "é", "====", "W1tb" * 90, cursor("after", "\ud800", 1), cursor("after", "a\x00", 1),
    cursor("after", 2**63 - 1, 2**63 - 1), cursor("before", -(2**63) + 1, 1), cursor("after", 2**70, 1),
    cursor("after", "0001-01-01", 1), cursor("before", "9999-12-31", 1), cursor("after", None, None),
    cursor("after", "' OR 1=1 --", 1), cursor("before", "", 0), cursor("after", [[]], 1),
    cursor("after", 1.5, 1), cursor("after", True, True), cursor("after", "NO-2016-0001", 1),
)  # fmt: skip


@dataclass
class Route:
    """A plausible request to one POST route: who, where, what."""

    who: str
    path: Callable[[Cast], str]
    schema: type[BaseSchema] | None = None
    data: dict[str, str] = field(default_factory=dict)


class Boxes(HTMLParser):
    """What stands in the boxes of a page, by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._area: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type") or "text"
        if (
            tag == "input"
            and name
            and kind not in ("hidden", "radio", "checkbox", "password", "search")
        ):
            self.found[name] = given.get("value") or ""
        elif tag == "textarea" and name:
            self._area = name
            self.found[name] = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None


class Sender:
    """Sends forms to one route as the person it is for, each with a key of its own."""

    def __init__(self, app: Flask, cast: Cast, route: Route) -> None:
        self.path = route.path(cast)
        self._person = cast.people[route.who].anew() if route.who else None
        self.client: FlaskClient = self._person.client if self._person else app.test_client()

    def key(self) -> str:
        """A key for the form, as the page would have it."""
        if self._person:
            return self._person.key()
        page = self.client.get("/connexion", base_url=NORTH).text
        return page.split('name="_key" value="')[1].split('"')[0]

    def send(
        self, data: dict[str, str] | list[tuple[str, str]] | bytes, kind: str = FORM
    ) -> TestResponse:
        """POST these names and values, or these very bytes after the key."""
        body = urlencode({"_key": self.key()}).encode() + b"&"
        body += data if isinstance(data, bytes) else urlencode(data).encode()
        return self.client.post(self.path, base_url=NORTH, data=body, content_type=kind)


def understood(answer: TestResponse) -> None:
    """Every answer is below 500, French when it refuses, and runs nobody's script."""
    assert answer.status_code < 500, answer.text
    assert XSS not in answer.text
    if answer.status_code >= 400:
        assert '<html lang="fr"' in answer.text
        assert not any(word in read(answer) for word in ENGLISH)
    if answer.status_code == 422 and '<html lang="fr"' in answer.text:
        assert 'role="alert"' in answer.text
