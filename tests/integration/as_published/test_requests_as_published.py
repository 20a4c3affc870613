"""The founding territory on 31 March 2016, counted again from rows, by SQL that shares nothing with the product's.

The figures are those that were published, typed here once more: no table of the demo is read.
"""

from collections import Counter
from datetime import date

from sqlalchemy import create_engine, text
from tests.integration.as_published.conftest import LENT, PAST, Ask

from microcredit.settings import Settings

END = date(2016, 3, 31)
FRESNES, CONDE, ESCAUTPONT, VIEUX_CONDE = "59253", "59153", "59207", "59616"

#: The last act of each case: how it ended, and the reason that was given.
EXITS = """
    SELECT DISTINCT ON (e.case_id) e.case_id, e.act, e.from_state, e.reason
    FROM app.case_event e
    WHERE e.act IN ('redirect', 'close', 'decline', 'withdraw', 'disburse', 'refuse')
    ORDER BY e.case_id, e.id DESC
"""


def test_the_story_ends_on_its_published_day(built: Settings) -> None:
    engine = create_engine(built.migration_url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT slug, demo_date FROM tenancy.tenant"))
        days = {row.slug: row.demo_date for row in found}
    engine.dispose()
    assert days == {"pays-de-conde": END, "ternois": None}


def test_the_four_communes_have_31_678_inhabitants(ask: Ask) -> None:
    rows = ask(
        "SELECT sum(inhabitants) FROM (SELECT DISTINCT ON (commune_code) inhabitants"
        " FROM app.commune_population p WHERE valid_from <= :day"
        " ORDER BY commune_code, valid_from DESC) latest",
        day=END,
    )
    assert rows == [(31_678,)]


def test_each_year_has_its_requests_agreements_and_loans(ask: Ask) -> None:
    rows = ask(f"""
        SELECT extract(year FROM c.opened_on)::int AS year, count(*), count(s.id),
            count(*) FILTER (WHERE s.answer = 'refused'),
            count(*) FILTER (WHERE s.answer = 'granted' OR s.accepted),
            count(l.id)
        FROM app.case_file c LEFT JOIN app.submission s ON s.case_id = c.id
        LEFT JOIN (SELECT * FROM app.loan x WHERE {LENT}) l ON l.case_id = c.id
        WHERE {PAST} GROUP BY 1 ORDER BY 1
    """)
    assert rows == [
        (2012, 98, 25, 4, 21, 20),
        (2013, 126, 44, 9, 35, 34),
        (2014, 134, 54, 15, 39, 38),
        (2015, 139, 63, 22, 41, 40),
    ]
    _, requests, sent, refused, accepted, loans = map(sum, zip(*rows, strict=True))  # type: ignore[arg-type]
    assert (requests, sent, refused, accepted, loans) == (497, 186, 50, 136, 132)
    assert [f"{100 * row[3] / row[2]:.1f}" for row in rows] == ["16.0", "20.5", "27.8", "34.9"]  # type: ignore[operator]
    assert f"{100 * loans / requests:.1f}" == "26.6"
    assert sum(int(str(row[5])) for row in rows[1:]) == 112


def test_every_request_of_those_years_is_over(ask: Ask) -> None:
    states = ask(f"SELECT DISTINCT state FROM app.case_file c WHERE {PAST}")
    assert {state for (state,) in states} == {
        "redirected", "no_show_or_withdrawn", "declined_by_case_worker", "withdrawn_by_borrower",
        "disbursed", "closed",
    }  # fmt: skip


def test_each_commune_has_its_requests_and_loans(ask: Ask) -> None:
    rows = ask(f"""
        SELECT c.opening_code, count(*), count(l.id)
        FROM app.case_file c
        LEFT JOIN (SELECT * FROM app.loan x WHERE {LENT}) l ON l.case_id = c.id
        WHERE {PAST} GROUP BY 1
    """)
    assert {code: counts for code, *counts in rows} == {
        FRESNES: [128, 32], CONDE: [150, 41], ESCAUTPONT: [61, 17], VIEUX_CONDE: [158, 42],
    }  # fmt: skip


def test_365_requests_were_lost_for_the_published_reasons(ask: Ask) -> None:
    rows = ask(f"""
        SELECT EXISTS (SELECT 1 FROM app.case_event d WHERE d.case_id = c.id AND d.act = 'save_diagnosis'),
            EXISTS (SELECT 1 FROM app.submission s WHERE s.case_id = c.id), x.act, x.reason
        FROM app.case_file c JOIN ({EXITS}) x ON x.case_id = c.id
        WHERE {PAST} AND x.act <> 'disburse'
    """)
    lost = Counter(rows)
    assert sum(lost.values()) == 365
    contact, instructed, bank = (False, False), (True, False), (True, True)
    declined = {row: n for row, n in lost.items() if row[2] == "decline"}
    assert lost - Counter(declined) == Counter(
        {
            (*contact, "redirect", "object_excluded"): 31,
            (*contact, "close", "no_show"): 29,
            (*contact, "redirect", "better_aid_exists"): 24,
            (*contact, "redirect", "no_repayment_capacity"): 12,
            (*contact, "redirect", "not_resident"): 6,
            (*instructed, "redirect", "rav_too_low"): 61,
            (*instructed, "redirect", "overindebtedness"): 34,
            (*instructed, "close", "changed_mind"): 21,
            (*instructed, "close", "found_other"): 17,
            (*bank, "redirect", "bank_refusal"): 50,
            (*bank, "withdraw", ""): 2,
            (*bank, "close", "project_gone"): 1,
            (*bank, "close", "found_other"): 1,
        }
    )
    assert sum(declined.values()) == 76
    assert declined[(*instructed, "decline", "missing_papers")] == 28
    assert len(declined) >= 5


def test_what_is_not_presented_was_instructed_first(ask: Ask) -> None:
    rows = ask("""
        SELECT from_state, reason = 'missing_papers', count(*) FROM app.case_event e
        WHERE act = 'decline' GROUP BY 1, 2 ORDER BY 1
    """)
    assert rows == [("awaiting_documents", True, 28), ("ready", False, 48)]


def test_the_bank_refused_for_the_published_reasons(ask: Ask) -> None:
    rows = ask(f"""
        SELECT reason, count(*) FROM app.case_file c
        JOIN app.submission s ON s.case_id = c.id CROSS JOIN unnest(s.reasons) AS reason
        WHERE {PAST} AND s.answer = 'refused' GROUP BY 1
    """)
    found = {str(reason): int(str(count)) for reason, count in rows}
    assert found.pop("ficp") + found.pop("fcc") == 12
    assert found == {
        "rav_below_bank_threshold": 22, "account_incidents_3_months": 7, "income_nature": 5, "unspecified": 4,
    }  # fmt: skip


def test_412_orientations_obtained_63_900_euros(ask: Ask) -> None:
    rows = ask("SELECT target, count(*) FROM app.orientation o GROUP BY 1")
    found = {str(target): int(str(count)) for target, count in rows}
    assert sum(found.values()) == 412
    assert found["overindebtedness"] + found["pcb"] == 71
    assert found["caf_loan"] + found["caf_aid"] == 62
    named = ("fsl", "ccas_optional_aid", "france_travail", "legal_aid_rights", "mission_locale_faj")
    assert [found[target] for target in named] == [48, 66, 39, 58, 24]
    assert ask(
        "SELECT count(*), sum(obtained_cents) FROM app.orientation o WHERE result = 'obtained'"
    ) == [(171, 63_900_00)]
    others = ask("SELECT DISTINCT result FROM app.orientation o")
    assert {row[0] for row in others} == {"obtained", "refused", "unknown", "pending", None}


def test_the_mission_locale_helps_the_young(ask: Ask) -> None:
    rows = ask("""
        SELECT max(extract(year FROM age(o.proposed_on, p.birth_date)))
        FROM app.orientation o JOIN app.case_file c ON c.id = o.case_id
        JOIN app.person p ON p.id = c.person_id
        WHERE o.target = 'mission_locale_faj' AND p.birth_date IS NOT NULL
    """)
    assert rows[0][0] is not None
    assert int(str(rows[0][0])) <= 25
