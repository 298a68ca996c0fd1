"""Today, the panitia's week, the year so far, and the people of one's own school or kecamatan."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, request, url_for

from calakan.certificates import queries as certificates
from calakan.desk import dashboards, today
from calakan.desk.waiting import waiting
from calakan.diklat import queries as diklat
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock, formats
from calakan.kernel.actor import Role
from calakan.kernel.cards import Card, When
from calakan.narasumber import queries as narasumber
from calakan.office.queries import office_settings
from calakan.people import queries as people
from calakan.reports import coverage
from calakan.reports.documents import charts
from calakan.reports.terms import Filters
from calakan.web import gate
from calakan.web.paging import page

blueprint = Blueprint("desk", __name__, template_folder="templates")


def _groups() -> dict[When, list[Card]]:
    return today.groups(current_app.extensions["calakan.cards"], gate.actor(), now=clock.now())


@blueprint.get("/hari-ini")
def home() -> str:
    """What runs, what waits and what comes, for whoever has logged in."""
    groups = _groups()
    return render_template("desk/today.html", groups=groups, most=today.MOST, person=people.person(gate.me()))


@blueprint.get("/hari-ini/kini")
def running() -> Response | str:
    """The group that moves by itself; 204 once nothing runs any more."""
    cards = _groups().get(When.NOW, [])
    if not cards:
        return Response(status=204)
    return render_template("desk/_cards.html", cards=cards)


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
        unstaffed=narasumber.unstaffed(lead_id=None if actor.is_committee else actor.person_id, now=now),
    )


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


@blueprint.get("/binaan")
def scope() -> str:
    """The people in the visitor's own scope with their year: no numbers, no contacts, no accounts."""
    words, year = request.args.get("q", "")[:100], clock.today().year
    found = page(people.in_scope(gate.actor(), words=words))
    ids = [person.id for person in found.items]
    return render_template(
        "desk/scope.html",
        page=found,
        words=words,
        year=year,
        jp=certificates.jp_by_person(ids, year),
        titles=enrolment.titles_of_year(ids, year),
        target=office_settings().yearly_jp_target,
        places=people.scope_names(gate.actor()),
    )
