"""Fields for passwords: what is typed is hidden, may be pasted, and a manager may keep it."""

import re
from pathlib import Path

from microcredit.settings import ROOT

INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


def fields() -> list[tuple[str, dict[str, str]]]:
    """(file, attributes) of each field whose name or kind is that of a password."""
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for tag in INPUT.findall(re.sub(r"{%.*?%}", "", path.read_text("utf-8"))):
            attributes = dict(ATTRIBUTE.findall(tag))
            said = attributes.get("name", ""), attributes.get("id", "")
            if attributes.get("type") == "password" or any("password" in name for name in said):
                found.append((path.name, attributes))
    return found


def test_what_is_typed_in_a_password_field_is_hidden() -> None:
    assert len(fields()) >= 4
    assert [where for where, field in fields() if field.get("type") != "password"] == []


def test_a_password_may_be_pasted_and_kept_by_a_manager() -> None:
    for where, field in fields():
        assert field["autocomplete"] in ("current-password", "new-password"), where
        assert "maxlength" not in field, where
        assert not any(name.startswith("on") for name in field), where
    for script in scripts():
        assert "paste" not in script.read_text("utf-8"), script


def scripts() -> list[Path]:
    """Our own scripts."""
    found = sorted((ROOT / "platform" / "microcredit" / "web" / "static").glob("*.js"))
    assert found
    return found
