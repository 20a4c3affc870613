"""Add the people who sign in, the trail, form keys, and what only the gate's functions reach.

The gate's tables give no right to any login role.
"""

from migrations.rights import execute, tenant_table

revision = "0003_accounts"
down_revision = "0002_groupings"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"


def upgrade() -> None:
    execute(f"""
        CREATE TABLE app.account (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            email text NOT NULL CHECK (email = lower(email)),
            name text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            disabled_at timestamptz,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, email)
        )""")
    tenant_table("app.account", web="SELECT", operator="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.membership (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            account_id bigint NOT NULL,
            organisation_id bigint NOT NULL,
            role text NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            PRIMARY KEY (tenant_id, id),
            CONSTRAINT membership_once UNIQUE (tenant_id, account_id, organisation_id, role, valid_from),
            CHECK (valid_to > valid_from),
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id),
            FOREIGN KEY (tenant_id, organisation_id) REFERENCES app.organisation (tenant_id, id)
        )""")
    tenant_table("app.membership", web="SELECT", operator="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.audit_event (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            account_id bigint DEFAULT tenancy.account_id(),
            membership_id bigint DEFAULT tenancy.membership_id(),
            act text NOT NULL,
            subject text NOT NULL,
            detail jsonb NOT NULL DEFAULT '{{}}',
            PRIMARY KEY (tenant_id, id),
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id),
            FOREIGN KEY (tenant_id, membership_id) REFERENCES app.membership (tenant_id, id)
        )""")
    tenant_table("app.audit_event", web="SELECT, INSERT", worker="INSERT", operator="INSERT")
    execute("""
        CREATE POLICY own_name ON app.audit_event AS RESTRICTIVE FOR INSERT TO {web}
            WITH CHECK (account_id = (SELECT tenancy.account_id())
                AND membership_id = (SELECT tenancy.membership_id()))""")
    execute(f"""
        CREATE TABLE app.form_key (
            {TENANT},
            nonce text NOT NULL,
            account_id bigint NOT NULL,
            used_at timestamptz NOT NULL DEFAULT now(),
            location text,
            PRIMARY KEY (tenant_id, nonce),
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)
        )""")
    tenant_table("app.form_key", worker="SELECT, DELETE")

    execute(f"""
        CREATE TABLE gate.credential (
            {TENANT},
            account_id bigint NOT NULL,
            password_hash text NOT NULL,
            changed_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, account_id),
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)
        )""")
    tenant_table("gate.credential", web="", worker="")
    execute(f"""
        CREATE TABLE gate.session (
            {TENANT},
            token_hash bytea NOT NULL,
            account_id bigint NOT NULL,
            membership_id bigint NOT NULL,
            opened_at timestamptz NOT NULL DEFAULT now(),
            seen_at timestamptz NOT NULL DEFAULT now(),
            idle interval NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, token_hash),
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id),
            FOREIGN KEY (tenant_id, membership_id) REFERENCES app.membership (tenant_id, id)
        )""")
    tenant_table("gate.session", web="", worker="")
    execute(f"""
        CREATE TABLE gate.kept_form (
            {TENANT},
            account_id bigint NOT NULL,
            path text NOT NULL,
            sealed bytea NOT NULL,
            kept_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, account_id),
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)
        )""")
    tenant_table("gate.kept_form", web="", worker="")
    execute(f"""
        CREATE TABLE gate.attempt (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            subject bytea NOT NULL,
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (tenant_id, id)
        )""")
    execute("CREATE INDEX attempt_recent ON gate.attempt (tenant_id, subject, at)")
    tenant_table("gate.attempt", web="", worker="")


def downgrade() -> None:
    execute("DROP TABLE gate.attempt, gate.kept_form, gate.session, gate.credential")
    execute("DROP TABLE app.form_key, app.audit_event, app.membership, app.account")
