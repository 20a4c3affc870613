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

RECORD = """
            INSERT INTO app.audit_event (tenant_id, account_id, membership_id, act, subject)
            VALUES (actor.tenant_id, actor.account_id, actor.membership_id, {act}, {subject});
"""
