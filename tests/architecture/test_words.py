"""A core says nothing: Indonesian stands at the doors, and what a core must hand on in words it asks for by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from calakan import wiring
from tests.architecture.reading import nodes
from tests.architecture.test_structure import ROOT, is_door

READ, DATA = "headings and words that files of others use; read, never said", "rows that the first start writes"
SILENT = {
    "assessment/question_files.py": READ,
    "assessment/score_lists.py": READ,
    "attendance/denials.py": READ,
    "attendance/doubts.py": READ,
    "attendance/headings.py": READ,
    "attendance/line_reader.py": READ,
    "attendance/lists.py": READ,
    "attendance/statuses.py": READ,
    "attendance/times.py": READ,
    "certificates/past/reading.py": READ,
    "people/aliases.py": READ,
    "people/services/schools.py": READ,
    "roster/blanks.py": READ,
    "roster/reading.py": READ,
    "office/defaults.py": DATA,
    "desk/board.py": "the value of a state, which its words have a word for",
    "notifications/letters.py": "the greeting that ends a letter; looked for, not said",
    "certificates/esign.py": "the name of a file in a header of the request",
    "certificates/designs/sample.py": "the invented paper that a design is looked at with",
    "paper/texts.py": "the words of the paper, which all papers have had in common; nothing but words",
    "paper/sealing.py": "the name of the signature's field, which viewers show",
    "signing/authority.py": "the name in a root certificate, which stays for ever",
}
"""The cores that have words all the same, each with its reason."""

OUTSIDE = {"api", "cli", "demo", "stack", "web", "policy"}
WORD = re.compile(r"[A-Za-z]{3,}")
TWO = re.compile(r"[A-Za-z]{2,}[,:;.]? [A-Za-z“(]")


def _texts(path: Path) -> Iterator[tuple[int, str, bool]]:
    """(line, text, whether it is a docstring) of every string in a file."""
    bare = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value, id(node) in bare


def _indonesian() -> set[str]:
    """The words that the rooms say, without those that programmers write too."""
    said: set[str] = set()
    written: set[str] = set()
    for path in ROOT.rglob("*.py"):
        for _, text, doc in _texts(path):
            if doc:
                written |= set(WORD.findall(text.lower()))
            elif path.stem == "words" and " " in text:
                said |= set(WORD.findall(text.lower()))
    return said - written


def _cores() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT)
        if len(name.parts) > 1 and name.parts[0] not in OUTSIDE and not is_door(path):
            yield path


def _spoken(path: Path, words: set[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line}: {text[:60]}"
        for line, text, doc in _texts(path)
        if not doc and TWO.search(text) and words & set(WORD.findall(text.lower()))
    ]


def test_no_core_says_a_sentence() -> None:
    words = _indonesian()
    assert {"terbit", "tercatat"} <= words
    found = {str(path.relative_to(ROOT)): _spoken(path, words) for path in _cores()}
    assert [line for name, lines in found.items() if name not in SILENT for line in lines] == []


def test_no_exception_is_left_over() -> None:
    words = _indonesian()
    there = {name for name in SILENT if (ROOT / name).exists() and _spoken(ROOT / name, words)}
    assert sorted(set(SILENT) - there) == []


def _asked() -> set[str]:
    """The names that are asked for; of one that is put together, its beginning."""
    found = set()
    for path in ROOT.rglob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "phrase":
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value:
                        found.add(part.value)
    return found


def test_every_phrase_that_is_asked_for_has_its_words_and_none_is_left_over() -> None:
    phrases = {name for words in wiring.WORDS for name in words.phrases}
    asked = _asked()
    assert len(asked) > 20
    assert sorted(one for one in asked if not any(name.startswith(one) for name in phrases)) == []
    assert sorted(name for name in phrases if not any(name.startswith(one) for one in asked)) == []


def test_the_trail_has_a_name_for_the_acts_of_each_room() -> None:
    nameless = [sorted(words.acts)[0] for words in wiring.WORDS if words.acts and not words.acts_are_of]
    assert {act.partition(".")[0] for act in nameless} <= {"people"}  # privacy acts on people, whose room has the name
