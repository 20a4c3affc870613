"""The gate's functions about providers and those who arrive through them, as SQL: read by 0018.

A refusal of an arrival is written by the caller, which knows why; what changes is written here.
"""

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
INNER = "SET search_path = pg_catalog, pg_temp"
CURRENT = "m.valid_from <= current_date AND (m.valid_to IS NULL OR m.valid_to > current_date)"
IN_USE = f"""a.disabled_at IS NULL AND EXISTS (SELECT 1 FROM app.membership m
                WHERE m.tenant_id = a.tenant_id AND m.account_id = a.id AND {CURRENT})"""
HASHED = "sha256(convert_to({}, 'UTF8'))"
RECORD = """
            INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
            VALUES (actor.tenant_id, actor.account_id, actor.membership_id, {act}, {subject});
"""
EVENT = """
            INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
            VALUES (p.tenant_id, v_account, {hat}, '{act}', {subject});
"""

#: (name and arguments, what it returns, language and volatility, body): run from inside the others alone.
INSIDE = (
    # The administrator who acts, lately proved: settings of sign-in are rights.
    ("administrator(p_slug text, p_token text)",
     "TABLE (tenant_id bigint, account_id bigint, membership_id bigint)", "plpgsql", """
        #variable_conflict use_column
        BEGIN
            RETURN QUERY SELECT a.tenant_id, a.account_id, a.membership_id
                FROM gate.actor(p_slug, p_token) a, gate.fresh(p_slug, p_token) WHERE a.role = 'tenant_admin';
            IF NOT FOUND THEN
                RAISE EXCEPTION 'the administrator alone' USING ERRCODE = '42501';
            END IF;
        END"""),
    # A new account with no password: its identity opens it. Never one that exists.
    ("welcome(p gate.provider, p_sub text, p_email text, p_name text)", "bigint", "plpgsql", """
        DECLARE v_account bigint;
        BEGIN
            INSERT INTO app.account (tenant_id, email, name, last_used_at)
            VALUES (p.tenant_id, p_email, p_name, now())
            ON CONFLICT (tenant_id, email) DO NOTHING RETURNING id INTO v_account;
            IF v_account IS NULL THEN RETURN NULL; END IF;
            INSERT INTO gate.identity (tenant_id, issuer, sub, account_id)
            VALUES (p.tenant_id, p.issuer, p_sub, v_account);
            INSERT INTO app.membership (tenant_id, account_id, organisation_id, role, valid_from)
            VALUES (p.tenant_id, v_account, p.organisation_id, p.role, current_date);
            RETURN v_account;
        END"""),
    # By the link of an invitation, in the same browser. It proves an address, so an account in use
    # is linked from its own session alone; one without access starts anew.
    ("arrive_invited(p gate.provider, p_sub text, p_name text, p_linked bigint, p_secret text,"
     " p_token text)",
     "TABLE (outcome text, account_id bigint)", "plpgsql", f"""
        #variable_conflict use_column
        DECLARE i gate.invitation; v_account bigint; v_used boolean; v_hat bigint; v_started bigint;
        BEGIN
            SELECT v.* INTO i FROM gate.invitation v
            WHERE v.tenant_id = p.tenant_id AND v.token_hash = {HASHED.format("p_secret")}
                AND v.organisation_id = p.organisation_id
                AND v.accepted_at IS NULL AND v.revoked_at IS NULL AND v.expires_at > now()
            FOR UPDATE;
            IF NOT FOUND THEN outcome := 'invitation'; RETURN NEXT; RETURN; END IF;
            PERFORM pg_advisory_xact_lock(hashtextextended('address|' || i.tenant_id || '|' || i.email, 0));
            SELECT a.id, {IN_USE} INTO v_account, v_used FROM app.account a
            WHERE a.tenant_id = i.tenant_id AND a.email = i.email FOR UPDATE OF a;
            IF p_linked <> v_account OR p_linked IS NOT NULL AND v_account IS NULL THEN
                outcome := 'closed'; RETURN NEXT; RETURN;
            END IF;
            SELECT s.membership_id INTO v_hat FROM gate.session s
            WHERE v_used AND s.tenant_id = i.tenant_id AND s.account_id = v_account
                AND s.token_hash = {HASHED.format("p_token")}
                AND s.expires_at > now() AND s.seen_at + s.idle > now();
            IF v_used AND v_hat IS NULL THEN
                outcome := 'sign_in'; RETURN NEXT; RETURN;
            END IF;
            IF NOT coalesce(v_used, false) THEN
                INSERT INTO app.account (tenant_id, email, name, last_used_at)
                VALUES (i.tenant_id, i.email, p_name, now())
                ON CONFLICT (tenant_id, email) DO UPDATE SET name = excluded.name, last_used_at = now(),
                    disabled_at = NULL, warned_at = NULL
                RETURNING id INTO v_account;
                PERFORM gate.start_anew(i.tenant_id, v_account);
            END IF;
            INSERT INTO gate.identity (tenant_id, issuer, sub, account_id)
            VALUES (p.tenant_id, p.issuer, p_sub, v_account);
            UPDATE gate.invitation v SET accepted_at = now(), account_id = v_account
            WHERE v.tenant_id = i.tenant_id AND v.id = i.id;
            v_started := gate.start_membership(i.tenant_id, i.id);
            v_hat := coalesce(v_hat, v_started);
            {EVENT.format(hat="v_hat", act="link_identity", subject="'provider:' || p.id")}
            {EVENT.format(hat="v_hat", act="accept_invitation", subject="'invitation:' || i.id")}
            outcome := CASE WHEN v_started IS NOT NULL OR v_used THEN 'started' ELSE 'unconfirmed' END;
            account_id := v_account;
            RETURN NEXT;
        END"""),
)  # fmt: skip

#: The same, run with the owner's rights by the gate.
OPEN_TO_GATE = (
    ("sign_in_providers(p_slug text)", "TABLE (id bigint, name text)", "sql STABLE", """
        SELECT p.id, p.name FROM tenancy.tenant t JOIN gate.provider p ON p.tenant_id = t.id
        WHERE t.slug = p_slug AND p.active ORDER BY p.name, p.id
     """),
    ("provider(p_slug text, p_provider bigint)",
     "TABLE (id bigint, version integer, name text, issuer text, client_id text, sealed bytea,"
     " profile text, requires_acr text[])", "sql STABLE", """
        SELECT p.id, p.version, p.name, p.issuer, p.client_id, p.sealed, p.profile, p.requires_acr
        FROM tenancy.tenant t JOIN gate.provider p ON p.tenant_id = t.id AND p.id = p_provider
        WHERE t.slug = p_slug AND p.active
     """),
    ("open_presession(p_slug text, p_state text, p_browser text, p_provider bigint, p_version integer,"
     " p_sealed bytea)", "boolean", "plpgsql", f"""
        BEGIN
            DELETE FROM gate.presession s USING tenancy.tenant t
            WHERE t.slug = p_slug AND s.tenant_id = t.id AND s.made_at < now() - interval '10 minutes';
            INSERT INTO gate.presession (tenant_id, state_hash, browser_hash, provider_id, version, sealed)
            SELECT t.id, {HASHED.format("p_state")}, {HASHED.format("p_browser")}, p.id, p.version, p_sealed
            FROM tenancy.tenant t JOIN gate.provider p ON p.tenant_id = t.id AND p.id = p_provider
            WHERE t.slug = p_slug AND p.active AND p.version = p_version;
            RETURN FOUND;
        END"""),
    # Once, and in the browser that set out alone: another one does not even use it up.
    ("take_presession(p_slug text, p_state text, p_browser text)",
     "TABLE (provider_id bigint, version integer, sealed bytea)", "sql", f"""
        DELETE FROM gate.presession s USING tenancy.tenant t
        WHERE t.slug = p_slug AND s.tenant_id = t.id AND s.state_hash = {HASHED.format("p_state")}
            AND s.browser_hash = {HASHED.format("p_browser")}
            AND s.made_at > now() - interval '10 minutes'
        RETURNING s.provider_id, s.version, s.sealed
     """),
    # Who the provider says has come. An address never finds an account: one that has it keeps it.
    ("arrive(p_slug text, p_provider bigint, p_version integer, p_sub text, p_email text,"
     " p_verified boolean, p_name text, p_siret text, p_secret text, p_token text)",
     "TABLE (outcome text, account_id bigint)", "plpgsql", f"""
        #variable_conflict use_column
        DECLARE p gate.provider; v_account bigint; v_used boolean;
        BEGIN
            SELECT v.* INTO p FROM tenancy.tenant t JOIN gate.provider v ON v.tenant_id = t.id
                AND v.id = p_provider AND v.version = p_version AND v.active
            WHERE t.slug = p_slug FOR SHARE OF v;
            IF NOT FOUND THEN outcome := 'provider'; RETURN NEXT; RETURN; END IF;
            PERFORM pg_advisory_xact_lock(
                hashtextextended('identity|' || p.tenant_id || '|' || p.issuer || '|' || p_sub, 0));
            SELECT a.id, {IN_USE} INTO v_account, v_used
            FROM gate.identity d JOIN app.account a ON a.tenant_id = d.tenant_id AND a.id = d.account_id
            WHERE d.tenant_id = p.tenant_id AND d.issuer = p.issuer AND d.sub = p_sub;
            IF v_used THEN
                outcome := 'known'; account_id := v_account; RETURN NEXT; RETURN;
            END IF;
            IF p_secret IS NOT NULL THEN
                RETURN QUERY SELECT * FROM gate.arrive_invited(p, p_sub, p_name, v_account, p_secret, p_token);
                RETURN;
            END IF;
            IF v_account IS NOT NULL THEN outcome := 'closed'; RETURN NEXT; RETURN; END IF;
            IF p.admission = 'invited' THEN outcome := 'uninvited'; RETURN NEXT; RETURN; END IF;
            IF p_email IS NULL THEN outcome := 'no_address'; RETURN NEXT; RETURN; END IF;
            IF p.admission = 'rule' AND (p.domain IS NULL
                    OR p_verified AND split_part(p_email, '@', 2) = p.domain)
                AND (p.siret IS NULL OR p.siret IS NOT DISTINCT FROM p_siret)
                AND NOT EXISTS (SELECT 1 FROM gate.arrival w WHERE w.tenant_id = p.tenant_id
                    AND w.issuer = p.issuer AND w.sub = p_sub AND w.decided_at IS NOT NULL) THEN
                v_account := gate.welcome(p, p_sub, p_email, p_name);
                IF v_account IS NOT NULL THEN
                    DELETE FROM gate.arrival w WHERE w.tenant_id = p.tenant_id AND w.issuer = p.issuer
                        AND w.sub = p_sub;
                    {EVENT.format(hat="gate.only_hat(p.tenant_id, v_account)", act="arrive_by_rule",
                                  subject="'provider:' || p.id")}
                    outcome := 'started'; account_id := v_account; RETURN NEXT; RETURN;
                END IF;
            END IF;
            INSERT INTO gate.arrival (tenant_id, provider_id, issuer, sub, email, name, verified)
            VALUES (p.tenant_id, p.id, p.issuer, p_sub, p_email, p_name, p_verified)
            ON CONFLICT (tenant_id, issuer, sub) DO UPDATE SET email = excluded.email,
                name = excluded.name, verified = excluded.verified, asked_at = now(),
                provider_id = excluded.provider_id;
            outcome := 'waiting'; RETURN NEXT;
        END"""),
    ("providers(p_slug text, p_token text)",
     "TABLE (id bigint, version integer, name text, issuer text, client_id text, organisation_id bigint,"
     " organisation text, role text, admission text, domain text, siret text, profile text,"
     " requires_acr text[], active boolean)", "sql STABLE", """
        SELECT p.id, p.version, p.name, p.issuer, p.client_id, p.organisation_id, o.name, p.role,
            p.admission, p.domain, p.siret, p.profile, p.requires_acr, p.active
        FROM gate.actor(p_slug, p_token) a
        JOIN gate.provider p ON p.tenant_id = a.tenant_id
        JOIN app.organisation o ON o.tenant_id = p.tenant_id AND o.id = p.organisation_id
        WHERE a.role = 'tenant_admin' ORDER BY p.name, p.id
     """),
    # A new one, or the next version of one: sign-ins under way with the former version end. A secret
    # serves one issuer: another issuer never gets the one that was typed for the former.
    ("save_provider(p_slug text, p_token text, p_provider bigint, p_name text, p_issuer text,"
     " p_client text, p_sealed bytea, p_organisation bigint, p_role text, p_admission text,"
     " p_domain text, p_siret text, p_profile text, p_acr text[])", "text", "plpgsql", f"""
        DECLARE actor record; v_id bigint;
        BEGIN
            SELECT * INTO actor FROM gate.administrator(p_slug, p_token);
            IF NOT EXISTS (SELECT 1 FROM app.organisation o WHERE o.tenant_id = actor.tenant_id
                AND o.id = p_organisation AND gate.offers(o.kind, p_role)) THEN RETURN 'role'; END IF;
            IF EXISTS (SELECT 1 FROM gate.provider p WHERE p.tenant_id = actor.tenant_id
                AND p.issuer = p_issuer AND p.client_id = p_client AND p.id IS DISTINCT FROM p_provider) THEN
                RETURN 'twice';
            END IF;
            IF p_provider IS NULL THEN
                IF p_sealed IS NULL THEN RETURN 'secret'; END IF;
                INSERT INTO gate.provider (tenant_id, name, issuer, client_id, sealed, organisation_id, role,
                    admission, domain, siret, profile, requires_acr)
                VALUES (actor.tenant_id, p_name, p_issuer, p_client, p_sealed, p_organisation, p_role,
                    p_admission, p_domain, p_siret, p_profile, p_acr)
                RETURNING id INTO v_id;
            ELSE
                IF p_sealed IS NULL AND EXISTS (SELECT 1 FROM gate.provider p
                    WHERE p.tenant_id = actor.tenant_id AND p.id = p_provider
                        AND (p.issuer, p.client_id) <> (p_issuer, p_client)) THEN RETURN 'secret'; END IF;
                UPDATE gate.provider p SET version = p.version + 1, name = p_name, issuer = p_issuer,
                    client_id = p_client, sealed = coalesce(p_sealed, p.sealed),
                    organisation_id = p_organisation, role = p_role, admission = p_admission,
                    domain = p_domain, siret = p_siret, profile = p_profile, requires_acr = p_acr
                WHERE p.tenant_id = actor.tenant_id AND p.id = p_provider RETURNING p.id INTO v_id;
                IF v_id IS NULL THEN RETURN 'unknown'; END IF;
            END IF;
            {RECORD.format(act="'save_provider'", subject="'provider:' || v_id")}
            RETURN 'saved';
        END"""),
    ("switch_provider(p_slug text, p_token text, p_provider bigint, p_active boolean)", "boolean",
     "plpgsql", f"""
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.administrator(p_slug, p_token);
            UPDATE gate.provider p SET active = p_active, version = p.version + 1
            WHERE p.tenant_id = actor.tenant_id AND p.id = p_provider AND p.active <> p_active;
            IF NOT FOUND THEN RETURN false; END IF;
            IF NOT p_active THEN
                DELETE FROM gate.session s WHERE s.tenant_id = actor.tenant_id AND s.provider_id = p_provider;
                DELETE FROM gate.pending s WHERE s.tenant_id = actor.tenant_id AND s.provider_id = p_provider;
            END IF;
            {RECORD.format(act="CASE WHEN p_active THEN 'start_provider' ELSE 'stop_provider' END",
                           subject="'provider:' || p_provider")}
            RETURN true;
        END"""),
    ("arrivals(p_slug text, p_token text)",
     "TABLE (id bigint, name text, email text, verified boolean, provider text, organisation text,"
     " role text, asked_at timestamptz, taken boolean)", "sql STABLE", """
        SELECT w.id, w.name, w.email, w.verified, p.name, o.name, p.role, w.asked_at,
            EXISTS (SELECT 1 FROM app.account k WHERE k.tenant_id = w.tenant_id AND k.email = w.email)
        FROM gate.actor(p_slug, p_token) a
        JOIN gate.arrival w ON w.tenant_id = a.tenant_id AND w.decided_at IS NULL
        JOIN gate.provider p ON p.tenant_id = w.tenant_id AND p.id = w.provider_id
        JOIN app.organisation o ON o.tenant_id = p.tenant_id AND o.id = p.organisation_id
        WHERE a.role = 'tenant_admin' ORDER BY w.asked_at, w.id LIMIT 200
     """),
    ("decide_arrival(p_slug text, p_token text, p_arrival bigint, p_accept boolean)", "text",
     "plpgsql", f"""
        DECLARE actor record; w gate.arrival; p gate.provider;
        BEGIN
            SELECT * INTO actor FROM gate.administrator(p_slug, p_token);
            SELECT v.* INTO w FROM gate.arrival v WHERE v.tenant_id = actor.tenant_id
                AND v.id = p_arrival AND v.decided_at IS NULL FOR UPDATE;
            IF NOT FOUND THEN RETURN 'unknown'; END IF;
            SELECT v.* INTO p FROM gate.provider v WHERE v.tenant_id = w.tenant_id AND v.id = w.provider_id;
            IF p_accept THEN
                IF p.issuer <> w.issuer OR p.admission = 'invited' THEN RETURN 'changed'; END IF;
                IF gate.welcome(p, w.sub, w.email, w.name) IS NULL THEN RETURN 'taken'; END IF;
                DELETE FROM gate.arrival v WHERE v.tenant_id = w.tenant_id AND v.id = w.id;
            ELSE
                UPDATE gate.arrival v SET decided_at = now(), decided_by = actor.account_id
                WHERE v.tenant_id = w.tenant_id AND v.id = w.id;
            END IF;
            {RECORD.format(act="CASE WHEN p_accept THEN 'accept_arrival' ELSE 'refuse_arrival' END",
                           subject="'arrival:' || p_arrival")}
            RETURN CASE WHEN p_accept THEN 'accepted' ELSE 'refused' END;
        END"""),
)  # fmt: skip


def signature(declared: str) -> str:
    """« use(p_slug text, p_id bigint) » → « gate.use(text, bigint) »."""
    name, _, arguments = declared.rstrip(")").partition("(")
    types = [one.strip().split(" ", 1)[1] for one in arguments.split(",") if one]
    return f"gate.{name}({', '.join(types)})"


def created(declared: str, returns: str, language: str, body: str, rights: str) -> str:
    """The statement that makes one of these functions."""
    return f"CREATE FUNCTION gate.{declared} RETURNS {returns} LANGUAGE {language} {rights} AS $${body}$$"
