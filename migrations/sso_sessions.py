"""The gate's functions about providers as 0020 leaves them, as SQL: what changed since `sso`, and what is new.

A session that came through a provider keeps, sealed, what ending it there takes. Somebody who has no
password and no second factor of her own proves at her provider that she is still there.
"""

from migrations.sso import EVENT, HASHED, IN_USE, RECORD

SETTINGS = (
    "p_name text, p_issuer text, p_client text, p_sealed bytea, p_organisation bigint, p_role text,"
    " p_admission text, p_domain text, p_siret text, p_profile text, p_acr text[], p_amr text[]"
)
COLUMNS = (
    "name, issuer, client_id, sealed, organisation_id, role, admission, domain, siret, profile,"
    " requires_acr, requires_amr"
)
VALUES = (
    "p_name, p_issuer, p_client, p_sealed, p_organisation, p_role, p_admission, p_domain, p_siret,"
    " p_profile, p_acr, p_amr"
)

#: Replaced: dropped first under their former names, for what they take or return is another thing now.
REPLACED = (
    "provider(text, bigint)",
    "arrive(text, bigint, integer, text, text, boolean, text, text, text, text)",
    "providers(text, text)",
    "save_provider(text, text, bigint, text, text, text, bytea, bigint, text, text, text, text, text, text[])",
    "arrivals(text, text)",
)

#: For the gate.
OPEN_TO_GATE = (
    ("provider(p_slug text, p_provider bigint)",
     "TABLE (id bigint, version integer, name text, issuer text, client_id text, sealed bytea,"
     " profile text, requires_acr text[], requires_amr text[])", "sql STABLE", """
        SELECT p.id, p.version, p.name, p.issuer, p.client_id, p.sealed, p.profile, p.requires_acr,
            p.requires_amr
        FROM tenancy.tenant t JOIN gate.provider p ON p.tenant_id = t.id AND p.id = p_provider
        WHERE t.slug = p_slug AND p.active
     """),
    # ProConnect brings every public agent of the country: there, the organisation's number is asked of
    # everybody, each time, before an invitation or a rule is even looked at.
    ("arrive(p_slug text, p_provider bigint, p_version integer, p_sub text, p_email text,"
     " p_verified boolean, p_name text, p_siret text, p_roles text[], p_secret text, p_token text)",
     "TABLE (outcome text, account_id bigint)", "plpgsql", f"""
        #variable_conflict use_column
        DECLARE p gate.provider; v_account bigint; v_used boolean;
        BEGIN
            SELECT v.* INTO p FROM tenancy.tenant t JOIN gate.provider v ON v.tenant_id = t.id
                AND v.id = p_provider AND v.version = p_version AND v.active
            WHERE t.slug = p_slug FOR SHARE OF v;
            IF NOT FOUND THEN outcome := 'provider'; RETURN NEXT; RETURN; END IF;
            IF p.profile = 'proconnect' AND p.siret IS DISTINCT FROM p_siret THEN
                outcome := 'siret'; RETURN NEXT; RETURN;
            END IF;
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
            INSERT INTO gate.arrival (tenant_id, provider_id, issuer, sub, email, name, verified, siret, roles)
            VALUES (p.tenant_id, p.id, p.issuer, p_sub, p_email, p_name, p_verified, p_siret, p_roles)
            ON CONFLICT (tenant_id, issuer, sub) DO UPDATE SET email = excluded.email,
                name = excluded.name, verified = excluded.verified, asked_at = now(),
                provider_id = excluded.provider_id, siret = excluded.siret, roles = excluded.roles;
            outcome := 'waiting'; RETURN NEXT;
        END"""),
    ("providers(p_slug text, p_token text)",
     "TABLE (id bigint, version integer, name text, issuer text, client_id text, organisation_id bigint,"
     " organisation text, role text, admission text, domain text, siret text, profile text,"
     " requires_acr text[], requires_amr text[], active boolean)", "sql STABLE", """
        SELECT p.id, p.version, p.name, p.issuer, p.client_id, p.organisation_id, o.name, p.role,
            p.admission, p.domain, p.siret, p.profile, p.requires_acr, p.requires_amr, p.active
        FROM gate.actor(p_slug, p_token) a
        JOIN gate.provider p ON p.tenant_id = a.tenant_id
        JOIN app.organisation o ON o.tenant_id = p.tenant_id AND o.id = p.organisation_id
        WHERE a.role = 'tenant_admin' ORDER BY p.name, p.id
     """),
    # A new one, or the next version of one: sign-ins under way with the former version end. A secret
    # serves one issuer: another issuer never gets the one that was typed for the former.
    (f"save_provider(p_slug text, p_token text, p_provider bigint, {SETTINGS})", "text", "plpgsql", f"""
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
                INSERT INTO gate.provider (tenant_id, {COLUMNS}) VALUES (actor.tenant_id, {VALUES})
                RETURNING id INTO v_id;
            ELSE
                IF p_sealed IS NULL AND EXISTS (SELECT 1 FROM gate.provider p
                    WHERE p.tenant_id = actor.tenant_id AND p.id = p_provider
                        AND (p.issuer, p.client_id) <> (p_issuer, p_client)) THEN RETURN 'secret'; END IF;
                UPDATE gate.provider p SET version = p.version + 1, name = p_name, issuer = p_issuer,
                    client_id = p_client, sealed = coalesce(p_sealed, p.sealed),
                    organisation_id = p_organisation, role = p_role, admission = p_admission,
                    domain = p_domain, siret = p_siret, profile = p_profile, requires_acr = p_acr,
                    requires_amr = p_amr
                WHERE p.tenant_id = actor.tenant_id AND p.id = p_provider RETURNING p.id INTO v_id;
                IF v_id IS NULL THEN RETURN 'unknown'; END IF;
            END IF;
            {RECORD.format(act="'save_provider'", subject="'provider:' || v_id")}
            RETURN 'saved';
        END"""),
    ("arrivals(p_slug text, p_token text)",
     "TABLE (id bigint, name text, email text, verified boolean, provider text, organisation text,"
     " role text, asked_at timestamptz, taken boolean, siret text, roles text[])", "sql STABLE", """
        SELECT w.id, w.name, w.email, w.verified, p.name, o.name, p.role, w.asked_at,
            EXISTS (SELECT 1 FROM app.account k WHERE k.tenant_id = w.tenant_id AND k.email = w.email),
            w.siret, w.roles
        FROM gate.actor(p_slug, p_token) a
        JOIN gate.arrival w ON w.tenant_id = a.tenant_id AND w.decided_at IS NULL
        JOIN gate.provider p ON p.tenant_id = w.tenant_id AND p.id = w.provider_id
        JOIN app.organisation o ON o.tenant_id = p.tenant_id AND o.id = p.organisation_id
        WHERE a.role = 'tenant_admin' ORDER BY w.asked_at, w.id LIMIT 200
     """),
    # The providers by which the person of this link may accept it: those of the organisation that invites.
    ("invitation_providers(p_slug text, p_secret text)", "TABLE (id bigint, name text)", "sql STABLE", f"""
        SELECT p.id, p.name FROM tenancy.tenant t
        JOIN gate.invitation v ON v.tenant_id = t.id AND v.token_hash = {HASHED.format("p_secret")}
            AND v.accepted_at IS NULL AND v.revoked_at IS NULL AND v.expires_at > now()
        JOIN gate.provider p ON p.tenant_id = t.id AND p.organisation_id = v.organisation_id AND p.active
        WHERE t.slug = p_slug ORDER BY p.name, p.id
     """),
    # Of a session just opened, or of a sign-in that waits for its second factor.
    ("keep_hint(p_slug text, p_token text, p_hint bytea)", "void", "sql", f"""
        UPDATE gate.session s SET hint = p_hint FROM tenancy.tenant t
        WHERE t.slug = p_slug AND s.tenant_id = t.id AND s.token_hash = {HASHED.format("p_token")};
        UPDATE gate.pending s SET hint = p_hint FROM tenancy.tenant t
        WHERE t.slug = p_slug AND s.tenant_id = t.id AND s.token_hash = {HASHED.format("p_token")};
     """),
    ("session_hint(p_slug text, p_token text)", "bytea", "sql STABLE", f"""
        SELECT s.hint FROM gate.actor(p_slug, p_token) a
        JOIN gate.session s ON s.tenant_id = a.tenant_id AND s.token_hash = {HASHED.format("p_token")}
     """),
    ("session_provider(p_slug text, p_token text)", "TABLE (id bigint, name text)", "sql STABLE", f"""
        SELECT p.id, p.name FROM gate.actor(p_slug, p_token) a
        JOIN gate.session s ON s.tenant_id = a.tenant_id AND s.token_hash = {HASHED.format("p_token")}
        JOIN gate.provider p ON p.tenant_id = s.tenant_id AND p.id = s.provider_id AND p.active
     """),
    # She is still there, says her provider: hers, for the account of this very session alone. One that
    # proves no second factor renews none.
    ("prove_by_provider(p_slug text, p_token text, p_provider bigint, p_version integer, p_sub text,"
     " p_strong boolean)", "TABLE (outcome text, account_id bigint)", "plpgsql", f"""
        #variable_conflict use_column
        DECLARE actor record; v_second timestamptz;
        BEGIN
            SELECT * INTO actor FROM gate.holder(p_slug, p_token);
            SELECT s.second_factor_at INTO v_second FROM gate.session s
            JOIN gate.provider p ON p.tenant_id = s.tenant_id AND p.id = p_provider
                AND p.version = p_version AND p.active
            JOIN gate.identity d ON d.tenant_id = s.tenant_id AND d.issuer = p.issuer AND d.sub = p_sub
                AND d.account_id = s.account_id
            WHERE s.tenant_id = actor.tenant_id AND s.account_id = actor.account_id
                AND s.token_hash = {HASHED.format("p_token")};
            IF NOT FOUND THEN outcome := 'stranger'; RETURN NEXT; RETURN; END IF;
            IF NOT p_strong AND (v_second IS NOT NULL
                    OR gate.has_factor(actor.tenant_id, actor.account_id)) THEN
                outcome := 'weak'; RETURN NEXT; RETURN;
            END IF;
            UPDATE gate.session s SET first_factor_at = now(),
                second_factor_at = CASE WHEN p_strong THEN now() END
            WHERE s.tenant_id = actor.tenant_id AND s.token_hash = {HASHED.format("p_token")};
            {RECORD.format(act="'prove_by_provider'", subject="'provider:' || p_provider")}
            outcome := 'proved'; account_id := actor.account_id; RETURN NEXT;
        END"""),
)  # fmt: skip

#: For the operator, in the tenant that he sets up from its file.
OPEN_TO_OPERATOR = (
    (f"set_up_provider({SETTINGS})", "boolean", "plpgsql", f"""
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM app.organisation o WHERE o.tenant_id = tenancy.tenant_id()
                AND o.id = p_organisation AND gate.offers(o.kind, p_role)) THEN RETURN false; END IF;
            INSERT INTO gate.provider (tenant_id, {COLUMNS}) VALUES (tenancy.tenant_id(), {VALUES});
            RETURN true;
        END"""),
    # All but the secret.
    ("set_up_providers()",
     "TABLE (name text, issuer text, client_id text, organisation_id bigint, role text, admission text,"
     " domain text, siret text, profile text, requires_acr text[], requires_amr text[], active boolean)",
     "sql STABLE", """
        SELECT p.name, p.issuer, p.client_id, p.organisation_id, p.role, p.admission, p.domain, p.siret,
            p.profile, p.requires_acr, p.requires_amr, p.active
        FROM gate.provider p WHERE p.tenant_id = tenancy.tenant_id() ORDER BY p.id
     """),
)  # fmt: skip
