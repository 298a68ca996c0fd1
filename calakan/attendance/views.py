"""Typing a code, one's own progress, and the screen that shows the code."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment import programme
from calakan.assessment.queries import exams, exercises
from calakan.attendance import appeals, checking_in, queries, services
from calakan.attendance.checking_in import Answer, Answered
from calakan.attendance.forms import CodeForm, OpenForm
from calakan.attendance.models import CheckIn, Part
from calakan.attendance.rules import AFTER_END, BEFORE_START
from calakan.completion import reasons
from calakan.completion.standing import standing_of_person
from calakan.diklat import kept
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession, SessionState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.feedback import queries as feedback
from calakan.kernel import clock, db, qr
from calakan.materials import queries as materials
from calakan.office.queries import office_settings
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.addresses import safe_next
from calakan.web.messages import sentence

blueprint = Blueprint("attendance", __name__, template_folder="templates")
NOTED = {
    Answer.PRESENT: "Kehadiran tercatat",
    Answer.ALREADY: "Kehadiran sudah tercatat sebelumnya",
    Answer.NOTED: "Kode tercatat; kehadiran ditetapkan menurut aturan diklat ini",
}

APPEALABLE = (Answer.WRONG, Answer.LATE, Answer.TAKEN_AWAY)


@blueprint.route("/hadir", methods=["GET", "POST"])
def check_in() -> Response | str | tuple[str, int]:
    form, status, me, way_on = CodeForm(), 200, gate.me(), None
    if form.validate_on_submit():
        with db.transaction():
            answered = checking_in.check_in(
                me, form.kode.data or "", actor=gate.actor(), now=clock.now(), key=form.kunci.data or None
            )
            answer = answered.answer
            refusal = answered.refusal
            way_on = _way_on(answered, me, now=clock.now())
            of = (
                (answered.session.full_title, answered.session.diklat.slug)
                if answered.session is not None
                else ("", "")
            )
        if refusal is None:
            return _noted(answer, *of)
        form.kode.errors = [sentence(refusal)]
        status = 429 if answer is Answer.TOO_MANY else 422
    elif form.is_submitted():
        status = 422
    return render_template("attendance/check_in.html", form=form, way_on=way_on), status


def _way_on(answered: Answered, person_id: int, *, now: datetime) -> tuple[str, str] | None:
    """What this person can do about the answer: the address and its words; None where there is nothing."""
    session, answer = answered.session or answered.meant, answered.answer
    if session is None:
        return None
    slug = session.diklat.slug
    if answer is Answer.NOT_ENROLLED:
        return url_for("diklat.detail", slug=slug), "Lihat dan daftar"
    if answer is Answer.WAITING:
        return url_for("enrolment.joined", slug=slug), "Lihat urutan antrean"
    if answer in APPEALABLE and appeals.is_open_to(session, person_id, now=now):
        return url_for("attendance.session_page", slug=slug, number=session.number), "Ajukan kehadiran"
    return None


def _noted(answer: Answer, title: str, slug: str) -> Response:
    flash(f"{NOTED[answer]}: {title}.", "ok")
    address = url_for("attendance.progress", slug=slug)
    # `kode.js` goes there itself, so that what is flashed is shown once.
    if request.headers.get("X-Requested-With") == "fetch":
        return Response(address, mimetype="text/plain")
    return redirect(address)


@blueprint.get("/hadir/<code>")
def check_in_by_code(code: str) -> str:
    """From a QR: one button, because opening an address never writes."""
    digits = "".join(c for c in code if c.isascii() and c.isdigit())[:6]
    likely = checking_in.running_session(gate.me(), clock.now(), over=AFTER_END)
    return render_template("attendance/check_in_by_code.html", code=digits, likely=likely)


@blueprint.get("/belajar/<slug>")
def progress(slug: str) -> Response | str:
    diklat, me, now = gate.subject(Diklat), gate.me(), clock.now()
    mine = enrolment.enrolment(diklat.id, me)
    if mine is None or mine.state is EnrolmentState.CANCELLED:
        flash("Daftar dulu untuk mengikuti diklat ini.", "warn")
        return redirect(url_for("diklat.detail", slug=slug))
    if mine.state is EnrolmentState.WAITING:
        return redirect(url_for("enrolment.joined", slug=slug))
    office, found = office_settings(), standing_of_person([diklat], me, now=now)[diklat.id]
    opens = timedelta(minutes=office.room_opens_minutes)
    sessions = diklat_queries.sessions_of(diklat.id, cancelled=True)
    tasks, tests = exercises.exercises(diklat.id), exams.exams(diklat.id)
    kept.with_audience([diklat])
    return render_template(
        "attendance/progress.html",
        diklat=diklat,
        enrolment=mine,
        progress=found.progress,
        sessions=sessions,
        marks=queries.presences([s.id for s in sessions], [me]).get(me, {}),
        opens=opens,
        tasks=tasks,
        answers=exercises.own_submissions(me, [task.id for task in tasks]) if tasks else {},
        tests=tests,
        scores=exams.best(exams.tellable(tests, me, now=now), now=now, person_ids=[me]) if tests else {},
        standing=found,
        reasons=reasons.lines(found, contact=office.contact, now=now),
        asked=reasons.conditions(found.conditions),
        paper=programme.announced(diklat, programme.planned(diklat, sessions)),
        later=reasons.outcome(diklat, now=now),
        to_answer=feedback.open_of([s for s in sessions if s.id in found.progress.attended], me, now=now),
        materials=materials.shown(diklat, enrolled=True),
        may_still={s.id for s in sessions if s.ends_at <= now < s.ends_at + AFTER_END},
        open_ids={s.id for s in sessions if s.starts_at - opens <= now < s.ends_at},
    )


@blueprint.get("/kelola/diklat/<slug>/sesi/<int:number>/kode")
def code_page(slug: str, number: int) -> str:
    """The screen for the hall or the shared window: the code, its QR, and who is here by now."""
    session, now = gate.subject(LiveSession), clock.now()
    window = open_window(session.id, now)
    opens_at = session.starts_at - BEFORE_START
    closes_at = session.ends_at + AFTER_END
    planned = session.state is SessionState.PLANNED
    base_url: str = current_app.extensions["calakan.settings"].base_url
    address = base_url + url_for("attendance.check_in_by_code", code=window.code) if window is not None else ""
    symbol = qr.encode(address)
    return render_template(
        "attendance/code.html",
        session=session,
        diklat=session.diklat,
        address=address,
        host=base_url.split("://", 1)[-1],
        symbol=symbol,
        outline=qr.outline(symbol),
        opens_at=opens_at,
        closes_at=closes_at,
        can_open=planned and opens_at <= now <= closes_at,
        form=open_form(session.id, formdata=None),
        **room_facts(session, window, now),
    )


@blueprint.get("/kelola/diklat/<slug>/sesi/<int:number>/kode/keadaan")
def code_state(slug: str, number: int) -> Response | str:
    """The moving part of the code page, asked for every few seconds; 204 once another page should be shown."""
    session, now = gate.subject(LiveSession), clock.now()
    window = open_window(session.id, now)
    if window is None or window.code != request.args.get("kode"):
        return Response(status=204)
    return render_template("attendance/_room.html", **room_facts(session, window, now))


def open_form(session_id: int, **kwargs: Any) -> OpenForm:
    return OpenForm(queries.asked_codes(session_id), queries.due_code(session_id), **kwargs)


def open_window(session_id: int, now: datetime) -> CheckIn | None:
    window = queries.check_in(session_id)
    return window if window is not None and window.closes_at > now else None


def room_facts(session: LiveSession, window: CheckIn | None, now: datetime) -> dict[str, Any]:
    left = int((window.closes_at - now).total_seconds()) if window is not None else 0
    return {
        "window": window,
        "left": left,
        "left_shown": f"{left // 60}:{left % 60:02}",
        "asked": queries.asked_codes(session.id),
        "present": queries.present_count(session.id),
        "confirmed": enrolment.seats(session.diklat)[session.diklat_id].taken,
    }


@blueprint.post("/kelola/diklat/<slug>/sesi/<int:number>/kode/buka")
def open_code(slug: str, number: int) -> Response:
    """Back to the page it was opened from, or to the one for the hall."""
    session_id = gate.subject(LiveSession).id
    form = open_form(session_id)
    back = safe_next(url_for("attendance.code_page", slug=slug, number=number))
    if not form.validate_on_submit():
        flash("Pilih kode dan lama berlakunya dari daftar.", "err")
        return redirect(back)
    with acting(done="Kode baru berlaku. Kode sebelumnya tidak dihitung lagi."):
        part = Part(form.bagian.data) if form.bagian else None
        services.open_check_in(session_id, minutes=int(form.menit.data), part=part, actor=gate.actor(), now=clock.now())
    return redirect(back)


@blueprint.post("/kelola/diklat/<slug>/sesi/<int:number>/kode/tutup")
def close_code(slug: str, number: int) -> Response:
    session_id = gate.subject(LiveSession).id
    with acting(done="Kode ditutup."):
        services.close_check_in(session_id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("attendance.code_page", slug=slug, number=number))
