"""What templates leave to the rooms: the rules of the domain, and the names of its states. And words that people say."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from itertools import pairwise

from calakan.app import create_app
from calakan.kernel.askable import Askable
from tests.architecture.formatted import ROOT, sources
from tests.architecture.reading import nodes

STATEMENT = re.compile(r"\{[{%].*?[%}]\}", re.S)
WORD = r"'([a-z_]+)'"
COMPARED = re.compile(rf"[=!]= {WORD}|{WORD} [=!]=|\bin \[?\(?{WORD}|'equalto', {WORD}|\.get\([a-z_.]+\|string")

OFFICIAL = re.compile(
    r"\b(?:Anda|(?i:surel|estafet|kepesertaan|keikutsertaan|pengampu|keadaan|disamarkan|peramban|gawai))(?:nya)?\b"
)
SPOKEN = re.compile(r'\b(?:aria-label|alt|title|placeholder|content)="([^"]*)"')
PROGRAMS = {"api", "cli", "demo"}
"""What programs and their writers read keeps the names that it has."""


def kinds(of: type[Askable] = Askable) -> Iterator[type[Askable]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def statements() -> Iterator[tuple[str, str]]:
    """(place, statement) of every template."""
    for path in (*sources(".html"), *sources(".txt")):
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


def told(page: str) -> str:
    """What somebody reads or hears of a page."""
    page = re.sub(r"<script.*?</script>", " ", page, flags=re.S)
    return html.unescape(re.sub(r"<[^>]*>", " ", page) + " ".join(SPOKEN.findall(page)))


def sentences() -> Iterator[tuple[str, str]]:
    """(place, text) of the templates, without statements, and of strings in the code that are no keys."""
    for path in (*sources(".html"), *sources(".txt")):
        if not PROGRAMS & set(path.relative_to(ROOT).parts):
            text = path.read_text()
            quoted = " ".join(re.findall(r"'([^'\n]* [^'\n]*|[A-Z][^'\n]*)'", text))
            yield str(path.relative_to(ROOT)), told(re.sub(r"\{[{%#].*?[%}#]\}", " ", text, flags=re.S)) + quoted
    for path in ROOT.rglob("*.py"):
        if PROGRAMS & set(path.relative_to(ROOT).parts):
            continue
        docs = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
        for node in nodes(path):
            said = node.value if isinstance(node, ast.Constant) and id(node) not in docs else None
            if isinstance(said, str) and (" " in said.strip() or said[:1].isupper()):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", said


def test_no_sentence_is_officialese() -> None:
    # How columns of lists may be called, and are called in the files of reports.
    aliases = {
        "attendance/headings.py",
        "people/services/imports.py",
        "reports/documents/exports.py",
        "roster/reading.py",
    }
    found = [(place, OFFICIAL.findall(text)) for place, text in sentences() if place.partition(":")[0] not in aliases]
    assert [(place, words) for place, words in found if words] == []


def test_what_the_frame_of_all_pages_sets_is_given_by_no_view() -> None:
    """The frame sets it last, so a page would read the frame's in the place of its own."""
    frames = [ROOT / "web/templates/web" / name for name in ("base.html", "manage.html")]
    names = {name for frame in frames for name in re.findall(r"^\{% set ([a-z_]+)", frame.read_text(), re.M)}
    found = []
    for path in sources(".py"):
        if "render_template" in path.read_text():
            for node in nodes(path):
                if isinstance(node, ast.Dict):
                    found += [(path, key.value) for key in node.keys if isinstance(key, ast.Constant)]
                elif isinstance(node, ast.Call) and ast.unparse(node.func) == "render_template":
                    found += [(path, word.arg) for word in node.keywords]
    assert len(found) > 100
    assert [f"{path.relative_to(ROOT)}: {name}" for path, name in found if name in names] == []


def test_no_dot_between_words_begins_a_line() -> None:
    """The break before it is not sent: the dot would stick to the word above, unless that line ends in a space."""
    stuck = [
        f"{path.relative_to(ROOT)}:{at + 1}"
        for path in sources(".html")
        for at, (above, line) in enumerate(pairwise(path.read_text().splitlines()), 1)
        if line.lstrip().startswith("·") and not above.endswith("{{ ' ' }}")
    ]
    assert stuck == []
