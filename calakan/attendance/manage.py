"""Lists of who was there: several files at once, then each as a batch in three lanes to look at, apply, and take back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from calakan.attendance import appeals, batches, evidence, people, queries
from calakan.attendance.batches import Options, Stored
from calakan.attendance.deciding import Verdict
from calakan.attendance.documents import photo_of
from calakan.attendance.errors import NotAParticipant
from calakan.attendance.forms import AppealAnswerForm, BatchForm, GiveForm, ListForm
from calakan.attendance.lists import Unclear
from calakan.attendance.matching import By, Lane, Why
from calakan.attendance.models import Batch, BatchLine
from calakan.certificates import undoing
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import clock, db, formats
from calakan.kernel.errors import DomainError
from calakan.people import queries as people_queries
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import sentence, word

blueprint = Blueprint("attendance_manage", __name__, template_folder="templates")
MOST_TICKED = 10_000
MOST_SHOWN = 400
MOST_FOUND = 20
TICKED = re.compile(r"([0-9]{1,9}):([0-9A-Z]{10})")  # a line, and a person's code
SHOWN = re.compile(r"[0-9]{1,9}(,[0-9]{1,9})*")
SEEN = (Verdict.SHORT, Verdict.LATE, Verdict.ABSENT, Verdict.TAKEN_AWAY, Verdict.ALREADY)


def _started(diklat_id: int) -> list[LiveSession]:
    now = clock.now()
    return [session for session in diklat_queries.sessions_of(diklat_id) if session.starts_at <= now]


@blueprint.route("/kelola/diklat/<slug>/kehadiran/impor", methods=["GET", "POST"])
def import_list(slug: str) -> Response | str | tuple[str, int]:
    """Reads files and keeps what they say, one batch a file and session; marks nobody."""
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    sessions = _started(diklat_id)
    form = ListForm([(str(s.number), f"{s.title}, {formats.day(s.starts_at, short=True)}") for s in sessions])
    stored: list[Stored] = []
    if form.validate_on_submit():
        options = Options(form.menit.data, form.zona.data, form.nama.data, form.satuan.data or "")
        chosen = next((session for session in sessions if str(session.number) == form.sesi.data), None)
        for file in form.files.data:
            content, name = file.read(), _name(file)
            try:
                with db.transaction():
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


@blueprint.get("/kelola/impor/<int:id>")
def batch(id: int) -> str:
    """The lanes of one list; `baris` and `q` look for somebody to give a line to."""
    found = gate.subject(Batch)
    rows = batches.lines(found.id)
    everybody = people.named({person for row in rows for person in (*row.candidates, row.person_id) if person})
    line = next((row for row in rows if str(row.id) == request.args.get("baris")), None)
    words = request.args.get("q", "")[:100]
    return render_template(
        "attendance/batch.html",
        batch=found,
        session=found.live_session,
        diklat=found.live_session.diklat,
        people=everybody,
        lanes=_lanes(rows),
        reason=_reason,
        verdict=lambda row: word(Verdict(row.verdict)),
        sure=batches.sure(rows),
        kept=batches.settled(found.live_session, rows),
        likely=batches.likely(rows),
        waiting=_waiting(found, rows),
        most=MOST_SHOWN,
        line=line,
        words=words,
        found=_search(found.live_session.diklat_id, words) if line is not None and words else [],
        outside=_outside(found.live_session.diklat_id, words) if line is not None and words.strip() else [],
    )


def _waiting(found: Batch, rows: list[BatchLine]) -> set[int]:
    """Lines that one tick gives to somebody whom the rule of the diklat would not count by them yet."""
    given = batches.sure(rows) | batches.likely(rows)
    counts = evidence.with_lines(found.live_session, [*given.values()])
    signs = {row.id: batches.signs(found, row) for row in rows if row.id in given}
    return {line for line, person in given.items() if not counts(person, signs[line])}


def _reason(row: BatchLine) -> str:
    if row.unclear:
        return word(Unclear(row.unclear))
    return word(Why(row.why)) if row.why else ""


def _lanes(rows: list[BatchLine]) -> dict[str, list[BatchLine]]:
    """What the page shows one below the other; lines by name alone stand first, for a look."""
    lanes: dict[str, list[BatchLine]] = {
        "given": [],
        "by_name": [],
        "sure": [],
        "likely": [],
        "unknown": [],
        "seen": [],
    }
    for row in rows:
        if row.verdict in SEEN and (row.lane == Lane.SURE or row.given_at is None):
            lanes["seen"].append(row)
        elif row.given_at is not None:
            lanes["given"].append(row)
        elif row.lane == Lane.SURE and row.verdict == Verdict.PRESENT:
            lanes["by_name" if row.by == By.NAME else "sure"].append(row)
        else:
            lanes["likely" if row.candidates else "unknown"].append(row)
    return lanes


def _search(diklat_id: int, words: str) -> list[Any]:
    wanted = enrolment.roster(diklat_id, visible_to=gate.actor(), words=words).limit(MOST_FOUND)
    return [row.person for row in db.session().scalars(wanted)]


def _outside(diklat_id: int, words: str) -> list[Any]:
    """People with an account and no seat here."""
    wanted = people_queries.people(visible_to_actor=gate.actor(), words=words).limit(MOST_FOUND)
    rows = list(db.session().scalars(wanted))
    states = enrolment.states_of(diklat_id, [row.id for row in rows])
    return [row for row in rows if row.active and states.get(row.id) is not EnrolmentState.CONFIRMED]


@blueprint.post("/kelola/impor/<int:id>/terapkan")
def apply_batch(id: int) -> Response:
    """`hadir` holds `line:code` of whoever is ticked; `calon` the choice made for a line.

    `semua` are the lines shown as likely, all of which are accepted by their own button, whatever is ticked.
    """
    found, actor = gate.subject(Batch), gate.actor()
    batch_id, session_id, diklat_id, form = found.id, found.live_session_id, found.live_session.diklat_id, BatchForm()
    ticked = [value for name in ("hadir", "calon") for value in request.form.getlist(name) if value][:MOST_TICKED]
    read = [TICKED.fullmatch(value) for value in ticked]
    shown = request.form.get("semua", "")
    here = redirect(url_for("attendance_manage.batch", id=batch_id), 303)
    if form.validate_on_submit() and SHOWN.fullmatch(shown):
        lines = frozenset(map(int, shown.split(",")))
        _marking(session_id, lambda: batches.apply_likely(batch_id, lines, actor=actor, now=clock.now()))
        return here
    kept = batches.settled(found.live_session, batches.lines(batch_id))
    if not form.validate_on_submit() or shown or not (read or kept) or None in read:
        flash("Pilih paling sedikit satu orang.", "err")
        return here
    given = {int(match[1]): match[2] for match in read if match is not None}
    _give(batch_id, session_id, diklat_id, given, actor=actor)
    return here


@blueprint.post("/kelola/impor/<int:id>/beri")
def give_line(id: int) -> Response:
    """One line to one participant whom the panitia have looked up, or to whom they enrol on the spot (`daftar`)."""
    found, actor, form = gate.subject(Batch), gate.actor(), GiveForm()
    batch_id, session_id, diklat_id = found.id, found.live_session_id, found.live_session.diklat_id
    if form.validate_on_submit() and form.baris.data and form.daftar.data:
        person = people_queries.by_code(form.orang.data or "")
        with acting(done="Terdaftar, dan ditandai hadir dari baris ini."):
            if person is None or not person.active:
                raise NotAParticipant()
            batches.enrol_and_apply(batch_id, form.baris.data, person.id, actor=actor, now=clock.now())
    elif form.validate_on_submit() and form.baris.data:
        _give(batch_id, session_id, diklat_id, {form.baris.data: form.orang.data or ""}, actor=actor)
    else:
        flash("Pilih baris dan pesertanya.", "err")
    return redirect(url_for("attendance_manage.batch", id=batch_id), 303)


def _give(batch_id: int, session_id: int, diklat_id: int, wanted: dict[int, str], *, actor: Any) -> None:
    codes = list(dict.fromkeys(wanted.values()))
    ids = enrolment.participant_ids(diklat_id, codes)

    def work() -> int:
        if len(ids) != len(codes):
            raise NotAParticipant()
        given = {line: ids[code] for line, code in wanted.items()}
        return batches.apply(batch_id, given, actor=actor, now=clock.now())

    _marking(session_id, work)


def _marking(session_id: int, work: Callable[[], int]) -> None:
    """`work` returns how many are marked."""
    new, kept, doubted = 0, 0, 0
    with acting() as deed:
        signs, there = batches.line_count(session_id), queries.present_count(session_id)
        new = work()
        kept = batches.line_count(session_id) - signs
        doubted = there + new - queries.present_count(session_id)
    if not deed.done:
        return
    none = "Belum ada yang bertambah hadir; barisnya tersimpan sebagai bukti." if kept else "Tidak ada yang berubah."
    flash(f"{new} peserta ditandai hadir." if new else none, "ok")
    if doubted:
        flash(f"{doubted} peserta tercatat tidak hadir pada berkas ini, jadi kehadirannya perlu ditinjau.", "warn")


@blueprint.post("/kelola/impor/<int:id>/batalkan")
def undo_batch(id: int) -> Response:
    batch_id, actor, form = gate.subject(Batch).id, gate.actor(), BatchForm()
    if not form.validate_on_submit():
        abort(400)
    gone = 0
    with acting() as deed:
        gone = undoing.undo_list(batch_id, actor=actor, now=clock.now())
    if deed.done:
        flash(f"Impor dibatalkan: {gone} kehadiran dihapus.", "ok")
    return redirect(url_for("attendance_manage.batch", id=batch_id), 303)


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
