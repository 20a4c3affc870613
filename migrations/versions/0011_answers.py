"""Keep all that a bank answers: terms granted, several reasons, adjournments, items asked and sent."""

from migrations.rights import execute, tenant_table

revision = "0011_answers"
down_revision = "0010_life_of_a_case"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"
FINAL = "answer, answered_on, answered_by, reasons, granted_cents, granted_months, granted_rate"


def upgrade() -> None:
    execute("ALTER TABLE app.submission DROP CONSTRAINT submission_answer_check")
    execute("""
        ALTER TABLE app.submission
            ADD CONSTRAINT submission_answer_check
                CHECK (answer IN ('granted', 'counter_offer', 'refused', 'recalled')),
            ADD COLUMN reasons text[] NOT NULL DEFAULT '{}',
            ADD COLUMN granted_cents bigint CHECK (granted_cents > 0),
            ADD COLUMN granted_months integer CHECK (granted_months > 0),
            ADD COLUMN granted_rate numeric(6, 5) CHECK (granted_rate >= 0),
            ADD COLUMN accepted boolean,
            ADD COLUMN accepted_on date""")
    execute("UPDATE app.submission SET reasons = ARRAY[reason] WHERE reason <> ''")
    execute("""
        UPDATE app.submission s
        SET granted_cents = c.amount_cents, granted_months = c.months, granted_rate = t.annual_rate
        FROM app.case_file c, app.loan_terms t
        WHERE s.answer = 'granted' AND c.tenant_id = s.tenant_id AND c.id = s.case_id
            AND t.tenant_id = s.tenant_id AND t.id = s.terms_id""")
    execute("ALTER TABLE app.submission DROP COLUMN reason")
    execute("""
        ALTER TABLE app.submission
            ADD CONSTRAINT submission_granted_check CHECK (
                (answer IN ('granted', 'counter_offer')) IS NOT TRUE
                OR (granted_cents IS NOT NULL AND granted_months IS NOT NULL AND granted_rate IS NOT NULL)),
            ADD CONSTRAINT submission_accepted_check CHECK (
                accepted IS NULL OR (answer = 'counter_offer' AND accepted_on IS NOT NULL))""")
    execute(f"GRANT UPDATE ({FINAL}, accepted, accepted_on, due_on) ON app.submission TO {{web}}")
    execute("CREATE INDEX submission_of_case ON app.submission (tenant_id, case_id, id)")
    execute(f"""
        CREATE TABLE app.submission_step (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            submission_id bigint NOT NULL,
            kind text NOT NULL CHECK (kind IN ('adjourned', 'items_asked', 'items_sent')),
            on_date date NOT NULL,
            due_on date,
            words bytea,
            account_id bigint NOT NULL,
            PRIMARY KEY (tenant_id, id),
            FOREIGN KEY (tenant_id, submission_id) REFERENCES app.submission (tenant_id, id),
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)
        )""")
    execute("CREATE INDEX submission_step_of ON app.submission_step (tenant_id, submission_id, id)")
    tenant_table("app.submission_step", web="SELECT, INSERT")


def downgrade() -> None:
    execute("DROP TABLE app.submission_step")
    execute("DROP INDEX app.submission_of_case")
    execute("ALTER TABLE app.submission ADD COLUMN reason text NOT NULL DEFAULT ''")
    execute("UPDATE app.submission SET reason = reasons[1] WHERE reasons <> '{}'")
    execute("""
        ALTER TABLE app.submission DROP COLUMN reasons, DROP COLUMN granted_cents, DROP COLUMN granted_months,
            DROP COLUMN granted_rate, DROP COLUMN accepted, DROP COLUMN accepted_on,
            DROP CONSTRAINT submission_answer_check""")
    execute("""
        ALTER TABLE app.submission
            ADD CONSTRAINT submission_answer_check CHECK (answer IN ('granted', 'refused'))""")
    execute("GRANT UPDATE (reason) ON app.submission TO {web}")
    execute("REVOKE UPDATE (due_on) ON app.submission FROM {web}")
