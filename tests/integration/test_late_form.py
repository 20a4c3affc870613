"""A form sent after the session has ended is not lost, and is nobody else's."""

from sqlalchemy import create_engine, text
from tests.cast import ALPHA, PASSWORD, Cast, Person, read

from microcredit.kernel.provision import Provision

CONTACT = {
    "commune": ALPHA, "motive": "housing", "amount": "1250", "channel": "desk", "last_name": "Tardive",
}  # fmt: skip


def leave_for_half_an_hour(database: Provision, person: Person) -> None:
    """Let half an hour pass for the session of one browser."""
    engine = create_engine(database.migration_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE gate.session SET seen_at = seen_at - interval '31 minutes'"
                " WHERE token_hash = sha256(convert_to(:token, 'UTF8'))"
            ),
            {"token": person.token},
        )
    engine.dispose()


def sign_in(person: Person) -> str:
    """Sign in with the password, in the same browser; where that leads."""
    page = person.get("/connexion")
    key = page.text.split('name="_key" value="')[1].split('"')[0]
    answer = person.client.post(
        "/connexion",
        base_url=person.origin,
        data={"_key": key, "email": person.email, "password": PASSWORD},
    )
    assert answer.status_code == 303
    return str(answer.location)


def test_what_was_typed_is_offered_again_to_the_same_person(
    cast: Cast, database: Provision
) -> None:
    farid = cast.farid.anew()
    key = farid.key()
    leave_for_half_an_hour(database, farid)

    late = farid.post("/dossiers/nouveau", CONTACT, key=key)
    assert (late.status_code, "/connexion" in late.location) == (303, True)
    assert "votre saisie est gardée" in read(farid.get(late.location))
    assert sign_in(farid) == "/reprendre"
    page = farid.get("/reprendre")
    assert 'value="Tardive"' in page.text

    farid.token = farid.client.get_cookie("__Host-sid", domain="north.localhost").value
    sent = farid.post("/dossiers/nouveau", {**CONTACT, "_kept": "1"})
    assert "Tardive" in farid.get(sent.location).text
    assert farid.get("/reprendre").location == "/"


def test_what_was_typed_is_never_offered_to_somebody_else(cast: Cast, database: Provision) -> None:
    farid, bea = cast.farid.anew(), cast.bea.anew()
    key = farid.key()
    leave_for_half_an_hour(database, farid)
    farid.post("/dossiers/nouveau", CONTACT, key=key)

    assert bea.get("/reprendre").location == "/"


def test_a_form_that_is_not_ours_is_not_kept(cast: Cast, database: Provision) -> None:
    tania = cast.tania.anew()
    assert tania.key()
    leave_for_half_an_hour(database, tania)

    answer = tania.post("/demonstration/avancer", {"step": "day"}, key="forged")

    assert answer.status_code == 303
    assert sign_in(tania) == "/"
