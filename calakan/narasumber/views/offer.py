"""Offering oneself as a narasumber, the public profile, and its photo."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.assessment.services import discarding
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.kernel.files import Store
from calakan.narasumber import portraits, queries, rules, services
from calakan.narasumber.forms import LANGUAGES, OfferForm, values_of
from calakan.narasumber.models import Volunteer
from calakan.narasumber.views.room import blueprint
from calakan.office.models import ChoiceKind
from calakan.people.agreements import ConsentTo
from calakan.people.services import consents
from calakan.web import gate
from calakan.web.chrome import lists
from calakan.web.limits import limiter
from calakan.web.limits import person as each


@blueprint.route("/relawan/daftar", methods=["GET", "POST"])
@limiter.limit("20 per hour", key_func=each, methods=["POST"])
def apply() -> Response | str | tuple[str, int]:
    if gate.actor_or_none() is None:
        return _welcome()
    person_id = gate.me()
    volunteer = queries.volunteer(person_id)
    form, before = _offer_form(volunteer), volunteer.photo_sha256 if volunteer is not None else None
    if form.sent():
        try:
            photo = _photo(form)
            with discarding.unless_taken(photo), db.transaction():
                offer = form.offer(photo)
                made = services.offer_to_speak(person_id, offer, actor=gate.actor(), now=clock.now())
                discarding.discard(filter(None, {before} - {made.photo_sha256}), now=clock.now())
        except DomainError as error:
            form.refuse(error)
        else:
            return _applied()
    html = render_template("narasumber/apply.html", form=form, volunteer=queries.volunteer(person_id))
    return html, 422 if form.errors else 200


def _welcome() -> Response | str:
    """Nobody is logged in: what it means to be a narasumber, and the two ways on."""
    if request.method == "POST":
        return redirect(url_for("people.login", next=url_for("narasumber.apply")))
    return render_template("narasumber/welcome.html")


def _photo(form: OfferForm) -> str | None:
    """Drawn anew and stored by content before the transaction."""
    upload = form.photo.data
    if not upload or not upload.filename:
        return None
    store: Store = current_app.extensions["calakan.files"]
    return store.put(portraits.portrait(upload.read(portraits.LARGEST_FILE + 1)))


def _offer_form(volunteer: Volunteer | None) -> OfferForm:
    """With what the volunteer said before, or empty; consent starts unticked."""
    held = [row.topic for row in volunteer.topics] if volunteer is not None else []
    form = OfferForm(data=values_of(volunteer) if volunteer is not None else None)
    form.topics.choices = [
        (code, lists().label(ChoiceKind.TOPIC, code))
        for code in dict.fromkeys([*(code for code, _ in lists().active(ChoiceKind.TOPIC)), *held])
    ]
    return form


def _applied() -> Response:
    if rules.may_offer(gate.actor()):
        flash("Profil narasumber tersimpan.", "ok")
        return redirect(url_for("narasumber.board"))
    flash("Terima kasih. Panitia memeriksa tawaran ini, jawabannya dikirim ke email Bapak/Ibu.", "ok")
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
        photo=volunteer.photo_sha256 is not None and _photo_shown(volunteer),
        languages=dict(LANGUAGES),
        impact=queries.impact(volunteer.person_id, now=now),
        taught=sorted(shown.values(), key=lambda s: s.starts_at, reverse=True),
    )


def _photo_shown(volunteer: Volunteer) -> bool:
    """To nobody else once its owner has said no to photos."""
    if gate.actor_or_none() is not None and gate.me() == volunteer.person_id:
        return True
    return not consents.refusing(ConsentTo.PHOTOS, [volunteer.person_id])


@blueprint.get("/narasumber/<slug>/foto.webp")
def photo(slug: str) -> Response:
    """As public as the profile; the file is a picture we drew ourselves."""
    volunteer = gate.subject(Volunteer)
    if volunteer.photo_sha256 is None or not _photo_shown(volunteer):
        abort(404)
    store: Store = current_app.extensions["calakan.files"]
    try:
        content = store.get(volunteer.photo_sha256)
    except FileNotFoundError:
        abort(404)
    answer = Response(content, content_type="image/webp")
    answer.set_etag(volunteer.photo_sha256)
    # Asked for anew each time, so that a withdrawn consent counts at once.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer.make_conditional(request.environ)
