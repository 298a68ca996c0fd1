"""The ticket that a participant shows, and the pages of whoever stands at the door."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.attendance import door, queries
from calakan.attendance.errors import CheckInNotOpen
from calakan.attendance.forms import DoorForm, ReceiveForm
from calakan.attendance.learning.views import blueprint
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, qr
from calakan.web import gate
from calakan.web.acting import acting

__all__ = ["blueprint"]
Page = str | Response | tuple[str, int]


@blueprint.get("/belajar/<slug>/tiket")
def ticket(slug: str) -> Page:
    """The own number as a QR: an address that only the panitia can use."""
    diklat = gate.subject(Diklat)
    mine = enrolment.enrolment(diklat.id, gate.me())
    if mine is None or mine.state is not EnrolmentState.CONFIRMED:
        return redirect(url_for("attendance.progress", slug=slug))
    base_url: str = current_app.extensions["calakan.settings"].base_url
    address = base_url + url_for("attendance.receive", code=mine.code)
    symbol = qr.encode(address)
    return render_template(
        "attendance/ticket.html",
        diklat=diklat,
        enrolment=mine,
        address=address,
        symbol=symbol,
        outline=qr.outline(symbol),
    )


@blueprint.route("/kelola/diklat/<slug>/sesi/<int(max=9999):number>/pintu", methods=["GET", "POST"])
def at_door(slug: str, number: int) -> Page:
    """One person after the other, typed or read by a scanner that types."""
    session_id, form = gate.subject(LiveSession).id, DoorForm()
    if form.validate_on_submit():
        now, actor = clock.now(), gate.actor()
        with acting(form, beside="nomor") as found:
            seat = door.read(form.nomor.data or "", path=request.path, actor=actor, now=now)
            seat_id, name = seat.id, seat.person.printed_name
        deed = found
        if found.done:
            with acting(form, beside="nomor") as deed:
                new = door.receive(session_id, seat_id, actor=actor, now=now)
        if deed.done:
            flash(f"{name} dicatat hadir." if new else f"{name} sudah tercatat hadir sebelumnya.", "ok")
            return redirect(url_for("attendance.at_door", slug=slug, number=number), 303)
    held = diklat_queries.live_session(slug, number)
    assert held is not None
    page = render_template(
        "attendance/door.html",
        session=held,
        diklat=held.diklat,
        form=form,
        received=door.received(session_id),
        present=queries.present_count(session_id),
        confirmed=enrolment.seats(held.diklat)[held.diklat_id].taken,
    )
    return (page, 422) if form.errors else page


@blueprint.route("/kelola/pintu/<code>", methods=["GET", "POST"])
def receive(code: str) -> Page:
    """Where the QR of a ticket leads: who it is, and one button for the session that runs now."""
    seat = gate.subject(Enrolment)
    seat_id, name, now = seat.id, seat.person.printed_name, clock.now()
    form, sessions = ReceiveForm(), door.sessions_now(seat.diklat_id, now=now)
    if form.validate_on_submit():
        session_id = next((row.id for row in sessions if str(row.number) == form.sesi.data), 0)
        with acting() as deed:
            if not session_id:
                raise CheckInNotOpen(why="over")
            new = door.receive(session_id, seat_id, actor=gate.actor(), now=now)
        if deed.done:
            flash(f"{name} dicatat hadir." if new else f"{name} sudah tercatat hadir sebelumnya.", "ok")
        return redirect(url_for("attendance.receive", code=code), 303)
    ids = [row.id for row in sessions]
    marks = queries.presences(ids, [seat.person_id]).get(seat.person_id, {})
    return render_template(
        "attendance/receive.html",
        seat=seat,
        sessions=sessions,
        present={id for id, mark in marks.items() if mark.present},
    )
