"""The panitia's pages of old lists: read one, look at it, keep it, take it back."""

from __future__ import annotations

import io
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from calakan.certificates import words
from calakan.certificates.forms import PastForm, UndoPastForm
from calakan.certificates.manage import blueprint
from calakan.certificates.models import PastList
from calakan.certificates.past import services
from calakan.kernel import clock, formats
from calakan.tables import books
from calakan.tables.reading import ahead
from calakan.web import gate, limits
from calakan.web.acting import acting
from calakan.web.paging import page

__all__ = ["blueprint"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("Baris", "Nama", "Nomor sertifikat", "Unit kerja", "Peran", "Alasan")
MOST_SHOWN = 200


@blueprint.route("/kelola/riwayat", methods=["GET", "POST"])
@limits.files
def past() -> Response | str | tuple[str, int]:
    """The lists that were read, and the form for another."""
    form = PastForm()
    if form.validate_on_submit():
        since, until = form.since.data, form.until.data
        assert since is not None
        assert until is not None
        content = form.file.data.read()
        with ahead(content), acting(form, beside="file") as deed:
            made = services.store(
                content,
                title=form.title.data or "",
                since=since,
                until=until,
                jp=form.jp.data,
                file_name=(form.file.data.filename or "")[-80:],
                actor=gate.actor(),
                now=clock.now(),
            )
            id = made.id
        if deed.done:
            return redirect(url_for("certificates_manage.past_list", id=id), 303)
    found = page(services.every())
    html = render_template(
        "certificates/past.html", form=form, page=found, counts=services.counts(row.id for row in found.items)
    )
    return (html, 422) if form.errors else html


@blueprint.get("/kelola/riwayat/<int:id>")
def past_list(id: int) -> str:
    return _show(gate.subject(PastList), UndoPastForm(formdata=None))


def _show(held: PastList, form: UndoPastForm) -> str:
    rows = services.rows_of(held)
    left: list[Any] = [(row.line, row.name, words.why_left(row)) for row in rows if row.why]
    return render_template(
        "certificates/past_list.html",
        held=held,
        good=[row for row in rows if not row.why],
        left=left,
        most=MOST_SHOWN,
        page=page(services.papers(held.id)) if held.state.is_kept else None,
        form=form,
    )


@blueprint.post("/kelola/riwayat/<int:id>/daftarkan")
def keep_past(id: int) -> Response:
    new = 0
    with acting() as deed:
        new = services.keep(id, actor=gate.actor(), now=clock.now())
    if deed.done:
        flash(f"{formats.number(new)} orang terdaftar pada riwayat.", "ok")
    return redirect(url_for("certificates_manage.past_list", id=id), 303)


@blueprint.post("/kelola/riwayat/<int:id>/batalkan")
def undo_past(id: int) -> Response | tuple[str, int]:
    form = UndoPastForm()
    if not form.validate_on_submit():
        return _show(gate.subject(PastList), form), 422
    gone = 0
    with acting() as deed:
        gone = services.undo(id, reason=form.reason.data or "", actor=gate.actor(), now=clock.now())
    if deed.done:
        flash(f"Daftar ditarik kembali; {formats.number(gone)} orang tidak lagi terdaftar pada riwayat.", "ok")
    return redirect(url_for("certificates_manage.past"), 303)


@blueprint.get("/kelola/riwayat/<int:id>/ditolak.xlsx")
def past_left(id: int) -> Response:
    """The lines that were not kept, each with its reason."""
    import xlsxwriter  # only for this download

    held, out = gate.subject(PastList), io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Belum terdaftar")
    sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
    left = [row for row in services.rows_of(held) if row.why]
    for at, row in enumerate(left, start=1):
        sheet.write_row(at, 0, (row.line, row.name, row.number, row.place, row.role, words.why_left(row)))
    books.finish(book)
    answer = Response(out.getvalue(), mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="belum-terdaftar-{held.id}.xlsx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
