"""Part of 0016: inviting, accepting, confirming."""

from migrations.access.words import (
    CURRENT,
    DEFINER,
    LIFETIME,
    MANAGES,
    PROOFS,
    RECORD,
    SEES_CASES,
    TRUSTED,
    WIDE,
    start_anew,
)
from migrations.rights import execute, function


def upgrade() -> None:
    """Add the functions."""
    _invite()
    _list()
    _renew_and_revoke()
    _read()
    _accept()
    _confirm()


def _invite() -> None:
    execute(f"""
        CREATE FUNCTION gate.invite(p_slug text, p_token text, p_email text, p_name text,
            p_organisation bigint, p_role text, p_manages boolean, p_secret text)
        RETURNS TABLE (outcome text, invitation_id bigint, to_confirm boolean, organisation text,
            inviter text, expires_at timestamptz)
        LANGUAGE plpgsql {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE actor record; place record; v_email text := lower(p_email); made gate.invitation;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            SELECT o.kind, o.name INTO place FROM app.organisation o
            WHERE o.tenant_id = actor.tenant_id AND o.id = p_organisation;
            outcome := CASE
                WHEN place.kind IS NULL OR NOT {MANAGES.format("p_organisation")} THEN 'unknown'
                WHEN v_email = actor.email THEN 'self'
                WHEN NOT gate.offers(place.kind, p_role)
                    OR p_role IN {WIDE} AND actor.role <> 'tenant_admin' THEN 'role'
                WHEN p_manages AND (actor.role <> 'tenant_admin' OR p_role NOT IN {TRUSTED}) THEN 'manager'
                WHEN EXISTS (SELECT 1 FROM app.account a JOIN app.membership m
                        ON m.tenant_id = a.tenant_id AND m.account_id = a.id
                    WHERE a.tenant_id = actor.tenant_id AND a.email = v_email AND a.disabled_at IS NULL
                        AND m.organisation_id = p_organisation AND m.role = p_role AND {CURRENT})
                    THEN 'already'
                ELSE 'invited' END;
            IF outcome <> 'invited' THEN RETURN NEXT; RETURN; END IF;
            INSERT INTO gate.invitation (tenant_id, email, name, organisation_id, role, manages_accounts,
                token_hash, invited_by, to_confirm)
            VALUES (actor.tenant_id, v_email, p_name, p_organisation, p_role, p_manages,
                sha256(convert_to(p_secret, 'UTF8')), actor.account_id,
                p_role IN {SEES_CASES}
                    AND NOT (actor.manages_accounts AND actor.organisation_id = p_organisation))
            ON CONFLICT DO NOTHING RETURNING * INTO made;
            IF NOT FOUND THEN outcome := 'pending'; RETURN NEXT; RETURN; END IF;
            DELETE FROM gate.join_request r WHERE r.tenant_id = actor.tenant_id
                AND r.email = v_email AND r.organisation_id = p_organisation;
            {RECORD.format(act="'invite'", subject="'invitation:' || made.id")}
            invitation_id := made.id; to_confirm := made.to_confirm; organisation := place.name;
            inviter := actor.name; expires_at := made.expires_at;
            RETURN NEXT;
        END $$""")
    function("gate.invite(text, text, text, text, bigint, text, boolean, text)", "{gate}")


def _list() -> None:
    # Those not settled yet, and those of the last days, so that one sees what came of them.
    execute(f"""
        CREATE FUNCTION gate.invitations(p_slug text, p_token text, p_organisation bigint)
        RETURNS TABLE (id bigint, email text, name text, organisation_id bigint, organisation text,
            role text, manages_accounts boolean, invited_by text, own boolean, invited_at timestamptz,
            expires_at timestamptz, to_confirm boolean, confirmed_at timestamptz, accepted_at timestamptz,
            revoked_at timestamptz)
        LANGUAGE plpgsql STABLE {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            RETURN QUERY
                SELECT i.id, i.email, i.name, i.organisation_id, o.name, i.role, i.manages_accounts, a.name,
                    i.invited_by = actor.account_id OR i.email = actor.email, i.invited_at, i.expires_at,
                    i.to_confirm, i.confirmed_at, i.accepted_at, i.revoked_at
                FROM gate.invitation i
                JOIN app.organisation o ON o.tenant_id = i.tenant_id AND o.id = i.organisation_id
                JOIN app.account a ON a.tenant_id = i.tenant_id AND a.id = i.invited_by
                WHERE i.tenant_id = actor.tenant_id
                    AND (p_organisation IS NULL OR i.organisation_id = p_organisation)
                    AND (actor.role = 'coordinator' OR {MANAGES.format("i.organisation_id")})
                    AND i.revoked_at IS NULL
                    AND (i.accepted_at IS NULL OR i.to_confirm AND i.confirmed_at IS NULL)
                ORDER BY i.id DESC LIMIT 200;
        END $$""")
    function("gate.invitations(text, text, bigint)", "{gate}")


def _renew_and_revoke() -> None:
    # A new secret makes the former link worthless.
    execute(f"""
        CREATE FUNCTION gate.renew_invitation(p_slug text, p_token text, p_invitation bigint, p_secret text)
        RETURNS TABLE (email text, name text, organisation text, role text, inviter text,
            expires_at timestamptz)
        LANGUAGE plpgsql {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            UPDATE gate.invitation i
            SET token_hash = sha256(convert_to(p_secret, 'UTF8')), expires_at = now() + {LIFETIME}
            WHERE i.tenant_id = actor.tenant_id AND i.id = p_invitation AND i.email <> actor.email
                AND i.accepted_at IS NULL AND i.revoked_at IS NULL
                AND {MANAGES.format("i.organisation_id")};
            IF NOT FOUND THEN RETURN; END IF;
            {RECORD.format(act="'renew_invitation'", subject="'invitation:' || p_invitation")}
            RETURN QUERY SELECT i.email, i.name, o.name, i.role, actor.name, i.expires_at
                FROM gate.invitation i
                JOIN app.organisation o ON o.tenant_id = i.tenant_id AND o.id = i.organisation_id
                WHERE i.tenant_id = actor.tenant_id AND i.id = p_invitation;
        END $$""")
    function("gate.renew_invitation(text, text, bigint, text)", "{gate}")
    # Until the access has started; the coordinator may refuse what waits for her word.
    execute(f"""
        CREATE FUNCTION gate.revoke_invitation(p_slug text, p_token text, p_invitation bigint)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            UPDATE gate.invitation i SET revoked_at = now()
            WHERE i.tenant_id = actor.tenant_id AND i.id = p_invitation AND i.revoked_at IS NULL
                AND i.email <> actor.email
                AND (i.accepted_at IS NULL OR i.to_confirm AND i.confirmed_at IS NULL)
                AND ({MANAGES.format("i.organisation_id")}
                    OR actor.role = 'coordinator' AND i.to_confirm AND i.confirmed_at IS NULL);
            IF NOT FOUND THEN RETURN false; END IF;
            {RECORD.format(act="'revoke_invitation'", subject="'invitation:' || p_invitation")}
            RETURN true;
        END $$""")
    function("gate.revoke_invitation(text, text, bigint)", "{gate}")


def _read() -> None:
    # `holder` is the account that is in use under this address: it alone may accept, signed in.
    execute(f"""
        CREATE FUNCTION gate.invitation(p_slug text, p_secret text)
        RETURNS TABLE (email text, name text, organisation text, role text, inviter text,
            to_confirm boolean, expires_at timestamptz, holder bigint)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT i.email, i.name, o.name, i.role, b.name, i.to_confirm AND i.confirmed_at IS NULL,
                i.expires_at, (SELECT a.id FROM app.account a
                    WHERE a.tenant_id = i.tenant_id AND a.email = i.email AND a.disabled_at IS NULL
                        AND EXISTS (SELECT 1 FROM app.membership m WHERE m.tenant_id = a.tenant_id
                            AND m.account_id = a.id AND {CURRENT}))
            FROM tenancy.tenant t
            JOIN gate.invitation i ON i.tenant_id = t.id
                AND i.token_hash = sha256(convert_to(p_secret, 'UTF8'))
            JOIN app.organisation o ON o.tenant_id = i.tenant_id AND o.id = i.organisation_id
            JOIN app.account b ON b.tenant_id = i.tenant_id AND b.id = i.invited_by
            WHERE t.slug = p_slug AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now()
        $$""")
    function("gate.invitation(text, text)", "{gate}")


def _accept() -> None:
    # The membership that has started, or that was there; NULL while somebody must still confirm it.
    execute(f"""
        CREATE FUNCTION gate.start_membership(p_tenant bigint, p_invitation bigint) RETURNS bigint
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
        DECLARE i gate.invitation; v_membership bigint;
        BEGIN
            SELECT * INTO i FROM gate.invitation WHERE tenant_id = p_tenant AND id = p_invitation;
            IF i.accepted_at IS NULL OR i.revoked_at IS NOT NULL
                OR (i.to_confirm AND i.confirmed_at IS NULL) THEN
                RETURN NULL;
            END IF;
            SELECT m.id INTO v_membership FROM app.membership m
            WHERE m.tenant_id = i.tenant_id AND m.account_id = i.account_id
                AND m.organisation_id = i.organisation_id AND m.role = i.role AND {CURRENT};
            IF FOUND THEN RETURN v_membership; END IF;
            INSERT INTO app.membership (tenant_id, account_id, organisation_id, role, manages_accounts, valid_from)
            VALUES (i.tenant_id, i.account_id, i.organisation_id, i.role, i.manages_accounts, current_date)
            ON CONFLICT ON CONSTRAINT membership_once DO UPDATE
                SET valid_to = NULL, manages_accounts = excluded.manages_accounts
            RETURNING id INTO v_membership;
            RETURN v_membership;
        END $$""")
    function("gate.start_membership(bigint, bigint)")
    execute(start_anew(PROOFS))
    function("gate.start_anew(bigint, bigint)")
    # The link proves the address, no more: an account in use accepts from its own session and keeps
    # its password. An account without access starts anew. The trail names the hat of the session that
    # accepted, else the one that has just started.
    execute(f"""
        CREATE FUNCTION gate.accept_invitation(p_slug text, p_secret text, p_token text, p_name text,
            p_password_hash text)
        RETURNS TABLE (outcome text, account_id bigint)
        LANGUAGE plpgsql {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE i gate.invitation; v_account bigint; v_used boolean; v_hat bigint; v_started bigint;
        BEGIN
            SELECT v.* INTO i FROM tenancy.tenant t JOIN gate.invitation v ON v.tenant_id = t.id
                AND v.token_hash = sha256(convert_to(p_secret, 'UTF8'))
            WHERE t.slug = p_slug AND v.accepted_at IS NULL AND v.revoked_at IS NULL AND v.expires_at > now()
            FOR UPDATE OF v;
            IF NOT FOUND THEN outcome := 'gone'; RETURN NEXT; RETURN; END IF;
            PERFORM pg_advisory_xact_lock(hashtextextended('address|' || i.tenant_id || '|' || i.email, 0));
            SELECT a.id, a.disabled_at IS NULL AND EXISTS (SELECT 1 FROM app.membership m
                WHERE m.tenant_id = a.tenant_id AND m.account_id = a.id AND {CURRENT})
            INTO v_account, v_used FROM app.account a
            WHERE a.tenant_id = i.tenant_id AND a.email = i.email FOR UPDATE OF a;
            SELECT s.membership_id INTO v_hat FROM gate.session s
            WHERE v_used AND s.tenant_id = i.tenant_id AND s.account_id = v_account
                AND s.token_hash = sha256(convert_to(p_token, 'UTF8'))
                AND s.expires_at > now() AND s.seen_at + s.idle > now();
            IF v_used AND v_hat IS NULL THEN
                outcome := 'sign_in'; RETURN NEXT; RETURN;
            END IF;
            IF NOT coalesce(v_used, false) THEN
                IF p_password_hash IS NULL OR p_name IS NULL THEN
                    outcome := 'password'; RETURN NEXT; RETURN;
                END IF;
                INSERT INTO app.account (tenant_id, email, name, last_used_at)
                VALUES (i.tenant_id, i.email, p_name, now())
                ON CONFLICT (tenant_id, email) DO UPDATE SET name = excluded.name, last_used_at = now(),
                    disabled_at = NULL, warned_at = NULL
                RETURNING id INTO v_account;
                PERFORM gate.start_anew(i.tenant_id, v_account);
                INSERT INTO gate.credential (tenant_id, account_id, password_hash)
                VALUES (i.tenant_id, v_account, p_password_hash);
            END IF;
            UPDATE gate.invitation v SET accepted_at = now(), account_id = v_account
            WHERE v.tenant_id = i.tenant_id AND v.id = i.id;
            v_started := gate.start_membership(i.tenant_id, i.id);
            INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
            VALUES (i.tenant_id, v_account, coalesce(v_hat, v_started), 'accept_invitation',
                'invitation:' || i.id);
            outcome := CASE WHEN v_started IS NULL THEN 'waiting' ELSE 'started' END;
            account_id := v_account;
            RETURN NEXT;
        END $$""")
    function("gate.accept_invitation(text, text, text, text, text)", "{gate}")


def _confirm() -> None:
    # By the coordinator, or the manager of that organisation; neither who invited nor who was invited.
    execute(f"""
        CREATE FUNCTION gate.confirm_invitation(p_slug text, p_token text, p_invitation bigint)
        RETURNS text LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE actor record; i gate.invitation;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            SELECT v.* INTO i FROM gate.invitation v
            WHERE v.tenant_id = actor.tenant_id AND v.id = p_invitation AND v.to_confirm
                AND v.confirmed_at IS NULL AND v.revoked_at IS NULL
                AND (v.accepted_at IS NOT NULL OR v.expires_at > now())
                AND (actor.role = 'coordinator'
                    OR (actor.manages_accounts AND actor.organisation_id = v.organisation_id))
            FOR UPDATE;
            IF NOT FOUND THEN RETURN 'unknown'; END IF;
            IF i.invited_by = actor.account_id OR i.email = actor.email
                OR i.account_id IS NOT DISTINCT FROM actor.account_id THEN
                RETURN 'self';
            END IF;
            UPDATE gate.invitation v SET confirmed_by = actor.account_id, confirmed_at = now()
            WHERE v.tenant_id = i.tenant_id AND v.id = i.id;
            {RECORD.format(act="'confirm_invitation'", subject="'invitation:' || p_invitation")}
            PERFORM gate.start_membership(i.tenant_id, i.id);
            RETURN 'confirmed';
        END $$""")
    function("gate.confirm_invitation(text, text, bigint)", "{gate}")


def downgrade() -> None:
    """Take them back."""
    for signature in (
        "confirm_invitation(text, text, bigint)",
        "accept_invitation(text, text, text, text, text)",
        "invitation(text, text)",
        "start_anew(bigint, bigint)",
        "start_membership(bigint, bigint)",
        "revoke_invitation(text, text, bigint)",
        "renew_invitation(text, text, bigint, text)",
        "invitations(text, text, bigint)",
        "invite(text, text, text, text, bigint, text, boolean, text)",
    ):
        execute(f"DROP FUNCTION gate.{signature}")
