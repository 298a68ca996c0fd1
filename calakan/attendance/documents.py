"""How the photo of an appeal is served."""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response

from calakan.attendance.models import Appeal
from calakan.web import handed_in


def photo_of(appeal: Appeal | None) -> Response:
    if appeal is None:
        abort(404)
    return handed_in.file(appeal.photo_sha256, "image/webp")
