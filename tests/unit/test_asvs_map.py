"""The map of ASVS 5.0 (levels 1 and 2): each requirement of these chapters has a test that exists, or a reason."""

import csv
import re
from functools import cache

from microcredit.settings import ROOT

CHAPTERS = ("V6", "V7", "V8", "V10", "V16")
NODE = re.compile(r"tests/[\w/]+\.py::test_\w+")


def rows() -> list[dict[str, str]]:
    """The rows of the map."""
    with (ROOT / "tests" / "asvs_l2_map.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def missing(node: str) -> str:
    """Why `path::name` is no test of this repository; "" when it is one."""
    if not NODE.fullmatch(node):
        return "no path::name"
    path, _, name = node.partition("::")
    if not (ROOT / path).is_file():
        return "no such file"
    return "" if name in named_in(path) else "no such test"


@cache
def named_in(path: str) -> set[str]:
    """The names of the tests of a file."""
    return set(re.findall(r"^def (test_\w+)\(", (ROOT / path).read_text("utf-8"), re.MULTILINE))


def test_every_test_that_the_map_names_exists() -> None:
    named = [(row["asvs_id"], node) for row in rows() for node in row["test_id"].split()]
    assert len(named) > 80
    assert [(one, node, missing(node)) for one, node in named if missing(node)] == []


def test_no_requirement_of_these_chapters_is_without_a_test_or_a_reason() -> None:
    ours = [row for row in rows() if row["asvs_id"].partition(".")[0] in CHAPTERS]
    assert {row["asvs_id"].partition(".")[0] for row in ours} == set(CHAPTERS)
    assert [row["asvs_id"] for row in ours if not row["test_id"] and not row["why_not"]] == []
    assert [row["asvs_id"] for row in ours if row["applies"] == "no" and row["test_id"]] == []


def test_a_test_that_is_not_there_is_found_out() -> None:
    assert missing("tests/unit/test_asvs_map.py::test_a_test_that_is_not_there_is_found_out") == ""
    assert missing("tests/unit/test_asvs_map.py::test_of_nothing") == "no such test"
    assert missing("tests/unit/test_nothing.py::test_of_nothing") == "no such file"
    assert missing("test_of_nothing") == "no path::name"
