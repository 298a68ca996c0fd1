"""The file itself: readable by other programs, complete, tagged, small and always the same."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime

import pikepdf
import pytest
from PIL import ImageCms

from calakan.paper import Template
from calakan.paper.embed import packed
from calakan.paper.metadata import srgb_profile
from calakan.paper.paper import basic_bank
from calakan.paper.pdfsyntax import begun
from tests.paper.paper_samples import AT, EVENT, HOLDER, LONG_NAME, heavy, heavy_holder, render

CASES = {
    "plain": lambda: render(),
    "heavy": lambda: render(heavy(), heavy_holder()),
    "specimen": lambda: render(replace(EVENT, specimen=True)),
    "many rows": lambda: render(heavy(40, 3), heavy_holder(40)),
    "other fonts": lambda: render(EVENT, replace(HOLDER, name="Ɓuɗo ʿAlī Ḥasan")),
    "nothing optional": lambda: render(
        replace(EVENT, programme=(), signers=(), notes=()), replace(HOLDER, attendance=(), unit="")
    ),
}


@pytest.fixture(params=CASES)
def pdf(request: pytest.FixtureRequest) -> bytes:
    return CASES[request.param]()


def test_qpdf_finds_nothing_wrong(pdf: bytes, tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)
    if shutil.which("qpdf"):
        result = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
    with pikepdf.open(file) as document:
        assert document.check_pdf_syntax() == []


def test_every_font_is_embedded_with_a_text_mapping(pdf: bytes):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and is_font(item)]
        assert len(fonts) >= 5
        for font in fonts:
            assert "/ToUnicode" in font
            descendant = font.DescendantFonts[0]
            assert str(descendant.FontDescriptor.FontName)[7] == "+"
            assert len(descendant.FontDescriptor.FontFile2.read_bytes()) > 200
            assert str(descendant.CIDToGIDMap) == "/Identity"


def is_font(item: pikepdf.Dictionary) -> bool:
    return item.get("/Type") == "/Font" and item.get("/Subtype") != "/CIDFontType2"


def test_pages_use_only_fonts_that_are_there(pdf: bytes):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            listed = set(page.resources.Font.keys())
            used = {str(ops[0]) for ops, op in pikepdf.parse_content_stream(page) if str(op) == "Tf"}
            assert used
            assert used <= listed


def test_small(pdf: bytes):
    assert len(pdf) < 120_000


def test_the_usual_paper_is_under_sixty_kilobytes():
    assert len(render()) < 60_000
    template = Template(EVENT)
    assert len(template.tail(HOLDER, created_at=AT)) < 8_000


def test_metadata_and_language():
    with pikepdf.open(io.BytesIO(render(EVENT, replace(HOLDER, name=LONG_NAME)))) as document:
        info, root = document.docinfo, document.Root
        assert str(info.Title) == f"Sertifikat BC/2026/0917/00318 – {LONG_NAME}"
        assert str(info.Author) == "Banyumas Calakan"
        assert "Numerasi Asyik" in str(info.Subject)
        assert str(info.CreationDate) == "D:20260912093000+00'00'"
        assert str(root.Lang) == "id-ID"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as xmp:
            assert xmp["dc:title"] == str(info.Title)
            assert xmp["dc:creator"] == ["Banyumas Calakan"]
            assert xmp["xmp:CreateDate"] == "2026-09-12T09:30:00+00:00"


def test_markup_characters_do_not_break_the_metadata():
    with pikepdf.open(io.BytesIO(render(replace(EVENT, title="A < B & (C) \\ D"), HOLDER))) as document:
        assert "A < B & (C) \\ D" in str(document.docinfo.Subject)
        with document.open_metadata() as xmp:
            assert "A < B & (C) \\ D" in xmp["dc:description"]


def test_tags_cover_the_marked_content(pdf: bytes):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root.StructTreeRoot
        assert bool(document.Root.MarkInfo.Marked)
        parents = dict(zip(list(root.ParentTree.Nums)[::2], list(root.ParentTree.Nums)[1::2], strict=True))
        for page in document.pages:
            marked = list(parents[page.obj.StructParents])
            operators = pikepdf.parse_content_stream(page)
            seen = [
                int(ops[1].MCID)
                for ops, op in operators
                if str(op) == "BDC" and "/MCID" in getattr(ops[1], "keys", list)()
            ]
            assert sorted(seen) == list(range(len(marked)))
            for number, element in enumerate(marked):
                assert element.Pg.objgen == page.obj.objgen
                assert int(element.K) == number


def test_the_table_is_tagged_as_a_table():
    with pikepdf.open(io.BytesIO(render())) as document:
        table = next(item for item in document.Root.StructTreeRoot.K.K if item.S == "/Table")
        rows = [[str(cell.S) for cell in row.K] for row in table.K]
        assert rows[0] == ["/TH"] * 6
        assert rows[1] == ["/TD", "/TH", "/TD", "/TD", "/TD", "/TD"]
        assert len(rows) == 5


def test_output_profile_is_valid_srgb():
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    assert profile.profile.xcolor_space == "RGB "
    assert profile.profile.red_primary[1][:2] == pytest.approx((0.6400, 0.3300), abs=0.02)
    there = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    from PIL import Image

    for colour in ((11, 93, 86), (224, 164, 46), (18, 35, 31)):
        changed = ImageCms.applyTransform(Image.new("RGB", (1, 1), colour), there).getpixel((0, 0))
        assert max(abs(a - b) for a, b in zip(changed, colour, strict=True)) <= 1


def test_prefix_and_tail_make_the_paper():
    template = Template(EVENT)
    other = replace(HOLDER, name="Bagus Prasetyo", number="BC/2026/0917/00319")
    for holder in (HOLDER, other):
        whole = template.render(holder, created_at=AT)
        assert whole == template.prefix + template.tail(holder, created_at=AT)
        assert whole.startswith(b"%PDF-1.7")
    assert Template(EVENT).prefix == template.prefix


def test_earlier_papers_do_not_change_later_ones():
    fresh, used = Template(EVENT), Template(EVENT)
    for name in ("Ɓuɗo", "Ḥasan ʿAlī", LONG_NAME):
        used.render(replace(HOLDER, name=name), created_at=AT)
    assert fresh.render(HOLDER, created_at=AT) == used.render(HOLDER, created_at=AT)


def test_papers_of_other_diklat_do_not_change_it():
    """What all papers of a process share (letters, artwork, fonts as they are packed) depends on none of them."""
    first = Template(EVENT).render(HOLDER, created_at=AT)
    for shared in (basic_bank, packed, begun):
        shared.cache_clear()
    other = Template(replace(EVENT, title="Übung Ḥadis", check_host="xyz.example", notes=("Qqq Zzz",)))
    other.render(replace(HOLDER, name="Ḥasan ʿAlī Wxyz"), created_at=AT)
    assert Template(EVENT).render(HOLDER, created_at=AT) == first


def test_different_papers_have_different_identifiers():
    template = Template(EVENT)
    identifiers = set()
    for holder in (HOLDER, replace(HOLDER, revision=1), replace(HOLDER, name="Bagus")):
        with pikepdf.open(io.BytesIO(template.render(holder, created_at=AT))) as document:
            identifiers.add(bytes(document.trailer.ID[0]))
    assert len(identifiers) == 3


SCRIPT = """
import hashlib, json, sys
sys.path.insert(0, sys.argv[1])
from calakan.paper.paper import basic_bank
from calakan.paper.pdfsyntax import begun
from tests.paper.paper_samples import *
print(json.dumps([hashlib.sha256(pdf).hexdigest() for pdf in (render(), render(heavy(), heavy_holder()))]))
"""


def test_other_processes_write_the_same_bytes():
    here = os.path.dirname(__file__)
    results = []
    for seed in ("1", "2", "777"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        run = subprocess.run([sys.executable, "-c", SCRIPT, here], capture_output=True, env=environment, check=True)
        results.append(json.loads(run.stdout))
    assert results[0] == results[1] == results[2]


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        Template(EVENT).tail(HOLDER, created_at=datetime(2026, 9, 12))  # noqa: DTZ001  # is what is refused


def test_attendance_must_match_the_programme():
    with pytest.raises(ValueError, match="attendance"):
        Template(EVENT).tail(replace(HOLDER, attendance=("Hadir",)), created_at=AT)


def test_version_is_short_and_stable():
    assert len(Template.version) == 12
    assert Template(EVENT).version == Template.version
