"""The frozen copy: the declared fields of a case, in one canonical form with its hash.

What is not declared here never reaches a bank. The list is read by a test and by the page that
shows the person what is sent.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from microcredit.cases.budget_codes import BudgetCode, Confidence, Periodicity, Whose
from microcredit.cases.codes import Motive, Purpose
from microcredit.cases.models import BudgetLine
from microcredit.cases.services.diagnosis import Facts
from microcredit.cases.services.indicators import living_after
from microcredit.mathematics.amortisation.instalments import instalment
from microcredit.people.codes import Civility, Employment, Family, Housing
from microcredit.people.services import full_name

#: Each field of the copy, with the words under which a person reads it.
DECLARED = {
    "number": "Numéro du dossier",
    "civility": "Civilité",
    "last_name": "Nom",
    "first_names": "Prénom",
    "birth_date": "Date de naissance",
    "phone": "Téléphone",
    "email": "Courriel",
    "address": "Adresse",
    "commune": "Commune",
    "family": "Situation familiale",
    "adults": "Adultes",
    "children": "Enfants à charge",
    "alternate_children": "Dont en garde alternée",
    "housing": "Logement",
    "employment": "Emploi",
    "employment_ends_on": "Fin du contrat",
    "motive": "Motif",
    "purpose": "Objet précis",
    "project": "Projet",
    "total_cost_cents": "Coût total",
    "contribution_cents": "Apport personnel",
    "amount_cents": "Montant demandé",
    "months": "Durée demandée",
    "budget": "Budget",
    "resources_cents": "Ressources du mois",
    "charges_cents": "Charges du mois",
    "debts_cents": "Crédits et dettes du mois",
    "left_cents": "Reste chaque mois",
    "instalment_cents": "Mensualité estimée",
    "living_cents": "Reste à vivre par jour et par personne, mensualité déduite",
    "opinion": "Avis de l’accompagnatrice",
    "sent_by": "Transmis par",
    "terms": "Conditions de prêt appliquées",
}

Copy = Mapping[str, object]


def compose(
    facts: Facts, *, commune: str, sent_by: str, terms: str, annual_rate: Decimal
) -> dict[str, object]:
    """The copy of a complete case: text, whole numbers and lists alone.

    The instalment is what the request would cost a month at the bank's `annual_rate` of the day (a
    fraction of one): it is estimated, and only the bank's offer binds.
    """
    case, person, household = facts.case, facts.person, facts.household
    if person is None or household is None:
        raise LookupError("only a complete case is copied")
    totals = facts.balance
    paid = instalment(case.amount_cents, annual_rate, case.months or 1)
    return {
        "number": case.number,
        "civility": Civility(person.civility).label if person.civility else "",
        "last_name": person.last_name,
        "first_names": person.first_names,
        "birth_date": _iso(person.birth_date),
        "phone": person.phone,
        "email": person.email,
        "address": person.address,
        "commune": commune,
        "family": Family(household.family).label,
        "adults": household.adults,
        "children": household.children,
        "alternate_children": household.alternate_children,
        "housing": Housing(household.housing).label,
        "employment": Employment(household.employment).label,
        "employment_ends_on": _iso(household.employment_ends_on),
        "motive": Motive(case.motive).label,
        "purpose": Purpose(case.purpose).label if case.purpose else "",
        "project": facts.project,
        "total_cost_cents": case.total_cost_cents,
        "contribution_cents": case.contribution_cents or 0,
        "amount_cents": case.amount_cents,
        "months": case.months,
        "budget": [_line(line) for line in facts.lines],
        "resources_cents": totals.resources,
        "charges_cents": totals.charges,
        "debts_cents": totals.debts,
        "left_cents": totals.left,
        "instalment_cents": paid,
        "living_cents": living_after(facts, paid),
        "opinion": facts.opinion,
        "sent_by": sent_by,
        "terms": terms,
    }


def _line(line: BudgetLine) -> dict[str, object]:
    """One line of the budget, in words. Copies made before these words exist without some of them."""
    code = BudgetCode(line.code)
    return {
        "code": line.code,
        "label": code.label,
        "amount_cents": line.amount_cents,
        "periodicity": Periodicity(line.periodicity).label,
        "counted": code.counts and line.periodicity != Periodicity.ONCE.value,
        "whose": Whose(line.whose).label,
        "confidence": Confidence(line.confidence).label,
        "ends_on": _iso(line.ends_on),
        "creditor": line.creditor,
        "owed_cents": line.owed_cents,
    }


def canonical(copy: Copy) -> bytes:
    """The one way to write a copy: UTF-8 JSON, keys sorted, no spaces."""
    return json.dumps(copy, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(written: bytes) -> str:
    """The SHA-256 of a canonical copy, in hexadecimal."""
    return hashlib.sha256(written).hexdigest()


def read(written: bytes) -> dict[str, object]:
    """A copy read back from its canonical form."""
    found = json.loads(written)
    return {str(key): value for key, value in found.items()}


def name_of(copy: Copy) -> str:
    """The person of a copy, as she is addressed."""
    title = next((one.value for one in Civility if one.label == copy["civility"]), "")
    return full_name(str(title), str(copy["first_names"]), str(copy["last_name"]))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
