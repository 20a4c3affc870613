"""Add persons, the words that find them, and households.

Search goes by a table of words: under row-level security LIKE and trigrams cannot use an index,
a prefix compared in collation "C" can.
"""

from migrations.rights import execute, tenant_table

revision = "0006_people"
down_revision = "0005_governance_and_lenders"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"


def upgrade() -> None:
    execute(f"""
        CREATE TABLE app.person (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            civility text NOT NULL DEFAULT '',
            last_name text NOT NULL DEFAULT '',
            first_names text NOT NULL DEFAULT '',
            sort_name text COLLATE "C" NOT NULL DEFAULT '',
            birth_date date,
            phone text NOT NULL DEFAULT '',
            email text NOT NULL DEFAULT '',
            address text NOT NULL DEFAULT '',
            PRIMARY KEY (tenant_id, id)
        )""")
    tenant_table("app.person")
    execute(f"""
        CREATE TABLE app.person_word (
            {TENANT},
            word text COLLATE "C" NOT NULL,
            person_id bigint NOT NULL,
            PRIMARY KEY (tenant_id, word, person_id),
            FOREIGN KEY (tenant_id, person_id) REFERENCES app.person (tenant_id, id)
        )""")
    execute("CREATE INDEX person_word_of ON app.person_word (tenant_id, person_id)")
    tenant_table("app.person_word", web="SELECT, INSERT, DELETE")
    execute(f"""
        CREATE TABLE app.household (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            family text NOT NULL,
            adults integer NOT NULL CHECK (adults BETWEEN 1 AND 20),
            children integer NOT NULL CHECK (children BETWEEN 0 AND 20),
            alternate_children integer NOT NULL CHECK (alternate_children BETWEEN 0 AND 20),
            housing text NOT NULL,
            employment text NOT NULL,
            employment_ends_on date,
            PRIMARY KEY (tenant_id, id),
            CHECK (alternate_children <= children)
        )""")
    tenant_table("app.household")


def downgrade() -> None:
    execute("DROP TABLE app.household, app.person_word, app.person")
