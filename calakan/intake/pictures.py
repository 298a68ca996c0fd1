"""Pictures as pieces of a paper: drawn anew, small enough to be sent around, exact where they have few colours."""

from __future__ import annotations

import base64
import io
import struct
from typing import NamedTuple

from PIL import Image, ImageChops, ImageOps, ImageStat

from calakan.intake.unfit import UnfitError
from calakan.paper import Piece, PieceObject

A4 = 297 / 210
TOLERANCE = 0.03
MOST_PIXELS = 50_000_000
MOST_SCANS = 100
"""Of a JPEG: each paints the whole picture over, and a scan of nothing takes 50 bytes. What cameras write has a dozen."""
PRINT_WIDTH, PHOTO_WIDTH = 3508, 2339
"""300 and 200 points per inch on A4."""

MOST_BYTES = 360_000
PHOTO_STEPS = ((PHOTO_WIDTH, 85), (PHOTO_WIDTH, 75), (PHOTO_WIDTH, 60), (1754, 70), (1754, 50), (1169, 50))
"""Width and quality, coarser until the picture is small enough; the last one always is."""

FLAT_ERROR = 0.8
SHOWN_WIDTH, SHOWN_QUALITY = 1188, 78
SCAN_SIZE, SCAN_COLOURS, SCAN_LEVELS = (600, 300), 15, 16
PAPER_WHITE, INK_DARK = 235, 110
"""A scan without transparency: lighter than the first is paper, darker than the second is ink."""


class _Packed(NamedTuple):
    """What a PNG file keeps, which is what a PDF wants."""

    bits: int
    data: bytes


def opened(content: bytes) -> Image.Image:
    """An upright JPEG, PNG or WebP."""
    check_scans(content)
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UnfitError("pixels", most=MOST_PIXELS // 1_000_000)
            return ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise UnfitError("broken") from None


def check_scans(content: bytes) -> None:
    """Raises UnfitError for a JPEG that would be painted over and over. Only a marker is written as these two bytes."""
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > MOST_SCANS:
        raise UnfitError("heavy")


def check_shape(width: float, height: float) -> None:
    """A4 landscape, but for what rounding does."""
    if not height or not width or abs(width / height / A4 - 1) > TOLERANCE:
        raise UnfitError("shape", upright=height > width)


def background(picture: Image.Image) -> Piece:
    """The whole page; transparency shows paper."""
    check_shape(*picture.size)
    if picture.width < PHOTO_WIDTH // 2:
        raise UnfitError("coarse", least=PHOTO_WIDTH // 2)
    plain = flattened(picture)
    if plain.width > PRINT_WIDTH:
        plain = plain.resize((PRINT_WIDTH, round(PRINT_WIDTH * plain.height / plain.width)), Image.Resampling.LANCZOS)
    item = _flat(plain) or _photo(plain)
    return Piece((item,), plain.width, plain.height, shown(plain))


def flattened(picture: Image.Image) -> Image.Image:
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture, mask=picture.getchannel("A"))
    return plain


def shown(plain: Image.Image) -> str:
    """A small picture for the screen, as an address that holds it."""
    small = plain.resize((SHOWN_WIDTH, round(SHOWN_WIDTH / A4)), Image.Resampling.LANCZOS)
    return _address(small, "JPEG", quality=SHOWN_QUALITY, optimize=True)


def difference(one: Image.Image, other: Image.Image) -> float:
    """How much two pictures of one size differ on average, 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def _flat(plain: Image.Image) -> PieceObject | None:
    """With 256 colours, unless that would show or would not be small."""
    few = plain.quantize(256, dither=Image.Dither.NONE)
    if difference(few.convert("RGB"), plain) > FLAT_ERROR:
        return None
    made = _indexed(few)
    return made if len(made.data or b"") <= MOST_BYTES else None


def _photo(plain: Image.Image) -> PieceObject:
    for width, quality in PHOTO_STEPS:
        drawn = io.BytesIO()
        size = (min(width, plain.width), round(min(width, plain.width) / A4))
        sized = plain.resize(size, Image.Resampling.LANCZOS)
        sized.save(drawn, "JPEG", quality=quality, optimize=True)
        if drawn.tell() <= MOST_BYTES:
            break
    return PieceObject(
        f"{_image(sized)} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode", drawn.getvalue()
    )


def scan(picture: Image.Image) -> Piece:
    """A signature on transparent ground, cut to what is written."""
    if picture.getchannel("A").getextrema() == (255, 255):
        picture.putalpha(_ink(picture))
    box = picture.getchannel("A").point(lambda value: 255 if value > PAPER_WHITE // 8 else 0).getbbox()
    if box is None:
        raise UnfitError("empty")
    picture = picture.crop(box)
    picture.thumbnail(SCAN_SIZE, Image.Resampling.LANCZOS)
    return transparent(picture, colours=SCAN_COLOURS)


def transparent(picture: Image.Image, *, colours: int) -> Piece:
    """With a few levels of transparency, which is what edges need."""
    step = 255 // (SCAN_LEVELS - 1)
    mask = picture.getchannel("A").point(lambda value: round(value / step) * step)
    ink = Image.composite(picture.convert("RGB"), Image.new("RGB", picture.size, "black"), mask.point(bool, "1"))
    few = ink.quantize(colours, dither=Image.Dither.NONE)
    seen = few.convert("RGBA")
    seen.putalpha(mask)
    packed = _packed(mask)
    soft = PieceObject(f"{_image(mask)} /ColorSpace /DeviceGray {_png(packed, mask)}", packed.data)
    main = _indexed(few)
    return Piece(
        (PieceObject(f"{main.text} /SMask {{1}}", main.data), soft), *picture.size, _address(seen, "PNG", optimize=True)
    )


def _ink(picture: Image.Image) -> Image.Image:
    """How much ink is on the paper, of a scan whose ground is opaque."""
    span = PAPER_WHITE - INK_DARK
    return picture.convert("L").point(lambda light: max(0, min(255, round((PAPER_WHITE - light) * 255 / span))))


def _indexed(few: Image.Image) -> PieceObject:
    packed, palette = _packed(few), few.getpalette() or []
    count = min(len(palette) // 3, 1 << packed.bits)
    space = f"[/Indexed /DeviceRGB {count - 1} <{bytes(palette[: 3 * count]).hex()}>]"
    return PieceObject(f"{_image(few)} /ColorSpace {space} {_png(packed, few)}", packed.data)


def _image(picture: Image.Image) -> str:
    return f"/Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height}"


def _png(packed: _Packed, picture: Image.Image) -> str:
    parms = f"/DecodeParms <</Predictor 15 /Colors 1 /BitsPerComponent {packed.bits} /Columns {picture.width}>>"
    return f"/BitsPerComponent {packed.bits} /Filter /FlateDecode {parms}"


def _packed(picture: Image.Image) -> _Packed:
    """Bits a pixel and packed rows, out of the PNG file of a picture with one channel."""
    drawn = io.BytesIO()
    picture.save(drawn, "PNG", optimize=True)
    content, at, data, bits = drawn.getvalue(), 8, b"", 8
    while at < len(content):
        (length,), kind = struct.unpack_from(">I", content, at), content[at + 4 : at + 8]
        body = content[at + 8 : at + 8 + length]
        bits = body[8] if kind == b"IHDR" else bits
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    return _Packed(bits, data)


def _address(picture: Image.Image, kind: str, **options: object) -> str:
    drawn = io.BytesIO()
    picture.save(drawn, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(drawn.getvalue()).decode()}"
