"""Inviting, confirming, accepting. Who may is decided by the database, in the same transaction."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from microcredit.accounts.access_schemas import Accept, AskToJoin, Invite
from microcredit.accounts.gate import Gate, Sent, Shown
from microcredit.accounts.services.passwords import check_password, hash_password
from microcredit.kernel import mail
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.tenancy import Identity
from microcredit.kernel.vault import Vault
from microcredit.web.formatting import instant

#: Requests to join: few from one network address, fewer for one mail address.
WINDOW, PER_ADDRESS, PER_PERSON = timedelta(hours=1), 5, 2

REFUSED = {
    "self": {"email": "C’est votre propre adresse : personne ne change ses propres accès."},
    "role": {"role": "Cet organisme ne donne pas ce rôle, ou vous ne pouvez pas le donner."},
    "manager": {"manages": "Une personne de ce rôle ne peut pas gérer les accès."},
    "already": {"email": "Cette personne a déjà ce rôle ici."},
    "pending": {"email": "Une invitation attend déjà sa réponse : renvoyez-la plutôt."},
}


class NotInvited(DomainError):
    """The invitation cannot be: the sentence stands beside the field."""

    status = 422


class NotYours(DomainError):
    """Who invited, or who is invited, does not confirm."""

    message = "Quelqu’un d’autre doit confirmer : ni la personne invitée, ni celle qui a invité ne le peut."


class Gone(DomainError):
    """The link opens nothing: used, taken back, too old, or never written. One answer for all."""

    status = 404
    message = (
        "Cette invitation n’est plus valable : elle a déjà servi, elle a été retirée, ou plus de trois"
        " jours ont passé. Demandez à la personne qui vous a invitée de la renvoyer."
    )


class TooManyRequests(DomainError):
    """Asked too often."""

    status = 429
    message = "Trop de demandes en peu de temps. Attendez une heure, puis recommencez."


class SignInFirst(DomainError):
    """The address is that of an account in use: its owner accepts from her own session."""

    message = "Vous avez déjà un compte ici : connectez-vous avec lui, puis acceptez."


@dataclass(frozen=True)
class Office:
    """Where invitations are written: the gate, the vault, the origin of the tenant's addresses."""

    gate: Gate
    vault: Vault
    origin: str

    def letter(self, tenant: str, secret: str, sent: Sent) -> mail.Letter:
        """The letter of an invitation; its address is the tenant's own, never the request's."""
        return mail.write(
            "invitation",
            sent.email,
            {
                "tenant": tenant, "name": sent.name, "inviter": sent.inviter,
                "organisation": sent.organisation, "role": sent.role.label,
                "until": instant(sent.until), "link": f"{self.origin}/invitation/{secret}",
            },
        )  # fmt: skip


def invite(
    office: Office, identity: Identity, token: str, organisation: int, asked: Invite
) -> bool:
    """Invite somebody by a letter; whether a second person must confirm. Raises NotFound, NotInvited."""
    secret = secrets.token_urlsafe(32)
    outcome, to_confirm = office.gate.invite(
        identity.slug, token, organisation, asked, secret, office.vault,
        lambda sent: office.letter(identity.tenant_name, secret, sent),
    )  # fmt: skip
    if outcome == "unknown":
        raise NotFound("Cet organisme n’existe pas ou n’est pas le vôtre.")
    if outcome != "invited":
        raise NotInvited(fields=REFUSED[outcome])
    return to_confirm


def resend(office: Office, identity: Identity, token: str, invitation: int) -> None:
    """Send an invitation again, for three more days; its former link dies. Raises NotFound."""
    secret = secrets.token_urlsafe(32)
    if not office.gate.renew_invitation(
        identity.slug, token, invitation, secret, office.vault,
        lambda sent: office.letter(identity.tenant_name, secret, sent),
    ):  # fmt: skip
        raise _unknown()


def revoke(gate: Gate, identity: Identity, token: str, invitation: int) -> None:
    """Take an invitation back. Raises NotFound."""
    if not gate.revoke_invitation(identity.slug, token, invitation):
        raise _unknown()


def confirm(gate: Gate, identity: Identity, token: str, invitation: int) -> None:
    """Confirm that somebody may see cases. Raises NotFound, NotYours."""
    outcome = gate.confirm_invitation(identity.slug, token, invitation)
    if outcome == "self":
        raise NotYours
    if outcome != "confirmed":
        raise _unknown()


def shown(gate: Gate, slug: str, secret: str) -> Shown:
    """What a link says. Raises Gone."""
    found = gate.invitation(slug, secret)
    if found is None:
        raise Gone
    return found


def accept(gate: Gate, slug: str, secret: str, token: str, asked: Accept | None) -> bool:
    """Accept an invitation; whether the access has started, or waits for a confirmation.

    `asked` is None for who accepts from her own session. Raises Gone, WeakPassword, SignInFirst.
    """
    password_hash = None
    if asked is not None:
        check_password(asked.password, asked.name, shown(gate, slug, secret).email)
        password_hash = hash_password(asked.password)
    outcome = gate.accept_invitation(
        slug, secret, token, asked.name if asked else None, password_hash
    )
    if outcome in ("sign_in", "password"):
        raise SignInFirst
    if outcome == "gone":
        raise Gone
    return outcome == "started"


def ask_to_join(gate: Gate, slug: str, asked: AskToJoin, address: str) -> None:
    """Note a request, the same for an address that is known and one that is not.

    Counted before it is noted. Raises TooManyRequests, NotInvited for an organisation that is not there.
    """
    for subject, limit in ((f"join:{asked.email}", PER_PERSON), (f"join:{address}", PER_ADDRESS)):
        if not gate.may_attempt(slug, subject, WINDOW, limit):
            raise TooManyRequests
    if not gate.join_request(slug, asked.organisation, asked.email, asked.name, asked.position):
        raise NotInvited(fields={"organisation": "Choisissez un organisme dans la liste."})


def dismiss(gate: Gate, identity: Identity, token: str, request: int) -> None:
    """Put a request aside. Raises NotFound."""
    if not gate.dismiss_request(identity.slug, token, request):
        raise NotFound("Cette demande n’existe pas ou n’est pas la vôtre.")


def _unknown() -> NotFound:
    return NotFound("Cette invitation n’existe pas, n’est pas la vôtre, ou est déjà réglée.")
