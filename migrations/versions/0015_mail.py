"""Queue mails as rows: written with the act that causes them, sent later by the worker.

A mail is sealed, address included. A demonstration sends none: its mails wait to be looked at.
"""

from migrations.rights import execute, function, tenant_table

revision = "0015_mail"
down_revision = "0014_trail"

DEFINER = "SECURITY DEFINER SET search_path = queue, pg_catalog, pg_temp"
POST = """
            INSERT INTO app.mail (tenant_id, message, sealed) VALUES ({tenant}, p_message, p_sealed)
            RETURNING id INTO v_mail;
            IF NOT (SELECT t.is_demo FROM tenancy.tenant t WHERE t.id = {tenant}) THEN
                PERFORM procrastinate_defer_jobs_v1(ARRAY[
                    ROW('default', 'mail.send', 0, NULL, NULL,
                        jsonb_build_object('tenant', {tenant}, 'id', v_mail), NULL)
                    ::procrastinate_job_to_defer_v1]);
            END IF;
"""


def upgrade() -> None:
    execute("""
        CREATE TABLE app.mail (
            tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id),
            id bigint GENERATED ALWAYS AS IDENTITY,
            message uuid NOT NULL,
            sealed bytea NOT NULL,
            queued_at timestamptz NOT NULL DEFAULT now(),
            attempts integer NOT NULL DEFAULT 0,
            sent_at timestamptz,
            refused text,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, message)
        )""")
    tenant_table("app.mail", web="SELECT")
    execute("GRANT UPDATE (attempts, sent_at, refused) ON app.mail TO {worker}")
    execute(f"""
        CREATE FUNCTION tenancy.post_mail(p_message uuid, p_sealed bytea) RETURNS void
        LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE v_mail bigint; v_tenant bigint := tenancy.tenant_id();
        BEGIN {POST.format(tenant="v_tenant")} END $$""")
    function("tenancy.post_mail(uuid, bytea)", "{web}")
    # For what happens without a session: a reset, an invitation answered.
    execute(f"""
        CREATE FUNCTION gate.post_mail(p_slug text, p_message uuid, p_sealed bytea) RETURNS void
        LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE v_mail bigint; v_tenant bigint;
        BEGIN
            SELECT t.id INTO STRICT v_tenant FROM tenancy.tenant t WHERE t.slug = p_slug;
            {POST.format(tenant="v_tenant")}
        END $$""")
    function("gate.post_mail(text, uuid, bytea)", "{gate}")


def downgrade() -> None:
    execute("DROP FUNCTION gate.post_mail(text, uuid, bytea)")
    execute("DROP FUNCTION tenancy.post_mail(uuid, bytea)")
    execute("DROP TABLE app.mail")
