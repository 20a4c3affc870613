"""Part of 0016: how accesses end, who manages them, the yearly review, accounts that nobody uses."""

from migrations.access.words import CURRENT, DEFINER, MANAGES, RECORD, TRUSTED, WIDE
from migrations.rights import execute, function

#: What waits for an account: tasks that she holds or opened, appointments to come that she noted.
TASKS = """app.task k WHERE k.tenant_id = {0}.tenant_id AND k.done_on IS NULL
                AND coalesce(k.held_by, k.opened_by) = {0}.account_id"""
APPOINTMENTS = """app.appointment k WHERE k.tenant_id = {0}.tenant_id
                AND k.on_date >= (SELECT coalesce(t.demo_date, current_date) FROM tenancy.tenant t
                    WHERE t.id = {0}.tenant_id)
                AND coalesce(k.held_by, (SELECT e.account_id FROM app.case_event e
                    WHERE e.tenant_id = k.tenant_id AND e.case_id = k.case_id
                        AND e.act = 'note_appointment' ORDER BY e.id DESC LIMIT 1)) = {0}.account_id"""
DESK = "('case_worker', 'front_desk')"

#: Invitations of somebody who may not invite there any more are worth nothing.
FORGET = """
            WITH gone AS (
                UPDATE gate.invitation i SET revoked_at = now()
                WHERE i.tenant_id = ended.tenant_id AND i.invited_by = ended.account_id
                    AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND {0}
                RETURNING i.id)
            INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
            SELECT actor.tenant_id, actor.account_id, actor.membership_id, 'revoke_invitation',
                'invitation:' || gone.id FROM gone;
"""


def upgrade() -> None:
    """Add columns and functions."""
    for table in ("task", "appointment"):
        execute(f"""
            ALTER TABLE app.{table} ADD COLUMN held_by bigint,
                ADD FOREIGN KEY (tenant_id, held_by) REFERENCES app.account (tenant_id, id)""")
    _open_work()
    end()
    _manager()
    _review()
    _unused()


def _open_work() -> None:
    # Work needs a successor when nothing else of this account's roles could do it.
    execute(f"""
        CREATE FUNCTION gate.work_of(ended app.membership) RETURNS TABLE (tasks bigint, appointments bigint)
        LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
            SELECT (SELECT count(*) FROM {TASKS.format("ended")}),
                (SELECT count(*) FROM {APPOINTMENTS.format("ended")})
            WHERE ended.role IN {DESK} AND NOT EXISTS (SELECT 1 FROM app.membership m
                WHERE m.tenant_id = ended.tenant_id AND m.account_id = ended.account_id
                    AND m.id <> ended.id AND m.role IN {DESK} AND {CURRENT})
        $$""")
    function("gate.work_of(app.membership)")
    offer_open_work("w.tasks, w.appointments", "tasks bigint, appointments bigint", "JOIN")


def offer_open_work(columns: str, shape: str, join: str) -> None:
    """Create what a page asks before an access ends: how much somebody must take over."""
    execute(f"""
        CREATE FUNCTION gate.open_work(p_slug text, p_token text, p_membership bigint)
        RETURNS TABLE ({shape})
        LANGUAGE plpgsql STABLE {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            RETURN QUERY SELECT {columns} FROM app.membership m {join} LATERAL gate.work_of(m) w ON true
                WHERE m.tenant_id = actor.tenant_id AND m.id = p_membership
                    AND {MANAGES.format("m.organisation_id")} AND {CURRENT};
        END $$""")
    function("gate.open_work(text, text, bigint)", "{gate}")


def end(also: str = "") -> None:
    """Create, or create anew, the function that ends an access; `also` hands over something more."""
    # Access ends at the next request: a session counts only while its membership does. One departure
    # at a time in a tenant: two administrators who end each other at once do not both leave.
    execute(f"""
        CREATE OR REPLACE FUNCTION gate.end_membership(
            p_slug text, p_token text, p_membership bigint, p_successor bigint)
        RETURNS text LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE actor record; ended app.membership; work record; v_successor bigint;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtextextended('departure|' || p_slug, 0));
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            SELECT m.* INTO ended FROM app.membership m
            WHERE m.tenant_id = actor.tenant_id AND m.id = p_membership AND {CURRENT}
                AND {MANAGES.format("m.organisation_id")}
                AND (actor.role = 'tenant_admin' OR m.role NOT IN {WIDE})
            FOR UPDATE;
            IF NOT FOUND THEN RETURN 'unknown'; END IF;
            IF ended.account_id = actor.account_id THEN RETURN 'self'; END IF;
            IF ended.role = 'tenant_admin' AND NOT EXISTS (
                SELECT 1 FROM app.membership m JOIN app.account a ON a.tenant_id = m.tenant_id AND a.id = m.account_id
                WHERE m.tenant_id = actor.tenant_id AND m.role = 'tenant_admin' AND m.id <> ended.id
                    AND m.account_id <> ended.account_id AND a.disabled_at IS NULL AND {CURRENT}) THEN
                RETURN 'last';
            END IF;
            SELECT * INTO work FROM gate.work_of(ended);
            IF coalesce(work.tasks, 0) + coalesce(work.appointments, 0) > 0 THEN
                SELECT m.account_id INTO v_successor
                FROM app.membership m JOIN app.account a ON a.tenant_id = m.tenant_id AND a.id = m.account_id
                WHERE m.tenant_id = actor.tenant_id AND m.id = p_successor AND a.disabled_at IS NULL
                    AND m.account_id <> ended.account_id AND {CURRENT}
                    AND (m.role = 'case_worker' OR m.role = 'front_desk' AND ended.role = 'front_desk'
                        AND m.organisation_id = ended.organisation_id);
                IF NOT FOUND THEN RETURN 'hand_over'; END IF;
                UPDATE app.task SET held_by = v_successor WHERE tenant_id = ended.tenant_id
                    AND id IN (SELECT k.id FROM {TASKS.format("ended")});
                UPDATE app.appointment SET held_by = v_successor WHERE tenant_id = ended.tenant_id
                    AND id IN (SELECT k.id FROM {APPOINTMENTS.format("ended")});
                {RECORD.format(act="'hand_over'", subject="'account:' || v_successor")}
            END IF;
            {also}
            UPDATE app.membership m SET valid_to = current_date
            WHERE m.tenant_id = actor.tenant_id AND m.id = ended.id;
            DELETE FROM gate.session s WHERE s.tenant_id = actor.tenant_id AND s.membership_id = ended.id;
            UPDATE app.account a SET disabled_at = now()
            WHERE a.tenant_id = actor.tenant_id AND a.id = ended.account_id AND NOT EXISTS (
                SELECT 1 FROM app.membership m WHERE m.tenant_id = a.tenant_id AND m.account_id = a.id
                    AND (m.valid_to IS NULL OR m.valid_to > current_date));
            {FORGET.format("(ended.role = 'tenant_admin' OR i.organisation_id = ended.organisation_id)")}
            {RECORD.format(act="'end_membership'", subject="'membership:' || p_membership")}
            RETURN 'ended';
        END $$""")
    function("gate.end_membership(text, text, bigint, bigint)", "{gate}")


def _manager() -> None:
    execute(f"""
        CREATE FUNCTION gate.set_manager(p_slug text, p_token text, p_membership bigint, p_manages boolean)
        RETURNS text LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE actor record; ended app.membership;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            SELECT m.* INTO ended FROM app.membership m
            WHERE m.tenant_id = actor.tenant_id AND m.id = p_membership AND actor.role = 'tenant_admin'
                AND {CURRENT} FOR UPDATE;
            IF NOT FOUND THEN RETURN 'unknown'; END IF;
            IF ended.account_id = actor.account_id THEN RETURN 'self'; END IF;
            IF p_manages AND ended.role NOT IN {TRUSTED} THEN RETURN 'role'; END IF;
            UPDATE app.membership m SET manages_accounts = p_manages
            WHERE m.tenant_id = actor.tenant_id AND m.id = p_membership;
            IF NOT p_manages THEN
                {FORGET.format("i.organisation_id = ended.organisation_id")}
            END IF;
            {
        RECORD.format(
            act="CASE WHEN p_manages THEN 'name_manager' ELSE 'unname_manager' END",
            subject="'membership:' || p_membership",
        )
    }
            RETURN 'done';
        END $$""")
    function("gate.set_manager(text, text, bigint, boolean)", "{gate}")


def _review() -> None:
    execute(f"""
        CREATE FUNCTION gate.review_accesses(p_slug text, p_token text, p_organisation bigint)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            INSERT INTO gate.access_review (tenant_id, organisation_id, reviewed_by)
            SELECT o.tenant_id, o.id, actor.account_id FROM app.organisation o
            WHERE o.tenant_id = actor.tenant_id AND o.id = p_organisation AND {MANAGES.format("o.id")};
            IF NOT FOUND THEN RETURN false; END IF;
            {RECORD.format(act="'review_accesses'", subject="'organisation:' || p_organisation")}
            RETURN true;
        END $$""")
    function("gate.review_accesses(text, text, bigint)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.reviews(p_slug text, p_token text)
        RETURNS TABLE (organisation_id bigint, reviewed_at timestamptz, reviewed_by text)
        LANGUAGE plpgsql STABLE {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            RETURN QUERY SELECT DISTINCT ON (r.organisation_id) r.organisation_id, r.reviewed_at, a.name
                FROM gate.access_review r
                JOIN app.account a ON a.tenant_id = r.tenant_id AND a.id = r.reviewed_by
                WHERE r.tenant_id = actor.tenant_id
                    AND (actor.role = 'coordinator' OR {MANAGES.format("r.organisation_id")})
                ORDER BY r.organisation_id, r.id DESC;
        END $$""")
    function("gate.reviews(text, text)", "{gate}")


def _unused() -> None:
    # Whoever opens a session or is seen in one uses her account; noted at most once an hour.
    execute(f"""
        CREATE FUNCTION gate.note_use() RETURNS trigger
        LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            UPDATE app.account a SET last_used_at = now()
            WHERE a.tenant_id = NEW.tenant_id AND a.id = NEW.account_id
                AND (a.last_used_at IS NULL OR a.last_used_at < now() - interval '1 hour');
            RETURN NULL;
        END $$""")
    function("gate.note_use()")
    execute("""
        CREATE TRIGGER note_use AFTER INSERT OR UPDATE OF seen_at ON gate.session
        FOR EACH ROW EXECUTE FUNCTION gate.note_use()""")
    execute("""
        CREATE FUNCTION tenancy.defer_daily() RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = queue, pg_catalog, pg_temp AS $$
            SELECT procrastinate_defer_jobs_v1(ARRAY[
                ROW('default', 'accounts.unused', 0, NULL, NULL,
                    jsonb_build_object('tenant', t.id, 'id', 0), NULL)::procrastinate_job_to_defer_v1])
            FROM tenancy.tenant t WHERE NOT t.is_demo
        $$""")
    function("tenancy.defer_daily()", "{worker}")
    # After 60 days a letter, 30 days after that letter the end. The last administrator stays.
    execute(f"""
        CREATE FUNCTION tenancy.retire_unused()
        RETURNS TABLE (account_id bigint, name text, email text, closed boolean)
        LANGUAGE plpgsql {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE v_tenant bigint := tenancy.tenant_id(); one record;
        BEGIN
            DELETE FROM gate.join_request r
            WHERE r.tenant_id = v_tenant AND r.asked_at < now() - interval '30 days';
            FOR one IN SELECT a.id, a.name, a.email, coalesce(a.last_used_at, a.created_at) AS used,
                    a.warned_at, EXISTS (SELECT 1 FROM app.membership m WHERE m.tenant_id = v_tenant
                        AND m.account_id = a.id AND m.role = 'tenant_admin' AND {CURRENT}) AS admin
                FROM app.account a
                WHERE a.tenant_id = v_tenant AND a.disabled_at IS NULL
                    AND coalesce(a.last_used_at, a.created_at) < now() - interval '60 days'
                ORDER BY a.id FOR UPDATE OF a
            LOOP
                account_id := one.id; name := one.name; email := one.email;
                IF one.warned_at IS NULL OR one.warned_at < one.used THEN
                    UPDATE app.account a SET warned_at = now() WHERE a.tenant_id = v_tenant AND a.id = one.id;
                    closed := false;
                    RETURN NEXT;
                ELSIF one.used < now() - interval '90 days' AND one.warned_at < now() - interval '30 days'
                    AND NOT (one.admin AND NOT EXISTS (
                        SELECT 1 FROM app.membership m JOIN app.account a ON a.tenant_id = m.tenant_id
                            AND a.id = m.account_id
                        WHERE m.tenant_id = v_tenant AND m.role = 'tenant_admin' AND m.account_id <> one.id
                            AND a.disabled_at IS NULL AND {CURRENT})) THEN
                    UPDATE app.account a SET disabled_at = now() WHERE a.tenant_id = v_tenant AND a.id = one.id;
                    DELETE FROM gate.session s WHERE s.tenant_id = v_tenant AND s.account_id = one.id;
                    INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
                    VALUES (v_tenant, NULL, NULL, 'retire_unused', 'account:' || one.id);
                    closed := true;
                    RETURN NEXT;
                END IF;
            END LOOP;
        END $$""")
    function("tenancy.retire_unused()", "{worker}")
    execute("GRANT EXECUTE ON FUNCTION tenancy.post_mail(uuid, bytea) TO {worker}")


def downgrade() -> None:
    """Take them back."""
    execute("REVOKE EXECUTE ON FUNCTION tenancy.post_mail(uuid, bytea) FROM {worker}")
    execute("DROP TRIGGER note_use ON gate.session")
    for signature in (
        "tenancy.retire_unused()",
        "tenancy.defer_daily()",
        "gate.note_use()",
        "gate.reviews(text, text)",
        "gate.review_accesses(text, text, bigint)",
        "gate.set_manager(text, text, bigint, boolean)",
        "gate.end_membership(text, text, bigint, bigint)",
        "gate.open_work(text, text, bigint)",
        "gate.work_of(app.membership)",
    ):
        execute(f"DROP FUNCTION {signature}")
    for table in ("task", "appointment"):
        execute(f"ALTER TABLE app.{table} DROP COLUMN held_by")
