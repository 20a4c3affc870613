"""The demo's territories and who signs in there: one account per role, all invented."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from microcredit.accounts.models import Account, Membership
from microcredit.accounts.services import hash_password
from microcredit.groupings.models import Organisation
from microcredit.kernel.permissions import Role
from microcredit.kernel.tenancy import enter_setup
from microcredit.people.services import words

#: Every demo account has it; demo mode refuses any domain but localhost.
PASSWORD = "demonstration"

#: Who lets her own people in.
MANAGERS = (Role.CCAS_DIRECTOR, Role.BANK_OFFICER, Role.PRESCRIBER_ADVISER)

SET_PASSWORD = text("SELECT gate.set_password(:account, :hash)")


@dataclass(frozen=True)
class DemoHat:
    """A role in an organisation, by its name."""

    role: Role
    organisation: str


@dataclass(frozen=True)
class DemoAccount:
    """Somebody invented who signs in."""

    name: str
    hats: tuple[DemoHat, ...]

    def email(self, slug: str) -> str:
        """An address at a domain that can never exist."""
        return f"{'.'.join(words(self.name))}@{slug}.example"


@dataclass(frozen=True)
class Territory:
    """A demo tenant; `ends_on` is its stored business date, None for one that follows today."""

    slug: str
    name: str
    seed: int
    since: date
    ends_on: date | None
    #: Where somebody is invited whose access waits for a confirmation.
    invites: str
    accounts: tuple[DemoAccount, ...]


def _one(name: str, *hats: tuple[Role, str]) -> DemoAccount:
    return DemoAccount(name, tuple(DemoHat(role, organisation) for role, organisation in hats))


FRESNES = "CCAS de Fresnes-sur-Escaut"
CONDE = "CCAS de Condé-sur-l’Escaut"
VIEUX_CONDE = "CCAS de Vieux-Condé"
MISSION_LOCALE = "Mission locale de l’Escaut"
SAINT_POL = "CCAS de Saint-Pol-sur-Ternoise"
FREVENT = "CCAS de Frévent"

TERRITORIES = (
    Territory(
        "pays-de-conde", "Pays de Condé", 2016, date(2012, 3, 1), date(2016, 3, 31), CONDE,
        (
            _one("Claire Vasseur", (Role.CASE_WORKER, FRESNES), (Role.FRONT_DESK, FRESNES)),
            _one("Théo Lambin", (Role.FRONT_DESK, VIEUX_CONDE)),
            _one("Hélène Marquette", (Role.COORDINATOR, FRESNES), (Role.CCAS_DIRECTOR, FRESNES)),
            _one("Marc Dutilleul", (Role.CCAS_DIRECTOR, CONDE)),
            _one("Odile Wattiez", (Role.ELECTED_MEMBER, CONDE)),
            _one("Bastien Caron", (Role.BANK_OFFICER, "Banque solidaire de l’Escaut")),
            _one("Nadia Verhaeghe", (Role.TENANT_ADMIN, FRESNES)),
            _one("Viviane Pruvot", (Role.FUNDER_VIEWER, "Caisse des dépôts")),
            _one("Delphine Moreau", (Role.DPO, FRESNES)),
            _one("Manon Delattre", (Role.PRESCRIBER_ADVISER, MISSION_LOCALE)),
        ),
    ),
    Territory(
        "ternois", "Ternois", 62, date(2026, 1, 1), None, FREVENT,
        (
            _one("Agnès Dufossé", (Role.CASE_WORKER, SAINT_POL)),
            _one("Romain Legay", (Role.FRONT_DESK, FREVENT)),
            _one("Sylvie Crombez", (Role.COORDINATOR, SAINT_POL)),
            _one("Paul Wambergue", (Role.CCAS_DIRECTOR, FREVENT)),
            _one("Denise Caudron", (Role.ELECTED_MEMBER, SAINT_POL)),
            _one("Samir Lourdel", (Role.BANK_OFFICER, "Caisse coopérative du Ternois")),
            _one("Lise Warin", (Role.TENANT_ADMIN, SAINT_POL)),
        ),
    ),
)  # fmt: skip


def open_accounts(operator: Engine, territory: Territory) -> dict[Role, int]:
    """Create the accounts of a territory; role → the account that opens in it."""
    password_hash = hash_password(PASSWORD)
    opened: dict[Role, int] = {}
    with Session(operator) as session, session.begin():
        enter_setup(session, territory.slug)
        organisations = {o.name: o.id for o in session.scalars(select(Organisation))}
        for one in territory.accounts:
            account = Account(email=one.email(territory.slug), name=one.name)
            session.add(account)
            session.flush()
            for hat in one.hats:
                session.add(
                    Membership(
                        account_id=account.id,
                        organisation_id=organisations[hat.organisation],
                        role=str(hat.role.value),
                        valid_from=territory.since,
                        manages_accounts=hat.role in MANAGERS,
                    )
                )
                session.flush()
            session.execute(SET_PASSWORD, {"account": account.id, "hash": password_hash})
            opened.setdefault(one.hats[0].role, account.id)
    return opened
