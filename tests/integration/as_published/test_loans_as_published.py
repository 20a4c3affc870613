"""The 132 loans of the founding territory on 31 March 2016, counted again from rows."""

from collections import Counter

from tests.integration.as_published.conftest import LENT, Ask

#: Where each loan stands on the day, from its rows: what is unpaid, what is still to come.
STANDS = f"""
    SELECT l.id, l.case_id, l.principal_cents, l.months,
        count(*) FILTER (WHERE last.kind = 'rejected') AS unpaid,
        count(*) FILTER (WHERE i.due_on + 5 > DATE '2016-03-31' AND last.kind IS NULL) AS to_come,
        bool_or(EXISTS (SELECT 1 FROM app.posting e WHERE e.loan_id = l.id AND e.kind = 'settled_early')) AS early,
        bool_or(EXISTS (SELECT 1 FROM app.posting g WHERE g.loan_id = l.id AND g.kind = 'guarantee_called')) AS called,
        bool_or(EXISTS (SELECT 1 FROM app.loan_schedule r WHERE r.loan_id = l.id AND r.reason = 'rescheduled')) AS moved
    FROM app.loan l JOIN app.instalment i ON i.loan_id = l.id AND i.valid_to IS NULL
    LEFT JOIN LATERAL (
        SELECT kind FROM app.posting p WHERE p.instalment_id = i.id ORDER BY p.id DESC LIMIT 1
    ) last ON true
    WHERE {LENT} GROUP BY 1, 2, 3, 4
"""


def test_the_132_loans_pay_for_what_was_published(ask: Ask) -> None:
    rows = ask(f"""
        SELECT c.motive, c.purpose, count(*) FROM app.loan l
        JOIN app.case_file c ON c.id = l.case_id WHERE {LENT} GROUP BY 1, 2
    """)
    assert {(motive, purpose): count for motive, purpose, count in rows} == {
        ("employment_mobility", "car"): 62, ("employment_mobility", "repair"): 25,
        ("employment_mobility", "licence"): 8, ("employment_mobility", "two_wheels"): 4,
        ("housing", "appliances"): 8, ("housing", "moving"): 6, ("housing", "works"): 3,
        ("education_training", "training_fee"): 6, ("health", "care"): 5,
        ("family_social", "funeral"): 3, ("other", "other"): 2,
    }  # fmt: skip


def test_the_loans_have_the_published_amounts(ask: Ask) -> None:
    rows = ask(f"""
        SELECT least(principal_cents / 50000, 6), count(*), sum(principal_cents)
        FROM app.loan l WHERE {LENT} GROUP BY 1 ORDER BY 1
    """)
    bands: dict[int, list[int]] = {}
    for half, count, cents in rows:
        band = bands.setdefault(max(1, int(str(half))), [0, 0])
        band[0] += int(str(count))
        band[1] += int(str(cents))
    means = {band: (count, cents // count // 100) for band, (count, cents) in bands.items()}
    assert means == {
        1: (18, 650), 2: (24, 1200), 3: (21, 1700), 4: (23, 2200), 5: (18, 2750), 6: (28, 3000),
    }  # fmt: skip
    assert sum(cents for _, cents in bands.values()) == 260_300_00


def test_the_loans_have_the_published_durations_rate_and_bank(ask: Ask) -> None:
    rows = ask(f"""
        SELECT (months - 1) / 6, count(*) FROM app.loan l WHERE {LENT} GROUP BY 1 ORDER BY 1
    """)
    spans = Counter({1: 0})
    for half_years, count in rows:
        spans[max(1, int(str(half_years)))] += int(str(count))
    assert spans == Counter({1: 10, 2: 14, 3: 28, 4: 22, 5: 58})
    assert ask(f"""
        SELECT DISTINCT l.annual_rate::text, o.name FROM app.loan l
        JOIN app.organisation o ON o.tenant_id = l.tenant_id AND o.id = l.bank_id WHERE {LENT}
    """) == [("0.02000", "Banque solidaire de l’Escaut")]


def test_the_loans_stand_as_published(ask: Ask) -> None:
    rows = ask(f"""
        SELECT CASE WHEN called THEN 'called' WHEN early THEN 'early' WHEN unpaid >= 2 THEN 'arrears'
            WHEN unpaid = 1 THEN 'late' WHEN to_come = 0 THEN 'settled' WHEN moved THEN 'rescheduled'
            ELSE 'on time' END, count(*)
        FROM ({STANDS}) stands GROUP BY 1
    """)
    assert dict(map(tuple, rows)) == {
        "settled": 51, "early": 6, "on time": 72, "arrears": 1, "rescheduled": 1, "called": 1,
    }  # fmt: skip


def test_four_loans_ever_had_two_instalments_unpaid_at_once(ask: Ask) -> None:
    rows = ask(f"""
        SELECT s.called, s.moved, s.unpaid >= 2, count(*) FROM ({STANDS}) s
        WHERE EXISTS (
            SELECT 1 FROM app.posting a JOIN app.posting b ON b.loan_id = a.loan_id AND b.id > a.id
            WHERE a.loan_id = s.id AND a.kind = 'rejected' AND b.kind = 'rejected'
                AND a.instalment_id <> b.instalment_id AND NOT EXISTS (
                    SELECT 1 FROM app.posting p WHERE p.instalment_id = a.instalment_id
                        AND p.kind = 'paid' AND p.id BETWEEN a.id AND b.id))
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """)
    regularised, arrears, moved = (False, False, False), (False, False, True), (False, True, False)
    assert [row[:3] for row in rows[:3]] == [regularised, arrears, moved]
    assert [row[3] for row in rows] == [1, 1, 1, 1]
    single = ask("SELECT count(DISTINCT loan_id) FROM app.posting p WHERE kind = 'rejected'")
    assert int(str(single[0][0])) > 4


def test_the_guarantee_is_called_on_what_the_nineteenth_instalment_left(ask: Ask) -> None:
    rows = ask("""
        SELECT l.principal_cents, l.months, p.amount_cents,
            (SELECT min(i.number) FROM app.instalment i JOIN app.posting r ON r.instalment_id = i.id
             WHERE i.loan_id = l.id AND r.kind = 'rejected')
        FROM app.posting p JOIN app.loan l ON l.id = p.loan_id WHERE p.kind = 'guarantee_called'
    """)
    assert rows == [(2500_00, 36, 1268_68, 19)]


def test_settled_loans_are_closed_with_an_evaluation_but_for_the_last_ones(ask: Ask) -> None:
    rows = ask(f"""
        SELECT c.state, e.reached, count(*), count(*) FILTER (WHERE t.id IS NOT NULL)
        FROM ({STANDS}) s JOIN app.case_file c ON c.id = s.case_id
        LEFT JOIN app.evaluation e ON e.loan_id = s.id
        LEFT JOIN app.task t ON t.case_id = c.id AND t.kind = 'evaluation' AND t.done_on IS NULL
        WHERE NOT s.called AND (s.early OR s.unpaid + s.to_come = 0) GROUP BY 1, 2
    """)
    found = {(state, reached): (count, tasks) for state, reached, count, tasks in rows}
    assert found.pop(("disbursed", None)) == (4, 4)
    assert {key: tasks for key, (_, tasks) in found.items()} == {
        ("closed", True): 0, ("closed", False): 0,
    }  # fmt: skip
    assert sum(int(str(count)) for count, _ in found.values()) == 53
    assert found["closed", True] > found["closed", False]
