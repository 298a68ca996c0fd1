"""The volunteers' board and schedule, their public profile, and the panitia's list of volunteers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.narasumber import queries, rules, services
from calakan.narasumber.forms import DecideForm, OfferForm
from calakan.narasumber.models import Volunteer, VolunteerState
from calakan.office.models import ChoiceKind
from calakan.web import gate
from calakan.web.chrome import lists
from calakan.web.messages import sentence
from calakan.web.paging import page
from calakan.web.words import word

blueprint = Blueprint("narasumber", __name__, template_folder="templates")
DAYS = [("", "Kapan saja"), ("akhir_pekan", "Akhir pekan"), ("hari_kerja", "Hari kerja")]


def _me() -> int:
    person_id = gate.actor().person_id
    assert person_id is not None
    return person_id


@blueprint.get("/relawan")
def board() -> str:
    me, now = _me(), clock.now()
    topics = lists().active(ChoiceKind.TOPIC)
    topic, when = request.args.get("bidang", ""), request.args.get("hari", "")
    topic = topic if topic in dict(topics) else ""
    when = when if when in dict(DAYS) else ""
    slots = queries.open_slots(me, topic=topic, when=when, now=now)
    return render_template(
        "narasumber/board.html",
        slots=slots,
        fitting=len([slot for slot in slots if slot.fits]),
        own=queries.upcoming(me, now=now),
        impact=queries.impact(me, now=now),
        volunteer=queries.volunteer(me),
        topic=topic,
        when=when,
        topics=[("", "Semua bidang"), *topics],
        days=DAYS,
    )


@blueprint.get("/relawan/jadwal")
def schedule() -> str:
    me, now = _me(), clock.now()
    sessions = queries.all_sessions(me)
    return render_template(
        "narasumber/schedule.html",
        ahead=[s for s in sessions if s.ends_at > now],
        past=[s for s in reversed(sessions) if s.ends_at <= now],
    )


@blueprint.route("/relawan/daftar", methods=["GET", "POST"])
def apply() -> Response | str | tuple[str, int]:
    me = _me()
    form = _offer_form(queries.volunteer(me))
    if form.validate_on_submit():
        offer = services.Offer(
            headline=form.headline.data or "",
            bio=form.bio.data or "",
            topics=form.topics.data or [],
            public=bool(form.public.data),
        )
        try:
            with db.transaction():
                services.offer_to_speak(me, offer, actor=gate.actor(), now=clock.now())
        except DomainError as error:
            form.refuse(error)
        else:
            return _applied()
    html = render_template("narasumber/apply.html", form=form, volunteer=queries.volunteer(me))
    return html, 422 if form.errors else 200


def _offer_form(volunteer: Volunteer | None) -> OfferForm:
    """With what the volunteer said before, or empty; consent starts unticked."""
    held = [row.topic for row in volunteer.topics] if volunteer is not None else []
    if volunteer is None:
        form = OfferForm()
    else:
        form = OfferForm(headline=volunteer.headline, bio=volunteer.bio, public=volunteer.public, topics=held)
    form.topics.choices = [
        (code, lists().label(ChoiceKind.TOPIC, code))
        for code in dict.fromkeys([*(code for code, _ in lists().active(ChoiceKind.TOPIC)), *held])
    ]
    return form


def _applied() -> Response:
    if rules.may_offer(gate.actor()):
        flash("Profil narasumber tersimpan.", "ok")
        return redirect(url_for("narasumber.board"))
    flash("Terima kasih. Panitia memeriksa tawaran ini, jawabannya dikirim ke surel Bapak/Ibu.", "ok")
    return redirect(url_for("narasumber.apply"))


@blueprint.post("/relawan/<slug>/<int:number>/ambil")
def volunteer_for(slug: str, number: int) -> Response:
    session_id = gate.subject(LiveSession).id
    try:
        with db.transaction():
            services.volunteer_for(session_id, actor=gate.actor(), now=clock.now())
    except DomainError as error:
        flash(sentence(error), "err")
    else:
        flash("Tawaran tersimpan. Panitia memutuskan, lalu undangan dikirim ke surel Bapak/Ibu.", "ok")
    return redirect(url_for("narasumber.board"))


@blueprint.post("/relawan/<slug>/<int:number>/lepas")
def withdraw(slug: str, number: int) -> Response:
    session_id = gate.subject(LiveSession).id
    try:
        with db.transaction():
            services.withdraw(session_id, actor=gate.actor(), now=clock.now())
    except DomainError as error:
        flash(sentence(error), "err")
    else:
        flash("Tawaran ditarik kembali.", "ok")
    return redirect(url_for("narasumber.board"))


@blueprint.get("/narasumber/<slug>")
def profile(slug: str) -> str:
    volunteer, now = gate.subject(Volunteer), clock.now()
    shown: dict[int, LiveSession] = {}
    for session in queries.all_sessions(volunteer.person_id):
        if session.diklat.public and session.state == "planned":
            shown.setdefault(session.diklat_id, session)
    return render_template(
        "narasumber/profile.html",
        volunteer=volunteer,
        impact=queries.impact(volunteer.person_id, now=now),
        taught=sorted(shown.values(), key=lambda s: s.starts_at, reverse=True),
    )


@blueprint.get("/kelola/narasumber")
def volunteers() -> str:
    return _show_volunteers(DecideForm(formdata=None))


def _show_volunteers(form: DecideForm, about: str = "") -> str:
    words, state = request.args.get("q", "")[:100], request.args.get("status", "")
    chosen = VolunteerState(state) if state in set(VolunteerState) else None
    return render_template(
        "narasumber/volunteers.html",
        page=page(queries.volunteers(state=chosen, words=words)),
        words=words,
        state=state,
        states=[("", "Semua"), *((s.value, word(s)) for s in VolunteerState)],
        form=form,
        about=about,
    )


@blueprint.post("/kelola/narasumber/<slug>/putuskan")
def decide(slug: str) -> Response | tuple[str, int]:
    person_id, form = gate.subject(Volunteer).person_id, DecideForm()
    if not form.validate_on_submit():
        return _show_volunteers(form, slug), 422
    approve = form.putusan.data == "setuju"
    try:
        with db.transaction():
            services.decide(
                person_id, approve=approve, note=form.catatan.data or "", actor=gate.actor(), now=clock.now()
            )
    except DomainError as error:
        flash(sentence(error), "err")
    else:
        flash("Narasumber disetujui." if approve else "Tawaran ditolak.", "ok")
    return redirect(url_for("narasumber.volunteers"))
