"""Passkeys: a key that the browser keeps and unlocks by a finger, a face or a code.

The challenge waits in the database for the session, or the sign-in, that asked for it, and serves once.
"""

import hashlib
from dataclasses import dataclass

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from microcredit.accounts.gate import Factor, Gate
from microcredit.accounts.services.factors import TooManyFactors, count
from microcredit.kernel.errors import DomainError

VERIFIED = UserVerificationRequirement.REQUIRED
ADD, PROVE = "add", "prove"


class WrongPasskey(DomainError):
    """The browser's answer proves nothing here: one answer, whatever is wrong with it."""

    status = 422
    message = "Cette clé n’a pas été reconnue. Recommencez, ou servez-vous d’un code."

    def __init__(self) -> None:
        super().__init__(self.message, fields={"credential": self.message})


@dataclass(frozen=True)
class Site:
    """Where passkeys are valid: the host they are bound to, and the origin that may ask for them."""

    slug: str
    host: str
    origin: str
    name: str


def options_to_add(gate: Gate, site: Site, account_id: int, name: str, token: str) -> str:
    """What the browser needs to make a passkey, as JSON; its challenge is kept for this session."""
    handle = hashlib.sha256(f"{site.slug};{account_id}".encode()).digest()
    made = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=handle,
        user_name=name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=VERIFIED
        ),
        exclude_credentials=_descriptors(gate.factors(site.slug, token)),
    )
    gate.put_challenge(site.slug, token, ADD, made.challenge)
    return options_to_json(made)


def add(gate: Gate, site: Site, token: str, answer: str, name: str) -> None:
    """Add the passkey that the browser made. Raises WrongPasskey, TooManyFactors."""
    challenge = gate.take_challenge(site.slug, token, ADD)
    if challenge is None:
        raise WrongPasskey
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise WrongPasskey from wrong
    added = gate.add_passkey(
        site.slug, token, name, made.credential_id, made.credential_public_key, made.sign_count
    )
    if not added:
        raise TooManyFactors


def options_to_prove(gate: Gate, site: Site, token: str) -> str:
    """What the browser needs to use a passkey, as JSON; "" for who has none."""
    known = _descriptors(gate.factors(site.slug, token))
    if not known:
        return ""
    made = generate_authentication_options(
        rp_id=site.host, allow_credentials=known, user_verification=VERIFIED
    )
    gate.put_challenge(site.slug, token, PROVE, made.challenge)
    return options_to_json(made)


def prove(gate: Gate, site: Site, token: str, answer: str) -> None:
    """Prove who holds the token by the browser's answer. Raises WrongPasskey or TooManyAttempts."""
    challenge = gate.take_challenge(site.slug, token, PROVE)
    factors = gate.factors(site.slug, token)
    if challenge is None or not factors:
        raise WrongPasskey
    count(gate, site.slug, factors[0].account_id)
    try:
        factor, counter = _verified(site, factors, challenge, answer)
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        gate.record(site.slug, factors[0].account_id, "refused:passkey", "account")
        raise WrongPasskey from wrong
    # A count that went back is a copy of the key: the database refuses it.
    if not gate.use_factor(site.slug, token, factor.id, counter):
        gate.record(site.slug, factor.account_id, "refused:passkey.counter", "account")
        raise WrongPasskey
    gate.forget_attempts(site.slug, f"factor:{factor.account_id}")


def _verified(
    site: Site, factors: list[Factor], challenge: bytes, answer: str
) -> tuple[Factor, int]:
    credential = parse_authentication_credential_json(answer)
    factor = next(
        (one for one in factors if one.credential and one.credential == credential.raw_id), None
    )
    if factor is None:
        raise KeyError("not a passkey of this account")
    done = verify_authentication_response(
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=site.host,
        expected_origin=site.origin,
        credential_public_key=factor.public_key,
        credential_current_sign_count=factor.counter,
        require_user_verification=True,
    )
    return factor, done.new_sign_count


def _descriptors(factors: list[Factor]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential) for one in factors if one.credential]
