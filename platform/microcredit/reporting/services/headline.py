"""The few figures at the top of the page, each with the words that say how it is counted."""

from dataclasses import dataclass

from microcredit.reporting.services.breakdown import Breakdown
from microcredit.reporting.services.masking import Count, Cover
from microcredit.web.formatting import plural, share, whole


@dataclass(frozen=True)
class Figure:
    """A figure as it is read, what it is, and how it is counted."""

    value: str
    label: str
    name: str
    definition: str
    note: str = ""


def headline(found: Breakdown, year: int | None, commune: str) -> list[Figure]:
    """The figures of a selection. Loans, `conversion` and incidents join them with the loans."""
    requests, sent = found.requests.at(year, commune), found.sent.at(year, commune)
    granted, refused = found.granted.at(year, commune), found.refused.at(year, commune)
    anonymous = found.anonymous.at(year, commune)
    return [
        Figure(
            words(requests), _one_or_many(requests, "demande", "demandes"),
            "Demande",
            "un dossier dont la personne est identifiée (elle a donné un nom) et dont le projet est connu. "
            "L’année est celle du premier contact. Un contact sans nom est compté à part.",
            "" if anonymous.value == 0
            else _said(anonymous, "contact sans nom, à part", "contacts sans nom, à part"),
        ),
        Figure(
            words(sent), _one_or_many(sent, "dossier transmis", "dossiers transmis"),
            "Dossier transmis",
            "une demande envoyée au moins une fois à une banque.",
            _share_of(sent, requests, "des demandes"),
        ),
        Figure(
            words(granted), _one_or_many(granted, "accord de la banque", "accords de la banque"),
            "Accord",
            "une demande à laquelle une banque a dit oui, même après un premier refus.",
            _share_of(granted, requests, "des demandes"),
        ),
        Figure(
            acceptance(granted, refused), "d’acceptation par la banque",
            "Acceptation par la banque",
            "accords ÷ (accords + refus). Un refus est une demande à laquelle aucune banque n’a dit oui "
            "après un non. Ce qui attend une réponse n’y entre pas.",
            _said(refused, "refus", "refus"),
        ),
        Figure(
            words(found.redirected.at(year, commune)),
            "vers une autre aide",
            "Vers une autre aide",
            "une demande close en orientant la personne ; elle peut l’être vers plusieurs aides à la fois.",
            _said(found.orientations.at(year, commune), "orientation", "orientations"),
        ),
        Figure(
            words(found.dropped.at(year, commune)), "sans suite",
            "Sans suite",
            "une demande classée parce que la personne n’est pas venue, a renoncé ou n’est plus joignable. "
            "Un nouveau rendez-vous la rouvre, et elle n’est plus comptée ici.",
            _share_of(found.dropped.at(year, commune), requests, "des demandes"),
        ),
    ]  # fmt: skip


def words(count: Count) -> str:
    """« 497 », « moins de 5 » or « non affiché »."""
    return count.cover.words if count.value is None else whole(count.value)


def acceptance(granted: Count, refused: Count) -> str:
    """`bank_acceptance` = approvals / (approvals + refusals), when both are shown."""
    if granted.value is None or refused.value is None:
        return Cover.WITHHELD.words
    return share(granted.value, granted.value + refused.value)


def _share_of(part: Count, total: Count, of_what: str) -> str:
    if part.value is None or not total.value:
        return ""
    return f"{share(part.value, total.value)} {of_what}"


def _said(count: Count, one: str, many: str) -> str:
    if count.value is not None:
        return plural(count.value, one, many)
    return f"{count.cover.words} {many}" if count.cover is Cover.SMALL else ""


def _one_or_many(count: Count, one: str, many: str) -> str:
    return one if count.value is not None and count.value < 2 else many
