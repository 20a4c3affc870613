"""Other helps through the pages: suggested, printed for the person, and what came of them."""

import re

import pytest
from sqlalchemy import select
from tests.cast import Cast, read

from microcredit.cases.codes import Motive, OrientationTarget, State
from microcredit.cases.helps import BY_MOTIVE, HELPS
from microcredit.cases.models import Case, Orientation
from microcredit.submissions.codes import RefusalReason
from microcredit.submissions.suggestions import SUGGESTIONS


def ticked(page: str) -> list[str]:
    """The helps that a page shows ticked."""
    return re.findall(r'name="targets" value="(\w+)"(?: id="f-targets")? checked', page)


def refused_for(cast: Cast, *reasons: str) -> str:
    """A case that its bank refused for these reasons."""
    number = cast.case(State.SENT_TO_BANK)
    answer = {"decision": "refuse", "reasons": list(reasons)}
    assert cast.boris.post(f"/banque/{number}/reponse", answer).status_code == 303
    return number


def help_ids(cast: Cast, number: str) -> list[int]:
    """The orientations of a case."""
    with cast.nadia.at_work() as (session, _):
        found = select(Orientation.id).join(Case, Case.id == Orientation.case_id)
        return list(session.scalars(found.where(Case.number == number).order_by(Orientation.id)))


def test_every_help_says_what_it_gives_and_what_to_bring() -> None:
    assert set(HELPS) == set(OrientationTarget)
    assert set(BY_MOTIVE) == set(Motive)
    assert all(help_.gives.endswith(".") and help_.bring.endswith(".") for help_ in HELPS.values())
    assert set(SUGGESTIONS) <= set(RefusalReason)


def test_a_banks_reason_ticks_the_helps_that_answer_it_and_all_18_stay(cast: Cast) -> None:
    number = refused_for(cast, "surendettement_plan")
    page = cast.nadia.get(f"/dossiers/{number}/orienter").text

    assert ticked(page) == ["overindebtedness", "pcb"]
    assert sorted(re.findall(r'name="targets" value="(\w+)"', page)) == sorted(
        str(target.value) for target in OrientationTarget
    )
    assert "Réponse de la banque : Plan de surendettement en cours" in " ".join(page.split())
    assert '<option value="bank_refusal" selected>' in page


def test_a_front_desk_orients_without_reading_why_the_bank_refused(cast: Cast) -> None:
    number = refused_for(cast, "surendettement_plan")
    page = cast.farid.get(f"/dossiers/{number}/orienter")

    assert page.status_code == 200
    assert "surendettement en cours" not in page.text
    assert ticked(page.text) == []


def test_a_refused_case_leads_to_its_sheet_in_three_pages(cast: Cast) -> None:
    number = refused_for(cast, "surendettement_plan", "ficp")
    case = cast.nadia.get(f"/dossiers/{number}").text
    assert f'class="btn btn-primary" href="/dossiers/{number}/orienter"' in case
    form = cast.nadia.get(f"/dossiers/{number}/orienter").text
    typed = {"reason": "bank_refusal", "targets": ticked(form)}
    assert cast.nadia.post(f"/dossiers/{number}/orienter", typed).status_code == 303
    closed = cast.nadia.get(f"/dossiers/{number}").text
    assert f'class="btn btn-primary" href="/dossiers/{number}/feuille-orientation"' in closed

    sheet = read(cast.nadia.get(f"/dossiers/{number}/feuille-orientation"))

    for target in ("Banque de France, dossier de surendettement", "Point conseil budget"):
        assert target in sheet
    for wanted in ("Mme Sandrine Lenoir", "CCAS Alpha", "À apporter", "Pour quoi faire"):
        assert wanted in sheet
    for shaming in ("FICP", "refus", "Plan de surendettement en cours", "Inscription"):
        assert shaming not in sheet


def test_a_sheet_with_nothing_to_propose_says_what_to_do(cast: Cast) -> None:
    number = cast.case(State.CONTACT)

    page = read(cast.farid.get(f"/dossiers/{number}/feuille-orientation"))

    assert "Aucune aide n’est encore proposée" in page
    assert f"/dossiers/{number}/autre-aide" in page


@pytest.mark.parametrize("state", [State.DIAGNOSIS, State.APPROVED, State.DISBURSED, State.CLOSED])
def test_another_help_is_proposed_and_the_case_goes_on(cast: Cast, state: State) -> None:
    number = cast.case(state)
    path = f"/dossiers/{number}/autre-aide"
    assert cast.nadia.get(path).status_code == 200
    assert cast.nadia.post(path, {}).status_code == 422

    assert cast.nadia.post(path, {"targets": ["fsl", "caf_aid"]}).status_code == 303

    page = read(cast.nadia.get(f"/dossiers/{number}"))
    assert "Autres aides" in page
    assert "Fonds de solidarité pour le logement" in page
    assert state.label in page


def test_a_case_that_cannot_be_closed_by_an_orientation_says_so_before_anything_is_typed(
    cast: Cast,
) -> None:
    number = cast.case(State.SENT_TO_BANK)

    answer = cast.nadia.get(f"/dossiers/{number}/orienter")

    assert answer.status_code == 409
    assert "ne permet pas cet acte" in read(answer)


def test_each_result_is_noted_with_its_euros_and_may_be_changed(cast: Cast) -> None:
    number = cast.case(State.DIAGNOSIS)
    cast.nadia.post(f"/dossiers/{number}/autre-aide", {"targets": ["fsl", "pcb"]})
    first, second = help_ids(cast, number)
    path = f"/dossiers/{number}/aides"

    noted = {"orientation": first, "result": "obtained", "amount": "350,50"}
    assert cast.farid.post(path, noted).status_code == 303
    assert cast.farid.post(path, {"orientation": second, "result": "refused"}).status_code == 303

    page = read(cast.nadia.get(f"/dossiers/{number}"))
    assert "Obtenue, 350,50 €" in page
    assert "Refusée" in page
    changed = {"orientation": second, "result": "pending"}
    assert cast.farid.post(path, changed).status_code == 303
    sheet = read(cast.nadia.get(f"/dossiers/{number}/feuille-orientation"))
    assert "Point conseil budget" in sheet  # still open
    assert "Fonds de solidarité" not in sheet  # obtained


def test_a_wrong_amount_comes_back_on_its_own_help(cast: Cast) -> None:
    number = cast.case(State.DIAGNOSIS)
    cast.nadia.post(f"/dossiers/{number}/autre-aide", {"targets": ["fsl", "pcb"]})
    second = help_ids(cast, number)[1]

    typed = {"orientation": second, "result": "obtained", "amount": "beaucoup"}
    page = cast.nadia.post(f"/dossiers/{number}/aides", typed)

    assert page.status_code == 422
    own = page.text.split(f'id="t-aide-{second}"')[1]
    assert 'value="beaucoup"' in own
    assert "Écrivez un montant, par exemple 520,00." in own
    assert page.text.count("beaucoup") == 1


def test_another_cases_help_and_a_case_beyond_reach_are_not_found(cast: Cast) -> None:
    number, other = cast.case(State.REDIRECTED), cast.case(State.REDIRECTED)
    theirs = help_ids(cast, other)[0]
    typed = {"orientation": theirs, "result": "obtained", "amount": "10"}

    assert cast.nadia.post(f"/dossiers/{number}/aides", typed).status_code == 404
    assert cast.nadia.post(f"/dossiers/{other}/aides", typed).status_code == 303
    for act in ("aides", "feuille-orientation", "autre-aide"):
        assert cast.bea.get(f"/dossiers/{number}/{act}").status_code == 404
        assert cast.farid.get(f"/dossiers/{number}/{act}").status_code == 200
        assert cast.diane.get(f"/dossiers/{number}/{act}").status_code == 403


@pytest.mark.parametrize("who", ["diane", "carole"])
def test_who_may_not_orient_does_not_read_the_helps(cast: Cast, who: str) -> None:
    number = cast.case(State.DIAGNOSIS)
    cast.nadia.post(f"/dossiers/{number}/autre-aide", {"targets": ["overindebtedness"]})

    assert 'id="t-aides"' not in cast.people[who].get(f"/dossiers/{number}").text
    assert 'id="t-aides"' in cast.farid.get(f"/dossiers/{number}").text
