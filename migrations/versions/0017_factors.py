"""Add second factors, resets of passwords, and what a person sees of her own sessions.

Who has given her password but not yet her second factor holds a `gate.pending`, which opens nothing:
only a proof noted by the database turns it into a session.
"""

from migrations.access.words import PROOFS as FORMER_PROOFS
from migrations.access.words import start_anew
from migrations.factors import DEFINER, INNER, INSIDE, OPEN_TO_GATE, created, signature
from migrations.rights import execute, function, tenant_table

revision = "0017_factors"
down_revision = "0016_access"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"
ACCOUNT = "FOREIGN KEY (tenant_id, account_id) REFERENCES app.account (tenant_id, id)"
CURRENT = "m.valid_from <= current_date AND (m.valid_to IS NULL OR m.valid_to > current_date)"
HASHED = "sha256(convert_to({}, 'UTF8'))"

#: What opens nothing any more once an account starts again.
PROOFS = (*FORMER_PROOFS, "factor", "recovery_code", "reset", "pending")

#: What `tenancy.enter` returned before, and returns again after a downgrade.
RETURNS = """tenant_id bigint, slug text, tenant_name text, number_prefix text,
            is_demo boolean, demo_date date, account_id bigint, account_name text,
            membership_id bigint, role text, organisation_id bigint, organisation_name text,
            commune_code text, hats jsonb, seconds_unseen double precision"""
MORE = """, manages_accounts boolean, first_factor_age double precision,
            second_factor_age double precision, has_second_factor boolean, provider_id bigint"""
MORE_VALUES = """, m.manages_accounts,
                    extract(epoch FROM now() - found_session.first_factor_at)::double precision,
                    extract(epoch FROM now() - found_session.second_factor_at)::double precision,
                    gate.has_factor(t.id, a.id), found_session.provider_id"""
OLD_OPEN = "gate.open_session(text, bigint, text, interval, interval)"
OPEN = "gate.open_session(text, bigint, text, interval, interval, text, boolean, bigint)"


def upgrade() -> None:
    execute("""
        ALTER TABLE gate.session
            ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY,
            ADD COLUMN first_factor_at timestamptz NOT NULL DEFAULT now(),
            ADD COLUMN second_factor_at timestamptz,
            ADD COLUMN provider_id bigint,
            ADD COLUMN about text NOT NULL DEFAULT '' CHECK (length(about) <= 60),
            ADD UNIQUE (tenant_id, id)""")
    _tables()
    execute(start_anew(PROOFS))
    _readers()
    _enter(MORE, MORE_VALUES)
    _open()
    for declared, returns, language, body in INSIDE:
        execute(created(declared, returns, language, body, INNER))
        function(signature(declared))
    for declared, returns, language, body in OPEN_TO_GATE:
        execute(created(declared, returns, language, body, DEFINER))
        function(signature(declared), "{gate}")
    _sweep("""
            DELETE FROM gate.pending WHERE expires_at < now() - interval '1 day';
            DELETE FROM gate.challenge WHERE made_at < now() - interval '1 day';
            DELETE FROM gate.reset WHERE expires_at < now() - interval '30 days';""")


def _sweep(more: str) -> None:
    execute(f"""
        CREATE OR REPLACE FUNCTION gate.sweep() RETURNS void LANGUAGE sql {DEFINER} AS $$
            DELETE FROM gate.session WHERE least(expires_at, seen_at + idle) < now() - interval '1 day';
            DELETE FROM gate.kept_form WHERE kept_at < now() - interval '15 minutes';
            DELETE FROM gate.attempt WHERE at < now() - interval '1 day';
            DELETE FROM app.form_key WHERE used_at < now() - interval '7 days';{more}
        $$""")


def _tables() -> None:
    # One counter for both kinds: the last step of a code, the last signature of a passkey. It only grows.
    execute(f"""
        CREATE TABLE gate.factor (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            account_id bigint NOT NULL,
            kind text NOT NULL CHECK (kind IN ('totp', 'passkey')),
            name text NOT NULL,
            sealed bytea CHECK ((sealed IS NOT NULL) = (kind = 'totp')),
            credential bytea CHECK ((credential IS NOT NULL) = (kind = 'passkey')),
            public_key bytea CHECK ((public_key IS NOT NULL) = (kind = 'passkey')),
            counter bigint NOT NULL,
            added_at timestamptz NOT NULL DEFAULT now(),
            used_at timestamptz,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, credential),
            {ACCOUNT}
        )""")
    execute("CREATE INDEX factor_account ON gate.factor (tenant_id, account_id)")
    execute(f"""
        CREATE TABLE gate.recovery_code (
            {TENANT},
            account_id bigint NOT NULL,
            code_hash bytea NOT NULL,
            used_at timestamptz,
            PRIMARY KEY (tenant_id, account_id, code_hash),
            {ACCOUNT}
        )""")
    execute(f"""
        CREATE TABLE gate.reset (
            {TENANT},
            token_hash bytea NOT NULL,
            account_id bigint NOT NULL,
            asked_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL,
            used_at timestamptz,
            PRIMARY KEY (tenant_id, token_hash),
            {ACCOUNT}
        )""")
    execute(f"""
        CREATE TABLE gate.pending (
            {TENANT},
            token_hash bytea NOT NULL,
            account_id bigint NOT NULL,
            provider_id bigint,
            expires_at timestamptz NOT NULL,
            proved_at timestamptz,
            PRIMARY KEY (tenant_id, token_hash),
            {ACCOUNT}
        )""")
    # The challenge of a passkey belongs to one session or one pending sign-in, and serves once.
    execute(f"""
        CREATE TABLE gate.challenge (
            {TENANT},
            token_hash bytea NOT NULL,
            purpose text NOT NULL,
            challenge bytea NOT NULL,
            made_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, token_hash, purpose)
        )""")
    tenant_table("gate.factor", web="", worker="")
    tenant_table("gate.recovery_code", web="", worker="")
    tenant_table("gate.reset", web="", worker="")
    tenant_table("gate.pending", web="", worker="")
    tenant_table("gate.challenge", web="", worker="")


def _readers() -> None:
    execute(f"""
        CREATE FUNCTION gate.has_factor(p_tenant bigint, p_account bigint) RETURNS boolean
        LANGUAGE sql STABLE {INNER} AS $$
            SELECT EXISTS (SELECT 1 FROM gate.factor f
                WHERE f.tenant_id = p_tenant AND f.account_id = p_account)
        $$""")
    function("gate.has_factor(bigint, bigint)")


def _enter(columns: str, values: str) -> None:
    execute("DROP FUNCTION IF EXISTS tenancy.enter(text, text)")
    execute(f"""
        CREATE FUNCTION tenancy.enter(p_token text, p_slug text)
        RETURNS TABLE ({RETURNS}{columns})
        LANGUAGE plpgsql {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE found_session gate.session;
        BEGIN
            SELECT s.* INTO found_session
            FROM tenancy.tenant t
            JOIN gate.session s ON s.tenant_id = t.id AND s.token_hash = {HASHED.format("p_token")}
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
                    extract(epoch FROM now() - found_session.seen_at)::double precision{values}
                FROM tenancy.tenant t
                JOIN app.account a ON a.tenant_id = t.id AND a.id = found_session.account_id
                JOIN app.membership m ON m.tenant_id = t.id AND m.id = found_session.membership_id
                JOIN app.organisation o ON o.tenant_id = t.id AND o.id = m.organisation_id
                WHERE t.id = found_session.tenant_id;
        END $$""")
    function("tenancy.enter(text, text)", "{web}")


def _open() -> None:
    # An account with a second factor gets no session from its password alone: `p_factor` says that a
    # second factor was proved (by the provider, or by gate.finish_pending).
    execute(f"DROP FUNCTION {OLD_OPEN}")
    execute(f"""
        CREATE FUNCTION gate.open_session(p_slug text, p_account bigint, p_token text, p_idle interval,
            p_lifetime interval, p_about text DEFAULT '', p_factor boolean DEFAULT false,
            p_provider bigint DEFAULT NULL)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE v_tenant bigint;
        BEGIN
            INSERT INTO gate.session (tenant_id, token_hash, account_id, membership_id, idle, expires_at,
                about, second_factor_at, provider_id)
            SELECT t.id, {HASHED.format("p_token")}, a.id, m.id, p_idle, now() + p_lifetime,
                p_about, CASE WHEN p_factor THEN now() END, p_provider
            FROM tenancy.tenant t
            JOIN app.account a ON a.tenant_id = t.id AND a.id = p_account AND a.disabled_at IS NULL
            JOIN app.membership m ON m.tenant_id = t.id AND m.account_id = a.id AND {CURRENT}
            WHERE t.slug = p_slug AND (p_factor OR NOT gate.has_factor(t.id, a.id))
            ORDER BY m.id LIMIT 1
            RETURNING tenant_id INTO v_tenant;
            UPDATE app.account a SET last_used_at = now() WHERE a.tenant_id = v_tenant AND a.id = p_account;
            RETURN v_tenant IS NOT NULL;
        END $$""")
    function(OPEN, "{gate}")


def downgrade() -> None:
    _sweep("")
    execute(start_anew(FORMER_PROOFS))
    for declared, *_ in (*OPEN_TO_GATE, *reversed(INSIDE)):
        execute(f"DROP FUNCTION {signature(declared)}")
    execute(f"DROP FUNCTION {OPEN}")
    execute(f"""
        CREATE FUNCTION gate.open_session(p_slug text, p_account bigint, p_token text,
                                          p_idle interval, p_lifetime interval)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            INSERT INTO gate.session (tenant_id, token_hash, account_id, membership_id, idle, expires_at)
            SELECT t.id, {HASHED.format("p_token")}, a.id, m.id, p_idle, now() + p_lifetime
            FROM tenancy.tenant t
            JOIN app.account a ON a.tenant_id = t.id AND a.id = p_account AND a.disabled_at IS NULL
            JOIN app.membership m ON m.tenant_id = t.id AND m.account_id = a.id AND {CURRENT}
            WHERE t.slug = p_slug ORDER BY m.id LIMIT 1;
            RETURN FOUND;
        END $$""")
    function(OLD_OPEN, "{gate}")
    _enter("", "")
    execute("DROP FUNCTION gate.has_factor(bigint, bigint)")
    execute("DROP TABLE gate.challenge, gate.pending, gate.reset, gate.recovery_code, gate.factor")
    execute("""
        ALTER TABLE gate.session DROP COLUMN id, DROP COLUMN first_factor_at,
            DROP COLUMN second_factor_at, DROP COLUMN provider_id, DROP COLUMN about""")
