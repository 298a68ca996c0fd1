"""Running a session on one phone screen: the room, the code, who is here, a substitute, the end."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import StringField

from calakan.attendance import queries, services
from calakan.attendance.forms import AskedCodesForm
from calakan.attendance.rules import AFTER_END, BEFORE_START
from calakan.attendance.views import blueprint, open_form, open_window, room_facts
from calakan.diklat.models import LiveSession, SessionState
from calakan.kernel import clock
from calakan.narasumber import queries as narasumber
from calakan.narasumber import rules as narasumber_rules
from calakan.narasumber import services as speaking
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.forms import AtMost, Form, Required

__all__ = ["blueprint"]
Page = Response | str | tuple[str, int]


class SubstituteForm(Form):
    reason = StringField(
        "Alasan", [Required("Tulis alasannya."), AtMost(300)], description="Mis. narasumber belum masuk."
    )


@blueprint.get("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/jalankan")
def run(slug: str, number: int) -> str:
    return _run(SubstituteForm(formdata=None))


def _run(form: SubstituteForm) -> str:
    session, now, actor = gate.subject(LiveSession), clock.now(), gate.actor()
    opens_at, closes_at = session.starts_at - BEFORE_START, session.ends_at + AFTER_END
    people = narasumber.confirmed_of([session.id]).get(session.id, [])
    mine = next((row for row in people if row.person_id == actor.person_id), None)
    return render_template(
        "attendance/run.html",
        session=session,
        diklat=session.diklat,
        people=people,
        may_check_in=mine is not None
        and mine.checked_in_at is None
        and narasumber_rules.may_check_in(mine, session, now=now),
        opens_at=opens_at,
        can_open=session.state is SessionState.PLANNED and opens_at <= now <= closes_at,
        running=session.state is SessionState.PLANNED and opens_at <= now < session.ends_at,
        over=now >= session.ends_at,
        open_form=open_form(session.id, formdata=None),
        due=queries.due_code(session.id),
        asked_form=AskedCodesForm(data={"jumlah": str(len(queries.asked_codes(session.id)))}),
        form=form,
        **room_facts(session, open_window(session.id, now), now),
    )


@blueprint.get("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/jalankan/keadaan")
def run_state(slug: str, number: int) -> str:
    """The moving part, asked for every few seconds."""
    session, now = gate.subject(LiveSession), clock.now()
    return render_template("attendance/_room.html", **room_facts(session, open_window(session.id, now), now))


@blueprint.post("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/jalankan/pengganti")
def substitute(slug: str, number: int) -> Page:
    """Whoever is not in the room makes way for the next who says yes."""
    session_id, form = gate.subject(LiveSession).id, SubstituteForm()
    if not form.validate_on_submit():
        return _run(form), 422
    with acting() as deed:
        asked = speaking.ask_substitute(session_id, reason=form.reason.data or "", actor=gate.actor(), now=clock.now())
    if deed.done:
        told = f"{asked} relawan ditanya sekarang." if asked else "Tidak ada relawan yang bebas; panitia diberi tahu."
        flash(f"Pengganti dicari. {told}", "ok" if asked else "warn")
    return redirect(url_for("attendance.run", slug=slug, number=number), 303)


@blueprint.post("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/jalankan/kode")
def ask_codes(slug: str, number: int) -> Response:
    """How many codes the session asks for."""
    session_id, form = gate.subject(LiveSession).id, AskedCodesForm()
    if form.validate_on_submit():
        with acting(done="Kode yang diminta tersimpan."):
            services.ask_codes(session_id, int(form.jumlah.data), actor=gate.actor(), now=clock.now())
    else:
        flash("Pilih kode yang diminta dari daftar.", "err")
    return redirect(url_for("attendance.run", slug=slug, number=number), 303)


@blueprint.post("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/jalankan/akhiri")
def finish(slug: str, number: int) -> Response:
    """The code stops counting; what follows stands on the same page."""
    session_id = gate.subject(LiveSession).id
    with acting(done="Kode ditutup. Matur nuwun; angket terbuka bagi yang hadir begitu sesi selesai."):
        services.close_check_in(session_id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("attendance.run", slug=slug, number=number), 303)
