"""The pages of a case, gathered: each module adds its own to the one blueprint."""

from microcredit.cases import (
    act_pages,
    case_pages,
    consultation_pages,
    diagnosis_pages,
    list_pages,
    orientation_pages,
    referral_pages,
    task_pages,
)
from microcredit.cases.blueprint import pages
from microcredit.cases.panels import Panel
from microcredit.cases.services.orientation import helps_of
from microcredit.cases.services.rules import rules_in_force
from microcredit.groupings.pages import TerritoryPart
from microcredit.kernel.permissions import Permission

CASE_PANELS = (Panel("cases/_helps.html", Permission.REDIRECT_CASE, helps_of),)
TERRITORY_PARTS = (TerritoryPart("cases/_rules.html", rules_in_force),)

__all__ = [
    "CASE_PANELS",
    "TERRITORY_PARTS",
    "act_pages",
    "case_pages",
    "consultation_pages",
    "diagnosis_pages",
    "list_pages",
    "orientation_pages",
    "pages",
    "referral_pages",
    "task_pages",
]
