"""The journal as a file: what is filtered, for whom may read it, after a fresh proof, and itself recorded."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from tests.cast import PASSWORD, Cast, Person, read
from tests.integration.isolation.connections import Connection, Connections, value
from werkzeug.test import TestResponse

from microcredit.accounts.services import trail
from microcredit.cases.codes import State
from microcredit.kernel import audit
from microcredit.kernel.provision import Provision

HEAD = [
    "Numéro", "Instant", "Qui", "Casquette", "Nature", "Ce qui a été fait", "Dossier", "Précision",
    "Empreinte",
]  # fmt: skip


@pytest.fixture
def owner(database: Provision) -> Iterator[Connection]:
    connect = Connections(database)
    yield connect.owner()
    connect.close()


def table(answer: TestResponse) -> list[dict[str, str]]:
    """The rows of a file, by their columns."""
    assert answer.status_code == 200, read(answer)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def exports(owner: Connection, person: Person) -> list[object]:
    """What the trail says of the exports of somebody, oldest first."""
    rows = owner.execute(
        "SELECT detail FROM app.audit_event WHERE act = 'export' AND subject = 'trail'"
        " AND account_id = %s ORDER BY id",
        (person.account_id,),
    )
    return [detail for (detail,) in rows.fetchall()]


@pytest.mark.parametrize(
    ("name", "status"),
    [("carole", 200), ("delphine", 200), ("colin", 200), ("nadia", 403), ("farid", 403),
     ("diane", 403), ("elie", 403), ("boris", 403), ("tania", 403), ("manon", 403)],
)  # fmt: skip
def test_who_may_take_the_journal_away(cast: Cast, name: str, status: int) -> None:
    assert cast.people[name].anew().get("/journal.csv").status_code == status


def test_a_file_holds_what_the_filters_show_and_each_line_can_be_found_in_the_chain(
    cast: Cast, owner: Connection
) -> None:
    number, other = cast.case(State.CONTACT), cast.case(State.CONTACT)
    assert cast.diane.get(f"/dossiers/{number}").status_code == 200
    assert cast.bea.get(f"/dossiers/{number}").status_code == 404
    delphine = cast.delphine.anew()
    answer = delphine.get(f"/journal.csv?dossier={number}&nature=refus&page=x")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="journal.csv"'
    (row,) = table(answer)
    assert list(row) == HEAD
    assert (row["Qui"], row["Dossier"], row["Nature"]) == ("Bea", number, "Refus")
    assert row["Casquette"] == "Agent d’accueil, CCAS Beta"
    assert abs(datetime.now().astimezone() - datetime.fromisoformat(row["Instant"])) < timedelta(
        minutes=5
    )
    kept = "SELECT encode(hash, 'hex') FROM app.audit_event WHERE seq = %s AND subject = %s"
    assert value(owner, kept, int(row["Numéro"]), number) == row["Empreinte"]
    everything = table(delphine.get("/journal.csv"))
    assert {number, other} <= {line["Dossier"] for line in everything}
    assert everything[0]["Ce qui a été fait"] == "a exporté le journal"
    order = [int(line["Numéro"]) for line in everything]
    assert order == sorted(order, reverse=True)


def test_an_export_is_recorded_with_what_was_asked_and_how_much_left(
    cast: Cast, owner: Connection
) -> None:
    number = cast.case(State.CONTACT)
    delphine, before = cast.delphine.anew(), len(exports(owner, cast.delphine))
    lines = table(delphine.get(f"/journal.csv?dossier={number}"))
    assert lines
    assert exports(owner, cast.delphine)[before:] == [{"case": number, "lines": str(len(lines))}]
    assert "a exporté le journal" in read(delphine.get("/journal"))


def test_a_file_is_of_one_tenant(cast: Cast) -> None:
    number = cast.case(State.CONTACT)
    assert table(cast.colin.anew().get(f"/journal.csv?dossier={number}")) == []
    assert table(cast.delphine.anew().get(f"/journal.csv?dossier={number}")) != []


def test_no_cell_computes(cast: Cast) -> None:
    with cast.carole.at_work() as (session, _):
        audit.record(session, "=1+1", "case:KZ-2016-9999")
    rows = table(cast.delphine.anew().get("/journal.csv?dossier=KZ-2016-9999"))
    assert [row["Ce qui a été fait"] for row in rows] == ["'=1+1"]


@pytest.mark.parametrize("path", ["/journal.csv?dossier=NO-2016-0001", "/orientations.csv"])
def test_a_file_asks_for_a_fresh_proof_then_comes(cast: Cast, owner: Connection, path: str) -> None:
    person = (cast.delphine if "journal" in path else cast.manon).anew()
    assert person.get(path).mimetype == "text/csv"
    owner.execute(
        "UPDATE gate.session SET first_factor_at = first_factor_at - interval '6 minutes',"
        " second_factor_at = second_factor_at - interval '6 minutes' WHERE account_id = %s",
        (person.account_id,),
    )
    asked = person.get(path)
    assert asked.status_code == 303
    assert asked.location.startswith("/confirmer?suite=")
    assert "puis demandez de nouveau le fichier" in read(person.get(asked.location))
    back = person.post(asked.location, {"password": PASSWORD})
    assert (back.status_code, back.location) == (303, path.replace(".csv", ""))
    assert person.get(back.location).status_code == 200
    assert person.get(path).mimetype == "text/csv"


def test_a_file_too_long_is_refused_in_words_beside_the_journal(
    cast: Cast, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    delphine, before = cast.delphine.anew(), len(exports(owner, cast.delphine))
    account = cast.nadia.account_id
    with cast.nadia.at_work() as (session, _):
        for count in range(5):
            audit.record(session, "read", f"case:KY-2016-{count:04d}")
    monkeypatch.setattr(trail, "MOST_LINES", 4)
    long = delphine.get(f"/journal.csv?personne={account}&nature=consultation")
    assert long.status_code == 422
    page = read(long)
    assert "Le fichier serait trop long : rien n’a été exporté." in page
    assert "Choisissez une période plus courte" in page
    assert "KY-2016-0004" in page
    assert len(exports(owner, cast.delphine)) == before
    short = delphine.get("/journal.csv?dossier=KY-2016-0004")
    assert len(table(short)) == 1


def test_a_filter_that_cannot_be_read_exports_nothing_and_what_it_shows_is_recorded(
    cast: Cast, owner: Connection
) -> None:
    delphine, before = cast.delphine.anew(), len(exports(owner, cast.delphine))
    count = "SELECT count(*) FROM app.audit_event WHERE act = 'read_trail' AND account_id = %s"
    readings = value(owner, count, delphine.account_id)
    for path in ("/journal.csv?nature=x", "/journal?nature=x"):
        answer = delphine.get(path)
        assert answer.status_code == 422
        assert "n’est pas lisible" in read(answer)
        readings += 1
        assert value(owner, count, delphine.account_id) == readings, path
    assert len(exports(owner, cast.delphine)) == before


def test_the_page_leads_to_the_file_with_its_filters(cast: Cast) -> None:
    number = cast.case(State.CONTACT)
    page = cast.delphine.get(f"/journal?dossier={number}&nature=acte&page=").text
    found = re.search(r'href="(/journal\.csv[^"]*)"', page)
    assert found is not None
    path = found[1].replace("&amp;", "&")
    assert set(path.partition("?")[2].split("&")) == {f"dossier={number}", "nature=acte"}
    rows = table(cast.delphine.anew().get(path))
    assert {(row["Dossier"], row["Nature"]) for row in rows} == {(number, "Actes sur un dossier")}
    assert "/journal.csv" not in cast.delphine.get("/journal?dossier=KX-2016-0001").text
