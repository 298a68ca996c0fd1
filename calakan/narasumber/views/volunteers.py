"""The panitia's list of volunteers."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock
from calakan.narasumber import queries, services
from calakan.narasumber.forms import DecideForm
from calakan.narasumber.models import Volunteer, VolunteerState
from calakan.narasumber.views.room import blueprint
from calakan.office.models import ChoiceKind
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.chrome import lists
from calakan.web.messages import word
from calakan.web.paging import page


@blueprint.get("/kelola/narasumber")
def volunteers() -> str:
    return _show_volunteers(DecideForm(formdata=None))


def _show_volunteers(form: DecideForm, about: str = "") -> str:
    words, state = request.args.get("q", "")[:100], request.args.get("status", "")
    chosen = VolunteerState(state) if state in set(VolunteerState) else None
    topics = lists().active(ChoiceKind.TOPIC)
    topic = request.args.get("bidang", "")
    topic = topic if topic in dict(topics) else ""
    return render_template(
        "narasumber/volunteers.html",
        page=page(queries.volunteers(state=chosen, topic=topic, words=words)),
        words=words,
        state=state,
        states=[("", "Semua"), *((s.value, word(s)) for s in VolunteerState)],
        topic=topic,
        topics=[("", "Semua bidang"), *topics],
        form=form,
        about=about,
    )


@blueprint.post("/kelola/narasumber/<slug>/putuskan")
def decide(slug: str) -> Response | tuple[str, int]:
    person_id, form = gate.subject(Volunteer).person_id, DecideForm()
    if not form.validate_on_submit():
        return _show_volunteers(form, slug), 422
    approve = form.putusan.data == "setuju"
    with acting(done="Narasumber disetujui." if approve else "Tawaran ditolak."):
        services.decide(person_id, approve=approve, note=form.catatan.data or "", actor=gate.actor(), now=clock.now())
    return redirect(url_for("narasumber.volunteers"))
