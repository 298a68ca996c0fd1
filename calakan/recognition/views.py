"""The narasumber's own record, the letter of assignment to print, and the page to share."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response

from calakan.diklat.models import LiveSession
from calakan.kernel import clock
from calakan.narasumber import queries as narasumber
from calakan.narasumber.models import Volunteer
from calakan.office.queries import office_settings
from calakan.people.queries import workplace
from calakan.recognition import queries
from calakan.recognition.models import AssignmentLetter
from calakan.web import gate

blueprint = Blueprint("recognition", __name__, template_folder="templates")


@blueprint.get("/relawan/catatan")
def record() -> str:
    me, now = gate.actor().person_id, clock.now()
    assert me is not None
    return render_template(
        "recognition/record.html",
        years=queries.years(me, now=now),
        letters=queries.letters(me),
        papers=queries.appreciation(me),
        volunteer=narasumber.volunteer(me),
    )


@blueprint.get("/relawan/surat-tugas/<code>")
def letter(code: str) -> str:
    found = gate.subject(AssignmentLetter)
    return render_template(
        "recognition/letter.html",
        letter=found,
        duties=queries.duties(found),
        workplace=workplace(found.person),
        office=office_settings(),
    )


@blueprint.get("/narasumber/<slug>/kiprah")
def share(slug: str) -> str | Response:
    """Open to all as long as the narasumber agrees to a public profile."""
    volunteer, now = gate.subject(Volunteer), clock.now()
    impact = narasumber.impact(volunteer.person_id, now=now)
    if not impact.sessions:
        abort(404)
    shown: dict[int, LiveSession] = {}
    for session in narasumber.all_sessions(volunteer.person_id):
        if session.diklat.public and session.state == "planned" and session.ends_at <= now:
            shown.setdefault(session.diklat_id, session)
    return render_template(
        "recognition/share.html",
        volunteer=volunteer,
        impact=impact,
        people=queries.people_reached(volunteer.person_id, now=now),
        taught=sorted(shown.values(), key=lambda s: s.starts_at, reverse=True),
    )
