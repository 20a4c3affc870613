"""A prescriber refers somebody, follows her in plain words, and learns nothing more."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.cast import BETA, GAMMA, Cast, Person, a_diagnosis, a_referral, read
from tests.integration.isolation.connections import Connection, Connections, value
from tests.troupe import ALPHA
from werkzeug.test import TestResponse

from microcredit.cases.codes import Motive, State
from microcredit.cases.referral_codes import OUTCOMES, PROGRESS, Progress
from microcredit.cases.services.diagnosis import Incomplete, complete, save_diagnosis
from microcredit.cases.services.find import get
from microcredit.cases.services.referral import NotPrescriber, check_age, refer
from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.permissions import GRANTS, Permission, Role, Scope
from microcredit.kernel.provision import Provision

CANARY = "Zorbalinette"
HEAD = [
    "Numéro", "Nom", "Prénom", "Date de naissance", "Commune", "Orientée le", "Suite", "Depuis le",
    "Prochain rendez-vous", "Lieu du rendez-vous", "Issue",
]  # fmt: skip


@pytest.fixture
def owner(database: Provision) -> Iterator[Connection]:
    connect = Connections(database)
    yield connect.owner()
    connect.close()


def born(years: int, days: int = 0) -> date:
    """The birth date of somebody who turned `years` so many days ago (to come when negative)."""
    day = today_in_paris() - timedelta(days=days)
    return day.replace(year=day.year - years, day=min(day.day, 28))


def a_form(birth_date: date, **more: str) -> dict[str, object]:
    """The short form, filled."""
    return {
        "civility": "m", "last_name": "Petit", "first_names": "Dylan", "phone": "06 39 98 01 12",
        "birth_date.day": str(birth_date.day), "birth_date.month": str(birth_date.month),
        "birth_date.year": str(birth_date.year), "commune": ALPHA, "motive": "employment_mobility",
        "project": "Passer le permis", "consent": "true", **more,
    }  # fmt: skip


def referred(person: Person, **more: str) -> str:
    """The number of somebody whom `person` refers through the page."""
    answer = person.post("/orientations/nouvelle", a_form(born(20), **more))
    assert answer.status_code == 303, read(answer)
    return answer.location.rpartition("/")[2]


def table(answer: TestResponse) -> list[dict[str, str]]:
    """The rows of a file, by their columns."""
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(
        csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";")
    )


def test_an_adviser_may_refer_and_follow_her_own_and_nothing_else() -> None:
    own = {Permission.REFER, Permission.READ_REFERRALS}
    assert GRANTS[Role.PRESCRIBER_ADVISER] == dict.fromkeys(own, Scope.OWN_REFERRALS)
    assert all(
        not own & grants.keys()
        for role, grants in GRANTS.items()
        if role is not Role.PRESCRIBER_ADVISER
    )


def test_she_lands_on_her_referrals_and_an_empty_list_says_what_to_do(cast: Cast) -> None:
    assert cast.mathis.get("/").location.endswith("/orientations")
    page = read(cast.mathis.get("/orientations"))
    assert "Aucune orientation pour l’instant" in page
    assert "/orientations/nouvelle" in page


def test_a_referral_is_a_first_contact_that_the_case_worker_sees_first(
    cast: Cast, owner: Connection
) -> None:
    number = referred(cast.manon, last_name="Zénon")
    day = read(cast.nadia.get("/ma-journee"))
    head = re.search(r"Nouvelles? orientations? de la mission locale", day)
    assert head
    assert head.start() < day.index(number)
    others = [day.find(words) for words in ("Impayés, appeler", "En retard <", "Aujourd’hui <")]
    assert all(head.start() < place for place in others if place >= 0)
    assert "moins de 26 ans" in day
    assert "montant à préciser" in day
    page = read(cast.nadia.get(f"/dossiers/{number}"))
    for words in ("Zénon", "moins de 26 ans", "Mission locale", "montant à préciser", "20 ans"):
        assert words in page
    assert "Passer le permis" in page
    listed = read(cast.nadia.get("/dossiers", query_string={"r": cast.nadia.sealed("Zénon")}))
    assert "moins de 26 ans" in listed
    assert "Zénon" in read(cast.farid.get(f"/dossiers/{number}")), "the desk of her commune"
    assert cast.bea.get(f"/dossiers/{number}").status_code == 404
    row = owner.execute(
        "SELECT referrer_account_id, prescriber_id, channel, amount_cents, project IS NOT NULL"
        " FROM app.case_file WHERE number = %s",
        (number,),
    ).fetchone()
    assert row is not None
    assert row[0] == cast.manon.account_id
    assert row[2:] == ("mission_locale", 0, True)
    trail = "SELECT count(*) FROM app.audit_event WHERE act = 'refer' AND subject = %s"
    assert value(owner, trail, f"case:{number}") == 1


def test_from_twenty_six_on_nothing_is_highlighted(cast: Cast) -> None:
    older = a_form(born(26), last_name="Vingtsix")
    number = cast.manon.post("/orientations/nouvelle", older).location.rpartition("/")[2]
    assert "moins de 26 ans" not in read(cast.nadia.get(f"/dossiers/{number}"))
    younger = a_form(born(26, -1 - 3), last_name="Vingtcinq")
    number = cast.manon.post("/orientations/nouvelle", younger).location.rpartition("/")[2]
    assert "moins de 26 ans" in read(cast.nadia.get(f"/dossiers/{number}"))


def test_sixteen_and_seventeen_are_refused_with_the_other_helps_and_nothing_is_kept(
    cast: Cast, owner: Connection
) -> None:
    count = "SELECT count(*) FROM app.case_file"
    before = value(owner, count)
    for years in (16, 17):
        answer = cast.manon.post("/orientations/nouvelle", a_form(born(years), last_name="Mineur"))
        page = read(answer)
        assert answer.status_code == 422
        for words in (
            "Contrat d’engagement jeune (CEJ)",
            "Fonds d’aide aux jeunes (FAJ)",
            "Mineur",
        ):
            assert words in page
    assert value(owner, count) == before
    assert cast.manon.post("/orientations/nouvelle", a_form(born(18))).status_code == 303
    assert "(CEJ)" not in read(cast.manon.get("/orientations/nouvelle"))


@pytest.mark.parametrize("birth_date", [born(15), born(-1), born(0), date(1900, 1, 1)])
def test_a_birth_date_that_nobody_has_is_a_mistake_and_no_other_help(
    cast: Cast, birth_date: date
) -> None:
    answer = cast.manon.post("/orientations/nouvelle", a_form(birth_date))
    assert answer.status_code == 422
    assert "Vérifiez cette date" in read(answer)
    assert "(CEJ)" not in read(answer)


def test_the_age_is_counted_to_the_day() -> None:
    today = date(2016, 3, 31)
    check_age(date(1998, 3, 31), today)
    check_age(date(1896, 3, 31), today)
    for refused in (date(1998, 4, 1), date(2000, 3, 31), date(2000, 4, 1), date(1895, 3, 31)):
        with pytest.raises(Exception, match=r"date|âge"):
            check_age(refused, today)


@pytest.mark.parametrize(
    "name", ["last_name", "first_names", "phone", "project", "commune", "motive"]
)
def test_each_answer_is_needed_and_the_rest_is_kept(cast: Cast, name: str) -> None:
    answer = cast.manon.post("/orientations/nouvelle", a_form(born(20), **{name: ""}))
    assert answer.status_code == 422
    assert f'href="#f-{name}"' in answer.text
    assert (name == "last_name") is ('value="Petit"' not in answer.text)


def test_nobody_is_referred_without_agreeing(cast: Cast) -> None:
    form = a_form(born(20))
    del form["consent"]
    answer = cast.manon.post("/orientations/nouvelle", form)
    assert answer.status_code == 422
    assert "si elle est d’accord" in read(answer)
    assert cast.manon.post("/orientations/nouvelle", form | {"consent": "true"}).status_code == 303


def test_a_commune_elsewhere_is_refused(cast: Cast) -> None:
    answer = cast.manon.post("/orientations/nouvelle", a_form(born(20), commune=GAMMA))
    assert answer.status_code == 422
    assert "pas du territoire" in read(answer)
    assert referred(cast.manon, commune=BETA)


def test_an_organisation_refers_nobody_before_it_is_a_prescriber(cast: Cast) -> None:
    before, asked = date(2011, 12, 31), replace(a_referral(), birth_date=date(1990, 1, 1))
    with cast.manon.at_work(before) as (session, identity), pytest.raises(NotPrescriber):
        refer(session, identity, asked)
    with cast.manon.at_work(before + timedelta(1)) as (session, identity):
        assert refer(session, identity, asked).number


def test_only_who_referred_sees_a_referral(cast: Cast) -> None:
    number = referred(cast.manon, last_name="Seulement")
    assert cast.manon.get(f"/orientations/{number}").status_code == 200
    assert "Seulement" in cast.manon.get("/orientations").text
    for other in (cast.mathis, cast.melanie):
        assert other.get(f"/orientations/{number}").status_code == 404
        for path in ("/orientations", "/orientations.csv"):
            answer = other.anew().get(path)
            assert answer.status_code == 200
            assert "Seulement" not in answer.text
            assert number not in answer.text
    for other in (cast.nadia, cast.farid, cast.carole, cast.boris, cast.tania, cast.delphine):
        assert other.get(f"/orientations/{number}").status_code == 403
        assert other.post("/orientations/nouvelle", a_form(born(20))).status_code == 403
    for path in (
        f"/dossiers/{number}",
        "/dossiers",
        "/ma-journee",
        "/chiffres",
        f"/prets/{number}",
    ):
        assert cast.manon.get(path).status_code == 403
    desk = cast.case(State.CONTACT)
    assert cast.manon.get(f"/orientations/{desk}").status_code == 404


def test_every_state_has_its_plain_word() -> None:
    assert set(PROGRESS) == set(State)
    assert set(PROGRESS.values()) == set(Progress)
    assert {PROGRESS[state] for state in (State.APPROVED, State.CLOSED)} <= OUTCOMES
    assert PROGRESS[State.BANK_REFUSED] not in OUTCOMES


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.name.lower())
def test_in_no_state_does_an_amount_a_reason_or_a_note_reach_her(cast: Cast, state: State) -> None:
    name = f"Nom{state.name.title().replace('_', '')}"
    number = cast.case(state, referrer="manon", name=name, canary=CANARY, amount=1311_00)
    with cast.nadia.at_work() as (session, identity):
        case = get(session, identity, number, Permission.READ_BUDGET)
        assert state is not State.DIAGNOSIS or case.amount_cents == 1311_00
    soon = today_in_paris() + timedelta(20)
    noted = cast.nadia.post(
        f"/dossiers/{number}/taches/nouvelle",
        {
            "words": CANARY,
            "due_on.day": soon.day,
            "due_on.month": soon.month,
            "due_on.year": soon.year,
        },
    )
    assert noted.status_code == 303
    page, row = cast.manon.get(f"/orientations/{number}"), mine(cast.manon, number)
    said = read(page) + str(row)
    assert name in said
    said = re.sub(rf"({name}|Sandrine){CANARY}", "", said)
    secrets = (
        CANARY, "€", "1 311", "1311", "1 200", "Un devis", "Trop juste", "FICP", "ficp", "Écluse",
        "exemple.fr", "Passer le permis", "Acheter une voiture", "Avis favorable", "Garage",
        "Banque Une", "CCAS Beta", "pcb", "Point conseil budget", "Renonce", "rétract", "périmée",
        "Non présenté", "Refus de la banque", "ajourn", "échéan", "mensualité", "Prêt clos",
        *(motive.label for motive in Motive), *(one.label for one in State if one.label not in WORDS),
    )  # fmt: skip
    assert [word for word in secrets if word in said] == []
    assert set(re.findall(r'data-block="(\w+)"', page.text)) == {"identity", "state"}
    assert list(row) == HEAD
    assert row["Suite"] == PROGRESS[state].label
    assert row["Issue"] == (PROGRESS[state].label if PROGRESS[state] in OUTCOMES else "")
    assert bool(row["Prochain rendez-vous"]) is (state is State.APPOINTMENT)


#: Words of a state that are also ours, or that stand in what the page always says.
WORDS = {"Sans suite"}


def mine(person: Person, number: str) -> dict[str, str]:
    """The row of one referral in her file, for which she has just proved that it is she."""
    rows = table(person.anew().get("/orientations.csv"))
    return next(row for row in rows if row["Numéro"] == number)


def test_the_day_of_a_word_tells_nothing_of_how_the_loan_goes(cast: Cast) -> None:
    number = cast.case(State.CLOSED, referrer="manon")
    long_ago = (today_in_paris() - timedelta(20)).isoformat()
    row = mine(cast.manon, number)
    assert (row["Suite"], row["Depuis le"]) == ("Prêt accordé", long_ago)


def test_a_file_holds_no_formula_and_is_recorded(cast: Cast, owner: Connection) -> None:
    evil = ('=HYPERLINK("http://x")', "+33", "-1+1", "@SUM(A1)", "＝1+1", " =1+1")
    for name in evil:
        referred(cast.mathis, last_name=name, first_names="O;\"Brien'")
    exported = "SELECT count(*) FROM app.audit_event WHERE act = 'export' AND account_id = %s"
    before = value(owner, exported, cast.mathis.account_id)
    answer = cast.mathis.anew().get("/orientations.csv")
    rows = table(answer)
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="orientations.csv"'
    assert [row["Nom"] for row in rows] == [f"'{name.strip()}" for name in evil]
    assert {row["Prénom"] for row in rows} == {"O;\"Brien'"}
    assert all(date.fromisoformat(row["Orientée le"]) == today_in_paris() for row in rows)
    assert rows[0]["Date de naissance"] == born(20).isoformat()
    assert value(owner, exported, cast.mathis.account_id) == before + 1


def test_a_name_is_found_by_its_beginning_and_never_stands_in_an_address(cast: Cast) -> None:
    number = referred(cast.manon, last_name="Wxyzlaw")
    answer = cast.manon.post("/orientations/recherche", {"q": "wxyz"})
    assert answer.status_code == 303
    assert "wxyz" not in answer.location.lower()
    page = cast.manon.get(answer.location.replace(cast.manon.origin, ""))
    assert number in page.text
    assert "1 orientation" in read(page)
    for words in ("Personnedece", "---"):
        none = cast.manon.post("/orientations/recherche", {"q": words})
        page = cast.manon.get(none.location.replace(cast.manon.origin, ""))
        assert "Personne au nom de" in read(page)
    assert cast.manon.post("/orientations/recherche", {"q": "x" * 200}).status_code == 422


def test_a_referral_without_an_amount_is_never_complete(cast: Cast) -> None:
    number = cast.case(State.APPOINTMENT, referrer="manon")
    with cast.nadia.at_work() as (session, identity):
        case = get(session, identity, number, Permission.WRITE_DIAGNOSIS)
        save_diagnosis(session, identity, number, a_diagnosis(case, amount=0))
    assert "montant à préciser" in read(cast.nadia.get(f"/dossiers/{number}"))
    form = cast.nadia.get(f"/dossiers/{number}/diagnostic")
    assert form.status_code == 200
    with cast.nadia.at_work() as (session, identity), pytest.raises(Incomplete, match="montant"):
        complete(session, identity, number)
    with cast.nadia.at_work() as (session, identity):
        case = get(session, identity, number, Permission.WRITE_DIAGNOSIS)
        save_diagnosis(session, identity, number, a_diagnosis(case))
        complete(session, identity, number)


def test_the_list_goes_page_by_page(cast: Cast) -> None:
    with cast.melanie.at_work() as (session, identity):
        numbers = [refer(session, identity, a_referral(commune=GAMMA)).number for _ in range(27)]
    first = cast.melanie.get("/orientations")
    cursor = re.findall(r'href="(/orientations\?page=[^"]+)"', first.text)
    assert numbers[-1] in first.text
    assert numbers[0] not in first.text
    assert numbers[0] in cast.melanie.get(cursor[0]).text
