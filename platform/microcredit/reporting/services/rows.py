"""The rows of the tables of figures: one per year, per commune, per help."""

from collections.abc import Sequence
from dataclasses import dataclass

from microcredit.cases.codes import OrientationTarget
from microcredit.groupings.services import CommuneRow
from microcredit.reporting.services.breakdown import Breakdown, Parts
from microcredit.reporting.services.exits import Stop
from microcredit.reporting.services.funnel import Part, granted
from microcredit.reporting.services.masking import Count, Cover
from microcredit.web.formatting import share

HIDDEN = Count(None, Cover.WITHHELD)


@dataclass(frozen=True)
class YearRow:
    """The requests opened in one year, and what became of them."""

    label: str
    requests: Count
    sent: Count
    refused: Count
    granted: Count
    loans: Count
    proposed: Count
    obtained: Count
    obtained_cents: Count

    @property
    def conversion(self) -> str:
        """Loans ÷ requests."""
        return _share(self.loans, self.requests)

    @property
    def refusal_rate(self) -> str:
        """Refusals ÷ (approvals + refusals)."""
        tenths = self.refusal_tenths
        return "—" if tenths is None else f"{tenths // 10},{tenths % 10}\u00a0%"

    @property
    def refusal_tenths(self) -> int | None:
        """The same in tenths of a per cent, half up; None when hidden or when nothing is answered."""
        refused, agreed = self.refused.value, self.granted.value
        if refused is None or agreed is None or not refused + agreed:
            return None
        answered = refused + agreed
        return (2000 * refused + answered) // (2 * answered)


def year_row(label: str, found: Breakdown, year: int | None, commune: str) -> YearRow:
    """With both a year and a commune, `found` holds that commune alone: the year is enough."""
    at = "" if year is not None else commune
    helps = found.orientations
    return YearRow(
        label=label,
        requests=found.requests.at(year, at),
        sent=found.sent.at(year, at),
        refused=found.stops[Stop.REFUSED].at(year, at),
        granted=granted(found, year, at),
        loans=found.loans.at(year, at),
        proposed=helps.proposed.at(year, at),
        obtained=helps.obtained.at(year, at),
        obtained_cents=helps.cents.at(year, at),
    )


@dataclass(frozen=True)
class CommunePart:
    """The requests and the loans of one commune, and loans for 1 000 of its inhabitants."""

    label: str
    requests: Count
    count: Count
    cents: Count
    inhabitants: int | None

    @property
    def tenths(self) -> int | None:
        """Loans for 1 000 inhabitants, in tenths, half up; None when it cannot be known."""
        if self.count.value is None or not self.inhabitants:
            return None
        return (20_000 * self.count.value + self.inhabitants) // (2 * self.inhabitants)


def by_commune(
    found: Breakdown, year: int | None, places: Sequence[CommuneRow], *, masked: bool
) -> list[CommunePart]:
    """One row per commune. Of a year, who sees totals only reads its requests by commune, no more."""
    crossed = masked and year is not None
    parts = [
        CommunePart(
            place.name,
            found.cells[year, place.code]
            if year is not None and found.cells
            else found.requests.by_commune[place.code],
            HIDDEN if crossed else found.loans.by_commune[place.code],
            HIDDEN if crossed else found.of_loans.lent.by_commune[place.code],
            place.inhabitants,
        )
        for place in places
    ]
    return sorted(parts, key=lambda part: -(part.count.value or part.requests.value or 0))


@dataclass(frozen=True)
class Help:
    """Another help: how often it was proposed and, for who sees everything, obtained."""

    label: str
    count: Count
    obtained: int
    cents: int


def helps(found: Breakdown, year: int | None, commune: str) -> list[Help]:
    """The helps that were proposed: shown ones by size, then hidden ones."""
    oriented, rows = found.orientations, []
    for target in OrientationTarget:
        code = str(target.value)
        count = oriented.targets[code].at(year, commune)
        if count.value != 0:
            rows.append(Help(target.label, count, *oriented.obtained_by.get(code, (0, 0))))
    if all(one.count.value is None for one in rows):
        return []
    return sorted(rows, key=lambda one: -(one.count.value or 0))


def ranged(series: Parts, whole: Count, year: int | None, commune: str) -> list[Part]:
    """Bands in their order, without the empty ones at both ends. A hidden whole has none."""
    if whole.value is None:
        return []
    parts = [Part(label, one.at(year, commune)) for label, one in series.items()]
    filled = [place for place, part in enumerate(parts) if part.count.value != 0]
    return parts[filled[0] : filled[-1] + 1] if filled else []


def _share(part: Count, total: Count) -> str:
    if part.value is None or total.value is None:
        return "—"
    return share(part.value, total.value)
