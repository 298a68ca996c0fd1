"""Setting tests, changing and withdrawing them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from calakan.assessment.forms import ExamForm, NewExamForm
from calakan.assessment.manage.tasks import Page, blueprint, offer_rows
from calakan.assessment.models import Exam, ExamKind
from calakan.assessment.queries import exams
from calakan.assessment.services import exams as services
from calakan.assessment.services import proving
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, SessionState
from calakan.kernel import clock
from calakan.materials import queries as materials
from calakan.web import gate
from calakan.web.acting import acting, held


@blueprint.route("/kelola/diklat/<slug>/tes", methods=["GET", "POST"], endpoint="exams")
def listing(slug: str) -> Page:
    diklat_id, actor = gate.subject(Diklat).id, gate.actor()
    form = NewExamForm(pass_score=services.USUAL_PASS_SCORE, row=str(proving.first_open(diklat_id) or ""))
    offer_rows(form, diklat_id)
    _offer_sessions(form, diklat_id)
    _offer_readings(form, diklat_id)

    def work() -> None:
        kind = ExamKind(form.kind.data)
        made = services.set_exam(diklat_id, kind, form.plan(kind), actor=actor, now=clock.now())
        proving.show(made, form.row_id if made.pass_score is not None else None)

    if form.validate_on_submit() and held(form, work):
        flash("Tes dibuat. Tulis soalnya, atau impor.", "ok")
        return redirect(url_for("assessment_manage.exams", slug=slug), 303)
    diklat, now = diklat_queries.by_slug(slug), clock.now()
    assert diklat is not None
    rows = exams.exams(diklat_id)
    page = render_template(
        "assessment/exams.html",
        diklat=diklat,
        rows=rows,
        counts=exams.question_counts(rows),
        sat=exams.best([row.id for row in rows], now=now),
        may_set=diklat.state not in (DiklatState.CLOSED, DiklatState.CANCELLED),
        form=form,
    )
    return (page, 422) if form.errors else page


def _offer_sessions(form: ExamForm, diklat_id: int, *, chosen: int | None = None) -> None:
    """Those that stand, and the one that was chosen before it was called off."""
    rows = diklat_queries.sessions_of(diklat_id, cancelled=True)
    held = [(str(row.id), row.title) for row in rows if row.state is SessionState.PLANNED or row.id == chosen]
    form.session.choices = [("", "Tidak di dalam sesi"), *held]


def _offer_readings(form: ExamForm, diklat_id: int) -> None:
    rows = [row for row in materials.of_diklat(diklat_id) if not row.kind.is_recording]
    form.material.choices = [("", "Bukan pertanyaan bacaan"), *((str(row.id), row.title) for row in rows)]


@blueprint.route("/kelola/diklat/<slug>/tes/<int(max=9999):number>/ubah", methods=["GET", "POST"])
def edit_exam(slug: str, number: int) -> Page:
    exam, actor = gate.subject(Exam), gate.actor()
    shown = {"row": str(proving.row_shown_by(exam) or ""), "session": str(exam.live_session_id or "")}
    shown["material"] = str(exam.material_id or "")
    exam_id, kind, form = exam.id, exam.kind, ExamForm(obj=exam, **shown)
    if kind.shared:
        del form.draw
    offer_rows(form, exam.diklat_id)
    _offer_sessions(form, exam.diklat_id, chosen=exam.live_session_id)
    _offer_readings(form, exam.diklat_id)

    def work() -> None:
        proving.show(services.change_exam(exam_id, form.plan(kind), actor=actor, now=clock.now()), form.row_id)

    if form.validate_on_submit() and held(form, work):
        flash("Tes diubah.", "ok")
        return redirect(url_for("assessment_manage.exams", slug=slug), 303)
    page = render_template("assessment/edit_exam.html", exam=exams.exam(slug, number), form=form)
    return (page, 422) if form.errors else page


@blueprint.post("/kelola/diklat/<slug>/tes/<int(max=9999):number>/tarik")
def withdraw_exam(slug: str, number: int) -> Response:
    exam_id, actor = gate.subject(Exam).id, gate.actor()
    with acting(done="Tes ditarik. Nilai yang sudah ada tetap tersimpan."):
        services.withdraw_exam(exam_id, actor=actor, now=clock.now())
    return redirect(url_for("assessment_manage.exams", slug=slug), 303)
