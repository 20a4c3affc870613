"""Checks the numbered migrations as text: `make check` runs it; no database is needed."""

import ast
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
TABLE = re.compile(r"CREATE TABLE ((?:app|gate)\.\w+)")
PROTECTED = re.compile(r'tenant_table\(\s*"((?:app|gate)\.\w+)"')


def faults() -> list[str]:
    """Every fault, one line each; [] when all is well."""
    found: list[str] = []
    previous = None
    files = sorted((FOLDER / "versions").glob("*.py"))
    for place, file in enumerate(files, start=1):
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source)
        names = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        if not file.stem.startswith(f"{place:04d}_"):
            found.append(f"{file.name}: its number should be {place:04d}")
        if not ast.get_docstring(tree):
            found.append(f"{file.name}: a docstring must say why it exists")
        if names.get("revision") != file.stem:
            found.append(f"{file.name}: revision must be {file.stem}")
        if names.get("down_revision", "") != previous:
            found.append(f"{file.name}: down_revision must be {previous}")
        if not {"upgrade", "downgrade"} <= functions:
            found.append(f"{file.name}: upgrade and downgrade are both needed")
        unprotected = set(TABLE.findall(source)) - set(PROTECTED.findall(source))
        found += [f"{file.name}: {table} has no tenant_table(…)" for table in sorted(unprotected)]
        previous = file.stem
    head = (FOLDER / ".current-head").read_text(encoding="ascii").strip()
    if head != previous:
        found.append(f".current-head says {head}, the newest file is {previous}")
    return found


if __name__ == "__main__":
    wrong = faults()
    print("\n".join(wrong) or "migrations: in order")
    sys.exit(1 if wrong else 0)
