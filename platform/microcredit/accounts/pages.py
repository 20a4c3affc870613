"""The pages of accounts, gathered: each module adds its own to the one blueprint."""

from microcredit.accounts import access_pages, sign_in_pages, trail_pages
from microcredit.accounts.blueprint import gate, here, pages

__all__ = ["access_pages", "gate", "here", "pages", "sign_in_pages", "trail_pages"]
