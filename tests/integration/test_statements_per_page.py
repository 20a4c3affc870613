"""How many statements each page costs: as many with forty cases as with five, and few."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from tests.cast import GAMMA, Cast, resources_of

from microcredit.cases.codes import State

#: Pages with the most statements that each may cost, `enter` and the trail included.
PAGES: dict[str, tuple[str, Callable[[dict[State, str]], str], int]] = {
    "day": ("lucie", lambda _: "/ma-journee", 7),
    "day of a desk": ("flora", lambda _: "/ma-journee", 6),
    "list": ("lucie", lambda _: "/dossiers?vue=tous", 8),
    "list by name": ("lucie", lambda _: "/dossiers?vue=tous&ordre=nom", 8),
    "search": ("lucie", lambda _: "/dossiers?r={words}", 9),
    "list of a director": ("dora", lambda _: "/dossiers?vue=tous", 8),
    "contact": ("flora", lambda _: "/dossiers/nouveau", 2),
    "case": ("lucie", lambda of: f"/dossiers/{of[State.APPROVED]}", 20),
    "papers": ("lucie", lambda of: f"/dossiers/{of[State.DIAGNOSIS]}/pieces", 2),
    "declining": ("lucie", lambda of: f"/dossiers/{of[State.READY]}/ne-pas-presenter", 4),
    "task": ("lucie", lambda of: f"/dossiers/{of[State.CONTACT]}/taches/nouvelle", 2),
    "appointment": ("lucie", lambda of: f"/dossiers/{of[State.CONTACT]}/rendez-vous", 3),
    "diagnosis": ("lucie", lambda of: f"/dossiers/{of[State.DIAGNOSIS]}/diagnostic", 10),
    "sending": ("lucie", lambda of: f"/dossiers/{of[State.READY]}/transmettre", 10),
    "orientation": ("lucie", lambda of: f"/dossiers/{of[State.CONTACT]}/orienter", 4),
    "other help": ("lucie", lambda of: f"/dossiers/{of[State.APPROVED]}/autre-aide", 4),
    "orientation sheet": (
        "lucie",
        lambda of: f"/dossiers/{of[State.REDIRECTED]}/feuille-orientation",
        5,
    ),
    "results of helps": ("lucie", lambda of: f"/dossiers/{of[State.REDIRECTED]}/aides", 5),
    "items asked": ("lucie", lambda of: f"/dossiers/{of[State.BANK_INFO_REQUESTED]}/complement", 6),
    "choice": ("lucie", lambda of: f"/dossiers/{of[State.BANK_COUNTER_OFFER]}/choix", 6),
    "taking back": ("lucie", lambda of: f"/dossiers/{of[State.SENT_TO_BANK]}/retirer", 6),
    "loans": ("lucie", lambda _: "/prets?vue=tous", 9),
    "loans of a bank": ("basil", lambda _: "/prets?vue=tous", 9),
    "loan": ("lucie", lambda of: f"/prets/{of[State.DISBURSED]}", 12),
    "case with a loan": ("lucie", lambda of: f"/dossiers/{of[State.DISBURSED]}", 22),
    "signing": ("lucie", lambda of: f"/prets/{of[State.APPROVED]}/signature", 5),
    "paying out": ("lucie", lambda of: f"/prets/{of[State.OFFER_SIGNED]}/versement", 9),
    "evaluation": ("lucie", lambda of: f"/prets/{of[State.DISBURSED]}/bilan", 10),
    "bank desk": ("basil", lambda _: "/banque", 5),
    "bank's answers": ("basil", lambda _: "/banque/decides", 5),
    "bank copy": ("basil", lambda of: f"/banque/{of[State.SENT_TO_BANK]}", 7),
    "figures": ("colin", lambda _: "/chiffres", 8),
    "figures, masked": ("elsa", lambda _: "/chiffres", 8),
    "commune": ("dora", lambda _: "/ma-commune", 14),
    "territory": ("lucie", lambda _: "/territoire", 7),
    "providers": ("theo", lambda _: "/fournisseurs", 3),
    "accounts": ("theo", lambda _: "/organismes", 3),
    "trail": ("colin", lambda _: "/journal", 4),
    "file of the trail": ("colin", lambda _: "/journal.csv", 3),
    "readings of a case": (
        "lucie",
        lambda of: f"/dossiers/{of[State.APPROVED]}/consultations",
        5,
    ),
    "referrals": ("melanie", lambda _: "/orientations", 5),
    "referrals by name": ("melanie", lambda _: "/orientations?r={words}", 5),
    "file of referrals": ("melanie", lambda _: "/orientations.csv", 4),
    "new referral": ("melanie", lambda _: "/orientations/nouvelle", 2),
    "referral": ("melanie", lambda of: f"/orientations/{of[State.APPROVED]}", 6),
    "landing": ("lucie", lambda _: "/", 1),
}


@contextmanager
def counted(cast: Cast) -> Iterator[list[str]]:
    """The statements that the web pool runs meanwhile."""
    engine, run = resources_of(cast.app).pools.web, []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        run.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(engine, "before_cursor_execute", note)


def measure(cast: Cast, numbers: dict[State, str]) -> dict[str, int]:
    """The statements of each page, read a second time so that nothing is new to anybody."""
    found = {}
    for name, (who, path, _) in PAGES.items():
        address = path(numbers).replace("{words}", cast.people[who].sealed("Lenoir"))
        for _ in range(2):
            with counted(cast) as statements:
                answer = cast.people[who].get(address)
            assert answer.status_code in (200, 302), name
        found[name] = len(statements)
    return found


@pytest.fixture(scope="module")
def measures(demo_cast: Cast) -> tuple[dict[str, int], dict[str, int]]:
    """Statements per page with the five first cases of a territory, then with forty."""

    def case(state: State, name: str) -> str:
        people = {"at": "flora", "worker": "lucie", "bank": "basil", "referrer": "melanie"}
        return demo_cast.case(state, commune=GAMMA, name=name, **people)

    wanted = (State.CONTACT, State.DIAGNOSIS, State.READY, State.SENT_TO_BANK, State.APPROVED,
              State.REDIRECTED, State.BANK_INFO_REQUESTED, State.BANK_COUNTER_OFFER,
              State.OFFER_SIGNED, State.DISBURSED)  # fmt: skip
    numbers = {state: case(state, "Lenoir") for state in wanted}
    few = measure(demo_cast, numbers)
    states = list(State)
    for count in range(35):
        case(states[count % len(states)], f"Lenoir N{count}")
    return few, measure(demo_cast, numbers)


@pytest.mark.parametrize("page", list(PAGES))
def test_a_page_costs_no_more_statements_with_more_cases(
    measures: tuple[dict[str, int], dict[str, int]], page: str
) -> None:
    few, many = measures
    assert many[page] == few[page]
    assert few[page] <= PAGES[page][2]


def test_the_measure_sees_each_statement(cast: Cast) -> None:
    with counted(cast) as statements:
        assert cast.nadia.get("/territoire").status_code == 200
    assert any("tenancy.enter" in statement for statement in statements)
    with counted(cast) as none:
        cast.app.test_client().get("/healthz", base_url="http://north.localhost")
    assert none == []
