"""The ways out before a loan, what the other helps gave, and where a case may be taken up again."""

from datetime import date, time

import pytest
from sqlalchemy import select
from tests.cast import Cast
from tests.integration.life.tale import BEGUN, Tale, begin, days, ready

from microcredit.cases import sealed
from microcredit.cases.codes import (
    CLOSED,
    Act,
    CloseReason,
    DeclineReason,
    OrientationTarget,
    RedirectReason,
    State,
)
from microcredit.cases.models import Case, CaseEvent, Orientation, Task
from microcredit.cases.schemas import (
    AddTask,
    AskDocuments,
    Close,
    Decline,
    Meeting,
    Opinion,
    Orient,
    Redirect,
    Result,
)
from microcredit.cases.services.appointment import note_appointment
from microcredit.cases.services.close import close, decline, redirect
from microcredit.cases.services.diagnosis import correct
from microcredit.cases.services.documents import await_documents, receive_documents
from microcredit.cases.services.orientation import note_result, orient
from microcredit.cases.services.review import ask_review, give_review
from microcredit.cases.services.tasks import AlreadyDone, BadTask, add_task, finish_task
from microcredit.cases.transitions import TransitionRefused
from microcredit.groupings.models import Organisation
from microcredit.kernel.errors import NotFound

THREE_MONTHS = date(2016, 4, 4)


def orientations(tale: Tale) -> list[Orientation]:
    """The helps proposed in a case."""
    with tale.look() as (session, case):
        rows = select(Orientation).where(Orientation.case_id == case.id).order_by(Orientation.id)
        return list(session.scalars(rows))


def words_of(tale: Tale) -> str:
    """What somebody typed at the last act."""
    event = tale.events[-1]
    with tale.look() as (session, case):
        return sealed.read(session, case.id, "words", event.words)


def meeting(tale: Tale, on: date) -> Meeting:
    """A meeting the next day, at the first CCAS."""
    with tale.look() as (session, _):
        ccas = select(Organisation.id).where(Organisation.kind == "ccas")
        return Meeting(on + days(1), time(9, 30), session.scalars(ccas).first() or 0)


@pytest.mark.parametrize("target", list(OrientationTarget))
def test_each_of_the_18_helps_is_proposed_and_its_result_asked_three_months_later(
    cast: Cast, target: OrientationTarget
) -> None:
    assert len(OrientationTarget) == 18
    tale = begin(cast)
    tale.do("farid", BEGUN, redirect, Redirect("better_aid_exists", [target.value, target.value]))
    assert [(row.target, row.proposed_on) for row in orientations(tale)] == [(target.value, BEGUN)]
    assert tale.state is State.REDIRECTED
    assert tale.events[-1].note == target.label
    assert tale.tasks() == [("orientation_result", THREE_MONTHS)]


def test_all_helps_at_once_open_one_task_that_ends_with_the_last_result(cast: Cast) -> None:
    tale = begin(cast)
    every = [target.value for target in OrientationTarget]
    tale.do("nadia", BEGUN, redirect, Redirect("better_aid_exists", every))
    rows = orientations(tale)
    for row in rows[:-1]:
        tale.do("nadia", THREE_MONTHS, note_result, Result(row.id, "refused"))
    tale.do("nadia", THREE_MONTHS, note_result, Result(rows[-1].id, "pending"))
    assert [kind for kind, _ in tale.tasks()] == ["orientation_result"]
    tale.do("nadia", THREE_MONTHS, note_result, Result(rows[-1].id, "obtained", 450_00))

    assert tale.tasks() == []
    last = orientations(tale)[-1]
    assert (last.result, last.obtained_cents, last.result_on) == ("obtained", 450_00, THREE_MONTHS)
    assert "obtenue, 450,00" in tale.events[-1].note
    assert tale.state is State.REDIRECTED


def test_the_last_word_on_a_result_counts_and_another_cases_help_is_not_found(cast: Cast) -> None:
    tale, other = begin(cast), begin(cast)
    for one in (tale, other):
        one.do("nadia", BEGUN, orient, Orient(["fsl"]))
    mine, theirs = orientations(tale)[0].id, orientations(other)[0].id
    tale.do("nadia", BEGUN, note_result, Result(mine, "obtained", 300_00))
    with tale.refused(NotFound, "n’existe pas"):
        tale.do("nadia", BEGUN, note_result, Result(theirs, "obtained", 300_00))
    tale.do("nadia", BEGUN, note_result, Result(mine, "refused"))
    row = orientations(tale)[0]
    assert (row.result, row.obtained_cents) == ("refused", None)


@pytest.mark.parametrize("reason", list(RedirectReason))
def test_each_reason_of_an_orientation_is_kept(cast: Cast, reason: RedirectReason) -> None:
    tale = begin(cast)
    tale.do("farid", BEGUN, redirect, Redirect(reason.value, ["pcb"]))
    assert tale.events[-1].reason == reason.value


@pytest.mark.parametrize("reason", list(CloseReason))
def test_who_does_not_come_or_gives_up_is_taken_up_again_by_an_appointment(
    cast: Cast, reason: CloseReason
) -> None:
    tale = begin(cast)
    tale.steps("meet", on=BEGUN)
    tale.do("farid", BEGUN + days(2), close, Close(reason.value))
    assert (tale.state, tale.events[-1].reason) == (State.NO_SHOW_OR_WITHDRAWN, reason.value)
    with tale.refused(TransitionRefused, "il est clos"):
        tale.do("farid", BEGUN + days(2), close, Close(reason.value))
    on = BEGUN + days(9)
    tale.do("farid", on, note_appointment, meeting(tale, on), "demain")
    assert tale.state is State.APPOINTMENT


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_a_file_that_is_not_presented_keeps_a_persons_words_and_a_help_and_can_be_reopened(
    cast: Cast, reason: DeclineReason
) -> None:
    tale = ready(cast)
    tale.do("nadia", BEGUN, decline, Decline(reason.value, "Parlons-en au printemps.", ["pcb"]))
    assert (tale.state, tale.events[-1].reason) == (State.DECLINED, reason.value)
    assert words_of(tale) == "Parlons-en au printemps."
    assert "printemps" not in tale.written()["case_event"]
    assert [row.target for row in orientations(tale)] == ["pcb"]
    with tale.refused(TransitionRefused, "il est clos"):
        tale.send("boris", BEGUN)
    tale.do("nadia", BEGUN + days(60), correct)
    assert tale.state is State.DIAGNOSIS


def test_a_front_desk_neither_declines_nor_asks_for_papers(cast: Cast) -> None:
    tale = ready(cast)
    with tale.refused(NotFound, "n’existe pas"):
        tale.do("farid", BEGUN, decline, Decline("rav_too_low", "Non.", ["pcb"]))
    tale.do("nadia", BEGUN, decline, Decline("rav_too_low", "Non.", ["pcb"]))


@pytest.mark.parametrize(
    ("review", "state", "act"),
    [
        ("favourable", State.READY, Act.SUPPORT),
        ("reserved", State.READY, Act.SUPPORT),
        ("unfavourable", State.DIAGNOSIS, Act.OBJECT),
    ],
)
@pytest.mark.parametrize("who", ["nadia", "diane", "carole"])
def test_the_local_committee_says_what_it_thinks_and_decides_nothing(
    cast: Cast, who: str, review: str, state: State, act: Act
) -> None:
    tale = ready(cast)
    with tale.refused(TransitionRefused, "« Avis local demandé »"):
        tale.do(who, BEGUN, give_review, Opinion(review, "Le garage est sérieux."))
    tale.do("nadia", BEGUN, ask_review)
    for stranger in ("denis", "elie", "boris", "farid"):
        with tale.refused(NotFound, "n’existe pas"):
            tale.do(stranger, BEGUN, give_review, Opinion(review, "Non."))
    tale.do(who, BEGUN, give_review, Opinion(review, "Le garage est sérieux."))
    assert (tale.state, tale.acts[-1], tale.events[-1].reason) == (state, act, review)
    assert words_of(tale) == "Le garage est sérieux."


def test_papers_are_asked_for_and_received(cast: Cast) -> None:
    tale = begin(cast)
    tale.steps("meet", "diagnose", on=BEGUN)
    with tale.refused(TransitionRefused, "« En attente de pièces »"):
        tale.do("nadia", BEGUN, receive_documents)
    tale.do("nadia", BEGUN, await_documents, AskDocuments("Deux devis"))
    assert (tale.state, words_of(tale)) == (State.AWAITING_DOCUMENTS, "Deux devis")
    tale.do("nadia", BEGUN + days(7), receive_documents)
    assert tale.state is State.DIAGNOSIS


def test_a_task_has_a_day_ahead_and_is_done_once(cast: Cast) -> None:
    tale, other = begin(cast), begin(cast)
    for due_on, words in ((BEGUN - days(1), "déjà passé"), (BEGUN + days(1099), "trois ans")):
        with tale.refused(BadTask, words):
            tale.do("farid", BEGUN, add_task, AddTask("Rappeler", due_on))
    tale.do("farid", BEGUN, add_task, AddTask("Rappeler", BEGUN))
    with tale.look() as (session, case):
        task = session.scalars(select(Task.id).where(Task.case_id == case.id)).one()
    with other.refused(NotFound, "n’existe pas"):
        other.do("farid", BEGUN, finish_task, task)
    tale.do("farid", BEGUN, finish_task, task)
    with tale.refused(AlreadyDone, "déjà faite"):
        tale.do("nadia", BEGUN, finish_task, task)
    assert tale.acts[-2:] == [Act.ADD_TASK, Act.FINISH_TASK]
    assert "Rappeler" not in "".join(tale.written().values())


REOPENED_BY = {
    State.NO_SHOW_OR_WITHDRAWN: Act.NOTE_APPOINTMENT,
    State.DECLINED: Act.CORRECT,
    State.OFFER_LAPSED: Act.CORRECT,
    State.WITHDRAWN: Act.CORRECT,
}


@pytest.mark.parametrize("state", sorted(CLOSED, key=list(State).index))
def test_a_closed_case_is_reopened_by_the_one_act_that_the_table_names_and_by_no_other(
    cast: Cast, state: State
) -> None:
    tale = Tale(cast, cast.case(state))
    with tale.look() as (session, case):
        today = max(session.scalars(select(CaseEvent.on_date).where(CaseEvent.case_id == case.id)))
    met = meeting(tale, today)
    ways = {
        Act.NOTE_APPOINTMENT: lambda: tale.do("nadia", today, note_appointment, met, "demain"),
        Act.CORRECT: lambda: tale.do("nadia", today, correct),
        Act.ASK_REVIEW: lambda: tale.do("nadia", today, ask_review),
        Act.SEND_TO_BANK: lambda: tale.send("boris", today),
        Act.REDIRECT: lambda: tale.do("nadia", today, redirect, Redirect("bank_refusal", ["pcb"])),
    }
    for act, way in ways.items():
        if REOPENED_BY.get(state) is not act:
            with tale.refused(TransitionRefused, "il est clos"):
                way()
    if state in REOPENED_BY:
        ways[REOPENED_BY[state]]()
        assert tale.state not in CLOSED


@pytest.mark.parametrize("state", list(State))
def test_helps_are_proposed_and_results_noted_in_every_state_without_moving_it(
    cast: Cast, state: State
) -> None:
    tale = Tale(cast, cast.case(state))
    with cast.nadia.at_work() as (session, identity):
        orient(session, identity, tale.number, Orient(["fsl"]))
    mine = next(row for row in orientations(tale) if row.target == "fsl")
    with cast.nadia.at_work() as (session, identity):
        note_result(session, identity, tale.number, Result(mine.id, "obtained", 100_00))
    assert tale.state is state
    assert tale.acts[-2:] == [Act.ORIENT, Act.NOTE_RESULT]


def test_the_clock_of_a_state_starts_when_it_is_entered_and_not_at_other_acts(cast: Cast) -> None:
    tale = begin(cast)
    tale.do("nadia", BEGUN + days(3), orient, Orient(["fsl"]))
    with tale.look() as (session, case):
        assert case.state_since == BEGUN
        assert session.scalars(select(Case.version).where(Case.id == case.id)).one() >= 2
    tale.steps("meet", on=BEGUN + days(4))
    with tale.look() as (_, case):
        assert case.state_since == BEGUN + days(4)
