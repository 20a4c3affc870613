"""From request to loan: how many ever came to each step, how many stopped before the next, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from microcredit.reporting.services.breakdown import Breakdown, Parts
from microcredit.reporting.services.exits import GOING_ON, Stop
from microcredit.reporting.services.masking import Count, Cover
from microcredit.web.formatting import share

#: What is said of those who stopped there for good, and of those who are still there.
LABELS = {
    Stop.REQUEST: ("sorties avant le diagnostic", "attendent leur diagnostic"),
    Stop.DIAGNOSIS: ("sorties après le diagnostic", "diagnostic en cours"),
    Stop.INSTRUCTED: ("non présentées à une banque", "en préparation"),
    Stop.REFUSED: ("refusées par la banque", ""),
    Stop.UNDECIDED: ("retirées avant une réponse", "attendent la réponse"),
    Stop.AGREED: ("accords sans prêt versé", "attendent la signature ou le versement"),
}


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
class Loss:
    """Requests that did not come to the next step; `left` for good, with their reasons."""

    label: str
    count: Count
    left: bool
    reasons: list[Part]

    @property
    def overlaps(self) -> bool:
        """Whether some requests have several of the reasons."""
        shown = [part.count.value for part in self.reasons]
        return self.count.value is not None and sum(v or 0 for v in shown) > self.count.value


@dataclass(frozen=True)
class Step:
    """One step of the funnel and what was lost before the next."""

    label: str
    count: Count
    losses: list[Loss]


def funnel(found: Breakdown, year: int | None, commune: str) -> list[Step]:
    """The steps of a selection."""

    def lost(*stops: Stop) -> list[Loss]:
        return [
            loss
            for stop in stops
            for loss in _losses(
                stop, found.stops[stop].at(year, commune), found.whys[stop], year, commune
            )
        ]

    requests, sent = found.requests.at(year, commune), found.sent.at(year, commune)
    diagnosed = less(requests, found.stops[Stop.REQUEST].at(year, commune))
    instructed = less(diagnosed, found.stops[Stop.DIAGNOSIS].at(year, commune))
    loans = found.loans.at(year, commune)
    return [
        Step("Demandes", requests, lost(Stop.REQUEST)),
        Step("Diagnostics", diagnosed, lost(Stop.DIAGNOSIS)),
        Step("Dossiers instruits", instructed, lost(Stop.INSTRUCTED)),
        Step("Transmis à la banque", sent, lost(Stop.REFUSED, Stop.UNDECIDED)),
        Step("Accords", granted(found, year, commune), lost(Stop.AGREED)),
        Step("Prêts versés", loans, []),
    ]


def granted(found: Breakdown, year: int | None, commune: str) -> Count:
    """Requests to which a bank said yes: loans, and agreements that led to none."""
    return plus(found.loans.at(year, commune), found.stops[Stop.AGREED].at(year, commune))


def plus(one: Count, other: Count) -> Count:
    """The sum of two numbers when both are shown."""
    if one.value is None or other.value is None:
        return Count(None, Cover.WITHHELD)
    return Count(one.value + other.value)


def less(whole: Count, part: Count) -> Count:
    """A difference when both numbers are shown."""
    if whole.value is None or part.value is None:
        return Count(None, Cover.WITHHELD)
    return Count(whole.value - part.value)


def shown_parts(
    series: Parts, labels: Mapping[str, str], whole: Count, year: int | None, commune: str
) -> list[Part]:
    """The parts that are not nothing: shown ones by size, then hidden ones.

    None when nothing of them may be known.
    """
    parts = [Part(label, series[key].at(year, commune)) for key, label in labels.items()]
    if whole.value is None or all(part.count.value is None for part in parts):
        return []
    return sorted(
        (part for part in parts if part.count.value != 0),
        key=lambda part: -(part.count.value or 0),
    )


def _losses(stop: Stop, here: Count, whys: Parts, year: int | None, commune: str) -> list[Loss]:
    if here.value == 0:
        return []
    gone, still = LABELS[stop]
    going_on = whys[GOING_ON].at(year, commune) if GOING_ON in whys else Count(0)
    labels = {why: why for why in whys if why != GOING_ON}
    reasons = shown_parts(whys, labels, here, year, commune)
    if going_on.value is None:
        return [Loss(f"{gone}, ou encore en cours", here, True, reasons)]
    losses = [
        Loss(gone, less(here, going_on), True, reasons),
        Loss(still, going_on, False, []),
    ]
    return [loss for loss in losses if loss.count.value != 0]
