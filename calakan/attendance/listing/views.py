"""One list: a part of it to look at, what is ticked on any of its pages, and what the panitia do with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.attendance import batches, evidence, people, queries
from calakan.attendance.deciding import Verdict
from calakan.attendance.errors import NotAParticipant
from calakan.attendance.forms import BatchForm, GiveForm
from calakan.attendance.listing.looks import PER_PAGE, View, shown, ticked
from calakan.attendance.lists import Unclear
from calakan.attendance.manage import blueprint
from calakan.attendance.matching import Why
from calakan.attendance.models import Batch, BatchLine
from calakan.certificates import undoing
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import clock, db
from calakan.people import queries as people_queries
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import word
from calakan.web.paging import Page

__all__ = ["blueprint"]
MOST_TICKED = 10_000
MOST_FOUND = 20
TICKED = re.compile(r"([0-9]{1,9}):([0-9A-Z]{10})")  # a line, and a person's code
SHOWN = re.compile(r"[0-9]{1,9}(,[0-9]{1,9})*")


def _view() -> View:
    """From the address, or from the form whose button `ke` was pressed: a search, a page, or a line to find somebody for."""
    values = request.values
    number, line = _number(values.get("hal", "")), values.get("baris", "")[:9]
    pressed, _, to = request.form.get("ke", "").partition(":")
    if pressed == "hal":
        number = _number(to)
    elif pressed == "cari":
        number = 1
    elif pressed == "baris":
        line = to[:9]
    return View(values.get("cari", "").strip()[:100], number, line, values.get("q", "").strip()[:100])


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@blueprint.route("/kelola/impor/<int:id>", methods=["GET", "POST"])
def batch(id: int) -> str:
    """The lanes of one list. A POST looks at another part of it and keeps what is ticked; it changes nothing."""
    found, view = gate.subject(Batch), _view()
    rows = batches.lines(found.id)
    everybody = people.named({person for row in rows for person in (*row.candidates, row.person_id) if person})
    part = shown(rows, everybody, view)
    seated = people.participants(found.live_session.diklat_id)
    chosen = ticked(rows, everybody, seated) if request.method == "GET" else _posted(rows)
    before = _lines(request.form.get("dilihat", "")) & {row.id for row in rows}
    line = next((row for row in rows if str(row.id) == view.line and row.given_at is None), None)
    diklat_id = found.live_session.diklat_id
    return render_template(
        "attendance/batch.html",
        batch=found,
        session=found.live_session,
        diklat=found.live_session.diklat,
        people=everybody,
        lanes=part.lanes,
        counts=part.counts,
        page=Page(part.items, part.number, sum(part.counts.values()), PER_PAGE),
        view=view._replace(number=part.number),
        looked=part.looked_at(before),
        seen=sorted(before | part.ids & part.likely.keys()),
        chosen=chosen,
        elsewhere=[f"{id}:{code}" for id, code in chosen.items() if id not in part.ids],
        reason=_reason,
        verdict=lambda row: word(Verdict(row.verdict)),
        kept=batches.settled(found.live_session, rows),
        waiting=_waiting(found, rows),
        fallen=batches.has_fallen(found),
        line=line,
        found=_search(diklat_id, view.who) if line is not None and view.who else [],
        outside=_outside(diklat_id, view.who) if line is not None and view.who else [],
    )


def _posted(rows: list[BatchLine]) -> dict[int, str]:
    """line -> code, of lines that can still be given."""
    open_ones = {row.id for row in rows if row.given_at is None}
    read = [TICKED.fullmatch(value) for value in _ticked()]
    return {int(match[1]): match[2] for match in read if match is not None and int(match[1]) in open_ones}


def _lines(text: str) -> frozenset[int]:
    """Numbers of lines, with commas between; none where anything else stands there."""
    return frozenset(map(int, text.split(","))) if SHOWN.fullmatch(text) else frozenset()


def _ticked() -> list[str]:
    return [value for name in ("hadir", "calon") for value in request.form.getlist(name) if value][:MOST_TICKED]


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


def _search(diklat_id: int, words: str) -> list[Any]:
    wanted = enrolment.roster(diklat_id, visible_to=gate.actor(), words=words).limit(MOST_FOUND)
    return [row.person for row in db.session().scalars(wanted)]


def _outside(diklat_id: int, words: str) -> list[Any]:
    """People with an account and no seat here."""
    wanted = people_queries.people(adding=True, visible_to_actor=gate.actor(), words=words).limit(MOST_FOUND)
    rows = list(db.session().scalars(wanted))
    states = enrolment.states_of(diklat_id, [row.id for row in rows])
    return [row for row in rows if row.active and states.get(row.id) is not EnrolmentState.CONFIRMED]


@blueprint.post("/kelola/impor/<int:id>/terapkan")
def apply_batch(id: int) -> Response:
    """`hadir` holds `line:code` of whoever is ticked, on this page or another; `calon` the choice made for a line.

    `semua` are the lines that were shown as likely, on this page or another, all of which are accepted by their own
    button, whatever is ticked.
    """
    found, actor = gate.subject(Batch), gate.actor()
    batch_id, session_id, form = found.id, found.live_session_id, BatchForm()
    read = [TICKED.fullmatch(value) for value in _ticked()]
    everything = request.form.get("semua", "")
    here = redirect(url_for("attendance_manage.batch", id=batch_id, **_view().address), 303)
    if form.validate_on_submit() and (lines := _lines(everything)):
        _marking(session_id, lambda: batches.apply_likely(batch_id, lines, actor=actor, now=clock.now()))
        return here
    kept = batches.settled(found.live_session, batches.lines(batch_id))
    if not form.validate_on_submit() or everything or not (read or kept) or None in read:
        flash("Pilih paling sedikit satu orang.", "err")
        return here
    given = {int(match[1]): match[2] for match in read if match is not None}
    _give(found, given, leave_out=True)
    return here


@blueprint.post("/kelola/impor/<int:id>/beri")
def give_line(id: int) -> Response:
    """One line to one participant whom the panitia have looked up, or to whom they enrol on the spot (`daftar`).

    What is ticked goes back to the list as it was sent.
    """
    found, actor, form = gate.subject(Batch), gate.actor(), GiveForm()
    batch_id, address = found.id, url_for("attendance_manage.batch", id=found.id)
    if form.validate_on_submit() and form.baris.data and (form.daftar.data or request.args.get("daftar")):
        person = people_queries.by_code(form.orang.data or "")
        with acting(done="Terdaftar, dan dicatat dari baris ini."):
            if person is None or not person.active:
                raise NotAParticipant()
            batches.enrol_and_apply(batch_id, form.baris.data, person.id, actor=actor, now=clock.now())
    elif form.validate_on_submit() and form.baris.data:
        _give(found, {form.baris.data: form.orang.data or ""})
    else:
        flash("Pilih baris dan pesertanya.", "err")
    return redirect(address, 307 if "hal" in request.form else 303)


def _give(found: Batch, wanted: Mapping[int, str], *, leave_out: bool = False) -> None:
    """`leave_out`: certain lines that are not among them stay unticked from now on."""
    batch_id, actor, codes = found.id, gate.actor(), list(dict.fromkeys(wanted.values()))
    ids = enrolment.participant_ids(found.live_session.diklat_id, codes)

    def work() -> int:
        if len(ids) != len(codes):
            raise NotAParticipant()
        new = batches.apply(batch_id, {line: ids[code] for line, code in wanted.items()}, actor=actor, now=clock.now())
        if leave_out:
            batches.leave_out(batch_id)
        return new

    _marking(found.live_session_id, work)


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
