"""SVG drawings: read for what must not be in them, then painted at the density of print."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from xml.parsers import expat

from PIL import Image

from calakan.intake.pictures import PRINT_WIDTH, check_shape
from calakan.intake.unfit import UnfitError

MOST_ELEMENTS, MOST_DEPTH = 20_000, 60
SVG = "http://www.w3.org/2000/svg"
DRAWN = frozenset(
    [
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "clipPath",
        "mask",
        "marker",
        "pattern",
        "image",
        "linearGradient",
        "radialGradient",
        "stop",
        "filter",
        "style",
        "title",
        "desc",
        "metadata",
        "switch",
        "a",
        "view",
    ]
)
"""What is painted or harmless. Parts of filters have names of their own."""

TEXTS = frozenset({"text", "tspan", "textPath", "tref"})
ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]*)", re.IGNORECASE)
INLINE_PICTURE = re.compile(r"data:image/(png|jpe?g|webp);base64,", re.IGNORECASE)
LENGTH = re.compile(r"^\s*(\d+(?:\.\d+)?)(?:px|mm|cm|in|pt|pc)?\s*$")


def painted(
    content: bytes, *, width: int = PRINT_WIDTH, fits: Callable[[float, float], None] = check_shape
) -> Image.Image:
    """The drawing, so many points wide; `fits` refuses its proportions before it is painted. Raises UnfitError."""
    import resvg_py  # late: heavy, and only a drawing needs it

    reader = _Reader()
    reader.read(content)
    fits(*reader.size)
    height = round(width * reader.size[1] / reader.size[0])
    try:
        made = resvg_py.svg_to_bytes(
            svg_string=content.decode("utf-8-sig"), width=width, height=height, dpi=96, skip_system_fonts=True
        )
    except ValueError:
        raise UnfitError("broken") from None
    with Image.open(io.BytesIO(bytes(made)), formats=("PNG",)) as picture:
        return picture.convert("RGBA")


class _Reader:
    """Goes through all elements once and refuses at the first that is not wanted."""

    def __init__(self) -> None:
        self.size = (0.0, 0.0)
        self._depth = self._count = 0
        self._style: list[str] = []

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._entity
        parser.ProcessingInstructionHandler = self._instruction
        try:
            content.decode("utf-8-sig")
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError):
            raise UnfitError("broken") from None
        _check_addresses("".join(self._style))

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        self._depth, self._count = self._depth + 1, self._count + 1
        if self._count > MOST_ELEMENTS or self._depth > MOST_DEPTH:
            raise UnfitError("heavy")
        if self._count == 1:
            if name != "svg":
                raise UnfitError("broken")
            self.size = _size(attributes)
        if space in (SVG, ""):
            _check_name(name)
        for key, value in attributes.items():
            _check_attribute(key.rpartition(" ")[2], value)

    def _end(self, tag: str) -> None:
        self._depth -= 1

    def _characters(self, text: str) -> None:
        self._style.append(text)

    def _entity(self, *declared: object) -> None:
        raise UnfitError("entity")

    def _instruction(self, target: str, text: str) -> None:
        if "stylesheet" in target:
            raise UnfitError("external")


def _check_name(name: str) -> None:
    if name in TEXTS:
        raise UnfitError("text")
    if name in ("script", "foreignObject") or name.startswith(("animate", "set")):
        raise UnfitError("active")
    if name not in DRAWN and not name.startswith("fe"):
        raise UnfitError("element", name=name[:40])


def _check_attribute(name: str, value: str) -> None:
    if name.lower().startswith("on"):
        raise UnfitError("active")
    if name in ("href", "src") and not value.startswith("#") and not INLINE_PICTURE.match(value):
        raise UnfitError("external")
    _check_addresses(value)


def _check_addresses(text: str) -> None:
    """What styles point at lies in the drawing itself."""
    if "@import" in text.lower() or any(not address.strip().startswith("#") for address in ADDRESS.findall(text)):
        raise UnfitError("external")


def _size(attributes: Mapping[str, str]) -> tuple[float, float]:
    """Its proportions: as the drawing says, or of its view box."""
    lengths = [LENGTH.match(attributes.get(name, "")) for name in ("width", "height")]
    if lengths[0] and lengths[1]:
        return float(lengths[0][1]), float(lengths[1][1])
    try:
        _, _, width, height = (float(part) for part in re.split(r"[\s,]+", attributes.get("viewBox", "").strip()))
    except ValueError:
        raise UnfitError("size") from None
    return width, height
