"""Add the territory: communes, organisations and what each is to the grouping, with dates."""

from migrations.rights import execute, tenant_table

revision = "0002_groupings"
down_revision = "0001_tenancy"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"


def upgrade() -> None:
    execute(f"""
        CREATE TABLE app.origin (
            {TENANT},
            sha256 text NOT NULL,
            content text NOT NULL,
            loaded_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id)
        )""")
    tenant_table("app.origin", web="SELECT", operator="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.commune (
            {TENANT},
            code text COLLATE "C" NOT NULL,
            name text NOT NULL,
            epci_siren text,
            epci_name text,
            PRIMARY KEY (tenant_id, code)
        )""")
    tenant_table("app.commune", web="SELECT", operator="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.commune_population (
            {TENANT},
            commune_code text COLLATE "C" NOT NULL,
            valid_from date NOT NULL,
            inhabitants integer NOT NULL CHECK (inhabitants > 0),
            source text NOT NULL,
            PRIMARY KEY (tenant_id, commune_code, valid_from),
            FOREIGN KEY (tenant_id, commune_code) REFERENCES app.commune (tenant_id, code)
        )""")
    tenant_table("app.commune_population", web="SELECT", operator="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.organisation (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            kind text NOT NULL,
            name text NOT NULL,
            commune_code text COLLATE "C",
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, name),
            FOREIGN KEY (tenant_id, commune_code) REFERENCES app.commune (tenant_id, code)
        )""")
    tenant_table("app.organisation", web="SELECT", operator="SELECT, INSERT")
    execute(f"""
        CREATE TABLE app.participation (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            organisation_id bigint NOT NULL,
            kind text NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, organisation_id, kind, valid_from),
            CHECK (valid_to > valid_from),
            FOREIGN KEY (tenant_id, organisation_id) REFERENCES app.organisation (tenant_id, id)
        )""")
    tenant_table("app.participation", web="SELECT", operator="SELECT, INSERT")


def downgrade() -> None:
    execute(
        "DROP TABLE app.participation, app.organisation, app.commune_population, app.commune, app.origin"
    )
