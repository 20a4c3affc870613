"""Add the frozen copy sent to a bank, and the bank's answer.

What was sent cannot be rewritten: the web role may change the answer's columns and no other.
"""

from migrations.rights import execute, tenant_table

revision = "0008_submissions"
down_revision = "0007_cases"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"


def upgrade() -> None:
    execute(f"""
        CREATE TABLE app.submission (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            case_id bigint NOT NULL,
            bank_id bigint NOT NULL,
            terms_id bigint NOT NULL,
            sent_on date NOT NULL,
            sent_at timestamptz NOT NULL DEFAULT now(),
            due_on date NOT NULL,
            copy bytea NOT NULL,
            sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{{64}}$'),
            verified_at timestamptz,
            answer text CHECK (answer IN ('granted', 'refused')),
            answered_on date,
            answered_by bigint,
            reason text NOT NULL DEFAULT '',
            PRIMARY KEY (tenant_id, id),
            CHECK ((answer IS NULL) = (answered_on IS NULL)),
            FOREIGN KEY (tenant_id, case_id) REFERENCES app.case_file (tenant_id, id),
            FOREIGN KEY (tenant_id, bank_id) REFERENCES app.organisation (tenant_id, id),
            FOREIGN KEY (tenant_id, terms_id) REFERENCES app.loan_terms (tenant_id, id),
            FOREIGN KEY (tenant_id, answered_by) REFERENCES app.account (tenant_id, id)
        )""")
    execute(
        "CREATE UNIQUE INDEX submission_open ON app.submission (tenant_id, case_id) WHERE answer IS NULL"
    )
    execute(
        "CREATE INDEX submission_of_bank ON app.submission (tenant_id, bank_id, answer, due_on, id)"
    )
    tenant_table("app.submission", web="SELECT, INSERT", worker="SELECT")
    execute("GRANT UPDATE (answer, answered_on, answered_by, reason) ON app.submission TO {web}")
    execute("GRANT UPDATE (verified_at) ON app.submission TO {worker}")


def downgrade() -> None:
    execute("DROP TABLE app.submission")
