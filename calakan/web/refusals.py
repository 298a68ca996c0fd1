"""What a user sees when something is refused or fails: one sentence, one next step, never a traceback."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from calakan.kernel.errors import DomainError, NotFound
from calakan.web.messages import sentence

log = logging.getLogger(__name__)
TITLES: dict[int, tuple[str, str]] = {
    400: ("Permintaan tidak terbaca", "Muat ulang halaman, lalu coba lagi."),
    403: (
        "Bukan untuk akun ini",
        "Halaman ini memerlukan hak lain. Masuk dengan akun yang tepat atau hubungi panitia.",
    ),
    404: ("Halaman tidak ditemukan", "Alamatnya mungkin keliru atau sudah dipindahkan."),
    405: ("Permintaan tidak terbaca", "Kembali ke halaman sebelumnya, lalu coba lagi."),
    409: ("Belum bisa", "Kembali ke halaman sebelumnya."),
    413: ("Berkas terlalu besar", "Pilih berkas yang lebih kecil: paling besar 5 MB, untuk materi diklat 20 MB."),
    429: ("Terlalu sering mencoba", "Tunggu beberapa menit, lalu coba lagi."),
    503: ("Sedang sibuk", "Tunggu sebentar, lalu coba lagi. Isian Anda belum berubah."),
}


def page(status: int, title: str, text: str, reference: str = "") -> tuple[str, int]:
    return render_template("web/refusal.html", heading=title, text=text, reference=reference), status


def init_app(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> tuple[str, int]:
        return page(400, "Formulir kedaluwarsa", "Kembali, muat ulang halaman, lalu kirim lagi.")

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> HTTPException | tuple[str, int]:
        status = error.code or 500
        if status < 400:
            return error
        title, text = TITLES.get(status, TITLES[400])
        return page(status, title, text)

    @app.errorhandler(DomainError)
    def _domain(error: DomainError) -> tuple[str, int]:
        if isinstance(error, NotFound):
            return page(404, *TITLES[404])
        return page(409, "Belum bisa", sentence(error))

    @app.errorhandler(OperationalError)
    def _busy(error: OperationalError) -> tuple[str, int]:
        log.exception("database not available")
        return page(503, *TITLES[503])

    @app.errorhandler(Exception)
    def _bug(error: Exception) -> tuple[str, int]:
        reference = secrets.token_hex(4)
        log.exception("reference %s: %s %s", reference, request.method, request.path)
        return render_template("web/failure.html", reference=reference), 500
