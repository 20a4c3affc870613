"""Signed tokens of a provider: believed once every line of them has been checked."""

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.errors import JoseError

from microcredit.accounts.services.sso.discovery import Key, Known
from microcredit.accounts.services.sso.errors import Refused
from microcredit.accounts.services.sso.network import read_json

Claims = dict[str, object]

LONGEST = 16 * 1024  # characters
SKEW = 60.0  # seconds that two clocks may differ
OLDEST = 600.0
#: Headers that bring their own key, or that only who understands them may accept.
REFUSED_HEADERS = ("jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc")


@dataclass(frozen=True)
class Expected:
    """What a token must say: for whom, from whom, and in answer to what (`nonce` "" for none)."""

    issuer: str
    client_id: str
    nonce: str = ""
    access_token: str = ""


def verify(token: str, known: Known, refetch: Callable[[], None]) -> Claims:
    """The claims of a token that the provider signed. `refetch` reads its keys once more, in `known`.

    Raises Refused: too long, of an algorithm that was not agreed, of a key that is not published.
    """
    header = _header(token)
    if any(name in header for name in REFUSED_HEADERS):
        raise Refused("header")
    if header.get("alg") not in known.metadata.algorithms:
        raise Refused("algorithm")
    if str(header.get("typ", "JWT")).lower() != "jwt":
        raise Refused("header")
    key = _find(known.keys, header)
    if key is None:
        refetch()
        key = _find(known.keys, header)
    if key is None:
        raise Refused("key")
    try:
        return dict(jwt.decode(token, key, algorithms=[str(header["alg"])]).claims)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise Refused("signature") from error


def check_id_token(claims: Claims, header_alg: str, expected: Expected) -> str:
    """The `sub`, once issuer, audience, times, nonce and the access token's hash fit. Raises Refused."""
    _check_parties(claims, expected)
    _check_times(claims)
    if not expected.nonce or claims.get("nonce") != expected.nonce:
        raise Refused("nonce")
    said = claims.get("at_hash")
    if said is not None and header_alg != "EdDSA":
        made = create_half_hash(expected.access_token, header_alg)
        if made is None or said != made.decode():
            raise Refused("at_hash")
    return subject(claims)


def check_signed_userinfo(claims: Claims, expected: Expected) -> None:
    """Raise Refused unless a signed userinfo is from this issuer, for this client, and of today."""
    _check_parties(claims, expected)
    if "exp" in claims and _moment(claims, "exp") <= time.time() - SKEW:
        raise Refused("expired")


def check_strength(claims: Claims, acr: tuple[str, ...], amr: tuple[str, ...]) -> bool:
    """Whether a second factor was asked for, and proved. Raises Refused when it was asked for in vain.

    `acr`: the level must be one of these. `amr`: one of these means must be among those used.
    """
    if acr and claims.get("acr") not in acr:
        raise Refused("acr")
    used = claims.get("amr")
    if amr and not set(amr) & {
        one for one in (used if isinstance(used, list) else []) if isinstance(one, str)
    }:
        raise Refused("amr")
    return bool(acr or amr)


def check_just_proved(claims: Claims, since: float) -> None:
    """Raise Refused unless the person proved who she is after `since`, by a clock a little off at most."""
    at = claims.get("auth_time")
    if isinstance(at, bool) or not isinstance(at, int | float):
        raise Refused("auth_time")
    if not since - SKEW <= at <= time.time() + SKEW:
        raise Refused("auth_time")


def subject(claims: Mapping[str, object]) -> str:
    """The `sub` of claims. Raises Refused when it could be nobody's."""
    found = claims.get("sub")
    if not isinstance(found, str) or not 0 < len(found) <= 255 or not found.isprintable():
        raise Refused("sub")
    return found


def algorithm(token: str) -> str:
    """The algorithm that a token names."""
    return str(_header(token).get("alg"))


def _check_parties(claims: Claims, expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise Refused("iss")
    said = claims.get("aud")
    audience = said if isinstance(said, list) else [said]
    if expected.client_id not in audience:
        raise Refused("aud")
    azp = claims.get("azp")
    if azp != expected.client_id and (azp is not None or len(audience) > 1):
        raise Refused("azp")


def _check_times(claims: Claims) -> None:
    now = time.time()
    if _moment(claims, "exp") <= now - SKEW:
        raise Refused("expired")
    if not now - OLDEST - SKEW < _moment(claims, "iat") <= now + SKEW:
        raise Refused("iat")
    if "nbf" in claims and _moment(claims, "nbf") > now + SKEW:
        raise Refused("nbf")


def _moment(claims: Claims, name: str) -> int | float:
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise Refused(name)
    return found


def _find(keys: list[Key], header: Mapping[str, object]) -> Key | None:
    kind = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}[str(header["alg"])]
    fit = [key for key in keys if key.key_type == kind]
    if "kid" in header:
        return next((key for key in fit if key.kid == header["kid"]), None)
    return fit[0] if len(fit) == 1 else None


def _header(token: str) -> dict[str, object]:
    if len(token) > LONGEST:
        raise Refused("size")
    if token.count(".") != 2 or not token.isascii():
        raise Refused("unreadable")
    first = token.partition(".")[0]
    try:
        plain = base64.b64decode(first + "=" * (-len(first) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise Refused("unreadable") from error
    return read_json(plain)
