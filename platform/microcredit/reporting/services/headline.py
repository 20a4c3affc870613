"""The few figures at the top of the page, each with the words that say how it is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from microcredit.reporting.services.breakdown import Breakdown
from microcredit.reporting.services.exits import Stop
from microcredit.reporting.services.funnel import granted
from microcredit.reporting.services.masking import Count, Cover
from microcredit.web.formatting import euros_whole, plural, share, whole


@dataclass(frozen=True)
class Figure:
    """A figure as it is read, what it is, and how it is counted."""

    value: str
    label: str
    name: str
    definition: str
    note: str = ""


#: The words under each figure, the same on every page that shows it.
REQUEST = (
    "un dossier dont la personne est identifiée (elle a donné un nom) et dont le projet est connu. "
    "L’année est celle du premier contact, la commune celle où la personne habitait alors ; tout ce "
    "qui suit se range dans cette année et cette commune. Un contact sans nom est compté à part."
)
LOAN = (
    "une demande dont le prêt a été versé. Une offre signée n’en est pas encore un, et une "
    "rétractation l’annule, même après le versement. Le pourcentage est prêts ÷ demandes."
)
ACCEPTANCE = (
    "accords ÷ (accords + refus). Un accord modifié compte quand la personne l’accepte. Une demande "
    "refusée puis accordée par une autre banque est un accord ; un refus est une demande à laquelle "
    "aucune banque n’a dit oui après un non. Ce qui attend une réponse n’y entre pas."
)
INCIDENT = (
    "un prêt qui a eu, un jour au moins, deux échéances impayées ou plus à la fois, même si tout a été "
    "régularisé ensuite. Une seule échéance impayée n’en est pas un."
)


def headline(
    found: Breakdown, year: int | None, commune: str, last: Sequence[int] = ()
) -> list[Figure]:
    """The figures of a selection; `last` are the years to recall when no year is chosen."""
    return [
        _requests(found, year, commune),
        _loans(found, year, commune, last),
        _lent(found, year, commune),
        _obtained(found, year, commune),
        _incidents(found, year, commune),
        _accepted(found, year, commune),
    ]


def _requests(found: Breakdown, year: int | None, commune: str) -> Figure:
    requests, anonymous = found.requests.at(year, commune), found.anonymous.at(year, commune)
    apart = said(anonymous, "contact sans nom, à part", "contacts sans nom, à part")
    return Figure(
        words(requests), one_or_many(requests, "demande", "demandes"), "Demande", REQUEST,
        "" if anonymous.value == 0 else apart,
    )  # fmt: skip


def _loans(found: Breakdown, year: int | None, commune: str, last: Sequence[int]) -> Figure:
    loans, requests = found.loans.at(year, commune), found.requests.at(year, commune)
    notes = [share_of(loans, requests, "des demandes")]
    if len(last) > 1 and year is None:
        recent = [found.loans.by_year[one].value for one in last]
        known = [value for value in recent if value is not None]
        if not commune and len(known) == len(recent):
            notes.append(f"{whole(sum(known))} de {last[0]} à {last[-1]}")
    return Figure(
        words(loans), one_or_many(loans, "prêt versé", "prêts versés"), "Prêt versé",
        LOAN, ", ".join(note for note in notes if note),
    )  # fmt: skip


def _lent(found: Breakdown, year: int | None, commune: str) -> Figure:
    lent, loans = found.of_loans.lent.at(year, commune), found.loans.at(year, commune)
    mean = ""
    if lent.value is not None and loans.value:
        mean = f"{euros_whole((2 * lent.value + loans.value) // (2 * loans.value))} en moyenne"
    return Figure(
        cents(lent), "prêtés par la banque", "Prêtés par la banque",
        "la somme des montants empruntés des prêts versés, sans les intérêts ; la moyenne est cette "
        "somme ÷ prêts.",
        mean,
    )  # fmt: skip


def _obtained(found: Breakdown, year: int | None, commune: str) -> Figure:
    helps = found.orientations
    obtained, proposed = helps.obtained.at(year, commune), helps.proposed.at(year, commune)
    note = ""
    if obtained.value is not None and proposed.value is not None:
        ended = "obtenue" if obtained.value < 2 else "obtenues"
        note = f"{whole(obtained.value)} {ended} sur {plural(proposed.value, 'orientation', 'orientations')}"
    return Figure(
        cents(helps.cents.at(year, commune)), "d’aides obtenues autrement",
        "Aides obtenues autrement",
        "les montants obtenus grâce à une orientation vers une autre aide, pour les demandes sans prêt. "
        "Une aide dont le résultat est « obtenue » sans montant noté est comptée, pour 0 €.",
        note,
    )  # fmt: skip


def _incidents(found: Breakdown, year: int | None, commune: str) -> Figure:
    incidents, loans = found.of_loans.incidents.at(year, commune), found.loans.at(year, commune)
    label = one_or_many(incidents, "incident de remboursement", "incidents de remboursement")
    return Figure(
        words(incidents), label, "Incident", INCIDENT,
        f"sur {plural(loans.value, 'prêt', 'prêts')}" if loans.value is not None else "",
    )  # fmt: skip


def _accepted(found: Breakdown, year: int | None, commune: str) -> Figure:
    refused, agreed = found.stops[Stop.REFUSED].at(year, commune), granted(found, year, commune)
    note = said(refused, "refus", "refus")
    if agreed.value is not None and refused.value is not None:
        note = f"{plural(agreed.value, 'accord', 'accords')}, {note}"
    return Figure(
        acceptance(agreed, refused), "d’acceptation par la banque",
        "Acceptation par la banque", ACCEPTANCE, note,
    )  # fmt: skip


def words(count: Count) -> str:
    """« 497 », « moins de 5 » or « non affiché »."""
    return count.cover.words if count.value is None else whole(count.value)


def cents(count: Count) -> str:
    """« 260 300 € » of a number of cents, or why it is hidden."""
    return count.cover.words if count.value is None else euros_whole(count.value)


def acceptance(agreed: Count, refused: Count) -> str:
    """`bank_acceptance` = approvals / (approvals + refusals), when both are shown."""
    if agreed.value is None or refused.value is None:
        return Cover.WITHHELD.words
    return share(agreed.value, agreed.value + refused.value)


def share_of(part: Count, total: Count, of_what: str) -> str:
    """« 26,6 % des demandes », or "" when it cannot be said."""
    if part.value is None or not total.value:
        return ""
    return f"{share(part.value, total.value)} {of_what}"


def said(count: Count, one: str, many: str) -> str:
    """« 50 refus », « moins de 5 refus », or ""."""
    if count.value is not None:
        return plural(count.value, one, many)
    return f"{count.cover.words} {many}" if count.cover is Cover.SMALL else ""


def one_or_many(count: Count, one: str, many: str) -> str:
    """The word that goes with a number, plural when it is hidden."""
    return one if count.value is not None and count.value < 2 else many
