"""Chain the trail: each event holds the hash of the one before, so that a change shows where it was made.

The database numbers and hashes, whoever inserts; the head of a tenant's chain is locked from its last
event until the commit, so that numbers have no gap.
"""

from migrations.rights import execute, function, tenant_table

revision = "0014_trail"
down_revision = "0013_loans"

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

#: The fields of an event in the order in which they are hashed; the verifier knows the same list.
CANONICAL = """
    tenancy.field({0}tenant_id::text) || tenancy.field({0}seq::text)
    || tenancy.field(trunc(extract(epoch FROM {0}at) * 1000000)::bigint::text)
    || tenancy.field({0}account_id::text) || tenancy.field({0}membership_id::text)
    || tenancy.field({0}act) || tenancy.field({0}subject) || tenancy.field({0}detail::text)
"""


def upgrade() -> None:
    execute("""
        CREATE TABLE gate.trail_head (
            tenant_id bigint NOT NULL REFERENCES tenancy.tenant (id),
            seq bigint NOT NULL,
            hash bytea NOT NULL,
            PRIMARY KEY (tenant_id)
        )""")
    tenant_table("gate.trail_head", web="", worker="")
    # A length before each field, −1 for none: no two events are written alike.
    execute("""
        CREATE FUNCTION tenancy.field(value text) RETURNS bytea
        LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
            SELECT CASE WHEN value IS NULL THEN int4send(-1)
                ELSE int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8') END
        $$""")
    function("tenancy.field(text)")
    execute("""
        ALTER TABLE app.audit_event ADD COLUMN seq bigint DEFAULT 0,
            ADD COLUMN prev bytea DEFAULT '', ADD COLUMN hash bytea DEFAULT ''""")
    execute(f"""
        CREATE FUNCTION tenancy.chain_event() RETURNS trigger
        LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE head gate.trail_head;
        BEGIN
            INSERT INTO gate.trail_head (tenant_id, seq, hash) VALUES (NEW.tenant_id, 0, ''::bytea)
            ON CONFLICT (tenant_id) DO UPDATE SET seq = gate.trail_head.seq
            RETURNING * INTO head;
            NEW.seq := head.seq + 1;
            NEW.prev := head.hash;
            NEW.hash := sha256(NEW.prev || {CANONICAL.format("NEW.")});
            UPDATE gate.trail_head SET seq = NEW.seq, hash = NEW.hash WHERE tenant_id = NEW.tenant_id;
            RETURN NEW;
        END $$""")
    function("tenancy.chain_event()")
    # The table's policy comes after its triggers: without this, a refused event would first have held
    # another tenant's chain, and its error would have said whether that tenant exists.
    execute("""
        CREATE FUNCTION tenancy.own_event() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
            IF NOT pg_has_role(current_user, '{owner}', 'MEMBER')
                AND NEW.tenant_id IS DISTINCT FROM tenancy.tenant_id() THEN
                RAISE insufficient_privilege USING MESSAGE = 'not an event of this tenant';
            END IF;
            RETURN NEW;
        END $$""")
    function("tenancy.own_event()")
    execute(f"""
        DO $$
        DECLARE event record; last_tenant bigint; n bigint; last_hash bytea;
        BEGIN
            FOR event IN SELECT * FROM app.audit_event ORDER BY tenant_id, id LOOP
                IF event.tenant_id IS DISTINCT FROM last_tenant THEN
                    last_tenant := event.tenant_id; n := 0; last_hash := ''::bytea;
                END IF;
                n := n + 1;
                event.seq := n;
                UPDATE app.audit_event SET seq = n, prev = last_hash,
                    hash = sha256(last_hash || {CANONICAL.format("event.")})
                WHERE tenant_id = event.tenant_id AND id = event.id
                RETURNING hash INTO last_hash;
                INSERT INTO gate.trail_head VALUES (event.tenant_id, n, last_hash)
                ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
            END LOOP;
        END $$""")
    execute("""
        ALTER TABLE app.audit_event ALTER COLUMN seq SET NOT NULL, ALTER COLUMN prev SET NOT NULL,
            ALTER COLUMN hash SET NOT NULL, ADD UNIQUE (tenant_id, seq)""")
    execute("""
        CREATE INDEX audit_event_of_subject ON app.audit_event (tenant_id, subject, seq DESC)""")
    execute("""
        CREATE INDEX audit_event_of_account ON app.audit_event (tenant_id, account_id, seq DESC)""")
    execute("CREATE INDEX audit_event_at ON app.audit_event (tenant_id, at)")
    # Triggers of one moment run in the order of their names.
    for name, called in (("a_own_event", "own_event"), ("b_chain_event", "chain_event")):
        execute(f"""
            CREATE TRIGGER {name} BEFORE INSERT ON app.audit_event
            FOR EACH ROW EXECUTE FUNCTION tenancy.{called}()""")


def downgrade() -> None:
    execute("DROP TRIGGER a_own_event ON app.audit_event")
    execute("DROP TRIGGER b_chain_event ON app.audit_event")
    execute("DROP FUNCTION tenancy.own_event()")
    execute("DROP FUNCTION tenancy.chain_event()")
    for index in ("of_subject", "of_account", "at"):
        execute(f"DROP INDEX app.audit_event_{index}")
    execute("ALTER TABLE app.audit_event DROP COLUMN seq, DROP COLUMN prev, DROP COLUMN hash")
    execute("DROP FUNCTION tenancy.field(text)")
    execute("DROP TABLE gate.trail_head")
