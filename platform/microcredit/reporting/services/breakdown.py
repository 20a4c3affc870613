"""What became of the requests, as numbers that split into one another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from microcredit.cases.codes import Motive, OrientationTarget, Purpose
from microcredit.loans.codes import Standing
from microcredit.reporting.services.cube import (
    Counted,
    Frame,
    Group,
    Oriented,
    Some,
    Stage,
    kept,
    sorted_into,
)
from microcredit.reporting.services.exits import REASONS, Stop, stopped, why, whys
from microcredit.reporting.services.loans import (
    AMOUNTS,
    MONTHS,
    NO_PURPOSE,
    Lent,
    band,
    purpose_label,
)
from microcredit.reporting.services.masking import Count, mask_row
from microcredit.reporting.services.series import (
    Series,
    Tally,
    alone,
    crossed,
    money,
    plain,
    split,
    withheld,
)

Parts = dict[str, Series]


@dataclass(frozen=True)
class Rows:
    """What everything is counted from: of a whole territory, or of what was selected in it."""

    groups: Sequence[Group]
    loans: Sequence[Lent]
    oriented: Sequence[Oriented]

    def where(self, test: Callable[[Counted], bool]) -> "Rows":
        """Those of some years or communes."""
        return Rows(
            [one for one in self.groups if test(one)],
            [one for one in self.loans if test(one)],
            [one for one in self.oriented if test(one)],
        )


@dataclass(frozen=True)
class LoanNumbers:
    """The loans, and what they split into; each mapping adds up to the loans."""

    lent: Series  # cents
    incidents: Series
    motives: Parts
    purposes: dict[Motive, list[tuple[str, Count]]]
    amounts: Parts
    months: Parts
    standings: Parts
    closed: Series
    rescheduled: Series


@dataclass(frozen=True)
class OrientationNumbers:
    """Orientations of requests without a loan: `targets` adds up to `proposed`."""

    people: Series
    proposed: Series
    obtained: Series
    cents: Series
    targets: Parts
    obtained_by: dict[str, tuple[int, int]]  # count and cents; empty where small numbers are hidden


@dataclass(frozen=True)
class Breakdown:
    """Every number of the page. Each comment says what a number is the sum of."""

    requests: Series  # sent + the first three stops
    sent: Series  # loans + the last three stops
    loans: Series
    stops: dict[Stop, Series]
    whys: dict[Stop, Parts]
    anonymous: Series
    cells: dict[tuple[int, str], Count]
    of_loans: LoanNumbers
    orientations: OrientationNumbers


def break_down(frame: Frame, rows: Rows, *, masked: bool, own: str | None = None) -> Breakdown:
    """The numbers of a frame, masked for those who see totals only.

    `own` is the commune whose numbers such a reader knows by name from elsewhere.
    """
    cut = _Cut(frame, masked, own)
    asked = kept(rows.groups, lambda g: g.identified)
    total = frame.tally(asked)
    if masked:
        requests, cells = crossed(frame.cells(asked), total, own)
    else:
        requests, cells = plain(total), {}
    at = stopped(asked)
    sent, loans, stops = cut.bank(asked, requests, at)
    nameless = kept(rows.groups, lambda g: not g.identified)
    return Breakdown(
        requests=requests,
        sent=sent,
        loans=loans,
        stops=stops,
        whys=cut.whys(at, stops),
        anonymous=cut.apart(nameless),
        cells=cells,
        of_loans=cut.loans(rows.loans, loans),
        orientations=cut.orientations(asked, rows.oriented),
    )


@dataclass(frozen=True)
class _Cut:
    """Cuts numbers into parts, for one kind of reader."""

    frame: Frame
    masked: bool
    own: str | None

    def into(
        self,
        whole: Tally,
        covered: Series,
        parts: Mapping[str, Sequence[Counted]],
        *,
        totals_shown: bool = False,
    ) -> Parts:
        tallies = {part: self.frame.tally(found) for part, found in parts.items()}
        if self.masked:
            return split(whole, covered, tallies, self.own, totals_shown=totals_shown)
        return {part: plain(tally) for part, tally in tallies.items()}

    def by(
        self,
        found: Sequence[Some],
        covered: Series,
        keys: Sequence[str],
        of: Callable[[Some], str],
    ) -> Parts:
        """Found things, each under its one key."""
        parts = sorted_into(found, keys, lambda one: [of(one)])
        return self.into(self.frame.tally(found), covered, parts)

    def at_once(
        self, found: Sequence[Some], covered: Series, keys: Sequence[str], of: Callable[[Some], str]
    ) -> Parts:
        """The same for a long list of keys: who sees totals only reads it of everything at once.

        A single row hides least, and no year and no commune of it is published.
        """
        if not self.masked:
            return self.by(found, covered, keys, of)
        parts = sorted_into(found, keys, lambda one: [of(one)])
        counts = [sum(one.count for one in parts[key]) for key in keys]
        return {
            key: withheld(count, covered) for key, count in zip(keys, mask_row(counts), strict=True)
        }

    def one(self, found: Sequence[Some], covered: Series, test: Callable[[Some], bool]) -> Series:
        """Those that pass a test, the others being what is left; their total is never hidden."""
        parts = {"yes": kept(found, test), "no": kept(found, lambda one: not test(one))}
        return self.into(self.frame.tally(found), covered, parts, totals_shown=True)["yes"]

    def apart(self, found: Sequence[Counted]) -> Series:
        tally = self.frame.tally(found)
        return alone(tally, self.own) if self.masked else plain(tally)

    def cents(self, found: Sequence[Some], covered: Series, value: Callable[[Some], int]) -> Series:
        sums = self.frame.sum(found, value)
        return money(self.frame.tally(found), covered, sums) if self.masked else plain(sums)

    def bank(
        self, asked: list[Group], requests: Series, at: Mapping[Stop, list[Group]]
    ) -> tuple[Series, Series, dict[Stop, Series]]:
        """Sent to a bank, lent, and where all others stopped."""
        sent = kept(asked, lambda g: g.stage >= Stage.SENT)
        unsent = kept(asked, lambda g: g.stage < Stage.SENT)
        lent = kept(sent, lambda g: g.stage is Stage.LENT)
        unlent = kept(sent, lambda g: g.stage is not Stage.LENT)
        whole = self.into(
            self.frame.tally(asked), requests, {"sent": sent, "not": unsent}, totals_shown=True
        )
        after = self.into(
            self.frame.tally(sent), whole["sent"], {"lent": lent, "not": unlent}, totals_shown=True
        )
        stops: dict[Stop, Series] = {}
        for found, covered, some in (
            (unsent, whole["not"], (Stop.REQUEST, Stop.DIAGNOSIS, Stop.INSTRUCTED)),
            (unlent, after["not"], (Stop.REFUSED, Stop.UNDECIDED, Stop.AGREED)),
        ):
            parts = {stop.value: at[stop] for stop in some}
            series = self.into(self.frame.tally(found), covered, parts, totals_shown=True)
            stops |= {stop: series[stop.value] for stop in some}
        return whole["sent"], after["lent"], stops

    def whys(
        self, at: Mapping[Stop, list[Group]], stops: Mapping[Stop, Series]
    ) -> dict[Stop, Parts]:
        """The reasons of each stop; for who sees everything, a refusal counts for each of its reasons."""
        found: dict[Stop, Parts] = {}
        for stop, covered in stops.items():
            here = at[stop]
            if self.masked:
                found[stop] = self.at_once(here, covered, REASONS[stop], why)
            else:
                parts = sorted_into(here, REASONS[stop], whys)
                found[stop] = self.into(self.frame.tally(here), covered, parts)
        return found

    def loans(self, found: Sequence[Lent], covered: Series) -> LoanNumbers:
        motives = self.by(found, covered, _codes(Motive), lambda loan: str(loan.motive.value))
        return LoanNumbers(
            lent=self.cents(found, covered, lambda loan: loan.principal_cents),
            incidents=self.one(found, covered, lambda loan: loan.incident),
            motives=motives,
            purposes={one: self._purposes(found, one) for one in Motive},
            amounts=self.by(
                found, covered, _bands(AMOUNTS), lambda loan: band(AMOUNTS, loan.principal_cents)
            ),
            months=self.by(found, covered, _bands(MONTHS), lambda loan: band(MONTHS, loan.months)),
            standings=self.by(
                found, covered, _codes(Standing), lambda loan: str(loan.standing.value)
            ),
            closed=self.one(found, covered, lambda loan: loan.closed),
            rescheduled=self.one(found, covered, lambda loan: loan.rescheduled),
        )

    def _purposes(self, found: Sequence[Lent], motive: Motive) -> list[tuple[str, Count]]:
        """What the loans of a motive paid. For who sees everything: others know the motives alone."""
        if self.masked:
            return []
        keys = [*(one.label for one in Purpose), NO_PURPOSE]
        parts = sorted_into(
            kept(found, lambda loan: loan.motive is motive), keys, lambda one: [purpose_label(one)]
        )
        counted = [(label, Count(len(loans))) for label, loans in parts.items() if loans]
        return sorted(counted, key=lambda pair: -(pair[1].value or 0))

    def orientations(self, asked: list[Group], found: Sequence[Oriented]) -> OrientationNumbers:
        proposed = self.apart(found)
        obtained = kept(found, lambda one: one.obtained)
        covered = self.one(found, proposed, lambda one: one.obtained)
        people = kept(asked, lambda g: g.oriented and g.stage is not Stage.LENT)
        by_target: dict[str, tuple[int, int]] = {}
        if not self.masked:
            for one in obtained:
                count, cents = by_target.get(one.target, (0, 0))
                by_target[one.target] = (count + one.count, cents + one.cents)
        return OrientationNumbers(
            people=self.apart(people),
            proposed=proposed,
            obtained=covered,
            cents=self.cents(obtained, covered, lambda one: one.cents),
            targets=self.at_once(
                found, proposed, _codes(OrientationTarget), lambda one: one.target
            ),
            obtained_by=by_target,
        )


def _codes(enumeration: type[Motive] | type[Standing] | type[OrientationTarget]) -> list[str]:
    return [str(one.value) for one in enumeration]


def _bands(bands: Sequence[tuple[int, str]]) -> list[str]:
    return [label for _, label in bands]
