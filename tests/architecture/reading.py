"""The source of the product, each file read and parsed once for all tests that look at it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All of a module, as `ast.walk` finds it. Nobody may change what it holds."""
    return tuple(ast.walk(ast.parse(path.read_text())))
