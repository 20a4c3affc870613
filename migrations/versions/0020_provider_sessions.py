"""End a session at the provider too, prove again there who one is, and let a file name providers.

ProConnect lets every public agent in: there the SIRET of the organisation is asked of everybody. A second
factor may be told by `amr` as well as by `acr`.
"""

from migrations import sso
from migrations.factors import OPEN_TO_GATE as FACTORS
from migrations.rights import execute, function
from migrations.sso import DEFINER, HASHED, created, signature
from migrations.sso_sessions import OPEN_TO_GATE, OPEN_TO_OPERATOR, REPLACED

revision = "0020_provider_sessions"
down_revision = "0019_referrals"

#: The hint goes from the sign-in that waited to the session that it became.
KEPT = f"""
            UPDATE gate.session s SET hint = done.hint
            WHERE s.tenant_id = done.tenant_id AND s.token_hash = {HASHED.format("p_new_token")};
            RETURN done.account_id;"""


def upgrade() -> None:
    for table in ("gate.session", "gate.pending"):
        execute(f"ALTER TABLE {table} ADD COLUMN hint bytea CHECK (octet_length(hint) <= 20000)")
    execute(
        "ALTER TABLE gate.arrival ADD COLUMN siret text, ADD COLUMN roles text[] NOT NULL DEFAULT '{}'"
    )
    execute("""
        ALTER TABLE gate.provider
            ADD COLUMN requires_amr text[] NOT NULL DEFAULT '{}',
            DROP CONSTRAINT provider_check,
            ADD CONSTRAINT provider_admission CHECK (CASE WHEN admission = 'rule'
                THEN domain IS NOT NULL OR siret IS NOT NULL
                ELSE domain IS NULL AND (siret IS NULL OR profile = 'proconnect') END),
            ADD CONSTRAINT provider_proconnect CHECK (profile <> 'proconnect' OR siret IS NOT NULL)
                NOT VALID""")
    for former in REPLACED:
        execute(f"DROP FUNCTION gate.{former}")
    for declared, returns, language, body in OPEN_TO_GATE:
        execute(created(declared, returns, language, body, DEFINER))
        function(signature(declared), "{gate}")
    for declared, returns, language, body in OPEN_TO_OPERATOR:
        execute(created(declared, returns, language, body, DEFINER))
        function(signature(declared), "{operator}")
    _finish_pending("            RETURN done.account_id;", KEPT)


def _finish_pending(former: str = "", later: str = "") -> None:
    """Make the function that ends a wait again, with what it does last put otherwise."""
    for declared, returns, language, body in FACTORS:
        if declared.startswith("finish_pending("):
            again = created(declared, returns, language, body.replace(former, later), DEFINER)
            execute(again.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))


def downgrade() -> None:
    _finish_pending()
    for declared, *_ in (*OPEN_TO_GATE, *OPEN_TO_OPERATOR):
        execute(f"DROP FUNCTION {signature(declared)}")
    # Rows that the former rule would refuse stay as they are: NOT VALID asks it of later writes alone.
    execute("""
        ALTER TABLE gate.provider
            DROP CONSTRAINT provider_proconnect, DROP CONSTRAINT provider_admission,
            ADD CONSTRAINT provider_check CHECK (
                (admission = 'rule') = (domain IS NOT NULL OR siret IS NOT NULL)) NOT VALID,
            DROP COLUMN requires_amr""")
    execute("ALTER TABLE gate.arrival DROP COLUMN siret, DROP COLUMN roles")
    for table in ("gate.session", "gate.pending"):
        execute(f"ALTER TABLE {table} DROP COLUMN hint")
    for declared, returns, language, body in sso.OPEN_TO_GATE:
        if signature(declared).removeprefix("gate.") in REPLACED:
            execute(created(declared, returns, language, body, DEFINER))
            function(signature(declared), "{gate}")
