"""The acts of a story: each is the product's own service, called as its page would call it."""

from datetime import time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.cases.codes import Review, TaskKind
from microcredit.cases.diagnosis_schemas import Diagnosis
from microcredit.cases.models import Case, Orientation, Task
from microcredit.cases.referral_schemas import Referral
from microcredit.cases.schemas import (
    AddTask,
    AskDocuments,
    Close,
    Contact,
    Decline,
    Meeting,
    Opinion,
    Orient,
    Redirect,
    Result,
)
from microcredit.cases.services.appointment import note_appointment
from microcredit.cases.services.close import close, decline, redirect
from microcredit.cases.services.contact import open_contact
from microcredit.cases.services.diagnosis import complete, save_diagnosis
from microcredit.cases.services.documents import await_documents, receive_documents
from microcredit.cases.services.find import get
from microcredit.cases.services.orientation import note_result, orient
from microcredit.cases.services.referral import refer
from microcredit.cases.services.review import ask_review, give_review
from microcredit.cases.services.tasks import add_task, finish_task
from microcredit.demo import lives
from microcredit.demo.budgets import lines_of
from microcredit.demo.tale import Doing, Fate, Step, Tale, Told, What
from microcredit.groupings.services import desks
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.web.formatting import clock_time, short_day


def contact(session: Session, identity: Identity, told: Told, _: Step) -> None:
    """The first contact, which gives the number."""
    tale, who = told.tale, told.tale.who
    if tale.referred:
        told.number = refer(session, identity, _referral(tale)).number
        return
    named = not tale.anonymous
    asked = Contact(
        commune=tale.commune,
        motive=str(tale.motive.value),
        amount=tale.amount,
        channel=str(tale.channel.value),
        civility=who.civility if named else "",
        last_name=who.last_name if named else "",
        first_names=who.first_names if named else "",
        phone=who.phone if named else "",
    )
    told.number = open_contact(session, identity, asked).number


def _referral(tale: Tale) -> Referral:
    who = tale.who
    return Referral(
        civility=who.civility, last_name=who.last_name, first_names=who.first_names,
        birth_date=who.birth_date, phone=who.phone, commune=tale.commune,
        motive=str(tale.motive.value), project=tale.project, consent=True,
    )  # fmt: skip


def meet(session: Session, identity: Identity, told: Told, step: Step) -> None:
    """An appointment, on the day the step names."""
    at = time(told.random.choice((9, 10, 11, 14, 15)), told.random.choice((0, 15, 30, 45)))
    on = step.until or step.on
    # Asked once in a transaction: the desks of a territory do not change within a story.
    if "demo_desks" not in session.info:
        session.info["demo_desks"] = list(desks(session, step.on))
    place = told.random.choice(session.info["demo_desks"])
    words = f"le {short_day(on, step.on)} à {clock_time(at)}"
    note_appointment(session, identity, told.number, Meeting(on, at, place), words)


def diagnose(session: Session, identity: Identity, told: Told, step: Step) -> None:
    """The diagnosis: whole, or begun only."""
    tale, who = told.tale, told.tale.who
    case = get(session, identity, told.number, Permission.WRITE_DIAGNOSIS)
    lines = tale.lines or lines_of(
        told.random, who, tale.amount // 100 // tale.months, _left(told), step.on
    )
    own = told.random.choice((0, 0, 0, 50, 100, 200)) * 100
    filled = Diagnosis(
        version=case.version, commune=tale.commune, motive=str(tale.motive.value),
        purpose=str(tale.purpose.value), civility=who.civility, last_name=who.last_name,
        first_names=who.first_names, birth_date=who.birth_date, phone=who.phone, email="",
        address="" if tale.partial else who.address, family=str(who.family.value),
        adults=who.adults, children=len(who.children_born), alternate_children=0,
        children_born=who.children_born, housing=str(who.housing.value),
        employment=str(who.employment.value), employment_ends_on=lines[0].ends_on,
        project=tale.project, total_cost=tale.amount + own, contribution=own, amount=tale.amount,
        months=tale.months, notice_given=True, opinion="" if tale.partial else tale.opinion,
        lines=lines[:3] if tale.partial else lines,
    )  # fmt: skip
    save_diagnosis(session, identity, told.number, filled)


def _left(told: Told) -> int:
    """What the household is left a day and a person, in euros: little where that was the reason."""
    tight = {"rav_too_low": (2, 5), "deficit_budget": (0, 2), "overindebtedness": (0, 4)}
    low, high = tight.get(
        told.tale.reason, (7, 12) if told.tale.fate is not Fate.DECLINED else (5, 9)
    )
    return told.random.randint(low, high)


def await_papers(session: Session, identity: Identity, told: Told, step: Step) -> None:
    """Papers that the person has to bring."""
    papers = told.random.choice(
        ("Trois derniers relevés de compte", "Devis du vendeur", "Attestation de la CAF",
         "Avis d’imposition\nContrat de travail", "Contrôle technique de moins de six mois")
    )  # fmt: skip
    await_documents(session, identity, told.number, AskDocuments(step.words or papers))


def review(session: Session, identity: Identity, told: Told, step: Step) -> None:
    """The committee agrees."""
    given = Opinion(str(Review.FAVOURABLE.value), step.words)
    give_review(session, identity, told.number, given)


def not_present(session: Session, identity: Identity, told: Told, _: Step) -> None:
    """A person decides not to present the file, and says why."""
    words = {
        "missing_papers": "Trois relances sans réponse. La demande peut reprendre quand vous voudrez.",
        "rav_too_low": "Une mensualité de plus ne laisserait pas assez pour vivre.",
        "deficit_budget": "Le budget manque déjà chaque mois : regardons d’abord les charges.",
        "unstable_income": "Le contrat s’arrête bien avant la fin du prêt demandé.",
        "project_not_viable": "Le prix dépasse la cote, et les réparations viendraient vite.",
        "refuses_accompaniment": "Le suivi fait partie du microcrédit ; vous préférez sans.",
        "overindebtedness": "La Banque de France peut d’abord remettre les dettes en ordre.",
    }[told.tale.reason]
    decline(session, identity, told.number, Decline(told.tale.reason, words, _targets(told.tale)))


def send_on(session: Session, identity: Identity, told: Told, _: Step) -> None:
    """Redirected; after a refusal of the bank, for that reason."""
    reason = "bank_refusal" if told.tale.fate is Fate.REFUSED else told.tale.reason
    redirect(session, identity, told.number, Redirect(reason, _targets(told.tale)))


def results(session: Session, identity: Identity, told: Told, _: Step) -> None:
    """What came of each orientation."""
    rows = session.execute(
        select(Orientation.target, Orientation.id)
        .join(Case, Case.id == Orientation.case_id)
        .where(Case.number == told.number)
    )
    ids = {row.target: row.id for row in rows}
    for one in told.tale.helps:
        if one.result is not None:
            result = Result(ids[str(one.target.value)], str(one.result.value), one.cents)
            note_result(session, identity, told.number, result)


def done(kind: TaskKind) -> Doing:
    """The act of finishing the most urgent open task of a kind."""

    def finish(session: Session, identity: Identity, told: Told, _: Step) -> None:
        task = session.scalars(
            select(Task.id)
            .join(Case, Case.id == Task.case_id)
            .where(Case.number == told.number, Task.kind == kind.value, Task.done_on.is_(None))
            .order_by(Task.due_on)
            .limit(1)
        ).one()
        finish_task(session, identity, told.number, task)

    return finish


def _targets(tale: Tale) -> list[str]:
    return [str(one.target.value) for one in tale.helps]


def _task(session: Session, identity: Identity, told: Told, step: Step) -> None:
    asked = AddTask(step.words, step.until or step.on + timedelta(days=7))
    add_task(session, identity, told.number, asked)


DOINGS: dict[What, Doing] = {
    What.CONTACT: contact,
    What.MEET: meet,
    What.DIAGNOSE: diagnose,
    What.AWAIT: await_papers,
    What.RECEIVE: lambda s, i, told, _: receive_documents(s, i, told.number),
    What.COMPLETE: lambda s, i, told, _: complete(s, i, told.number),
    What.ASK_REVIEW: lambda s, i, told, _: ask_review(s, i, told.number),
    What.REVIEW: review,
    What.DECLINE: not_present,
    What.REDIRECT: send_on,
    What.CLOSE: lambda s, i, told, _: close(s, i, told.number, Close(told.tale.reason)),
    What.ORIENT: lambda s, i, told, _: orient(s, i, told.number, Orient(_targets(told.tale))),
    What.RESULTS: results,
    What.TASK: _task,
    What.FOLLOW_UP: done(TaskKind.FOLLOW_UP),
    What.PROOF: done(TaskKind.PURCHASE_PROOF),
    What.CALL: done(TaskKind.CALL),
    **lives.DOINGS,
}
