"""Papers made from a design: as sound as the shipped ones, every thing in its place, no letter without its outline."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from functools import cache

import pikepdf
import pytest
from flask import Flask

from calakan.certificates.designs import layout as layouts
from calakan.certificates.designs.checks import Trouble, findings
from calakan.certificates.designs.kinds import KINDS
from calakan.intake import pdf as pdf_pages
from calakan.intake import pictures
from calakan.paper import Design, EventFacts, HolderFacts, Template, UndrawableError
from tests.certificates.designs import drawings
from tests.paper.paper_samples import (
    AT,
    EVENT,
    HOLDER,
    LONG_NAME,
    heavy,
    heavy_holder,
    page_text,
    picture,
)  # fmt: skip

EVERYTHING = frozenset[str]()


@cache
def background():
    return pdf_pages.first_page(drawings.pdf())


@cache
def scan():
    return pictures.scan(pictures.opened(drawings.signature()))


def design(**changes: object) -> Design:
    return layouts.design_of(replace(layouts.fresh(), **changes), background())


def event(facts: EventFacts = EVENT, **changes: object) -> EventFacts:
    return replace(facts, design=design(ground=layouts.Ground.OWN, **changes))


def signed(facts: EventFacts) -> EventFacts:
    return replace(facts, signers=tuple(replace(signer, scan=scan()) for signer in facts.signers))


def render(facts: EventFacts, holder: HolderFacts = HOLDER) -> bytes:
    return Template(facts).render(holder, created_at=AT)


CASES = {
    "shipped artwork": lambda: render(replace(EVENT, design=design())),
    "own background": lambda: render(event()),
    "everything on": lambda: render(event(heavy(40, 3), off=EVERYTHING), heavy_holder(40)),
    "scanned signatures": lambda: render(signed(event(heavy(14, 3))), heavy_holder()),
    "scanned signatures as shipped": lambda: render(signed(heavy(14, 2)), heavy_holder()),
    "one page": lambda: render(event(appendix=False), HOLDER),
    "plain second page": lambda: render(event(appendix_artwork=False), HOLDER),
    "nothing but what is needed": lambda: render(
        event(off=frozenset(k for k, kind in KINDS.items() if not kind.needed))
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_file_is_sound_small_and_always_the_same(case: str, tmp_path):
    pdf = CASES[case]()
    assert pdf == CASES[case]()
    assert len(pdf) < 120_000
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)
    if shutil.which("qpdf"):
        result = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.check_pdf_syntax() == []
        for page in document.pages:
            used = {str(ops[0]) for ops, op in pikepdf.parse_content_stream(page) if str(op) == "Do"}
            assert used <= set(page.resources.get("/XObject", {}).keys())


@pytest.mark.parametrize("case", CASES)
def test_tags_cover_what_is_marked(case: str):
    with pikepdf.open(io.BytesIO(CASES[case]())) as document:
        root = document.Root.StructTreeRoot
        parents = dict(zip(list(root.ParentTree.Nums)[::2], list(root.ParentTree.Nums)[1::2], strict=True))
        for page in document.pages:
            seen = [
                int(ops[1].MCID)
                for ops, op in pikepdf.parse_content_stream(page)
                if str(op) == "BDC" and "/MCID" in getattr(ops[1], "keys", list)()
            ]
            assert sorted(seen) == list(range(len(list(parents[page.obj.StructParents]))))


def test_the_name_is_found_and_the_paper_says_how_to_check_it():
    text = page_text(render(event()))
    assert HOLDER.name in text
    assert f"Nomor {HOLDER.number}" in text
    assert f"Keaslian dapat diperiksa melalui kode QR atau di {EVENT.check_host}." in text
    assert "halaman 2" in text
    assert "halaman" not in page_text(render(event(appendix=False)))


def test_the_background_lies_below_and_fills_the_page():
    plain, whole = picture(drawings.pdf(), dpi=72), picture(render(event()), dpi=72)
    for x, y in ((20, 300), (421, 20), (822, 300), (421, 575)):
        assert whole.getpixel((x, y)) == pytest.approx(plain.getpixel((x, y)), abs=30)
        assert whole.getpixel((x, y))[0] < 120


@pytest.mark.parametrize("name", ["Ḥasan Ṣāliḥ ʿAbdullāh, S.Pd.", "Ɓuɗo ʿAlī", LONG_NAME])
@pytest.mark.parametrize("voice", ["serif", "extra", "regular"])
def test_letters_that_the_font_lacks_come_from_another(name: str, voice: str):
    layout = layouts.fresh()
    places = tuple(replace(place, voice=voice) if place.key == "name" else place for place in layout.places)
    pdf = render(
        replace(EVENT, design=layouts.design_of(replace(layout, places=places), None)), replace(HOLDER, name=name)
    )
    assert "".join(name.split()) in "".join(page_text(pdf).split())
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = [
            item for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/DescendantFonts" in item
        ]
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


@pytest.mark.parametrize("name", ["ꦱꦿꦶ ꦩꦸꦭꦾꦠꦶ", "王小明"])
def test_scripts_that_no_font_has_are_refused_and_never_printed_as_boxes(name: str):
    with pytest.raises(UndrawableError):
        render(event(), replace(HOLDER, name=name))


def test_things_stand_where_the_design_says():
    layout = layouts.fresh()
    wanted = {"name": {"x": 100.0, "y": 60.0, "width": 120.0, "align": "left"}, "qr": {"x": 200.0, "y": 20.0}}
    places = tuple(replace(place, **wanted.get(place.key, {})) for place in layout.places)
    template = Template(replace(EVENT, design=layouts.design_of(replace(layout, places=places), None)))
    found = {extent.key: extent for extent in template.extents(HOLDER)}
    assert found["name"].x == 100
    assert found["name"].y < 60 < found["name"].y + found["name"].height
    assert (found["qr"].x, found["qr"].y, found["qr"].width) == (200, 20, 33)
    pixel = picture(template.render(HOLDER, created_at=AT), dpi=254).getpixel((2000 + 60, 200 + 60))
    assert sum(pixel) < 200  # the corner of the code


def test_a_long_name_takes_a_second_line_above_and_is_never_cut():
    template = Template(event())
    one, two = (
        next(extent for extent in template.extents(replace(HOLDER, name=name)) if extent.key == "name")
        for name in (HOLDER.name, LONG_NAME)
    )
    assert two.width <= 178.01
    assert two.y < one.y - 3
    assert two.y + two.height == pytest.approx(103.4 + two.size * 0.24, abs=0.01)


@pytest.mark.any_database
def test_what_is_wrong_is_found(migrated_app: Flask):
    """With an application, whose words name the places."""

    def troubles(holder: HolderFacts = HOLDER, **moves: dict[str, object]) -> list[tuple[Trouble, tuple[str, ...]]]:
        layout = layouts.fresh()
        places = tuple(replace(place, **moves.get(place.key, {})) for place in layout.places)
        template = Template(replace(EVENT, design=layouts.design_of(replace(layout, places=places), None)))
        return [(found.trouble, found.labels) for found in findings(places, template.extents(holder))]

    assert troubles() == []
    assert troubles(name={"y": 94.0}) == [(Trouble.OVER, ("Tulisan sebelum nama", "Nama penerima"))]
    assert troubles(qr={"x": 280.0, "y": 100.0}) == [(Trouble.OUTSIDE, ("Kode QR",))]
    small = {"width": 40.0, "lines": 1, "least": 7.4}
    assert troubles(name=small) == [(Trouble.SMALL, ("Nama penerima",))]


def test_a_design_costs_no_speed_and_keeps_the_tail_small():
    template = Template(signed(event()))
    assert len(template.tail(HOLDER, created_at=AT)) < 8_000
    assert template.prefix + template.tail(HOLDER, created_at=AT) == template.render(HOLDER, created_at=AT)


def test_the_picture_shows_background_and_signature():
    svg = Template(signed(event())).picture(HOLDER)
    assert svg.count("<image ") == 2
    assert svg.count("data:image/jpeg;base64,") == 1
    assert svg.count("data:image/png;base64,") == 1
