"""Templates, style sheets and scripts are source code: one element or statement a line, and no line that nobody can read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.formatted import ROOT, formatted, sources

LONGEST = 140
SENTENCE = re.compile(r"[^<>{}]*|[^<>{}]*'[^'<>]*'[^<>{}]*")
"""A line of words alone, or one quoted sentence: it stays whole, so that it can be searched."""
BLOCKS = "article|aside|details|div|fieldset|footer|form|h[1-6]|header|li|main|nav|ol|p|section|table|tbody|td|tfoot|th|thead|tr|ul"
TWO_ELEMENTS = re.compile(rf"<(?:{BLOCKS})\b[^>]*>.*<(?:{BLOCKS})\b")


def lines(suffix: str) -> list[tuple[str, str]]:
    """(place, line) of every file that ends so."""
    return [
        (f"{path.relative_to(ROOT)}:{number}", line)
        for path in sources(suffix)
        for number, line in enumerate(path.read_text().splitlines(), 1)
    ]


@pytest.mark.parametrize("suffix", [".html", ".css", ".js"])
def test_no_line_is_longer_than_a_screen_but_a_sentence(suffix: str) -> None:
    long = [place for place, line in lines(suffix) if len(line) > LONGEST and not SENTENCE.fullmatch(line)]
    assert long == []


def test_a_template_holds_one_block_element_a_line() -> None:
    assert [place for place, line in lines(".html") if TWO_ELEMENTS.search(line)] == []


def test_a_statement_that_opens_a_block_stands_on_one_line() -> None:
    """The formatter loses its place where one does not."""
    opens = re.compile(r"\{% (?:block|call|elif|for|if|macro|with)\b[^%]*$")
    assert [place for place, line in lines(".html") if opens.search(line)] == []


def test_a_word_beside_an_inline_element_keeps_its_space() -> None:
    """A line break beside a tag is layout and not sent (`web/whitespace.py`): `ke`, break, `<b>` would read as one word."""
    inline = "a|abbr|b|code|em|i|kbd|span|strong|time"
    glued = re.compile(
        rf"""[\w,.;:)”"][ \t]*\n\s*<(?:{inline})\b(?![^>]*class="(?:btn|hint|input|label|vh))|</(?:{inline})>\n\s*[\w(]"""
    )
    found = []
    for path in sources(".html"):
        text = path.read_text()
        for match in glued.finditer(text):
            within_a_tag = text.rfind("<", 0, match.start() + 1) > text.rfind(">", 0, match.start() + 1)
            if not within_a_tag:
                found.append(f"{path.relative_to(ROOT)}: {match[0]!r}")
    assert found == []


@pytest.mark.parametrize("path", [*sources(".css"), *sources(".js")], ids=lambda path: path.name)
def test_style_sheets_and_scripts_are_laid_out_by_the_formatter(path: Path) -> None:
    assert path.read_text() == formatted(path), "run: ./run format"
