"""The acts on accounts, one file per act."""

from microcredit.accounts.services.passwords import check_password, hash_password
from microcredit.accounts.services.sign_in import (
    PER_ACCOUNT,
    PER_ADDRESS,
    WINDOW,
    Opened,
    TooManyAttempts,
    Waiting,
    WrongCredentials,
    admit,
    finish,
    open_session,
    put_on_hat,
    sign_in,
    sign_out,
)

__all__ = (
    "PER_ACCOUNT",
    "PER_ADDRESS",
    "WINDOW",
    "Opened",
    "TooManyAttempts",
    "Waiting",
    "WrongCredentials",
    "admit",
    "check_password",
    "finish",
    "hash_password",
    "open_session",
    "put_on_hat",
    "sign_in",
    "sign_out",
)
