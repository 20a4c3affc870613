"""The providers of a tenant, sign-ins under way with one, those who arrive, and what they leave by."""

from dataclasses import dataclass

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
    requires_amr: tuple[str, ...]


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
    roles: tuple[str, ...] = ()


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
            tuple(row.requires_acr), tuple(row.requires_amr),
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
            " :siret, :roles, :invitation, :token)"
        )
        values = {
            "slug": slug, "provider": provider.id, "version": provider.version, "sub": who.sub,
            "email": who.email, "verified": who.verified, "name": who.name, "siret": who.siret,
            "roles": list(who.roles), "invitation": invitation, "token": token,
        }  # fmt: skip
        with self._engine.begin() as connection:
            row = connection.execute(statement, values).one()
        return row.outcome, row.account_id

    def invitation_providers(self, slug: str, secret: str) -> list[Offered]:
        """The providers by which the person of this link may accept it."""
        statement = text("SELECT * FROM gate.invitation_providers(:slug, :secret)")
        with self._engine.begin() as connection:
            rows = connection.execute(statement, {"slug": slug, "secret": secret}).all()
        return [Offered(row.id, row.name) for row in rows]

    def keep_hint(self, slug: str, token: str, hint: bytes) -> None:
        """Keep, sealed, what ending this session at its provider will take."""
        self._call("SELECT gate.keep_hint(:slug, :token, :hint)", slug=slug, token=token, hint=hint)

    def session_hint(self, slug: str, token: str) -> bytes | None:
        """What was kept for this session; None for one that came through no provider."""
        statement = text("SELECT gate.session_hint(:slug, :token)")
        with self._engine.begin() as connection:
            found = connection.execute(statement, {"slug": slug, "token": token}).scalar()
        return bytes(found) if found is not None else None

    def session_provider(self, slug: str, token: str) -> Offered | None:
        """The provider through which this session came, while it is on."""
        statement = text("SELECT * FROM gate.session_provider(:slug, :token)")
        with self._engine.begin() as connection:
            row = connection.execute(statement, {"slug": slug, "token": token}).one_or_none()
        return Offered(row.id, row.name) if row else None

    def prove_by_provider(
        self, slug: str, token: str, provider: Provider, sub: str, *, strong: bool
    ) -> tuple[str, int | None]:
        """(« proved », account), or why not: « stranger », « weak ». `strong`: a second factor too."""
        statement = text(
            "SELECT * FROM gate.prove_by_provider(:slug, :token, :provider, :version, :sub, :strong)"
        )
        values = {
            "slug": slug, "token": token, "provider": provider.id, "version": provider.version,
            "sub": sub, "strong": strong,
        }  # fmt: skip
        with self._engine.begin() as connection:
            row = connection.execute(statement, values).one()
        return row.outcome, row.account_id
