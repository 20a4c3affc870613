"""Who is let in: invitations, confirmations, requests to join. The database decides who may."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import text

from microcredit.accounts.gate.door import Door
from microcredit.kernel import mail
from microcredit.kernel.permissions import Role
from microcredit.kernel.vault import Vault


class Invites(Protocol):
    """What an invitation says."""

    @property
    def email(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def manages(self) -> bool: ...


@dataclass(frozen=True)
class Sent:
    """An invitation that goes to somebody."""

    email: str
    name: str
    role: Role
    organisation: str
    inviter: str
    until: datetime


@dataclass(frozen=True)
class Pending:
    """An invitation that waits: for its answer, for a confirmation, or for both."""

    id: int
    email: str
    name: str
    organisation_id: int
    organisation: str
    role: Role
    manages_accounts: bool
    invited_by: str
    own: bool
    invited_at: datetime
    expires_at: datetime
    to_confirm: bool
    confirmed_at: datetime | None
    accepted_at: datetime | None


@dataclass(frozen=True)
class Shown:
    """What the page of a link may say; `holder` is the account in use under this address."""

    email: str
    name: str
    organisation: str
    role: Role
    inviter: str
    to_confirm: bool
    expires_at: datetime
    holder: int | None


@dataclass(frozen=True)
class JoinRequest:
    """Somebody who asked for an access."""

    id: int
    email: str
    name: str
    position: str
    organisation_id: int
    asked_at: datetime


#: Writes the letter of an invitation, so that both are committed together.
Writer = Callable[[Sent], mail.Letter]

INVITE = text(
    "SELECT outcome, organisation, inviter, expires_at, to_confirm"
    " FROM gate.invite(:slug, :token, :email, :name, :organisation, :role, :manages, :secret)"
)
RENEW = text(
    "SELECT email, name, organisation, role, inviter, expires_at"
    " FROM gate.renew_invitation(:slug, :token, :invitation, :secret)"
)
POST_MAIL = text("SELECT gate.post_mail(:slug, :message, :sealed)")
PENDING = text("SELECT * FROM gate.invitations(:slug, :token, :organisation)")
REQUESTS = text("SELECT * FROM gate.join_requests(:slug, :token, :organisation)")


class Invitations(Door):
    """Each act says in one word what became of it."""

    def invite(
        self, slug: str, token: str, organisation: int, asked: Invites, secret: str,
        vault: Vault, writer: Writer,
    ) -> tuple[str, bool]:  # fmt: skip
        """(outcome, whether it must be confirmed). Outcomes: invited, or unknown, self, role, manager,
        already, pending, of which none invited anybody. The letter leaves with the invitation."""
        values = {
            "slug": slug, "token": token, "email": asked.email, "name": asked.name,
            "organisation": organisation, "role": asked.role, "manages": asked.manages,
            "secret": secret,
        }  # fmt: skip
        with self._engine.begin() as connection:
            row = connection.execute(INVITE, values).one()
            if row.outcome == "invited":
                sent = Sent(
                    asked.email, asked.name, Role(asked.role), row.organisation, row.inviter,
                    row.expires_at,
                )  # fmt: skip
                connection.execute(POST_MAIL, _sealed(slug, vault, writer(sent)))
        return row.outcome, bool(row.to_confirm)

    def renew_invitation(
        self, slug: str, token: str, invitation: int, secret: str, vault: Vault, writer: Writer
    ) -> bool:
        """Send the link again; the former one is worth nothing. False when it is not theirs."""
        values = {"slug": slug, "token": token, "invitation": invitation, "secret": secret}
        with self._engine.begin() as connection:
            row = connection.execute(RENEW, values).one_or_none()
            if row is None:
                return False
            sent = Sent(
                row.email, row.name, Role(row.role), row.organisation, row.inviter, row.expires_at
            )
            connection.execute(POST_MAIL, _sealed(slug, vault, writer(sent)))
        return True

    def revoke_invitation(self, slug: str, token: str, invitation: int) -> bool:
        """Take an invitation back before the access has started."""
        return self._call(
            "SELECT gate.revoke_invitation(:slug, :token, :invitation)",
            slug=slug, token=token, invitation=invitation,
        )  # fmt: skip

    def confirm_invitation(self, slug: str, token: str, invitation: int) -> str:
        """confirmed, unknown, or self: who invited and who is invited confirm nothing."""
        return self._word(
            "SELECT gate.confirm_invitation(:slug, :token, :invitation)",
            slug=slug, token=token, invitation=invitation,
        )  # fmt: skip

    def pending(self, slug: str, token: str, organisation: int | None = None) -> list[Pending]:
        """What waits in an organisation, or wherever this person may see it."""
        values = {"slug": slug, "token": token, "organisation": organisation}
        with self._engine.begin() as connection:
            rows = connection.execute(PENDING, values).all()
        return [
            Pending(
                r.id, r.email, r.name, r.organisation_id, r.organisation, Role(r.role),
                r.manages_accounts, r.invited_by, r.own, r.invited_at, r.expires_at, r.to_confirm,
                r.confirmed_at, r.accepted_at,
            )
            for r in rows
        ]  # fmt: skip

    def invitation(self, slug: str, secret: str) -> Shown | None:
        """What a link says; nothing is consumed. None for a link that opens nothing."""
        statement = text("SELECT * FROM gate.invitation(:slug, :secret)")
        with self._engine.begin() as connection:
            row = connection.execute(statement, {"slug": slug, "secret": secret}).one_or_none()
        if row is None:
            return None
        return Shown(
            row.email, row.name, row.organisation, Role(row.role), row.inviter, row.to_confirm,
            row.expires_at, row.holder,
        )  # fmt: skip

    def accept_invitation(
        self, slug: str, secret: str, token: str, name: str | None, password_hash: str | None
    ) -> str:
        """started, or waiting for a confirmation; gone, sign_in or password when nothing happened."""
        return self._word(
            "SELECT outcome FROM gate.accept_invitation(:slug, :secret, :token, :name, :hash)",
            slug=slug, secret=secret, token=token, name=name, hash=password_hash,
        )  # fmt: skip

    def organisations(self, slug: str) -> list[tuple[int, str]]:
        """Where one may ask to join: (id, name)."""
        statement = text("SELECT id, name FROM gate.organisations(:slug)")
        with self._engine.begin() as connection:
            return [(r.id, r.name) for r in connection.execute(statement, {"slug": slug})]

    def join_request(
        self, slug: str, organisation: int, email: str, name: str, position: str
    ) -> bool:
        """Note that somebody asks for an access; False for an organisation that is not there."""
        return self._call(
            "SELECT gate.join_request(:slug, :organisation, :email, :name, :position)",
            slug=slug, organisation=organisation, email=email, name=name, position=position,
        )  # fmt: skip

    def join_requests(
        self, slug: str, token: str, organisation: int | None = None
    ) -> list[JoinRequest]:
        """Who asked lately, oldest first."""
        values = {"slug": slug, "token": token, "organisation": organisation}
        with self._engine.begin() as connection:
            rows = connection.execute(REQUESTS, values).all()
        return [
            JoinRequest(r.id, r.email, r.name, r.position, r.organisation_id, r.asked_at)
            for r in rows
        ]

    def dismiss_request(self, slug: str, token: str, request: int) -> bool:
        """Put a request aside."""
        return self._call(
            "SELECT gate.dismiss_request(:slug, :token, :request)",
            slug=slug, token=token, request=request,
        )  # fmt: skip


def _sealed(slug: str, vault: Vault, letter: mail.Letter) -> dict[str, str | UUID | bytes]:
    message, sealed = mail.seal(vault, letter)
    return {"slug": slug, "message": message, "sealed": sealed}
