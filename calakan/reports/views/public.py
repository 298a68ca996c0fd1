"""For portals that gather the applications of all agencies: a small page to frame, and a description of this one."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from calakan.kernel import clock
from calakan.office.queries import office_settings
from calakan.reports import statistics
from calakan.reports.terms import Dimension
from calakan.web.emblem import logo_address
from calakan.web.headers import FRAMED

blueprint = Blueprint("statistics", __name__, template_folder="../templates")


def _kept(answer: Response) -> Response:
    """The same for an hour; asked again, only whether it is still the same."""
    answer.headers["Cache-Control"] = statistics.CACHE
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@blueprint.get("/statistik/bingkai")
def widget() -> Response:
    """Any site may frame it: two public numbers and a link that opens beside it."""
    table = statistics.table(Dimension.JENJANG, today=clock.today())
    base = current_app.extensions["calakan.settings"].base_url
    answer = Response(render_template("reports/widget.html", table=table, fewest=statistics.FEWEST, base=base))
    answer.headers[FRAMED] = "1"
    return _kept(answer)


@blueprint.get("/aplikasi.json")
def application() -> Response:
    """What a portal shows of us and where it finds our numbers; `schema` grows when a meaning changes."""
    base, office = current_app.extensions["calakan.settings"].base_url, office_settings()
    return _kept(
        jsonify(
            schema=1,
            name=office.programme_name,
            description=office.programme_tagline,
            owner=office.organiser,
            contact=office.contact,
            category="pendidikan",
            language="id",
            url=base,
            icon=base + logo_address("ikon-app.svg"),
            login=False,
            links={
                "katalog": f"{base}/diklat",
                "kalender": f"{base}/kalender.ics",
                "statistik": f"{base}/statistik",
                "statistik_json": f"{base}/api/v1/statistics/participation",
                "bingkai": f"{base}/statistik/bingkai",
                "openapi": f"{base}/api/v1/openapi.json",
                "privasi": f"{base}/privasi",
                "periksa_sertifikat": f"{base}/periksa",
            },
        )
    )
