"""The pages of a case, gathered: each module adds its own to the one blueprint."""

from microcredit.cases import (
    act_pages,
    case_pages,
    diagnosis_pages,
    list_pages,
    orientation_pages,
)
from microcredit.cases.blueprint import pages

__all__ = ["act_pages", "case_pages", "diagnosis_pages", "list_pages", "orientation_pages", "pages"]
