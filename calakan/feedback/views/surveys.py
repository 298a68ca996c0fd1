"""The questionnaire of a whole diklat: answering it, asking for it, and the index of a diklat and of a year."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.feedback import documents, index, surveys
from calakan.feedback import survey_queries as queries
from calakan.feedback.forms import SurveyAnswerForm, SurveyForm
from calakan.feedback.words import ELEMENT_WORDS, QUALITY
from calakan.kernel import clock, db
from calakan.web import gate
from calakan.web.acting import acting

blueprint = Blueprint("feedback", "calakan.feedback", template_folder="templates")
Page = Response | str | tuple[str, int]
FIRST_YEAR = 2017


@blueprint.route("/belajar/<slug>/angket/diklat", methods=["GET", "POST"])
def answer_survey(slug: str) -> Page:
    diklat_id, me = gate.subject(Diklat).id, gate.me()
    survey = queries.open_for(me, diklat_id, now=clock.now())
    if survey is None:
        flash("Angket diklat ini tidak menunggu jawaban Bapak/Ibu.", "warn")
        return redirect(url_for("attendance.progress", slug=slug), 303)
    form = SurveyAnswerForm(survey)
    if form.validate_on_submit():
        with acting(form) as deed:
            surveys.answer(diklat_id, me, form.said(), actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Terima kasih. Angket diklat tersimpan tanpa nama.", "ok")
            return redirect(url_for("attendance.progress", slug=slug), 303)
    shown = render_template("feedback/answer_survey.html", diklat=diklat_queries.by_slug(slug), form=form)
    return (shown, 422) if form.errors else shown


@blueprint.post("/kelola/diklat/<slug>/angket")
def set_survey(slug: str) -> Response:
    diklat_id, form = gate.subject(Diklat).id, SurveyForm()
    if not form.validate_on_submit():
        flash(next(iter(form.errors.values()))[0], "err")
    elif form.ask.data:
        with acting(done="Angket diklat disiapkan. Peserta mengisinya sesudah sesi terakhir."):
            surveys.set_up(diklat_id, form.lines("rated"), form.lines("worded"), actor=gate.actor(), now=clock.now())
    else:
        with acting(done="Angket diklat tidak lagi diminta."):
            surveys.take_back(diklat_id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("feedback.board", slug=slug), 303)


def facts(diklat_id: int) -> dict[str, Any]:
    """What the page of questionnaires shows of that of the diklat."""
    survey, diklat, now = queries.survey_of(diklat_id), db.session().get_one(Diklat, diklat_id), clock.now()
    lines = {name: "\n".join(getattr(survey, name)) if survey else "" for name in ("rated", "worded")}
    return {
        "survey": survey,
        "survey_form": SurveyForm(formdata=None, data={"ask": survey is not None, **lines}),
        "survey_fixed": surveys.fixed(diklat_id, now=now),
        "survey_kept": surveys.kept(diklat_id),
        "survey_open": queries.is_open(diklat, now=now),
        "survey_answers": queries.answers(diklat_id) if survey else 0,
        "found": queries.indexes([diklat_id]).get(diklat_id),
        "own": queries.own(survey) if survey else None,
        "elements": ELEMENT_WORDS,
        "quality": QUALITY,
    }


@blueprint.get("/kelola/diklat/<slug>/angket.xlsx")
def survey_file(slug: str) -> Response:
    diklat = gate.subject(Diklat)
    found = queries.indexes([diklat.id]).get(diklat.id)
    return _sent(documents.as_xlsx(f"Survei kepuasan: {diklat.title}", found), f"kepuasan-{slug}.xlsx")


@blueprint.get("/kelola/laporan/kepuasan")
def satisfaction() -> str:
    year = _year()
    rows = queries.asked_in(year)
    found = queries.indexes([row.id for row in rows])
    return render_template(
        "feedback/satisfaction.html",
        year=year,
        first=FIRST_YEAR,
        this=clock.today().year,
        rows=rows,
        indexes=found,
        total=index.together(found.values()),
        elements=ELEMENT_WORDS,
        quality=QUALITY,
    )


@blueprint.get("/kelola/laporan/kepuasan.xlsx")
def satisfaction_file() -> Response:
    year = _year()
    rows = queries.asked_in(year)
    found = queries.indexes([row.id for row in rows])
    book = documents.as_xlsx(
        f"Survei kepuasan masyarakat {year}",
        index.together(found.values()),
        [(row.title, found.get(row.id)) for row in rows],
    )
    return _sent(book, f"kepuasan-{year}.xlsx")


def _year() -> int:
    """The one asked for, else this one."""
    this = clock.today().year
    asked = request.args.get("tahun", "")
    return int(asked) if asked in map(str, range(FIRST_YEAR, this + 1)) else this


def _sent(book: bytes, name: str) -> Response:
    answer = Response(book, mimetype=documents.XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
