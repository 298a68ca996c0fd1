"""The guides of `docs/panduan` as sections that can be searched and read on the site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from calakan.kernel.askable import Askable
from calakan.kernel.text import search_key

FOLDER = Path(__file__).parents[2] / "docs" / "panduan"
PICTURES = FOLDER / "gambar"
LONG = 10_000  # letters; a page with more is heavier at first sight than a phone far from a mast should bear
_PICTURE = re.compile(r"!\[([^]]*)\]\(gambar/([a-z0-9-]+\.webp)\)")


class Reader(Askable):
    """For whom a guide is written."""

    PARTICIPANT = "peserta"
    SPEAKER = "narasumber"
    COMMITTEE = "panitia"


@dataclass(frozen=True)
class Section:
    """`text` is Markdown without the pictures, which stand in `pictures` with what they show."""

    reader: Reader
    title: str
    text: str
    pictures: tuple[tuple[str, str], ...]

    @property
    def anchor(self) -> str:
        return search_key(self.title).replace(" ", "-")

    @property
    def words(self) -> str:
        return search_key(f"{self.title} {self.text}")


@cache
def sections(reader: Reader) -> Sequence[Section]:
    """In the order of the guide; read once a process. Raises OSError."""
    parts = re.split(r"^## (?:\d+\. )?(.+)$", (FOLDER / f"{reader.value}.md").read_text(encoding="utf-8"), flags=re.M)
    return tuple(_section(reader, title, text) for title, text in zip(parts[1::2], parts[2::2], strict=True))


def is_long(reader: Reader) -> bool:
    return sum(len(one.text) for one in sections(reader)) > LONG


def _section(reader: Reader, title: str, text: str) -> Section:
    pictures = tuple((name, shown) for shown, name in _PICTURE.findall(text))
    return Section(reader, title.strip(), _PICTURE.sub("", text).strip(), pictures)


def search(words: str) -> list[Section]:
    """Of all guides, the sections in which every word stands; those that bear them in the title come first."""
    wanted = search_key(words).split()
    found = [one for reader in Reader for one in sections(reader) if all(word in one.words for word in wanted)]
    return sorted(found, key=lambda one: not all(word in search_key(one.title) for word in wanted))
