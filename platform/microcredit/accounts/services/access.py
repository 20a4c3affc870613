"""Who has access to what."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.accounts.models import Account, Membership
from microcredit.groupings.models import Organisation
from microcredit.kernel import audit
from microcredit.kernel.permissions import Role


@dataclass(frozen=True)
class Access:
    """One line of « qui a accès à quoi »."""

    organisation: str
    name: str
    email: str
    role: Role
    valid_from: date
    valid_to: date | None
    disabled: bool


def accesses(session: Session) -> list[Access]:
    """Every membership of the tenant, by organisation then name; reading it is logged."""
    rows = session.execute(
        select(Membership, Account, Organisation.name)
        .join(Account, Account.id == Membership.account_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .order_by(Organisation.name, Account.name, Membership.id)
    )
    found = [
        Access(
            organisation, account.name, account.email, Role(membership.role),
            membership.valid_from, membership.valid_to, account.disabled_at is not None,
        )
        for membership, account, organisation in rows
    ]  # fmt: skip
    audit.record(session, "read", "accounts")
    return found
