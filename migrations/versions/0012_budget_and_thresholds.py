"""Let a budget line say whose, how sure and until when; children their age; thresholds be dated rows."""

from migrations.rights import execute, tenant_table

revision = "0012_budget_and_thresholds"
down_revision = "0011_answers"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"


def upgrade() -> None:
    execute("""
        ALTER TABLE app.budget_line
            ADD COLUMN rank integer,
            ADD COLUMN whose text NOT NULL DEFAULT 'applicant',
            ADD COLUMN confidence text NOT NULL DEFAULT 'declared',
            ADD COLUMN ends_on date,
            ADD COLUMN creditor text NOT NULL DEFAULT '',
            ADD COLUMN owed_cents bigint CHECK (owed_cents >= 0)""")
    execute("""
        UPDATE app.budget_line b SET rank = n.rank
        FROM (SELECT tenant_id, case_id, code,
                     row_number() OVER (PARTITION BY tenant_id, case_id ORDER BY code) AS rank
              FROM app.budget_line) n
        WHERE n.tenant_id = b.tenant_id AND n.case_id = b.case_id AND n.code = b.code""")
    execute("""
        ALTER TABLE app.budget_line
            ALTER COLUMN rank SET NOT NULL,
            DROP CONSTRAINT budget_line_pkey,
            ADD PRIMARY KEY (tenant_id, case_id, rank)""")
    execute("ALTER TABLE app.household ADD COLUMN children_born integer[] NOT NULL DEFAULT '{}'")
    execute(f"""
        CREATE TABLE app.threshold (
            {TENANT},
            code text NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            value integer NOT NULL CHECK (value >= 0),
            source text NOT NULL,
            PRIMARY KEY (tenant_id, code, valid_from),
            CHECK (valid_to > valid_from)
        )""")
    tenant_table("app.threshold", web="SELECT", operator="SELECT, INSERT")


def downgrade() -> None:
    execute("DROP TABLE app.threshold")
    execute("ALTER TABLE app.household DROP COLUMN children_born")
    execute("""
        DELETE FROM app.budget_line b USING app.budget_line o
        WHERE o.tenant_id = b.tenant_id AND o.case_id = b.case_id AND o.code = b.code AND o.rank < b.rank""")
    execute("ALTER TABLE app.budget_line DROP CONSTRAINT budget_line_pkey")
    execute("""
        ALTER TABLE app.budget_line DROP COLUMN rank, DROP COLUMN whose, DROP COLUMN confidence,
            DROP COLUMN ends_on, DROP COLUMN creditor, DROP COLUMN owed_cents,
            ADD PRIMARY KEY (tenant_id, case_id, code)""")
