"""The rules that cases follow on a day: who leads, delays, thresholds, loan terms, each with its source."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from microcredit.cases.codes import State
from microcredit.governance.codes import ThresholdCode
from microcredit.governance.services import (
    ActionRow,
    DelayRow,
    ThresholdRow,
    actions,
    delay_rows,
    thresholds,
)
from microcredit.lenders.services import BankTerms, terms_in_force
from microcredit.web.formatting import NBSP, euros

#: The delay that is no state's: how long a bank sees its copy after its answer.
BANK_COPY = "bank_copy"


@dataclass(frozen=True)
class Rules:
    """All that is in force on a day. A threshold that is not defined has no row."""

    actions: list[ActionRow]
    delays: list[tuple[str, DelayRow]]
    thresholds: list[tuple[str, str, ThresholdRow | None]]
    terms: list[BankTerms]


def rules_in_force(session: Session, on: date) -> Rules:
    """The rules of a day, in the words and the order of the file's life."""
    order = [*(str(state.value) for state in State), BANK_COPY]
    rows = sorted(delay_rows(session, on), key=lambda row: order.index(row.state))
    found = thresholds(session, on)
    return Rules(
        actions(session, on),
        [(_state(row.state), row) for row in rows],
        [_threshold(code, found.get(str(code.value))) for code in ThresholdCode],
        terms_in_force(session, on),
    )


def _state(code: str) -> str:
    return "Copie vue par la banque après sa réponse" if code == BANK_COPY else State(code).label


def _threshold(
    code: ThresholdCode, row: ThresholdRow | None
) -> tuple[str, str, ThresholdRow | None]:
    if row is None:
        return code.label, "seuil non défini", None
    return code.label, euros(row.value) if code.is_money else f"{row.value}{NBSP}%", row
