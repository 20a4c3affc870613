"""What a tenant file and the database say differently, in French, item by item.

Both are put as the same list of named facts: `plafond` → `3 000 €`. A fact is compared as it is
shown, so that nothing differs without being seen, and nothing is shown that does not differ.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.governance.codes import ThresholdCode
from microcredit.governance.models import Action, ActionLead, Delay, Threshold
from microcredit.groupings.codes import OrganisationKind, ParticipationKind
from microcredit.groupings.models import Commune, CommunePopulation, Organisation, Participation
from microcredit.lenders.models import LoanTerms
from microcredit.tenant_files import providers
from microcredit.tenant_files.territory import Period, Territory, values_of
from microcredit.web.formatting import NBSP, euros, euros_whole, percent, whole

Facts = Iterator[tuple[str, str]]


def differences(session: Session, territory: Territory, name: str, prefix: str) -> list[str]:
    """Each fact that differs, in the order of the file, then those that only the database has.

    The session has entered the tenant, whose register entry says `name` and `prefix`.
    """
    in_file = dict(facts_of_file(territory))
    in_base = {"nom :": name, "début des numéros :": prefix, **dict(facts_of_database(session))}
    lines = []
    for fact, value in in_file.items():
        stored = in_base.get(fact)
        if stored is None:
            lines.append(f"{fact} {value} dans le fichier, absent en base")
        elif stored != value:
            lines.append(f"{fact} {value} dans le fichier, {stored} en base")
    lines += [
        f"{fact} absent du fichier, {stored} en base"
        for fact, stored in in_base.items()
        if fact not in in_file
    ]
    return lines


def facts_of_file(territory: Territory) -> Facts:
    """What the file says."""
    yield "nom :", territory["name"]
    yield "début des numéros :", territory["number_prefix"]
    for commune in territory["communes"]:
        code = commune["code"]
        yield from _commune(code, commune["name"], commune["epci_siren"], commune["epci_name"])
        for people in commune["populations"]:
            yield _population(code, people["valid_from"], people["inhabitants"], people["source"])
    yield from _file_organisations(territory)
    for action in territory["actions"]:
        yield _action(action["code"], action["name"])
        for lead in action["leads"]:
            yield _lead(action["code"], lead["organisation"], lead)
    yield from _file_terms(territory)
    yield from providers.facts_of_file(territory)
    yield from _file_delays(territory)
    for thresholds in territory["thresholds"]:
        for code, value in values_of(thresholds).items():
            yield _threshold(code, thresholds["valid_from"], value, thresholds["source"])


def facts_of_database(session: Session) -> Facts:
    """What the database says of the tenant that the session has entered."""
    for commune in session.scalars(select(Commune)):
        yield from _commune(commune.code, commune.name, commune.epci_siren, commune.epci_name)
    for people in session.scalars(select(CommunePopulation)):
        yield _population(people.commune_code, people.valid_from, people.inhabitants, people.source)
    organisations = session.scalars(select(Organisation)).all()
    names = {each.id: each.name for each in organisations}
    for each in organisations:
        yield _organisation(each.name, each.kind, each.commune_code or "")
    for role in session.scalars(select(Participation)):
        yield _participation(names[role.organisation_id], role.kind, _period(role))
    yield from _stored_actions(session, names)
    for terms in session.scalars(select(LoanTerms)):
        yield from _terms(names[terms.bank_id], terms)
    yield from providers.facts_of_database(session, names)
    for delay in session.scalars(select(Delay)):
        yield _delay(delay.state, delay.valid_from, delay.days, delay.source)
    for row in session.scalars(select(Threshold)):
        yield _threshold(row.code, row.valid_from, row.value, row.source)


def _stored_actions(session: Session, names: Mapping[int, str]) -> Facts:
    actions = session.scalars(select(Action)).all()
    codes = {action.id: action.code for action in actions}
    for action in actions:
        yield _action(action.code, action.name)
    for lead in session.scalars(select(ActionLead)):
        yield _lead(codes[lead.action_id], names[lead.organisation_id], _period(lead))


def _file_organisations(territory: Territory) -> Facts:
    for each in territory["organisations"]:
        yield _organisation(each["name"], each["kind"], each["commune"])
        for role in each["participations"]:
            yield _participation(each["name"], role["kind"], role)
    for bank in territory["banks"]:
        yield _organisation(bank["name"], OrganisationKind.BANK.value)
        yield _participation(bank["name"], ParticipationKind.LENDER.value, bank)
    for funder in territory["funders"]:
        yield _organisation(funder["name"], OrganisationKind.FUNDER.value)
        yield _participation(funder["name"], ParticipationKind.FUNDER.value, funder)


def _file_terms(territory: Territory) -> Facts:
    for bank in territory["banks"]:
        for terms in bank["terms"]:
            row = LoanTerms(
                valid_from=terms["valid_from"],
                valid_to=terms.get("valid_to"),
                min_cents=terms["min_amount"],
                max_cents=terms["max_amount"],
                min_months=terms["min_months"],
                max_months=terms["max_months"],
                annual_rate=terms["annual_rate"],
                answer_days=terms["answer_days"],
                source=terms["source"],
            )
            yield from _terms(bank["name"], row)


def _file_delays(territory: Territory) -> Facts:
    for block in territory["delays"]:
        for state, days in block["days"].items():
            if days is not None:
                yield _delay(state, block["valid_from"], days, block["source"])


def _commune(code: str, name: str, siren: str | None, epci: str | None) -> Facts:
    yield f"commune {code} :", name
    yield f"EPCI de la commune {code} :", f"{epci} ({siren})" if siren else "aucun"


def _population(code: str, start: date, inhabitants: int, source: str) -> tuple[str, str]:
    return f"population de la commune {code} au {start} :", f"{whole(inhabitants)} ({source})"


def _organisation(name: str, kind: str, commune: str = "") -> tuple[str, str]:
    where = f", commune {commune}" if commune else ""
    return f"{name} :", f"{OrganisationKind(kind).label}{where}"


def _participation(name: str, kind: str, period: Period) -> tuple[str, str]:
    label = ParticipationKind(kind).label
    return f"{name}, {label} depuis le {period['valid_from']} :", _end(period)


def _action(code: str, name: str) -> tuple[str, str]:
    return f"action {code} :", name


def _lead(code: str, organisation: str, period: Period) -> tuple[str, str]:
    fact = f"porteur de l’action {code} au {period['valid_from']} :"
    return fact, f"{organisation}, {_end(period)}"


def _terms(bank: str, terms: LoanTerms) -> Facts:
    facts: Iterable[tuple[str, str]] = (
        ("minimum", _money(terms.min_cents)),
        ("plafond", _money(terms.max_cents)),
        ("durée", f"de {terms.min_months} à {terms.max_months} mois"),
        ("taux", percent(terms.annual_rate)),
        ("réponse", f"sous {terms.answer_days} jours"),
        ("fin", _end(_period(terms))),
        ("source", f"« {terms.source} »"),
    )
    for fact, value in facts:
        yield f"conditions de {bank} au {terms.valid_from} : {fact}", value


def _delay(state: str, start: date, days: int, source: str) -> tuple[str, str]:
    return f"délai {state} au {start} :", f"{days} jours ({source})"


def _threshold(code: str, start: date, value: int, source: str) -> tuple[str, str]:
    shown = euros(value) if ThresholdCode(code).is_money else f"{value}{NBSP}%"
    return f"seuil {code} au {start} :", f"{shown} ({source})"


def _period(row: Participation | ActionLead | LoanTerms) -> Period:
    return {"valid_from": row.valid_from, "valid_to": row.valid_to}


def _end(period: Period) -> str:
    end = period.get("valid_to")
    return f"jusqu’au {end} exclu" if end else "sans fin"


def _money(cents: int) -> str:
    return euros(cents) if cents % 100 else euros_whole(cents)
