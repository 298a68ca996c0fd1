"""Files from outside: made anew when they are decent, refused with their reason when they are not, in bounded time."""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from calakan import paper
from calakan.intake import pdf as pdf_pages
from calakan.intake import pictures, process
from calakan.intake.errors import ArtworkUnfit
from calakan.intake.kinds import BACKGROUND, SCAN, made
from calakan.intake.unfit import UnfitError
from calakan.intake.words import WORDS
from tests.certificates.designs import drawings
from tests.certificates.designs.drawings import changed, pdf, svg


def sentence(error: ArtworkUnfit) -> str:
    return WORDS.sentences[ArtworkUnfit](error.facts)


def shown(piece: paper.Piece, width: int = 594) -> Image.Image:
    """How an independent renderer paints it."""
    return pictures.flattened(pdf_pages.paint(paper.bare_page(piece), width))


def painted(content: bytes, width: int = 594) -> Image.Image:
    return pictures.flattened(pdf_pages.paint(content, width))


def colourful(canvas: Canvas) -> None:
    """Clips, curves, a gradient, transparency, a form and a picture."""
    canvas.saveState()
    clip = canvas.beginPath()
    clip.circle(300, 300, 120)
    canvas.clipPath(clip)
    canvas.linearGradient(180, 180, 420, 420, ((1, 0.8, 0.2), (0, 0.4, 0.3)))
    canvas.restoreState()
    canvas.setFillAlpha(0.4)
    canvas.setFillColorRGB(0.8, 0.1, 0.1)
    canvas.circle(420, 300, 100, fill=1)
    canvas.beginForm("stamp")
    canvas.setFillColorRGB(0, 0, 0.6)
    canvas.rect(0, 0, 60, 60, fill=1)
    canvas.endForm()
    canvas.translate(600, 120)
    canvas.rotate(20)
    canvas.doForm("stamp")


def test_a_page_stays_vectors_and_looks_the_same():
    content = pdf(colourful)
    piece = pdf_pages.first_page(content)
    assert "/Subtype /Form" in piece.objects[0].text
    assert sum(len(item.data or b"") for item in piece.objects) < 30_000
    assert b"Tf" not in zlib.decompress(piece.objects[0].data or b"")  # a font that is chosen and never used
    assert pictures.difference(shown(piece), painted(content)) < 1
    assert paper.unpack(paper.pack(piece)) == piece
    assert paper.pack(pdf_pages.first_page(content)) == paper.pack(piece)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_shown_as_viewers_turn_it(turn: int):
    wide, high = (595, 842) if turn % 180 else (842, 595)

    def draw(canvas: Canvas) -> None:
        canvas.rect(10, 10, 200, 60, fill=1)

    def rotate(document: pikepdf.Pdf) -> None:
        document.Root.Pages.Rotate = turn  # inherited
        if "/Rotate" in document.pages[0].obj:
            del document.pages[0].obj.Rotate
        document.pages[0].obj.MediaBox = pikepdf.Array([-30, 40, wide - 30, high + 40])

    content = changed(pdf(draw, size=(wide, high)), rotate)
    assert pictures.difference(shown(pdf_pages.first_page(content)), painted(content)) < 1


def test_links_and_layers_are_left_out_and_a_hidden_layer_stays_hidden():
    def linked(canvas: Canvas) -> None:
        canvas.linkURL("https://example.org/", (50, 50, 90, 90))

    piece = pdf_pages.first_page(pdf(linked))
    assert not any("example.org" in item.text or "Annot" in item.text for item in piece.objects)

    def hide(document: pikepdf.Pdf) -> None:
        layer = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Draf"))
        page = document.pages[0]
        page.obj.Resources.Properties = pikepdf.Dictionary(L1=layer)
        content = b"/OC /L1 BDC 1 0 0 rg 100 100 500 300 re f EMC"
        page.contents_add(document.make_stream(content))
        document.Root.OCProperties = pikepdf.Dictionary(
            OCGs=[layer], D=pikepdf.Dictionary(OFF=[layer], ON=[], Order=[layer])
        )

    content = changed(pdf(), hide)
    assert pictures.difference(shown(pdf_pages.first_page(content)), painted(content)) < 3
    assert "/Subtype /Image" in pdf_pages.first_page(content).objects[0].text


def test_a_drawing_is_painted_and_a_photo_is_made_small():
    piece = paper.unpack(made(BACKGROUND, svg(drawings.FRAME + '<g opacity=".3"><circle cx="90" cy="90" r="40"/></g>')))
    assert piece.width == 3508
    assert len(piece.objects[0].data or b"") <= pictures.MOST_BYTES
    corner = shown(piece).getpixel((16, 16))
    assert corner[1] > corner[0] + 30
    assert shown(piece).getpixel((180, 180)) == pytest.approx((178, 178, 178), abs=4)
    photo = paper.unpack(made(BACKGROUND, drawings.picture(3508, 2480, "JPEG", noise=True)))
    assert "/DCTDecode" in photo.objects[0].text
    assert len(photo.objects[0].data or b"") <= pictures.MOST_BYTES
    assert len(photo.picture) < 900_000


@pytest.mark.parametrize("transparent", [True, False])
def test_a_scanned_signature_is_cut_to_its_ink(transparent: bool):
    piece = paper.unpack(made(SCAN, drawings.signature(transparent=transparent)))
    assert 560 < piece.width <= 600
    assert 120 < piece.height < 260
    assert "/SMask {1}" in piece.objects[0].text
    assert len(paper.pack(piece)) < 80_000
    seen = shown(piece)
    assert seen.getpixel((2, 2)) == (255, 255, 255)
    assert seen.convert("L").getextrema()[0] < 110


def run(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def start(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def on_close(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.AA = pikepdf.Dictionary(C=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org"))


def attach(document: pikepdf.Pdf) -> None:
    document.attachments["rahasia.txt"] = b"isi"


def many(document: pikepdf.Pdf) -> None:
    document.Root.Extra = pikepdf.Array([document.make_indirect(pikepdf.Dictionary(N=n)) for n in range(6000)])


def deep(document: pikepdf.Pdf) -> None:
    nested = pikepdf.Array([])
    for _ in range(90):
        nested = pikepdf.Array([nested])
    document.Root.Extra = nested


def busy(document: pikepdf.Pdf) -> None:
    document.pages[0].contents_add(document.make_stream(b"0 0 m 9 9 l S\n" * 60_000))


def swelling(document: pikepdf.Pdf) -> None:
    """Gigabytes of blanks behind two packings."""
    packer, blanks = zlib.compressobj(1), b" " * 1_000_000
    twice = zlib.compress(b"".join(packer.compress(blanks) for _ in range(1500)) + packer.flush(), 9)
    document.pages[0].contents_add(
        pikepdf.Stream(document, twice, Filter=[pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
    )


def elsewhere(document: pikepdf.Pdf) -> None:
    image = pikepdf.Stream(document, b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=9, Height=9)
    image.stream_dict["/F"] = pikepdf.String("/etc/passwd")
    document.pages[0].obj.Resources.XObject = pikepdf.Dictionary(I=image)
    document.pages[0].contents_add(document.make_stream(b"/I Do"))


def letters(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 20)
    canvas.drawString(100, 300, "DINAS PENDIDIKAN")


LOCK = pikepdf.Encryption(owner="a", user="b")
OPEN_LOCK = pikepdf.Encryption(owner="a", user="")
BAD_PDFS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a password": ("encrypted", lambda: changed(pdf(), lambda d: None, encryption=LOCK)),
    "locked for changes": ("encrypted", lambda: changed(pdf(), lambda d: None, encryption=OPEN_LOCK)),
    "a script": ("active", lambda: changed(pdf(), run)),
    "a program to start": ("active", lambda: changed(pdf(), start)),
    "an action of the page": ("active", lambda: changed(pdf(), on_close)),
    "an attachment": ("attachment", lambda: changed(pdf(), attach)),
    "thousands of objects": ("heavy", lambda: changed(pdf(), many)),
    "objects in objects": ("heavy", lambda: changed(pdf(), deep)),
    "operators without end": ("heavy", lambda: changed(pdf(), busy)),
    "a stream that swells": ("heavy", lambda: changed(pdf(), swelling, compress_streams=False)),
    "a picture from elsewhere": ("external", lambda: changed(pdf(), elsewhere)),
    "a font that is not in it": ("font", lambda: pdf(letters)),
    "an upright page": ("shape", lambda: pdf(size=(595, 842))),
    "a page of nothing": (
        "shape",
        lambda: changed(pdf(), lambda d: d.pages[0].obj.update({"/MediaBox": pikepdf.Array([0, 0, 0, 0])})),
    ),
    "half a file": ("broken", lambda: b"%PDF-1.7\n" + b"\x00" * 400),
}
LAUGHS = "<!DOCTYPE svg [" + "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 40)) + "]>"
HERE = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
BAD_SVGS: dict[str, tuple[str, bytes]] = {
    "a script": ("active", svg("<script>alert(1)</script>")),
    "an event": ("active", svg('<rect width="9" height="9" onload="alert(1)"/>')),
    "a page inside": ("active", svg("<foreignObject><p>x</p></foreignObject>")),
    "an animation": ("active", svg('<rect><animate attributeName="x"/></rect>')),
    "a picture from the net": ("external", svg('<image href="https://example.org/a.png"/>')),
    "a picture from the disk": ("external", svg('<image xlink:href="file:///etc/passwd"/>')),
    "a drawing in a drawing": ("external", svg('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>')),
    "a style from the net": ("external", svg("<style>@import url(https://example.org/a.css);</style>")),
    "a fill from the net": ("external", svg('<rect style="fill:url(https://example.org/a#b)"/>')),
    "a style sheet": ("external", b'<?xml-stylesheet href="a.css"?>' + svg()),
    "entities that swell": ("entity", LAUGHS.encode() + svg("<title>&a39;</title>")),
    "a file as an entity": (
        "entity", b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<title>&x;</title>")
    ),
    "letters without their font": ("text", svg("<text x='9' y='9'>SERTIFIKAT</text>")),
    "an element that is not known": ("element", svg("<video/>")),
    "thousands of elements": ("heavy", svg("<path d='M0 0h9'/>" * 20_001)),
    "groups in groups": ("heavy", svg("<g>" * 80 + "</g>" * 80)),
    "no size": ("size", b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'),
    "an upright page": ("shape", b'<svg xmlns="http://www.w3.org/2000/svg" width="210" height="297"/>'),
    "half a file": ("broken", svg()[:-9]),
    "another encoding": ("broken", svg().replace(b"<rect", b"\xff\xfe<rect")),
}  # fmt: skip
BAD_PICTURES: dict[str, tuple[str, bytes]] = {
    "too few points": ("coarse", drawings.picture(594, 420)),
    "a square": ("shape", drawings.picture(2000, 2000)),
    "half a picture": ("broken", drawings.picture()[:900]),
    "a GIF": ("kind", drawings.picture(kind="GIF")),
    "a program": ("kind", b"MZ\x90\x00" * 200),
}


def refusal(content: bytes, purpose: str = BACKGROUND) -> ArtworkUnfit:
    with pytest.raises(ArtworkUnfit) as caught:
        process.piece_of(content, purpose)
    return caught.value


@pytest.mark.parametrize("kind", BAD_PDFS)
def test_a_hostile_page_is_refused_with_its_reason_in_bounded_time(kind: str):
    why, make = BAD_PDFS[kind]
    content, began = make(), time.monotonic()
    error = refusal(content)
    assert error.facts["why"] == why
    assert len(sentence(error)) > 20
    assert time.monotonic() - began < process.PATIENCE


@pytest.mark.parametrize("kind", BAD_SVGS)
def test_a_hostile_drawing_is_refused_with_its_reason(kind: str):
    why, content = BAD_SVGS[kind]
    with pytest.raises(UnfitError) as caught:
        made(BACKGROUND, content)
    assert caught.value.why == why
    assert len(sentence(ArtworkUnfit(why=why, **caught.value.facts))) > 20


@pytest.mark.parametrize("kind", BAD_PICTURES)
def test_a_wrong_picture_is_refused_with_its_reason(kind: str):
    why, content = BAD_PICTURES[kind]
    with pytest.raises(UnfitError) as caught:
        made(BACKGROUND, content)
    assert caught.value.why == why
    assert len(sentence(ArtworkUnfit(why=why, **caught.value.facts))) > 20


def test_a_picture_of_gigabytes_is_refused_before_it_is_unpacked():
    image = Image.new("1", (60_000, 42_000))
    content = io.BytesIO()
    image.save(content, "PNG")
    assert refusal(content.getvalue()).facts["why"] in ("pixels", "broken")


def test_what_is_too_large_or_empty_never_starts_a_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process.sys, "executable", "/nowhere")
    assert refusal(b"x" * (process.LARGEST + 1)).facts["why"] == "large"
    assert refusal(b"").facts["why"] == "empty"


def test_a_scan_of_nothing_is_refused():
    blank = Image.new("RGB", (400, 200), "white")
    content = io.BytesIO()
    blank.save(content, "PNG")
    assert refusal(content.getvalue(), SCAN).facts["why"] == "empty"
    assert refusal(pdf(), SCAN).facts["why"] == "broken"


def test_the_process_gives_what_the_function_gives():
    content = pdf(colourful)
    assert process.piece_of(content, BACKGROUND) == made(BACKGROUND, content)
    assert len(pypdfium2.PdfDocument(paper.bare_page(paper.unpack(made(BACKGROUND, content))))) == 1
