"""What templates leave to the rooms: the rules of the domain, and the names of its states."""

from __future__ import annotations

import re
from collections.abc import Iterator

from calakan.app import create_app
from calakan.kernel.askable import Askable
from tests.architecture.formatted import ROOT, sources

STATEMENT = re.compile(r"\{[{%].*?[%}]\}", re.S)
WORD = r"'([a-z_]+)'"
COMPARED = re.compile(rf"[=!]= {WORD}|{WORD} [=!]=|\bin \[?\(?{WORD}|'equalto', {WORD}|\.get\([a-z_.]+\|string")


def kinds(of: type[Askable] = Askable) -> Iterator[type[Askable]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def statements() -> Iterator[tuple[str, str]]:
    """(place, statement) of every template."""
    for path in sources(".html"):
        text = path.read_text()
        for found in STATEMENT.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}", re.sub(r"^\{% for [a-z_, ]+ in", "", found[0])


def test_no_template_compares_a_state_with_a_bare_word() -> None:
    assert callable(create_app)  # every room is loaded, and with it every enumeration
    words = {member.value for kind in kinds() for member in kind}
    assert {"draft", "cancelled", "waiting", "confirmed"} <= words
    wrong = [
        (place, found[0])
        for place, statement in statements()
        for found in COMPARED.finditer(statement)
        if "|string" in found[0] or words & set(found.groups())
    ]
    assert wrong == []


def test_what_a_template_asks_exists() -> None:
    """Jinja takes a question that nobody can answer for a no."""
    known = {f"is_{name.lower()}" for kind in kinds() for name in kind.__members__}
    for path in ROOT.rglob("*.py"):
        known |= set(re.findall(r"\b(?:def )?(is_[a-z_]+)\b(?=\(self|:| =)", path.read_text()))
    asked = {name for _, statement in statements() for name in re.findall(r"\.(is_[a-z_]+)", statement)}
    assert len(asked) > 30
    assert asked - known == set()


def test_no_template_reckons_with_time() -> None:
    wrong = [place for place, statement in statements() if re.search(r"total_seconds|timedelta|\b43200\b", statement)]
    assert wrong == []
