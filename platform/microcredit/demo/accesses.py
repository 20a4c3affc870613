"""An invitation that waits in each demo tenant: somebody has to confirm it."""

import secrets

from microcredit.accounts.access_schemas import Invite
from microcredit.accounts.gate import Gate
from microcredit.accounts.services import open_session
from microcredit.accounts.services.invitations import Office
from microcredit.kernel.permissions import Role
from microcredit.kernel.vault import Vault


def invite_somebody(
    gate: Gate, vault: Vault, slug: str, origin: str, actors: dict[Role, int], desk: str
) -> None:
    """The administrator invites a colleague at a desk; her role sees cases, so it waits."""
    token = open_session(gate, slug, actors[Role.TENANT_ADMIN])
    tenant, places = gate.tenant(slug), {name: number for number, name in gate.organisations(slug)}
    secret, office = secrets.token_urlsafe(32), Office(gate, vault, origin)
    asked = Invite("Lucille Hennebelle", f"lucille.hennebelle@{slug}.example", "front_desk")
    name = tenant.name if tenant else slug
    gate.invite(
        slug, token, places[desk], asked, secret, vault,
        lambda sent: office.letter(name, secret, sent),
    )  # fmt: skip
    gate.end_session(slug, token)
