"""Part of 0019: the referrals of an adviser who leaves go to a colleague of the same organisation."""

from migrations.access import departures
from migrations.access.words import CURRENT, RECORD
from migrations.rights import execute, function

#: Another adviser of the organisation that somebody leaves.
COLLEAGUE = f"""
                FROM app.membership m JOIN app.account a ON a.tenant_id = m.tenant_id AND a.id = m.account_id
                WHERE m.tenant_id = actor.tenant_id AND m.role = 'prescriber_adviser'
                    AND m.organisation_id = ended.organisation_id AND m.account_id <> ended.account_id
                    AND a.disabled_at IS NULL AND {CURRENT}"""

# Where there is no colleague the access ends all the same: the cases are followed at the CCAS.
HAND_OVER = f"""
            IF gate.referrals_of(ended) > 0 AND EXISTS (SELECT {COLLEAGUE}) THEN
                SELECT m.account_id INTO v_successor {COLLEAGUE} AND m.id = p_successor;
                IF NOT FOUND THEN RETURN 'hand_over'; END IF;
                UPDATE app.case_file c SET referrer_account_id = v_successor
                WHERE c.tenant_id = ended.tenant_id AND c.referrer_account_id = ended.account_id
                    AND c.prescriber_id = ended.organisation_id;
                {RECORD.format(act="'hand_over'", subject="'account:' || v_successor")}
            END IF;
"""


def upgrade() -> None:
    """Count referrals among what waits, and hand them over."""
    execute(f"""
        CREATE FUNCTION gate.referrals_of(ended app.membership) RETURNS bigint
        LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
            SELECT count(*) FROM app.case_file c
            WHERE c.tenant_id = ended.tenant_id AND c.referrer_account_id = ended.account_id
                AND c.prescriber_id = ended.organisation_id AND ended.role = 'prescriber_adviser'
                AND NOT EXISTS (SELECT 1 FROM app.membership m
                    WHERE m.tenant_id = ended.tenant_id AND m.account_id = ended.account_id
                        AND m.id <> ended.id AND m.role = ended.role
                        AND m.organisation_id = ended.organisation_id AND {CURRENT})
        $$""")
    function("gate.referrals_of(app.membership)")
    execute("DROP FUNCTION gate.open_work(text, text, bigint)")
    departures.offer_open_work(
        "coalesce(w.tasks, 0), coalesce(w.appointments, 0), gate.referrals_of(m)",
        "tasks bigint, appointments bigint, referrals bigint",
        "LEFT JOIN",
    )
    departures.end(HAND_OVER)


def downgrade() -> None:
    """As it was without referrals."""
    departures.end()
    execute("DROP FUNCTION gate.open_work(text, text, bigint)")
    departures.offer_open_work(
        "w.tasks, w.appointments", "tasks bigint, appointments bigint", "JOIN"
    )
    execute("DROP FUNCTION gate.referrals_of(app.membership)")
