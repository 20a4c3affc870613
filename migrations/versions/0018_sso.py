"""Let people arrive through the provider of their organisation.

Who somebody is, is the pair of her provider's issuer and its `sub`, in one tenant: never an address.
No login role reads these tables; the functions that the gate calls are in `migrations/sso.py`.
"""

from migrations.access.words import PROOFS as FIRST_PROOFS
from migrations.access.words import start_anew
from migrations.rights import execute, function, tenant_table
from migrations.sso import DEFINER, INNER, INSIDE, OPEN_TO_GATE, created, signature

revision = "0018_sso"
down_revision = "0017_factors"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"
ACCOUNT = "FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)"
#: Those of 0016 and 0017, which brings its own.
FORMER_PROOFS = (*FIRST_PROOFS, "factor", "recovery_code", "reset", "pending")
PROVIDER = "FOREIGN KEY (tenant_id, provider_id) REFERENCES gate.provider (tenant_id, id)"


def upgrade() -> None:
    # A rule or a click starts only roles that read no case but one's own referrals: for the others,
    # an invitation, which a second person confirms.
    execute(f"""
        CREATE TABLE gate.provider (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            version integer NOT NULL DEFAULT 1,
            name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
            issuer text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 300),
            client_id text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 200),
            sealed bytea NOT NULL,
            organisation_id bigint NOT NULL,
            role text NOT NULL,
            admission text NOT NULL CHECK (admission IN ('invited', 'wait', 'rule')),
            domain text CHECK (domain = lower(domain)),
            siret text CHECK (siret ~ '^[0-9]{{14}}$'),
            profile text NOT NULL CHECK (profile IN ('oidc', 'proconnect')),
            requires_acr text[] NOT NULL DEFAULT '{{}}',
            active boolean NOT NULL DEFAULT true,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, issuer, client_id),
            CHECK ((admission = 'rule') = (domain IS NOT NULL OR siret IS NOT NULL)),
            CHECK (admission = 'invited' OR role IN ('prescriber_adviser', 'funder_viewer', 'elected_member')),
            FOREIGN KEY (tenant_id, organisation_id) REFERENCES app.organisation (tenant_id, id)
        )""")
    execute(f"""
        CREATE TABLE gate.identity (
            {TENANT},
            issuer text NOT NULL,
            sub text NOT NULL CHECK (length(sub) BETWEEN 1 AND 255),
            account_id bigint NOT NULL,
            linked_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, issuer, sub),
            {ACCOUNT}
        )""")
    execute(f"""
        CREATE TABLE gate.presession (
            {TENANT},
            state_hash bytea NOT NULL,
            browser_hash bytea NOT NULL,
            provider_id bigint NOT NULL,
            version integer NOT NULL,
            sealed bytea NOT NULL,
            made_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, state_hash),
            {PROVIDER}
        )""")
    execute(f"""
        CREATE TABLE gate.arrival (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            provider_id bigint NOT NULL,
            issuer text NOT NULL,
            sub text NOT NULL,
            email text NOT NULL CHECK (email = lower(email)),
            name text NOT NULL,
            verified boolean NOT NULL,
            asked_at timestamptz NOT NULL DEFAULT now(),
            decided_at timestamptz,
            decided_by bigint,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, issuer, sub),
            {PROVIDER},
            FOREIGN KEY (tenant_id, decided_by) REFERENCES app.account (tenant_id, id)
        )""")
    tenant_table("gate.provider", web="", worker="")
    tenant_table("gate.identity", web="", worker="")
    tenant_table("gate.presession", web="", worker="")
    tenant_table("gate.arrival", web="", worker="")
    execute(start_anew((*FORMER_PROOFS, "identity")))
    for declared, returns, language, body in INSIDE:
        execute(created(declared, returns, language, body, INNER))
        function(signature(declared))
    for declared, returns, language, body in OPEN_TO_GATE:
        execute(created(declared, returns, language, body, DEFINER))
        function(signature(declared), "{gate}")


def downgrade() -> None:
    execute(start_anew(FORMER_PROOFS))
    for declared, *_ in (*OPEN_TO_GATE, *reversed(INSIDE)):
        execute(f"DROP FUNCTION {signature(declared)}")
    execute("DROP TABLE gate.arrival, gate.presession, gate.identity, gate.provider")
