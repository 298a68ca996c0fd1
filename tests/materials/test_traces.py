"""Where and with what a picture was taken stays with whoever took it; the picture is the same to the pixel."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from calakan.assessment.services import handing_in
from calakan.kernel.files import Store
from calakan.materials import contents, services, traces
from tests.materials.samples import JPG, ODP, PDF, PNG

GPS, MODEL, TURNED = 0x8825, 0x0110, 0x0112
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}


def taken(suffix: str, orientation: int = 6) -> bytes:
    """As a phone writes it: turned, with its model, place and words."""
    exif = Image.Exif()
    exif[MODEL], exif[TURNED] = "HP milik Sri", orientation
    exif[GPS] = {1: "S", 2: (7.0, 26.0, 1.5), 3: "E", 4: (109.0, 14.0, 2.5)}
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "rumah Sri")
    more = {"png": {"pnginfo": words}, "jpg": {"comment": b"rumah Sri"}, "webp": {"xmp": b"<x>rumah Sri</x>"}}[suffix]
    out = io.BytesIO()
    Image.effect_noise((48, 32), 40).convert("RGB").save(out, FORMATS[suffix], exif=exif, **more)
    return out.getvalue()


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("suffix", FORMATS)
def test_only_how_it_is_turned_stays(suffix: str, orientation: int) -> None:
    before = taken(suffix, orientation)
    assert b"rumah Sri" in before
    assert b"HP milik Sri" in before
    after = traces.without(before, suffix)
    assert contents.suffix_of(after) == suffix
    assert b"Sri" not in after
    one, other = Image.open(io.BytesIO(before)), Image.open(io.BytesIO(after))
    assert one.tobytes() == other.tobytes()
    stays = {TURNED: orientation} if suffix == "jpg" and orientation > 1 else {}
    assert dict(other.getexif()) == stays
    assert traces.without(after, suffix) == after


def test_what_hangs_on_behind_a_photo_goes_too() -> None:
    photo = taken("jpg")
    filled = photo[:2] + b"\xff\xff" + photo[2:]
    assert traces.without(filled + taken("jpg"), "jpg") == traces.without(photo, "jpg")


@pytest.mark.parametrize(("content", "suffix"), [(PDF, "pdf"), (ODP, "odp"), (JPG, "jpg"), (PNG, "png")])
def test_what_is_no_whole_picture_stays_as_it_is(content: bytes, suffix: str) -> None:
    assert traces.without(content, suffix) == content


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_cut_or_changed_file_stops_it(suffix: str) -> None:
    content = taken(suffix)
    for at in range(0, len(content), 7):
        traces.without(content[:at], suffix)
        traces.without(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :], suffix)


def test_both_doors_take_them_out(tmp_path: Path) -> None:
    store, photo = Store(tmp_path), taken("jpg")
    shared = services.received(store, file=photo, url="")
    handed = handing_in.received(store, text="", url="", files=[photo])
    for kept in (shared, *handed.files):
        assert kept.sha256 is not None
        content = store.get(kept.sha256)
        assert (content, kept.size) == (traces.without(photo, "jpg"), len(content))
