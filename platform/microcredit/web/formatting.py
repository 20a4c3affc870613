"""How money, dates and counts look in French. `NNBSP` is the narrow no-break space of figures."""

from datetime import date, datetime, time
from decimal import Decimal

from microcredit.kernel.clock import PARIS

NNBSP = "\u202f"
NBSP = "\u00a0"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def whole(number: int) -> str:
    """31678 → « 31 678 »."""
    return f"{number:,}".replace(",", NNBSP)


def euros(cents: int | None) -> str:
    """Cents → « 2 500,00 € », or an em dash when there is no amount."""
    if cents is None:
        return "—"
    sign = "−" if cents < 0 else ""
    units, rest = divmod(abs(cents), 100)
    return f"{sign}{whole(units)},{rest:02d}{NBSP}€"


def euros_typed(cents: int | None) -> str:
    """Cents as one types them in a box: « 2500,00 »."""
    return "" if cents is None else f"{cents // 100},{cents % 100:02d}"


def euros_whole(cents: int) -> str:
    """Cents → whole euros, half up: « 2 500 € »."""
    return f"{whole((cents + 50) // 100)}{NBSP}€"


def percent(rate: Decimal) -> str:
    """Decimal("0.02") → « 2 % »; as many decimals as the rate has."""
    text = f"{(rate * 100).normalize():f}".replace(".", ",")
    return f"{text}{NBSP}%"


def share(part: int, total: int) -> str:
    """132 of 497 → « 26,6 % », half up to a tenth; an em dash when there is nothing to share."""
    if total == 0:
        return "—"
    tenths = (2000 * part + total) // (2 * total)
    return f"{tenths // 10},{tenths % 10}{NBSP}%"


def day(value: date | None) -> str:
    """« 31 mars 2016 », « 1er avril 2016 »."""
    if value is None:
        return "—"
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NBSP}{MONTHS[value.month - 1]} {value.year}"


def iso_day(value: str | None) -> str:
    """« 2016-03-31 » as stored in a copy → « 31 mars 2016 »."""
    return day(date.fromisoformat(value) if value else None)


def short_day(value: date, today: date) -> str:
    """« 31 mars », with its year when it is not this one."""
    text = day(value)
    return text.rsplit(" ", 1)[0] if value.year == today.year else text


def weekday(value: date) -> str:
    """« jeudi 31 mars 2016 »."""
    return f"{WEEKDAYS[value.weekday()]} {day(value)}"


def clock_time(value: time) -> str:
    """« 10 h 30 »."""
    return f"{value.hour}{NBSP}h{NBSP}{value.minute:02d}"


def instant(value: datetime) -> str:
    """« 22 mars 2016 à 9 h 12 », in Paris."""
    local = value.astimezone(PARIS)
    return f"{day(local.date())} à {clock_time(local.time())}"


def days(number: int) -> str:
    """« 14 j »."""
    return f"{whole(number)}{NBSP}j"


def plural(number: int, one: str, many: str) -> str:
    """« 1 dossier », « 24 dossiers », « 0 dossier » as French has it."""
    return f"{whole(number)}{NBSP}{one if number < 2 else many}"


def capitalize_first(text: str) -> str:
    """A capital at the beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


FILTERS = {
    "capitalize_first": capitalize_first,
    "whole": whole,
    "euros": euros,
    "euros_typed": euros_typed,
    "euros_whole": euros_whole,
    "percent": percent,
    "day": day,
    "iso_day": iso_day,
    "short_day": short_day,
    "weekday": weekday,
    "clock_time": clock_time,
    "instant": instant,
    "days": days,
    "plural": plural,
}
