"""The rules of the repository that no tool of ours checks."""

import ast
import platform
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.source import nodes

from microcredit.settings import ROOT

CODE = ROOT / "platform" / "microcredit"
OURS = ("platform", "templates", "tenants", "migrations", "tests")
MADE = {"dist", "__pycache__"}

#: Persons named in the account of the founding territory; split, so that this file holds none.
REAL_NAMES = ("iba" + "nez", "ler" + "oux", "stroes" + "ser")


def files(*folders: str, ends: tuple[str, ...] = ()) -> Iterator[Path]:
    """Our own files under these folders of the repository."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not MADE & set(path.parts) and path.name.endswith(ends or ("",)):
                yield path


def trees(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node of the Python of these folders, with the file it stands in."""
    for path in files(*folders, ends=(".py",)):
        name = path.relative_to(ROOT).as_posix()
        for node in nodes(path):
            yield name, node


def test_our_source_root_does_not_hide_the_standard_library() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert ROOT not in Path(platform.__file__).parents
    assert platform.python_version_tuple() >= ("3", "11")


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        path.name: lines
        for path in files("platform", "templates", "tests", ends=(".py", ".html", ".js"))
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "constants", "misc"}
    assert [
        path.name for path in files(*OURS) if path.stem in empty or path.parent.name in empty
    ] == []


def test_the_product_silences_its_tools_at_most_ten_times() -> None:
    silenced = [
        f"{path.name}: {line.strip()}"
        for path in files("platform", ends=(".py",))
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"# (noqa|type: ignore)", line)
    ]
    assert len(silenced) <= 10, silenced


def test_types_are_said_everywhere_but_in_the_kernel() -> None:
    loose = [
        file
        for file, node in trees("platform")
        if "/kernel/" not in file
        and (
            (isinstance(node, ast.Name) and node.id in ("Any", "cast"))
            or (isinstance(node, ast.ImportFrom) and node.module == "typing"
                and {"Any", "cast"} & {alias.name for alias in node.names})
        )
    ]  # fmt: skip
    assert loose == []


@pytest.mark.parametrize(
    "domain",
    ["mathematics", "cases", "submissions", "loans", "followups", "lenders", "people"],
)
def test_money_is_never_a_float(domain: str) -> None:
    floats = [
        f"{file}:{node.lineno}"
        for file, node in trees(f"platform/microcredit/{domain}")
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    ]
    assert floats == []


def test_settings_alone_read_the_environment() -> None:
    readers = {
        file
        for file, node in trees("platform")
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    # The demo hands its own environment on to the processes that it starts.
    assert readers - {"platform/microcredit/demo/run.py"} == {"platform/microcredit/settings.py"}


def test_nobody_filters_by_tenant_since_the_database_does() -> None:
    filters = re.compile(r"(where|filter|filter_by)\(\s*\w*\.?tenant_id")
    found = [
        p.name for p in files("platform", ends=(".py",)) if filters.search(p.read_text("utf-8"))
    ]
    assert found == ["database.py"], "only the sentence that says so"


def test_templates_hold_no_script_and_no_style_that_the_policy_would_block() -> None:
    for path in files("templates", ends=(".html",)):
        text = path.read_text("utf-8")
        in_a_mail = "mail" in path.parts  # read by programs of mail, which know no style sheet
        assert in_a_mail or not re.search(r"\sstyle\s*=|<style\b", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text), path
        assert not re.search(r"<[^>{]*\son[a-z]+\s*=\s*[\"']", text), path
        assert "javascript:" not in text, path
        assert not re.search(r"hx-on|hx-vals\s*=\s*[\"']js:", text), path


def test_templates_never_switch_escaping_off() -> None:
    for path in files("templates", ends=(".html",)):
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8")), path
    unescaped = [
        file
        for file, node in trees("platform")
        if isinstance(node, ast.Name) and node.id == "Markup"
    ]
    assert unescaped == []


def test_no_address_of_a_third_party_is_loaded_by_a_page() -> None:
    for path in files("templates", ends=(".html",)):
        assert not re.search(r"(src|href|action)=\"(https?:)?//", path.read_text("utf-8")), path


def test_nobody_of_the_published_account_is_named() -> None:
    named = []
    for path in [*files(*OURS), *(p for p in ROOT.iterdir() if p.is_file())]:
        content = path.read_bytes().lower()
        named += [path.name for name in REAL_NAMES if name.encode() in content]
    assert named == []
