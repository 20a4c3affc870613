"""Two people on one case, the back button, the double click: nothing lost, nothing done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from tests.cast import ALPHA, Cast, Person, read
from werkzeug.test import TestResponse

from microcredit.cases.codes import Act, State
from microcredit.cases.models import Case, CaseEvent
from microcredit.groupings.models import Organisation
from microcredit.kernel.clock import today_in_paris

DIAGNOSIS = {
    "commune": ALPHA, "motive": "housing", "last_name": "Lenoir", "first_names": "Sandrine",
    "address": "3 rue de l’Écluse", "amount": "1500", "lines.0.code": "R01", "lines.0.amount": "1050",
    "lines.0.periodicity": "month",
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One act as its page posts it: who, from which state, where, what, and where it leads."""

    who: str
    state: State
    act: str
    target: State
    data: dict[str, str] = field(default_factory=dict)
    again: bool = False  # the act may be done again, on purpose

    def path(self, number: str) -> str:
        """The path of the act on a case."""
        return f"/{'banque' if self.who == 'boris' else 'dossiers'}/{number}/{self.act}"


FORMS = {
    Act.NOTE_APPOINTMENT: Form("farid", State.CONTACT, "rendez-vous", State.APPOINTMENT, again=True),
    Act.SAVE_DIAGNOSIS: Form("nadia", State.APPOINTMENT, "diagnostic", State.DIAGNOSIS, DIAGNOSIS),
    Act.COMPLETE: Form("nadia", State.DIAGNOSIS, "complet", State.READY),
    Act.CORRECT: Form("nadia", State.READY, "corriger", State.DIAGNOSIS),
    Act.SEND_TO_BANK: Form("nadia", State.READY, "transmettre", State.SENT_TO_BANK),
    Act.GRANT: Form("boris", State.SENT_TO_BANK, "reponse", State.APPROVED, {"decision": "grant"}),
    Act.REFUSE: Form("boris", State.SENT_TO_BANK, "reponse", State.BANK_REFUSED,
                     {"decision": "refuse", "reasons": "ficp"}),
    Act.REDIRECT: Form("nadia", State.CONTACT, "orienter", State.REDIRECTED,
                       {"reason": "better_aid_exists", "targets": "pcb"}),
    Act.CLOSE: Form("farid", State.CONTACT, "sans-suite", State.NO_SHOW_OR_WITHDRAWN,
                    {"reason": "no_show"}),
}  # fmt: skip

#: A state in which each act no longer fits, because somebody was quicker.
TOO_LATE = {
    Act.NOTE_APPOINTMENT: State.READY,
    Act.SAVE_DIAGNOSIS: State.READY,
    Act.COMPLETE: State.SENT_TO_BANK,
    Act.CORRECT: State.SENT_TO_BANK,
    Act.SEND_TO_BANK: State.APPROVED,
    Act.GRANT: State.BANK_REFUSED,
    Act.REFUSE: State.APPROVED,
    Act.REDIRECT: State.SENT_TO_BANK,
    Act.CLOSE: State.SENT_TO_BANK,
}


def filled(cast: Cast, form: Form, number: str) -> dict[str, str]:
    """The data of an act, with what only the database knows."""
    data = dict(form.data)
    with cast.nadia.at_work() as (session, _):
        if form.act == "diagnostic":
            version = session.scalars(select(Case.version).where(Case.number == number)).one()
            data["version"] = str(version)
        names = {"transmettre": ("bank", "Banque Une"), "rendez-vous": ("place", "CCAS Alpha")}
        if form.act in names:
            box, name = names[form.act]
            wanted = select(Organisation.id).where(Organisation.name == name)
            data[box] = str(session.scalars(wanted).one())
    if form.act == "rendez-vous":
        day: date = today_in_paris() + timedelta(days=3)
        data |= {"on_date.day": str(day.day), "on_date.month": str(day.month),
                 "on_date.year": str(day.year), "at_time": "10:30"}  # fmt: skip
    return data


def stands(cast: Cast, number: str) -> tuple[str, int, int]:
    """State, version and number of events of a case."""
    with cast.nadia.at_work() as (session, _):
        case = session.scalars(select(Case).where(Case.number == number)).one()
        events = select(func.count()).where(CaseEvent.case_id == case.id)
        return case.state, case.version, session.scalars(events).one()


def at_once(*posts: Callable[[], TestResponse]) -> list[TestResponse]:
    """The answers to posts made at the same time."""
    with ThreadPoolExecutor(len(posts)) as pool:
        return [task.result() for task in [pool.submit(post) for post in posts]]


def open_diagnosis(person: Person, number: str) -> dict[str, str]:
    """The form of a diagnosis as a person has just opened it: with the version she was shown."""
    page = person.get(f"/dossiers/{number}/diagnostic").text
    return DIAGNOSIS | {"version": page.split('name="version" value="')[1].split('"')[0]}


def test_the_second_to_save_is_told_who_was_first_and_what_differs(cast: Cast) -> None:
    number = cast.case(State.DIAGNOSIS)
    nadias, yves = open_diagnosis(cast.nadia, number), open_diagnosis(cast.yves, number)
    path = f"/dossiers/{number}/diagnostic"
    first = cast.nadia.post(path, nadias | {"address": "9 quai du Midi", "lines.0.amount": "1200"})
    assert first.status_code == 303
    stood = stands(cast, number)

    late = cast.yves.post(path, yves | {"address": "5 place Verte", "first_names": "Sandra"})

    assert late.status_code == 409
    said = read(late)
    assert "Nadia a enregistré ce dossier entre-temps." in said
    assert "<td>9 quai du Midi</td><td>5 place Verte</td>" in said
    assert "<td>1 200,00 € par mois</td><td>1 050,00 € par mois</td>" in said
    assert "Adultes" not in said.split("Réponses qui diffèrent")[1].split("</table>")[0]
    assert 'value="5 place Verte"' in said
    assert 'value="Sandra"' in said
    assert stands(cast, number) == stood
    again = yves | {"address": "5 place Verte"}
    again["version"] = late.text.split('name="version" value="')[1].split('"')[0]
    assert cast.yves.post(path, again).status_code == 303
    assert "5 place Verte" in cast.nadia.get(f"/dossiers/{number}").text


@pytest.mark.parametrize("version", ["", "0", "-1", "un", "1.0", "999999999", "1" + "0" * 30, None])
def test_a_version_that_nobody_was_shown_saves_nothing(cast: Cast, version: str | None) -> None:
    number = cast.case(State.DIAGNOSIS)
    stood = stands(cast, number)
    data = DIAGNOSIS | ({"version": version} if version is not None else {})

    answer = cast.nadia.post(f"/dossiers/{number}/diagnostic", data)

    assert answer.status_code == (409 if version == "999999999" else 422)
    assert 'value="3 rue de l’Écluse"' in answer.text
    assert stands(cast, number) == stood


def test_of_two_who_save_at_once_one_is_saved_and_the_other_is_told(cast: Cast) -> None:
    number = cast.case(State.DIAGNOSIS)
    before = stands(cast, number)[1]
    path, people = f"/dossiers/{number}/diagnostic", [cast.nadia.anew(), cast.yves.anew()]
    forms = [open_diagnosis(person, number) for person in people]

    answers = at_once(
        lambda: people[0].post(path, forms[0] | {"address": "1"}),
        lambda: people[1].post(path, forms[1] | {"address": "2"}),
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert stands(cast, number)[1] == before + 1


def test_of_two_bank_officers_who_answer_at_once_one_decides_and_the_other_is_told(
    cast: Cast,
) -> None:
    for _ in range(3):
        number = cast.case(State.SENT_TO_BANK)
        one, other = cast.boris.anew(), cast.boris.anew()
        assert one.client is not other.client
        path = f"/banque/{number}/reponse"

        answers = at_once(
            lambda one=one, path=path: one.post(path, {"decision": "grant"}),
            lambda other=other, path=path: other.post(
                path, {"decision": "refuse", "reasons": "ficp"}
            ),
        )

        statuses = [answer.status_code for answer in answers]
        assert sorted(statuses) == [303, 409]
        assert "Une réponse a déjà été donnée" in read(answers[statuses.index(409)])
        won = State.APPROVED if statuses[0] == 303 else State.BANK_REFUSED
        assert stands(cast, number)[0] == won.value


@pytest.mark.parametrize("act", list(FORMS))
def test_an_act_on_a_case_that_has_moved_on_says_why_it_cannot(cast: Cast, act: Act) -> None:
    form = FORMS[act]
    number = cast.case(TOO_LATE[act])
    stood = stands(cast, number)

    answer = cast.people[form.who].post(form.path(number), filled(cast, form, number))

    assert answer.status_code == 409
    said = read(answer)
    assert "ne permet pas cet acte" in said or "Une réponse a déjà été donnée" in said
    assert stands(cast, number) == stood


@pytest.mark.parametrize("act", list(FORMS))
def test_a_form_sent_twice_has_one_effect_and_leads_to_the_same_place(cast: Cast, act: Act) -> None:
    form = FORMS[act]
    number, person = cast.case(form.state), cast.people[form.who]
    data, key, before = filled(cast, form, number), person.key(), stands(cast, number)

    first = person.post(form.path(number), data, key=key)
    done = stands(cast, number)
    second = person.post(form.path(number), data, key=key)

    assert done == (form.target.value, before[1] + 1, before[2] + 1)
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == first.location
    assert stands(cast, number) == done


@pytest.mark.parametrize("act", [act for act, form in FORMS.items() if not form.again])
def test_an_old_form_found_with_the_back_button_changes_nothing(cast: Cast, act: Act) -> None:
    form = FORMS[act]
    number, person = cast.case(form.state), cast.people[form.who]
    data = filled(cast, form, number)
    assert person.post(form.path(number), data).status_code == 303
    done = stands(cast, number)

    answer = person.post(form.path(number), data)

    assert answer.status_code == 409
    assert '<html lang="fr"' in answer.text
    assert stands(cast, number) == done


def test_a_contact_clicked_twice_at_once_is_one_case_and_sent_anew_is_another(cast: Cast) -> None:
    contact = {"commune": ALPHA, "motive": "housing", "amount": "900", "channel": "desk"}
    farid = cast.farid
    key, clients = farid.key(), [farid, farid.anew(), farid.anew(), farid.anew()]

    answers = at_once(
        *(lambda one=one: one.post("/dossiers/nouveau", contact, key=key) for one in clients)
    )

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    anew = farid.post("/dossiers/nouveau", contact)
    assert anew.location != answers[0].location


@pytest.mark.parametrize("act", [Act.COMPLETE, Act.GRANT, Act.CLOSE])
def test_a_double_click_at_the_same_instant_has_one_effect(cast: Cast, act: Act) -> None:
    form = FORMS[act]
    number, before = cast.case(form.state), cast.people[form.who]
    stood, key, data = stands(cast, number), before.key(), filled(cast, form, number)
    clients = [before, before.anew(), before.anew()]

    answers = at_once(
        *(lambda one=one: one.post(form.path(number), data, key=key) for one in clients)
    )

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert stands(cast, number) == (form.target.value, stood[1] + 1, stood[2] + 1)


def test_a_form_that_was_refused_may_be_corrected_and_sent_with_the_same_key(cast: Cast) -> None:
    contact = {"commune": ALPHA, "motive": "housing", "amount": "beaucoup", "channel": "desk"}
    key = cast.farid.key()
    assert cast.farid.post("/dossiers/nouveau", contact, key=key).status_code == 422
    assert (
        cast.farid.post("/dossiers/nouveau", contact | {"amount": "900"}, key=key).status_code
        == 303
    )


@pytest.mark.parametrize("act", list(FORMS))
def test_no_act_is_done_without_a_key_or_with_that_of_somebody_else(cast: Cast, act: Act) -> None:
    form = FORMS[act]
    number, person = cast.case(form.state), cast.people[form.who]
    data, stood = filled(cast, form, number), stands(cast, number)
    for key in ("x", cast.bea.key(), cast.lucie.key(), person.key()[:-1] + "\u00e9"):
        answer = person.post(form.path(number), data, key=key)
        assert answer.status_code == 400
        assert "Ce formulaire n’est plus valable" in read(answer)
    assert stands(cast, number) == stood
