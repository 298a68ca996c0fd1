"""Joining, leaving, "Diklat saya", and the personal calendar."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as BaseResponse

from calakan.attendance import queries as attendance
from calakan.attendance.queries import Progress
from calakan.certificates import corrections
from calakan.certificates import queries as certificates
from calakan.completion import reasons
from calakan.completion.standing import Standing, standing_of_person
from calakan.diklat import calendar as calendars
from calakan.diklat import kept
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.enrolment import joining, preview, queries, services, sharing, wishes
from calakan.enrolment import reasons as why_not
from calakan.enrolment.errors import ProfileIncomplete, ScheduleOverlap
from calakan.enrolment.forms import LeaveForm, WishForm
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db, formats
from calakan.kernel.errors import DomainError
from calakan.narasumber import queries as narasumber
from calakan.office.house import house
from calakan.office.queries import office_settings
from calakan.people.models import ASN, Person
from calakan.people.services import accounts
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import sentence, word

log = logging.getLogger(__name__)
blueprint = Blueprint("enrolment", __name__, template_folder="templates")
MOST_STEPS = 4


@dataclass(frozen=True)
class Step:
    """One dot of the way to a certificate; `state` is done, now, or nothing."""

    text: str
    under: str = ""
    state: str = ""


@dataclass(frozen=True)
class Way:
    """A running diklat of the visitor: its steps and all that is still to do."""

    enrolment: Enrolment
    steps: list[Step]
    missing: list[str]
    mark: str
    mark_class: str
    code_due: bool = False  # a session of today in which one is not present yet


@blueprint.post("/diklat/<slug>/daftar")
def join(slug: str) -> BaseResponse | str:
    diklat_id, me, accept, now = gate.subject(Diklat).id, gate.me(), request.form.get("tetap") == "1", clock.now()
    applicant = joining.applicant(diklat_id, me, now=now)
    if applicant.person.enrolled:  # a second tap waits for nobody
        return redirect(url_for("enrolment.joined", slug=slug))
    try:
        with db.transaction():
            services.join(diklat_id, me, actor=gate.actor(), now=now, accept_overlap=accept, applicant=applicant)
    except ProfileIncomplete as error:
        flash(sentence(error), "warn")
        return redirect(url_for("people.profile", next=url_for("diklat.detail", slug=slug)))
    except ScheduleOverlap:
        overlap = queries.overlapping(me, diklat_id, now=clock.now())
        return render_template("enrolment/overlap.html", diklat=diklat_queries.by_slug(slug), overlap=overlap)
    except DomainError as error:
        flash(sentence(error), "err")
        return redirect(url_for("diklat.detail", slug=slug))
    return redirect(url_for("enrolment.joined", slug=slug))


@blueprint.get("/diklat/<slug>/terdaftar")
def joined(slug: str) -> BaseResponse | str:
    diklat = gate.subject(Diklat)
    enrolment = queries.enrolment(diklat.id, gate.me())
    if enrolment is None or enrolment.state is EnrolmentState.CANCELLED:
        return redirect(url_for("diklat.detail", slug=slug))
    now = clock.now()
    sessions = [session for session in diklat_queries.sessions_of(diklat.id) if session.ends_at > now]
    waiting = enrolment.state is EnrolmentState.WAITING
    return render_template(
        "enrolment/joined.html",
        diklat=diklat,
        enrolment=enrolment,
        confirmed=corrections.name_confirmed(gate.me()),
        first=sessions[0] if sessions else None,
        place=queries.place_in_line(enrolment) if waiting else None,
        **_why_waiting(diklat, now=now) if waiting else {},
        by_mail=db.session().get_one(Person, gate.me()).email is not None,
        opens=office_settings().room_opens_minutes,
        reminder=sessions[0].starts_at - timedelta(days=1) if sessions else None,
    )


def _why_waiting(diklat: Diklat, *, now: datetime) -> dict[str, str]:
    verdict = preview.verdict(diklat, db.session().get_one(Person, gate.me()), now=now)
    waits = why_not.waits(diklat, verdict) or "Kursi penuh."
    return {"waits": waits, "following": why_not.following(diklat, verdict, now=now)}


@blueprint.route("/diklat/<slug>/batal", methods=["GET", "POST"])
def leave(slug: str) -> BaseResponse | str | tuple[str, int]:
    diklat_id, me, form = gate.subject(Diklat).id, gate.me(), LeaveForm()
    if form.validate_on_submit():
        with acting() as deed:
            services.leave(diklat_id, me, actor=gate.actor(), now=clock.now(), reason=form.reason.data or "")
        if deed.done:
            flash("Pendaftaran dibatalkan.", "ok")
        return redirect(url_for("diklat.detail", slug=slug))
    enrolment = queries.enrolment(diklat_id, me)
    if enrolment is None or enrolment.state is EnrolmentState.CANCELLED:
        flash("Bapak/Ibu tidak terdaftar pada diklat ini.", "warn")
        return redirect(url_for("diklat.detail", slug=slug))
    diklat = diklat_queries.by_slug(slug)
    assert diklat is not None
    html = render_template(
        "enrolment/leave.html",
        diklat=diklat,
        enrolment=enrolment,
        form=form,
        late=services.leave_deadline_over(diklat, enrolment, now=clock.now()),
        contact=office_settings().contact,
    )
    return html, 422 if form.errors else 200


@blueprint.get("/saya")
def mine() -> str:
    me, now, office = gate.me(), clock.now(), office_settings()
    running = [e for e in queries.of_person(me) if e.diklat.state is DiklatState.PUBLISHED]
    kept.with_audience(e.diklat for e in running)
    ahead = queries.ahead(me, since=now)
    following = ahead[0] if ahead else None
    opens_at = following.starts_at - timedelta(minutes=office.room_opens_minutes) if following else None
    papers = certificates.of_person(me)
    year = clock.local(now).year
    return render_template(
        "enrolment/mine.html",
        ways=_ways(running, me, contact=office.contact, now=now),
        following=following,
        opens_at=opens_at,
        room_open=following is not None and opens_at is not None and opens_at <= now < following.ends_at,
        left=max(following.starts_at - now, timedelta()) if following else None,
        papers=papers,
        year=year,
        jp=certificates.jp_of_year(papers, year),
        target=office.jp_target_of(gate.logged_in().employment),
        calendar_token=gate.logged_in().calendar_token,
    )


def _ways(running: list[Enrolment], me: int, *, contact: str, now: datetime) -> list[Way]:
    found = standing_of_person([e.diklat for e in running], me, now=now)
    sessions: dict[int, list[LiveSession]] = defaultdict(list)
    for session in diklat_queries.sessions_of(*(e.diklat_id for e in running)):
        sessions[session.diklat_id].append(session)
    line = queries.places_in_line(me) if any(e.state is EnrolmentState.WAITING for e in running) else {}
    return [
        _in_line(e, line.get(e.diklat_id, 1))
        if e.state is EnrolmentState.WAITING
        else _way(e, found[e.diklat_id], sessions[e.diklat_id], contact=contact, now=now)
        for e in running
    ]


def _in_line(enrolment: Enrolment, place: int) -> Way:
    missing = [f"Nomor antrean {place}. Kami kirim email begitu ada kursi kosong."]
    return Way(enrolment, [], missing, word(EnrolmentState.WAITING), "tag-warn")


def _way(enrolment: Enrolment, found: Standing, sessions: list[LiveSession], *, contact: str, now: datetime) -> Way:
    steps = [Step("Daftar", state="done"), *_session_steps(found.progress, sessions)]
    if asked := len(found.conditions.tasks):
        accepted = asked - len(found.tasks)
        steps.append(Step("Tugas", f"{accepted} dari {asked}", "now" if found.tasks else "done"))
    steps.append(Step("Sertifikat", state="now" if found.met else ""))
    today, absent = clock.local(now).date(), [s for s in sessions if s.id not in found.progress.attended]
    due = any(today in (clock.local(s.starts_at).date(), clock.local(s.ends_at).date()) for s in absent)
    if found.met:
        missing = [f"Syarat terpenuhi. {reasons.outcome(enrolment.diklat, now=now)}"]
        return Way(enrolment, steps, missing, "Syarat terpenuhi", "tag-ok", due)
    missing = [row.text for row in reasons.lines(found, contact=contact, now=now)]
    mark = (
        (word(EnrolmentState.CONFIRMED), "tag-info")
        if found.within_reach or not sessions
        else ("Kurang hadir", "tag-err")
    )
    return Way(enrolment, steps, missing, *mark, due)


def _session_steps(progress: Progress, sessions: list[LiveSession]) -> list[Step]:
    if len(sessions) > MOST_STEPS:
        here = len([s for s in sessions if s.id in progress.attended])
        state = "done" if progress.met else "now"
        return [Step("Hadir", f"{here} dari {len(sessions)} sesi", state)]
    steps, following = [], progress.ahead[0].id if progress.ahead else None
    missed = {session.id for session in progress.missed}
    for session in sessions:
        day = "tidak hadir" if session.id in missed else formats.part(session.starts_at, "d MMM")
        state = "done" if session.id in progress.attended else "now" if session.id == following else ""
        steps.append(Step(f"Sesi {session.number}", day, state))
    return steps


@blueprint.post("/diklat/kabari")
def wish() -> BaseResponse:
    """Be told of what was looked for, or not any more; then back to the search."""
    form = WishForm()
    if not form.validate_on_submit():
        flash(next(iter(form.errors.values()))[0], "err")
        return redirect(url_for("diklat.catalogue"), 303)
    words, level = form.q.data or "", form.jenjang.data or ""
    if request.form.get("act") == "batal":
        with acting(done="Tidak jadi dikabari."):
            wishes.take_back(gate.me(), words, level)
    else:
        with acting(done="Baik, kami kirim email sekali begitu ada diklat yang cocok."):
            wishes.ask(gate.me(), words, level, now=clock.now())
    return redirect(url_for("diklat.catalogue", q=words or None, jenjang=level or None), 303)


@blueprint.get("/saya/riwayat")
def history() -> str:
    me = gate.me()
    enrolments, papers = queries.of_person(me), certificates.of_person(me)
    kept.with_audience(e.diklat for e in enrolments)
    return render_template(
        "enrolment/history.html",
        enrolments=enrolments,
        standing=attendance.progress_of_person([e.diklat for e in enrolments], me, now=clock.now()),
        papers=papers,
        summed=certificates.years_of(papers),
        asn=gate.logged_in().employment in ASN,
    )


@blueprint.post("/saya/kalender/alamat-baru")
def renew_calendar() -> BaseResponse:
    with acting(done="Alamat kalender diganti. Langganan yang lama berhenti; langganan lagi dengan alamat yang baru."):
        accounts.renew_calendar(gate.me(), actor=gate.actor(), now=clock.now())
    return redirect(url_for("enrolment.mine"))


@blueprint.get("/saya/kalender/<token>.ics")
def calendar(token: str) -> Response:
    """Fetched by calendar programs without a log-in; the address itself is the secret."""
    person = queries.calendar_owner(token)
    if person is None:
        abort(404)
    own = {session.id: session for session in queries.sessions_of_person(person.id)}
    own |= {session.id: session for session in narasumber.all_sessions(person.id)}
    base_url = current_app.extensions["calakan.settings"].base_url
    content = calendars.calendar(
        sorted(own.values(), key=lambda s: s.starts_at), name=house().name, base_url=base_url, with_rooms=True
    )
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, max-age=900"
    return answer


@blueprint.get("/b/<code>")
def shared(code: str) -> BaseResponse:
    """A group's short link. The tap is counted, and never holds anybody up."""
    found = sharing.by_code(code)
    if found is None:
        abort(404)
    id, slug = found
    if request.method == "GET" and not sharing.is_preview(request.user_agent.string):
        try:
            with db.transaction():
                sharing.count_tap(id)
        except OperationalError:
            log.warning("a tap was not counted")
    return redirect(url_for("diklat.detail", slug=slug))
