"""Who a provider says has come: claims made into what the database decides about."""

import re

from microcredit.accounts.gate.providers import Arrived
from microcredit.accounts.services.sso import tokens

EMAIL = re.compile(r"[^\s@\"<>]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
SIRET = re.compile(r"[0-9]{14}")
ROLE = re.compile(r"[a-z0-9_]{1,40}")
MOST_ROLES = 10


def person_of(claims: tokens.Claims) -> Arrived:
    """The person of these claims; what is not of the expected form counts as not said."""
    email, siret = _words(claims, "email").lower(), _words(claims, "siret").replace(" ", "")
    email = email if EMAIL.fullmatch(email) and email.isascii() else ""
    family = _words(claims, "usual_name") or _words(claims, "family_name")
    name = _words(claims, "name") or f"{_words(claims, 'given_name')} {family}".strip() or email
    return Arrived(
        sub=tokens.subject(claims),
        email=email or None,
        verified=claims.get("email_verified") is True,
        name=name or "Sans nom",
        siret=siret if SIRET.fullmatch(siret) else None,
        roles=_roles(claims.get("roles")),
    )


def _words(claims: tokens.Claims, name: str) -> str:
    found = claims.get(name)
    return " ".join(found.split())[:100] if isinstance(found, str) and found.isprintable() else ""


def _roles(said: object) -> tuple[str, ...]:
    listed = said if isinstance(said, list) else []
    fine = (one for one in listed if isinstance(one, str) and ROLE.fullmatch(one))
    return tuple(dict.fromkeys(fine))[:MOST_ROLES]
