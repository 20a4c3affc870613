"""The statement that computes where each loan stands on a day, by the rules of `loans.situation`.

It is built once: its day is a parameter, given where a statement that joins it is run. To build and to
recognise so long a statement took longer than to read its answer.
"""

from datetime import date
from functools import cache

from sqlalchemy import (
    CTE,
    Case,
    ColumnElement,
    Date,
    Integer,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array

from microcredit.kernel.database import holds_on
from microcredit.loans.codes import OF_THE_LOAN, PostingKind, Standing
from microcredit.loans.models import Instalment, Loan, Posting
from microcredit.loans.situation import INCIDENT_FROM, PRESUMED_AFTER
from microcredit.mathematics.dates import add_months

#: The day on which loans stand, and the calendar month around it.
ON = bindparam("standing_on", type_=Date)
_MONTH = bindparam("standing_month", type_=Date)
_NEXT_MONTH = bindparam("standing_next_month", type_=Date)

#: A day becomes a number by its distance from this one, to be compared within an array of numbers.
_EPOCH = date(1970, 1, 1)


def standing_on(day: date) -> dict[str, date]:
    """The parameters of a statement that joins `standing_table`."""
    month = day.replace(day=1)
    return {ON.key: day, _MONTH.key: month, _NEXT_MONTH.key: add_months(month, 1)}


@cache
def standing_table() -> CTE:
    """One row per loan: its standing on a day, as columns to join on `loan_id`, to filter and to sort.

    Whoever runs a statement with it gives it the parameters of `standing_on`. It is computed once in
    each statement, however it is joined: left to choose, the planner computed it again for each loan.

    Columns: loan_id, standing (code), lines, outstanding_cents, overdue_cents, month_due_cents,
    unpaid, oldest_unpaid_on, days_late, next_due_on, next_due_cents, settled_on (None in the database
    too while something remains; where `needs_history`, a day not to be relied on).
    """
    ended = _ended()
    line = _lines(ended, _known(ended))
    of_line = line.c
    counted, unpaid = of_line.holds, and_(of_line.holds, of_line.missing > 0)
    ahead = and_(counted, ~of_line.paid, of_line.missing == 0)
    sums = (
        select(
            of_line.loan_id,
            func.count().filter(counted).label("lines"),
            func.count().filter(and_(counted, of_line.paid)).label("paid_lines"),
            func.coalesce(
                func.sum(of_line.principal_cents).filter(and_(counted, ~of_line.paid)), 0
            ).label("outstanding_cents"),
            func.coalesce(func.sum(of_line.missing).filter(counted), 0).label("overdue_cents"),
            func.coalesce(
                func.sum(of_line.amount_cents).filter(
                    and_(
                        counted, ~of_line.covered,
                        of_line.due_on >= _MONTH, of_line.due_on < _NEXT_MONTH,
                    )
                ),
                0,
            ).label("month_due_cents"),
            func.count().filter(unpaid).label("unpaid"),
            func.min(of_line.due_on).filter(unpaid).label("oldest_unpaid_on"),
            func.min(of_line.due_on).filter(ahead).label("next_due_on"),
            func.min(
                array([of_line.due_on - _EPOCH, of_line.number, of_line.id, of_line.amount_cents])
            )
            .filter(ahead)
            .label("line_ahead"),
            func.max(of_line.paid_since).filter(counted).label("paid_since"),
            func.max(of_line.valid_to).filter(of_line.valid_to <= ON).label("replaced_on"),
            func.count().filter(of_line.rejected).label("rejected"),
            func.coalesce(func.bool_or(of_line.told_twice), False).label("told_twice"),
        )
        .group_by(of_line.loan_id)
        .subquery("sums")
    )  # fmt: skip
    all_paid = and_(sums.c.lines > 0, sums.c.paid_lines == sums.c.lines)
    return (
        select(
            Loan.id.label("loan_id"),
            _standing_code(sums, ended, all_paid).label("standing"),
            *(
                func.coalesce(sums.c[name], 0).cast(Integer).label(name)
                for name in ("lines", "outstanding_cents", "overdue_cents", "month_due_cents", "unpaid")
            ),
            sums.c.oldest_unpaid_on,
            func.greatest(func.coalesce(ON - sums.c.oldest_unpaid_on, 0), 0)
            .cast(Integer)
            .label("days_late"),
            sums.c.next_due_on,
            sums.c.line_ahead[4].cast(Integer).label("next_due_cents"),
            func.coalesce(
                ended.c.early,
                case((all_paid, func.greatest(sums.c.paid_since, sums.c.replaced_on))),
            ).label("settled_on"),
            or_(
                func.coalesce(sums.c.rejected, 0) >= INCIDENT_FROM,
                and_(all_paid, sums.c.told_twice, ended.c.early.is_(None)),
            ).label("needs_history"),
        )
        .outerjoin(sums, sums.c.loan_id == Loan.id)
        .outerjoin(ended, ended.c.loan_id == Loan.id)
        .cte("standing")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )  # fmt: skip


def _ended() -> CTE:
    """Of each loan: the day of its early settlement, and of the call of its guarantee."""
    settled, called = PostingKind.SETTLED_EARLY.value, PostingKind.GUARANTEE_CALLED.value
    return (
        select(
            Posting.loan_id,
            func.min(Posting.on_date).filter(Posting.kind == settled).label("early"),
            func.min(Posting.on_date).filter(Posting.kind == called).label("called"),
        )
        .where(Posting.kind.in_([kind.value for kind in OF_THE_LOAN]), Posting.on_date <= ON)
        .group_by(Posting.loan_id)
        .cte("ended")
    )


def _known(ended: CTE) -> Subquery:
    """Of each instalment of which something is known: its last rejection, and what was paid since.

    Ids grow in the order of writing, which is the order in which facts undo each other.
    """
    is_rejection = Posting.kind == PostingKind.REJECTED.value
    facts = (
        select(
            Posting.instalment_id, Posting.id, Posting.on_date, Posting.amount_cents,
            func.max(Posting.id).filter(is_rejection)
            .over(partition_by=Posting.instalment_id).label("last_rejection"),
        )
        .outerjoin(ended, ended.c.loan_id == Posting.loan_id)
        .where(
            Posting.instalment_id.is_not(None), Posting.on_date <= ON,
            or_(ended.c.early.is_(None), Posting.on_date <= ended.c.early),
        )
        .subquery("facts")
    )  # fmt: skip
    since = func.coalesce(facts.c.last_rejection, 0)
    return (
        select(
            facts.c.instalment_id,
            func.max(facts.c.last_rejection).label("last_rejection"),
            func.coalesce(func.sum(facts.c.amount_cents).filter(facts.c.id > since), 0).label("paid"),
            func.min(facts.c.on_date).label("first_told"),
            func.max(facts.c.on_date).label("last_told"),
        )
        .group_by(facts.c.instalment_id)
        .subquery("known")
    )  # fmt: skip


def _lines(ended: CTE, known: Subquery) -> Subquery:
    """Each instalment ever written, with its state on the day.

    OFFSET 0 keeps the planner from writing each state out wherever it is summed: a third of the time.
    """
    told, early = known.c.instalment_id.is_not(None), ended.c.early.is_not(None)
    rejected = and_(told, known.c.last_rejection.is_not(None))
    lacks = case((rejected, func.greatest(Instalment.amount_cents - known.c.paid, 0)), else_=0)
    presumed_on = Instalment.due_on + PRESUMED_AFTER.days
    presumed_until = func.least(ON, ended.c.early, ended.c.called)
    itself_paid = case((told, lacks == 0), else_=presumed_on <= presumed_until)
    return (
        select(
            Instalment.id, Instalment.loan_id, Instalment.number, Instalment.due_on,
            Instalment.amount_cents, Instalment.principal_cents, Instalment.valid_to,
            holds_on(Instalment, ON).label("holds"),
            or_(early, itself_paid).label("paid"),
            and_(early, ~itself_paid).label("covered"),
            case((early, 0), else_=lacks).label("missing"),
            rejected.label("rejected"),
            case((told, known.c.last_told), else_=presumed_on).label("paid_since"),
            and_(told, known.c.first_told < known.c.last_told).label("told_twice"),
        )
        .outerjoin(ended, ended.c.loan_id == Instalment.loan_id)
        .outerjoin(known, known.c.instalment_id == Instalment.id)
        .offset(literal_column("0"))
        .subquery("line")
    )  # fmt: skip


def _standing_code(sums: Subquery, ended: CTE, all_paid: ColumnElement[bool]) -> Case[str]:
    """The guarantee before the settlement, both before what the lines say."""
    return case(
        (ended.c.called.is_not(None), Standing.GUARANTEE_CALLED.value),
        (ended.c.early.is_not(None), Standing.SETTLED_EARLY.value),
        (sums.c.unpaid >= INCIDENT_FROM, Standing.IN_ARREARS.value),
        (sums.c.unpaid > 0, Standing.LATE.value),
        (all_paid, Standing.SETTLED.value),
        else_=Standing.ON_TIME.value,
    )
