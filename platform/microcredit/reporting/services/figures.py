"""The page of figures: what it shows, from the numbers that its reader may know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy.orm import Session

from microcredit.cases.codes import CloseReason, Motive, OrientationTarget, RedirectReason
from microcredit.groupings.services import CommuneRow, commune_names, communes
from microcredit.kernel.clock import business_date
from microcredit.kernel.codes import Labelled
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission, Scope
from microcredit.kernel.tenancy import Identity
from microcredit.reporting.schemas import Selection
from microcredit.reporting.services.breakdown import NO_REASON, Breakdown, break_down
from microcredit.reporting.services.cube import Frame, Group, Oriented, groups, oriented
from microcredit.reporting.services.funnel import Step, funnel
from microcredit.reporting.services.headline import Figure, headline
from microcredit.reporting.services.masking import Count
from microcredit.reporting.services.series import Series
from microcredit.web.formatting import share

K = TypeVar("K")


class SelectionRefused(DomainError):
    """The selection cannot be counted: nothing is filtered."""

    status = 422


@dataclass(frozen=True)
class YearRow:
    """The requests opened in one year, and what became of them."""

    label: str
    requests: Count
    sent: Count
    granted: Count
    refused: Count


@dataclass(frozen=True)
class Part:
    """One line of a table of parts, such as a motive."""

    label: str
    count: Count

    def share_of(self, total: Count) -> str:
        """« 75,0 % » of a total, or an em dash when either is hidden."""
        if self.count.value is None or total.value is None:
            return "—"
        return share(self.count.value, total.value)


@dataclass(frozen=True)
class CommunePart:
    """The requests of one commune, and for 1 000 of its inhabitants, in tenths."""

    label: str
    count: Count
    inhabitants: int | None

    @property
    def tenths(self) -> int | None:
        """Requests for 1 000 inhabitants, in tenths, half up; None when it cannot be known."""
        if self.count.value is None or not self.inhabitants:
            return None
        return (20_000 * self.count.value + self.inhabitants) // (2 * self.inhabitants)


@dataclass(frozen=True)
class FiguresPage:
    """All that the page shows."""

    selection: Selection
    today: date
    masked: bool
    years: list[int]
    communes: list[CommuneRow]
    populated_on: date
    requests: Count
    granted: Count
    headline: list[Figure]
    by_year: list[YearRow]
    all_years: YearRow
    funnel: list[Step]
    motives: list[Part]
    by_commune: list[CommunePart]
    redirected: Count
    redirect_reasons: list[Part]
    dropped: Count
    close_reasons: list[Part]
    orientations: Count
    targets: list[Part]

    @property
    def years_drawn(self) -> list[tuple[str, list[int | None]]]:
        """Requests and agreements by year, for the chart."""
        return [(row.label, [row.requests.value, row.granted.value]) for row in self.by_year]

    @property
    def hides_a_year(self) -> bool:
        """Whether a bar of the chart is missing because its number is hidden."""
        return any(value is None for _, values in self.years_drawn for value in values)


def figures(session: Session, identity: Identity, asked: Selection) -> FiguresPage:
    """The figures of a selection, as the active role may see them.

    Raises SelectionRefused for a year or a commune that is not there, and for a year and a
    commune together when only totals may be seen.
    """
    today = business_date(session)
    counted, aimed = groups(session, today), oriented(session, today)
    first = min((group.year for group in counted), default=today.year)
    years = list(range(first, today.year + 1))
    frame = Frame(years, list(commune_names(session)))
    masked = identity.scope(Permission.READ_FIGURES) is not Scope.ALL
    _check(asked, frame, masked=masked)
    # A director knows her own commune by name: it can hide nothing from her.
    own = identity.commune_code if identity.may(Permission.READ_COMMUNE) else None
    counts = _Counts(frame, counted, aimed, masked, own)
    populated_on = min(today, date(asked.annee, 12, 31)) if asked.annee else today
    return _page(counts, asked, today, communes(session, populated_on), populated_on)


def _check(asked: Selection, frame: Frame, *, masked: bool) -> None:
    if asked.annee is not None and asked.annee not in frame.years:
        text = f"Les demandes vont de {frame.years[0]} à {frame.years[-1]}."
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
    year or a commune out of tables that were masked whole.
    """

    frame: Frame
    groups: Sequence[Group]
    oriented: Sequence[Oriented]
    masked: bool
    own: str | None

    def of(self, year: int | None, commune: str) -> Breakdown:
        """The numbers of a selection."""
        return break_down(
            self.frame,
            self.groups_of(year, commune),
            [one for one in self.oriented if self._fits(one, year, commune)],
            masked=self.masked,
            own=self.own,
        )

    def groups_of(self, year: int | None, commune: str) -> list[Group]:
        """The groups that a selection is counted from."""
        return [group for group in self.groups if self._fits(group, year, commune)]

    def _fits(self, one: Group | Oriented, year: int | None, commune: str) -> bool:
        if self.masked:
            return True
        return year in (None, one.year) and commune in ("", one.commune)


def _page(
    counts: _Counts, asked: Selection, today: date, places: list[CommuneRow], populated_on: date
) -> FiguresPage:
    year, commune = asked.annee, asked.commune
    found = counts.of(year, commune)
    # Without the filter of their own dimension, for the tables by year and by commune.
    over_years = found if counts.masked or year is None else counts.of(None, commune)
    over_communes = found if counts.masked or not commune else counts.of(year, "")
    steps = funnel(found, year, commune, None if counts.masked else counts.groups_of(year, commune))
    return FiguresPage(
        selection=asked,
        today=today,
        masked=counts.masked,
        years=counts.frame.years,
        communes=places,
        populated_on=populated_on,
        requests=found.requests.at(year, commune),
        granted=found.granted.at(year, commune),
        headline=headline(found, year, commune),
        by_year=[_year_row(str(one), over_years, one, commune) for one in counts.frame.years],
        all_years=_year_row("Ensemble", over_years, None, commune),
        funnel=steps,
        motives=_parts(found.motives, [(one, one.label) for one in Motive], year, commune),
        by_commune=_by_commune(over_communes, year, places),
        redirected=found.redirected.at(year, commune),
        redirect_reasons=_parts(found.redirect_reasons, _reasons(RedirectReason), year, commune),
        dropped=found.dropped.at(year, commune),
        close_reasons=_parts(found.close_reasons, _reasons(CloseReason), year, commune),
        orientations=found.orientations.at(year, commune),
        targets=_parts(
            found.targets, [(one.value, one.label) for one in OrientationTarget], year, commune
        ),
    )


def _year_row(label: str, found: Breakdown, year: int | None, commune: str) -> YearRow:
    """With both a year and a commune, `found` holds that commune alone: the year is enough."""
    at = "" if year is not None else commune
    return YearRow(
        label,
        found.requests.at(year, at),
        found.sent.at(year, at),
        found.granted.at(year, at),
        found.refused.at(year, at),
    )


def _parts(
    series: Mapping[K, Series], labels: Sequence[tuple[K, str]], year: int | None, commune: str
) -> list[Part]:
    """The parts that are not nothing: shown ones by size, then hidden ones in their own order."""
    parts = [Part(label, series[key].at(year, commune)) for key, label in labels]
    return sorted(
        (part for part in parts if part.count.value != 0), key=lambda part: -(part.count.value or 0)
    )


def _reasons(codes: type[Labelled]) -> list[tuple[str, str]]:
    return [*((str(one.value), one.label) for one in codes), (NO_REASON, "Raison non notée")]


def _by_commune(found: Breakdown, year: int | None, places: list[CommuneRow]) -> list[CommunePart]:
    parts = [
        CommunePart(
            place.name,
            found.requests.by_commune[place.code]
            if year is None or not found.cells
            else found.cells[year, place.code],
            place.inhabitants,
        )
        for place in places
    ]
    return sorted(parts, key=lambda part: -(part.count.value or 0))
