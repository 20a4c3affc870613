"""Add the tenant register and the signed context, before any business table exists.

Row-level security by a plain setting does not survive SQL injection: the web role could set it.
So the database proves the tenant itself, from the session token, and signs what it proved.
"""

from migrations.rights import execute, function, tenant_table

revision = "0001_tenancy"
down_revision = None

#: Read by every policy through a sub-select, so once per statement. PARALLEL RESTRICTED, not
#: UNSAFE: parallel plans stay possible, and the function itself runs in the leader, whose pid is signed.
CONTEXT = """
CREATE FUNCTION tenancy.{name}() RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT nullif(split_part(tenancy.proved(), '|', {position}), '')::bigint $$
"""


def upgrade() -> None:
    execute("CREATE SCHEMA app")
    execute("CREATE SCHEMA gate")
    execute("GRANT USAGE ON SCHEMA app TO {web}, {worker}, {operator}")
    execute("GRANT USAGE ON SCHEMA gate TO {gate}, {operator}")
    execute("GRANT USAGE ON SCHEMA tenancy TO {web}, {gate}, {worker}, {operator}")

    execute("""
        CREATE TABLE tenancy.tenant (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            slug text COLLATE "C" NOT NULL UNIQUE
                CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{1,38}[a-z0-9])$'),
            name text NOT NULL,
            number_prefix text NOT NULL
                CHECK (number_prefix ~ '^[A-Z]{2,4}$'),
            is_demo boolean NOT NULL DEFAULT false,
            demo_date date,
            created_at timestamptz NOT NULL DEFAULT now(),
            CHECK (is_demo OR demo_date IS NULL)
        )""")
    execute("ALTER TABLE tenancy.tenant ENABLE ROW LEVEL SECURITY")
    execute("ALTER TABLE tenancy.tenant FORCE ROW LEVEL SECURITY")
    execute("CREATE POLICY owner_all ON tenancy.tenant TO {owner} USING (true) WITH CHECK (true)")
    execute("GRANT SELECT ON tenancy.tenant TO {web}, {worker}")
    execute("GRANT SELECT ON tenancy.migration TO {web}")

    execute("""
        CREATE TABLE tenancy.signing_key (
            id smallint PRIMARY KEY CHECK (id = 1),
            inner_pad bytea NOT NULL,
            outer_pad bytea NOT NULL
        )""")
    execute("ALTER TABLE tenancy.signing_key ENABLE ROW LEVEL SECURITY")
    execute("ALTER TABLE tenancy.signing_key FORCE ROW LEVEL SECURITY")
    execute(
        "CREATE POLICY owner_all ON tenancy.signing_key TO {owner} USING (true) WITH CHECK (true)"
    )
    pad = " || ".join(["uuid_send(gen_random_uuid())"] * 4)
    execute(f"INSERT INTO tenancy.signing_key VALUES (1, {pad}, {pad})")

    # The keyed hash of RFC 2104's shape, from core functions: no extension is needed.
    execute("""
        CREATE FUNCTION tenancy.mac(message text) RETURNS text
        LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
            SELECT encode(sha256(outer_pad || sha256(inner_pad || convert_to(message, 'UTF8'))), 'hex')
            FROM tenancy.signing_key
        $$""")
    function("tenancy.mac(text)")

    # A value is good in one backend and one transaction only: replayed in another it proves nothing.
    execute("""
        CREATE FUNCTION tenancy.here(claims text) RETURNS text
        LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
            SELECT claims || '|' || pg_backend_pid() || '|' || extract(epoch FROM transaction_timestamp())
        $$""")
    function("tenancy.here(text)")
    execute("""
        CREATE FUNCTION tenancy.prove(p_tenant bigint, p_account bigint, p_membership bigint)
        RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
        DECLARE claims text := concat(p_tenant, '|', p_account, '|', p_membership);
        BEGIN
            IF coalesce(current_setting('microcredit.context', true), '') <> '' THEN
                RAISE EXCEPTION 'this transaction has already entered a tenant' USING ERRCODE = '42501';
            END IF;
            PERFORM set_config('microcredit.context', claims || '|' || tenancy.mac(tenancy.here(claims)), true);
        END $$""")
    function("tenancy.prove(bigint, bigint, bigint)")
    execute("""
        CREATE FUNCTION tenancy.proved() RETURNS text
        LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
        DECLARE
            value text := current_setting('microcredit.context', true);
            claims text := substring(value FROM '^(\\d+\\|\\d*\\|\\d*)\\|');
        BEGIN
            IF claims IS NULL
                OR substr(value, length(claims) + 2) IS DISTINCT FROM tenancy.mac(tenancy.here(claims))
            THEN
                RAISE EXCEPTION 'no proved tenant in this transaction' USING ERRCODE = '42501';
            END IF;
            RETURN claims;
        END $$""")
    function("tenancy.proved()")
    for position, name in enumerate(("tenant_id", "account_id", "membership_id"), start=1):
        execute(CONTEXT.replace("{name}", name).replace("{position}", str(position)))
        function(f"tenancy.{name}()", "{web}", "{worker}", "{operator}")
    execute("""
        CREATE POLICY own_tenant ON tenancy.tenant TO {web}, {worker}
            USING (id = (SELECT tenancy.tenant_id())) WITH CHECK (id = (SELECT tenancy.tenant_id()))""")

    # Each tenant's own key, wrapped by the master key that the database never sees.
    execute("""
        CREATE TABLE app.tenant_key (
            tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id()
                REFERENCES tenancy.tenant (id),
            version integer NOT NULL,
            wrapped bytea NOT NULL,
            PRIMARY KEY (tenant_id, version)
        )""")
    tenant_table("app.tenant_key", web="SELECT", operator="SELECT, INSERT")


def downgrade() -> None:
    execute("DROP SCHEMA app, gate CASCADE")
    execute("DROP TABLE tenancy.tenant, tenancy.signing_key CASCADE")
    for signature in (
        "tenant_id()",
        "account_id()",
        "membership_id()",
        "proved()",
        "prove(bigint, bigint, bigint)",
        "here(text)",
        "mac(text)",
    ):
        execute(f"DROP FUNCTION tenancy.{signature}")
