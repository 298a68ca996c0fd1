"""Checking in by code, and lists of who was there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Response

from calakan.api import door, problem
from calakan.api.bodies import CSV, XLSX, Body, FileBody
from calakan.api.door import Operation, Param, Reply
from calakan.api.schema import INSTANT, TEXT, WHOLE, YES_NO, many, maybe, obj, one_of
from calakan.attendance import batches, checking_in, imports, matching
from calakan.attendance.checking_in import Answer
from calakan.attendance.forms import CheckInForm
from calakan.attendance.imports import Imported
from calakan.attendance.matching import By, Lane, Plan, Verdict, Why
from calakan.attendance.models import Batch, BatchState
from calakan.certificates import undoing
from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import clock
from calakan.tables.reading import ahead
from calakan.web import gate

MINUTES = maybe({"type": "number"})
UNITS = ("minutes", "seconds", "hours")
WHO = obj(code=TEXT, name=TEXT)
PLAN = obj(
    marked=WHOLE, dry_run=YES_NO, batch=maybe(WHOLE), again=YES_NO, least_minutes=WHOLE, ignored=WHOLE, elsewhere=YES_NO,
    found=many(obj(
        person=WHO, email=TEXT, lane=one_of(Lane), by=one_of(By), shown=TEXT, said=TEXT, lines=many(WHOLE),
        minutes=MINUTES, verdict=one_of(Verdict), why=maybe(TEXT),
    )),
    left=many(obj(
        shown=TEXT, email=TEXT, lane=one_of(Lane), lines=many(WHOLE), minutes=MINUTES, why=one_of(Why),
        candidates=many(WHO),
    )),
)  # fmt: skip
IMPORT_PARAMS = (
    Param("dry_run", {**YES_NO, "default": False}, "Periksa saja, tanpa menandai."),
    Param(
        "minutes",
        {"type": "integer", "minimum": 0, "maximum": 720},
        "Paling sedikit berapa menit agar dihitung hadir. Bila kosong: 80% lama sesi.",
    ),
    Param(
        "accept_likely",
        {**YES_NO, "default": False},
        "Tandai juga yang mungkin, bila satu baris hanya dapat berarti satu orang.",
    ),
    Param(
        "unit",
        one_of(UNITS),
        "Satuan lamanya bila berkas hanya memuat angka: minutes, seconds, atau hours. Bila kosong: menurut berkas.",
    ),
    Param("source", {**TEXT, "default": "Daftar hadir"}, "Disimpan sebagai alasan penandaan."),
)
MOST_LISTS = 200
OF_LIST = obj(batch=WHOLE, session=TEXT, file=TEXT, sha256=TEXT, state=one_of(BatchState), read_at=INSTANT)
CHECKED_IN = obj(session=TEXT, answer=one_of([Answer.PRESENT, Answer.NOTED, Answer.ALREADY]))


def check_in(id: str) -> Response:
    session_id, actor, me, form = gate.subject(LiveSession).id, gate.actor(), door.me(), CHECK_IN.read()

    def work() -> Reply:
        """A miss is kept too, for the panitia's list and as the brake on guessing; so it is a reply, not an error."""
        answered = checking_in.check_in(me, form.code.data, actor=actor, now=clock.now(), only_session_id=session_id)
        refusal = answered.refusal
        if refusal is None:
            return Reply({"session": id, "answer": answered.answer.value})
        status = 429 if answered.answer is Answer.TOO_MANY else 422
        return Reply(problem.body_of(refusal, status), status)

    return door.write(work)


def _plan(plan: Plan, accepted: Collection[int], done: Imported | None = None) -> dict[str, Any]:
    """`done` is None for a rehearsal."""

    def who(participant: matching.Participant) -> dict[str, str]:
        return {"code": participant.code, "name": participant.printed_name}

    return {
        "marked": done.marked if done else 0,
        "dry_run": done is None,
        "batch": done.batch_id if done else None,
        "again": done is not None and done.again,
        "least_minutes": plan.least_minutes,
        "ignored": plan.ignored,
        "elsewhere": plan.elsewhere,
        "found": [
            {
                "person": who(row.participant),
                "email": row.participant.email,
                "lane": row.lane.value,
                "by": row.by.value,
                "shown": row.shown,
                "said": row.said,
                "lines": list(row.lines),
                "minutes": row.minutes,
                "verdict": "present" if row.participant.person_id in accepted else row.verdict.value,
                "why": why.value if (why := row.unclear or row.why) else None,
            }
            for row in plan.found
        ],
        "left": [
            {
                "shown": row.shown,
                "email": row.email,
                "lane": row.lane.value,
                "lines": list(row.lines),
                "minutes": row.minutes,
                "why": row.why.value,
                "candidates": [who(candidate) for candidate in row.candidates],
            }
            for row in plan.left
        ],
    }


def import_list(id: str) -> Response:
    session, actor, asked, content = gate.subject(LiveSession), gate.actor(), door.query(IMPORT_PARAMS), LIST.read()
    session_id, least, likely, unit = session.id, asked["minutes"], asked["accept_likely"], asked["unit"] or ""
    if asked["dry_run"]:
        plan = imports.rehearse(session, content, least_minutes=least, unit=unit, now=clock.now())
        return door.answer(_plan(plan, frozenset(plan.likely) if likely else frozenset()))

    def work() -> Reply:
        done = imports.import_list(
            session_id,
            content,
            least_minutes=least,
            source=asked["source"],
            accept_likely=likely,
            unit=unit,
            actor=actor,
            now=clock.now(),
        )
        return Reply(_plan(done.plan, done.accepted, done))

    with ahead(content):
        return door.write(work)


def lists(slug: str) -> Response:
    rows = batches.batches(gate.subject(Diklat).id, limit=MOST_LISTS)
    return door.answer({"items": [_list(row) for row in rows]})


def _list(row: Batch) -> dict[str, Any]:
    return {
        "batch": row.id,
        "session": f"{row.live_session.diklat.slug}~{row.live_session.number}",
        "file": row.file_name,
        "sha256": row.file_hash,
        "state": row.state.value,
        "read_at": door.instant(row.made_at),
    }


def undo(id: str) -> Response:
    batch_id, actor = gate.subject(Batch).id, gate.actor()

    def work() -> Reply:
        return Reply({"batch": batch_id, "taken_back": undoing.undo_list(batch_id, actor=actor, now=clock.now())})

    return door.write(work)


CHECK_IN, LIST = Body(CheckInForm), FileBody(CSV, XLSX)
OPERATIONS = [
    Operation(
        method="POST", path="/sessions/{id}/check-in", name="check_in", view=check_in, summary="Catat kehadiran",
        about="Kode enam angka yang ditampilkan saat sesi. id sesi: <slug>~<nomor>.",
        body=CHECK_IN, answers={200: CHECKED_IN}, refusals=(404,),
    ),
    Operation(
        method="POST", path="/sessions/{id}/attendance-import", name="import_attendance", view=import_list,
        summary="Impor daftar hadir", about="Laporan Zoom atau Meet, jawaban Google Form, atau kolom surel, NIP, atau "
        "nama. Hanya yang pasti cocok yang ditandai; sisanya disebut beserta calonnya.",
        params=IMPORT_PARAMS, body=LIST, answers={200: PLAN}, refusals=(404, 409),
    ),
    Operation(
        method="GET", path="/diklat/{slug}/attendance-lists", name="attendance_lists", view=lists,
        summary="Daftar hadir yang sudah dibaca", about="Yang terbaru lebih dulu, paling banyak 200.",
        answers={200: obj(items=many(OF_LIST))}, refusals=(404,),
    ),
    Operation(
        method="POST", path="/attendance-lists/{id}/undo", name="undo_attendance_list", view=undo,
        summary="Batalkan impor daftar hadir", about="Kehadiran yang dibuat daftar ini dihapus; yang sudah diubah "
        "sesudahnya tetap. Ditolak bila sertifikat sudah terbit karenanya. id: batch pada jawaban impornya.",
        answers={200: obj(batch=WHOLE, taken_back=WHOLE)}, refusals=(404, 409),
    ),
]  # fmt: skip
