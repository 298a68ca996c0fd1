"""Offering oneself as a narasumber, and the public profile."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.narasumber import queries, rules, services
from calakan.narasumber.forms import OfferForm
from calakan.narasumber.models import Volunteer
from calakan.narasumber.views.room import blueprint, me
from calakan.office.models import ChoiceKind
from calakan.web import gate
from calakan.web.chrome import lists


@blueprint.route("/relawan/daftar", methods=["GET", "POST"])
def apply() -> Response | str | tuple[str, int]:
    person_id = me()
    form = _offer_form(queries.volunteer(person_id))
    if form.validate_on_submit():
        offer = services.Offer(
            headline=form.headline.data or "",
            bio=form.bio.data or "",
            topics=form.topics.data or [],
            public=bool(form.public.data),
        )
        try:
            with db.transaction():
                services.offer_to_speak(person_id, offer, actor=gate.actor(), now=clock.now())
        except DomainError as error:
            form.refuse(error)
        else:
            return _applied()
    html = render_template("narasumber/apply.html", form=form, volunteer=queries.volunteer(person_id))
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
