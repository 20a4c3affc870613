"""Headings that say what the figures show, where they show it; plain ones elsewhere."""

from collections.abc import Sequence
from itertools import pairwise

from microcredit.reporting.services.figures import FiguresPage
from microcredit.reporting.services.funnel import Part
from microcredit.reporting.services.rows import CommunePart
from microcredit.web.formatting import plural, share

#: Fewer than this many requests show nothing.
ENOUGH = 20

RISES, FALLS = 1, -1

_SIZES = ("", "Un an", "Deux ans", "Trois ans", "Quatre ans", "Cinq ans", "Six ans", "Sept ans",
          "Huit ans", "Neuf ans", "Dix ans")  # fmt: skip


def of_page(page: FiguresPage) -> str:
    """The heading of the whole page: how many years it tells."""
    years = len(page.period.complete)
    if page.selection.annee:
        return f"L’année {page.selection.annee} du microcrédit"
    if years == 1:
        return "Le microcrédit en chiffres"
    told = _SIZES[years] if years < len(_SIZES) else f"{years} ans"
    return f"{told} de microcrédit"


def of_years(page: FiguresPage) -> str:
    """Whether requests and loans rise or fall over the complete years."""
    requests = _way([row.requests.value for row in page.by_year])
    loans = _way([row.loans.value for row in page.by_year])
    if (page.all_years.requests.value or 0) < ENOUGH:
        return "Demandes et prêts par année"
    match requests, loans:
        case (1, 1):
            return "Les demandes montent, les prêts suivent"
        case (1, _):
            return "Les demandes montent d’année en année"
        case (-1, -1):
            return "Les demandes baissent, les prêts aussi"
        case (-1, _):
            return "Les demandes baissent d’année en année"
        case (_, 1):
            return "Les prêts montent d’année en année"
    return "Demandes et prêts par année"


def of_refusals(page: FiguresPage) -> str:
    """Whether banks refuse more or less often, by the years of the requests."""
    answered = [(row.refused.value or 0) + (row.granted.value or 0) for row in page.by_year]
    if min(answered, default=0) >= ENOUGH:
        match _way([tenths for _, tenths in page.refusals_drawn]):
            case 1:
                return "La banque refuse plus souvent"
            case -1:
                return "La banque refuse moins souvent"
    return "Ce que la banque refuse"


def of_funnel(page: FiguresPage) -> str:
    """What the funnel is about."""
    requests = page.requests.value
    if requests is None:
        return "Ce que deviennent les demandes"
    if requests == 1:
        return "Ce que devient la demande"
    return f"Ce que deviennent les {plural(requests, 'demande', 'demandes')}"


def of_motives(parts: Sequence[Part], loans: int | None) -> str:
    """The motive of more than half of the loans, when there is one."""
    first = parts[0].count.value if parts else None
    if loans is None or first is None or loans < ENOUGH or 2 * first <= loans:
        return "Pour quel projet"
    mobility = parts[0].label == "Emploi et mobilité"
    for low, high, words in ((65, 68, "Deux prêts sur trois"), (73, 77, "Trois prêts sur quatre"),
                             (78, 82, "Quatre prêts sur cinq")):  # fmt: skip
        if mobility and low * loans <= 100 * first <= high * loans:
            return f"{words} pour se déplacer"
    return f"{parts[0].label} : {share(first, loans)} des prêts"


def of_communes(parts: Sequence[CommunePart]) -> str:
    """The commune that has most loans for its population, when all are known."""
    rates = [part.tenths for part in parts]
    known = [rate for rate in rates if rate is not None]
    total = sum(part.count.value or 0 for part in parts)
    if len(known) < len(rates) or len(known) < 2 or total < ENOUGH:
        return "Où habitent les personnes"
    if 10 * max(known) <= 12 * min(known):
        return "Chaque commune en a profité"
    best = [part for part in parts if part.tenths == max(known)]
    if len(best) > 1:
        return "Où habitent les personnes"
    return f"{best[0].label} : le plus de prêts, à population égale"


def _way(values: Sequence[int | None]) -> int:
    """1 when shown values rise all along, −1 when they fall, 0 otherwise or when any is hidden."""
    shown = [value for value in values if value is not None]
    if len(shown) < len(values) or len(shown) < 3:
        return 0
    pairs = list(pairwise(shown))
    if all(before < after for before, after in pairs):
        return RISES
    return FALLS if all(before > after for before, after in pairs) else 0
