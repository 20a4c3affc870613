"""Requests to addresses that a tenant's administrator, or a provider, has written.

Only https, only to public addresses: the name is resolved, every address is checked, and the one that
was checked is the one that is called. No redirect is followed, nothing is read beyond a size or a time.
"""

import io
import ipaddress
import json
import socket
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from microcredit.accounts.services.sso.errors import Refused

TIMEOUT, WHOLE = 5.0, 15.0  # seconds: for one step, for an answer
LARGEST = 256 * 1024  # bytes
PIECE = 16 * 1024
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Whose last four bytes are an IPv4 address of somewhere else.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether an address is of the open internet, and hides none that is not."""
    hidden: list[Address | None] = []
    if isinstance(address, ipaddress.IPv6Address):
        hidden = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in TRANSLATED:
            hidden.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
    fine = address.is_global and not address.is_multicast and not address.is_reserved
    return fine and all(one is None or is_public(one) for one in hidden)


def dial(host: str, port: int, *, loopback: bool) -> socket.socket:
    """A connection to a checked address of `host`. Raises Refused when any of them may not be called."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    for *_, where in found:
        address = ipaddress.ip_address(str(where[0]))
        if not (is_public(address) or (loopback and address.is_loopback)):
            raise Refused("address")
    failed: OSError = OSError("no address")
    for family, kind, protocol, _, where in found:
        opened = socket.socket(family, kind, protocol)
        opened.settimeout(TIMEOUT)
        try:
            opened.connect(where)
        except OSError as error:
            opened.close()
            failed = error
        else:
            return opened
    raise failed


class _Public(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return dial(self.host, self.port or 443, loopback=False)


class _Loopback(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return dial(self.host, self.port or 80, loopback=True)


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _Public


class _LoopbackPool(HTTPConnectionPool):
    ConnectionCls = _Loopback


class Guard(HTTPAdapter):
    """Carries requests to where they may go; whatever else is asked of it."""

    def __init__(self, *, loopback: bool) -> None:
        super().__init__(max_retries=0)
        self._loopback = loopback
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool, "http": _LoopbackPool}

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, timeout: object = None,
        verify: object = True, cert: object = None, proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:  # fmt: skip
        """One request, its answer read whole. Raises Refused."""
        check_address(str(request.url), loopback=self._loopback)
        try:
            answer = super().send(request, stream=True, timeout=TIMEOUT, verify=True)
            called = answer.raw
            try:
                answer.raw = io.BytesIO(_read(answer))
            finally:
                called.close()
        except (requests.RequestException, OSError) as error:
            raise Refused("away") from error
        if answer.is_redirect or 300 <= answer.status_code < 400:
            raise Refused("redirect")
        if answer.status_code >= 500:
            raise Refused("away")
        return answer


def check_address(url: str, *, loopback: bool) -> str:
    """The address, when it is one that may be called or sent to. Raises Refused otherwise."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise Refused("address") from error
    local = loopback and host in ("127.0.0.1", "localhost", "::1")
    scheme = parts.scheme == "https" or (local and parts.scheme == "http")
    if not (scheme and host and len(url) <= 2000 and url.isascii() and url.isprintable()):
        raise Refused("address")
    if parts.username is not None or parts.fragment:
        raise Refused("address")
    return url


def session_with(session: requests.Session, *, loopback: bool) -> None:
    """Put the guard before everything that this session asks."""
    session.trust_env = False
    session.headers["Accept-Encoding"] = "identity"
    session.adapters.clear()
    for scheme in ("https://", "http://"):  # the guard refuses the second one, unless it is of here
        session.mount(scheme, Guard(loopback=loopback))


def get_json(url: str, *, loopback: bool) -> dict[str, object]:
    """A public JSON object. Raises Refused."""
    with requests.Session() as session:
        session_with(session, loopback=loopback)
        answer = session.get(
            url, headers={"Accept": "application/json"}, timeout=TIMEOUT, allow_redirects=False
        )
    if answer.status_code != 200:
        raise Refused("away")
    return read_json(answer.content)


def read_json(content: bytes) -> dict[str, object]:
    """An object of JSON. Raises Refused for anything else."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused("unreadable") from error
    if not isinstance(found, dict):
        raise Refused("unreadable")
    return found


def _read(answer: requests.Response) -> bytes:
    until, pieces, size = time.monotonic() + WHOLE, [], 0
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused("unreadable")
    while piece := answer.raw.read1(PIECE, decode_content=False):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise Refused("size")
        if time.monotonic() > until:
            raise Refused("away")
    return b"".join(pieces)
