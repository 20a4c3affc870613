"""A figure beside the grouping's thresholds: its level in words, and where it stands on a scale.

A level helps two people talk. It decides nothing, and a threshold that is not defined gives none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from microcredit.cases.budget_codes import Level
from microcredit.governance.codes import ThresholdCode
from microcredit.governance.services import ThresholdRow
from microcredit.mathematics.explained import Indicator, Unit
from microcredit.web.formatting import NBSP, day, euros

Thresholds = Mapping[str, ThresholdRow]

UNDEFINED = "seuil non défini"


@dataclass(frozen=True)
class Band:
    """One stretch of a scale: its level, where it starts and how wide it is, in per cent as written."""

    level: Level
    start: str
    width: str


@dataclass(frozen=True)
class Scale:
    """Where a figure stands between the thresholds; places are per cents as SVG writes them."""

    bands: tuple[Band, ...]
    mark: str
    word: str
    ticks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reading:
    """One figure for a screen: what it is, its value in words, its level, and how it is made."""

    title: str
    indicator: Indicator
    note: str = ""
    level: Level | None = None
    verdict: str = ""
    scale: Scale | None = None
    source: str = ""

    @property
    def value(self) -> str:
        """The value in words; an em dash when something is missing."""
        found = self.indicator.value
        return tenths(found) if isinstance(found, Decimal) else euros(found)

    @property
    def unit(self) -> str:
        """What the value is in, in words."""
        unit = self.indicator.unit
        return "des ressources" if unit is Unit.SHARE else unit.value.removeprefix("€ ")

    @property
    def divisors(self) -> list[str]:
        """What the sum is divided by: « 1,5 personnes », « 30 jours »."""
        return [f"{plain(one.number)} {one.label}" for one in self.indicator.divisors]


def plain(number: Fraction) -> str:
    """Fraction(13, 10) → « 1,3 », to two decimals at most."""
    text = f"{Decimal(round(number * 100)).scaleb(-2):f}"
    return text.rstrip("0").rstrip(".").replace(".", ",")


def tenths(share: Decimal) -> str:
    """Decimal("0.084") → « 8,4 % »."""
    return f"{share * 100:.1f}".replace(".", ",").replace("-", "−") + f"{NBSP}%"


def living(title: str, indicator: Indicator, found: Thresholds) -> Reading:
    """What is left per day and person, between the two thresholds of the grouping."""
    watch = found.get(str(ThresholdCode.LIVING_WATCH.value))
    stop = found.get(str(ThresholdCode.LIVING_STOP.value))
    if watch is None or stop is None:
        return Reading(title, indicator, note=UNDEFINED)
    source = _source("Seuils", watch)
    if not isinstance(indicator.value, int):
        return Reading(title, indicator, source=source)
    low, high = stop.value, watch.value
    level, verdict = Level.DISCUSS, f"entre {euros(low)} et {euros(high)}"
    if indicator.value >= high:
        level, verdict = Level.EASY, f"au moins {euros(high)}"
    elif indicator.value < low:
        level, verdict = Level.TIGHT, f"moins de {euros(low)}"
    whole = high * 4 // 3
    bands = (
        _band(Level.TIGHT, 0, low, whole),
        _band(Level.DISCUSS, low, high, whole),
        _band(Level.EASY, high, whole, whole),
    )
    ticks = ((_place(low, whole), euros(low)), (_place(high, whole), euros(high)))
    scale = _scale(bands, indicator.value, whole, ticks)
    return Reading(title, indicator, level=level, verdict=verdict, scale=scale, source=source)


def credit_share(title: str, indicator: Indicator, found: Thresholds) -> Reading:
    """What credits take of the resources, under or over the threshold of the grouping."""
    most = found.get(str(ThresholdCode.CREDIT_SHARE.value))
    if most is None:
        return Reading(title, indicator, note=UNDEFINED)
    source = _source("Seuil", most)
    if not isinstance(indicator.value, Decimal):
        return Reading(title, indicator, source=source)
    limit = f"{most.value}{NBSP}%"
    level, verdict = Level.EASY, f"{limit} au plus"
    if indicator.value * 100 > most.value:
        level, verdict = Level.DISCUSS, f"plus de {limit}"
    per_mille, edge, whole = int(indicator.value * 1000), most.value * 10, most.value * 15
    bands = (_band(Level.EASY, 0, edge, whole), _band(Level.DISCUSS, edge, whole, whole))
    scale = _scale(bands, per_mille, whole, ((_place(edge, whole), limit),))
    return Reading(title, indicator, level=level, verdict=verdict, scale=scale, source=source)


def _source(words: str, row: ThresholdRow) -> str:
    return f"{words} en vigueur depuis le {day(row.since)} : {row.source}."


def _scale(
    bands: tuple[Band, ...], value: int, whole: int, ticks: tuple[tuple[str, str], ...]
) -> Scale:
    """The word of the mark keeps away from the ends, where it would be cut."""
    word = _place(min(max(value, whole * 12 // 100), whole * 88 // 100), whole)
    return Scale(bands, _place(value, whole), word, ticks)


def _band(level: Level, start: int, end: int, whole: int) -> Band:
    return Band(level, _place(start, whole), _place(end - start, whole))


def _place(part: int, whole: int) -> str:
    """A part of a whole in per cent, to a tenth, within 0 and 100."""
    tenth = min(max(part, 0), whole) * 1000 // whole if whole else 0
    return f"{tenth // 10}.{tenth % 10}%"
