"""A browser that signs in as people do, and a second factor that it holds."""

import re
import time
from html import unescape
from itertools import count

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from tests.cast import PASSWORD, Person, read
from werkzeug.test import TestResponse

KEY = re.compile(r'name="_key" value="([^"]+)"')
SECRET = re.compile(r'name="secret" value="([^"]+)"')
SHOWN = re.compile(r'class="totp-key">([A-Z2-7 ]+)<')
CODE = re.compile(r"<code>([A-Z2-7-]{19})</code>")

_addresses = (f"10.66.{n // 250}.{n % 250 + 1}" for n in count())


class Visitor:
    """One browser at one network address, with its cookies; a person may sign in in it."""

    def __init__(self, app: Flask, person: Person) -> None:
        self.person = person
        self.address = next(_addresses)
        self.client: FlaskClient = app.test_client()
        self.secret = ""

    def get(self, path: str, **more: object) -> TestResponse:
        """Read a page of the person's tenant."""
        return self.client.get(path, base_url=self.person.origin, **more)

    def post(self, path: str, typed: dict[str, str] | None = None, page: str = "") -> TestResponse:
        """Send the form of a page with the key that it holds."""
        found = KEY.findall(self.get(page or path).text)
        return self.client.post(
            path,
            data={"_key": unescape(found[-1]) if found else "", **(typed or {})},
            base_url=self.person.origin,
            environ_overrides={"REMOTE_ADDR": self.address},
            headers={
                "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
            },
        )

    def sign_in(self, password: str = PASSWORD, email: str = "") -> TestResponse:
        """The first step."""
        return self.post("/connexion", {"email": email or self.person.email, "password": password})

    def second(self, code: str) -> TestResponse:
        """The second step."""
        return self.post("/connexion/verification", {"code": code})

    def is_in(self) -> bool:
        """Whether a page of the person's work opens."""
        return self.get("/dossiers").status_code == 200

    def add_totp(self, ago: int = 30) -> str:
        """Set up an application; the code of the step before proves it, so that now's may serve.

        At the end of a step it would be two steps old when it arrives: wait for the next one first.
        """
        page = self.get("/ma-securite/application").text
        left = 30 - time.time() % 30
        if left < 3:
            time.sleep(left)
        self.secret = SHOWN.findall(page)[0].replace(" ", "")
        typed = {"secret": unescape(SECRET.findall(page)[0]), "code": self.code(-ago)}
        answer = self.post("/ma-securite/application", typed)
        assert answer.status_code == 303, read(answer)
        return self.secret

    def code(self, seconds: int = 0) -> str:
        """What the application shows, on a telephone whose clock is off by so many seconds."""
        return pyotp.TOTP(self.secret).at(int(time.time()) + seconds)

    def codes(self) -> list[str]:
        """Ten codes on paper."""
        answer = self.post("/ma-securite/codes")
        assert answer.status_code == 200, read(answer)
        return CODE.findall(answer.text)
