"""Let organisations let their own people in: who manages accounts, invitations, departures, reviews.

No login role may write accounts or memberships but through these functions of the gate. Each takes the
token of a live session and asks the database whether that very person may do it; nobody acts on herself.
"""

from migrations.rights import execute, function, tenant_table

revision = "0016_access"
down_revision = "0015_mail"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
CURRENT = "m.valid_from <= current_date AND (m.valid_to IS NULL OR m.valid_to > current_date)"

#: Roles that see named cases: the administrator's word alone does not start them.
SEES_CASES = "('case_worker', 'front_desk', 'ccas_director', 'coordinator', 'bank_officer', 'prescriber_adviser')"
RECORD = """
            INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
            VALUES (actor.tenant_id, actor.account_id, actor.membership_id, {act}, {subject});
"""


def upgrade() -> None:
    # A membership may end on the day it began.
    execute("""
        ALTER TABLE app.membership ADD COLUMN manages_accounts boolean NOT NULL DEFAULT false,
            DROP CONSTRAINT membership_check,
            ADD CONSTRAINT membership_check CHECK (valid_to >= valid_from)""")
    execute("ALTER TABLE app.account ADD COLUMN last_used_at timestamptz")
    execute(f"""
        CREATE TABLE gate.invitation (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            email text NOT NULL CHECK (email = lower(email)),
            name text NOT NULL,
            organisation_id bigint NOT NULL,
            role text NOT NULL,
            manages_accounts boolean NOT NULL,
            token_hash bytea NOT NULL,
            invited_by bigint NOT NULL,
            invited_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL,
            to_confirm boolean NOT NULL,
            confirmed_by bigint,
            confirmed_at timestamptz,
            account_id bigint,
            accepted_at timestamptz,
            revoked_at timestamptz,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, token_hash),
            CHECK ((accepted_at IS NULL) = (account_id IS NULL)),
            CHECK (confirmed_by <> invited_by AND (account_id IS NULL OR confirmed_by <> account_id)),
            FOREIGN KEY (tenant_id, organisation_id) REFERENCES app.organisation (tenant_id, id),
            FOREIGN KEY (tenant_id, invited_by) REFERENCES app.account (tenant_id, id),
            FOREIGN KEY (tenant_id, confirmed_by) REFERENCES app.account (tenant_id, id),
            FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)
        )""")
    execute("""
        CREATE UNIQUE INDEX invitation_open ON gate.invitation (tenant_id, email, organisation_id, role)
            WHERE accepted_at IS NULL AND revoked_at IS NULL""")
    tenant_table("gate.invitation", web="", worker="")
    _actor()
    _invite()
    _answer()
    _membership()


def _actor() -> None:
    execute(f"""
        CREATE FUNCTION gate.actor(p_slug text, p_token text)
        RETURNS TABLE (tenant_id bigint, account_id bigint, membership_id bigint, role text,
            organisation_id bigint, manages_accounts boolean)
        LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
        #variable_conflict use_column
        BEGIN
            RETURN QUERY
                SELECT s.tenant_id, s.account_id, s.membership_id, m.role, m.organisation_id,
                    m.manages_accounts
                FROM tenancy.tenant t
                JOIN gate.session s ON s.tenant_id = t.id
                    AND s.token_hash = sha256(convert_to(p_token, 'UTF8'))
                JOIN app.account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
                JOIN app.membership m ON m.tenant_id = s.tenant_id AND m.id = s.membership_id
                WHERE t.slug = p_slug AND s.expires_at > now() AND s.seen_at + s.idle > now()
                    AND a.disabled_at IS NULL AND {CURRENT};
            IF NOT FOUND THEN
                RAISE EXCEPTION 'nobody is signed in' USING ERRCODE = '42501';
            END IF;
        END $$""")
    function("gate.actor(text, text)")


def _invite() -> None:
    execute(f"""
        CREATE FUNCTION gate.invite(p_slug text, p_token text, p_email text, p_name text,
            p_organisation bigint, p_role text, p_manages boolean, p_secret text, p_lifetime interval)
        RETURNS TABLE (invitation_id bigint, to_confirm boolean)
        LANGUAGE plpgsql {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE actor record; v_confirm boolean; v_id bigint;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            IF actor.role <> 'tenant_admin'
                AND NOT (actor.manages_accounts AND actor.organisation_id = p_organisation) THEN
                RAISE EXCEPTION 'not theirs to invite' USING ERRCODE = '42501';
            END IF;
            v_confirm := p_role IN {SEES_CASES}
                AND NOT (actor.manages_accounts AND actor.organisation_id = p_organisation);
            INSERT INTO gate.invitation (tenant_id, email, name, organisation_id, role, manages_accounts,
                token_hash, invited_by, expires_at, to_confirm)
            VALUES (actor.tenant_id, lower(p_email), p_name, p_organisation, p_role, p_manages,
                sha256(convert_to(p_secret, 'UTF8')), actor.account_id, now() + p_lifetime, v_confirm)
            RETURNING id INTO v_id;
            {RECORD.format(act="'invite'", subject="'invitation:' || v_id")}
            RETURN QUERY SELECT v_id, v_confirm;
        END $$""")
    function("gate.invite(text, text, text, text, bigint, text, boolean, text, interval)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.invitations(p_slug text, p_token text, p_organisation bigint)
        RETURNS TABLE (id bigint, email text, name text, organisation_id bigint, organisation text,
            role text, manages_accounts boolean, invited_by text, invited_at timestamptz,
            expires_at timestamptz, to_confirm boolean, confirmed_at timestamptz,
            accepted_at timestamptz, revoked_at timestamptz)
        LANGUAGE plpgsql STABLE {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            RETURN QUERY
                SELECT i.id, i.email, i.name, i.organisation_id, o.name, i.role, i.manages_accounts, a.name,
                    i.invited_at, i.expires_at, i.to_confirm, i.confirmed_at, i.accepted_at, i.revoked_at
                FROM gate.invitation i
                JOIN app.organisation o ON o.tenant_id = i.tenant_id AND o.id = i.organisation_id
                JOIN app.account a ON a.tenant_id = i.tenant_id AND a.id = i.invited_by
                WHERE i.tenant_id = actor.tenant_id AND (p_organisation IS NULL OR i.organisation_id = p_organisation)
                    AND (actor.role IN ('tenant_admin', 'coordinator')
                        OR (actor.manages_accounts AND actor.organisation_id = i.organisation_id))
                ORDER BY i.id DESC;
        END $$""")
    function("gate.invitations(text, text, bigint)", "{gate}")
    # A new secret makes the former link worthless.
    execute(f"""
        CREATE FUNCTION gate.renew_invitation(p_slug text, p_token text, p_invitation bigint, p_secret text,
            p_lifetime interval)
        RETURNS TABLE (email text, name text, organisation text, role text)
        LANGUAGE plpgsql {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            UPDATE gate.invitation i
            SET token_hash = sha256(convert_to(p_secret, 'UTF8')), expires_at = now() + p_lifetime
            WHERE i.tenant_id = actor.tenant_id AND i.id = p_invitation
                AND i.accepted_at IS NULL AND i.revoked_at IS NULL
                AND (actor.role = 'tenant_admin'
                    OR (actor.manages_accounts AND actor.organisation_id = i.organisation_id));
            IF NOT FOUND THEN RETURN; END IF;
            {RECORD.format(act="'renew_invitation'", subject="'invitation:' || p_invitation")}
            RETURN QUERY SELECT i.email, i.name, o.name, i.role FROM gate.invitation i
                JOIN app.organisation o ON o.tenant_id = i.tenant_id AND o.id = i.organisation_id
                WHERE i.tenant_id = actor.tenant_id AND i.id = p_invitation;
        END $$""")
    function("gate.renew_invitation(text, text, bigint, text, interval)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.revoke_invitation(p_slug text, p_token text, p_invitation bigint)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            UPDATE gate.invitation i SET revoked_at = now()
            WHERE i.tenant_id = actor.tenant_id AND i.id = p_invitation AND i.revoked_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM app.membership m
                    WHERE m.tenant_id = i.tenant_id AND m.account_id = i.account_id
                        AND m.organisation_id = i.organisation_id AND m.role = i.role AND {CURRENT})
                AND (actor.role = 'tenant_admin'
                    OR (actor.manages_accounts AND actor.organisation_id = i.organisation_id));
            IF NOT FOUND THEN RETURN false; END IF;
            {RECORD.format(act="'revoke_invitation'", subject="'invitation:' || p_invitation")}
            RETURN true;
        END $$""")
    function("gate.revoke_invitation(text, text, bigint)", "{gate}")


def _answer() -> None:
    execute(f"""
        CREATE FUNCTION gate.start_membership(p_tenant bigint, p_invitation bigint) RETURNS boolean
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
        DECLARE i gate.invitation;
        BEGIN
            SELECT * INTO i FROM gate.invitation WHERE tenant_id = p_tenant AND id = p_invitation;
            IF i.accepted_at IS NULL OR i.revoked_at IS NOT NULL
                OR (i.to_confirm AND i.confirmed_at IS NULL) THEN
                RETURN false;
            END IF;
            INSERT INTO app.membership (tenant_id, account_id, organisation_id, role, manages_accounts, valid_from)
            SELECT i.tenant_id, i.account_id, i.organisation_id, i.role, i.manages_accounts, current_date
            WHERE NOT EXISTS (SELECT 1 FROM app.membership m
                WHERE m.tenant_id = i.tenant_id AND m.account_id = i.account_id
                    AND m.organisation_id = i.organisation_id AND m.role = i.role AND {CURRENT})
            ON CONFLICT ON CONSTRAINT membership_once DO UPDATE
                SET valid_to = NULL, manages_accounts = excluded.manages_accounts;
            RETURN true;
        END $$""")
    function("gate.start_membership(bigint, bigint)")
    execute(f"""
        CREATE FUNCTION gate.invitation(p_slug text, p_secret text)
        RETURNS TABLE (email text, name text, organisation text, role text, known boolean)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT i.email, i.name, o.name, i.role,
                EXISTS (SELECT 1 FROM app.account a JOIN gate.credential k
                        ON k.tenant_id = a.tenant_id AND k.account_id = a.id
                    WHERE a.tenant_id = i.tenant_id AND a.email = i.email AND a.disabled_at IS NULL)
            FROM tenancy.tenant t
            JOIN gate.invitation i ON i.tenant_id = t.id
                AND i.token_hash = sha256(convert_to(p_secret, 'UTF8'))
            JOIN app.organisation o ON o.tenant_id = i.tenant_id AND o.id = i.organisation_id
            WHERE t.slug = p_slug AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now()
        $$""")
    function("gate.invitation(text, text)", "{gate}")
    # The link proves the address. It never changes the password of an account that is in use: whoever
    # steals it gains a role that its owner sees, not her account. `started` is false while the role
    # waits for a confirmation.
    execute(f"""
        CREATE FUNCTION gate.accept_invitation(p_slug text, p_secret text, p_name text, p_password_hash text)
        RETURNS TABLE (account_id bigint, started boolean)
        LANGUAGE plpgsql {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE i gate.invitation; v_account bigint; v_disabled timestamptz;
        BEGIN
            SELECT v.* INTO i FROM tenancy.tenant t JOIN gate.invitation v ON v.tenant_id = t.id
                AND v.token_hash = sha256(convert_to(p_secret, 'UTF8'))
            WHERE t.slug = p_slug AND v.accepted_at IS NULL AND v.revoked_at IS NULL AND v.expires_at > now()
            FOR UPDATE OF v;
            IF NOT FOUND THEN RETURN; END IF;
            SELECT a.id, a.disabled_at INTO v_account, v_disabled FROM app.account a
            WHERE a.tenant_id = i.tenant_id AND a.email = i.email FOR UPDATE;
            IF v_account IS NULL THEN
                INSERT INTO app.account (tenant_id, email, name) VALUES (i.tenant_id, i.email, p_name)
                RETURNING id INTO v_account;
                v_disabled := now();
            END IF;
            IF v_disabled IS NOT NULL OR NOT EXISTS (SELECT 1 FROM gate.credential k
                WHERE k.tenant_id = i.tenant_id AND k.account_id = v_account) THEN
                UPDATE app.account a SET disabled_at = NULL, last_used_at = now()
                WHERE a.tenant_id = i.tenant_id AND a.id = v_account;
                IF p_password_hash IS NOT NULL THEN
                    INSERT INTO gate.credential (tenant_id, account_id, password_hash)
                    VALUES (i.tenant_id, v_account, p_password_hash)
                    ON CONFLICT (tenant_id, account_id)
                    DO UPDATE SET password_hash = excluded.password_hash, changed_at = now();
                END IF;
            END IF;
            UPDATE gate.invitation v SET accepted_at = now(), account_id = v_account
            WHERE v.tenant_id = i.tenant_id AND v.id = i.id;
            INSERT INTO app.audit_event (tenant_id, account_id, act, subject)
            VALUES (i.tenant_id, v_account, 'accept_invitation', 'invitation:' || i.id);
            RETURN QUERY SELECT v_account, gate.start_membership(i.tenant_id, i.id);
        END $$""")
    function("gate.accept_invitation(text, text, text, text)", "{gate}")
    # By the coordinator, or the manager of that organisation; neither who invited nor who was invited.
    execute(f"""
        CREATE FUNCTION gate.confirm_invitation(p_slug text, p_token text, p_invitation bigint)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE actor record; i gate.invitation;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            SELECT v.* INTO i FROM gate.invitation v
            WHERE v.tenant_id = actor.tenant_id AND v.id = p_invitation AND v.to_confirm
                AND v.confirmed_at IS NULL AND v.revoked_at IS NULL FOR UPDATE;
            IF NOT FOUND THEN RETURN false; END IF;
            IF i.invited_by = actor.account_id OR i.account_id = actor.account_id
                OR i.email = (SELECT a.email FROM app.account a
                              WHERE a.tenant_id = actor.tenant_id AND a.id = actor.account_id)
                OR NOT (actor.role = 'coordinator'
                    OR (actor.manages_accounts AND actor.organisation_id = i.organisation_id)) THEN
                RAISE EXCEPTION 'not theirs to confirm' USING ERRCODE = '42501';
            END IF;
            UPDATE gate.invitation v SET confirmed_by = actor.account_id, confirmed_at = now()
            WHERE v.tenant_id = i.tenant_id AND v.id = i.id;
            {RECORD.format(act="'confirm_invitation'", subject="'invitation:' || p_invitation")}
            PERFORM gate.start_membership(i.tenant_id, i.id);
            RETURN true;
        END $$""")
    function("gate.confirm_invitation(text, text, bigint)", "{gate}")


def _membership() -> None:
    # Access ends at the next request: a session counts only while its membership does.
    execute(f"""
        CREATE FUNCTION gate.end_membership(p_slug text, p_token text, p_membership bigint)
        RETURNS text LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE actor record; ended app.membership;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            PERFORM pg_advisory_xact_lock(hashtextextended('membership|' || actor.tenant_id, 0));
            SELECT m.* INTO ended FROM app.membership m
            WHERE m.tenant_id = actor.tenant_id AND m.id = p_membership AND {CURRENT} FOR UPDATE;
            IF NOT FOUND THEN RETURN 'gone'; END IF;
            IF actor.role <> 'tenant_admin'
                AND NOT (actor.manages_accounts AND actor.organisation_id = ended.organisation_id) THEN
                RAISE EXCEPTION 'not theirs to end' USING ERRCODE = '42501';
            END IF;
            IF ended.account_id = actor.account_id THEN RETURN 'self'; END IF;
            IF ended.role = 'tenant_admin' AND NOT EXISTS (
                SELECT 1 FROM app.membership m JOIN app.account a ON a.tenant_id = m.tenant_id AND a.id = m.account_id
                WHERE m.tenant_id = actor.tenant_id AND m.role = 'tenant_admin' AND m.id <> ended.id
                    AND a.disabled_at IS NULL AND {CURRENT}) THEN
                RETURN 'last';
            END IF;
            UPDATE app.membership m SET valid_to = current_date
            WHERE m.tenant_id = actor.tenant_id AND m.id = ended.id;
            DELETE FROM gate.session s WHERE s.tenant_id = actor.tenant_id AND s.membership_id = ended.id;
            UPDATE app.account a SET disabled_at = now()
            WHERE a.tenant_id = actor.tenant_id AND a.id = ended.account_id AND NOT EXISTS (
                SELECT 1 FROM app.membership m WHERE m.tenant_id = a.tenant_id AND m.account_id = a.id
                    AND m.id <> ended.id AND {CURRENT});
            {RECORD.format(act="'end_membership'", subject="'membership:' || p_membership")}
            RETURN 'ended';
        END $$""")
    function("gate.end_membership(text, text, bigint)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.set_manager(p_slug text, p_token text, p_membership bigint, p_manages boolean)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            IF actor.role <> 'tenant_admin' THEN
                RAISE EXCEPTION 'not theirs to name' USING ERRCODE = '42501';
            END IF;
            UPDATE app.membership m SET manages_accounts = p_manages
            WHERE m.tenant_id = actor.tenant_id AND m.id = p_membership AND m.account_id <> actor.account_id
                AND {CURRENT};
            IF NOT FOUND THEN RETURN false; END IF;
            {RECORD.format(act="'set_manager'", subject="'membership:' || p_membership")}
            RETURN true;
        END $$""")
    function("gate.set_manager(text, text, bigint, boolean)", "{gate}")


def downgrade() -> None:
    for signature in (
        "set_manager(text, text, bigint, boolean)",
        "end_membership(text, text, bigint)",
        "confirm_invitation(text, text, bigint)",
        "accept_invitation(text, text, text, text)",
        "invitation(text, text)",
        "start_membership(bigint, bigint)",
        "revoke_invitation(text, text, bigint)",
        "renew_invitation(text, text, bigint, text, interval)",
        "invitations(text, text, bigint)",
        "invite(text, text, text, text, bigint, text, boolean, text, interval)",
        "actor(text, text)",
    ):
        execute(f"DROP FUNCTION gate.{signature}")
    execute("DROP TABLE gate.invitation")
    execute("ALTER TABLE app.account DROP COLUMN last_used_at")
    execute("ALTER TABLE app.membership DROP COLUMN manages_accounts")
