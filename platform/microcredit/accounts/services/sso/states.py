"""The `state` that travels to a provider and back: ours alone can have made it, for ten minutes.

A provider that knows one return address for every territory (ProConnect) sends people to the fixed host
`auth.<base domain>`, which has nothing but this signature to know where they go on.
"""

import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer

from microcredit.accounts.services.sso.errors import Refused

PATIENCE = 600  # seconds
LONGEST = 400  # characters


@dataclass(frozen=True)
class Place:
    """Where a state leads: a territory, and one of its providers."""

    slug: str
    provider_id: int


@dataclass(frozen=True)
class States:
    """Makes and reads states; `keys` are the application's secrets, of which the last one signs.

    `purpose` keeps one way apart from another: « sign_in », « sign_out ».
    """

    keys: tuple[str, ...]
    purpose: str

    def make(self, place: Place) -> str:
        """A new state, never the same: at least 32 characters, 192 bits of them random."""
        return str(self._signer().dumps([place.slug, place.provider_id, secrets.token_urlsafe(24)]))

    def read(self, state: str) -> Place:
        """Where a state leads. Raises Refused when we did not make it, or long ago."""
        try:
            slug, provider, _ = self._signer().loads(state[:LONGEST], max_age=PATIENCE)
        except (BadSignature, ValueError, TypeError) as error:
            raise Refused("state") from error
        return Place(str(slug), int(provider))

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(list(self.keys), salt=f"sso.{self.purpose}")
