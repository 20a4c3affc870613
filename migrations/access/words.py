"""Words that the functions of 0016 share."""

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
CURRENT = "m.valid_from <= current_date AND (m.valid_to IS NULL OR m.valid_to > current_date)"

#: Whether the actor manages the accesses of an organisation.
MANAGES = (
    """(actor.role = 'tenant_admin' OR (actor.manages_accounts AND actor.organisation_id = {0}))"""
)

#: Roles that reach beyond their organisation: the administrator alone invites and ends them.
WIDE = "('tenant_admin', 'coordinator', 'dpo')"

#: Roles that read about persons: the administrator's word alone does not start them.
SEES_CASES = """('case_worker', 'front_desk', 'ccas_director', 'coordinator', 'bank_officer',
    'prescriber_adviser', 'dpo')"""

#: Who may manage: somebody whom a second person has let in, or a funder, who only invites funders.
#: Else an administrator could name a manager of straw and confirm with two names.
TRUSTED = SEES_CASES.replace("'dpo'", "'dpo', 'funder_viewer'")

LIFETIME = "interval '72 hours'"

#: What proves who somebody is, or was kept for her, at this point of the migrations.
PROOFS = ("session", "kept_form", "credential")


def start_anew(proofs: tuple[str, ...]) -> str:
    """The function by which an account without access starts again, for somebody who may be another.

    Nothing that opened it before opens it again: 0017 and 0018 add the proofs that they bring.
    """
    deleted = "".join(
        f"""
            DELETE FROM gate.{table} x WHERE x.tenant_id = p_tenant AND x.account_id = p_account;"""
        for table in proofs
    )
    return f"""
        CREATE OR REPLACE FUNCTION gate.start_anew(p_tenant bigint, p_account bigint) RETURNS void
        LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
            UPDATE app.membership m SET valid_to = greatest(current_date, m.valid_from)
            WHERE m.tenant_id = p_tenant AND m.account_id = p_account AND {CURRENT};{deleted}
        $$"""


RECORD = """
            INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
            VALUES (actor.tenant_id, actor.account_id, actor.membership_id, {act}, {subject});
"""
