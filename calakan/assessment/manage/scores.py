"""Scores from elsewhere, in two steps: what the file says of whom, then keeping what was left ticked."""

from __future__ import annotations

import re

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment import score_lists
from calakan.assessment.forms import SaveScoresForm, ScoresForm
from calakan.assessment.manage.tasks import Page, blueprint
from calakan.assessment.models import Exam
from calakan.assessment.queries import exams
from calakan.assessment.score_lists import ScorePlan
from calakan.assessment.services import scores as services
from calakan.enrolment import queries as enrolment
from calakan.enrolment.errors import NotEnrolled
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.web import gate, limits
from calakan.web.messages import sentence

TICKED = re.compile(r"([0-9A-Z]{10}):(\d{1,3}(?:\.\d{1,2})?)")  # a person's code and the score
MOST_TICKED = 10_000


@blueprint.route("/kelola/diklat/<slug>/tes/<int(max=9999):number>/nilai", methods=["GET", "POST"])
@limits.files
def import_scores(slug: str, number: int) -> Page:
    """Reads the file and shows; nothing is stored, neither scores nor the file."""
    exam, form, plan = gate.subject(Exam), ScoresForm(), None
    if form.validate_on_submit():
        try:
            plan = score_lists.plan(exam, form.content(), most=form.most.data or 100)
        except DomainError as error:
            form.refuse(error)
    page = _show(slug, number, form, plan)
    return (page, 422) if form.errors else page


def _show(slug: str, number: int, form: ScoresForm, plan: ScorePlan | None) -> str:
    exam = exams.exam(slug, number)
    assert exam is not None
    return render_template("assessment/scores.html", exam=exam, diklat=exam.diklat, form=form, plan=plan)


@blueprint.post("/kelola/diklat/<slug>/tes/<int(max=9999):number>/nilai/simpan")
def save_scores(slug: str, number: int) -> Response:
    """`nilai` holds `code:score` of whoever is ticked; `calon` the choice made for a doubtful line."""
    exam, actor, form = gate.subject(Exam), gate.actor(), SaveScoresForm()
    exam_id, diklat_id = exam.id, exam.diklat_id
    ticked = [value for name in ("nilai", "calon") for value in request.form.getlist(name) if value][:MOST_TICKED]
    read = [TICKED.fullmatch(value) for value in ticked]
    again = redirect(url_for("assessment_manage.import_scores", slug=slug, number=number), 303)
    if not form.validate_on_submit() or not read or None in read:
        flash("Pilih peserta dan tulis asal nilainya.", "err")
        return again
    wanted = {match[1]: float(match[2]) for match in read if match is not None}
    people = enrolment.participant_ids(diklat_id, list(wanted))
    try:
        if len(people) != len(wanted):
            raise NotEnrolled()
        with db.transaction():
            done = services.import_scores(
                exam_id,
                {people[code]: score for code, score in wanted.items()},
                source=form.source.data or "",
                actor=actor,
                now=clock.now(),
            )
    except DomainError as error:
        flash(sentence(error), "err")
        return again
    flash(f"{done} nilai disimpan." if done else "Tidak ada yang berubah.", "ok")
    return redirect(url_for("assessment_manage.results", slug=slug), 303)
