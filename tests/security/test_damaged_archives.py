"""A ZIP in which one byte was changed is refused with a sentence at every door, whatever it was packed with."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.certificates import signatures
from calakan.kernel.actor import Role
from calakan.kernel.errors import DomainError
from calakan.materials import contents
from calakan.tables import apart, cells, reading
from calakan.tables.errors import TableUnreadable
from tests import factories

Opener = Callable[[int | None], FlaskClient]

OPENED: dict[str, Callable[[bytes], object]] = {
    "papers": lambda content: list(signatures.unpack("x.zip", content)),
    "materials": contents.suffix_of,
    "tables": apart.told,  # what the limited process does, here in this one
}


def packed(method: int) -> bytes:
    """What each of the readers looks into."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name in ("mimetype", "xl/workbook.xml", "a.pdf"):
            archive.writestr(name, b"application/vnd.oasis.opendocument.text 0123456789")
    return out.getvalue()


def changed(content: bytes) -> Iterator[bytes]:
    for place in range(len(content)):
        for bit in (0x01, 0x10, 0xFF):
            yield content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]


@pytest.mark.parametrize("door", OPENED)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_no_changed_byte_stops_a_door(method: int, door: str) -> None:
    refused = 0
    for content in changed(packed(method)):
        try:
            OPENED[door](content)
        except DomainError:
            refused += 1
    assert refused or door == "papers"  # there, what is damaged is one file that is none of ours


def listing(parts: int) -> bytes:
    """A ZIP that lists one part over and over."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"")
    content, at = out.getvalue(), out.getvalue().index(b"PK\x01\x02")
    line, end = content[at:-22], content[-22:]
    size = struct.pack("<HHI", min(parts, 65535), min(parts, 65535), len(line) * parts)
    return content[:at] + line * parts + end[:8] + size + end[16:]


@pytest.mark.parametrize("door", OPENED)
def test_a_list_of_parts_without_end_is_not_read(door: str) -> None:
    """20 MB of such lines took 150 MiB of a web process, and each participant may hand some in."""
    assert len(zipfile.ZipFile(io.BytesIO(listing(100_000))).infolist()) == 100_000  # the control: it is a ZIP
    content = listing(100_000)
    tracemalloc.start()
    try:
        with suppress(DomainError):
            OPENED[door](content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(content)


def workbook(sheet: str, times: int = 1, text: str = "") -> bytes:
    """One sheet, which is named so often, and a text that its cells may share."""
    out, main = io.BytesIO(), 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    named = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="a"/>' for n in range(1, times + 1))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", f'<workbook {main} xmlns:r="{office}"><sheets>{named}</sheets></workbook>')
        relation = f'<Relationship Id="a" Type="{office}/worksheet" Target="s.xml"/>'
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{relation}</Relationships>")
        archive.writestr("xl/sharedStrings.xml", f"<sst {main}><si><t>{text}</t></si></sst>")
        archive.writestr("xl/s.xml", f"<worksheet {main}>{sheet}</worksheet>")
    return out.getvalue()


def read(content: bytes) -> str:
    """What the limited process says of it."""
    try:
        return apart.told(content) and "read"
    except TableUnreadable as error:
        return str(error.facts["why"])


CELL = '<c t="inlineStr"><is><t>{}</t></is></c>'
LIST = "<sheetData>" + "".join(f"<row>{CELL.format(word)}</row>" for word in ("nama", "Sri")) + "</sheetData>"


def test_elements_that_say_nothing_take_no_memory() -> None:
    """A workbook of 20 KiB with five million of them took 390 MiB of a web process; named thirty times, as often the time."""
    content = workbook(LIST + "<a/>" * 600_000)
    tracemalloc.start()
    try:
        said, peak = read(content), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (said, peak < 10_000_000) == ("read", True)


def test_a_long_text_that_many_cells_share_is_not_looked_through_for_each() -> None:
    """2 KiB took 13 s of a web thread with 570 cells; these would take an hour."""
    shown = "<row>" + CELL.format("nama") + '<c t="s"><v>0</v></c>' * 150 + "</row>"
    every = [workbook(f"<sheetData>{shown * rows}</sheetData>", text="halo " * 200_000) for rows in (300, 330)]
    assert max(map(len, every)) < 20_000
    (grid,) = reading.sheets(every[0])
    assert read(every[1]) == "large"  # what so few letters become lies in the memory of whoever asked
    assert {len(cell) for _, row in grid.rows for cell in row[1:]} == {cells.LONGEST_CELL}


@pytest.mark.parametrize(
    ("sheet", "times", "said"),
    [
        (LIST, 1, "read"), (LIST + "<a>" * 40 + "</a>" * 40, 1, "large"), (LIST + "<b>" * 9 + "</b>" * 9, 1, "read"),
        (LIST.replace("</row>", "<a/>" * 100_001 + "</row>"), 1, "large"),
        (LIST + "<a/>" * 150_000, 30, "large"),
        (LIST.replace("<row>", '<row r="1048576">'), 1, "read"), (LIST.replace("<row>", '<row r="1048577">'), 1, "format"),
        (LIST.replace("<row>", f'<row r="{"9" * 4000}">'), 1, "format"), (LIST.replace("<row>", '<row r="-1">'), 1, "format"),
        (LIST + "<mergeCells>" + '<mergeCell ref="A1:A50001"/>' * 20 + "</mergeCells>", 1, "read"),
        (LIST + "<mergeCells>" + '<mergeCell ref="A1:A50001"/>' * 21 + "</mergeCells>", 1, "large"),
    ],
)  # fmt: skip
def test_how_many_elements_are_read(sheet: str, times: int, said: str) -> None:
    assert read(workbook(sheet, times)) == said


@pytest.mark.parametrize("formula", ["<f>B1*2</f>", '<f t="shared" si="0"/>', '<f t="shared" si="0"/><v></v>'])
def test_a_formula_that_nobody_counted_is_no_empty_cell(formula: str) -> None:
    """Of one that cells share, all but the first hold nothing but its number."""
    (grid,) = reading.sheets(workbook(f"<sheetData><row>{CELL.format('nama')}<c>{formula}</c><c/></row></sheetData>"))
    ((_, row),) = grid.rows
    assert [isinstance(cell, cells.MarkedText) for cell in row[1:]] == [True, False][: len(row) - 1]


def test_a_small_file_that_holds_much_is_looked_at_one_by_one(app: Flask, client_of: Opener) -> None:
    """40 files of 5 MiB in one of 200 KB: the page never holds more than some of them."""
    slug, panitia = factories.diklat().slug, client_of(factories.person("Wulan", Role.PANITIA).id)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for n in range(40):
            archive.writestr(f"{n}.pdf", bytes(signatures.LARGEST))
    sent = {"files": [(io.BytesIO(out.getvalue()), "semua.zip")]}
    tracemalloc.start()
    try:
        answer = panitia.post(f"/kelola/diklat/{slug}/sertifikat/tanda-tangan", data=sent)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.status_code == 302
    assert peak < 12 * signatures.LARGEST
