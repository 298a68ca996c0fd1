"""A test on a phone: begin, answer, send. Each answer is saved as it is given; without a script one form does it all."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment import answered, kinds
from calakan.assessment.errors import KeyKnown
from calakan.assessment.kinds import Given
from calakan.assessment.models import Attempt, Exam, Question
from calakan.assessment.queries import access, exams
from calakan.assessment.queries.exams import Asked
from calakan.assessment.services import attempts
from calakan.assessment.services.questions import MOST_QUESTIONS
from calakan.assessment.views import files
from calakan.assessment.views.tasks import blueprint
from calakan.diklat.models import DiklatState
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.materials import queries as materials
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import sentence


@blueprint.get("/belajar/<slug>/tes/<int(max=9999):number>")
def exam(slug: str, number: int) -> str:
    found, person_id, now = gate.subject(Exam), gate.me(), clock.now()
    held = [row for row in exams.attempts(found.id, person_id) if row.number]
    running = next((row for row in held if row.finished_at is None and now < row.ends_at), None)
    barred = access.knows_key(person_id, found)
    sat = [row for row in held if row is not running]
    public = found.diklat.state is DiklatState.PUBLISHED
    best = exams.best([found.id], now=now, person_ids=[person_id])[found.id].get(person_id)
    asked = exams.asked(found, person_id, running) if running is not None and not barred else []
    given = _given(asked, running) if running is not None else {}
    facts: dict[str, Any] = {
        "exam": found,
        "diklat": found.diklat,
        "reading": materials.standing(found.material_id) if found.material_id is not None else None,
        "barred": sentence(KeyKnown()) if barred else "",
        "running": running if not barred else None,
        "asked": asked,
        "unanswered": [
            n for n, row in enumerate(asked, start=1) if not kinds.is_whole(row.question, given.get(row.question.id))
        ],
        "count": min(exams.question_counts([found])[found.id], found.draw or MOST_QUESTIONS),
        "best": best,
        "told": best is not None and found.id in exams.tellable([found], person_id, now=now),
        "left": max(found.attempts_allowed - len(sat) - (running is not None), 0),
        "open": public and found.opens_at <= now < found.closes_at,
        "sure": request.args.get("kirim") == "1",
        "given": given,
    }
    return render_template("assessment/exam.html", sat=sat, **facts, **_shown_answers(found, sat))


def _shown_answers(found: Exam, sat: list[Attempt]) -> dict[str, Any]:
    """The latest attempt against what is right, once nobody can use that any more."""
    if not sat or not exams.may_show_answers(found, now=clock.now()):
        return {"solved": []}
    asked = exams.asked(found, gate.me(), sat[-1])
    given = _given(asked, sat[-1])
    return {"solved": [_solved(row.question, given.get(row.question.id)) for row in asked]}


def _solved(question: Question, given: Given | None) -> tuple[Question, bool, str, str]:
    """Whether the answer is right, the answer, and the key."""
    return question, kinds.is_right(question, given), kinds.shown(question, given), kinds.shown_key(question)


def _given(asked: list[Asked], attempt: Attempt) -> dict[int, Given]:
    return kinds.by_question([row.question for row in asked], exams.given(attempt.id))


def _back(slug: str, number: int, **more: Any) -> Response:
    return redirect(url_for("assessment.exam", slug=slug, number=number, **more), 303)


@blueprint.post("/belajar/<slug>/tes/<int(max=9999):number>/mulai")
def begin(slug: str, number: int) -> Response:
    exam_id, person_id, actor = gate.subject(Exam).id, gate.me(), gate.actor()
    with acting():
        attempts.begin(exam_id, person_id, actor=actor, now=clock.now())
    return _back(slug, number)


def _choices(found: Exam, attempt: Attempt | None) -> dict[int, Given]:
    return answered.read(request.form, exams.asked(found, gate.me(), attempt))


@blueprint.get("/belajar/<slug>/tes/<int(max=9999):number>/gambar/<int(max=999):place>")
def picture(slug: str, number: int, place: int) -> Response:
    """Beside the question at this place, counted as this person sees them: while it is answered, and once answers are shown."""
    found, person_id, now = gate.subject(Exam), gate.me(), clock.now()
    attempt = _latest(found.id)
    if attempt is None or access.knows_key(person_id, found):
        abort(404)
    running = attempt.finished_at is None and now < attempt.ends_at
    if not running and not exams.may_show_answers(found, now=now):
        abort(404)
    rows = exams.asked(found, person_id, attempt)
    return files.picture(rows[place - 1].question if 1 <= place <= len(rows) else None)


def _latest(exam_id: int) -> Attempt | None:
    """The attempt that a form belongs to: the service says whether it still takes answers."""
    held = [row for row in exams.attempts(exam_id, gate.me()) if row.number]
    return held[-1] if held else None


@blueprint.post("/belajar/<slug>/tes/<int(max=9999):number>/simpan")
def save_answers(slug: str, number: int) -> Response:
    """What was chosen so far. A script asks without seeing the page: 204, or 409 once the attempt is over."""
    found = gate.subject(Exam)
    attempt, actor = _latest(found.id), gate.actor()
    attempt_id, choices = attempt.id if attempt is not None else None, _choices(found, attempt)
    silent = request.headers.get("X-Requested-With") == "fetch"
    if attempt_id is None:
        flash("Ketuk Mulai lebih dulu.", "err")
        return _back(slug, number)
    try:
        with db.transaction():
            attempts.save(attempt_id, choices, actor=actor, now=clock.now())
    except DomainError as error:
        if silent:
            return Response(sentence(error), 409, mimetype="text/plain")
        flash(sentence(error), "err")
    else:
        if silent:
            return Response(status=204)
        flash("Jawaban tersimpan.", "ok")
    return _back(slug, number)


@blueprint.post("/belajar/<slug>/tes/<int(max=9999):number>/kirim")
def send_answers(slug: str, number: int) -> Response:
    """Saves and ends; where answers are missing it asks once more."""
    found = gate.subject(Exam)
    attempt, actor = _latest(found.id), gate.actor()
    attempt_id, choices = attempt.id if attempt is not None else None, _choices(found, attempt)
    if attempt_id is None:
        flash("Ketuk Mulai lebih dulu.", "err")
        return _back(slug, number)
    asked = exams.questions_of(found, attempt)
    held = kinds.by_question(asked, exams.given(attempt_id)) | choices
    missing = sum(not kinds.is_whole(row, held.get(row.id)) for row in asked)
    send = not missing or request.form.get("yakin") == "1"
    with acting() as deed:
        attempts.save(attempt_id, choices, send=send, actor=actor, now=clock.now())
    if not deed.done:
        return _back(slug, number)
    if not send:
        flash(f"{missing} soal belum dijawab. Lengkapi, atau ketuk Kirim sekali lagi.", "warn")
        return _back(slug, number, kirim="1")
    flash("Jawaban terkirim.", "ok")
    return _back(slug, number)
