"""A task on a phone: read it, hand in, see what the reviewer says."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment.forms import HandInForm
from calakan.assessment.models import Exercise, Submission, SubmissionState
from calakan.assessment.queries import exercises
from calakan.assessment.services import discarding, handing_in
from calakan.assessment.services.handing_in import Limits
from calakan.assessment.views.files import sent
from calakan.diklat.models import DiklatState
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.web import gate

blueprint = Blueprint("assessment", "calakan.assessment", template_folder="templates")
Page = Response | str | tuple[str, int]


@blueprint.url_value_preprocessor
def _larger(endpoint: str | None, values: object) -> None:
    """The form carries files; read before the gate looks into the form."""
    if endpoint == "assessment.task":
        request.max_content_length = _limits().most_bytes + 256 * 1024


def _limits() -> Limits:
    settings = current_app.extensions["calakan.settings"]
    return Limits(settings.task_files, settings.task_mb)


@blueprint.route("/belajar/<slug>/tugas/<int(max=9999):number>", methods=["GET", "POST"])
def task(slug: str, number: int) -> Page:
    found = gate.subject(Exercise)
    mine = exercises.submission(found.id, gate.me())
    form = HandInForm(found, limits=_limits(), has_file=mine is not None and bool(mine.files), data=_earlier(mine))
    if form.validate_on_submit():
        try:
            row = _hand_in(found.id, form)
        except DomainError as error:
            form.refuse(error, "url" if error.field == "url" else "")
        else:
            flash(row, "ok")
            return redirect(url_for("assessment.task", slug=slug, number=number), 303)
    page = _show(slug, number, form)
    return (page, 422) if form.errors else page


def _earlier(row: Submission | None) -> dict[str, str] | None:
    return {"text": row.text, "url": row.url} if row is not None else None


def _hand_in(exercise_id: int, form: HandInForm) -> str:
    """What to tell."""
    person_id, actor, now = gate.me(), gate.actor(), clock.now()
    answer = handing_in.received(
        current_app.extensions["calakan.files"],
        text=form.typed("text"),
        url=form.typed("url"),
        files=form.sent_files(),
        drop_files="drop_file" in form and bool(form["drop_file"].data),
        limits=_limits(),
    )
    with discarding.unless_taken(*(file.sha256 for file in answer.files)), db.transaction():
        row = handing_in.hand_in(exercise_id, person_id, answer, actor=actor, now=now)
        return "Tugas terkumpul, dengan tanda terlambat." if row.late else "Tugas terkumpul. Hasil pemeriksaan dikirim."


def _show(slug: str, number: int, form: HandInForm) -> str:
    found, now = exercises.exercise(slug, number), clock.now()
    assert found is not None
    mine = exercises.submission(found.id, gate.me())
    running = found.diklat.state is DiklatState.PUBLISHED
    in_time = now <= found.due_at or found.late_allowed
    returned = mine is not None and mine.state is SubmissionState.RETURNED
    accepted = mine is not None and mine.state is SubmissionState.ACCEPTED
    return render_template(
        "assessment/task.html",
        task=found,
        diklat=found.diklat,
        mine=mine,
        form=form,
        late=now > found.due_at,
        open=running and not accepted and (in_time or returned),
    )


@blueprint.get("/belajar/<slug>/tugas/<int(max=9999):number>/berkas/<int(max=99):place>")
def own_file(slug: str, number: int, place: int) -> Response:
    found = gate.subject(Exercise)
    return sent(found, exercises.submission(found.id, gate.me()), place)
