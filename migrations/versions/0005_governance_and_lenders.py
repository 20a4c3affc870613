"""Add what governance decides and banks agree to, dated: actions and their lead, delays, loan terms."""

from migrations.rights import execute, tenant_table

revision = "0005_governance_and_lenders"
down_revision = "0004_gate"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"


def upgrade() -> None:
    execute(f"""
        CREATE TABLE app.action (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            code text NOT NULL,
            name text NOT NULL,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, code)
        )""")
    tenant_table("app.action", web="SELECT", operator="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.action_lead (
            {TENANT},
            action_id bigint NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            organisation_id bigint NOT NULL,
            PRIMARY KEY (tenant_id, action_id, valid_from),
            CHECK (valid_to > valid_from),
            FOREIGN KEY (tenant_id, action_id) REFERENCES app.action (tenant_id, id),
            FOREIGN KEY (tenant_id, organisation_id) REFERENCES app.organisation (tenant_id, id)
        )""")
    tenant_table("app.action_lead", web="SELECT", operator="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.delay (
            {TENANT},
            state text NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            days integer NOT NULL CHECK (days > 0),
            source text NOT NULL,
            PRIMARY KEY (tenant_id, state, valid_from),
            CHECK (valid_to > valid_from)
        )""")
    tenant_table("app.delay", web="SELECT", operator="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.loan_terms (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            bank_id bigint NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            min_cents bigint NOT NULL CHECK (min_cents > 0),
            max_cents bigint NOT NULL,
            min_months integer NOT NULL CHECK (min_months > 0),
            max_months integer NOT NULL,
            annual_rate numeric(6, 5) NOT NULL CHECK (annual_rate >= 0),
            answer_days integer NOT NULL CHECK (answer_days > 0),
            source text NOT NULL,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, bank_id, valid_from),
            CHECK (valid_to > valid_from),
            CHECK (max_cents >= min_cents),
            CHECK (max_months >= min_months),
            FOREIGN KEY (tenant_id, bank_id) REFERENCES app.organisation (tenant_id, id)
        )""")
    tenant_table("app.loan_terms", web="SELECT", operator="SELECT, INSERT")


def downgrade() -> None:
    execute("DROP TABLE app.loan_terms, app.delay, app.action_lead, app.action")
