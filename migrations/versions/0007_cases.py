"""Add the case and what happens to it: numbers, residences, appointments, budget, events, orientations."""

from migrations.rights import execute, tenant_table

revision = "0007_cases"
down_revision = "0006_people"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"
OF_CASE = "FOREIGN KEY (tenant_id, case_id) REFERENCES app.case_file (tenant_id, id)"
STATES = (
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


def upgrade() -> None:
    execute(f"""
        CREATE TABLE app.case_counter (
            {TENANT},
            year integer NOT NULL,
            last integer NOT NULL,
            PRIMARY KEY (tenant_id, year)
        )""")
    tenant_table("app.case_counter")
    execute(f"""
        CREATE TABLE app.case_file (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            number text COLLATE "C" NOT NULL,
            version integer NOT NULL,
            action_id bigint NOT NULL,
            state text NOT NULL CHECK (state IN ({", ".join(f"'{s}'" for s in STATES)})),
            state_since date NOT NULL,
            opened_on date NOT NULL,
            channel text NOT NULL,
            desk_id bigint NOT NULL,
            opening_code text COLLATE "C" NOT NULL,
            residence_code text COLLATE "C" NOT NULL,
            motive text NOT NULL,
            amount_cents bigint NOT NULL CHECK (amount_cents > 0),
            person_id bigint,
            household_id bigint,
            project bytea,
            total_cost_cents bigint,
            contribution_cents bigint,
            months integer CHECK (months > 0),
            notice_given_on date,
            opinion bytea,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, number),
            FOREIGN KEY (tenant_id, action_id) REFERENCES app.action (tenant_id, id),
            FOREIGN KEY (tenant_id, desk_id) REFERENCES app.organisation (tenant_id, id),
            FOREIGN KEY (tenant_id, opening_code) REFERENCES app.commune (tenant_id, code),
            FOREIGN KEY (tenant_id, residence_code) REFERENCES app.commune (tenant_id, code),
            FOREIGN KEY (tenant_id, person_id) REFERENCES app.person (tenant_id, id),
            FOREIGN KEY (tenant_id, household_id) REFERENCES app.household (tenant_id, id)
        )""")
    execute("""
        CREATE INDEX case_file_by_state ON app.case_file (tenant_id, state, state_since, id)
            INCLUDE (number, residence_code, desk_id, motive, amount_cents, person_id)""")
    execute("CREATE INDEX case_file_by_person ON app.case_file (tenant_id, person_id)")
    tenant_table("app.case_file")
    execute(f"""
        CREATE TABLE app.residence (
            {TENANT},
            case_id bigint NOT NULL,
            valid_from date NOT NULL,
            commune_code text COLLATE "C" NOT NULL,
            PRIMARY KEY (tenant_id, case_id, valid_from),
            {OF_CASE},
            FOREIGN KEY (tenant_id, commune_code) REFERENCES app.commune (tenant_id, code)
        )""")
    tenant_table("app.residence")
    execute(f"""
        CREATE TABLE app.appointment (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            case_id bigint NOT NULL,
            on_date date NOT NULL,
            at_time time NOT NULL,
            place_id bigint NOT NULL,
            PRIMARY KEY (tenant_id, id),
            {OF_CASE},
            FOREIGN KEY (tenant_id, place_id) REFERENCES app.organisation (tenant_id, id)
        )""")
    execute("CREATE INDEX appointment_by_day ON app.appointment (tenant_id, on_date, at_time)")
    execute("CREATE INDEX appointment_of_case ON app.appointment (tenant_id, case_id, on_date)")
    tenant_table("app.appointment", web="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.budget_line (
            {TENANT},
            case_id bigint NOT NULL,
            code text NOT NULL,
            amount_cents bigint NOT NULL CHECK (amount_cents > 0),
            periodicity text NOT NULL,
            PRIMARY KEY (tenant_id, case_id, code),
            {OF_CASE}
        )""")
    tenant_table("app.budget_line", web="SELECT, INSERT, DELETE")
    execute(f"""
        CREATE TABLE app.case_event (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            case_id bigint NOT NULL,
            act text NOT NULL,
            from_state text,
            to_state text NOT NULL,
            on_date date NOT NULL,
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            account_id bigint NOT NULL,
            reason text NOT NULL DEFAULT '',
            note text NOT NULL DEFAULT '',
            PRIMARY KEY (tenant_id, id),
            {OF_CASE},
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)
        )""")
    execute("CREATE INDEX case_event_of_case ON app.case_event (tenant_id, case_id, id)")
    execute(
        "CREATE INDEX case_event_by_state ON app.case_event (tenant_id, to_state, on_date) INCLUDE (case_id)"
    )
    tenant_table("app.case_event", web="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.orientation (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            case_id bigint NOT NULL,
            target text NOT NULL,
            proposed_on date NOT NULL,
            account_id bigint NOT NULL,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, case_id, target, proposed_on),
            {OF_CASE},
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)
        )""")
    tenant_table("app.orientation", web="SELECT, INSERT")


def downgrade() -> None:
    execute(
        "DROP TABLE app.orientation, app.case_event, app.budget_line, app.appointment,"
        " app.residence, app.case_file, app.case_counter"
    )
