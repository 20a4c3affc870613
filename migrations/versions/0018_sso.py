"""Let people arrive through the provider of their organisation."""

revision = "0018_sso"
down_revision = "0017_factors"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
