"""What partner banks lend, as it stands on a day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.groupings.models import Organisation
from microcredit.kernel.database import holds_on
from microcredit.lenders.models import LoanTerms


@dataclass(frozen=True)
class BankTerms:
    """A bank and the terms it lends on."""

    bank: str
    terms: LoanTerms


def terms_in_force(session: Session, on: date) -> list[BankTerms]:
    """The terms of each partner bank on a day, by bank."""
    rows = session.execute(
        select(Organisation.name, LoanTerms)
        .join(Organisation, Organisation.id == LoanTerms.bank_id)
        .where(holds_on(LoanTerms, on))
        .order_by(Organisation.name)
    )
    return [BankTerms(name, terms) for name, terms in rows]


def terms_of(session: Session, bank_id: int, on: date) -> BankTerms | None:
    """The terms of one bank on a day, or None when it has none then."""
    found = [one for one in terms_in_force(session, on) if one.terms.bank_id == bank_id]
    return found[0] if found else None
