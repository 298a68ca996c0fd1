"""The QR code: the same modules as another encoder, read back by another decoder."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import segno
import zxingcpp
from PIL import Image, ImageFilter

from calakan.kernel.qr import ALPHANUMERIC, CAPACITY, encode
from tests.paper.paper_samples import EVENT, HOLDER, TOKEN_URL, picture, render

URLS = [
    HOLDER.check_url,
    "https://x.id/a",
    "HTTPS://CALAKAN.EXAMPLE/PERIKSA/ABCDEFG234567",
    TOKEN_URL,
    "https://calakan.example/periksa?nomor=BC%2F2026&nama=Sri+Mulyati",
]


def read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("dpi", [150, 300])
def test_the_printed_code_is_read(url: str, dpi: int):
    assert read(picture(render(EVENT, replace(HOLDER, check_url=url)), 0, dpi)) == [url]


@pytest.mark.parametrize("url", URLS)
def test_a_blurred_and_turned_code_is_read(url: str):
    image = picture(render(EVENT, replace(HOLDER, check_url=url)), 0, 200)
    turned = image.rotate(7, expand=True, fillcolor="white").filter(ImageFilter.GaussianBlur(0.8))
    assert read(turned) == [url]


def test_the_code_is_read_on_a_specimen():
    assert read(picture(render(replace(EVENT, specimen=True)))) == [HOLDER.check_url]


@pytest.mark.parametrize("length", range(1, 600, 7))
def test_same_modules_as_segno(length: int):
    """segno adds a needless zero byte when the data ends on a byte, so those lengths are only decoded."""
    text = "".join(random.Random(length).choices(ALPHANUMERIC, k=length))
    symbol = encode(text)
    count = 9 if symbol.version < 10 else 11
    bits = 4 + count + 11 * (length // 2) + 6 * (length % 2)
    if (bits + 4) % 8 and bits + 4 <= CAPACITY[symbol.version] * 8:
        other = segno.make(text, error="m", mask=0, boost_error=False, micro=False, mode="alphanumeric")
        assert symbol.modules == b"".join(bytes(row) for row in other.matrix)
    assert read(enlarged(symbol.modules, symbol.size)) == [text.strip()] or read(
        enlarged(symbol.modules, symbol.size)
    ) == [text]


@pytest.mark.parametrize("length", range(1, 412, 11))
def test_bytes_are_decoded(length: int):
    text = "".join(random.Random(length).choices("abcdefghijklmnop?/-_éā", k=length))
    if len(text.encode()) > 412:
        return
    symbol = encode(text)
    assert read(enlarged(symbol.modules, symbol.size)) == [text]


def enlarged(modules: bytes, size: int) -> Image.Image:
    image = Image.new("L", (size + 8, size + 8), 255)
    image.paste(Image.frombytes("L", (size, size), bytes(0 if dark else 255 for dark in modules)), (4, 4))
    return image.resize((image.width * 4, image.height * 4), Image.Resampling.NEAREST)


def test_too_long_is_refused():
    with pytest.raises(ValueError, match="too long"):
        encode("a" * 413)
