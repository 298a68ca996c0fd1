"""What a user sees when something is refused or fails: one sentence, one next step, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from calakan.kernel import db, trace
from calakan.kernel.errors import DomainError, NotFound
from calakan.kernel.files import AwayError
from calakan.web import away
from calakan.web.messages import sentence

log = logging.getLogger(__name__)
TITLES: dict[int, tuple[str, str]] = {
    400: ("Permintaan tidak terbaca", "Muat ulang halaman, lalu coba lagi."),
    401: ("Belum masuk", "Kirim token yang masih berlaku pada kepala Authorization: Bearer."),
    403: (
        "Bukan untuk akun ini",
        "Halaman ini memerlukan hak lain. Masuk dengan akun yang tepat, atau minta hak itu.",
    ),
    404: ("Halaman tidak ditemukan", "Alamatnya mungkin keliru atau sudah dipindahkan."),
    405: ("Permintaan tidak terbaca", "Kembali ke halaman sebelumnya, lalu coba lagi."),
    409: ("Belum bisa", "Kembali ke halaman sebelumnya."),
    413: (
        "Berkas terlalu besar",
        "Pilih berkas yang lebih kecil: paling besar 5 MB, atau sebesar yang tertulis pada formulirnya.",
    ),
    415: ("Jenis isi tidak dikenal", "Kirim isi dengan Content-Type yang disebut pada dokumen API."),
    429: ("Terlalu sering mencoba", "Tunggu beberapa menit, lalu coba lagi."),
    503: away.BUSY,
    507: away.FULL,
}


@dataclass(frozen=True)
class Refusal:
    """What went wrong, before it becomes a page or JSON; `error` is whatever was raised."""

    status: int
    title: str
    text: str
    reference: str = ""
    error: Exception | None = None


def connect(app: Flask, prefix: str, renderer: Callable[[Refusal], Any]) -> None:
    """Addresses under `prefix` are refused in another form than a page."""
    app.extensions.setdefault("calakan.refusals", {})[prefix] = renderer


def _answer(refusal: Refusal) -> Any:
    for prefix, renderer in current_app.extensions.get("calakan.refusals", {}).items():
        if request.path.startswith(prefix):
            return renderer(refusal)
    if refusal.status in (503, 507):
        return away.page(refusal.title, refusal.text, refusal.status, refusal.reference or trace.current_id())
    if refusal.status == 500:
        return render_template("web/failure.html", reference=refusal.reference), 500
    page = render_template("web/refusal.html", heading=refusal.title, text=refusal.text, reference=refusal.reference)
    return page, refusal.status


def init_app(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> Any:
        return _answer(
            Refusal(400, "Formulir kedaluwarsa", "Kembali, muat ulang halaman, lalu kirim lagi.", error=error)
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        status = error.code or 500
        if status < 400:
            return error
        return _answer(Refusal(status, *TITLES.get(status, TITLES[400]), error=error))

    @app.errorhandler(DomainError)
    def _domain(error: DomainError) -> Any:
        if isinstance(error, NotFound):
            return _answer(Refusal(404, *TITLES[404], error=error))
        return _answer(Refusal(409, "Belum bisa", sentence(error), error=error))

    @app.errorhandler(SQLAlchemyError)
    @app.errorhandler(OSError)
    def _away(error: SQLAlchemyError | OSError) -> Any:
        if away.is_full(error):
            status = 507
        elif isinstance(error, AwayError) or (isinstance(error, SQLAlchemyError) and db.is_away(error)):
            status = 503
        else:
            return _bug(error)
        log.error("%s %s: %d, %s", request.method, request.path, status, str(error).partition("\n")[0])
        title, why = TITLES[status]
        text = f"{away.UNSAVED if away.was_sent() else away.UNSEEN} {why}"
        return away.told_when(_answer(Refusal(status, title, text, trace.current_id(), error)))

    @app.errorhandler(Exception)
    def _bug(error: Exception) -> Any:
        reference = trace.current_id()
        log.exception("reference %s: %s %s", reference, request.method, request.path)
        text = "Catatannya sudah kami terima. Coba lagi beberapa saat lagi."
        return _answer(Refusal(500, "Ada yang salah di pihak kami", text, reference, error))
