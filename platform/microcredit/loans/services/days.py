"""The days of an offer, for lists and days of work: until when it can be signed, from when it can be paid."""

from sqlalchemy import Date, func, select

from microcredit.cases.codes import State
from microcredit.cases.models import Case
from microcredit.cases.named_days import NamedDays
from microcredit.loans.models import Loan
from microcredit.loans.services.sign import OFFER_HOLDS
from microcredit.submissions.services.days import AGREED

_agreed = AGREED.subquery()

#: The last day on which an offer can be signed (Code de la consommation L.312-18).
OFFER_LAPSES = NamedDays(
    select(_agreed.c.case_id, func.date(_agreed.c.since + OFFER_HOLDS, type_=Date)), deadline=True
)

#: The first day on which a signed offer may be paid (Code de la consommation L.312-25).
PAYMENT_FROM = NamedDays(
    select(Loan.case_id, Loan.first_payment_on)
    .join(Case, Case.id == Loan.case_id)
    .where(
        Case.state == State.OFFER_SIGNED.value,
        Loan.disbursed_on.is_(None),
        Loan.withdrawn_on.is_(None),
    ),
    deadline=False,
)
