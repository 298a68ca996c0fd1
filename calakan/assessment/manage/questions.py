"""The questions of a test: written one by one, or read from a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment import kinds, pictures, question_files
from calakan.assessment.documents import banks
from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.forms import (
    BankForm,
    KeyForm,
    OrderKeyForm,
    QuestionFileForm,
    QuestionForm,
    SeveralKeyForm,
    ShortKeyForm,
    shown,
)
from calakan.assessment.manage.tasks import Page, blueprint
from calakan.assessment.models import Exam, Question, QuestionKind
from calakan.assessment.queries import bank, exams
from calakan.assessment.services import questions as services
from calakan.assessment.services import taking
from calakan.assessment.services.questions import Added
from calakan.assessment.views import files
from calakan.kernel import clock, db, formats
from calakan.kernel.errors import DomainError
from calakan.office.models import ChoiceKind
from calakan.office.queries import choices
from calakan.web import gate, limits
from calakan.web.acting import acting, held
from calakan.web.messages import sentence

MOST_UNKNOWN = 50


def _show(
    slug: str,
    number: int,
    form: QuestionForm,
    file_form: QuestionFileForm,
    waiting: Sequence[QuestionInvalid] = (),
    bank_form: BankForm | None = None,
) -> str:
    exam = exams.exam(slug, number)
    assert exam is not None
    rows, now = exams.questions(exam), clock.now()
    return render_template(
        "assessment/questions.html",
        exam=exam,
        diklat=exam.diklat,
        rows=rows,
        earlier=bank.earlier(rows, now=now),
        bank_form=bank_form or _bank_form(formdata=None),
        fixed=exams.begun(exam),
        shared=len(exams.sharing(exam)) > 1,
        form=form,
        file_form=file_form,
        forms=banks.NAMES,
        unknown=exams.unknown(exam, now=now),
        right_places=kinds.right_places,
        ordered=kinds.ordered,
        waiting=[(sentence(row), row.facts.get("text", "")) for row in waiting],
    )


def _bank_form(**how: Any) -> BankForm:
    """With what the bank has of each topic."""
    form, lists = BankForm(**how), choices()
    form.topic.choices = [
        (topic, f"{lists.label(ChoiceKind.TOPIC, topic) if topic else 'Semua topik'} ({formats.number(count)} soal)")
        for topic, count in bank.counts(now=clock.now()).items()
    ]
    return form


@blueprint.post("/kelola/diklat/<slug>/tes/<int(max=9999):number>/soal/bank")
def take_questions(slug: str, number: int) -> Page:
    exam_id, actor, form = gate.subject(Exam).id, gate.actor(), _bank_form()

    def work() -> None:
        topic, count, words = form.topic.data or "", form.count.data or 0, form.words.data or ""
        taking.take(exam_id, topic, count, words=words, actor=actor, now=clock.now())

    if form.validate_on_submit() and held(form, work):
        flash(f"{formats.number(form.count.data or 0)} soal diambil dari bank. Hapus yang tidak cocok.", "ok")
        return redirect(_address(slug, number), 303)
    return _show(slug, number, QuestionForm(formdata=None), QuestionFileForm(formdata=None), bank_form=form), 422


def _address(slug: str, number: int) -> str:
    return url_for("assessment_manage.questions", slug=slug, number=number)


@blueprint.route("/kelola/diklat/<slug>/tes/<int(max=9999):number>/soal", methods=["GET", "POST"], endpoint="questions")
@limits.files
def listing(slug: str, number: int) -> Page:
    exam_id, actor, form, added = gate.subject(Exam).id, gate.actor(), QuestionForm(), list[Added]()
    del form.drop_picture
    valid, picture = form.validate_on_submit(), _picture(form, None)

    def work() -> None:
        added.append(services.add_questions(exam_id, [form.item(picture)], actor=actor, now=clock.now()))
        if added[-1].doubtful:
            raise QuestionInvalid(why="twice", line=None)

    if valid and not form.errors and held(form, work):
        flash(*("Soal ditambahkan.", "ok") if added[-1].new else ("Soal ini sudah ada.", "warn"))
        return redirect(_address(slug, number), 303)
    page = _show(slug, number, form, QuestionFileForm(formdata=None))
    return (page, 422) if form.errors else page


def _picture(form: QuestionForm, was: str | None) -> str | None:
    """The hash of what was sent, or of what stays; a file that is no picture is told at its field."""
    content = form.sent_picture() if form.is_submitted() and not form.errors else None
    if content is not None:
        try:
            return pictures.kept(current_app.extensions["calakan.files"], content)
        except DomainError as error:
            form.picture.errors = [*form.picture.errors, sentence(error)]
    return None if "drop_picture" in form and form["drop_picture"].data else was


@blueprint.get(
    "/kelola/diklat/<slug>/tes/<int(max=9999):number>/soal/<int(max=9999):position>/gambar", endpoint="question_picture"
)
def picture_of(slug: str, number: int, position: int) -> Response:
    rows = exams.questions(gate.subject(Exam))
    return files.picture(next((row for row in rows if row.position == position), None))


@blueprint.post("/kelola/diklat/<slug>/tes/<int(max=9999):number>/soal/impor")
@limits.files
def import_questions(slug: str, number: int) -> Page:
    """What is understood is added; the rest waits on the page with its line and reason."""
    exam_id, actor, form = gate.subject(Exam).id, gate.actor(), QuestionFileForm()
    if form.validate_on_submit():
        try:
            read = pictures.kept_of(current_app.extensions["calakan.files"], question_files.read(form.content()))
            with db.transaction():
                done = services.add_questions(exam_id, read.items, actor=actor, now=clock.now())
        except DomainError as error:
            form.file.errors = [*form.file.errors, sentence(error)]
        else:
            twice = [QuestionInvalid(why="twice", line=row.line, text=row.text[:80]) for row in done.doubtful]
            waiting = sorted([*read.refused, *twice], key=lambda row: row.facts["line"])
            flash(_told(done, len(waiting), read.hidden), "warn" if waiting else "ok")
            if not waiting:
                return redirect(_address(slug, number), 303)
            # The page is the answer: nothing of what waits is stored, and the same file again adds nothing twice.
            page = _show(slug, number, QuestionForm(formdata=None), QuestionFileForm(formdata=None), waiting)
            return page, 200 if done.new or done.known else 422
    return _show(slug, number, QuestionForm(formdata=None), form), 422


def _told(done: Added, waiting: int, hidden: int) -> str:
    there = f" {done.known} soal sudah ada, jadi tidak ditambahkan lagi." if done.known else ""
    waits = f" {waiting} soal belum masuk; alasannya di bawah." if waiting else ""
    unread = f" {hidden} baris tersembunyi tidak dibaca." if hidden else ""
    return f"{done.new} soal ditambahkan.{there}{waits}{unread}"


@blueprint.get("/kelola/diklat/<slug>/tes/<int(max=9999):number>/soal.<any(xlsx, gift, xml, aiken):form>")
def export_questions(slug: str, number: int, form: str) -> Response:
    """With their keys, so whoever takes it knows them from now on."""
    rows = exams.questions(gate.subject(Exam))
    items = [services.item_of(row) for row in rows]
    try:
        contents = banks.bank(form, items, current_app.extensions["calakan.files"].get)
    except DomainError as error:
        flash(sentence(error), "err")
        return redirect(_address(slug, number), 303)
    content, mimetype, suffix = contents[0], banks.MIME_TYPES[form], banks.SUFFIXES[form]
    if len(contents) > 1:
        content, mimetype, suffix = banks.packed(form, contents), "application/zip", "zip"
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="soal-{slug}-{number}.{suffix}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.route(
    "/kelola/diklat/<slug>/tes/<int(max=9999):number>/soal/<int(max=9999):position>", methods=["GET", "POST"]
)
@limits.files
def edit_question(slug: str, number: int, position: int) -> Page:
    exam, actor = gate.subject(Exam), gate.actor()
    exam_id, question = exam.id, next((row for row in exams.questions(exam) if row.position == position), None)
    if question is None:
        abort(404)
    form, was = QuestionForm(data=shown(question)), question.picture_sha256
    seen = request.form.get("seen", question.origin)
    if was is None:
        del form.drop_picture
    valid, picture = form.validate_on_submit(), _picture(form, was)

    def work() -> None:
        services.change_question(exam_id, position, form.item(picture), seen=seen, actor=actor, now=clock.now())

    if valid and not form.errors and held(form, work):
        flash("Soal diubah.", "ok")
        return redirect(_address(slug, number), 303)
    page = render_template(
        "assessment/edit_question.html", exam=exams.exam(slug, number), position=position, form=form, seen=seen
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.route(
    "/kelola/diklat/<slug>/tes/<int(max=9999):number>/soal/<int(max=9999):position>/kunci", methods=["GET", "POST"]
)
def correct_key(slug: str, number: int, position: int) -> Page:
    """The one thing that may change once people have sat the test."""
    exam, actor = gate.subject(Exam), gate.actor()
    exam_id, question = exam.id, next((row for row in exams.questions(exam) if row.position == position), None)
    if question is None:
        abort(404)
    form, changed = _key_form(exam, question), list[int]()
    if form.validate_on_submit() and held(
        form,
        lambda: changed.append(services.correct_key(exam_id, position, form.key(), actor=actor, now=clock.now())),
    ):
        flash(f"Kunci diperbaiki. Nilai {sum(changed)} pengerjaan berubah.", "ok")
        return redirect(_address(slug, number), 303)
    page = render_template(
        "assessment/correct_key.html", exam=exams.exam(slug, number), question=question, position=position, form=form
    )
    return (page, 422) if form.is_submitted() else page


def _key_form(exam: Exam, question: Question) -> KeyForm | SeveralKeyForm | ShortKeyForm | OrderKeyForm:
    """With what the key is now, and of answers in words also those that wait to be accepted."""
    options = [(str(place), text) for place, text in enumerate(question.options)]
    match question.kind:
        case QuestionKind.SINGLE:
            single = KeyForm(data={"answer": str(question.answer)})
            single.answer.choices = options
            return single
        case QuestionKind.MULTIPLE:
            several = SeveralKeyForm(data={"answers": [str(place) for place in question.answers or ()]})
            several.answers.choices = options
            return several
        case QuestionKind.SHORT:
            short = ShortKeyForm(data={"spellings": "\n".join(question.options)})
            unknown = exams.unknown(exam, now=clock.now()).get(question.id, [])[:MOST_UNKNOWN]
            short.also.choices = [(text, f"{text} ({formats.number(count)} kali)") for text, count in unknown]
            return short
        case QuestionKind.ORDER:
            steps = OrderKeyForm(data={"steps": "\n".join(kinds.ordered(question))})
            steps.held = question.options
            return steps


@blueprint.post("/kelola/diklat/<slug>/tes/<int(max=9999):number>/soal/<int(max=9999):position>/hapus")
def remove_question(slug: str, number: int, position: int) -> Response:
    exam_id, actor, seen = gate.subject(Exam).id, gate.actor(), request.form.get("seen")
    with acting(done="Soal dihapus."):
        services.remove_question(exam_id, position, seen=seen, actor=actor, now=clock.now())
    return redirect(_address(slug, number), 303)
