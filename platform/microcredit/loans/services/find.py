"""Finding a loan and checking the right to it are one call, as for a case."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from microcredit.cases.models import Case
from microcredit.cases.services.find import within as case_within
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission, Scope
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import PostingKind, Source
from microcredit.loans.models import Instalment, Loan, Posting
from microcredit.loans.situation import Due, Fact, Situation, situation


class BadDate(DomainError):
    """A day that cannot be, beside its box."""

    status = 422


class NotDisbursed(DomainError):
    """The loan has no schedule yet."""

    message = "Ce prêt n’est pas encore versé : il n’a pas d’échéancier."


@dataclass(frozen=True)
class Held:
    """A loan with its case, and all that is known of its instalments."""

    case: Case
    loan: Loan
    rows: list[Instalment]
    facts: list[Fact]

    def on(self, day: date) -> Situation:
        """Where the loan stands on a day."""
        return situation([due(row) for row in self.rows], self.facts, day)


def within(identity: Identity, permission: Permission) -> ColumnElement[bool]:
    """The condition that a loan, joined with its case, is within reach of `permission`."""
    if identity.scope(permission) is Scope.OWN_BANK:
        return Loan.bank_id == identity.organisation_id
    return case_within(identity, permission)


def get_loan(
    session: Session, identity: Identity, number: str, permission: Permission, *, lock: bool = False
) -> Held:
    """The last loan of a case, if `permission` reaches it. Raises NotFound in both other cases.

    A bank reads the last loan that it made; it acts on the last one of the case only. `lock` holds the
    case until the end of the act, as every act on a case does.
    """
    if lock:
        hold(session, number)
    statement = (
        select(Case, Loan)
        .join(Loan, Loan.case_id == Case.id)
        .where(Case.number == number, within(identity, permission))
        .order_by(Loan.id.desc())
        .limit(1)
    )
    if permission is not Permission.READ_LOANS:
        newest = select(func.max(Loan.id)).where(Loan.case_id == Case.id).correlate(Case)
        statement = statement.where(Loan.id == newest.scalar_subquery())
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return held(session, *row)


def hold(session: Session, number: str) -> None:
    """Lock a case before anything of it is read, so that what other acts wrote meanwhile is seen.

    Whether it exists and is within reach is asked afterwards.
    """
    session.execute(select(Case.id).where(Case.number == number).with_for_update())


def held(session: Session, case: Case, loan: Loan) -> Held:
    """A loan with its instalments of all versions and what is known of them, in order of writing."""
    rows = session.scalars(
        select(Instalment)
        .where(Instalment.loan_id == loan.id)
        .order_by(Instalment.version, Instalment.number)
    )
    postings = session.scalars(
        select(Posting).where(Posting.loan_id == loan.id).order_by(Posting.id)
    )
    return Held(case, loan, list(rows), [fact(one) for one in postings])


def due(row: Instalment) -> Due:
    """An instalment as the situation reads it."""
    return Due(
        row.id,
        row.number,
        row.due_on,
        row.amount_cents,
        row.principal_cents,
        row.valid_from,
        row.valid_to,
    )


def fact(row: Posting) -> Fact:
    """A posting as the situation reads it."""
    return Fact(
        row.instalment_id,
        PostingKind(row.kind),
        Source(row.source),
        row.on_date,
        row.amount_cents,
    )


def between(
    name: str, day: date, least: date, most: date, least_words: str, most_words: str
) -> None:
    """Raise BadDate, beside the box `name`, for a day before `least` or after `most`."""
    if day < least:
        raise BadDate(fields={name: least_words})
    if day > most:
        raise BadDate(fields={name: most_words})
