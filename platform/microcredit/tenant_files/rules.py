"""What a tenant file must mean: communes that exist, one lead CCAS at a time, periods in order.

Each rule looks at what could be read of the file, and stays silent on what could not: that is
said already.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from microcredit.groupings.codes import OrganisationKind, ParticipationKind
from microcredit.groupings.register import Register
from microcredit.tenant_files import providers
from microcredit.tenant_files.territory import (
    Action,
    Bank,
    Commune,
    Lead,
    Organisation,
    Period,
    Terms,
    Territory,
    Thresholds,
)
from microcredit.web.formatting import NBSP, euros, euros_whole

#: Where in a file: keys, and positions counted from 0.
Where = tuple[str | int, ...]
Faults = Iterator[tuple[Where, str]]

MICROCREDIT = "microcredit"
LEADERS = (OrganisationKind.CCAS.value, OrganisationKind.COMMUNE.value)


@dataclass(frozen=True)
class Cap:
    """The most that the law lets a social microcredit be, from a day on."""

    valid_from: date
    cents: int
    months: int
    source: str


#: Article R. 518-61 of the Code monétaire et financier, newest first.
CAPS = (
    Cap(date(2022, 2, 7), 8_000_00, 84, "décret 2022-124"),
    Cap(date(2016, 1, 17), 5_000_00, 60, "décret 2016-22"),
)


def faults_of(territory: Territory, register: Register) -> Faults:
    """Every rule that the file breaks: where, and a French sentence."""
    communes = territory.get("communes", [])
    organisations = territory.get("organisations", [])
    yield from _communes(communes, register)
    yield from _organisations(organisations, [commune.get("code") for commune in communes])
    yield from _names(territory)
    yield from _actions(territory.get("actions", []), organisations)
    for index, bank in enumerate(territory.get("banks", [])):
        yield from _bank(("banks", index), bank)
    for index, funder in enumerate(territory.get("funders", [])):
        yield from _order(("funders", index), funder)
    starts = [delays.get("valid_from") for delays in territory.get("delays", [])]
    yield from _once(
        ("delays",), starts, "valid_from", "Deux blocs [[delays]] partent du même jour."
    )
    yield from _thresholds(territory.get("thresholds", []))
    yield from providers.faults_of(territory)


def _thresholds(blocks: Sequence[Thresholds]) -> Faults:
    starts = [block.get("valid_from") for block in blocks]
    twice = "Deux blocs [[thresholds]] partent du même jour."
    yield from _once(("thresholds",), starts, "valid_from", twice)
    for index, block in enumerate(blocks):
        stop, watch = block.get("living_stop"), block.get("living_watch")
        if stop is not None and watch is not None and stop >= watch:
            yield (
                ("thresholds", index, "living_stop"),
                f"Le seuil trop juste ({euros(stop)}) doit rester sous le seuil à l’aise ({euros(watch)}).",
            )


def same_name(left: str, right: str) -> bool:
    """Whether two names differ at most by the form of their apostrophes."""
    return left.replace("’", "'") == right.replace("’", "'")


def _communes(communes: Sequence[Commune], register: Register) -> Faults:
    codes = [commune.get("code") for commune in communes]
    yield from _once(("communes",), codes, "code", "Cette commune est écrite deux fois.")
    for index, commune in enumerate(communes):
        where: Where = ("communes", index)
        starts = [each.get("valid_from") for each in commune.get("populations", [])]
        twice = "Deux populations partent du même jour."
        yield from _once((*where, "populations"), starts, "valid_from", twice)
        if bool(commune.get("epci_siren")) != bool(commune.get("epci_name")):
            yield (
                (*where, "epci_siren"),
                "Indiquez le SIREN et le nom de l’EPCI, ou aucun des deux.",
            )
        if "code" in commune:
            yield from _registered(where, commune, register)


def _registered(where: Where, commune: Commune, register: Register) -> Faults:
    known = register.commune(commune["code"])
    vintage = f"registre officiel de {register.in_force.year}"
    if known is None:
        yield (*where, "code"), f"La commune {commune['code']} n’existe pas dans le {vintage}."
        return
    if "name" in commune and not same_name(commune["name"], known.name):
        yield (
            (*where, "name"),
            f"La commune {known.code} se nomme « {known.name} » dans le {vintage}.",
        )
    siren = commune.get("epci_siren")
    if siren and siren != known.epci_siren:
        belongs = (
            f"de {known.epci_siren} ({known.epci_name})" if known.epci_siren else "d’aucun EPCI"
        )
        yield (*where, "epci_siren"), f"{known.name} est membre {belongs} dans le {vintage}."


def _organisations(organisations: Sequence[Organisation], codes: Sequence[str | None]) -> Faults:
    for index, organisation in enumerate(organisations):
        where: Where = ("organisations", index)
        commune = organisation.get("commune")
        if commune and None not in codes and commune not in codes:
            yield (
                (*where, "commune"),
                f"La commune {commune} n’est pas dans les blocs [[communes]].",
            )
        if commune == "" and organisation.get("kind") in LEADERS:
            yield (*where, "commune"), "Indiquez le code INSEE de la commune de ce CCAS."
        for kind in (ParticipationKind.MEMBER, ParticipationKind.PRESCRIBER):
            periods = [
                each if each.get("kind") == kind.value else Period()
                for each in organisation.get("participations", [])
            ]
            yield from _apart(
                (*where, "participations"),
                periods,
                f"Deux périodes comme {kind.label} se recouvrent",
            )


def _names(territory: Territory) -> Faults:
    seen: dict[str, Where] = {}
    named: list[tuple[Where, str | None]] = [
        (("organisations", index), each.get("name"))
        for index, each in enumerate(territory.get("organisations", []))
    ]
    named += [(("banks", i), each.get("name")) for i, each in enumerate(territory.get("banks", []))]
    named += [
        (("funders", i), each.get("name")) for i, each in enumerate(territory.get("funders", []))
    ]
    for where, name in named:
        if name is not None and seen.setdefault(name.casefold(), where) != where:
            yield (*where, "name"), f"Un autre organisme se nomme déjà « {name} »."


def _actions(actions: Sequence[Action], organisations: Sequence[Organisation]) -> Faults:
    codes = [action.get("code") for action in actions]
    yield from _once(("actions",), codes, "code", "Ce code d’action est écrit deux fois.")
    if actions and None not in codes and MICROCREDIT not in codes:
        yield ("actions",), f"Il faut l’action de code « {MICROCREDIT} »."
    for index, action in enumerate(actions):
        where: Where = ("actions", index, "leads")
        leads = action.get("leads", [])
        yield from _apart(where, leads, "Deux CCAS portent cette action en même temps")
        yield from _gaps(where, leads)
        for position, lead in enumerate(leads):
            if "organisation" in lead:
                yield from _lead((*where, position), lead, organisations)


def _lead(where: Where, lead: Lead, organisations: Sequence[Organisation]) -> Faults:
    name = lead["organisation"]
    where = (*where, "organisation")
    found = next((each for each in organisations if each.get("name") == name), None)
    if found is None:
        yield where, f"« {name} » n’est le nom d’aucun bloc [[organisations]]."
    elif found.get("kind", LEADERS[0]) not in LEADERS:
        yield where, f"« {name} » n’est pas un CCAS : il ne peut pas porter une action."
    elif "valid_from" in lead and not _is_member(found, lead):
        yield where, f"« {name} » n’est pas membre du regroupement pendant tout ce temps."


def _is_member(organisation: Organisation, lead: Lead) -> bool:
    participations = organisation.get("participations", [])
    if any("kind" not in each or "valid_from" not in each for each in participations):
        return True  # unreadable: said elsewhere
    end = lead.get("valid_to") or date.max
    return any(
        each["kind"] == ParticipationKind.MEMBER.value
        and each["valid_from"] <= lead["valid_from"]
        and end <= (each.get("valid_to") or date.max)
        for each in participations
    )


def _bank(where: Where, bank: Bank) -> Faults:
    yield from _order(where, bank)
    terms = bank.get("terms", [])
    yield from _apart((*where, "terms"), terms, "Deux conditions de cette banque se recouvrent")
    for index, each in enumerate(terms):
        yield from _terms((*where, "terms", index), each)
        begins, partner = each.get("valid_from"), bank.get("valid_from")
        if begins and partner and begins < partner:
            yield (
                (*where, "terms", index, "valid_from"),
                f"Ces conditions commencent avant le partenariat, qui date du {partner}.",
            )


def _terms(where: Where, terms: Terms) -> Faults:
    least, most = terms.get("min_amount"), terms.get("max_amount")
    if least is not None and most is not None and least > most:
        yield (
            (*where, "max_amount"),
            f"Le maximum ({euros_whole(most)}) est sous le minimum ({euros_whole(least)}).",
        )
    shortest, longest = terms.get("min_months"), terms.get("max_months")
    if shortest is not None and longest is not None and shortest > longest:
        yield (
            (*where, "max_months"),
            f"Le maximum ({longest} mois) est sous le minimum ({shortest} mois).",
        )
    cap = next((cap for cap in CAPS if cap.valid_from <= terms.get("valid_from", date.min)), None)
    if cap and most is not None and most > cap.cents:
        yield (
            (*where, "max_amount"),
            f"Le plafond légal est de {euros_whole(cap.cents)} à cette date ({cap.source}).",
        )
    if cap and longest is not None and longest > cap.months:
        yield (
            (*where, "max_months"),
            f"La durée légale est de {cap.months}{NBSP}mois au plus à cette date ({cap.source}).",
        )


def _order(where: Where, period: Period) -> Faults:
    start, end = period.get("valid_from"), period.get("valid_to")
    if start and end and end <= start:
        yield (*where, "valid_to"), f"La fin ({end}) doit venir après le début ({start})."


def _apart(where: Where, periods: Sequence[Period], sentence: str) -> Faults:
    """Periods in order and never two at once. Those without a start are not looked at."""
    for index, period in enumerate(periods):
        yield from _order((*where, index), period)
    for (_, earlier), (index, later) in _pairs(periods):
        end = earlier.get("valid_to")
        if end is None or end > later["valid_from"]:
            yield (*where, index), f"{sentence}, à partir du {later['valid_from']}."


def _gaps(where: Where, leads: Sequence[Lead]) -> Faults:
    for (_, earlier), (index, later) in _pairs(leads):
        end = earlier.get("valid_to")
        if end and end < later["valid_from"]:
            until = later["valid_from"] - timedelta(days=1)
            yield (*where, index), f"Aucun CCAS ne porte cette action du {end} au {until}."
    ends = [end for lead in leads if (end := lead.get("valid_to"))]
    if ends and len(ends) == len(leads):
        yield where, f"Aucun CCAS ne porte plus cette action à partir du {max(ends)}."


def _pairs(
    periods: Sequence[Period],
) -> Iterator[tuple[tuple[int, Period], tuple[int, Period]]]:
    dated = [(index, each) for index, each in enumerate(periods) if "valid_from" in each]
    dated.sort(key=lambda pair: pair[1]["valid_from"])
    return pairwise(dated)


def _once(where: Where, values: Iterable[str | date | None], key: str, sentence: str) -> Faults:
    seen: set[str | date] = set()
    for index, value in enumerate(values):
        if value is not None and value in seen:
            yield (*where, index, key), sentence
        if value is not None:
            seen.add(value)
