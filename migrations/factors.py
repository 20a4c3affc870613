"""The gate's functions about second factors, passwords and one's own sessions, as SQL: read by 0017.

Each takes the token of a live session, or of a pending sign-in where it proves a factor, and asks the
database whose it is. Changes are written in the trail by the transaction that makes them.
"""

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
INNER = "SET search_path = pg_catalog, pg_temp"
CURRENT = "m.valid_from <= current_date AND (m.valid_to IS NULL OR m.valid_to > current_date)"
HASH = "sha256(convert_to(p_token, 'UTF8'))"
RECORD = """
        INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
        VALUES (actor.tenant_id, actor.account_id, actor.membership_id, {act}, {subject});
"""
END_OTHERS = f"""
        DELETE FROM gate.session s WHERE s.tenant_id = actor.tenant_id AND s.account_id = actor.account_id
            AND s.token_hash <> {HASH};
        DELETE FROM gate.pending p WHERE p.tenant_id = actor.tenant_id AND p.account_id = actor.account_id;
"""


def _note(act: str, subject: str = "'account'") -> str:
    return RECORD.format(act=f"'{act}'", subject=subject)


#: (name and arguments, what it returns, language and volatility, body): run from inside the others alone.
INSIDE = (
    # The hat of somebody without a session, known when she has but one.
    ("only_hat(p_tenant bigint, p_account bigint)", "bigint", "sql STABLE", f"""
        SELECT max(m.id) FROM app.membership m
        WHERE m.tenant_id = p_tenant AND m.account_id = p_account AND {CURRENT}
        HAVING count(*) = 1
     """),
    # Who holds a token: a live session, or a sign-in that waits for its second factor.
    ("holder(p_slug text, p_token text)",
     "TABLE (tenant_id bigint, account_id bigint, membership_id bigint)", "sql STABLE", f"""
        SELECT s.tenant_id, s.account_id, s.membership_id
        FROM tenancy.tenant t
        JOIN gate.session s ON s.tenant_id = t.id AND s.token_hash = {HASH}
        JOIN app.account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
        JOIN app.membership m ON m.tenant_id = s.tenant_id AND m.id = s.membership_id
        WHERE t.slug = p_slug AND s.expires_at > now() AND s.seen_at + s.idle > now()
            AND a.disabled_at IS NULL AND {CURRENT}
        UNION ALL
        SELECT p.tenant_id, p.account_id, gate.only_hat(p.tenant_id, p.account_id)
        FROM tenancy.tenant t
        JOIN gate.pending p ON p.tenant_id = t.id AND p.token_hash = {HASH}
        JOIN app.account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id
        WHERE t.slug = p_slug AND p.expires_at > now() AND a.disabled_at IS NULL
     """),
    # The session of the token, when its person proved a few minutes ago who she is: the second factor
    # where there is one, else the first means. The page asks for five minutes; sending takes one.
    ("fresh(p_slug text, p_token text)",
     "TABLE (tenant_id bigint, account_id bigint, membership_id bigint)", "plpgsql", f"""
        #variable_conflict use_column
        BEGIN
            RETURN QUERY SELECT a.tenant_id, a.account_id, a.membership_id FROM gate.actor(p_slug, p_token) a
                JOIN gate.session s ON s.tenant_id = a.tenant_id AND s.token_hash = {HASH}
                WHERE now() - interval '6 minutes' < CASE
                    WHEN s.second_factor_at IS NOT NULL OR gate.has_factor(a.tenant_id, a.account_id)
                    THEN s.second_factor_at ELSE s.first_factor_at END;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'the proof is too old' USING ERRCODE = '42501';
            END IF;
        END"""),
    ("note_proof(p_tenant bigint, p_token text)", "void", "sql", f"""
        UPDATE gate.session s SET second_factor_at = now() WHERE s.tenant_id = p_tenant AND s.token_hash = {HASH};
        UPDATE gate.pending p SET proved_at = now() WHERE p.tenant_id = p_tenant AND p.token_hash = {HASH};
     """),
)  # fmt: skip

#: The same, run with the owner's rights by the gate.
OPEN_TO_GATE = (
    ("factors(p_slug text, p_token text)",
     "TABLE (id bigint, account_id bigint, kind text, name text, sealed bytea, credential bytea,"
     " public_key bytea, counter bigint, added_at timestamptz, used_at timestamptz)", "sql STABLE", """
        SELECT f.id, f.account_id, f.kind, f.name, f.sealed, f.credential, f.public_key, f.counter,
            f.added_at, f.used_at
        FROM gate.holder(p_slug, p_token) h
        JOIN gate.factor f ON f.tenant_id = h.tenant_id AND f.account_id = h.account_id
        ORDER BY f.id
     """),
    # A counter only grows, so that each code serves once: of two at the same instant one finds it grown.
    # Some passkeys count nothing, and always say 0.
    ("use_factor(p_slug text, p_token text, p_factor bigint, p_counter bigint)", "boolean", "plpgsql", f"""
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.holder(p_slug, p_token);
            UPDATE gate.factor f SET counter = p_counter, used_at = now()
            WHERE f.tenant_id = actor.tenant_id AND f.account_id = actor.account_id AND f.id = p_factor
                AND (p_counter > f.counter OR f.kind = 'passkey' AND p_counter = 0 AND f.counter = 0);
            IF NOT FOUND THEN RETURN false; END IF;
            PERFORM gate.note_proof(actor.tenant_id, p_token);
            {_note("prove_factor", "'factor:' || p_factor")}
            RETURN true;
        END"""),
    ("use_recovery_code(p_slug text, p_token text, p_hash bytea)", "boolean", "plpgsql", f"""
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.holder(p_slug, p_token);
            UPDATE gate.recovery_code c SET used_at = now()
            WHERE c.tenant_id = actor.tenant_id AND c.account_id = actor.account_id
                AND c.code_hash = p_hash AND c.used_at IS NULL;
            IF NOT FOUND THEN RETURN false; END IF;
            PERFORM gate.note_proof(actor.tenant_id, p_token);
            {_note("use_recovery_code")}
            RETURN true;
        END"""),
    ("recovery_codes_left(p_slug text, p_token text)", "bigint", "sql STABLE", """
        SELECT count(c.code_hash) FROM gate.holder(p_slug, p_token) h
        JOIN gate.recovery_code c ON c.tenant_id = h.tenant_id AND c.account_id = h.account_id
        WHERE c.used_at IS NULL
     """),
    ("replace_recovery_codes(p_slug text, p_token text, p_hashes bytea[])", "void", "plpgsql", f"""
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.fresh(p_slug, p_token);
            DELETE FROM gate.recovery_code c
            WHERE c.tenant_id = actor.tenant_id AND c.account_id = actor.account_id;
            INSERT INTO gate.recovery_code (tenant_id, account_id, code_hash)
            SELECT actor.tenant_id, actor.account_id, unnest(p_hashes);
            {_note("replace_recovery_codes")}
        END"""),
    # Adding a factor proves it. Other sessions end: they were opened under weaker rules.
    ("add_factor(p_slug text, p_token text, p_kind text, p_name text, p_sealed bytea, p_credential bytea,"
     " p_public_key bytea, p_counter bigint)", "bigint", "plpgsql", f"""
        DECLARE actor record; v_id bigint;
        BEGIN
            SELECT * INTO actor FROM gate.fresh(p_slug, p_token);
            INSERT INTO gate.factor (tenant_id, account_id, kind, name, sealed, credential, public_key, counter)
            SELECT actor.tenant_id, actor.account_id, p_kind, p_name, p_sealed, p_credential, p_public_key,
                p_counter
            WHERE 10 > (SELECT count(*) FROM gate.factor f
                WHERE f.tenant_id = actor.tenant_id AND f.account_id = actor.account_id)
            ON CONFLICT DO NOTHING RETURNING id INTO v_id;
            IF v_id IS NULL THEN RETURN NULL; END IF;
            PERFORM gate.note_proof(actor.tenant_id, p_token);
            {END_OTHERS}
            {_note("add_factor", "'factor:' || v_id")}
            RETURN v_id;
        END"""),
    # `p_keep`: a factor is required here, so the last one stays. The row of the account makes two
    # removals at once wait for each other.
    ("remove_factor(p_slug text, p_token text, p_factor bigint, p_keep boolean)", "text", "plpgsql", f"""
        DECLARE actor record; v_left bigint;
        BEGIN
            SELECT * INTO actor FROM gate.fresh(p_slug, p_token);
            PERFORM 1 FROM app.account a
            WHERE a.tenant_id = actor.tenant_id AND a.id = actor.account_id FOR UPDATE;
            IF NOT EXISTS (SELECT 1 FROM gate.factor f WHERE f.tenant_id = actor.tenant_id
                AND f.account_id = actor.account_id AND f.id = p_factor) THEN RETURN 'gone'; END IF;
            SELECT count(*) INTO v_left FROM gate.factor f
            WHERE f.tenant_id = actor.tenant_id AND f.account_id = actor.account_id AND f.id <> p_factor;
            IF v_left = 0 AND p_keep THEN RETURN 'last'; END IF;
            DELETE FROM gate.factor f WHERE f.tenant_id = actor.tenant_id AND f.id = p_factor;
            IF v_left = 0 THEN
                DELETE FROM gate.recovery_code c
                WHERE c.tenant_id = actor.tenant_id AND c.account_id = actor.account_id;
            END IF;
            {END_OTHERS}
            {_note("remove_factor", "'factor:' || p_factor")}
            RETURN 'removed';
        END"""),
    ("put_challenge(p_slug text, p_token text, p_purpose text, p_challenge bytea)", "boolean", "plpgsql", f"""
        BEGIN
            INSERT INTO gate.challenge (tenant_id, token_hash, purpose, challenge)
            SELECT h.tenant_id, {HASH}, p_purpose, p_challenge FROM gate.holder(p_slug, p_token) h
            ON CONFLICT (tenant_id, token_hash, purpose)
            DO UPDATE SET challenge = excluded.challenge, made_at = now();
            RETURN FOUND;
        END"""),
    ("take_challenge(p_slug text, p_token text, p_purpose text)", "bytea", "sql", f"""
        DELETE FROM gate.challenge c USING gate.holder(p_slug, p_token) h
        WHERE c.tenant_id = h.tenant_id AND c.token_hash = {HASH} AND c.purpose = p_purpose
            AND c.made_at > now() - interval '5 minutes'
        RETURNING c.challenge
     """),
    # False when the account has no factor: its first means is then enough for a session.
    ("open_pending(p_slug text, p_account bigint, p_token text, p_lifetime interval, p_provider bigint)",
     "boolean", "plpgsql", f"""
        BEGIN
            INSERT INTO gate.pending (tenant_id, token_hash, account_id, provider_id, expires_at)
            SELECT t.id, {HASH}, a.id, p_provider, now() + p_lifetime
            FROM tenancy.tenant t
            JOIN app.account a ON a.tenant_id = t.id AND a.id = p_account AND a.disabled_at IS NULL
            WHERE t.slug = p_slug AND gate.has_factor(t.id, a.id);
            RETURN FOUND;
        END"""),
    # The session that a proved second factor opens; the account, or NULL.
    ("finish_pending(p_slug text, p_token text, p_new_token text, p_idle interval, p_lifetime interval,"
     " p_about text)", "bigint", "plpgsql", f"""
        DECLARE done gate.pending;
        BEGIN
            DELETE FROM gate.pending p USING gate.holder(p_slug, p_token) h
            WHERE p.tenant_id = h.tenant_id AND p.token_hash = {HASH} AND p.proved_at IS NOT NULL
            RETURNING p.* INTO done;
            IF done.account_id IS NULL THEN RETURN NULL; END IF;
            IF NOT gate.open_session(p_slug, done.account_id, p_new_token, p_idle, p_lifetime, p_about,
                                     true, done.provider_id) THEN
                RETURN NULL;
            END IF;
            RETURN done.account_id;
        END"""),
    ("own_password(p_slug text, p_token text)", "text", "sql STABLE", """
        SELECT k.password_hash FROM gate.actor(p_slug, p_token) a
        JOIN gate.credential k ON k.tenant_id = a.tenant_id AND k.account_id = a.account_id
     """),
    ("note_first_factor(p_slug text, p_token text)", "boolean", "plpgsql", f"""
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            UPDATE gate.session s SET first_factor_at = now()
            WHERE s.tenant_id = actor.tenant_id AND s.token_hash = {HASH};
            {_note("prove_password")}
            RETURN true;
        END"""),
    ("my_sessions(p_slug text, p_token text)",
     "TABLE (id bigint, opened_at timestamptz, seen_at timestamptz, about text, here boolean)",
     "sql STABLE", f"""
        SELECT s.id, s.opened_at, s.seen_at, s.about, s.token_hash = {HASH}
        FROM gate.actor(p_slug, p_token) a
        JOIN gate.session s ON s.tenant_id = a.tenant_id AND s.account_id = a.account_id
        WHERE s.expires_at > now() AND s.seen_at + s.idle > now()
        ORDER BY s.token_hash = {HASH} DESC, s.seen_at DESC, s.id
     """),
    # One of my other sessions; all of them when `p_session` is NULL. How many ended.
    ("end_my_sessions(p_slug text, p_token text, p_session bigint)", "bigint", "plpgsql", f"""
        DECLARE actor record; v_ended bigint;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            DELETE FROM gate.session s
            WHERE s.tenant_id = actor.tenant_id AND s.account_id = actor.account_id
                AND s.token_hash <> {HASH} AND (p_session IS NULL OR s.id = p_session);
            GET DIAGNOSTICS v_ended = ROW_COUNT;
            {_note("end_sessions", "coalesce('session:' || p_session, 'sessions')")}
            RETURN v_ended;
        END"""),
    ("change_password(p_slug text, p_token text, p_hash text)", "boolean", "plpgsql", f"""
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            UPDATE gate.credential k SET password_hash = p_hash, changed_at = now()
            WHERE k.tenant_id = actor.tenant_id AND k.account_id = actor.account_id;
            IF NOT FOUND THEN RETURN false; END IF;
            UPDATE gate.session s SET first_factor_at = now()
            WHERE s.tenant_id = actor.tenant_id AND s.token_hash = {HASH};
            {END_OTHERS}
            {_note("change_password")}
            RETURN true;
        END"""),
    # The same writes for an address that nobody has, but the link and its letter.
    ("ask_reset(p_slug text, p_email text, p_secret text, p_lifetime interval, p_message uuid,"
     " p_sealed bytea)", "void", "plpgsql", """
        DECLARE v_tenant bigint; v_account bigint;
        BEGIN
            SELECT t.id INTO STRICT v_tenant FROM tenancy.tenant t WHERE t.slug = p_slug;
            SELECT a.id INTO v_account FROM app.account a
            JOIN gate.credential k ON k.tenant_id = a.tenant_id AND k.account_id = a.id
            WHERE a.tenant_id = v_tenant AND a.email = p_email AND a.disabled_at IS NULL;
            IF v_account IS NOT NULL THEN
                INSERT INTO gate.reset (tenant_id, token_hash, account_id, expires_at)
                VALUES (v_tenant, sha256(convert_to(p_secret, 'UTF8')), v_account, now() + p_lifetime);
                PERFORM gate.post_mail(p_slug, p_message, p_sealed);
            END IF;
            INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
            VALUES (v_tenant, v_account, gate.only_hat(v_tenant, v_account), 'ask_reset', 'account');
        END"""),
    # Worth something until it expires, is used, or the password changes by any other way.
    ("live_reset(p_slug text, p_secret text)", "TABLE (account_id bigint, email text)", "sql STABLE", """
        SELECT a.id, a.email
        FROM tenancy.tenant t
        JOIN gate.reset r ON r.tenant_id = t.id AND r.token_hash = sha256(convert_to(p_secret, 'UTF8'))
        JOIN app.account a ON a.tenant_id = r.tenant_id AND a.id = r.account_id AND a.disabled_at IS NULL
        JOIN gate.credential k ON k.tenant_id = r.tenant_id AND k.account_id = r.account_id
        WHERE t.slug = p_slug AND r.used_at IS NULL AND r.expires_at > now() AND k.changed_at <= r.asked_at
     """),
    ("reset_password(p_slug text, p_secret text, p_hash text)", "boolean", "plpgsql", """
        DECLARE v_tenant bigint; v_account bigint;
        BEGIN
            SELECT t.id INTO v_tenant FROM tenancy.tenant t WHERE t.slug = p_slug;
            UPDATE gate.reset r SET used_at = now()
            WHERE r.tenant_id = v_tenant AND r.token_hash = sha256(convert_to(p_secret, 'UTF8'))
                AND r.used_at IS NULL
                AND EXISTS (SELECT 1 FROM gate.live_reset(p_slug, p_secret))
            RETURNING r.account_id INTO v_account;
            IF v_account IS NULL THEN RETURN false; END IF;
            UPDATE gate.credential k SET password_hash = p_hash, changed_at = now()
            WHERE k.tenant_id = v_tenant AND k.account_id = v_account;
            UPDATE gate.reset r SET used_at = now()
            WHERE r.tenant_id = v_tenant AND r.account_id = v_account AND r.used_at IS NULL;
            DELETE FROM gate.session s WHERE s.tenant_id = v_tenant AND s.account_id = v_account;
            DELETE FROM gate.pending p WHERE p.tenant_id = v_tenant AND p.account_id = v_account;
            INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
            VALUES (v_tenant, v_account, gate.only_hat(v_tenant, v_account), 'reset_password', 'account');
            RETURN true;
        END"""),
)  # fmt: skip


def signature(declared: str) -> str:
    """« use(p_slug text, p_id bigint) » → « gate.use(text, bigint) »."""
    name, _, arguments = declared.rstrip(")").partition("(")
    return f"gate.{name}({', '.join(one.strip().split(' ', 1)[1] for one in arguments.split(','))})"


def created(declared: str, returns: str, language: str, body: str, rights: str) -> str:
    """The statement that makes one of these functions."""
    return f"CREATE FUNCTION gate.{declared} RETURNS {returns} LANGUAGE {language} {rights} AS $${body}$$"
