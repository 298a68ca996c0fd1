"""Short files and short functions, and one place for each name."""

from __future__ import annotations

import ast
import re

from tests.architecture.formatted import ROOT
from tests.architecture.reading import nodes

LONGEST_FILE, LONGEST_FUNCTION = 400, 45


def test_files_and_functions_are_short() -> None:
    wrong = []
    for path in ROOT.rglob("*.py"):
        text, name = path.read_text(), path.relative_to(ROOT)
        if text.count("\n") > LONGEST_FILE:
            wrong.append(f"{name}: {text.count(chr(10))} lines")
        wrong += [
            f"{name}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
            for node in nodes(path)
            if isinstance(node, ast.FunctionDef)
            and node.end_lineno is not None
            and node.end_lineno - node.lineno >= LONGEST_FUNCTION
        ]
    assert wrong == []


def test_no_module_lies_beside_a_package_of_its_name() -> None:
    """Python would read the package, and the module would be mended in vain."""
    assert [
        str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if (path.with_suffix("") / "__init__.py").exists()
    ] == []


def test_what_a_template_takes_from_another_room_is_a_part_that_must_be_there() -> None:
    """A room offers parts of pages (`_name.html`); its pages are nobody else's, and a part that is missing is a fault."""
    wrong = []
    for path in ROOT.rglob("*.html"):
        room = path.relative_to(ROOT).parts[0]
        for tail, name in re.findall(r'\{% (?:include|from|import) "([^"]+)"([^%]*)%\}', path.read_text()):
            other, _, file = tail.partition("/")
            if "ignore missing" in name or (other not in ("web", room) and not file.startswith("_")):
                wrong.append(f"{path.relative_to(ROOT)}: {tail}{name}")
    assert wrong == []
