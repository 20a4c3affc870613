"""The pages of accounts, gathered: each module adds its own to the one blueprint."""

from microcredit.accounts import (
    access_pages,
    factor_pages,
    invitation_pages,
    provider_pages,
    reset_pages,
    second_step_pages,
    security_pages,
    sign_in_pages,
    sso_pages,
    trail_pages,
)
from microcredit.accounts.blueprint import gate, here, pages

__all__ = [
    "access_pages",
    "factor_pages",
    "gate",
    "here",
    "invitation_pages",
    "pages",
    "provider_pages",
    "reset_pages",
    "second_step_pages",
    "security_pages",
    "sign_in_pages",
    "sso_pages",
    "trail_pages",
]
