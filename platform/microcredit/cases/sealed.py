"""Free texts of a case, sealed under the tenant's key: opened only for a page that shows them."""

from sqlalchemy.orm import Session

from microcredit.kernel.vault import vault_of


def close(session: Session, case_id: int, what: str, text: str) -> bytes | None:
    """A text sealed for one case and one use; None for an empty one."""
    if not text:
        return None
    return vault_of(session).seal(session, text.encode(), f"case:{case_id}:{what}")


def read(session: Session, case_id: int, what: str, closed: bytes | None) -> str:
    """A sealed text opened again; "" for none. Raises SealBroken when it was altered."""
    if closed is None:
        return ""
    return vault_of(session).open(session, closed, f"case:{case_id}:{what}").decode()
