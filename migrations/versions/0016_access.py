"""Let organisations let their own people in."""

revision = "0016_access"
down_revision = "0015_mail"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
