"""Files in the background: ask, watch, download, stop, remove."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from calakan.certificates.models import RegisterKind
from calakan.kernel import clock, db
from calakan.kernel.errors import REGISTRY
from calakan.people import queries as people_queries
from calakan.reports import queries, rules, schedules, services, standing, tasks
from calakan.reports.documents import exports, making
from calakan.reports.documents.sheets import Format
from calakan.reports.forms import ONLY, ExportForm, ScheduleForm, dimensions
from calakan.reports.models import Export, ExportFormat, ExportKind
from calakan.reports.terms import Dimension
from calakan.web import gate, paging
from calakan.web.acting import acting
from calakan.web.messages import sentence

blueprint = Blueprint("exports", __name__, template_folder="../templates")
MIME_TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.JSON: "application/json",
    ExportFormat.PDF: "application/pdf",
    ExportFormat.ZIP: "application/zip",
}
KINDS = {
    ExportKind.PARTICIPANTS: "Daftar peserta",
    ExportKind.ATTENDANCE: "Daftar hadir (satu diklat)",
    ExportKind.REGISTER: "Register sertifikat",
    ExportKind.HISTORY: "Riwayat kursus untuk SIASN",
    ExportKind.HOURS: "Jam narasumber",
    ExportKind.PARTICIPATION: "Hitungan partisipasi",
    ExportKind.EVIDENCE: "Laporan bukti (KIPP)",
    ExportKind.TRANSCRIPTS: "Rekap JP setahun (PDF tiap orang)",
}
FORMATS = {
    ExportFormat.XLSX: "Excel (XLSX)",
    ExportFormat.CSV: "CSV",
    ExportFormat.PDF: "PDF untuk dicetak",
    ExportFormat.JSON: "JSON",
    ExportFormat.ZIP: "ZIP (hanya rekap JP)",
}


def _form(values: Any) -> ExportForm:
    form = ExportForm(formdata=values)
    kinds = [(kind.value, text) for kind, text in KINDS.items() if rules.may_ask(gate.actor(), kind)]
    form.jenis.choices = kinds
    form.format.choices = [(format.value, text) for format, text in FORMATS.items()]
    form.offer(diklat=queries.diklat_choices(), kecamatan=[(k.code, k.name) for k in people_queries.all_kecamatan()])
    return form


def _page(form: ExportForm, monthly: ScheduleForm | None = None) -> str:
    return render_template(
        "reports/exports.html",
        form=form,
        page=paging.page(standing.asked_for(gate.actor())),
        working=standing.at_work(gate.actor()),
        why=_why,
        about=about,
        mine=partial(rules.may_fetch, gate.actor()),
        titles=exports.TITLES,
        only=list(ONLY),
        by=dimensions(request.values.getlist("menurut"))[0],
        monthly=monthly or _monthly(),
        schedules=schedules.all_schedules() if gate.actor().is_admin else [],
        kinds=KINDS,
    )


def _monthly(values: Any = None) -> ScheduleForm | None:
    """Who gets a file each month is for an admin to say."""
    if not gate.actor().is_admin:
        return None
    form = ScheduleForm(formdata=values)
    form.orang.choices = [("", "Pilih orang"), *((str(p.id), p.printed_name) for p in schedules.receivers())]
    form.berkas.choices = [(kind.value, text) for kind, text in KINDS.items() if kind in schedules.KINDS]
    form.sebagai.choices = [(format.value, FORMATS[format]) for format in schedules.FORMATS]
    return form


def _why(export: Export) -> str:
    """What stopped it, in words."""
    error = REGISTRY.get(export.last_error or "")
    return sentence(error()) if error is not None else "Pembuatan gagal. Coba lagi atau hubungi admin."


def about(export: Export) -> str:
    """Its filters in one line."""
    filters = services.filters_of(export.facts)
    parts = [exports.period(filters), filters.diklat, filters.kecamatan, *(value for _, value in exports.only(filters))]
    if export.kind is ExportKind.PARTICIPATION:
        parts.append("menurut " + ", ".join(exports.TITLES[Dimension(d)].lower() for d in export.facts["by"]))
    if export.kind in (ExportKind.PARTICIPATION, ExportKind.PARTICIPANTS):
        parts.append(exports.STAGES[filters.stage].lower())
    if chosen := export.facts.get("columns"):
        parts.append("kolom " + ", ".join(chosen))
    return " · ".join(part for part in parts if part)


@blueprint.get("/kelola/ekspor")
def board() -> str:
    return _page(_form(request.args))


@blueprint.get("/kelola/ekspor/kemajuan")
def progress() -> Response | str:
    """How far the workers are, asked for every few seconds; 204 once nothing waits any more."""
    working = standing.at_work(gate.actor())
    if not working:
        return Response(status=204)
    return render_template("reports/_working.html", working=working, about=about)


@blueprint.post("/kelola/ekspor")
def ask() -> AnyResponse | tuple[str, int]:
    form = _form(request.form)
    if not form.validate():
        return _page(form), 422
    by, _ = dimensions(request.form.getlist("menurut"))
    kind, format = ExportKind(form.jenis.data), ExportFormat(form.format.data)
    offered = rules.formats(kind)
    with acting(form) as deed:
        services.ask(
            kind, offered[0] if len(offered) == 1 else format, form.filters, by=by, actor=gate.actor(),
            now=clock.now(), columns=form.columns,
        )  # fmt: skip
    if not deed.done:
        return _page(form), 422
    flash("Berkas sedang dibuat. Halaman ini boleh ditutup; berkasnya menunggu di sini.", "ok")
    return redirect(url_for("exports.board"), 303)


@blueprint.get("/kelola/ekspor/<code>/unduh")
def file(code: str) -> AnyResponse:
    """Who took it is noted before it is sent."""
    export, actor = gate.subject(Export), gate.actor()
    if not export.ready:
        abort(404)
    id, name, format, size = export.id, export.file_name, export.format, export.size
    try:
        found = tasks.shelf(current_app.extensions["calakan.settings"]).sendable(export.code)
    except FileNotFoundError:
        abort(404)
    with db.transaction():
        services.note_download(id, actor=actor, now=clock.now())
    answer = send_file(found, mimetype=MIME_TYPES[format], as_attachment=True, download_name=name, etag=False)
    if answer.content_length is None and size is not None:  # out of a bucket
        answer.content_length = size
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/kelola/ekspor/<code>/batal")
def stop(code: str) -> AnyResponse:
    id = gate.subject(Export).id
    return _at_once(lambda: services.stop(id, actor=gate.actor(), now=clock.now()), "Pembuatan berkas dihentikan.")


@blueprint.post("/kelola/ekspor/<code>/hapus")
def remove(code: str) -> AnyResponse:
    id = gate.subject(Export).id
    return _at_once(lambda: services.remove(id, actor=gate.actor(), now=clock.now()), "Berkas dihapus.")


def _at_once(work: Any, text: str) -> AnyResponse:
    with acting(done=text):
        work()
    return redirect(url_for("exports.board"), 303)


@blueprint.post("/kelola/ekspor/bulanan")
def schedule() -> AnyResponse | tuple[str, int]:
    form = _monthly(request.form)
    assert form is not None
    if form.validate():
        with acting(form) as deed:
            schedules.add(
                int(form.orang.data), ExportKind(form.berkas.data), ExportFormat(form.sebagai.data),
                actor=gate.actor(), now=clock.now(),
            )  # fmt: skip
        if deed.done:
            flash("Laporan bulanan dipesan. Tautannya dikirim tiap awal bulan.", "ok")
            return redirect(url_for("exports.board"), 303)
    return _page(_form(None), form), 422


@blueprint.post("/kelola/ekspor/bulanan/hapus")
def unschedule() -> AnyResponse:
    text = request.form.get("id", "")
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return _at_once(lambda: schedules.remove(id, actor=gate.actor(), now=clock.now()), "Laporan bulanan dihentikan.")


@blueprint.get("/saya/riwayat/siasn-<int:year>.xlsx")
def own_history(year: int) -> AnyResponse:
    """What a PNS or PPPK enters in SIASN for a year: the rows of one's own certificates, as the office's list has them."""
    found = making.own_history(gate.actor(), year, now=clock.now()) if 2000 <= year <= 2100 else b""
    if not found:
        flash(
            "Belum ada: hanya untuk PNS dan PPPK yang mengisi NIP di profil dan punya sertifikat pada tahun itu.", "err"
        )
        return redirect(url_for("enrolment.history"), 303)
    answer = Response(found, mimetype=MIME_TYPES[ExportFormat.XLSX])
    answer.headers["Content-Disposition"] = f'attachment; filename="siasn-{year}.xlsx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/kelola/register.<any(xlsx, csv):format>")
def register_file(format: str) -> AnyResponse:
    """The register of a year; its columns are those of the export of all years."""
    named, told, now = request.args.get("buku"), request.args.get("tahun", ""), clock.now()
    book = RegisterKind(named) if named in set(RegisterKind) else RegisterKind.CERTIFICATE
    year = int(told) if told.isascii() and told.isdigit() and len(told) == 4 else clock.today().year
    content = making.year_register(book, year, Format(format), actor=gate.actor(), now=now)
    answer = Response(content, content_type=MIME_TYPES[ExportFormat(format)])
    answer.headers["Content-Disposition"] = f'attachment; filename="register-{book}-{year}.{format}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
