"""How long pages take behind gunicorn, as ratios to a page that does nothing; and what neighbours cost.

The null page and all pages of all bases are asked in turn, in random order, in one run: what else the
machine does weighs on all of them alike. Nothing is asserted of times: a busy machine is no fault.
"""

import random

import pytest
from tests.benchmark import null
from tests.benchmark.bases import PAGES, Base, Page, Visitor, fetch, nothing, visited

pytestmark = pytest.mark.benchmark

ROUNDS, WARM = 200, 10

#: Milliseconds of each page, in order of asking; the key None is the null page.
Taken = dict[tuple[str, Page] | None, list[float]]


def test_pages_against_a_page_that_does_nothing(
    request: pytest.FixtureRequest, demo: Base, few: Base
) -> None:
    bases = [demo, few]
    if not request.config.getoption("--few-tenants"):
        bases.append(request.getfixturevalue("many"))
    with visited(*bases) as visitors, nothing(demo.settings) as port:
        taken = measured(visitors, port)
    print_table(taken, [base.name for base in bases])
    if len(bases) > 2:
        print_neighbours(taken, bases[1].name, bases[2].name)


def measured(visitors: list[Visitor], port: int) -> Taken:
    """The times of 200 warm requests of each page, and of the null page."""
    asked = [(one, page) for one in visitors for page in PAGES]
    taken: Taken = {(one.base.name, page): [] for one, page in asked} | {None: []}
    for turn in range(WARM + ROUNDS):
        for one in random.sample([*asked, None], len(asked) + 1):
            if one is None:
                key, took = None, fetch(port, null.PATH, {})[1]
            else:
                visitor, page = one
                key, took = (visitor.base.name, page), visitor.milliseconds(page)
            if turn >= WARM:
                taken[key].append(took)
    return taken


def percentiles(times: list[float]) -> tuple[float, float]:
    """p50 and p95."""
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 95 // 100]


def print_table(taken: Taken, bases: list[str]) -> None:
    """p50 and p95 of each page on each base, their ratios to the null page, and the design's limit."""
    half, most = percentiles(taken[None])
    print(
        f"\nnull page: p50 {half:.2f} ms, p95 {most:.2f} ms ({ROUNDS} requests each, interleaved)"
    )
    width = 47
    print(f"{'':28}" + "".join(f"{name:^{width}}" for name in bases))
    columns = f"{'p50 ms':>8}{'p95 ms':>8}{'p50/null':>9}{'p95/null':>9}{'limit':>13}"
    print(f"{'':28}" + columns * len(bases))
    for page in PAGES:
        line = f"{page.name:28}"
        for name in bases:
            p50, p95 = percentiles(taken[name, page])
            kept = "within" if p95 < page.limit else "over"
            line += f"{p50:8.1f}{p95:8.1f}{p50 / half:9.1f}{p95 / most:9.1f}{kept + f' {page.limit}':>13}"
        print(line)


def print_neighbours(taken: Taken, few: str, many: str) -> None:
    """The same tenant's pages beside 9 and beside 199 others: a ratio near 1 says that they cost nothing."""
    print(f"\n{'the same tenant':28}{'p50 ' + many + ' / ' + few:>34}{'p95':>8}")
    for page in PAGES:
        (half, most), (half_many, most_many) = (
            percentiles(taken[name, page]) for name in (few, many)
        )
        print(f"{page.name:28}{half_many / half:34.2f}{most_many / most:8.2f}")
