"""Help is the guide of whoever asks: searched, read section by section, with its pictures; and how open the house is to all."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from calakan.kernel.actor import Role
from calakan.web import guide
from calakan.web.guide import Reader
from tests import factories

pytestmark = pytest.mark.any_database
Opener = Callable[[int | None], FlaskClient]


def headings(page: str) -> list[str]:
    """What is read at once, and what a long guide leads to."""
    return re.findall(r"<h2>(?:<a href=[^>]*>)?(.*?)(?:</a>)?</h2>", page)


def opened(page: str) -> list[str]:
    return re.findall(r"<summary>\s*<h2>(.*?)</h2>", page)


@pytest.mark.parametrize("reader", Reader)
def test_each_guide_is_whole_and_its_pictures_are_there(reader: Reader) -> None:
    source = (guide.FOLDER / f"{reader.value}.md").read_text(encoding="utf-8")
    found = guide.sections(reader)
    assert len(found) == source.count("\n## ")
    assert sum(len(one.pictures) for one in found) == source.count("![")
    assert len({one.anchor for one in found}) == len(found)
    for one in found:
        assert one.text
        assert "![" not in one.text
        for name, shown in one.pictures:
            assert (guide.PICTURES / name).is_file(), name
            assert shown


def test_whoever_asks_gets_his_own_guide_first(client_of: Opener) -> None:
    for who, reader in (
        (None, Reader.PARTICIPANT),
        (factories.person("Ani").id, Reader.PARTICIPANT),
        (factories.person("Retno", Role.NARASUMBER).id, Reader.SPEAKER),
        (factories.person("Ratri", Role.PANITIA).id, Reader.COMMITTEE),
    ):
        page = client_of(who).get("/bantuan").get_data(as_text=True)
        assert headings(page) == [one.title for one in guide.sections(reader)]


def test_the_address_names_another_guide_and_nonsense_is_no_error(client_of: Opener) -> None:
    visitor = client_of(None)
    page = visitor.get("/bantuan?untuk=panitia").get_data(as_text=True)
    assert headings(page) == [one.title for one in guide.sections(Reader.COMMITTEE)]
    assert visitor.get("/bantuan?untuk=siapa").status_code == 200


def test_a_long_guide_leads_to_its_topics_and_nothing_of_it_is_lost(client_of: Opener) -> None:
    visitor = client_of(None)
    for reader in Reader:
        page = visitor.get(f"/bantuan?untuk={reader.value}").get_data(as_text=True)
        every = [one.title for one in guide.sections(reader)]
        assert opened(page) == ([] if guide.is_long(reader) else every)
        if not guide.is_long(reader):
            continue
        links = re.findall(r'<h2><a href="([^"#]*)#([^"]*)">', page)
        assert len(links) == len(every)
        for title, (address, anchor) in zip(every, links, strict=True):
            topic = visitor.get(address.replace("&amp;", "&")).get_data(as_text=True)
            assert opened(topic) == [title]
            assert f'id="{anchor}" open' in topic
            assert headings(topic) == every
        odd = visitor.get(f"/bantuan?untuk={reader.value}&bagian=tidak-ada").get_data(as_text=True)
        assert headings(odd) == every
    assert guide.is_long(Reader.COMMITTEE)
    assert not guide.is_long(Reader.PARTICIPANT)


def test_words_are_looked_for_in_all_guides_whatever_their_letters(client_of: Opener) -> None:
    visitor = client_of(None)
    page = visitor.get("/bantuan?q=KODE  hadir").get_data(as_text=True)
    found = guide.search("kode hadir")
    assert headings(page) == [one.title for one in found]
    assert {one.reader for one in found} >= {Reader.PARTICIPANT, Reader.COMMITTEE}
    assert all("kode" in one.words and "hadir" in one.words for one in found)
    in_title = ["daftar" in one.title.casefold() for one in guide.search("daftar")]
    assert in_title == sorted(in_title, reverse=True)
    nothing = visitor.get("/bantuan?q=%3Cscript%3Exyz").get_data(as_text=True)
    assert headings(nothing) == []
    assert "Tidak ada bagian yang memuat" in nothing
    assert "<script>xyz" not in nothing


def test_pictures_are_served_and_nothing_beside_them(client_of: Opener) -> None:
    visitor = client_of(None)
    name = next(path for path in sorted(guide.PICTURES.iterdir()) if path.suffix == ".webp")
    answer = visitor.get(f"/bantuan/gambar/{name.stem}.webp")
    assert answer.content_type == "image/webp"
    assert answer.get_data() == Path(name).read_bytes()
    assert "public" in answer.headers["Cache-Control"]
    for wrong in ("tidak-ada", "..%2fpeserta", "%2e%2e%2f%2e%2e%2fconfig"):
        assert visitor.get(f"/bantuan/gambar/{wrong}.webp").status_code == 404


def test_every_page_leads_to_help_and_to_the_statement(client_of: Opener) -> None:
    page = client_of(None).get("/").get_data(as_text=True)
    assert 'href="/bantuan"' in page
    assert 'href="/aksesibilitas"' in page
    assert "WCAG 2.2" in client_of(None).get("/aksesibilitas").get_data(as_text=True)
