"""Add the queue of procrastinate, which only the worker reads, and the only way into it.

`tenancy.defer` writes a job in the act's own transaction and stamps the tenant from the signed
context, so that a job can never be enqueued for another tenant. `tenancy.enter_job` takes the
tenant from a job that is running, so that the worker enters a tenant for work and not otherwise.
"""

from importlib.resources import files

from alembic import op
from migrations.rights import execute, function

revision = "0009_jobs"
down_revision = "0008_submissions"

TABLES = (
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"


def upgrade() -> None:
    execute("CREATE SCHEMA queue")
    execute("GRANT USAGE ON SCHEMA queue TO {worker}")
    execute("SET LOCAL search_path = queue, pg_catalog")
    schema = (files("procrastinate") / "sql" / "schema.sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(schema)
    execute("SET LOCAL search_path = public")
    for table in TABLES:
        execute(f"ALTER TABLE queue.{table} ENABLE ROW LEVEL SECURITY")
        execute(f"ALTER TABLE queue.{table} FORCE ROW LEVEL SECURITY")
        execute(
            f"CREATE POLICY queue_only ON queue.{table} TO {{owner}}, {{worker}} USING (true) WITH CHECK (true)"
        )
        execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON queue.{table} TO {{worker}}")
    execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO {worker}")
    execute("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA queue FROM PUBLIC")
    execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA queue TO {worker}")

    execute("""
        CREATE FUNCTION tenancy.defer(p_name text, p_id bigint) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = queue, pg_catalog, pg_temp AS $$
        BEGIN
            IF p_name !~ '^[a-z]+\\.[a-z_]+$' THEN
                RAISE EXCEPTION 'not the name of a job' USING ERRCODE = '22023';
            END IF;
            PERFORM procrastinate_defer_jobs_v1(ARRAY[
                ROW('default', p_name, 0, NULL, NULL,
                    jsonb_build_object('tenant', tenancy.tenant_id(), 'id', p_id), NULL)
                ::procrastinate_job_to_defer_v1]);
        END $$""")
    function("tenancy.defer(text, bigint)", "{web}", "{worker}")
    execute(f"""
        CREATE FUNCTION tenancy.enter_job(p_job bigint) RETURNS TABLE (demo_date date)
        LANGUAGE plpgsql {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE v_tenant bigint;
        BEGIN
            SELECT t.id INTO v_tenant
            FROM queue.procrastinate_jobs j JOIN tenancy.tenant t ON t.id = (j.args ->> 'tenant')::bigint
            WHERE j.id = p_job AND j.status = 'doing';
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no such job is running' USING ERRCODE = '42501';
            END IF;
            PERFORM tenancy.prove(v_tenant, NULL, NULL);
            RETURN QUERY SELECT t.demo_date FROM tenancy.tenant t WHERE t.id = v_tenant;
        END $$""")
    function("tenancy.enter_job(bigint)", "{worker}")


def downgrade() -> None:
    execute("DROP FUNCTION tenancy.enter_job(bigint)")
    execute("DROP FUNCTION tenancy.defer(text, bigint)")
    execute("DROP SCHEMA queue CASCADE")
