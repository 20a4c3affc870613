"""The acts on accounts, one file per act."""

from microcredit.accounts.services.access import Access, accesses
from microcredit.accounts.services.passwords import hash_password
from microcredit.accounts.services.sign_in import (
    PER_ACCOUNT,
    PER_ADDRESS,
    WINDOW,
    Opened,
    TooManyAttempts,
    WrongCredentials,
    open_session,
    put_on_hat,
    sign_in,
    sign_out,
)

__all__ = (
    "PER_ACCOUNT",
    "PER_ADDRESS",
    "WINDOW",
    "Access",
    "Opened",
    "TooManyAttempts",
    "WrongCredentials",
    "accesses",
    "hash_password",
    "open_session",
    "put_on_hat",
    "sign_in",
    "sign_out",
)
