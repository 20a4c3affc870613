"""The pages of sending and answering, gathered, and what they add to the page of a case."""

from microcredit.cases.panels import Panel
from microcredit.kernel.permissions import Permission
from microcredit.submissions import bank_pages, case_pages
from microcredit.submissions.blueprint import pages
from microcredit.submissions.services.history import at_bank
from microcredit.submissions.suggestions import suggested

CASE_PANELS = (Panel("submissions/_panel.html", Permission.READ_BUDGET, at_bank),)

#: Which other helps a bank's refusal suggests.
SUGGESTED_HELPS = suggested

__all__ = ["CASE_PANELS", "SUGGESTED_HELPS", "bank_pages", "case_pages", "pages"]
