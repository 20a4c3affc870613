"""What is on the desks on 31 March 2016, and what comes within a month."""

from tests.integration.as_published.conftest import LENT, PAST, Ask


def test_numbers_follow_first_contacts_without_a_gap(ask: Ask) -> None:
    rows = ask("SELECT number, opened_on FROM app.case_file c ORDER BY number")
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)  # type: ignore[type-var]
    counts = {2012: 98, 2013: 126, 2014: 134, 2015: 139, 2016: 24}
    assert [row[0] for row in rows] == [
        f"PC-{year}-{n:04d}" for year, count in counts.items() for n in range(1, count + 1)
    ]


def test_24_files_are_open_one_at_least_in_each_state_that_waits(ask: Ask) -> None:
    rows = ask(f"SELECT state, count(*) FROM app.case_file c WHERE NOT ({PAST}) GROUP BY 1")
    found = {str(state): int(str(count)) for state, count in rows}
    assert sum(found.values()) == 24
    assert set(found) == {
        "contact", "appointment", "diagnosis", "awaiting_documents", "ready", "local_review",
        "sent_to_bank", "bank_info_requested", "adjourned", "bank_counter_offer", "bank_refused",
        "approved", "offer_signed",
    }  # fmt: skip


def test_five_of_them_are_young_people_of_the_mission_locale(ask: Ask) -> None:
    assert ask("""
        SELECT count(*), count(*) FILTER (WHERE opened_on >= DATE '2016-01-01')
        FROM app.case_file c WHERE channel = 'mission_locale'
    """) == [(5, 5)]
    known = ask("""
        SELECT max(extract(year FROM age(c.opened_on, p.birth_date))) FROM app.case_file c
        JOIN app.person p ON p.id = c.person_id
        WHERE c.channel = 'mission_locale' AND p.birth_date IS NOT NULL
    """)
    assert int(str(known[0][0])) < 25


def test_mme_lenoir_has_the_budget_of_the_worked_example(ask: Ask) -> None:
    rows = ask("""
        SELECT left(b.code, 1), sum(b.amount_cents), h.adults, h.children, h.employment
        FROM app.person p JOIN app.case_file c ON c.person_id = p.id
        JOIN app.household h ON h.id = c.household_id JOIN app.budget_line b ON b.case_id = c.id
        WHERE p.last_name = 'Lenoir' GROUP BY 1, 3, 4, 5 ORDER BY 1
    """)
    one_parent = (1, 1, "fixed_term")
    assert rows == [
        ("C", 980_00, *one_parent),
        ("D", 60_00, *one_parent),
        ("R", 1570_00, *one_parent),
    ]
    petit = ask("""
        SELECT extract(year FROM age(DATE '2016-03-31', p.birth_date)), c.amount_cents, c.channel
        FROM app.person p JOIN app.case_file c ON c.person_id = p.id WHERE p.last_name = 'Petit'
    """)
    assert petit == [(22, 1400_00, "mission_locale")]


def test_work_waits_on_the_last_day_and_more_comes_within_a_month(ask: Ask) -> None:
    rows = ask("""
        SELECT kind, count(*) FILTER (WHERE due_on <= DATE '2016-03-31'),
            count(*) FILTER (WHERE due_on BETWEEN DATE '2016-04-01' AND DATE '2016-04-30')
        FROM app.task t WHERE done_on IS NULL GROUP BY 1
    """)
    tasks = {str(kind): (int(str(due)), int(str(soon))) for kind, due, soon in rows}
    for kind in ("follow_up", "orientation_result", "evaluation"):
        assert min(tasks[kind]) > 0, (kind, tasks)
    assert sum(tasks["call"]) == 1, tasks
    assert sum(due for due, _ in tasks.values()) < 30, tasks
    soon = "BETWEEN DATE '2016-04-01' AND DATE '2016-04-30'"
    due = ask(f"SELECT count(*) FROM app.instalment i WHERE due_on {soon} AND valid_to IS NULL")
    assert int(str(due[0][0])) > 60
    clocks = ask(f"""
        SELECT (SELECT count(*) FROM app.loan l WHERE first_payment_on {soon} AND disbursed_on IS NULL),
            (SELECT count(*) FROM app.loan l WHERE withdrawal_until {soon} AND disbursed_on IS NULL),
            (SELECT count(*) FROM app.submission s WHERE due_on {soon} AND answer IS NULL),
            (SELECT count(*) FROM app.appointment a WHERE on_date {soon})
    """)
    assert min(int(str(count)) for count in clocks[0]) > 0, clocks
    today = ask("SELECT count(*) FROM app.appointment a WHERE on_date = DATE '2016-03-31'")
    assert int(str(today[0][0])) >= 2


def test_every_row_was_written_by_an_act_of_an_account(ask: Ask) -> None:
    """Acts and their trail correspond one to one: nothing was inserted beside the services."""
    events = ask("SELECT count(*) FROM app.case_event e")
    trail = ask(
        "SELECT count(*) FROM app.audit_event a WHERE subject LIKE 'case:%' OR subject LIKE 'copy:%'"
    )
    assert events == trail
    assert ask("SELECT count(*) FROM app.case_event e WHERE act = 'open_contact'") == [(521,)]


def test_ternois_stays_small_and_lends_at_todays_caps(ask: Ask) -> None:
    cases = ask("SELECT count(*) FROM app.case_file c", slug="ternois")
    assert 8 <= int(str(cases[0][0])) <= 30
    loans = ask(
        f"SELECT max(principal_cents), max(months), count(*) FROM app.loan l WHERE {LENT}",
        slug="ternois",
    )
    assert loans == [(8000_00, 84, 5)]


def test_the_funder_has_an_account_that_reads_totals(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM app.membership m WHERE role = 'funder_viewer'") == [(1,)]
