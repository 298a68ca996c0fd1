"""The pictures of the house under addresses that name their content, kept for a year. Asks the database nothing."""

from __future__ import annotations

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from calakan.office import emblems
from calakan.office.house import house
from calakan.office.models import Emblem
from calakan.web.assets import asset, drawing

MARK = 16
BUILT_IN, BUILT_IN_SMALL = "ikon-app.svg", "logo.svg"


def logo_address(built_in: str = BUILT_IN_SMALL) -> str:
    """Of the uploaded logo, or of this file where none is."""
    return _address(Emblem.LOGO, house().logo) if house().logo else asset(built_in)


def tab_icon() -> str:
    """The sign on the tab of a browser: the uploaded logo, or the small leaf, drawn into the page."""
    return logo_address() if house().logo else drawing(BUILT_IN_SMALL)


def letterhead_address() -> str:
    """Of the uploaded head of letters; empty where it is written in lines."""
    return _address(Emblem.LETTERHEAD, house().letterhead) if house().letterhead else ""


def icons() -> list[dict[str, str]]:
    """What a manifest says of the logo."""
    if house().logo:
        return [{"src": logo_address(), "sizes": "512x512", "type": "image/png"}]
    return [{"src": asset(BUILT_IN), "sizes": "any", "type": "image/svg+xml"}]


def _address(emblem: Emblem, sha256: str) -> str:
    return url_for("web.emblem", emblem=emblem.value, mark=sha256[:MARK])


def answer(emblem: Emblem, mark: str) -> Response:
    """The picture that is shown now, whatever mark an older page asks with; without one the built-in logo, or 404."""
    held, read = (house().logo, emblems.logo) if emblem is Emblem.LOGO else (house().letterhead, emblems.letterhead)
    if not held and emblem is Emblem.LOGO:
        return redirect(asset(BUILT_IN_SMALL))
    if not held:
        abort(404)
    try:
        content = read(held)
    except (OSError, ValueError):
        abort(404)
    made = Response(content, mimetype="image/png")
    made.set_etag(held[:MARK])
    made.headers["Cache-Control"] = "public, max-age=31536000, immutable" if mark == held[:MARK] else "no-cache"
    return made
