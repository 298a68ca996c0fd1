"""A style sheet has no rule that nothing wears, and every part of the one that is sent is imported by it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from calakan.web.assets import STATIC, joined, lean
from tests.architecture.formatted import ROOT, VENDORED, sources

COMMENT = re.compile(r"/\*.*?\*/", re.S)
QUOTED = re.compile(r'"([^"\n]*)"|\'([^\'\n]*)\'')
BEGINNING = re.compile(r"([a-z]+-?)(?:\{|['\"] ?[~+])")
"""What stands before a value, as in `c{{ loop.index }}` and `'alert-' ~ kind`."""


def selected() -> Iterator[tuple[str, str]]:
    """(style sheet, class) of every selector."""
    for path in sources(".css"):
        for selector in re.findall(r"([^{}]+)\{", COMMENT.sub("", path.read_text())):
            for name in re.findall(r"\.([a-z][\w-]*)", "" if selector.strip().startswith("@") else selector):
                yield path.name, name


def worn() -> tuple[set[str], set[str]]:
    """The words in quotes of everything that writes a page, and the beginnings of those that end in a value."""
    words, beginnings = set[str](), set[str]()
    for path in ROOT.rglob("*"):
        if path.suffix not in {".html", ".js", ".py"} or VENDORED in path.parts:
            continue
        text = path.read_text()
        beginnings |= set(BEGINNING.findall(text))
        for whole in QUOTED.findall(text):
            words |= set(re.findall(r"[\w-]+", "".join(whole)))
    return words, beginnings


def test_every_class_of_a_style_sheet_is_worn() -> None:
    words, beginnings = worn()

    def is_worn(name: str) -> bool:
        begun, _, rest = name.rpartition("-")
        made = re.fullmatch(r"([a-z]+)\d", name)
        return (
            name in words
            or (f"{begun}-" in beginnings and rest in words)
            or (made is not None and made[1] in beginnings)
        )

    assert [(sheet, name) for sheet, name in selected() if not is_worn(name)] == []


def test_every_part_is_in_what_is_sent() -> None:
    whole = joined(STATIC / "calakan.css") + joined(STATIC / "lanjut.css")
    assert "@import" not in whole
    assert [path.name for path in (STATIC / "parts").iterdir() if path.read_text() not in whole] == []
    assert b"\n\n" not in lean(STATIC / "calakan.css")
