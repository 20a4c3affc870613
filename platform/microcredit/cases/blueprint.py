"""What all pages of a case share: their blueprint, the words of the domain, the way back."""

from collections.abc import Callable

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from microcredit.cases.budget_codes import BudgetCode, Periodicity
from microcredit.cases.codes import Channel, Motive
from microcredit.kernel.codes import Labelled
from microcredit.people.codes import Employment, Family, Housing
from microcredit.people.models import Person
from microcredit.people.services import age, full_name
from microcredit.web.formatting import euros, euros_whole

pages = Blueprint("cases", __name__)


#: How stored codes read in a template: `{{ case.motive|motive_label }}`.
LABELS: dict[str, type[Labelled]] = {
    "motive_label": Motive,
    "channel_label": Channel,
    "budget_label": BudgetCode,
    "periodicity_label": Periodicity,
    "family_label": Family,
    "housing_label": Housing,
    "employment_label": Employment,
}

UNSAID = "montant à préciser"


def to_case(number: str) -> ResponseReturnValue:
    """The answer of an act: the page of its case."""
    return redirect(url_for("cases.show", number=number), 303)


def _person_name(person: Person | None) -> str:
    if person is None:
        return full_name("", "", "")
    return full_name(person.civility, person.first_names, person.last_name)


def _wished(cents: int) -> str:
    """The amount that a case asks for; a referral has none until it is asked."""
    return euros(cents) if cents else UNSAID


def _wished_whole(cents: int) -> str:
    return euros_whole(cents) if cents else UNSAID


def _add_filters() -> None:
    """Give templates the words of this domain."""
    for name, codes in LABELS.items():
        pages.add_app_template_filter(_labeller(codes), name)
    pages.add_app_template_filter(_person_name, "person_name")
    pages.add_app_template_filter(age, "age")
    pages.add_app_template_filter(_wished, "wished")
    pages.add_app_template_filter(_wished_whole, "wished_whole")


def _labeller(codes: type[Labelled]) -> Callable[[str], str]:
    labels = {str(member.value): member.label for member in codes}
    return lambda code: labels.get(code, "—")


_add_filters()
