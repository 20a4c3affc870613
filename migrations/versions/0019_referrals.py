"""Let prescribers refer a person and follow what became of her.

A case keeps who referred the person and for which organisation. A referral says no amount: it is
asked at the first meeting, and until then it is 0, which no other case may have.
"""

from migrations.access import referrals
from migrations.rights import execute

revision = "0019_referrals"
down_revision = "0018_sso"


def upgrade() -> None:
    execute("""
        ALTER TABLE app.case_file
            ADD COLUMN referrer_account_id bigint,
            ADD COLUMN prescriber_id bigint,
            ADD FOREIGN KEY (tenant_id, referrer_account_id) REFERENCES app.account (tenant_id, id),
            ADD FOREIGN KEY (tenant_id, prescriber_id) REFERENCES app.organisation (tenant_id, id),
            ADD CONSTRAINT case_file_referral
                CHECK ((referrer_account_id IS NULL) = (prescriber_id IS NULL)),
            DROP CONSTRAINT case_file_amount_cents_check,
            ADD CONSTRAINT case_file_amount_cents_check CHECK (
                amount_cents > 0 OR amount_cents = 0 AND referrer_account_id IS NOT NULL)""")
    execute("""
        CREATE INDEX case_file_by_referrer ON app.case_file (tenant_id, referrer_account_id, id)
            WHERE referrer_account_id IS NOT NULL""")
    referrals.upgrade()


def downgrade() -> None:
    referrals.downgrade()
    execute("DROP INDEX app.case_file_by_referrer")
    # Rows without an amount stay as they are: NOT VALID asks it of later writes alone.
    execute("""
        ALTER TABLE app.case_file
            DROP CONSTRAINT case_file_amount_cents_check,
            ADD CONSTRAINT case_file_amount_cents_check CHECK (amount_cents > 0) NOT VALID,
            DROP CONSTRAINT case_file_referral,
            DROP COLUMN referrer_account_id,
            DROP COLUMN prescriber_id""")
