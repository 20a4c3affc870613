"""The plan of the founding territory: its tables agree with one another, and each request with itself."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from microcredit.cases.codes import PURPOSES, OrientationResult
from microcredit.demo import published
from microcredit.demo.lending import QuotasDisagree, terms
from microcredit.demo.people import Crowd
from microcredit.demo.plan import check, past
from microcredit.demo.present import CONDE, TERNOIS, lenoir, open_files
from microcredit.demo.tale import Ending, Fate, Tale, What
from microcredit.people.codes import Family


@pytest.fixture(scope="module")
def tales() -> list[Tale]:
    """The 497 requests."""
    return past()


def crowd() -> Crowd:
    """New people."""
    return Crowd(Random(1))  # noqa: S311 (a demo, no secret)


def days(tale: Tale) -> dict[What, date]:
    """The first day of each act."""
    found: dict[What, date] = {}
    for step in sorted(tale.steps, key=lambda step: step.on):
        found.setdefault(step.what, step.on)
    return found


def test_the_tables_have_one_sum() -> None:
    requests = sum(year.requests for year in published.YEARS.values())
    loans = sum(year.loans for year in published.YEARS.values())
    assert (requests, loans) == (497, 132)
    assert [sum(one) for one in zip(*published.COMMUNES.values(), strict=True)] == [497, 132]
    ways = (published.TURNED_AWAY, published.REDIRECTED, published.GAVE_UP, published.DECLINED)
    unsent = (
        sum(sum(table.values()) for table in ways) + published.NO_SHOW + published.MISSING_PAPERS
    )
    assert unsent == requests - sum(year.sent for year in published.YEARS.values()) == 311
    assert sum(published.REFUSED.values()) == 50
    assert sum(published.LENT_FOR.values()) == loans
    assert sum(band.count for band in published.AMOUNTS) == loans
    assert sum(band.count * band.mean for band in published.AMOUNTS) == published.LENT_EUROS
    assert sum(count for count, _ in published.DURATIONS.values()) == loans
    endings = published.SETTLED + published.SETTLED_EARLY + published.ON_TIME + published.INCIDENTS
    assert endings == loans
    sums = [sum(one) for one in zip(*published.ORIENTATIONS.values(), strict=True)]
    assert sums == [412, 171, 63_900]


def test_the_plan_is_the_same_on_every_machine(tales: list[Tale]) -> None:
    assert past() == tales


def test_every_loan_of_any_seed_keeps_the_published_sum() -> None:
    for seed in range(50):
        found = terms(Random(seed))  # noqa: S311 (a demo, no secret)
        assert sum(one.euros for one in found) == published.LENT_EUROS
        assert published.CALLED[:2] in {(one.euros, one.months) for one in found}
        for one in found:
            assert one.purpose in PURPOSES[one.motive]
            assert 300 <= one.euros <= 3000
            assert 6 <= one.months <= 36


def test_acts_come_in_an_order_that_the_life_of_a_case_allows(tales: list[Tale]) -> None:
    order = (
        What.CONTACT, What.MEET, What.DIAGNOSE, What.COMPLETE, What.SEND, What.GRANT, What.SIGN, What.DISBURSE,
    )  # fmt: skip
    for tale in tales:
        found = days(tale)
        told = [found[what] for what in order if what in found]
        assert told == sorted(told)
        assert found[What.CONTACT] == tale.contact_on
        assert max(step.on for step in tale.steps) <= published.END
        if What.DISBURSE in found:
            assert found[What.DISBURSE] >= found[What.SIGN] + timedelta(days=8)
        if What.SEND in found:
            assert found[What.SEND] >= date(2012, 6, 1)


def test_each_way_out_is_told_by_the_act_that_leads_there(tales: list[Tale]) -> None:
    ends = {
        Fate.TURNED_AWAY: What.REDIRECT, Fate.NO_SHOW: What.CLOSE, Fate.REDIRECTED: What.REDIRECT,
        Fate.GAVE_UP: What.CLOSE, Fate.DECLINED: What.DECLINE, Fate.MISSING_PAPERS: What.DECLINE,
        Fate.REFUSED: What.REDIRECT, Fate.WITHDREW: What.WITHDRAW, Fate.DROPPED: What.CLOSE,
        Fate.LENT: What.DISBURSE,
    }  # fmt: skip
    for tale in tales:
        assert [step.what for step in tale.steps].count(ends[tale.fate]) == 1
        assert bool(tale.helps) >= (tale.fate in (Fate.REDIRECTED, Fate.DECLINED, Fate.REFUSED))
        assert len({one.target for one in tale.helps}) == len(tale.helps) <= 2


def test_amounts_belong_to_what_was_obtained(tales: list[Tale]) -> None:
    helps = [one for tale in tales for one in tale.helps]
    assert all(one.result is OrientationResult.OBTAINED for one in helps if one.cents)
    assert all(one.cents is None or one.cents >= 10_00 for one in helps)


def test_every_household_is_plausible(tales: list[Tale]) -> None:
    for tale in tales:
        who, year = tale.who, tale.contact_on.year
        assert 17 <= who.age(year) <= 73
        parents = who.family in (Family.SINGLE_PARENT, Family.COUPLE_CHILDREN)
        assert bool(who.children_born) is parents
        for born in who.children_born:
            assert 0 <= year - born <= 17
            assert 18 <= born - who.birth_date.year <= 46
    names = Counter((tale.who.first_names, tale.who.last_name) for tale in tales)
    assert max(names.values()) == 1


def test_a_plan_that_lacks_one_request_is_refused(tales: list[Tale]) -> None:
    check(tales)
    with pytest.raises(QuotasDisagree, match="2012"):
        check(tales[1:])


def test_the_four_incidents_are_told_once_each(tales: list[Tale]) -> None:
    endings = Counter(tale.ending for tale in tales if tale.fate is Fate.LENT)
    for ending in (Ending.CALLED, Ending.ARREARS, Ending.RESCHEDULED, Ending.REGULARISED):
        assert endings[ending] == 1


@pytest.mark.parametrize("end", [date(2026, 11, 24), date(2026, 12, 26), date(2027, 5, 1)])
def test_the_small_territory_is_told_until_any_day(end: date) -> None:
    for tale in open_files(TERNOIS, ["62767"], end, date(2026, 1, 1), crowd()):
        found = days(tale)
        assert max(step.on for step in tale.steps) <= end
        if What.DISBURSE in found:
            assert found[What.DISBURSE] >= found[What.SIGN] + timedelta(days=8)
        for step in tale.steps:
            assert step.until is None or step.until >= step.on


def test_a_territory_younger_than_a_file_does_not_tell_it() -> None:
    end = date(2026, 2, 1)
    told = open_files(TERNOIS, ["62767"], end, date(2026, 1, 1), crowd())
    assert 0 < len(told) < len(TERNOIS)


def test_the_open_files_of_the_last_quarter_are_24() -> None:
    told = open_files(CONDE, list(published.COMMUNES), published.END, date(2012, 3, 1), crowd())
    assert len(told) == 24
    assert min(tale.contact_on for tale in told) >= date(2016, 1, 1)
    assert sum(line.amount or 0 for line in lenoir() if line.code[0] == "R") == 1570_00
