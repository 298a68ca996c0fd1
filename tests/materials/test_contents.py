"""A file is what it holds."""

from __future__ import annotations

import pytest

from calakan.materials import contents
from calakan.materials.errors import FileRefused, MaterialLinkInvalid
from calakan.materials.services import checked_link
from tests.materials.samples import JPG, ODP, PDF, PNG, PPTX, packed


@pytest.mark.parametrize(
    ("content", "suffix"), [(PDF, "pdf"), (PNG, "png"), (JPG, "jpg"), (PPTX, "pptx"), (ODP, "odp")]
)
def test_known_kinds(content: bytes, suffix: str) -> None:
    assert contents.suffix_of(content) == suffix


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"x" * (contents.MOST_BYTES + 1), "large"),
        (b"<html><script>alert(1)</script>", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "kind"),
        (b"MZ\x90\x00", "kind"),
        (b"#!/bin/sh\n", "kind"),
        (b"  %PDF-1.7\n%%EOF", "kind"),
        (PDF[:20], "broken"),
        (PNG[:30], "broken"),
        (JPG[:20], "broken"),
        (PPTX[:-30], "broken"),
        (b"PK\x03\x04garbage", "broken"),
        (packed("a.txt"), "kind"),
        (packed("index.html", "[Content_Types].xml"), "kind"),
        (packed("x", kind=b"text/html"), "kind"),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old"),
    ],
)
def test_what_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(FileRefused) as refused:
        contents.suffix_of(content)
    assert refused.value.facts == {"why": why}


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://localhost/",
        "https://a@example.com/",
        "https://example.com/ x",
        "https://example.com\\@evil.example",
        "https://[::1",
        "//example.com/",
        "https://example.com/" + "a" * 500,
    ],
)
def test_hostile_links(url: str) -> None:
    with pytest.raises(MaterialLinkInvalid):
        checked_link(url)


def test_a_good_link_stays_as_it_is() -> None:
    assert (
        checked_link("https://drive.example.com/file/d/1?usp=sharing")
        == "https://drive.example.com/file/d/1?usp=sharing"
    )
