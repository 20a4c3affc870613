"""Let a case live its whole life: all states, sealed words, tasks, what orientations gave, saved lists."""

from migrations.rights import execute, tenant_table

revision = "0010_life_of_a_case"
down_revision = "0009_jobs"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"
BEFORE = (
    "contact",
    "redirected",
    "appointment",
    "no_show_or_withdrawn",
    "diagnosis",
    "ready",
    "sent_to_bank",
    "bank_refused",
    "approved",
)
STATES = (
    *BEFORE,
    "awaiting_documents",
    "local_review",
    "declined_by_case_worker",
    "bank_info_requested",
    "adjourned",
    "bank_counter_offer",
    "offer_lapsed",
    "offer_signed",
    "withdrawn_by_borrower",
    "disbursed",
    "closed",
)


def _check_states(states: tuple[str, ...]) -> None:
    execute("ALTER TABLE app.case_file DROP CONSTRAINT case_file_state_check")
    execute(
        "ALTER TABLE app.case_file ADD CONSTRAINT case_file_state_check"
        f" CHECK (state IN ({', '.join(repr(one) for one in states)}))"
    )


def upgrade() -> None:
    _check_states(STATES)
    execute("ALTER TABLE app.case_file ADD COLUMN purpose text NOT NULL DEFAULT ''")
    execute("ALTER TABLE app.case_event ADD COLUMN words bytea")
    execute("""
        ALTER TABLE app.orientation
            ADD COLUMN result text
                CHECK (result IN ('obtained', 'refused', 'pending', 'unknown')),
            ADD COLUMN result_on date,
            ADD COLUMN obtained_cents bigint CHECK (obtained_cents >= 0),
            ADD CHECK ((result IS NULL) = (result_on IS NULL)),
            ADD CHECK (obtained_cents IS NULL OR result = 'obtained')""")
    execute("GRANT UPDATE (result, result_on, obtained_cents) ON app.orientation TO {web}")
    execute(f"""
        CREATE TABLE app.task (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            case_id bigint NOT NULL,
            kind text NOT NULL,
            due_on date NOT NULL,
            words bytea,
            opened_on date NOT NULL,
            opened_by bigint NOT NULL,
            done_on date,
            done_by bigint,
            PRIMARY KEY (tenant_id, id),
            CHECK ((done_on IS NULL) = (done_by IS NULL)),
            FOREIGN KEY (tenant_id, case_id) REFERENCES app.case_file (tenant_id, id),
            FOREIGN KEY (tenant_id, opened_by) REFERENCES app.account (tenant_id, id),
            FOREIGN KEY (tenant_id, done_by) REFERENCES app.account (tenant_id, id)
        )""")
    execute("""
        CREATE INDEX task_to_do ON app.task (tenant_id, due_on, id)
            INCLUDE (case_id, kind) WHERE done_on IS NULL""")
    execute("CREATE INDEX task_of_case ON app.task (tenant_id, case_id, id)")
    tenant_table("app.task", web="SELECT, INSERT")
    execute("GRANT UPDATE (due_on, done_on, done_by) ON app.task TO {web}")
    execute(f"""
        CREATE TABLE app.saved_view (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            account_id bigint NOT NULL,
            name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
            filters jsonb NOT NULL,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, account_id, name),
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)
        )""")
    tenant_table("app.saved_view", web="SELECT, INSERT, DELETE", worker="")
    execute("""
        CREATE POLICY own_views ON app.saved_view AS RESTRICTIVE TO {web}
            USING (account_id = (SELECT tenancy.account_id()))
            WITH CHECK (account_id = (SELECT tenancy.account_id()))""")


def downgrade() -> None:
    execute("DROP TABLE app.saved_view, app.task")
    execute(
        "ALTER TABLE app.orientation DROP COLUMN obtained_cents, DROP COLUMN result_on, DROP COLUMN result"
    )
    execute("ALTER TABLE app.case_event DROP COLUMN words")
    execute("ALTER TABLE app.case_file DROP COLUMN purpose")
    _check_states(BEFORE)
