"""What a provider publishes of itself: where to go, and the keys it signs with. Kept for an hour."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from microcredit.accounts.services.sso.errors import Refused
from microcredit.accounts.services.sso.network import check_address, get_json

#: Signatures of a private key alone: no secret that both sides know, never « none ».
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
LIFETIME = 3600.0  # seconds
MOST_KEPT, MOST_KEYS = 200, 50
Key = RSAKey | ECKey | OKPKey


@dataclass(frozen=True)
class Metadata:
    """The part of a discovery document that is used; every address in it was checked."""

    issuer: str
    authorization: str
    token: str
    userinfo: str
    keys: str
    algorithms: tuple[str, ...]
    #: Whether it says who it is in the address of the return (RFC 9207).
    names_itself: bool
    secret_in_body: bool
    takes_claims: bool
    #: Where its own session is ended, by the browser; "" for one that offers no such place.
    end_session: str


@dataclass
class Known:
    """A provider's metadata and keys, and when they were read."""

    metadata: Metadata
    keys: list[Key]
    at: float


@dataclass
class Directory:
    """The providers read lately, per process. A provider that was edited is another one here."""

    _known: dict[tuple[object, ...], Known] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, who: tuple[object, ...], issuer: str, *, loopback: bool) -> Known:
        """What `issuer` publishes, read again after an hour. Raises Refused."""
        key = (*who, issuer, loopback)
        found = self._known.get(key)
        if found is None or time.monotonic() - found.at > LIFETIME:
            metadata = discover(issuer, loopback=loopback)
            keys = read_keys(metadata.keys, loopback=loopback)
            found = Known(metadata, keys, time.monotonic())
            with self._lock:
                if len(self._known) >= MOST_KEPT:
                    self._known.clear()
                self._known[key] = found
        return found


DIRECTORY = Directory()


def discover(issuer: str, *, loopback: bool) -> Metadata:
    """Read a provider's discovery document. Raises Refused when it speaks for another issuer."""
    found = get_json(issuer.rstrip("/") + "/.well-known/openid-configuration", loopback=loopback)
    if found.get("issuer") != issuer:
        raise Refused("issuer")

    def address(name: str) -> str:
        return check_address(str(found.get(name) or ""), loopback=loopback)

    methods = _words(found, "token_endpoint_auth_methods_supported", "client_secret_basic")
    listed = _words(found, "id_token_signing_alg_values_supported", "RS256")
    return Metadata(
        issuer=issuer,
        authorization=address("authorization_endpoint"),
        token=address("token_endpoint"),
        userinfo=address("userinfo_endpoint") if found.get("userinfo_endpoint") else "",
        keys=address("jwks_uri"),
        algorithms=tuple(one for one in ALGORITHMS if one in listed),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        secret_in_body="client_secret_basic" not in methods,
        takes_claims=found.get("claims_parameter_supported") is True,
        end_session=address("end_session_endpoint") if found.get("end_session_endpoint") else "",
    )


def read_keys(url: str, *, loopback: bool) -> list[Key]:
    """The keys that may sign: public ones, of a fit kind and size; the others are left out."""
    listed = get_json(url, loopback=loopback).get("keys")
    if not isinstance(listed, list):
        raise Refused("keys")
    return [key for one in listed[:MOST_KEYS] if (key := _key(one)) is not None]


def _key(one: object) -> Key | None:
    if not isinstance(one, Mapping) or one.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    if one.get("use", "sig") != "sig" or "d" in one:
        return None
    try:
        key = import_key({str(name): value for name, value in one.items() if name != "x5c"})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey):
        return key if key.public_key.key_size >= 2048 else None
    return key if isinstance(key, ECKey | OKPKey) else None


def _words(found: Mapping[str, object], name: str, default: str) -> list[str]:
    listed = found.get(name)
    return [str(one) for one in listed] if isinstance(listed, list) else [default]
