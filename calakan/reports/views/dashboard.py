"""One page for the head of the office, and for those who look after a school or a kecamatan."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from calakan.kernel import clock, formats
from calakan.kernel.actor import Role
from calakan.people.queries import workplace
from calakan.reports import charts, coverage, dashboards
from calakan.reports.terms import Filters
from calakan.web import gate

blueprint = Blueprint("dashboard", __name__, template_folder="../templates")


@blueprint.get("/kelola/capaian")
def page() -> str:
    actor, today = gate.actor(), clock.today()
    own = not (actor.is_committee or actor.has(Role.PIMPINAN))
    found = dashboards.dashboard(today=today, visible_to=actor, own_people=own)
    reach = coverage.coverage(Filters(since=found.since, until=found.until), visible_to=actor)
    bars = [
        (formats.part(today.replace(month=int(row.keys[0].code[5:]), day=1), "MMM"), row.keys[0].label, row.unik)
        for row in found.months
    ]
    return render_template(
        "reports/dashboard.html",
        found=found,
        own=own,
        reach=reach,
        month_chart=charts.columns(bars, "h-bln"),
        drawn=None if own else charts.hexagons({r.code: _place(r) for r in reach.places if r.code in charts.TILES}),
        classes=charts.CLASS_TEXTS,
        workplace=workplace,
    )


def _place(reach: coverage.Reach) -> charts.Place:
    address = url_for("coverage.schools", kecamatan=reach.code)
    return charts.shared_place(reach.name, reach.percent, reach.reached, reach.target, address)
