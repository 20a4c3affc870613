"""The journal and « qui a consulté ce dossier »: what was done is told in French, to whom may know."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cast import Cast, Person
from tests.integration.isolation.connections import Connection, Connections, value

from microcredit.accounts.trail_words import ACTS, Nature, in_words
from microcredit.cases.codes import Act, State
from microcredit.kernel import audit
from microcredit.kernel.provision import Provision
from microcredit.settings import ROOT


@pytest.fixture
def owner(database: Provision) -> Iterator[Connection]:
    connect = Connections(database)
    yield connect.owner()
    connect.close()


def lines(person: Person, path: str) -> list[str]:
    """The lines of a page of the trail, as one reads them."""
    answer = person.get(path)
    assert answer.status_code == 200, path
    body = answer.text.partition("<main")[2]
    found = re.findall(r'<tr role="row">\s*<th scope="row".*?</tr>', body, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def test_the_page_of_a_case_tells_who_read_changed_and_was_refused_it(cast: Cast) -> None:
    number = cast.case(State.CONTACT)
    for person, path, status in (
        (cast.diane, f"/dossiers/{number}", 200), (cast.bea, f"/dossiers/{number}", 404),
        (cast.nadia, f"/dossiers/{number}/diagnostic", 409),
    ):  # fmt: skip
        assert person.get(path).status_code == status
    found = lines(cast.nadia, f"/dossiers/{number}/consultations")
    assert any("diane" in one.lower() and "a lu le dossier" in one for one in found)
    refusal = next(one for one in found if "bea" in one.lower())
    assert "Refus" in refusal
    assert "Agent d’accueil, CCAS Beta" in refusal
    assert any("a noté un premier contact" in one for one in found)
    again = lines(cast.nadia, f"/dossiers/{number}/consultations")
    assert "a regardé qui a consulté le dossier" in again[0]


def test_a_list_counts_for_each_case_that_it_showed_and_for_no_other(cast: Cast) -> None:
    shown, hidden = cast.case(State.CONTACT), cast.case(State.CONTACT)
    with cast.carole.at_work() as (session, _):
        audit.record(session, "list", "cases", shown=f"XX-2016-0001 {shown} {hidden}9")
    found = lines(cast.nadia, f"/dossiers/{shown}/consultations")
    assert any("Coordinatrice" in one and "1 liste affichée" in one for one in found)
    assert not any("liste" in one for one in lines(cast.nadia, f"/dossiers/{hidden}/consultations"))


@pytest.mark.parametrize(
    ("name", "status"),
    [("nadia", 200), ("carole", 200), ("farid", 403), ("diane", 403), ("elie", 403), ("boris", 403),
     ("tania", 403), ("delphine", 403), ("lucie", 404)],
)  # fmt: skip
def test_who_may_know_who_read_a_case(cast: Cast, name: str, status: int) -> None:
    number = cast.case(State.CONTACT)
    answer = cast.people[name].get(f"/dossiers/{number}/consultations")
    assert answer.status_code == status
    link = f"/dossiers/{number}/consultations"
    assert (link in cast.nadia.get(f"/dossiers/{number}").text) is True
    assert (link in cast.farid.get(f"/dossiers/{number}").text) is False


@pytest.mark.parametrize(
    ("name", "status"),
    [("carole", 200), ("delphine", 200), ("colin", 200), ("nadia", 403), ("farid", 403),
     ("diane", 403), ("elie", 403), ("boris", 403), ("tania", 403)],
)  # fmt: skip
def test_who_may_read_the_journal(cast: Cast, name: str, status: int) -> None:
    assert cast.people[name].get("/journal").status_code == status


def test_the_journal_of_a_tenant_says_nothing_of_another(cast: Cast) -> None:
    number, other = cast.case(State.CONTACT), cast.case(
        State.CONTACT, at="flora", worker="lucie", bank="basil", commune="59616"
    )  # fmt: skip
    mine = " ".join(lines(cast.delphine, f"/journal?dossier={number}"))
    assert number in mine
    assert lines(cast.delphine, f"/journal?dossier={other}") == []
    assert lines(cast.colin, f"/journal?dossier={number}") == []
    assert lines(cast.colin, f"/journal?dossier={other}") != []


def test_reading_the_journal_is_in_the_journal_with_what_was_asked(
    cast: Cast, owner: Connection
) -> None:
    number = cast.case(State.CONTACT)
    assert cast.delphine.get(f"/journal?dossier={number}&nature=refus").status_code == 200
    kept = value(
        owner,
        "SELECT detail FROM app.audit_event WHERE act = 'read_trail' ORDER BY id DESC LIMIT 1",
    )
    assert kept == {"case": number, "nature": "refus"}
    assert "a lu le journal" in lines(cast.delphine, "/journal")[0]


def test_the_journal_is_filtered_by_person_nature_and_day(cast: Cast) -> None:
    number = cast.case(State.CONTACT)
    assert cast.bea.get(f"/dossiers/{number}").status_code == 404
    assert cast.diane.get(f"/dossiers/{number}").status_code == 200
    of_bea = lines(cast.carole, f"/journal?personne={cast.bea.account_id}&nature=refus")
    assert of_bea
    assert all("CCAS Beta" in one and "Refus" in one for one in of_bea)
    assert number in of_bea[0]
    read = lines(cast.carole, f"/journal?dossier={number.lower()}&nature=consultation")
    assert [("a lu le dossier" in one) for one in read] == [True]
    acts = lines(cast.carole, f"/journal?dossier={number}&nature=acte")
    assert any("premier contact" in one for one in acts)
    assert not any("a lu" in one or "Refus" in one for one in acts)
    past = "du.day=1&du.month=1&du.year=2001&au.day=2&au.month=1&au.year=2001"
    assert lines(cast.carole, f"/journal?{past}") == []
    assert lines(cast.carole, "/journal?du.day=1&du.month=1&du.year=2001") != []


def test_reading_who_has_access_is_no_reading_of_a_case(cast: Cast, owner: Connection) -> None:
    place = value(owner, "SELECT min(organisation_id) FROM app.membership WHERE account_id = %s",
                  cast.tania.account_id)  # fmt: skip
    for path in ("/organismes", f"/organismes/{place}/acces"):
        assert cast.tania.get(path).status_code == 200
    asked = f"/journal?personne={cast.tania.account_id}&nature="
    assert lines(cast.delphine, f"{asked}consultation") == []
    found = " ".join(lines(cast.delphine, f"{asked}acces"))
    assert "a regardé qui a accès à quoi" in found
    assert "a regardé qui a accès à un organisme" in found
    assert "a lu le dossier" not in found
    assert in_words("read", "case:NO-2016-0001").sentence == "a lu le dossier"


@pytest.mark.parametrize(
    "asked",
    ["nature=x", "personne=x", "du.day=31&du.month=2&du.year=2016", "dossier=" + "N" * 41, "x=1"],
)
def test_a_filter_that_cannot_be_read_is_said_beside_the_whole_journal(
    cast: Cast, asked: str
) -> None:
    answer = cast.carole.get(f"/journal?{asked}")
    assert answer.status_code == 422
    assert "n’est pas lisible" in answer.text
    assert "a lu le journal" in answer.text or "premier contact" in answer.text


def test_pages_of_the_journal_follow_each_other_without_loss_or_repeat(cast: Cast) -> None:
    with cast.carole.at_work() as (session, _):
        for count in range(60):
            audit.record(session, "read", f"case:KZ-2016-{count:04d}")
    path = f"/journal?personne={cast.carole.account_id}&nature=consultation"
    seen: list[str] = []
    while path:
        seen += re.findall(r"KZ-2016-\d{4}", " ".join(lines(cast.delphine, path)))
        after = re.search(r'href="([^"]*page=[^"]*)">Plus anciennes', cast.delphine.get(path).text)
        path = after[1].replace("&amp;", "&") if after else ""
    assert seen == [f"KZ-2016-{count:04d}" for count in reversed(range(60))]


#: Where the product writes an event: the act stands there as a literal.
LITERALS = (
    re.compile(r"audit\.record\(\s*session(?:\(\))?,\s*\"(\w+)\""),
    re.compile(r"gate\.record\([^\"()]*\"(\w+)\", "),
    re.compile(r"\b_note\(\"(\w+)\""),
    re.compile(r"INTO app\.audit_event [^'{]*VALUES[^'{]*'(\w+)'"),
)
CHOSEN = re.compile(r"act=\"([^\"]*)\"")


def recorded(source: str) -> set[str]:
    """The acts that a file of the product writes to the trail."""
    found = {act for one in LITERALS for act in one.findall(source)}
    for said in CHOSEN.findall(source):
        found |= set(re.findall(r"'(\w+)'", said) or re.findall(r"^\w+$", said))
    return found


def test_every_act_that_the_product_records_has_its_french_sentence() -> None:
    found = {act.value for act in Act if act not in DECIDED}
    for path in (*(ROOT / "platform").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")):
        found |= recorded(path.read_text("utf-8"))
    assert len(found) > 40
    assert sorted(found - {name.partition(":")[0] for name in ACTS}) == []


#: Recorded as « answer » and « give_review », with the decision in the detail.
DECIDED = {
    Act.ASK_ITEMS, Act.ADJOURN, Act.GRANT, Act.COUNTER, Act.REFUSE, Act.SUPPORT, Act.OBJECT,
}  # fmt: skip


def test_an_act_that_nobody_has_put_in_words_is_shown_by_its_code() -> None:
    assert in_words("fly_to_the_moon", "case:NO-2016-0001").sentence == "fly_to_the_moon"
    assert in_words("refused:x.y", "NO-2016-0001").nature is Nature.REFUSAL
    assert in_words("read", "copy:NO-2016-0001").sentence == "a lu la copie adressée à sa banque"
    assert Path(ROOT, "templates", "accounts", "journal.html").is_file()
