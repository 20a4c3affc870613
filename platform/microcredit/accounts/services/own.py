"""One's own account: what protects it, its password, where it is signed in."""

from dataclasses import dataclass

from microcredit.accounts.gate import Factor, Gate, OwnSession
from microcredit.accounts.own_schemas import ChangePassword, EndSessions
from microcredit.accounts.services.factors import check_own_password
from microcredit.accounts.services.passwords import check_password, hash_password
from microcredit.kernel.errors import NotFound
from microcredit.kernel.tenancy import Identity


@dataclass(frozen=True)
class Security:
    """What the page shows: `codes_left` counts the codes on paper that have not served."""

    factors: list[Factor]
    codes_left: int
    sessions: list[OwnSession]
    has_password: bool


def security(gate: Gate, slug: str, token: str) -> Security:
    """Everything that protects the account of who is signed in."""
    return Security(
        gate.factors(slug, token),
        gate.recovery_codes_left(slug, token),
        gate.my_sessions(slug, token),
        gate.own_password(slug, token) is not None,
    )


def change_password(gate: Gate, me: Identity, token: str, asked: ChangePassword) -> None:
    """Change one's password; all other sessions end, and links of forgotten passwords die.

    Raises WrongPassword, WeakPassword, TooManyAttempts.
    """
    check_own_password(gate, me.slug, me.account_id, token, asked.password, "password")
    check_password(asked.new_password, me.account_name, field="new_password")
    gate.change_password(me.slug, token, hash_password(asked.new_password))


def end_sessions(gate: Gate, slug: str, token: str, asked: EndSessions) -> int:
    """End one of one's other sessions, or all of them; how many. Raises NotFound for one not there."""
    ended = gate.end_my_sessions(slug, token, asked.session or None)
    if not ended and asked.session:
        raise NotFound("Cette session n’existe plus.")
    return ended
