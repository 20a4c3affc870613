"""A stored copy that no longer opens is said to be so, and hides no other."""

from sqlalchemy import create_engine, text
from tests.cast import Cast, read

from microcredit.cases.codes import State
from microcredit.kernel.provision import Provision

ALTER = text("""
    UPDATE app.submission SET copy = set_byte(copy, 40, get_byte(copy, 40) # 1)
    WHERE case_id = (SELECT id FROM app.case_file WHERE number = :number)""")


def alter(database: Provision, number: str) -> None:
    """Change one bit of a stored copy, as a failing disk would; called again, change it back."""
    engine = create_engine(database.migration_url)
    with engine.begin() as connection:
        assert connection.execute(ALTER, {"number": number}).rowcount == 1
    engine.dispose()


def test_a_copy_that_does_not_open_hides_no_other(cast: Cast, database: Provision) -> None:
    broken = cast.case(State.SENT_TO_BANK, name="Brisée")
    sound = cast.case(State.SENT_TO_BANK, name="Intacte")
    alter(database, broken)

    desk = read(cast.boris.get("/banque"))
    page = cast.boris.get(f"/banque/{broken}")

    assert "Copie illisible" in desk
    assert "Brisée" not in desk
    assert sound in desk
    assert "Intacte" in read(cast.boris.get(f"/banque/{sound}"))
    assert page.status_code == 409
    assert "Cette copie ne s’ouvre plus" in read(page)

    alter(database, broken)
    assert "Brisée" in read(cast.boris.get(f"/banque/{broken}"))
