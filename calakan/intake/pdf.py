"""The first page of a PDF as a piece: its operators and resources written anew, or its picture where that is not exact."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image

from calakan.intake import pictures
from calakan.intake.copying import Copier, NotCopiedError
from calakan.intake.unfit import UnfitError
from calakan.paper import Piece, PieceObject, bare_page

MOST_OBJECTS, MOST_NESTING = 5_000, 40
MOST_BYTES = 300_000
EXACT = 1.5
"""How much the copy may differ from the page, on average, before the page's picture is taken instead (0 to 255)."""

RUNNING = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/RichMediaExecute", "/GoToE"}
)
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent"})
FILE_KEYS = frozenset({"/EF", "/EmbeddedFiles"})


def first_page(content: bytes) -> Piece:
    """Raises UnfitError."""
    try:
        document = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError:
        raise UnfitError("encrypted") from None
    except (pikepdf.PdfError, ValueError):
        raise UnfitError("broken") from None
    with document:
        if document.is_encrypted:
            raise UnfitError("encrypted")
        _check_objects(document)
        if not len(document.pages):
            raise UnfitError("broken")
        page = document.pages[0]
        x, y, width, height, turn = _box(page)
        upright = turn % 180 == 0
        pictures.check_shape(width if upright else height, height if upright else width)
        original = paint(content)
        try:
            objects = _copied(page, _matrix(turn, x, y, width, height))
        except NotCopiedError:
            return pictures.background(original)
    piece = Piece(objects, 297, 210, "")
    copy = paint(bare_page(piece), original.width)
    small = sum(len(item.data or b"") + len(item.text) for item in objects) <= MOST_BYTES
    if not small or pictures.difference(pictures.flattened(copy), pictures.flattened(original)) > EXACT:
        return pictures.background(original)
    return Piece(objects, 297, 210, pictures.shown(pictures.flattened(copy)))


def paint(content: bytes, width: int = pictures.PHOTO_WIDTH) -> Image.Image:
    """The first page as a picture, without annotations."""
    try:
        page: Any = pypdfium2.PdfDocument(content)[0]
        drawn = page.render(scale=width / page.get_width(), may_draw_forms=False, draw_annots=False)
        picture: Image.Image = drawn.to_pil()
    except (pypdfium2.PdfiumError, ValueError):
        raise UnfitError("broken") from None
    return picture.convert("RGBA")


def _box(page: pikepdf.Page) -> tuple[float, float, float, float, int]:
    try:
        left, low, right, high = (float(value) for value in page.cropbox)
        turn = int(_inherited(page.obj, "/Rotate", 0)) % 360
    except (ValueError, TypeError, AttributeError):
        raise UnfitError("broken") from None
    if turn % 90:
        raise UnfitError("broken")
    return min(left, right), min(low, high), abs(right - left), abs(high - low), turn


def _matrix(turn: int, x: float, y: float, width: float, height: float) -> tuple[float, ...]:
    """The page, turned as its viewers turn it, into the unit square."""
    across, up = 1 / width, 1 / height
    return {
        0: (across, 0, 0, up, -x * across, -y * up),
        90: (0, -across, up, 0, -y * up, 1 + x * across),
        180: (-across, 0, 0, -up, 1 + x * across, 1 + y * up),
        270: (0, across, -up, 0, 1 + y * up, -x * across),
    }[turn]


def _inherited(node: Any, key: str, default: int) -> Any:
    """An entry of the page, or of the first node above that has it."""
    for _ in range(MOST_NESTING):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            break
        node = node["/Parent"]
    return default


def _copied(page: pikepdf.Page, matrix: tuple[float, ...]) -> tuple[PieceObject, ...]:
    copier = Copier()
    box = " ".join(f"{float(value):.4f}" for value in page.cropbox)
    head = f"/Type /XObject /Subtype /Form /BBox [{box}] /Matrix [{' '.join(f'{part:.10f}' for part in matrix)}]"
    return copier.form(head, page.obj, page.obj.get("/Group"), page.obj.get("/Resources", page.resources))


def _check_objects(document: pikepdf.Pdf) -> None:
    if len(document.objects) > MOST_OBJECTS:
        raise UnfitError("heavy")
    for item in document.objects:
        _check_object(item, 0)


def _check_object(item: Any, depth: int) -> None:
    """Refuse what runs and what is hidden inside; plain links are merely left out."""
    if depth > MOST_NESTING:
        raise UnfitError("heavy")
    if isinstance(item, pikepdf.Array):
        children = list(item)
    elif isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        keys = set(item.keys())
        if keys & ACTIVE_KEYS or str(item.get("/S", "")) in RUNNING:
            raise UnfitError("active")
        if keys & FILE_KEYS or str(item.get("/Type", "")) in ("/EmbeddedFile", "/Filespec"):
            raise UnfitError("attachment")
        children = [item[key] for key in keys]
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            _check_object(child, depth + 1)
