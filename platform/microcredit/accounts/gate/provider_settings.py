"""The administrator's view of providers, and of those who wait to be accepted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from microcredit.accounts.gate.door import Door


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
    requires_amr: tuple[str, ...]
    active: bool


@dataclass(frozen=True)
class Arrival:
    """Somebody who waits to be accepted. `taken`: the address has an account already.

    `siret` and `roles` are what the provider says of her work, "" and () when it says nothing.
    """

    id: int
    name: str
    email: str
    verified: bool
    provider: str
    organisation: str
    role: str
    asked_at: datetime
    taken: bool
    siret: str
    roles: tuple[str, ...]


class ProviderSettings(Door):
    """What the administrator decides about single sign-on."""

    def providers(self, slug: str, token: str) -> list[Setting]:
        """Every provider, for the administrator; [] for anybody else."""
        statement = text("SELECT * FROM gate.providers(:slug, :token)")
        with self._engine.begin() as connection:
            rows = connection.execute(statement, {"slug": slug, "token": token}).all()
        return [
            Setting(
                row.id, row.version, row.name, row.issuer, row.client_id, row.organisation_id,
                row.organisation, row.role, row.admission, row.domain or "", row.siret or "",
                row.profile, tuple(row.requires_acr), tuple(row.requires_amr), row.active,
            )
            for row in rows
        ]  # fmt: skip

    def save_provider(self, slug: str, token: str, setting: Setting, sealed: bytes | None) -> str:
        """« saved », or why not: « role », « twice », « secret », « unknown ». Its id 0 means a new one.

        `sealed` None keeps the secret, as long as issuer and client stay the same.
        """
        return self._word(
            "SELECT gate.save_provider(:slug, :token, :id, :name, :issuer, :client, :sealed,"
            " :organisation, :role, :admission, :domain, :siret, :profile, :acr, :amr)",
            slug=slug, token=token, id=setting.id or None, name=setting.name, issuer=setting.issuer,
            client=setting.client_id, sealed=sealed, organisation=setting.organisation_id,
            role=setting.role, admission=setting.admission, domain=setting.domain or None,
            siret=setting.siret or None, profile=setting.profile, acr=list(setting.requires_acr),
            amr=list(setting.requires_amr),
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
                row.asked_at, row.taken, row.siret or "", tuple(row.roles),
            )
            for row in rows
        ]  # fmt: skip

    def decide_arrival(self, slug: str, token: str, arrival_id: int, *, accept: bool) -> str:
        """« accepted » or « refused », or why not: « unknown », « changed », « taken »."""
        return self._word(
            "SELECT gate.decide_arrival(:slug, :token, :arrival, :accept)",
            slug=slug, token=token, arrival=arrival_id, accept=accept,
        )  # fmt: skip
