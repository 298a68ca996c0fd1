"""What is answered while the database is away or the disk is full. Nothing here asks the database: it would fail again.

What somebody has typed stands in the page, to be sent again by one tap: pages are `no-store`, so a step back may lose it.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from calakan.kernel import db

AGAIN_SECONDS = 5
UNSAVED = "Isian Bapak/Ibu belum tersimpan, coba lagi."
UNSEEN = "Halaman ini dimuat lagi sendiri sebentar lagi."
BUSY = ("Sedang ada gangguan", "Gangguan seperti ini biasanya selesai dalam beberapa menit.")
FULL = ("Penyimpanan penuh", "Bila masih begini, beri tahu panitia: ruang penyimpanan di server sudah penuh.")
# Never written into a page, not even for its own sender; a test holds this against all password fields.
SECRETS = frozenset({"password", "current", "passphrase"})
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@dataclass(frozen=True)
class Typed:
    """A form that was sent in vain: what is sent again as it was, and what must be given anew."""

    address: str
    kept: tuple[tuple[str, str], ...]
    secrets: tuple[str, ...]
    files: tuple[str, ...]


def is_full(error: Exception) -> bool:
    """Whether the disk of the files, or that of the database, has no space left or takes no writes."""
    return (isinstance(error, OSError) and error.errno in _NO_SPACE) or db.is_full(error)


def page(heading: str, text: str, status: int, reference: str) -> Response:
    """A page of its own: the usual one shows the visitor, whom the database knows."""
    typed = _typed() if was_sent() else None
    shown = render_template("web/away.html", heading=heading, text=text, typed=typed, reference=reference)
    answer = make_response(shown, status)
    if typed is None:
        answer.headers["Refresh"] = str(AGAIN_SECONDS)
    return answer


def was_sent() -> bool:
    """Whether something was to be written."""
    return request.method not in ("GET", "HEAD")


def told_when(answer: Any) -> Response:
    """With the time after which it may be tried again, and kept by nobody."""
    made = make_response(answer)
    made.headers["Retry-After"] = str(AGAIN_SECONDS)
    made.headers["Cache-Control"] = "no-store"
    return made


def _typed() -> Typed:
    """The form's token is the one that was sent, never a new one: a foreign page's form stays as worthless as it was."""
    values = list(request.form.items(multi=True))
    return Typed(
        address=request.full_path.rstrip("?"),
        kept=tuple((name, value) for name, value in values if name not in SECRETS),
        secrets=tuple(dict.fromkeys(name for name, _ in values if name in SECRETS)),
        files=tuple(dict.fromkeys(request.files)),
    )
