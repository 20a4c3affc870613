"""Let organisations let their own people in: who manages accounts, invitations, reviews.

No login role may write accounts or memberships but through these functions of the gate. Each takes the
token of a live session and asks the database whether that very person may do it; nobody acts on herself.
What is not theirs is answered like what does not exist. The functions are in `migrations/access/`.
"""

from migrations.access import departures, invitations
from migrations.access.words import CURRENT, DEFINER, LIFETIME, MANAGES, RECORD
from migrations.rights import execute, function, tenant_table

revision = "0016_access"
down_revision = "0015_mail"

TENANT = "tenant_id bigint NOT NULL DEFAULT tenancy.tenant_id() REFERENCES tenancy.tenant (id)"
OWN = "FOREIGN KEY (tenant_id, {}) REFERENCES app.{} (tenant_id, id)"
#: The roles that each kind of organisation offers; accounts/codes.py says the same, a test compares.
OFFERS = {
    "ccas": "case_worker front_desk ccas_director coordinator elected_member tenant_admin dpo",
    "commune": "front_desk elected_member",
    "mission_locale": "prescriber_adviser",
    "association": "prescriber_adviser",
    "bank": "bank_officer",
    "funder": "funder_viewer",
}


def upgrade() -> None:
    # A membership may end on the day it began.
    execute("""
        ALTER TABLE app.membership ADD COLUMN manages_accounts boolean NOT NULL DEFAULT false,
            DROP CONSTRAINT membership_check,
            ADD CONSTRAINT membership_check CHECK (valid_to >= valid_from)""")
    execute("""
        ALTER TABLE app.account ADD COLUMN last_used_at timestamptz,
            ADD COLUMN warned_at timestamptz""")
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
            expires_at timestamptz NOT NULL DEFAULT now() + {LIFETIME},
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
            CHECK (account_id <> invited_by),
            {OWN.format("organisation_id", "organisation")},
            {OWN.format("invited_by", "account")},
            {OWN.format("confirmed_by", "account")},
            {OWN.format("account_id", "account")}
        )""")
    execute("""
        CREATE UNIQUE INDEX invitation_open ON gate.invitation (tenant_id, email, organisation_id, role)
            WHERE accepted_at IS NULL AND revoked_at IS NULL""")
    tenant_table("gate.invitation", web="", worker="")
    execute(f"""
        CREATE TABLE gate.join_request (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            email text NOT NULL CHECK (email = lower(email)),
            name text NOT NULL,
            position text NOT NULL,
            organisation_id bigint NOT NULL,
            asked_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, email, organisation_id),
            {OWN.format("organisation_id", "organisation")}
        )""")
    tenant_table("gate.join_request", web="", worker="")
    execute(f"""
        CREATE TABLE gate.access_review (
            {TENANT},
            id bigint GENERATED ALWAYS AS IDENTITY,
            organisation_id bigint NOT NULL,
            reviewed_by bigint NOT NULL,
            reviewed_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, id),
            {OWN.format("organisation_id", "organisation")},
            {OWN.format("reviewed_by", "account")}
        )""")
    tenant_table("gate.access_review", web="", worker="")
    _actor()
    invitations.upgrade()
    _join()
    departures.upgrade()


def _actor() -> None:
    execute(f"""
        CREATE FUNCTION gate.actor(p_slug text, p_token text)
        RETURNS TABLE (tenant_id bigint, account_id bigint, membership_id bigint, role text,
            organisation_id bigint, manages_accounts boolean, email text, name text)
        LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
        #variable_conflict use_column
        BEGIN
            RETURN QUERY
                SELECT s.tenant_id, s.account_id, s.membership_id, m.role, m.organisation_id,
                    m.manages_accounts, a.email, a.name
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
    offered = " OR ".join(
        f"p_kind = '{kind}' AND p_role IN ({', '.join(repr(role) for role in roles.split())})"
        for kind, roles in OFFERS.items()
    )
    execute(f"""
        CREATE FUNCTION gate.offers(p_kind text, p_role text) RETURNS boolean
        LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT {offered} $$""")
    function("gate.offers(text, text)")


def _join() -> None:
    execute(f"""
        CREATE FUNCTION gate.organisations(p_slug text) RETURNS TABLE (id bigint, name text)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT o.id, o.name FROM tenancy.tenant t JOIN app.organisation o ON o.tenant_id = t.id
            WHERE t.slug = p_slug ORDER BY o.name
        $$""")
    function("gate.organisations(text)", "{gate}")
    # The same for an address that is known and one that is not.
    execute(f"""
        CREATE FUNCTION gate.join_request(p_slug text, p_organisation bigint, p_email text, p_name text,
            p_position text)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            INSERT INTO gate.join_request (tenant_id, email, name, position, organisation_id)
            SELECT t.id, lower(p_email), p_name, p_position, o.id
            FROM tenancy.tenant t JOIN app.organisation o ON o.tenant_id = t.id AND o.id = p_organisation
            WHERE t.slug = p_slug
            ON CONFLICT (tenant_id, email, organisation_id) DO UPDATE SET asked_at = now();
            RETURN FOUND;
        END $$""")
    function("gate.join_request(text, bigint, text, text, text)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.join_requests(p_slug text, p_token text, p_organisation bigint)
        RETURNS TABLE (id bigint, email text, name text, "position" text, organisation_id bigint,
            asked_at timestamptz)
        LANGUAGE plpgsql STABLE {DEFINER} AS $$
        #variable_conflict use_column
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            RETURN QUERY
                SELECT r.id, r.email, r.name, r.position, r.organisation_id, r.asked_at
                FROM gate.join_request r
                WHERE r.tenant_id = actor.tenant_id
                    AND (p_organisation IS NULL OR r.organisation_id = p_organisation)
                    AND {MANAGES.format("r.organisation_id")}
                    AND r.asked_at > now() - interval '30 days'
                ORDER BY r.id LIMIT 200;
        END $$""")
    function("gate.join_requests(text, text, bigint)", "{gate}")
    execute(f"""
        CREATE FUNCTION gate.dismiss_request(p_slug text, p_token text, p_request bigint)
        RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE actor record;
        BEGIN
            SELECT * INTO actor FROM gate.actor(p_slug, p_token);
            DELETE FROM gate.join_request r
            WHERE r.tenant_id = actor.tenant_id AND r.id = p_request AND {MANAGES.format("r.organisation_id")};
            IF NOT FOUND THEN RETURN false; END IF;
            {RECORD.format(act="'dismiss_request'", subject="'join_request:' || p_request")}
            RETURN true;
        END $$""")
    function("gate.dismiss_request(text, text, bigint)", "{gate}")


def downgrade() -> None:
    departures.downgrade()
    invitations.downgrade()
    for signature in (
        "dismiss_request(text, text, bigint)",
        "join_requests(text, text, bigint)",
        "join_request(text, bigint, text, text, text)",
        "organisations(text)",
        "offers(text, text)",
        "actor(text, text)",
    ):
        execute(f"DROP FUNCTION gate.{signature}")
    execute("DROP TABLE gate.access_review, gate.join_request, gate.invitation")
    execute("ALTER TABLE app.account DROP COLUMN last_used_at, DROP COLUMN warned_at")
    # Roles that ended on the day they began keep that day; no new one does.
    execute("""
        ALTER TABLE app.membership DROP COLUMN manages_accounts,
            DROP CONSTRAINT membership_check,
            ADD CONSTRAINT membership_check CHECK (valid_to > valid_from) NOT VALID""")
