"""The product's own source, parsed once for all tests that read it."""

import ast
from functools import cache
from pathlib import Path


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Every node of a Python file."""
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))
