"""A provider of identity of our own, on this machine: an honest one, that can be told to lie."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "microcredit", "a secret of the client"
Json = dict[str, object]

#: The ports that providers of this process ever had: an issuer is never two providers.
_PORTS: set[int] = set()


def b64(data: bytes) -> str:
    """Base 64 as tokens write it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Grant:
    """A code given to a browser, and what it was asked with."""

    asked: dict[str, str]
    used: bool = False


@dataclass
class FakeProvider:
    """Honest by default. Each attribute below `lies` makes it lie in one way."""

    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    person: Json = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    # lies
    claims: Json = field(default_factory=dict)
    without: tuple[str, ...] = ()
    header: Json = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    userinfo: Json = field(default_factory=dict)
    id_token: Callable[["FakeProvider", Json], str | None] | None = None
    published: list[Json] | None = None
    accepts_any_code: bool = False
    in_body: bool = False
    signed_userinfo: bool = False
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        while self.server.server_address[1] in _PORTS:  # another test's provider had this address
            self.server.server_close()
            self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        _PORTS.add(int(self.server.server_address[1]))
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.person = {
            "sub": f"s-{secrets.token_hex(6)}", "email": f"{secrets.token_hex(6)}@mission.example",
            "email_verified": True, "name": "Manon Exemple",
        }  # fmt: skip

    def stop(self) -> None:
        """Away from now on."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def sign_in(self, url: str, **also: str) -> str:
        """What the person's browser does here: the address that it is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(16)
        self.grants[code] = Grant(asked)
        back = {"code": code, "state": asked["state"], "iss": self.issuer, **also}
        parts = urlsplit(asked["redirect_uri"])
        return f"{parts.path}?{urlencode({name: v for name, v in back.items() if v})}"

    def honest(self, asked: dict[str, str]) -> Json:
        """The claims of an id_token, with the lies that were asked for."""
        now = int(time.time())
        claims: Json = {
            "iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": asked["nonce"],
            **self.person, **self.claims,
        }  # fmt: skip
        return {name: value for name, value in claims.items() if name not in self.without}

    def signed(self, claims: Json, key: RSAKey | None = None) -> str:
        """A token, signed by the key that is published unless another is given."""
        used = key or self.key
        header = {"alg": "RS256", "kid": used.kid, **self.header}
        return jwt.encode(header, claims, used, algorithms=["RS256"], registry=None)

    # What it answers.

    def discovery(self) -> Json:
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks", "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True, **self.metadata,
        }  # fmt: skip

    def jwks(self) -> Json:
        public = self.key.as_dict(private=False, use="sig", alg="RS256")
        return {"keys": [public] if self.published is None else self.published}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Json]:
        grant = self.grants.get(form.get("code", ""))
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        body = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if not (body if self.in_body else authorization == f"Basic {basic}"):
            return 401, {"error": "invalid_client"}
        if self.accepts_any_code and grant is None:
            grant = next(reversed(self.grants.values()))
        elif grant is None or grant.used:
            return 400, {"error": "invalid_grant"}
        challenge = b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        fits = (
            challenge == grant.asked["code_challenge"]
            and grant.asked["code_challenge_method"] == "S256"
        )
        if (
            not (fits and form["redirect_uri"] == grant.asked["redirect_uri"])
            and not self.accepts_any_code
        ):
            return 400, {"error": "invalid_grant"}
        grant.used = True
        claims = self.honest(grant.asked)
        made = self.id_token(self, claims) if self.id_token else self.signed(claims)
        answer: Json = {"access_token": "at", "token_type": "Bearer", "expires_in": 300}
        return 200, answer if made is None else {**answer, "id_token": made}


class Handler(BaseHTTPRequestHandler):
    """Answers for the provider that the class made by `handler_of` holds."""

    provider: FakeProvider

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def json(self, status: int, found: Json) -> None:
        self.reply(status, {"Content-Type": "application/json"}, json.dumps(found).encode())

    def answered(self) -> bool:
        self.provider.requests.append(self.path)
        if self.path in self.provider.answers:
            self.reply(*self.provider.answers[self.path])
        return self.path in self.provider.answers

    def about(self) -> None:
        assert self.headers["Authorization"] == "Bearer at"
        said: Json = {**self.provider.person, **self.provider.userinfo}
        if self.provider.signed_userinfo:
            said = {"iss": self.provider.issuer, "aud": CLIENT, **said}
            body = self.provider.signed(said).encode()
            self.reply(200, {"Content-Type": "application/jwt"}, body)
        else:
            self.json(200, said)

    def do_GET(self) -> None:
        if self.answered():
            return
        if self.path == "/userinfo":
            self.about()
        elif self.path == "/jwks":
            self.json(200, self.provider.jwks())
        else:
            self.json(200, self.provider.discovery())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if not self.answered():
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.json(*self.provider.token(form, self.headers.get("Authorization", "")))


def handler_of(provider: FakeProvider) -> type[Handler]:
    """The handler of one provider's requests."""
    return type("OwnHandler", (Handler,), {"provider": provider})
