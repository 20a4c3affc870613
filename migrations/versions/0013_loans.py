"""Add loans: the signed offer, the dated schedule, what is known of each instalment, and the evaluation.

What was signed and what was noted are never rewritten; a new schedule ends the rows that it replaces.
"""

from migrations.rights import execute, tenant_table

revision = "0013_loans"
down_revision = "0012_budget_and_thresholds"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"
OF_LOAN = "FOREIGN KEY (tenant_id, loan_id) REFERENCES app.loan (tenant_id, id)"
BY_ACCOUNT = "FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)"


def upgrade() -> None:
    execute(
        "ALTER TABLE app.submission ADD CONSTRAINT submission_of_its_case UNIQUE (tenant_id, id, case_id, bank_id)"
    )
    execute(f"""
        CREATE TABLE app.loan (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            case_id bigint NOT NULL,
            submission_id bigint NOT NULL,
            bank_id bigint NOT NULL,
            principal_cents bigint NOT NULL CHECK (principal_cents > 0),
            annual_rate numeric(6, 5) NOT NULL CHECK (annual_rate >= 0),
            months integer NOT NULL CHECK (months > 0),
            signed_on date NOT NULL,
            first_payment_on date NOT NULL,
            withdrawal_until date NOT NULL,
            disbursed_on date CHECK (disbursed_on >= first_payment_on),
            payee_kind text CHECK (payee_kind IN ('supplier', 'borrower')),
            payee bytea,
            withdrawn_on date CHECK (withdrawn_on BETWEEN signed_on AND withdrawal_until),
            refund_due_on date,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, submission_id),
            CHECK ((disbursed_on IS NULL) = (payee_kind IS NULL)),
            CHECK (refund_due_on IS NULL OR (withdrawn_on IS NOT NULL AND disbursed_on IS NOT NULL)),
            FOREIGN KEY (tenant_id, case_id) REFERENCES app.case_file (tenant_id, id),
            FOREIGN KEY (tenant_id, submission_id, case_id, bank_id)
                REFERENCES app.submission (tenant_id, id, case_id, bank_id)
        )""")
    execute("CREATE INDEX loan_of_case ON app.loan (tenant_id, case_id, id)")
    execute("CREATE INDEX loan_of_bank ON app.loan (tenant_id, bank_id, id)")
    tenant_table("app.loan", web="SELECT, INSERT")
    execute(
        "GRANT UPDATE (disbursed_on, payee_kind, payee, withdrawn_on, refund_due_on) ON app.loan TO {web}"
    )
    execute(f"""
        CREATE TABLE app.loan_schedule (
            {TENANT},
            loan_id bigint NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            valid_from date NOT NULL,
            reason text NOT NULL,
            first_number integer NOT NULL CHECK (first_number > 0),
            account_id bigint NOT NULL,
            PRIMARY KEY (tenant_id, loan_id, version),
            {OF_LOAN},
            {BY_ACCOUNT}
        )""")
    tenant_table("app.loan_schedule", web="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.instalment (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            loan_id bigint NOT NULL,
            version integer NOT NULL,
            number integer NOT NULL CHECK (number > 0),
            due_on date NOT NULL,
            amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
            principal_cents bigint NOT NULL,
            interest_cents bigint NOT NULL CHECK (interest_cents >= 0),
            outstanding_cents bigint NOT NULL CHECK (outstanding_cents >= 0),
            valid_from date NOT NULL,
            valid_to date,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, loan_id, version, number),
            UNIQUE (tenant_id, loan_id, id),
            CHECK (amount_cents = principal_cents + interest_cents),
            CHECK (valid_to >= valid_from),
            FOREIGN KEY (tenant_id, loan_id, version)
                REFERENCES app.loan_schedule (tenant_id, loan_id, version)
        )""")
    execute("""
        CREATE INDEX instalment_due ON app.instalment (tenant_id, due_on)
            INCLUDE (loan_id, amount_cents, principal_cents) WHERE valid_to IS NULL""")
    tenant_table("app.instalment", web="SELECT, INSERT")
    execute("GRANT UPDATE (valid_to) ON app.instalment TO {web}")
    execute(f"""
        CREATE TABLE app.posting (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            loan_id bigint NOT NULL,
            instalment_id bigint,
            kind text NOT NULL CHECK (kind IN ('paid', 'rejected', 'settled_early', 'guarantee_called')),
            source text NOT NULL CHECK (source IN ('bank', 'person')),
            on_date date NOT NULL,
            amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            account_id bigint NOT NULL,
            PRIMARY KEY (tenant_id, id),
            CHECK ((instalment_id IS NULL) = (kind IN ('settled_early', 'guarantee_called'))),
            {OF_LOAN},
            FOREIGN KEY (tenant_id, loan_id, instalment_id)
                REFERENCES app.instalment (tenant_id, loan_id, id),
            {BY_ACCOUNT}
        )""")
    execute("CREATE INDEX posting_of_loan ON app.posting (tenant_id, loan_id, id)")
    execute("CREATE INDEX posting_of_instalment ON app.posting (tenant_id, instalment_id, id)")
    execute("""
        CREATE UNIQUE INDEX posting_ends_once ON app.posting (tenant_id, loan_id)
            WHERE kind = 'settled_early'""")
    tenant_table("app.posting", web="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.evaluation (
            {TENANT},
            loan_id bigint NOT NULL,
            on_date date NOT NULL,
            account_id bigint NOT NULL,
            reached boolean NOT NULL,
            project_realised text,
            still_used boolean,
            employment text,
            income_change text,
            budget_feeling integer CHECK (budget_feeling BETWEEN 1 AND 5),
            bank_relation text,
            help_useful integer CHECK (help_useful BETWEEN 1 AND 5),
            would_recommend boolean,
            new_project boolean,
            comment bytea,
            PRIMARY KEY (tenant_id, loan_id),
            CHECK (reached OR (project_realised IS NULL AND budget_feeling IS NULL)),
            {OF_LOAN},
            {BY_ACCOUNT}
        )""")
    tenant_table("app.evaluation", web="SELECT, INSERT")


def downgrade() -> None:
    execute("DROP TABLE app.evaluation, app.posting, app.instalment, app.loan_schedule, app.loan")
    execute("ALTER TABLE app.submission DROP CONSTRAINT submission_of_its_case")
