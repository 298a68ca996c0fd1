"""The picture that other sites show beside a link to this one, with the name of the house on it (Open Graph, 1200 × 630)."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Response, url_for

from calakan.office import emblems
from calakan.office.house import house

GROUND = Path(__file__).parent / "data" / "kartu.jpg"
FONTS = Path(__file__).parents[1] / "paper" / "fonts"
LEFT, RIGHT = 86, 1114
LOGO = (92, 104, 180, 192)
"""Inside the white square of the ground."""

WHITE, PALE = "#ffffff", "#d3ebe5"
PROMISE = "Belajar dari rumah lewat HP, sertifikat JP terbit otomatis."


def card_address() -> str:
    """Another one for another name, because it may be kept for a year."""
    shown = "\n".join((house().name, house().place, house().logo))
    return url_for("web.card", mark=hashlib.sha256(shown.encode()).hexdigest()[:12])


def answer() -> Response:
    headline = f"Diklat gratis untuk guru {house().place}"
    made = Response(drawn(house().name, headline, house().logo), mimetype="image/jpeg")
    made.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return made


def mark_of(*written: str) -> str:
    """What stands in the address of a picture with these words on it, so that it may be kept for a year."""
    return hashlib.sha256("\n".join((*written, house().name, house().logo)).encode()).hexdigest()[:12]


def answer_about(title: str, when: str, who: str) -> Response:
    """The picture of one diklat."""
    made = Response(drawn_about(house().name, title, when, who, house().logo), mimetype="image/jpeg")
    made.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return made


@lru_cache(maxsize=64)
def drawn_about(name: str, title: str, when: str, who: str, logo: str = "") -> bytes:
    """JPEG: the title on three lines at most, below it when and by whom."""
    from PIL import ImageDraw  # late, as below

    picture = _ground(name, logo)
    pen = ImageDraw.Draw(picture)
    lines, font, step = _wrapped(title)
    for place, line in enumerate(lines):
        pen.text((LEFT, 316 + step * place), line, font=font, fill=WHITE, anchor="ls")
    for place, (text, weight) in enumerate(((when, "700"), (who, "500"))):
        pen.text((LEFT, 516 + 52 * place), text, font=_fitting(text, weight, 36, RIGHT - LEFT), fill=PALE, anchor="ls")
    return _file(picture)


def _wrapped(title: str) -> tuple[list[str], Any, int]:
    """As large as three lines allow."""
    from PIL import ImageFont  # late, as below

    for size in range(72, 24, -4):
        font, lines = ImageFont.truetype(str(FONTS / "bc-sans-800.ttf"), size), [""]
        for word in title.split():
            longer = f"{lines[-1]} {word}".strip()
            lines = [*lines[:-1], longer] if font.getlength(longer) <= RIGHT - LEFT else [*lines, word]
        if len(lines) <= 3 and all(font.getlength(line) <= RIGHT - LEFT for line in lines):
            break
    return lines[:3], font, size + 4


@lru_cache(maxsize=2)
def drawn(name: str, headline: str, logo: str = "") -> bytes:
    """JPEG; long names are written smaller, the headline on two lines at most. `logo` is the stored file of an own one."""
    from PIL import ImageDraw  # late: few ask for it

    picture = _ground(name, logo)
    pen = ImageDraw.Draw(picture)
    lines = _two_lines(headline)
    font = _fitting(max(lines, key=len), "800", 84, RIGHT - LEFT)
    for place, line in enumerate(lines):
        pen.text((LEFT, 328 + 92 * place), line, font=font, fill=WHITE, anchor="ls")
    pen.text((LEFT, 500), PROMISE, font=_fitting(PROMISE, "500", 36, RIGHT - LEFT), fill=PALE, anchor="ls")
    return _file(picture)


def _ground(name: str, logo: str) -> Any:
    """With the name of the house and its logo."""
    from PIL import Image, ImageDraw  # late, as above

    with Image.open(GROUND) as ground:
        picture = ground.convert("RGB")
    if logo:
        _put_logo(picture, logo)
    pen = ImageDraw.Draw(picture)
    pen.text((216, 152), name, font=_fitting(name, "700", 46, RIGHT - 216), fill=WHITE, anchor="lm")
    return picture


def _file(picture: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=86, optimize=True)
    return file.getvalue()


def _put_logo(picture: Any, logo: str) -> None:
    """On white, over the built-in one; a file that is away leaves that one."""
    from PIL import Image  # late, as above

    try:
        with Image.open(io.BytesIO(emblems.logo(logo)), formats=("PNG",)) as own:
            mark = own.convert("RGBA").resize((LOGO[2] - LOGO[0], LOGO[3] - LOGO[1]))
    except (OSError, ValueError):
        return
    picture.paste("white", LOGO)
    picture.paste(mark, LOGO[:2], mark)


def _two_lines(text: str) -> list[str]:
    """The place, which comes last, begins the second line."""
    head, _, tail = text.partition(" guru ")
    return [f"{head} guru", tail] if tail else [text]


def _fitting(text: str, weight: str, size: int, wide: int) -> Any:
    from PIL import ImageFont  # late, as above

    path = str(FONTS / f"bc-sans-{weight}.ttf")
    font = ImageFont.truetype(path, size)
    while font.getlength(text) > wide and size > 16:
        size -= 2
        font = ImageFont.truetype(path, size)
    return font
