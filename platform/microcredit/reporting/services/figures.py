"""The page of figures: what it shows, from the numbers that its reader may know."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from microcredit.cases.codes import Motive
from microcredit.groupings.services import CommuneRow, communes
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission, Scope
from microcredit.kernel.tenancy import Identity
from microcredit.loans.codes import Standing
from microcredit.reporting.schemas import Selection
from microcredit.reporting.services.breakdown import Breakdown, Rows, break_down
from microcredit.reporting.services.cube import Counted, Frame, groups, oriented
from microcredit.reporting.services.funnel import Part, Step, funnel, shown_parts
from microcredit.reporting.services.headline import Figure, headline
from microcredit.reporting.services.loans import lent_loans
from microcredit.reporting.services.masking import Count
from microcredit.reporting.services.rows import (
    CommunePart,
    Help,
    YearRow,
    by_commune,
    helps,
    ranged,
    year_row,
)

#: How many complete years « the last years » are.
RECENT = 3


class SelectionRefused(DomainError):
    """The selection cannot be counted: nothing is filtered."""

    status = 422


@dataclass(frozen=True)
class Period:
    """The years that a page may count.

    `complete` are those that are over; the current one when none is. `offered` are those one may
    choose: who sees totals only waits for the current year until it is complete.
    """

    complete: list[int]
    offered: list[int]

    @property
    def words(self) -> str:
        """« 2012 à 2015 »."""
        first, last = self.complete[0], self.complete[-1]
        return f"{first} à {last}" if first < last else str(first)


@dataclass(frozen=True)
class LoanParts:
    """What the loans split into."""

    motives: list[Part]
    purposes: list[tuple[str, list[Part]]]
    amounts: list[Part]
    months: list[Part]
    standings: list[Part]
    closed: Count
    rescheduled: Count


@dataclass(frozen=True)
class Helped:
    """The helps that requests without a loan were sent to."""

    people: Count
    proposed: Count
    obtained: Count
    cents: Count
    targets: list[Help]


@dataclass(frozen=True)
class FiguresPage:
    """All that the page shows."""

    selection: Selection
    today: date
    masked: bool
    period: Period
    communes: list[CommuneRow]
    populated_on: date
    requests: Count
    loans: Count
    headline: list[Figure]
    by_year: list[YearRow]
    all_years: YearRow
    funnel: list[Step]
    of_loans: LoanParts
    by_commune: list[CommunePart]
    helped: Helped

    @property
    def years_drawn(self) -> list[tuple[str, list[int | None]]]:
        """Requests and loans by year, for the chart."""
        return [(row.label, [row.requests.value, row.loans.value]) for row in self.by_year]

    @property
    def refusals_drawn(self) -> list[tuple[str, int | None]]:
        """The share that banks refused by year, in tenths of a per cent."""
        return [(row.label, row.refusal_tenths) for row in self.by_year]

    @property
    def hides_a_year(self) -> bool:
        """Whether a bar of the chart is missing because its number is hidden."""
        return any(value is None for _, values in self.years_drawn for value in values)

    @property
    def current_year_waits(self) -> bool:
        """Whether the current year is kept from this reader until it is complete."""
        return self.masked and self.today.year not in self.period.offered


def figures(session: Session, identity: Identity, asked: Selection) -> FiguresPage:
    """The figures of a selection, as the active role may see them.

    Raises SelectionRefused for a year or a commune that is not there, and for a year and a
    commune together when only totals may be seen.
    """
    today = business_date(session)
    rows = Rows(groups(session, today), lent_loans(session, today), oriented(session, today))
    masked = identity.scope(Permission.READ_FIGURES) is not Scope.ALL
    period = period_of(rows, today, masked=masked)
    populated_on = min(today, date(asked.annee, 12, 31)) if asked.annee else today
    places = communes(session, populated_on)
    frame = Frame(period.offered, [place.code for place in places])
    _check(asked, frame, masked=masked)
    # A director knows her own commune by name: it can hide nothing from her.
    own = identity.commune_code if identity.may(Permission.READ_COMMUNE) else None
    return _page(_Counts(frame, rows, period, masked, own), asked, today, places, populated_on)


def period_of(rows: Rows, today: date, *, masked: bool) -> Period:
    """The years since the first contact that was ever noted."""
    first = min((group.year for group in rows.groups), default=today.year)
    complete = list(range(first, today.year)) or [today.year]
    return Period(complete, complete if masked else list(range(first, today.year + 1)))


def _check(asked: Selection, frame: Frame, *, masked: bool) -> None:
    if asked.annee is not None and asked.annee not in frame.years:
        text = f"Les années à choisir vont de {frame.years[0]} à {frame.years[-1]}."
        raise SelectionRefused(text, fields={"annee": text})
    if asked.commune and asked.commune not in frame.communes:
        text = "Cette commune n’est pas du territoire."
        raise SelectionRefused(text, fields={"commune": text})
    if masked and asked.commune and asked.annee is not None:
        raise SelectionRefused(
            "Choisissez une année ou une commune, pas les deux : "
            "le croisement ferait apparaître de petits nombres."
        )


@dataclass(frozen=True)
class _Counts:
    """The numbers of the grouping, cut as the reader may see them.

    Who sees everything gets the numbers of the selection; who sees totals only gets a
    year or a commune out of tables of all complete years that were masked whole.
    """

    frame: Frame
    rows: Rows
    period: Period
    masked: bool
    own: str | None

    def of(self, year: int | None, commune: str) -> Breakdown:
        """The numbers of a selection."""
        years = self.period.complete if self.masked or year is None else [year]
        places = self.frame.communes if self.masked or not commune else [commune]

        def fits(one: Counted) -> bool:
            return one.year in years and one.commune in places

        return break_down(self.frame, self.rows.where(fits), masked=self.masked, own=self.own)


def _page(
    counts: _Counts, asked: Selection, today: date, places: list[CommuneRow], populated_on: date
) -> FiguresPage:
    year, commune = asked.annee, asked.commune
    found = counts.of(year, commune)
    # Without the filter of their own dimension, for the tables by year and by commune.
    over_years = found if counts.masked or year is None else counts.of(None, commune)
    over_communes = found if counts.masked or not commune else counts.of(year, "")
    complete = counts.period.complete
    return FiguresPage(
        selection=asked,
        today=today,
        masked=counts.masked,
        period=counts.period,
        communes=places,
        populated_on=populated_on,
        requests=found.requests.at(year, commune),
        loans=found.loans.at(year, commune),
        headline=headline(
            found, year, commune, complete[-RECENT:] if len(complete) > RECENT else ()
        ),
        by_year=[year_row(str(one), over_years, one, commune) for one in complete],
        all_years=year_row("Ensemble", over_years, None, commune),
        funnel=funnel(found, year, commune),
        of_loans=_loan_parts(found, year, commune),
        by_commune=by_commune(over_communes, year, places, masked=counts.masked),
        helped=_helped(found, year, commune),
    )


def _loan_parts(found: Breakdown, year: int | None, commune: str) -> LoanParts:
    loans, numbers = found.loans.at(year, commune), found.of_loans
    motives = {str(one.value): one.label for one in Motive}
    standings = {str(one.value): one.label for one in Standing}
    return LoanParts(
        motives=shown_parts(numbers.motives, motives, loans, year, commune),
        purposes=[
            (motive.label, [Part(label, count) for label, count in purposes])
            for motive, purposes in numbers.purposes.items()
            if purposes
        ],
        amounts=ranged(numbers.amounts, loans, year, commune),
        months=ranged(numbers.months, loans, year, commune),
        standings=shown_parts(numbers.standings, standings, loans, year, commune),
        closed=numbers.closed.at(year, commune),
        rescheduled=numbers.rescheduled.at(year, commune),
    )


def _helped(found: Breakdown, year: int | None, commune: str) -> Helped:
    numbers = found.orientations
    return Helped(
        people=numbers.people.at(year, commune),
        proposed=numbers.proposed.at(year, commune),
        obtained=numbers.obtained.at(year, commune),
        cents=numbers.cents.at(year, commune),
        targets=helps(found, year, commune),
    )
