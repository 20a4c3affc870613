"""One case from first contact to the bank's answer, over HTTP, as those who do it."""

from tests.cast import ALPHA, Cast, read

from microcredit.cases.codes import State


def test_a_first_contact_with_four_answers_gets_a_public_number(cast: Cast) -> None:
    answer = cast.farid.post(
        "/dossiers/nouveau",
        {"commune": ALPHA, "motive": "housing", "amount": "1 250,50 €", "channel": "desk"},
    )

    assert answer.status_code == 303
    number = answer.location.rsplit("/", 1)[1]
    page = read(cast.farid.get(f"/dossiers/{number}"))
    assert "Personne non nommée" in page
    assert "1 250,50 €" in page


def test_every_state_can_be_reached_by_the_acts_of_the_product(cast: Cast) -> None:
    for state in State:
        number = cast.case(state)
        assert state.label in cast.nadia.get(f"/dossiers/{number}").text
