"""Coverage: shares on a map, schools not reached yet, and the lists of how many people work where."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from calakan.kernel import clock, db, formats
from calakan.office.house import house
from calakan.people import queries as people_queries
from calakan.people.models import Jenjang
from calakan.reports import coverage, headcounts
from calakan.reports.coverage import Coverage, Reach
from calakan.reports.documents import charts, exports, outlines
from calakan.reports.forms import CoverageForm, HeadcountForm
from calakan.reports.terms import LEVELS
from calakan.reports.turnout import Turnout
from calakan.tables.reading import ahead
from calakan.web import gate, limits, paging
from calakan.web.acting import acting

blueprint = Blueprint("coverage", __name__, template_folder="../templates")
LOWEST = 6


def _asked() -> CoverageForm:
    form = CoverageForm(formdata=request.args)
    form.offer(diklat=[], kecamatan=[(k.code, k.name) for k in people_queries.all_kecamatan()])
    form.jenjang.choices = [("", "Semua"), *((level.value, text) for level, text in LEVELS.items())]
    form.as_usual(clock.today())
    return form


def _found(form: CoverageForm) -> Coverage:
    level = Jenjang(form.jenjang.data) if form.jenjang.data else None
    return coverage.coverage(form.filters, visible_to=gate.actor(), jenjang=level)


def _link(endpoint: str, form: CoverageForm, **more: str) -> str:
    values: dict[str, Any] = {name: request.args.get(name) or None for name in ("tahap", "jenjang")}
    values |= {day.name: day.data.isoformat() if day.data else "" for day in (form.dari, form.sampai)}
    return url_for(endpoint, **{**values, "kecamatan": form.kecamatan.data or None, **more})


@blueprint.get("/kelola/cakupan")
def page() -> str | tuple[str, int]:
    form = _asked()
    if not form.validate():
        return render_template("reports/coverage.html", form=form, found=None), 422
    found = _found(form)
    took_part = Turnout(form.filters, visible_to=gate.actor()).at(form.filters.stage).total[1]
    places = {reach.code: _place(reach, form) for reach in found.places if reach.code in charts.TILES}
    draw = outlines.outlines if form.peta.data == "wilayah" else charts.hexagons
    return render_template(
        "reports/coverage.html",
        form=form,
        found=found,
        drawn=draw(places) if places else None,
        classes=charts.CLASS_TEXTS,
        lowest=sorted((r for r in found.places if r.target), key=lambda r: (r.percent, r.name))[:LOWEST],
        unreached=len(coverage.unreached(found)),
        took_part=None if form.jenjang.data else took_part,
        period=exports.period(form.filters),
        stage=exports.STAGES[form.filters.stage],
        link=lambda endpoint, **more: _link(endpoint, form, **more),
    )


def _place(reach: Reach, form: CoverageForm) -> charts.Place:
    address = _link("coverage.schools", form, kecamatan=reach.code)
    return charts.shared_place(reach.name, reach.percent, reach.reached, reach.target, address)


@blueprint.get("/kelola/cakupan/sekolah")
def schools() -> str | tuple[str, int]:
    """Each school with its share; `belum=1` keeps those of which nobody took part."""
    form = _asked()
    if not form.validate():
        return render_template("reports/coverage.html", form=form, found=None), 422
    found, only = _found(form), request.args.get("belum") == "1"
    rows = coverage.unreached(found) if only else sorted(found.schools, key=lambda s: (s.percent, -s.target, s.name))
    number = request.args.get("hal", "1")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    pages = max(1, -(-len(rows) // paging.PER_PAGE))
    at = max(1, min(at, pages))
    shown = rows[(at - 1) * paging.PER_PAGE : at * paging.PER_PAGE]
    return render_template(
        "reports/coverage_schools.html",
        form=form,
        page=paging.Page(items=shown, number=at, total=len(rows), per_page=paging.PER_PAGE),
        only=only,
        invitation=_invitation,
        names={k.code: k.name for k in people_queries.all_kecamatan()},
        level_names=LEVELS,
        link=lambda endpoint, **more: _link(endpoint, form, **more),
        courses=coverage.ahead(now=clock.now()),
    )


def _invitation(school: Reach, courses: Any) -> str:
    """A text for the school's own group, ready to be sent."""
    base = current_app.extensions["calakan.settings"].base_url
    lines = [f"Yth. Bapak/Ibu {school.name},", "", f"Diklat gratis {house().name} terbuka untuk Bapak/Ibu:"]
    lines += [f"- {course.title}, mulai {formats.day(course.starts_at)}" for course in courses]
    return "\n".join([*lines, "", f"Daftar di {base}/diklat", "", f"Terima kasih. Salam, Panitia {house().name}"])


@blueprint.route("/kelola/cakupan/sasaran", methods=["GET", "POST"])
@limits.files
def targets() -> str | AnyResponse | tuple[str, int]:
    form = HeadcountForm()
    if form.validate_on_submit():
        day = form.per.data
        assert day is not None
        content = form.file.data.read()
        with ahead(content), acting(form) as deed:
            lines = headcounts.import_headcounts(
                content, name=form.sumber.data or "", as_of=day, actor=gate.actor(), now=clock.now()
            )
        if deed.done:
            flash(f"{formats.number(lines)} baris sasaran tersimpan dan berlaku mulai sekarang.", "ok")
            return redirect(url_for("coverage.targets"), 303)
    rows = db.session().scalars(headcounts.sources().limit(20)).all()
    return render_template("reports/targets.html", form=form, rows=rows), 422 if form.errors else 200
