"""A path is written once, where its view is: links ask `url_for`, and what a letter names is a route."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from tests.architecture.formatted import ROOT, sources
from tests.architecture.reading import nodes

LITERAL = re.compile(
    r"""\b(?:href|action|formaction)="/(?!/)|['"]/(?:kelola|saya|diklat|belajar|relawan|masuk|akun|periksa|s)\b"""
)
MAKERS = {"redirect", "link", "address"}


def test_templates_make_their_addresses() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources(".html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if LITERAL.search(line)
    ]
    assert wrong == []


def test_scripts_are_told_their_addresses() -> None:
    """By the page that carries them; a script that runs without a page has them written above it."""
    literal = re.compile(r"""['"`]/[\w$]""")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources(".js")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if literal.search(line)
    ]
    assert wrong == []


def addresses(path: Path) -> Iterator[tuple[str, str, int]]:
    """(function, literal address it is given, line); `x` stands for what is filled in."""
    for node in nodes(path):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else [node.args[0]]
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)
        if name in MAKERS and text.startswith("/"):
            yield name, text, node.lineno


def filled(argument: str) -> str:
    """The address that Jinja's `"/a/" ~ b ~ "/c"` makes, with `x` for what is filled in."""
    return "".join(part.strip('"') if part.startswith('"') else "x" for part in argument.split(" ~ "))


def test_no_view_redirects_to_a_path_of_its_own() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in ROOT.rglob("*.py")
        for name, _, line in addresses(path)
        if name == "redirect"
    ]
    assert wrong == []


def test_what_letters_name_is_a_route(app: Flask) -> None:
    """Letters are written by workers, without a request; a renamed path is missed here."""
    found = {text for path in ROOT.rglob("*.py") for _, text, _ in addresses(path)}
    for path in ROOT.rglob("mail/*.txt"):
        found |= {filled(argument) for argument in re.findall(r"link\((\".*?)\) \}\}", path.read_text())}
    adapter = app.url_map.bind("calakan.test")
    assert len(found) > 15
    numbered = {text: re.sub(r"\b(sesi|tugas|tes)/x", r"\1/1", text) for text in found}
    assert [text for text, address in sorted(numbered.items()) if not adapter.test(address)] == []


def test_templates_ask_for_what_there_is(app: Flask) -> None:
    named = re.compile(r"'([a-z_]+\.[a-z_]+)'")
    asked = {
        name
        for path in sources(".html")
        for line in path.read_text().splitlines()
        if "url_for(" in line or "door" in line or "may(" in line
        for name in named.findall(line)
    }
    assert len(asked) > 150
    assert asked - {rule.endpoint for rule in app.url_map.iter_rules()} == set()
