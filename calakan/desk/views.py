"""Today, the panitia's week, and the year so far."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, url_for

from calakan.desk import board as boards
from calakan.desk import dashboards, offline, today, words
from calakan.desk.board import Fact, Part, Status, Step
from calakan.desk.waiting import waiting
from calakan.diklat import queries as diklat
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock, formats
from calakan.kernel.actor import Role
from calakan.kernel.cards import Card, When
from calakan.narasumber import queries as narasumber
from calakan.people import queries as people
from calakan.reports import coverage
from calakan.reports.documents import charts
from calakan.reports.terms import Filters
from calakan.web import gate
from calakan.web.assets import BELOW, service_worker

PAGES = {
    Part.DETAILS: "diklat_manage.edit",
    Part.SESSIONS: "diklat_manage.sessions",
    Part.SPEAKERS: "diklat_manage.sessions",
    Part.INVITE: "enrolment_manage.share",
    Part.RUN: "diklat_manage.sessions",
    Part.PRESENCE: "attendance.sheet",
    Part.WORK: "assessment_manage.tasks",
    Part.CLOSE: "completion.close",
    Part.PAPERS: "certificates_manage.board",
    Part.REPORT: "reports.participation",
}
NOT_BEFORE = (Part.INVITE, Part.CLOSE, Part.REPORT)
OF_SESSION = {
    (Part.SESSIONS, Fact.NO_ROOM): "diklat_manage.session_edit",
    (Part.SPEAKERS, Fact.NO_SPEAKER): "narasumber_manage.speakers",
    (Part.SPEAKERS, Fact.ASKED_SPEAKER): "narasumber_manage.speakers",
    (Part.RUN, Fact.RUNNING): "attendance.run",
}
SIGNS = {Status.DONE: "circle-check", Status.TODO: "arrow-right", Status.LATER: "clock", Status.NONE: "ban"}
OFFLINE_ASSETS = (
    "calakan.css", "lanjut.css", "gelap.css", "calakan.js", "lanjut.js", "kode.js", "luring.js",
    "fonts/plus-jakarta-sans-var.woff2",
)  # fmt: skip
blueprint = Blueprint("desk", __name__, template_folder="templates")


def _groups() -> dict[When, list[Card]]:
    return today.groups(current_app.extensions["calakan.cards"], gate.actor(), now=clock.now())


@blueprint.get("/hari-ini")
def home() -> str:
    """What runs, what waits and what comes, for whoever has logged in."""
    groups = _groups()
    return render_template("desk/today.html", groups=groups, most=today.MOST)


@blueprint.get("/hari-ini/kini")
def running() -> Response | str:
    """The group that moves by itself; 204 once nothing runs any more."""
    cards = _groups().get(When.NOW, [])
    if not cards:
        return Response(status=204)
    return render_template("desk/_cards.html", cards=cards)


@blueprint.get("/saya/luring")
def offline_page() -> str:
    """What may be kept on this phone; the browser keeps it, the server does not know."""
    return render_template(
        "desk/offline.html", worth=offline.worth_keeping(gate.me(), now=clock.now()), assets=OFFLINE_ASSETS
    )


@blueprint.get("/luring-sw.js")
def worker() -> Response:
    """At the root, where its scope may be all pages."""
    return service_worker("luring-sw.js", ASSETS=BELOW, OFFLINE=url_for("desk.offline_page"))


@blueprint.get("/kelola")
def committee() -> str:
    """What waits for the panitia this week."""
    actor, now = gate.actor(), clock.now()
    waits = waiting(actor, now=now)
    return render_template(
        "desk/committee.html",
        desk=diklat.desk(actor, now=now),
        waits=waits,
        seats=enrolment.seats(*waits.closing),
        unstaffed=narasumber.unstaffed(actor, now=now),
    )


@blueprint.get("/kelola/diklat/<slug>")
def board(slug: str) -> str:
    """The steps of one diklat, and the one to take now."""
    subject, now = gate.subject(Diklat), clock.now()
    found = boards.board(subject, now=now) if not subject.state.is_cancelled else boards.Board(())
    return render_template(
        "desk/board.html",
        diklat=subject,
        board=found,
        signs=SIGNS,
        rows=[(step, words.said(step), _address(subject, step)) for step in found.steps],
        deed=words.DEEDS.get(found.next.fact) if found.next else None,
    )


def _address(subject: Diklat, step: Step) -> str | None:
    """Where a step is taken, if whoever looks may go there and its time has come."""
    if step.part not in PAGES or (step.status.is_later and step.part in NOT_BEFORE):
        return None
    endpoint = PAGES[step.part]
    if endpoint == "reports.participation":
        return url_for(endpoint, diklat=subject.slug) if gate.may(endpoint) else None
    if step.session is not None and (step.part, step.fact) in OF_SESSION:
        endpoint = OF_SESSION[step.part, step.fact]
        session = diklat.live_session(subject.slug, step.session.number)
        return url_for(endpoint, slug=subject.slug, number=step.session.number) if gate.may(endpoint, session) else None
    return url_for(endpoint, slug=subject.slug) if gate.may(endpoint, subject) else None


@blueprint.get("/kelola/capaian")
def dashboard() -> str:
    """One page for the head of the office, and for those who look after a school or a kecamatan."""
    actor, today = gate.actor(), clock.today()
    own = not (actor.is_committee or actor.has(Role.PIMPINAN))
    found = dashboards.dashboard(today=today, visible_to=actor, own_people=own)
    reach = coverage.coverage(Filters(since=found.since, until=found.until), visible_to=actor)
    bars = [
        (formats.part(today.replace(month=int(row.keys[0].code[5:]), day=1), "MMM"), row.keys[0].label, row.unik)
        for row in found.months
    ]
    return render_template(
        "desk/dashboard.html",
        found=found,
        own=own,
        reach=reach,
        month_chart=charts.columns(bars, "h-bln"),
        drawn=None if own else charts.hexagons({r.code: _place(r) for r in reach.places if r.code in charts.TILES}),
        classes=charts.CLASS_TEXTS,
        workplace=people.workplace,
    )


def _place(reach: coverage.Reach) -> charts.Place:
    address = url_for("coverage.schools", kecamatan=reach.code)
    return charts.shared_place(reach.name, reach.percent, reach.reached, reach.target, address)
