"""Reviewing: the list of a task, one answer after the other, and many accepted at once."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment.errors import ReviewedAlready
from calakan.assessment.forms import BulkAcceptForm, ReviewForm
from calakan.assessment.manage.tasks import Page, blueprint
from calakan.assessment.models import Exercise, SubmissionState
from calakan.assessment.queries import exercises
from calakan.assessment.services import reviewing
from calakan.assessment.views.files import sent
from calakan.enrolment.queries import seats
from calakan.kernel import clock
from calakan.web import gate
from calakan.web.acting import acting, held
from calakan.web.paging import page as page_of

WAITS = "menunggu"
NOT_YET = "belum"
STATES = {
    WAITS: SubmissionState.HANDED_IN,
    "dikembalikan": SubmissionState.RETURNED,
    "diterima": SubmissionState.ACCEPTED,
}
CHOSEN = re.compile(r"([0-9A-Z]{10}):([0-9]{1,6})")  # a person's code and the round that was listed
MOST_AT_ONCE = 200


@blueprint.get("/kelola/diklat/<slug>/tugas/<int(max=9999):number>")
def review(slug: str, number: int) -> str:
    task, words = gate.subject(Exercise), request.args.get("q", "")[:100]
    shown = request.args.get("status", "")
    shown = shown if shown in (*STATES, NOT_YET) else WAITS
    if shown == NOT_YET:
        found = page_of(exercises.not_handed_in(task, words=words))
    else:
        found = page_of(exercises.handed_in(task.id, STATES[shown], words=words))
    counted = exercises.tally([task.id])[task.id]
    counts = {name: counted[state] for name, state in STATES.items()}
    counts[NOT_YET] = seats(task.diklat)[task.diklat_id].taken - counted.total()
    return render_template(
        "assessment/review.html",
        task=task,
        diklat=task.diklat,
        page=found,
        shown=shown,
        waits=shown == WAITS,
        not_yet=shown == NOT_YET,
        words=words,
        counts=counts,
        first=exercises.next_to_review(task.id),
    )


@blueprint.post("/kelola/diklat/<slug>/tugas/<int(max=9999):number>/terima")
def accept_many(slug: str, number: int) -> Response:
    task_id, actor, form = gate.subject(Exercise).id, gate.actor(), BulkAcceptForm()
    back = redirect(url_for("assessment_manage.review", slug=slug, number=number), 303)
    if not form.validate_on_submit():
        flash("Pilih peserta lebih dulu.", "err")
        return back
    ticked = [CHOSEN.fullmatch(value) for value in list(dict.fromkeys(form.chosen.data or []))[:MOST_AT_ONCE]]
    rounds = {match[1]: int(match[2]) for match in ticked if match is not None}
    people = exercises.participants(task_id, list(rounds))
    with acting() as deed:
        done = reviewing.accept(
            task_id, {id: rounds[code] for code, id in people.items()}, actor=actor, now=clock.now()
        )
    if not deed.done:
        return back
    left = len(rounds) - done
    flash(f"{done} jawaban diterima." + (f" {left} lagi berubah sejak tampil, periksa ulang." if left else ""), "ok")
    return back


def _address(slug: str, number: int, code: str | None) -> str:
    """The next one who waits, else the list."""
    if code is None:
        return url_for("assessment_manage.review", slug=slug, number=number)
    return url_for("assessment_manage.answer", slug=slug, number=number, code=code)


@blueprint.route("/kelola/diklat/<slug>/tugas/<int(max=9999):number>/jawaban/<code>", methods=["GET", "POST"])
def answer(slug: str, number: int, code: str) -> Page:
    task = gate.subject(Exercise)
    form = ReviewForm(task.rubric)
    task_id, person_id = task.id, exercises.participants(task.id, [code[:20]]).get(code)
    if person_id is None:
        abort(404)
    if form.validate_on_submit() and held(form, lambda: _decide(task_id, person_id, form)):
        flash(
            "Jawaban diterima." if form.verdict.data == "terima" else "Jawaban dikembalikan; catatannya dikirim.", "ok"
        )
        return redirect(_address(slug, number, exercises.next_to_review(task_id)), 303)
    page = render_template("assessment/answer.html", form=form, code=code, **_facts(slug, number, task_id, person_id))
    return (page, 422) if form.is_submitted() else page


def _decide(task_id: int, person_id: int, form: ReviewForm) -> None:
    seen, remark = form.seen.data or "", form.remark.data or ""
    if not (seen.isascii() and seen.isdigit() and len(seen) < 7):
        raise ReviewedAlready()
    actor, now = gate.actor(), clock.now()
    if form.verdict.data == "terima":
        marks, rubric = form.marks(), form.rubric.data or ""
        reviewing.accept(
            task_id, {person_id: int(seen)}, remark=remark, marks=marks, rubric=rubric, actor=actor, now=now
        )
    else:
        reviewing.give_back(task_id, person_id, int(seen), remark=remark, actor=actor, now=now)


def _facts(slug: str, number: int, task_id: int, person_id: int) -> dict[str, Any]:
    task, row = exercises.exercise(slug, number), exercises.submission(task_id, person_id)
    if task is None or row is None:
        abort(404)
    return {
        "task": task,
        "row": row,
        "person": row.person,
        "waiting": exercises.tally([task_id])[task_id][SubmissionState.HANDED_IN],
        "open": row.state is SubmissionState.HANDED_IN,
    }


@blueprint.get("/kelola/diklat/<slug>/tugas/<int(max=9999):number>/jawaban/<code>/berkas/<int(max=99):place>")
def answer_file(slug: str, number: int, code: str, place: int) -> Response:
    task = gate.subject(Exercise)
    person_id = exercises.participants(task.id, [code[:20]]).get(code)
    return sent(task, exercises.submission(task.id, person_id), place)
