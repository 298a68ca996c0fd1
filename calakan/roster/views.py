"""One's own row of the roster, and the claims that wait for a school or for the panitia."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock
from calakan.people import queries as people
from calakan.people.models import School
from calakan.roster import claiming, queries
from calakan.roster.errors import TooManySchools
from calakan.roster.models import RosterClaim
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.limits import limiter, person
from calakan.web.messages import sentence
from calakan.web.paging import page

blueprint = Blueprint("roster", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]


@blueprint.get("/saya/klaim")
def mine() -> str:
    """The row that is one's own, the claim that waits, or the search for one's school."""
    words, id = request.args.get("q", "")[:100], gate.me()
    return render_template(
        "roster/mine.html",
        row=queries.of_person(id),
        claim=claiming.newest_of(id),
        suggested=claiming.suggested(id),
        words=words,
        found=people.search_schools(words) if words.strip() else [],
    )


@blueprint.get("/saya/klaim/<npsn>")
@limiter.limit("40 per hour", key_func=person)  # many at once are counted before the trail knows of the first
def school(npsn: str) -> Page:
    """Who works at one school, numbers masked."""
    found = gate.subject(School)
    try:
        claiming.check_look(found.id, gate.me(), now=clock.now())
    except TooManySchools as error:
        flash(sentence(error), "err")
        return redirect(url_for("roster.mine"), 303)
    rows = page(queries.rows(school_id=found.id, left=False), per_page=100)
    return render_template("roster/school.html", school=found, page=rows)


@blueprint.post("/saya/klaim/baris/<code>")
def ask(code: str) -> Response:
    confirmed = False
    with acting() as deed:
        confirmed = claiming.ask(code, actor=gate.actor(), now=clock.now()).state.is_confirmed
    if deed.done:
        flash(
            "Baris Bapak/Ibu sudah terhubung." if confirmed else "Terkirim. Kepala sekolah atau panitia memastikannya.",
            "ok",
        )
    return redirect(url_for("roster.mine"), 303)


@blueprint.get("/klaim")
def waiting() -> str:
    """The claims that the visitor may decide, and those that were confirmed."""
    actor = gate.actor()
    return render_template(
        "roster/waiting.html", page=page(claiming.waiting(actor)), settled=page(claiming.settled(actor), number=1)
    )


@blueprint.post("/klaim/<code>/sahkan")
def confirm(code: str) -> Response:
    with acting(done="Disahkan."):
        claiming.decide(code, agree=True, actor=gate.actor(), now=clock.now())
    return redirect(url_for("roster.waiting"), 303)


@blueprint.post("/klaim/<code>/tolak")
def decline(code: str) -> Response:
    with acting(done="Ditolak."):
        claiming.decide(code, agree=False, actor=gate.actor(), now=clock.now())
    return redirect(url_for("roster.waiting"), 303)


@blueprint.post("/klaim/<code>/lepas")
def undo(code: str) -> Response:
    own = gate.subject(RosterClaim).person_id == gate.me()
    with acting(done="Dilepas; isian yang berasal dari data induk ikut ditarik."):
        claiming.undo(code, actor=gate.actor(), now=clock.now())
    return redirect(url_for("roster.mine" if own else "roster.waiting"), 303)
