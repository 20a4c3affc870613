"""Add second factors, resets and what a person sees of her sessions."""

revision = "0017_factors"
down_revision = "0016_access"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
