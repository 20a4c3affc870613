"""Add the only door into a tenant, and the functions that know passwords and open sessions."""

from migrations.rights import execute, function

revision = "0004_gate"
down_revision = "0003_accounts"

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

#: A membership that gives access today. Access follows real time, never a tenant's business date.
CURRENT = "m.valid_from <= current_date AND (m.valid_to IS NULL OR m.valid_to > current_date)"


def upgrade() -> None:
    _enter()
    _gate_reads()
    _gate_sessions()
    _gate_kept_forms()
    _gate_limits()
    _operator()


def _enter() -> None:
    # Returns no row for a token that opens nothing here: the caller is then anonymous, and every
    # table refuses. The host's tenant and the session's tenant are the same by the join itself.
    execute(f"""
        CREATE FUNCTION tenancy.enter(p_token text, p_slug text)
        RETURNS TABLE (tenant_id bigint, slug text, tenant_name text, number_prefix text,
            is_demo boolean, demo_date date, account_id bigint, account_name text,
            membership_id bigint, role text, organisation_id bigint, organisation_name text,
            commune_code text, hats jsonb, seconds_unseen double precision)
        LANGUAGE plpgsql {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE found_session gate.session;
        BEGIN
            SELECT s.* INTO found_session
            FROM tenancy.tenant t
            JOIN gate.session s ON s.tenant_id = t.id
                AND s.token_hash = sha256(convert_to(p_token, 'UTF8'))
            JOIN app.account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
            JOIN app.membership m ON m.tenant_id = s.tenant_id AND m.id = s.membership_id
            WHERE t.slug = p_slug AND s.expires_at > now() AND s.seen_at + s.idle > now()
                AND a.disabled_at IS NULL AND {CURRENT};
            IF NOT FOUND THEN
                RETURN;
            END IF;
            PERFORM tenancy.prove(found_session.tenant_id, found_session.account_id,
                                  found_session.membership_id);
            RETURN QUERY
                SELECT t.id, t.slug, t.name, t.number_prefix, t.is_demo, t.demo_date,
                    a.id, a.name, m.id, m.role, o.id, o.name, o.commune_code,
                    (SELECT jsonb_agg(jsonb_build_object('id', m.id, 'role', m.role, 'organisation', h.name)
                                      ORDER BY m.id)
                     FROM app.membership m JOIN app.organisation h
                        ON h.tenant_id = m.tenant_id AND h.id = m.organisation_id
                     WHERE m.tenant_id = t.id AND m.account_id = a.id AND {CURRENT}),
                    extract(epoch FROM now() - found_session.seen_at)::double precision
                FROM tenancy.tenant t
                JOIN app.account a ON a.tenant_id = t.id AND a.id = found_session.account_id
                JOIN app.membership m ON m.tenant_id = t.id AND m.id = found_session.membership_id
                JOIN app.organisation o ON o.tenant_id = t.id AND o.id = m.organisation_id
                WHERE t.id = found_session.tenant_id;
        END $$""")
    function("tenancy.enter(text, text)", "{web}")
    execute(f"""
        CREATE FUNCTION tenancy.set_demo_date(p_date date) RETURNS void
        LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            UPDATE tenancy.tenant SET demo_date = p_date
            WHERE id = tenancy.tenant_id() AND is_demo;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'only a demonstration tenant has a date of its own' USING ERRCODE = '42501';
            END IF;
        END $$""")
    function("tenancy.set_demo_date(date)", "{web}")


def _gate_reads() -> None:
    execute(f"""
        CREATE FUNCTION gate.tenant(p_slug text)
        RETURNS TABLE (id bigint, name text, is_demo boolean, demo_date date, members jsonb)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT t.id, t.name, t.is_demo, t.demo_date,
                (SELECT jsonb_agg(c.name ORDER BY c.name) FROM app.commune c WHERE c.tenant_id = t.id)
            FROM tenancy.tenant t WHERE t.slug = p_slug
        $$""")
    function("gate.tenant(text)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.credentials(p_slug text, p_email text)
        RETURNS TABLE (account_id bigint, password_hash text)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT a.id, k.password_hash
            FROM tenancy.tenant t
            JOIN app.account a ON a.tenant_id = t.id AND a.email = p_email AND a.disabled_at IS NULL
            JOIN gate.credential k ON k.tenant_id = t.id AND k.account_id = a.id
            WHERE t.slug = p_slug
        $$""")
    function("gate.credentials(text, text)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.demo_accounts(p_slug text)
        RETURNS TABLE (account_id bigint, name text, role text, organisation text)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT a.id, a.name, m.role, o.name
            FROM tenancy.tenant t
            JOIN app.account a ON a.tenant_id = t.id AND a.disabled_at IS NULL
            JOIN LATERAL (
                SELECT m.* FROM app.membership m
                WHERE m.tenant_id = t.id AND m.account_id = a.id AND {CURRENT}
                ORDER BY m.id LIMIT 1) m ON true
            JOIN app.organisation o ON o.tenant_id = t.id AND o.id = m.organisation_id
            WHERE t.slug = p_slug AND t.is_demo
            ORDER BY a.id
        $$""")
    function("gate.demo_accounts(text)", "{gate}")


def _gate_sessions() -> None:
    # The first current membership is the hat one arrives with; no membership, no session.
    execute(f"""
        CREATE FUNCTION gate.open_session(p_slug text, p_account bigint, p_token text,
                                          p_idle interval, p_lifetime interval)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            INSERT INTO gate.session (tenant_id, token_hash, account_id, membership_id, idle, expires_at)
            SELECT t.id, sha256(convert_to(p_token, 'UTF8')), a.id, m.id, p_idle, now() + p_lifetime
            FROM tenancy.tenant t
            JOIN app.account a ON a.tenant_id = t.id AND a.id = p_account AND a.disabled_at IS NULL
            JOIN app.membership m ON m.tenant_id = t.id AND m.account_id = a.id AND {CURRENT}
            WHERE t.slug = p_slug ORDER BY m.id LIMIT 1;
            RETURN FOUND;
        END $$""")
    function("gate.open_session(text, bigint, text, interval, interval)", "{gate}")
    # A change of hat is a change of rights: the token changes with it, the lifetime does not.
    execute(f"""
        CREATE FUNCTION gate.rotate_session(p_slug text, p_token text, p_new_token text, p_membership bigint)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            UPDATE gate.session s
            SET token_hash = sha256(convert_to(p_new_token, 'UTF8')), membership_id = m.id, seen_at = now()
            FROM tenancy.tenant t, app.membership m
            WHERE t.slug = p_slug AND s.tenant_id = t.id
                AND s.token_hash = sha256(convert_to(p_token, 'UTF8'))
                AND s.expires_at > now() AND s.seen_at + s.idle > now()
                AND m.tenant_id = t.id AND m.id = p_membership AND m.account_id = s.account_id AND {CURRENT};
            RETURN FOUND;
        END $$""")
    function("gate.rotate_session(text, text, text, bigint)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.end_session(p_slug text, p_token text) RETURNS void
        LANGUAGE sql {DEFINER} AS $$
            DELETE FROM gate.session s USING tenancy.tenant t
            WHERE t.slug = p_slug AND s.tenant_id = t.id
                AND s.token_hash = sha256(convert_to(p_token, 'UTF8'))
        $$""")
    function("gate.end_session(text, text)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.touch_session(p_slug text, p_token text) RETURNS void
        LANGUAGE sql {DEFINER} AS $$
            UPDATE gate.session s SET seen_at = now() FROM tenancy.tenant t
            WHERE t.slug = p_slug AND s.tenant_id = t.id
                AND s.token_hash = sha256(convert_to(p_token, 'UTF8'))
                AND s.expires_at > now() AND s.seen_at + s.idle > now()
        $$""")
    function("gate.touch_session(text, text)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.record(p_slug text, p_account bigint, p_membership bigint,
                                    p_act text, p_subject text, p_detail jsonb)
        RETURNS void LANGUAGE sql {DEFINER} AS $$
            INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject, detail)
            SELECT t.id, p_account, p_membership, p_act, p_subject, p_detail
            FROM tenancy.tenant t WHERE t.slug = p_slug
        $$""")
    function("gate.record(text, bigint, bigint, text, text, jsonb)", "{gate}")


def _gate_kept_forms() -> None:
    # A form posted after its session had ended is kept for the person of that session alone: the
    # token proves who she was, and only she is offered it, for a quarter of an hour.
    execute(f"""
        CREATE FUNCTION gate.keep_form(p_slug text, p_token text, p_account bigint, p_path text,
                                       p_sealed bytea)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            INSERT INTO gate.kept_form (tenant_id, account_id, path, sealed)
            SELECT s.tenant_id, s.account_id, p_path, p_sealed
            FROM tenancy.tenant t JOIN gate.session s ON s.tenant_id = t.id
                AND s.token_hash = sha256(convert_to(p_token, 'UTF8'))
            WHERE t.slug = p_slug AND s.account_id = p_account
            ON CONFLICT (tenant_id, account_id)
            DO UPDATE SET path = excluded.path, sealed = excluded.sealed, kept_at = now();
            RETURN FOUND;
        END $$""")
    function("gate.keep_form(text, text, bigint, text, bytea)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.kept_form(p_slug text, p_account bigint)
        RETURNS TABLE (path text, sealed bytea, kept_at timestamptz)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT k.path, k.sealed, k.kept_at
            FROM tenancy.tenant t JOIN gate.kept_form k ON k.tenant_id = t.id AND k.account_id = p_account
            WHERE t.slug = p_slug AND k.kept_at > now() - interval '15 minutes'
        $$""")
    function("gate.kept_form(text, bigint)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.forget_form(p_slug text, p_account bigint) RETURNS void
        LANGUAGE sql {DEFINER} AS $$
            DELETE FROM gate.kept_form k USING tenancy.tenant t
            WHERE t.slug = p_slug AND k.tenant_id = t.id AND k.account_id = p_account
        $$""")
    function("gate.forget_form(text, bigint)", "{gate}")


def _gate_limits() -> None:
    # Counts first, then tells whether one more may be evaluated. The advisory lock makes parallel
    # guesses wait in line, so that a hundred at once do not all see the same count.
    execute(f"""
        CREATE FUNCTION gate.may_attempt(p_slug text, p_subject bytea, p_window interval, p_limit integer)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE v_tenant bigint; v_count integer;
        BEGIN
            SELECT t.id INTO v_tenant FROM tenancy.tenant t WHERE t.slug = p_slug;
            IF v_tenant IS NULL THEN RETURN false; END IF;
            PERFORM pg_advisory_xact_lock(hashtextextended(v_tenant || '|' || encode(p_subject, 'hex'), 0));
            SELECT count(*) INTO v_count FROM gate.attempt a
            WHERE a.tenant_id = v_tenant AND a.subject = p_subject AND a.at > now() - p_window;
            IF v_count >= p_limit THEN RETURN false; END IF;
            INSERT INTO gate.attempt (tenant_id, subject) VALUES (v_tenant, p_subject);
            RETURN true;
        END $$""")
    function("gate.may_attempt(text, bytea, interval, integer)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.forget_attempts(p_slug text, p_subject bytea) RETURNS void
        LANGUAGE sql {DEFINER} AS $$
            DELETE FROM gate.attempt a USING tenancy.tenant t
            WHERE t.slug = p_slug AND a.tenant_id = t.id AND a.subject = p_subject
        $$""")
    function("gate.forget_attempts(text, bytea)", "{gate}")
    # What nobody can use any more. The worker calls it; it returns nothing about anyone.
    execute(f"""
        CREATE FUNCTION gate.sweep() RETURNS void LANGUAGE sql {DEFINER} AS $$
            DELETE FROM gate.session WHERE least(expires_at, seen_at + idle) < now() - interval '1 day';
            DELETE FROM gate.kept_form WHERE kept_at < now() - interval '15 minutes';
            DELETE FROM gate.attempt WHERE at < now() - interval '1 day';
            DELETE FROM app.form_key WHERE used_at < now() - interval '7 days';
        $$""")
    execute("GRANT USAGE ON SCHEMA gate TO {worker}")
    function("gate.sweep()", "{worker}")


def _operator() -> None:
    # The operator sets a tenant up: its policies reach configuration and accounts, never a case.
    execute(f"""
        CREATE FUNCTION tenancy.create_tenant(p_slug text, p_name text, p_prefix text, p_demo boolean)
        RETURNS bigint LANGUAGE sql {DEFINER} AS $$
            INSERT INTO tenancy.tenant (slug, name, number_prefix, is_demo)
            VALUES (p_slug, p_name, p_prefix, p_demo) RETURNING id
        $$""")
    function("tenancy.create_tenant(text, text, text, boolean)", "{operator}")
    execute(f"""
        CREATE FUNCTION tenancy.tenants()
        RETURNS TABLE (id bigint, slug text, name text, number_prefix text, is_demo boolean, sha256 text)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT t.id, t.slug, t.name, t.number_prefix, t.is_demo, o.sha256
            FROM tenancy.tenant t LEFT JOIN app.origin o ON o.tenant_id = t.id ORDER BY t.slug
        $$""")
    function("tenancy.tenants()", "{operator}")
    execute(f"""
        CREATE FUNCTION tenancy.enter_setup(p_slug text) RETURNS bigint
        LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE v_tenant bigint;
        BEGIN
            SELECT t.id INTO v_tenant FROM tenancy.tenant t WHERE t.slug = p_slug;
            IF v_tenant IS NOT NULL THEN PERFORM tenancy.prove(v_tenant, NULL, NULL); END IF;
            RETURN v_tenant;
        END $$""")
    function("tenancy.enter_setup(text)", "{operator}")
    execute(f"""
        CREATE FUNCTION gate.set_password(p_account bigint, p_hash text) RETURNS void
        LANGUAGE sql {DEFINER} AS $$
            INSERT INTO gate.credential (tenant_id, account_id, password_hash)
            VALUES (tenancy.tenant_id(), p_account, p_hash)
            ON CONFLICT (tenant_id, account_id)
            DO UPDATE SET password_hash = excluded.password_hash, changed_at = now();
            DELETE FROM gate.session WHERE tenant_id = tenancy.tenant_id() AND account_id = p_account;
        $$""")
    function("gate.set_password(bigint, text)", "{operator}")


def downgrade() -> None:
    for signature in (
        "enter(text, text)",
        "set_demo_date(date)",
        "enter_setup(text)",
        "tenants()",
        "create_tenant(text, text, text, boolean)",
    ):
        execute(f"DROP FUNCTION tenancy.{signature}")
    for signature in (
        "tenant(text)",
        "credentials(text, text)",
        "demo_accounts(text)",
        "open_session(text, bigint, text, interval, interval)",
        "rotate_session(text, text, text, bigint)",
        "end_session(text, text)",
        "touch_session(text, text)",
        "record(text, bigint, bigint, text, text, jsonb)",
        "may_attempt(text, bytea, interval, integer)",
        "forget_attempts(text, bytea)",
        "sweep()",
        "set_password(bigint, text)",
    ):
        execute(f"DROP FUNCTION gate.{signature}")
