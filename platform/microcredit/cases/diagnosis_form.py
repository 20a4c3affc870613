"""The diagnosis as its form shows it: stored values by the names of the boxes, and what differs."""

from microcredit.cases.budget_codes import BudgetCode
from microcredit.cases.schemas import Diagnosis, DiagnosisSchema
from microcredit.cases.services.diagnosis import Facts
from microcredit.web.forms import Form

PERSON_FIELDS = ("civility", "last_name", "first_names", "birth_date", "phone", "email", "address")
HOUSEHOLD_FIELDS = (
    "family", "adults", "children", "alternate_children", "housing", "employment", "employment_ends_on",
)  # fmt: skip


def known(facts: Facts) -> dict[str, object]:
    """What is stored, by the names of the form; a budget line keeps its place by its code."""
    case, person, household = facts.case, facts.person, facts.household
    values: dict[str, object] = {
        "commune": case.residence_code,
        "motive": case.motive,
        "project": facts.project,
        "opinion": facts.opinion,
        "total_cost": case.total_cost_cents,
        "contribution": case.contribution_cents,
        "amount": case.amount_cents,
        "months": case.months,
        "notice_given": "true" if case.notice_given_on else None,
    }
    if person is not None:
        values.update({name: getattr(person, name) for name in PERSON_FIELDS})
    if household is not None:
        values.update({name: getattr(household, name) for name in HOUSEHOLD_FIELDS})
    stored = {line.code: line for line in facts.lines}
    values["lines"] = [
        {
            "amount": stored[code.value].amount_cents if code.value in stored else None,
            "periodicity": stored[code.value].periodicity if code.value in stored else "month",
        }
        for code in BudgetCode
    ]
    return values


def compare(form: Form[Diagnosis], stored_values: dict[str, object]) -> list[tuple[str, str, str]]:
    """(label, stored, typed) of each box that differs from what somebody else just saved."""
    stored = Form(DiagnosisSchema(), stored_values).values
    found = [
        (_label(form, name), stored.get(name, ""), form.value(name))
        for name in sorted({*stored, *form.values} - {"version"})
        if stored.get(name, "") != form.value(name) and not name.endswith(".code")
    ]
    return found or [("Version du dossier", "plus récente", "plus ancienne")]


def _label(form: Form[Diagnosis], name: str) -> str:
    head, _, rest = name.partition(".")
    if head == "lines":  # a stranger may number lines of his own
        labels = {str(place): code.label for place, code in enumerate(BudgetCode)}
        return labels.get(rest.partition(".")[0], "Ligne inconnue")
    return form.label(head)
