"""The providers of a tenant, sign-ins under way with one, and those who arrive."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from microcredit.accounts.gate.door import Door


@dataclass(frozen=True)
class Offered:
    """A provider as the sign-in page offers it."""

    id: int
    name: str


@dataclass(frozen=True)
class Provider:
    """A provider that is on, with its client secret still sealed. `version` grows with every edit."""

    id: int
    version: int
    name: str
    issuer: str
    client_id: str
    sealed: bytes
    profile: str
    requires_acr: tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """A provider as its administrator sees it: all but the secret."""

    id: int
    version: int
    name: str
    issuer: str
    client_id: str
    organisation_id: int
    organisation: str
    role: str
    admission: str
    domain: str
    siret: str
    profile: str
    requires_acr: tuple[str, ...]
    active: bool


@dataclass(frozen=True)
class Presession:
    """A sign-in under way, taken out of the database for good: nonce and verifier are still sealed."""

    provider_id: int
    version: int
    sealed: bytes


@dataclass(frozen=True)
class Arrived:
    """Who a provider says has come: its `sub`, and claims that open nothing by themselves."""

    sub: str
    email: str | None
    verified: bool
    name: str
    siret: str | None


@dataclass(frozen=True)
class Arrival:
    """Somebody who waits to be accepted. `taken`: the address has an account already."""

    id: int
    name: str
    email: str
    verified: bool
    provider: str
    organisation: str
    role: str
    asked_at: datetime
    taken: bool


class Providers(Door):
    """Single sign-on, as far as the database decides it."""

    def sign_in_providers(self, slug: str) -> list[Offered]:
        """What the sign-in page offers."""
        statement = text("SELECT * FROM gate.sign_in_providers(:slug)")
        with self._engine.begin() as connection:
            rows = connection.execute(statement, {"slug": slug}).all()
        return [Offered(row.id, row.name) for row in rows]

    def provider(self, slug: str, provider_id: int) -> Provider | None:
        """A provider that is on, or None."""
        statement = text("SELECT * FROM gate.provider(:slug, :provider)")
        values = {"slug": slug, "provider": provider_id}
        with self._engine.begin() as connection:
            row = connection.execute(statement, values).one_or_none()
        if row is None:
            return None
        return Provider(
            row.id, row.version, row.name, row.issuer, row.client_id, row.sealed, row.profile,
            tuple(row.requires_acr),
        )  # fmt: skip

    def open_presession(
        self, slug: str, state: str, browser: str, provider: Provider, sealed: bytes
    ) -> bool:
        """Keep a sign-in under way for ten minutes; False when the provider has changed meanwhile."""
        return self._call(
            "SELECT gate.open_presession(:slug, :state, :browser, :provider, :version, :sealed)",
            slug=slug, state=state, browser=browser, provider=provider.id, version=provider.version,
            sealed=sealed,
        )  # fmt: skip

    def take_presession(self, slug: str, state: str, browser: str) -> Presession | None:
        """The sign-in that this browser set out on; nobody gets it a second time."""
        statement = text("SELECT * FROM gate.take_presession(:slug, :state, :browser)")
        values = {"slug": slug, "state": state, "browser": browser}
        with self._engine.begin() as connection:
            row = connection.execute(statement, values).one_or_none()
        return Presession(row.provider_id, row.version, row.sealed) if row else None

    def arrive(
        self, slug: str, provider: Provider, who: Arrived, invitation: str | None, token: str
    ) -> tuple[str, int | None]:
        """(outcome, account): « known » or « started » may come in; every other outcome may not."""
        statement = text(
            "SELECT * FROM gate.arrive(:slug, :provider, :version, :sub, :email, :verified, :name,"
            " :siret, :invitation, :token)"
        )
        values = {
            "slug": slug, "provider": provider.id, "version": provider.version, "sub": who.sub,
            "email": who.email, "verified": who.verified, "name": who.name, "siret": who.siret,
            "invitation": invitation, "token": token,
        }  # fmt: skip
        with self._engine.begin() as connection:
            row = connection.execute(statement, values).one()
        return row.outcome, row.account_id

    def providers(self, slug: str, token: str) -> list[Setting]:
        """Every provider, for the administrator; [] for anybody else."""
        statement = text("SELECT * FROM gate.providers(:slug, :token)")
        with self._engine.begin() as connection:
            rows = connection.execute(statement, {"slug": slug, "token": token}).all()
        return [
            Setting(
                row.id, row.version, row.name, row.issuer, row.client_id, row.organisation_id,
                row.organisation, row.role, row.admission, row.domain or "", row.siret or "",
                row.profile, tuple(row.requires_acr), row.active,
            )
            for row in rows
        ]  # fmt: skip

    def save_provider(self, slug: str, token: str, setting: Setting, sealed: bytes | None) -> str:
        """« saved », or why not: « role », « twice », « secret », « unknown ». Its id 0 means a new one.

        `sealed` None keeps the secret, as long as issuer and client stay the same.
        """
        return self._word(
            "SELECT gate.save_provider(:slug, :token, :id, :name, :issuer, :client, :sealed,"
            " :organisation, :role, :admission, :domain, :siret, :profile, :acr)",
            slug=slug, token=token, id=setting.id or None, name=setting.name, issuer=setting.issuer,
            client=setting.client_id, sealed=sealed, organisation=setting.organisation_id,
            role=setting.role, admission=setting.admission, domain=setting.domain or None,
            siret=setting.siret or None, profile=setting.profile, acr=list(setting.requires_acr),
        )  # fmt: skip

    def switch_provider(self, slug: str, token: str, provider_id: int, *, active: bool) -> bool:
        """Switch on or off; off ends the sessions that came through it. False when nothing changed."""
        return self._call(
            "SELECT gate.switch_provider(:slug, :token, :provider, :active)",
            slug=slug, token=token, provider=provider_id, active=active,
        )  # fmt: skip

    def arrivals(self, slug: str, token: str) -> list[Arrival]:
        """Who waits to be accepted, oldest first, for the administrator."""
        statement = text("SELECT * FROM gate.arrivals(:slug, :token)")
        with self._engine.begin() as connection:
            rows = connection.execute(statement, {"slug": slug, "token": token}).all()
        return [
            Arrival(
                row.id, row.name, row.email, row.verified, row.provider, row.organisation, row.role,
                row.asked_at, row.taken,
            )
            for row in rows
        ]  # fmt: skip

    def decide_arrival(self, slug: str, token: str, arrival_id: int, *, accept: bool) -> str:
        """« accepted » or « refused », or why not: « unknown », « changed », « taken »."""
        return self._word(
            "SELECT gate.decide_arrival(:slug, :token, :arrival, :accept)",
            slug=slug, token=token, arrival=arrival_id, accept=accept,
        )  # fmt: skip
