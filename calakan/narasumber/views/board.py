"""The volunteers' board of open slots, and their own schedule."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.attendance.rules import AFTER_END
from calakan.availability import queries as availability
from calakan.availability.services import PARTS
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import LiveSession
from calakan.kernel import clock
from calakan.narasumber import queries, rules, services, tokens
from calakan.narasumber.forms import ReasonForm
from calakan.narasumber.models import Assignment
from calakan.narasumber.views.room import blueprint
from calakan.office.models import ChoiceKind
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.chrome import lists

DAYS = [("", "Kapan saja"), ("akhir_pekan", "Akhir pekan"), ("hari_kerja", "Hari kerja")]


@blueprint.get("/relawan")
def board() -> str:
    person_id, now = gate.me(), clock.now()
    topics = lists().active(ChoiceKind.TOPIC)
    topic, when = request.args.get("bidang", ""), request.args.get("hari", "")
    topic = topic if topic in dict(topics) else ""
    when = when if when in dict(DAYS) else ""
    slots = queries.open_slots(person_id, topic=topic, when=when, now=now)
    return render_template(
        "narasumber/board.html",
        slots=slots,
        fitting=len([slot for slot in slots if slot.fits]),
        own=queries.upcoming(person_id, now=now),
        impact=queries.impact(person_id, now=now),
        volunteer=queries.volunteer(person_id),
        invitations=_invitations(person_id),
        topic=topic,
        when=when,
        topics=[("", "Semua bidang"), *topics],
        days=DAYS,
    )


@blueprint.get("/relawan/jadwal")
def schedule() -> str:
    person_id, now = gate.me(), clock.now()
    sessions = queries.all_sessions(person_id)
    # Whoever runs a session keeps its links as long as its code may count.
    ahead = [s for s in sessions if s.ends_at + AFTER_END > now]
    days = [clock.local(s.starts_at).date() for s in ahead]
    return render_template(
        "narasumber/schedule.html",
        ahead=ahead,
        nearest=days.count(days[0]) if days else 0,
        next_is_today=bool(days) and days[0] == clock.today(),
        past=[s for s in reversed(sessions) if s.ends_at + AFTER_END <= now],
        weekly=availability.weekly(person_id),
        parts=PARTS,
        standing={row.live_session_id: row for row in queries.own_assignments(person_id)},
        invitations=_invitations(person_id),
        room_opens=rules.ROOM_OPENS,
    )


def _invitations(person_id: int) -> list[tuple[Assignment, str]]:
    """What waits for an answer, each with the address of its page."""
    rows = queries.invitations_to(person_id, now=clock.now())
    return [(row, url_for("narasumber.invitation", token=tokens.token(row.id, row.round))) for row in rows]


@blueprint.post("/relawan/<slug>/<int:number>/ambil")
def volunteer_for(slug: str, number: int) -> Response:
    session_id = gate.subject(LiveSession).id
    with acting(done="Tawaran tersimpan. Panitia memutuskan, lalu undangan dikirim ke email Bapak/Ibu."):
        services.volunteer_for(session_id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("narasumber.board"))


@blueprint.post("/relawan/<slug>/<int:number>/lepas")
def withdraw(slug: str, number: int) -> Response:
    session_id = gate.subject(LiveSession).id
    with acting(done="Tawaran ditarik kembali."):
        services.withdraw(session_id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("narasumber.board"))


@blueprint.post("/relawan/<slug>/<int:number>/hadir")
def check_in(slug: str, number: int) -> Response:
    """Say "I am in the room": what keeps the relay from looking for a substitute."""
    session_id, person_id = gate.subject(LiveSession).id, gate.me()
    with acting(done="Tercatat: Bapak/Ibu sudah di ruang. Selamat mengajar."):
        services.check_in(session_id, person_id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("narasumber.schedule"))


@blueprint.route("/relawan/<slug>/<int:number>/berhalangan", methods=["GET", "POST"])
def step_back(slug: str, number: int) -> Response | str | tuple[str, int]:
    session, form = gate.subject(LiveSession), ReasonForm()
    session_id = session.id
    if form.validate_on_submit():
        with acting(form) as deed:
            services.step_back(session_id, reason=form.alasan.data or "", actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Terima kasih sudah memberi tahu. Panitia dan relawan pengganti dihubungi.", "ok")
            return redirect(url_for("narasumber.schedule"))
    held = diklat_queries.live_session_by_id(session_id)
    return render_template("narasumber/step_back.html", form=form, session=held), 422 if form.errors else 200
