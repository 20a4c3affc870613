"""Tenants for the benchmark, set up as an operator sets them up: by tenant files, with an account per role."""

import string
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from tests.troupe import tenant_file

from microcredit.accounts.models import Account, Membership
from microcredit.governance.models import Action
from microcredit.groupings.models import Organisation
from microcredit.kernel.permissions import Role
from microcredit.kernel.tenancy import enter_setup
from microcredit.kernel.vault import Vault
from microcredit.lenders.models import LoanTerms
from microcredit.tenant_files.creation import sync

SINCE = date(2012, 1, 1)

COMMUNES = {
    "59253": ("Fresnes-sur-Escaut", "CCAS Alpha"),
    "59153": ("Condé-sur-l’Escaut", "CCAS Beta"),
    "59207": ("Escautpont", "CCAS Gamma"),
    "59616": ("Vieux-Condé", "CCAS Delta"),
}
BANKS = ["Banque Une", "Banque Deux"]
FUNDER = "Fondation d’essai"

#: Who signs in, and where: one account per role, a desk in two communes.
PEOPLE = (
    (Role.CASE_WORKER, "CCAS Alpha"),
    (Role.FRONT_DESK, "CCAS Alpha"),
    (Role.FRONT_DESK, "CCAS Beta"),
    (Role.CCAS_DIRECTOR, "CCAS Beta"),
    (Role.COORDINATOR, "CCAS Alpha"),
    (Role.ELECTED_MEMBER, "CCAS Beta"),
    (Role.BANK_OFFICER, "Banque Une"),
    (Role.BANK_OFFICER, "Banque Deux"),
    (Role.FUNDER_VIEWER, FUNDER),
    (Role.TENANT_ADMIN, "CCAS Alpha"),
)


@dataclass
class Tenant:
    """A tenant with the ids that its rows need, and the seal of its own key."""

    slug: str
    prefix: str
    vault: Vault
    session: Session
    id: int = 0
    action: int = 0
    organisations: dict[str, int] = field(default_factory=dict)
    accounts: dict[tuple[Role, str], tuple[int, int]] = field(default_factory=dict)
    terms: dict[int, int] = field(default_factory=dict)

    def seal(self, plain: bytes, subject: str) -> bytes:
        """`plain` sealed as the product seals it: its session has kept the key since it was set up."""
        return self.vault.seal(self.session, plain, subject)

    def account(self, role: Role, organisation: str) -> int:
        """The account of a role in an organisation."""
        return self.accounts[role, organisation][0]


def set_up(operator: Engine, vault: Vault, folder: Path, count: int) -> list[Tenant]:
    """Create `count` tenants through their files; `folder` must be new and empty."""
    prefixes = [_prefix(rank) for rank in range(count)]
    for rank, prefix in enumerate(prefixes):
        text = tenant_file(f"Territoire d’essai {rank + 1}", prefix, COMMUNES, BANKS)
        text += f'\n[[funders]]\nname = "{FUNDER}"\nvalid_from = 2012-01-01\n'
        (folder / f"{_slug(rank)}.toml").write_text(text, encoding="utf-8")
    said = sync(operator, vault, folder)
    wrong = [line for line in said if not line.endswith(" : créé.")]
    if wrong:
        raise ValueError(" ; ".join(wrong))
    return [_people(operator, vault, _slug(rank), prefix) for rank, prefix in enumerate(prefixes)]


def _slug(rank: int) -> str:
    return f"essai-{rank + 1:04d}"


def _prefix(rank: int) -> str:
    """« AAA », « AAB »… : three letters, good for 17 576 tenants."""
    letters = string.ascii_uppercase
    return letters[rank // 676] + letters[rank // 26 % 26] + letters[rank % 26]


def _people(operator: Engine, vault: Vault, slug: str, prefix: str) -> Tenant:
    session = Session(operator)
    tenant = Tenant(slug, prefix, vault, session)
    with session.begin():
        tenant.id = enter_setup(session, slug) or 0
        tenant.seal(b"", "key")  # the session keeps the key: nothing more is read for a seal
        tenant.action = session.scalars(select(Action.id)).one()
        named = session.execute(select(Organisation.name, Organisation.id))
        tenant.organisations = {row.name: row.id for row in named}
        lent = session.execute(select(LoanTerms.bank_id, LoanTerms.id))
        tenant.terms = {row.bank_id: row.id for row in lent}
        accounts = [
            Account(email=f"{role.value}.{rank}@{slug}.example", name=f"{role.label} {rank}")
            for rank, (role, _) in enumerate(PEOPLE)
        ]
        session.add_all(accounts)
        session.flush()
        hats = [
            Membership(
                account_id=account.id, organisation_id=tenant.organisations[where],
                role=role.value, valid_from=SINCE,
            )
            for account, (role, where) in zip(accounts, PEOPLE, strict=True)
        ]  # fmt: skip
        session.add_all(hats)
        session.flush()
        for who, account, hat in zip(PEOPLE, accounts, hats, strict=True):
            tenant.accounts[who] = (account.id, hat.id)
    session.close()
    return tenant
