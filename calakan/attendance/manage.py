"""Lists of who was there, several files at once (each is then a page of `listing`), and the answers to appeals."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from calakan.attendance import appeals, batches
from calakan.attendance.batches import Options, Stored
from calakan.attendance.documents import photo_of
from calakan.attendance.errors import NotAParticipant
from calakan.attendance.forms import AppealAnswerForm, ListForm
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock, db, formats
from calakan.kernel.errors import DomainError
from calakan.tables.reading import ahead
from calakan.web import gate, limits
from calakan.web.acting import acting
from calakan.web.messages import sentence

blueprint = Blueprint("attendance_manage", __name__, template_folder="templates")


def _started(diklat_id: int) -> list[LiveSession]:
    now = clock.now()
    return [session for session in diklat_queries.sessions_of(diklat_id) if session.starts_at <= now]


def _offered(diklat_id: int, number: str) -> list[LiveSession]:
    """With the one that was chosen: that it was called off or moved since is said by its own sentence."""
    started = _started(diklat_id)
    every = diklat_queries.sessions_of(diklat_id, cancelled=True) if number else ()
    return started + [row for row in every if str(row.number) == number and row.id not in {s.id for s in started}]


@blueprint.route("/kelola/diklat/<slug>/kehadiran/impor", methods=["GET", "POST"])
@limits.files
def import_list(slug: str) -> Response | str | tuple[str, int]:
    """Reads files and keeps what they say, one batch a file and session; marks nobody."""
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    sessions = _offered(diklat_id, request.form.get("sesi", ""))
    form = ListForm([(str(s.number), f"{s.title}, {formats.day(s.starts_at, short=True)}") for s in sessions])
    stored: list[Stored] = []
    if form.validate_on_submit():
        options = Options(form.menit.data, form.zona.data, form.nama.data, form.satuan.data or "")
        chosen = next((session for session in sessions if str(session.number) == form.sesi.data), None)
        for file in form.files.data:
            content, name = file.read(), _name(file)
            try:
                with ahead(content), db.transaction():
                    now = clock.now()
                    if chosen is not None:
                        stored.append(
                            batches.store(chosen.id, content, name=name, options=options, actor=actor, now=now)
                        )
                    else:
                        started = _started(diklat_id)
                        stored += batches.store_by_time(
                            started, content, name=name, options=options, actor=actor, now=now
                        )
            except DomainError as error:
                form.files.errors = [*form.files.errors, f"{name}: {sentence(error)}"]
    if stored and not form.errors:
        for sheet in dict.fromkeys(sheet for row in stored for sheet in row.plan.unread):
            flash(f"Lembar “{sheet}” tidak memuat daftar orang, jadi tidak dibaca.", "warn")
        for row in stored:
            if row.again:
                flash("Berkas yang sama pernah dibaca. Tidak ada yang berubah; ini hasilnya.", "warn")
        if len(stored) == 1:
            return redirect(url_for("attendance_manage.batch", id=stored[0].batch_id), 303)
        return redirect(url_for("attendance_manage.import_list", slug=slug), 303)
    page = render_template(
        "attendance/list.html",
        diklat=diklat_queries.by_slug(slug),
        form=form,
        started=bool(sessions),
        batches=batches.batches(diklat_id),
    )
    return (page, 422) if form.errors else page


def _name(file: FileStorage) -> str:
    """As far as it can be read."""
    return "".join(c for c in file.filename or "" if c.isprintable() and c != "\ufffd").strip()[-80:] or "berkas"


@blueprint.get("/kelola/diklat/<slug>/kehadiran/ajuan/<int(max=9999):number>/<code>/foto")
def appeal_photo(slug: str, number: int, code: str) -> Response:
    """For whoever decides."""
    diklat_id = gate.subject(Diklat).id
    session_id = next((s.id for s in _started(diklat_id) if s.number == number), 0)
    people = list(enrolment.participant_ids(diklat_id, [code[:20]]).values())
    return photo_of(appeals.of_person(session_id, people[0]) if people else None)


@blueprint.post("/kelola/diklat/<slug>/kehadiran/ajuan")
def answer_appeal(slug: str) -> Response:
    diklat_id, actor, form = gate.subject(Diklat).id, gate.actor(), AppealAnswerForm()
    session_id = next((s.id for s in _started(diklat_id) if str(s.number) == form.sesi.data), 0)
    people = list(enrolment.participant_ids(diklat_id, [form.orang.data or ""]).values())
    valid, grant, answer = form.validate_on_submit(), form.terima.data == "1", form.jawaban.data or ""
    with acting(done="Ajuan diterima; peserta ditandai hadir." if grant else "Ajuan ditolak."):
        if not valid or not session_id or not people:
            raise NotAParticipant()
        appeals.answer(session_id, people[0], grant=grant, text=answer, actor=actor, now=clock.now())
    return redirect(url_for("attendance.sheet", slug=slug))
