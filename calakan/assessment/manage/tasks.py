"""Setting tasks, changing and withdrawing them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from calakan.assessment.forms import ProofForm, TaskForm, row_choices
from calakan.assessment.models import Exercise
from calakan.assessment.queries import exercises
from calakan.assessment.services import exercises as services
from calakan.assessment.services import proving
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment.queries import seats
from calakan.kernel import clock
from calakan.web import gate
from calakan.web.acting import acting, held

# Named after the room, so that its templates are found.
blueprint = Blueprint("assessment_manage", "calakan.assessment", template_folder="templates")
Page = Response | str | tuple[str, int]


def offer_rows(form: ProofForm, diklat_id: int) -> None:
    form.row.choices = row_choices(diklat_queries.standing_programme(diklat_id))


@blueprint.route("/kelola/diklat/<slug>/tugas", methods=["GET", "POST"])
def tasks(slug: str) -> Page:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    form = TaskForm(row=str(proving.first_open(diklat_id) or ""))
    offer_rows(form, diklat_id)

    def work() -> None:
        made = services.set_task(diklat_id, form.brief(), actor=actor, now=clock.now())
        proving.show(made, form.row_id if made.compulsory else None)

    if form.validate_on_submit() and held(form, work):
        flash("Tugas dibuat. Peserta melihatnya di halaman diklatnya.", "ok")
        return redirect(url_for("assessment_manage.tasks", slug=slug), 303)
    diklat = diklat_queries.by_slug(slug)
    assert diklat is not None
    rows = exercises.exercises(diklat_id)
    page = render_template(
        "assessment/tasks.html",
        diklat=diklat,
        rows=rows,
        counts=exercises.tally(row.id for row in rows),
        people=seats(diklat)[diklat_id].taken,
        may_set=diklat.state not in (DiklatState.CLOSED, DiklatState.CANCELLED),
        form=form,
    )
    return (page, 422) if form.errors else page


@blueprint.route("/kelola/diklat/<slug>/tugas/<int(max=9999):number>/ubah", methods=["GET", "POST"])
def edit_task(slug: str, number: int) -> Page:
    task, actor = gate.subject(Exercise), gate.actor()
    task_id, form = (
        task.id,
        TaskForm(obj=task, row=str(proving.row_shown_by(task) or ""), criteria=services.written_rubric(task)),
    )
    offer_rows(form, task.diklat_id)

    def work() -> None:
        proving.show(services.change_task(task_id, form.brief(), actor=actor, now=clock.now()), form.row_id)

    if form.validate_on_submit() and held(form, work):
        flash("Tugas diubah.", "ok")
        return redirect(url_for("assessment_manage.tasks", slug=slug), 303)
    page = render_template("assessment/edit_task.html", task=exercises.exercise(slug, number), form=form)
    return (page, 422) if form.errors else page


@blueprint.post("/kelola/diklat/<slug>/tugas/<int(max=9999):number>/tarik")
def withdraw_task(slug: str, number: int) -> Response:
    task_id, actor = gate.subject(Exercise).id, gate.actor()
    with acting(done="Tugas ditarik. Jawaban yang sudah masuk tetap tersimpan."):
        services.withdraw_task(task_id, actor=actor, now=clock.now())
    return redirect(url_for("assessment_manage.tasks", slug=slug), 303)
