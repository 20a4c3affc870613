"""The bank's answers: grant, grant otherwise, decide later, ask for items, refuse. One wins."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.cases import sealed, transitions
from microcredit.cases.models import Case
from microcredit.kernel import audit
from microcredit.kernel.clock import business_date
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.lenders.models import LoanTerms
from microcredit.submissions.codes import Answer, Decision, RefusalReason, StepKind
from microcredit.submissions.models import Submission, SubmissionStep
from microcredit.submissions.schemas import Reply
from microcredit.submissions.services.desk import ACTS, of_bank
from microcredit.web.formatting import day, euros, percent

#: The furthest day that a bank may name.
HORIZON = timedelta(days=180)

FINAL = {
    Decision.GRANT: Answer.GRANTED,
    Decision.COUNTER: Answer.COUNTER_OFFER,
    Decision.REFUSE: Answer.REFUSED,
}

STEPS = {Decision.ADJOURN: StepKind.ADJOURNED, Decision.ASK_ITEMS: StepKind.ITEMS_ASKED}


class AlreadyAnswered(DomainError):
    """Somebody answered first; the second answer changes nothing."""


class BadAnswer(DomainError):
    """The answer says something that cannot be."""

    status = 422


def reply(session: Session, identity: Identity, number: str, said: Reply) -> Submission:
    """Answer a copy. Raises NotFound, AlreadyAnswered, BadAnswer or TransitionRefused.

    The copy is locked before the case, by all who answer: of two answers at once, one wins and the
    other is told.
    """
    submission = _waiting(session, identity, number, lock=True)
    case = session.scalars(
        select(Case).where(Case.id == submission.case_id).with_for_update()
    ).one()
    decision, today = Decision(said.decision), business_date(session)
    _check_seen(session, submission, said)
    transitions.check(case, ACTS[decision])
    terms = session.scalars(select(LoanTerms).where(LoanTerms.id == submission.terms_id)).one()
    _check(said, decision, case, terms, today)
    if decision in FINAL:
        _answer(submission, identity, said, FINAL[decision], case, terms, today)
    else:
        session.add(
            SubmissionStep(
                submission_id=submission.id, kind=STEPS[decision].value, on_date=today,
                due_on=said.due_on, account_id=identity.account_id,
                words=sealed.close(session, case.id, "step", said.items),
            )
        )  # fmt: skip
        submission.due_on = said.due_on or submission.due_on
    session.flush()
    transitions.move(
        session,
        case,
        ACTS[decision],
        identity.account_id,
        reason=", ".join(RefusalReason(reason).label for reason in dict.fromkeys(said.reasons)),
        note=_in_words(identity, said, decision),
        words=said.items,
    )
    audit.record(session, "answer", f"copy:{number}", answer=said.decision)
    return submission


def rehearse(session: Session, identity: Identity, number: str, said: Reply) -> None:
    """Whether `reply` would take this answer as things stand; nothing is written. Raises as it does."""
    submission = _waiting(session, identity, number, lock=False)
    _check_seen(session, submission, said)
    case, terms = session.execute(
        select(Case, LoanTerms)
        .join(LoanTerms, LoanTerms.id == submission.terms_id)
        .where(Case.id == submission.case_id)
    ).one()
    decision = Decision(said.decision)
    transitions.check(case, ACTS[decision])
    _check(said, decision, case, terms, business_date(session))


def _check_waits(submission: Submission) -> None:
    if submission.answer is not None:
        given = Answer(submission.answer).label.lower()
        raise AlreadyAnswered(
            f"Une réponse a déjà été donnée à ce dossier : {given}. La vôtre n’a rien changé."
        )


def _check_seen(session: Session, submission: Submission, said: Reply) -> None:
    """Whoever answers has read the last step: a date that a colleague named, items that came."""
    if said.seen is None:
        return
    kinds = session.scalars(
        select(SubmissionStep.kind)
        .where(SubmissionStep.submission_id == submission.id)
        .order_by(SubmissionStep.id)
    ).all()
    if len(kinds) != said.seen:
        last = StepKind(kinds[-1]).label.lower() if kinds else "retour au début"
        raise AlreadyAnswered(
            f"Ce dossier a changé pendant que vous le lisiez : {last}."
            " Rien n’est envoyé ; relisez, puis répondez."
        )


def _waiting(session: Session, identity: Identity, number: str, *, lock: bool) -> Submission:
    """The copy that waits for this bank's answer. Raises NotFound or AlreadyAnswered."""
    try:
        submission = of_bank(session, identity, Permission.ANSWER_SUBMISSION, number, lock=lock)
    except NotFound:
        if _was_recalled(session, identity, number):
            raise AlreadyAnswered(
                "Le CCAS vient de retirer ce dossier. Votre réponse n’a rien changé."
            ) from None
        raise
    _check_waits(submission)
    return submission


def _was_recalled(session: Session, identity: Identity, number: str) -> bool:
    """Whether a copy of this case, addressed to this bank, was taken back."""
    return bool(
        session.scalar(
            select(Submission.id)
            .join(Case, Case.id == Submission.case_id)
            .where(
                Case.number == number,
                Submission.bank_id == identity.organisation_id,
                Submission.answer == Answer.RECALLED.value,
            )
            .limit(1)
        )
    )


def _answer(
    submission: Submission, identity: Identity, said: Reply, answer: Answer, case: Case,
    terms: LoanTerms, today: date,
) -> None:  # fmt: skip
    submission.answer = str(answer.value)
    submission.answered_on, submission.answered_by = today, identity.account_id
    submission.reasons = list(dict.fromkeys(said.reasons))
    if answer is Answer.GRANTED:
        submission.granted_cents, submission.granted_months = case.amount_cents, case.months
        submission.granted_rate = terms.annual_rate
    elif answer is Answer.COUNTER_OFFER:
        submission.granted_cents, submission.granted_months = said.amount, said.months
        submission.granted_rate = said.rate


def _check(said: Reply, decision: Decision, case: Case, terms: LoanTerms, today: date) -> None:
    wrong: dict[str, str] = {}
    if decision in STEPS and said.due_on is not None:
        if said.due_on <= today:
            wrong["due_on"] = f"Indiquez un jour après aujourd’hui, {day(today)}."
        elif said.due_on > today + HORIZON:
            wrong["due_on"] = "Ce jour est à plus de six mois."
    if decision is Decision.COUNTER:
        wrong.update(_outside(said, terms))
        asked = (case.amount_cents, case.months, terms.annual_rate)
        if not wrong and (said.amount, said.months, said.rate) == asked:
            wrong["decision"] = "C’est ce qui est demandé : répondez « Accord, comme demandé »."
    if wrong:
        raise BadAnswer("Cette réponse ne peut pas être donnée ainsi.", fields=wrong)


def _outside(said: Reply, terms: LoanTerms) -> dict[str, str]:
    """Which boxes of a modified offer leave the convention under which the copy was sent."""
    wrong: dict[str, str] = {}
    since = f"convention du {day(terms.valid_from)}"
    if not terms.min_cents <= (said.amount or 0) <= terms.max_cents:
        bounds = f"{euros(terms.min_cents)} à {euros(terms.max_cents)}"
        wrong["amount"] = f"Le montant va de {bounds} ({since})."
    if not terms.min_months <= (said.months or 0) <= terms.max_months:
        wrong["months"] = f"La durée va de {terms.min_months} à {terms.max_months} mois ({since})."
    return wrong


def _in_words(identity: Identity, said: Reply, decision: Decision) -> str:
    parts = [identity.organisation_name]
    if decision is Decision.COUNTER and said.amount and said.rate is not None:
        parts.append(f"{euros(said.amount)} sur {said.months} mois à {percent(said.rate)}")
    if said.due_on is not None:
        until = "décision le" if decision is Decision.ADJOURN else "attendu pour le"
        parts.append(f"{until} {day(said.due_on)}")
    return ", ".join(parts)
