"""Let prescribers refer a person and follow what became of her."""

revision = "0019_referrals"
down_revision = "0018_sso"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
