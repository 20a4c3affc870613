"""ARCHITECTURE.md's glossary holds every word that the code uses for the trade, once."""

import re
from collections import Counter
from importlib import import_module

from microcredit.cases.codes import Act, State
from microcredit.kernel.database import Base
from microcredit.kernel.permissions import Role
from microcredit.settings import ROOT

ROW = re.compile(
    r"^\| `(?P<code>[\w]+)` \| (?P<french>[^|]+) \| (?P<meaning>[^|]+) \|", re.MULTILINE
)
CODE = ROOT / "platform" / "microcredit"
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## Glossary")[2]
ROWS = [match.groupdict() for match in ROW.finditer(TEXT)]
CODES = {row["code"] for row in ROWS}
DOMAINS = {
    "groupings", "accounts", "governance", "lenders", "people", "cases", "submissions", "loans",
    "followups", "reporting",
}  # fmt: skip


def test_every_mapped_class_has_its_row() -> None:
    for path in CODE.glob("*/models.py"):
        assert import_module(f"microcredit.{path.parent.name}.models")
    mapped = {mapper.class_.__name__ for mapper in Base.registry.mappers}

    assert len(mapped) > 15
    assert mapped - CODES == set()


def test_every_domain_role_state_and_act_has_its_row() -> None:
    words = DOMAINS | {str(one.value) for codes in (Role, State, Act) for one in codes}

    assert words - CODES == set()


def test_every_domain_folder_is_known_to_this_test() -> None:
    folders = {
        path.name
        for path in CODE.iterdir()
        if (path / "models.py").exists() or path.name == "reporting"
    }

    assert folders == DOMAINS


def test_no_two_rows_share_a_french_term_or_a_code() -> None:
    french = Counter(row["french"].strip().casefold() for row in ROWS)
    codes = Counter(row["code"] for row in ROWS)

    assert [term for term, count in french.items() if count > 1] == []
    assert [code for code, count in codes.items() if count > 1] == []


def test_every_setting_is_named_in_the_readme() -> None:
    source = (CODE / "settings.py").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = set(re.findall(r'"((?:DATABASE|MICROCREDIT)_[A-Z_]+)"', source))

    assert len(names) > 8
    assert sorted(name for name in names if f"`{name}`" not in readme) == []
