"""Where to go afterwards: only ever a path of this site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException


def safe_next(default: str, given: str | None = None) -> str:
    """The `next` of the request, if it is a path of this site, or the default: no open redirect."""
    target = request.values.get("next", "") if given is None else given
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if inside and not parts.netloc and len(target) < 500 and target.isprintable() else default


def page_of_form() -> str:
    """The page a posted form stands on: its own address, or the nearest one above that can be opened."""
    adapter = current_app.create_url_adapter(request)
    path = request.path
    while adapter is not None and path:
        try:
            adapter.match(path, method="GET")
        except HTTPException:
            path = path.rpartition("/")[0]
        else:
            return path
    return "/"
