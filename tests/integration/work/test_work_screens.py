"""The day, the list and the page of a case, for the whole life of a case: what a person reads there."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from tests.cast import ALPHA, BETA, Cast, Person, read
from werkzeug.test import TestResponse

from microcredit.cases.codes import CLOSED, State, TaskKind
from microcredit.cases.models import Case, SavedView, Task
from microcredit.cases.services.day import my_day
from microcredit.cases.services.tasks import open_task
from microcredit.kernel.clock import business_date


def show(person: Person, number: str) -> TestResponse:
    return person.get(f"/dossiers/{number}")


def state_of(cast: Cast, number: str) -> State:
    with cast.nadia.at_work() as (session, _):
        return State(session.scalars(select(Case.state).where(Case.number == number)).one())


def task_of(cast: Cast, number: str, kind: TaskKind, in_days: int, words: str = "") -> int:
    with cast.nadia.at_work() as (session, identity):
        case = session.scalars(select(Case).where(Case.number == number)).one()
        due_on = business_date(session) + timedelta(days=in_days)
        open_task(session, identity, case, kind, due_on, words=words)
        found = select(Task.id).where(Task.case_id == case.id, Task.kind == kind.value)
        return session.scalars(found).one()


@pytest.mark.parametrize("state", list(State))
def test_the_page_of_a_case_opens_in_every_state_for_every_reader(cast: Cast, state: State):
    number = cast.case(state, canary="Kzcanarikz")
    for who in ("nadia", "farid", "diane", "carole"):
        page = show(cast.people[who], number)
        assert page.status_code == 200
        assert state.label in read(page)
        assert page.text.count('aria-current="step"') <= 1
    said = read(show(cast.carole, number))
    assert "Kzcanarikz" not in said
    assert "Lenoir" not in said
    blocks = {
        part.split('"')[0] for part in show(cast.carole, number).text.split('data-block="')[1:]
    }
    assert blocks == {"state"}


def test_papers_are_asked_for_seen_by_the_desk_and_come(cast: Cast):
    number = cast.case(State.DIAGNOSIS)
    assert "3 derniers relevés de compte" in read(cast.nadia.get(f"/dossiers/{number}/pieces"))
    empty = cast.nadia.post(f"/dossiers/{number}/pieces", {"words": " "})
    assert empty.status_code == 422
    asked = cast.nadia.post(f"/dossiers/{number}/pieces", {"words": "Devis du garage\nRIB"})
    assert asked.status_code == 303
    assert state_of(cast, number) is State.AWAITING_DOCUMENTS
    for who in (cast.nadia, cast.farid):
        page = show(who, number)
        assert "Pièces attendues" in read(page)
        assert "<div>Devis du garage</div>" in page.text
    for who in (cast.diane, cast.carole):
        assert "Devis du garage" not in read(show(who, number))
    assert cast.nadia.post(f"/dossiers/{number}/pieces/recues").status_code == 303
    assert state_of(cast, number) is State.DIAGNOSIS


@pytest.mark.parametrize("who", ["nadia", "diane", "carole"])
def test_the_committee_says_what_it_thinks_and_who_may_not_read_it_does_not(cast: Cast, who: str):
    number = cast.case(State.READY)
    assert cast.nadia.post(f"/dossiers/{number}/avis-local/demande").status_code == 303
    reviewer = cast.people[who]
    assert "Noter l’avis du comité" in read(show(reviewer, number))
    mute = reviewer.post(f"/dossiers/{number}/avis-local", {"review": "unfavourable"})
    assert mute.status_code == 422
    assert "Écrivez ce qui fait hésiter le comité." in read(mute)
    said = {"review": "reserved", "words": "Le devis est cher"}
    assert reviewer.post(f"/dossiers/{number}/avis-local", said).status_code == 303
    assert state_of(cast, number) is State.READY
    assert "« Le devis est cher »" in read(show(cast.nadia, number))
    for reader in (cast.diane, cast.carole, cast.farid):
        assert "Le devis est cher" not in read(show(reader, number))
        assert "avec des réserves" not in read(show(reader, number))


def test_not_presenting_a_file_is_somebodys_decision_with_words_and_a_help(cast: Cast):
    number = cast.case(State.READY)
    path = f"/dossiers/{number}/ne-pas-presenter"
    assert "C’est votre décision" in read(cast.nadia.get(path))
    alone = cast.nadia.post(path, {"reason": "rav_too_low", "words": "Trop juste"})
    assert alone.status_code == 422
    assert "Choisissez au moins une aide." in read(alone)
    assert "Trop juste" in read(alone)
    told = {"reason": "rav_too_low", "words": "Trop juste", "targets": "pcb"}
    assert cast.nadia.post(path, told).status_code == 303
    said = read(show(cast.nadia, number))
    assert "Reste à vivre trop bas" in said
    assert "le dossier peut être repris" in said
    assert "Reprendre le dossier" in said
    assert "Reste à vivre trop bas" not in read(show(cast.farid, number))


def test_a_task_appears_in_the_day_and_is_done_in_one_click(cast: Cast):
    number = cast.case(State.DIAGNOSIS, name="Quincampoix")
    today = cast.nadia
    with cast.nadia.at_work() as (session, _):
        due = business_date(session) + timedelta(days=3)
    typed = {"due_on.day": due.day, "due_on.month": due.month, "due_on.year": due.year}
    path = f"/dossiers/{number}/taches/nouvelle"
    late = today.post(path, {"words": "Rappeler", **typed, "due_on.year": 2001})
    assert late.status_code == 422
    assert "Ce jour est déjà passé." in read(late)
    assert today.post(path, {"words": "Rappeler le garage", **typed}).status_code == 303
    assert "Rappeler le garage" in read(show(cast.nadia, number))
    day = read(cast.nadia.get("/ma-journee"))
    assert "Rappeler le garage" in day
    with cast.nadia.at_work() as (session, _):
        task = session.scalars(
            select(Task.id).join(Case, Case.id == Task.case_id).where(Case.number == number)
        ).one()
    done = cast.nadia.post(f"/dossiers/{number}/taches/faite", {"task": task, "_day": "1"})
    assert done.location == "/ma-journee"
    assert "Rappeler le garage" not in read(cast.nadia.get("/ma-journee")).replace("noté", "")
    again = cast.yves.post(f"/dossiers/{number}/taches/faite", {"task": task})
    assert again.status_code == 409
    assert "Nadia l’a notée le" in read(again)


def test_unpaid_calls_come_first_and_a_desk_does_not_learn_of_them(cast: Cast):
    number = cast.case(State.DISBURSED, name="Zoulou")
    other = cast.case(State.DIAGNOSIS, name="Yankee")
    call = task_of(cast, number, TaskKind.CALL, 2)
    task_of(cast, other, TaskKind.OTHER, -4, "Relire le devis")
    day = read(cast.nadia.get("/ma-journee"))
    assert "Impayés, appeler d’abord" in day
    assert day.index("Zoulou") < day.index("Relire le devis")
    assert "4 j de retard" in day
    desk = read(cast.farid.get("/ma-journee"))
    assert "Relire le devis" in desk
    assert "Impayés" not in desk
    assert "Zoulou" not in desk
    assert "Appeler" not in read(show(cast.farid, number))
    assert cast.farid.post(f"/dossiers/{number}/taches/faite", {"task": call}).status_code == 404
    assert cast.bea.post(f"/dossiers/{number}/taches/faite", {"task": call}).status_code == 404
    assert cast.nadia.post(f"/dossiers/{number}/taches/faite", {"task": call}).status_code == 303


def test_a_desk_sees_the_tasks_of_its_own_cases_alone(cast: Cast):
    number = cast.case(State.CONTACT, at="bea", commune=BETA)
    task_of(cast, number, TaskKind.OTHER, 0, "Mot pour Beta")
    assert "Mot pour Beta" in read(cast.bea.get("/ma-journee"))
    assert "Mot pour Beta" not in read(cast.farid.get("/ma-journee"))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.CONTACT, "Fixer un rendez-vous à"), (State.DIAGNOSIS, "Terminer le diagnostic de"),
        (State.AWAITING_DOCUMENTS, "Demander les pièces à"), (State.READY, "Transmettre le dossier complet de"),
        (State.LOCAL_REVIEW, "Noter l’avis du comité pour"), (State.BANK_INFO_REQUESTED, "Répondre à la banque pour"),
        (State.BANK_COUNTER_OFFER, "Recueillir le choix de"),
        (State.BANK_REFUSED, "Orienter après le refus de la banque :"),
        (State.APPROVED, "Faire signer l’offre à"), (State.OFFER_SIGNED, "Noter le versement du prêt de"),
    ],
)  # fmt: skip
def test_what_waits_is_said_with_its_verb_and_the_person(demo_cast: Cast, state: State, words: str):
    people = {"at": "flora", "worker": "lucie", "bank": "basil", "commune": "59616"}
    demo_cast.case(state, name=f"V{state.name.lower().replace('_', '')}", **people)
    said = read(demo_cast.lucie.get("/ma-journee"))
    assert f"{words} Mme Sandrine V{state.name.lower().replace('_', '')}" in said


@pytest.mark.parametrize(
    "state", [State.SENT_TO_BANK, State.ADJOURNED, State.DISBURSED, State.CLOSED]
)
def test_what_waits_for_a_bank_or_for_nobody_does_not_come_up(cast: Cast, state: State):
    cast.case(state, name=f"W{state.name.lower().replace('_', '')}")
    assert f"W{state.name.lower().replace('_', '')}" not in read(cast.nadia.get("/ma-journee"))


def test_the_views_of_the_whole_life_hold_what_they_say(cast: Cast):
    numbers = {state: cast.case(state, name="Vues") for state in State}
    holds = {
        "en-cours": {s for s in State if s.name not in ("DISBURSED",)} - _closed(),
        "prets": {State.DISBURSED},
        "a-la-banque": {State.SENT_TO_BANK, State.BANK_INFO_REQUESTED, State.ADJOURNED},
        "clos": _closed(),
        "tous": set(State),
    }
    for view, states in holds.items():
        for state in State:
            page = cast.nadia.get(f"/dossiers?vue={view}&etat={state.value}&ordre=numero&sens=desc")
            assert (numbers[state] in page.text) == (state in states), (view, state)
    mine = cast.nadia.get(f"/dossiers?vue=a-moi&etat={State.READY.value}&ordre=numero&sens=desc")
    assert numbers[State.READY] in mine.text


def _closed() -> set[State]:
    return set(CLOSED)


def test_a_view_is_kept_shown_to_its_owner_alone_and_removed(cast: Cast):
    nadia = cast.nadia.anew()
    asked = {
        "nom": "Mobilité à Fresnes",
        "vue": "tous",
        "commune": ALPHA,
        "motif": "employment_mobility",
    }
    kept = nadia.post("/dossiers/vues", asked)
    assert kept.status_code == 303
    page = nadia.get(kept.location)
    assert "Mobilité à Fresnes" in read(page)
    assert "Retirer la vue « Mobilité à Fresnes »" in read(page)
    assert "Mobilité à Fresnes" not in read(cast.yves.get("/dossiers"))
    twice = nadia.post("/dossiers/vues", asked | {"nom": "mobilité à fresnes"})
    assert twice.status_code == 422
    assert "Vous avez déjà une vue de ce nom." in read(twice)
    assert cast.yves.post("/dossiers/vues", asked).status_code == 303
    with nadia.at_work() as (session, _):
        view = session.scalars(select(SavedView.id)).one()
    assert cast.yves.post("/dossiers/vues/retirer", {"view": view}).status_code == 404
    assert nadia.post("/dossiers/vues/retirer", {"view": view}).status_code == 303
    assert "La vue « Mobilité à Fresnes » est retirée." in read(nadia.get("/dossiers"))
    assert "Mobilité à Fresnes" not in read(nadia.get("/dossiers?vue=clos"))
    assert nadia.post("/dossiers/vues/retirer", {"view": view}).status_code == 404


def test_twelve_views_are_enough(cast: Cast):
    for count in range(12):
        assert (
            cast.diane.post("/dossiers/vues", {"nom": f"Vue {count}", "vue": "tous"}).status_code
            == 303
        )
    more = cast.diane.post("/dossiers/vues", {"nom": "Vue 13", "vue": "tous"})
    assert more.status_code == 422
    assert "Vous gardez déjà 12 vues" in read(more)


def test_three_letters_find_a_person_whatever_became_of_her_case(cast: Cast):
    old = cast.case(State.REDIRECTED, name="Zylberstein")
    new = cast.case(State.CONTACT, name="Zylberstein")
    found = cast.nadia.post("/dossiers/recherche", {"q": "zyl", "vue": "tous"})
    page = read(cast.nadia.get(found.location))
    assert old in page
    assert new in page
    assert 'aria-sort="ascending"' in cast.nadia.get(found.location).text
    assert "yl" not in found.location.split("r=")[0]


def test_an_act_on_a_case_closed_meanwhile_says_who_closed_it_and_leads_back(cast: Cast):
    number = cast.case(State.DIAGNOSIS)
    assert (
        cast.farid.post(f"/dossiers/{number}/sans-suite", {"reason": "no_show"}).status_code == 303
    )
    for path in ("ne-pas-presenter", "pieces"):
        late = cast.nadia.post(f"/dossiers/{number}/{path}", {"words": "x"})
        assert late.status_code == 409
        assert "« Classé sans suite », par Farid, le" in read(late)
        assert f'href="/dossiers/{number}"' in late.text
        assert cast.nadia.get(f"/dossiers/{number}/{path}").status_code == 409


def test_a_front_desk_reads_no_figure_of_a_loan_in_the_history(cast: Cast):
    number = cast.case(State.DISBURSED)
    said = read(show(cast.farid, number))
    assert "Prêt versé" in said
    assert "versés le" not in said
    assert "versés le" in read(show(cast.diane, number))


def test_days_named_by_the_bank_make_a_case_late(cast: Cast):
    number = cast.case(State.BANK_INFO_REQUESTED, name="Echeance")
    with cast.nadia.at_work(date.today() + timedelta(days=12)) as (session, identity):  # noqa: DTZ011
        day = my_day(session, identity, cast.app.extensions["named_days"])
    assert number in {work.number for work in day.late}
    with cast.nadia.at_work() as (session, identity):
        today = my_day(session, identity, cast.app.extensions["named_days"])
    assert number in {work.number for work in today.now}
