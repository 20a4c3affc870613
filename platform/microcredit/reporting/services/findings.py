"""Headings that say what the figures show, where they show it; plain ones elsewhere."""

from collections.abc import Sequence
from itertools import pairwise

from microcredit.reporting.services.figures import CommunePart, FiguresPage, Part, YearRow
from microcredit.web.formatting import plural, share

#: Fewer than this many requests show nothing.
ENOUGH = 20


def of_years(page: FiguresPage) -> str:
    """Whether requests rise or fall over the full years."""
    full = [row for row in page.by_year if row.label != str(page.today.year)]
    counts = [row.requests.value for row in full]
    shown = [count for count in counts if count is not None]
    if len(shown) < len(counts) or len(shown) < 3 or sum(shown) < ENOUGH:
        return "Demandes et accords par année"
    pairs = list(pairwise(shown))
    since, until = full[0].label, full[-1].label
    if all(before < after for before, after in pairs):
        return f"Les demandes montent chaque année de {since} à {until}"
    if all(before > after for before, after in pairs):
        return f"Les demandes baissent chaque année de {since} à {until}"
    return "Demandes et accords par année"


def of_answers(rows: Sequence[YearRow], this_year: int) -> str:
    """Whether the bank's acceptance rises or falls, by the years of the requests."""
    shares = []
    for row in rows:
        if row.label == str(this_year):
            continue
        granted, refused = row.granted.value, row.refused.value
        if granted is None or refused is None or granted + refused < ENOUGH:
            return ""
        shares.append(granted / (granted + refused))
    if len(shares) < 3:
        return ""
    pairs = list(pairwise(shares))
    if all(before > after for before, after in pairs):
        return "La banque refuse plus souvent d’année en année."
    if all(before < after for before, after in pairs):
        return "La banque accepte plus souvent d’année en année."
    return ""


def of_funnel(page: FiguresPage) -> str:
    """What the funnel is about."""
    if page.requests.value is None:
        return "Ce que deviennent les demandes"
    return f"Ce que deviennent {_the(page.requests.value)}"


def of_motives(parts: Sequence[Part], requests: int | None) -> str:
    """The motive of more than half of the requests, when there is one."""
    first = parts[0].count.value if parts else None
    if requests is None or first is None or requests < ENOUGH or 2 * first <= requests:
        return "Pour quel projet"
    return f"{parts[0].label} : {share(first, requests)} des demandes"


def of_communes(parts: Sequence[CommunePart]) -> str:
    """The commune where one asks most for its population, when all are known."""
    rates = [part.tenths for part in parts]
    known = [rate for rate in rates if rate is not None]
    total = sum(part.count.value or 0 for part in parts)
    if len(known) < len(rates) or len(known) < 2 or total < ENOUGH:
        return "Où habitent les personnes"
    if 10 * max(known) <= 12 * min(known):
        return "Toutes les communes demandent à peu près autant, à population égale"
    best = [part for part in parts if part.tenths == max(known)]
    if len(best) > 1:
        return "Où habitent les personnes"
    return f"{best[0].label} demande le plus, à population égale"


def _the(requests: int) -> str:
    return "la demande" if requests == 1 else f"les {plural(requests, 'demande', 'demandes')}"
