"""Which other helps a bank's reasons suggest: a proposal that a person keeps or unticks."""

from sqlalchemy.orm import Session

from microcredit.cases.codes import OrientationTarget
from microcredit.cases.models import Case
from microcredit.submissions.codes import RefusalReason
from microcredit.submissions.services.history import reasons_of

R, T = RefusalReason, OrientationTarget

SUGGESTIONS: dict[RefusalReason, tuple[OrientationTarget, ...]] = {
    R.BUDGET: (T.BUDGET_POINT, T.RIGHTS, T.CCAS_AID),
    R.FICP: (T.BUDGET_POINT, T.FRAGILE_OFFER),
    R.FCC: (T.FRAGILE_OFFER, T.BUDGET_POINT),
    R.OVERINDEBTEDNESS: (T.OVERINDEBTEDNESS, T.BUDGET_POINT),
    R.ACCOUNT_INCIDENTS: (T.FRAGILE_OFFER, T.BUDGET_POINT),
    R.DEBT_RATIO: (T.BUDGET_POINT, T.OVERINDEBTEDNESS),
    R.AGE: (T.PENSION_FUND, T.CCAS_AID),
    R.INCOME: (T.RIGHTS, T.CCAS_AID),
    R.NO_ACCOUNT: (T.FRAGILE_OFFER,),
    R.PROJECT: (T.CCAS_AID,),
    R.AMOUNT: (T.CCAS_AID,),
}
"""What answers each reason; the others say nothing of what the person needs."""


def suggested(session: Session, case: Case) -> dict[OrientationTarget, str]:
    """Help → the bank's reason that suggests it, the most telling first; empty without a refusal."""
    found: dict[OrientationTarget, str] = {}
    for reason in reasons_of(session, case):
        for target in SUGGESTIONS.get(reason, ()):
            found.setdefault(target, f"Réponse de la banque : {reason.label}")
    return found
