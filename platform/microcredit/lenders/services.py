"""What partner banks lend, as it stands on a day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.groupings.models import Organisation
from microcredit.kernel.database import holds_on
from microcredit.lenders.models import LoanTerms

#: What tells of a consumer credit, for contracts from which day on: Code de la consommation L.312-5.
#: Its words change on 20 November 2026 (ordonnances n° 2025-880 of 3 September and n° 2025-1154 of
#: 2 December 2025); contracts that run on that day keep the law they were made under (its article 99).
MENTIONS = (
    (
        date(2026, 11, 20),
        "Attention ! Un crédit coûte de l’argent et doit être remboursé !",
    ),
    (
        date(2010, 9, 1),
        "Un crédit vous engage et doit être remboursé."
        " Vérifiez vos capacités de remboursement avant de vous engager.",
    ),
)


def credit_mention(on: date) -> str:
    """The legal sentence for a contract signed on a day; the oldest known one before any."""
    return next((words for since, words in MENTIONS if since <= on), MENTIONS[-1][1])


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
