"""The report of participation, and lists as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from calakan.audit import services as audit
from calakan.certificates.past import services as past
from calakan.diklat.models import Diklat
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import clock, db, formats
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.kernel.wording import phrase
from calakan.people import queries as people_queries
from calakan.people.models import Jenjang
from calakan.reports import elsewhere, measuring, pivot, queries, saved, statistics
from calakan.reports.documents import charts, exports, rosters
from calakan.reports.documents.sheets import MIME_TYPES, Format
from calakan.reports.forms import ONLY, USUAL, ReportForm, SaveForm, dimensions
from calakan.reports.terms import MOST_DIMENSIONS, Count, Dimension, Filters, Measure, Row
from calakan.reports.turnout import Turnout
from calakan.reports.words import STATISTICS_DEFINITION
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import word

blueprint = Blueprint("reports", __name__, template_folder="../templates")
MOST_ROWS = 200
MONTHS_SHOWN = 12
SHOWN = (Dimension.JENJANG, Dimension.KECAMATAN, Dimension.MONTH)
FEWEST = 6
ALL_TIME = {"dari": "", "sampai": ""}
TOO_MANY = "Terlalu banyak peserta untuk menghitung ukuran lain di layar. Berkas unduhan memuatnya; atau persempit saringannya."
# Filters behind "Saringan lain", each with what it says when nobody chose.
MORE = {"tahap": "enrolled", "hitung": "kepesertaan", "bentuk": "daftar", "diklat": "", **dict.fromkeys(ONLY, "")}


def _asked() -> ReportForm:
    form = ReportForm(formdata=request.args)
    form.offer(diklat=queries.diklat_choices(), kecamatan=[(k.code, k.name) for k in people_queries.all_kecamatan()])
    return form


def _values(filters: Filters, by: list[Dimension]) -> dict[str, Any]:
    """What an address of this report says."""
    held = dict(filters.only)
    return {
        "dari": filters.since.isoformat() if filters.since else "",
        "sampai": filters.until.isoformat() if filters.until else "",
        "diklat": filters.diklat or None,
        "kecamatan": filters.kecamatan or None,
        "tahap": filters.stage.value,
        "hitung": filters.count.value,
        "menurut": [dimension.value for dimension in by],
        **{name: held.get(dimension) for name, dimension in ONLY.items()},
        "ukuran": [measure.value for measure in filters.measures],
    }


def _address(endpoint: str, filters: Filters, by: list[Dimension], **more: str) -> str:
    return url_for(endpoint, **{**_values(filters, by), **more})


@blueprint.route("/kelola/laporan")
def participation() -> str | tuple[str, int]:
    form = _asked()
    form.as_usual(clock.today())
    by, notices = dimensions(request.args.getlist("menurut"))
    shown = {
        "form": form,
        "by": by,
        "notices": notices,
        "titles": exports.TITLES,
        "most": MOST_DIMENSIONS,
        "only": list(ONLY),
        "saved": [
            (row, url_for("reports.participation", **ALL_TIME | row.filters)) for row in saved.seen_by(gate.actor())
        ],
        "mine": gate.me(),
        "narrowed": any(request.args.get(name, "") not in ("", usual) for name, usual in MORE.items())
        or by != list(USUAL),
        "measured": bool(form.ukuran.data),
    }
    if not form.validate():
        return render_template("reports/participation.html", report=None, **shown), 422
    return render_template("reports/participation.html", **shown | _report(form, by, notices))


@blueprint.post("/kelola/laporan/simpan")
def save() -> AnyResponse:
    """The filters of the page under a name; the same name again holds the newer ones."""
    form = SaveForm()
    form.offer(diklat=queries.diklat_choices(), kecamatan=[(k.code, k.name) for k in people_queries.all_kecamatan()])
    if not form.validate_on_submit():
        flash(next(text for texts in form.errors.values() for text in texts), "err")
        return redirect(url_for("reports.participation"), 303)
    by, _ = dimensions(request.form.getlist("menurut"))
    kept = {name: value for name, value in {**_values(form.filters, by), "bentuk": form.bentuk.data}.items() if value}
    with acting(done=f"Laporan “{form.nama.data}” tersimpan."):
        saved.save(form.nama.data or "", kept, shared=bool(form.bersama.data), actor=gate.actor(), now=clock.now())
    return redirect(url_for("reports.participation", **ALL_TIME | kept), 303)


@blueprint.post("/kelola/laporan/hapus")
def remove_saved() -> AnyResponse:
    id = request.form.get("id", "")
    with acting(done="Laporan tersimpan dihapus."):
        if not (id.isascii() and id.isdigit() and len(id) < 10):
            raise NotFound()
        saved.remove(int(id), actor=gate.actor())
    return redirect(url_for("reports.participation"), 303)


def _report(form: ReportForm, asked: list[Dimension], notices: list[str]) -> dict[str, Any]:
    actor, filters = gate.actor(), form.filters
    many = measuring.too_many_for_a_page(Turnout(filters, visible_to=actor)) if filters.measures else False
    if many:
        filters = replace(filters, measures=())
        notices = [*notices, TOO_MANY]
    # Read once: whatever the page shows is of one moment.
    turnout = Turnout(filters, visible_to=actor)
    by = pivot.for_screen(asked, turnout)
    report = measuring.measured(turnout.report(by), turnout, now=clock.now())
    # A person has one kecamatan, level and post: one statement serves the map and the bars.
    crossed = turnout.rows([Dimension.KECAMATAN, Dimension.JENJANG, Dimension.JABATAN])
    sorting = request.args.get("urut", "")
    table = pivot.pivot(report, turnout) if form.bentuk.data == "silang" else None
    return {
        "by": by,
        "notices": notices + _equals(report.rows, by) + _left_out(asked[len(by) :]),
        "report": report,
        "pivot": table,
        "adds_up": {count: pivot.adds_up(report, count) for count in Count},
        "sorting": sorting,
        "sort_address": lambda key: _address("reports.participation", filters, by, urut=_turned(key, sorting)),
        "rows": pivot.ordered(report, sorting)[:MOST_ROWS],
        "summary": queries.summary(turnout),
        "counts": [(count, exports.COUNTS[count]) for count in exports.number_columns(filters)],
        "measures": [(measure, exports.MEASURES[measure]) for measure in filters.measures],
        "highest": max((row.value(filters.count) for row in report.rows), default=0),
        "definition": exports.definition(filters),
        "period": exports.period(filters),
        "past": past.totals(filters.since, filters.until) if _whole(filters) else (0, 0),
        "stage": exports.STAGES[filters.stage],
        "files": [
            (kind, _address("reports.export", form.filters, asked, format=kind.value))
            for kind in (Format.XLSX, Format.CSV, Format.JSON)
        ],
        **_map(crossed, filters, by, {choice.value: choice.label for choice in form.kecamatan.choices}),
        **_months(turnout.rows([Dimension.MONTH])),
        "bars": charts.level_bars(crossed),
        "groups": [name for name, _ in charts.GROUPS],
    }


def _whole(filters: Filters) -> bool:
    """Whether old lists, which know neither kecamatan nor stage, belong beside these figures."""
    return _sees_all() and not (filters.kecamatan or filters.diklat or filters.only)


def _equals(rows: Sequence[Row], by: list[Dimension]) -> list[str]:
    """Of the kinds of madrasah in the table, once, which level each equals."""
    if Dimension.JENJANG not in by:
        return []
    codes = {row.keys[by.index(Dimension.JENJANG)].code for row in rows}
    kinds = [one for one in Jenjang if one.value in codes and one.equals is not one]
    told = [phrase("people.equals", kind=word(one), level=word(one.equals)) for one in kinds]
    return [f"{', '.join(told)}."] if told else []


def _left_out(left: Sequence[Dimension]) -> list[str]:
    if not left:
        return []
    names = formats.joined([exports.TITLES[dimension] for dimension in left])
    return [f"Terlalu banyak baris untuk layar, jadi {names} tidak dirinci di sini. Berkas unduhan memuat semuanya."]


def _turned(key: str, sorting: str) -> str:
    """Numbers begin with the largest, names with the first; asked again they turn around."""
    first = f"-{key}" if key in {*Count, *Measure} else key
    return (key if first.startswith("-") else f"-{key}") if sorting == first else first


def _map(found: Sequence[Row], filters: Filters, by: list[Dimension], names: dict[str, str]) -> dict[str, Any]:
    values: dict[str, int] = {}
    for row in found:
        values[row.keys[0].code] = values.get(row.keys[0].code, 0) + row.unik
    inside = {code: value for code, value in values.items() if code in charts.TILES}

    def link(code: str) -> str:
        return _address("reports.participation", filters, by, kecamatan=code)

    places = sorted((names.get(code, code), inside.get(code, 0), link(code)) for code in charts.TILES)
    return {
        "hexagons": charts.hexagons(charts.counted_places(inside, names, link)),
        "classes": charts.class_labels(charts.cuts(max(inside.values(), default=0))),
        "places": places,
        # Who sees one kecamatan only would find the others empty.
        "fewest": sorted(places, key=lambda place: (place[1], place[0]))[:FEWEST] if _sees_all() else [],
        **_outside(values.get("", 0), filters),
    }


def _outside(without: int, filters: Filters) -> dict[str, Any]:
    """Whoever has no kecamatan of ours: people of other kabupaten by name, and those who have not said where they work."""
    away = elsewhere.by_kabupaten(filters, visible_to=gate.actor())
    known = sum(people for _, people, _ in away)
    return {"away": [(place, people) for place, people, _ in away], "unplaced": without - known}


def _sees_all() -> bool:
    return gate.actor().is_committee or gate.actor().has(Role.PIMPINAN)


def _months(found: Sequence[Row]) -> dict[str, Any]:
    dated = [row for row in found if row.keys[0].code]
    kept = dated[-MONTHS_SHOWN:]
    bars = [(_short_month(row.keys[0].code), row.keys[0].label, row.unik) for row in kept]
    return {"months": kept, "months_left": len(dated) - len(kept), "month_chart": charts.columns(bars, "h-bln")}


def _short_month(code: str) -> str:
    year, month = code.split("-")
    return formats.part(clock.today().replace(year=int(year), month=int(month), day=1), "MMM")


@blueprint.get("/statistik")
def public_statistics() -> Response:
    """For everyone; the same for an hour, whoever looks."""
    tables = [statistics.table(dimension, today=clock.today()) for dimension in SHOWN]
    page = render_template(
        "reports/statistics.html",
        tables=[(table, exports.TITLES[table.dimension]) for table in tables],
        whole=tables[0],
        fewest=statistics.FEWEST,
        definition=STATISTICS_DEFINITION,
    )
    answer = Response(page)
    if g.actor is None:
        answer.headers["Cache-Control"] = statistics.CACHE
        answer.headers["Vary"] = "Cookie"
    return answer


@blueprint.route("/kelola/laporan/unduh")
def export() -> AnyResponse:
    """A file of the same report; who took which is noted before it is sent."""
    if request.args.get("format") not in set(Format):
        abort(404)
    form = _asked()
    by, _ = dimensions(request.args.getlist("menurut"))
    if not form.validate():
        values = {name: request.args.getlist(name) for name in request.args if name != "format"}
        return redirect(url_for("reports.participation", **values))  # type: ignore[arg-type]  # names that begin with _ are dropped by it
    kind, now, actor, filters = Format(request.args["format"]), clock.now(), gate.actor(), form.filters
    report = queries.participation(by, filters, visible_to=actor)
    separator = "," if request.args.get("pemisah") == "koma" else ";"
    data = exports.make(report, kind, made_at=now, separator=separator)
    with db.transaction():
        audit.record(
            "reports.export", actor=actor, now=now, name="Laporan partisipasi", format=kind.value,
            rows=len(report.rows), by=[d.value for d in by], stage=filters.stage.value,
            diklat=filters.diklat, kecamatan=filters.kecamatan, measures=[one.value for one in filters.measures], only={d.value: value for d, value in filters.only},
            since=filters.since.isoformat() if filters.since else "",
            until=filters.until.isoformat() if filters.until else "",
        )  # fmt: skip
    name = exports.file_name(kind, made_at=now)
    return _file(data, kind, name)


@blueprint.get("/kelola/diklat/<slug>/peserta/unduh")
def roster(slug: str) -> AnyResponse:
    """The list of participants under the filters of its page; who took it is noted before it is sent."""
    if request.args.get("format") not in (Format.CSV, Format.XLSX):
        abort(404)
    diklat, kind, now, actor = gate.subject(Diklat), Format(request.args["format"]), clock.now(), gate.actor()
    diklat_id = diklat.id
    level, state = request.args.get("jenjang", ""), request.args.get("status", "")
    chosen = EnrolmentState(state) if state in set(EnrolmentState) else EnrolmentState.CONFIRMED
    jenjang = Jenjang(level) if level in set(Jenjang) else None
    words = request.args.get("q", "")[:100]
    found = rosters.rows(diklat, visible_to=actor, now=now, words=words, jenjang=jenjang, state=chosen)
    separator = "," if request.args.get("pemisah") == "koma" else ";"
    data = rosters.make(found, kind, made_at=now, separator=separator)
    name = rosters.file_name(diklat, kind, made_at=now)
    with db.transaction():
        subject = db.session().get_one(Diklat, diklat_id)
        audit.record(
            "reports.roster", subject, actor=actor, now=now, format=kind.value, rows=len(found), state=chosen.value
        )
    return _file(data, kind, name)


def _file(data: bytes, kind: Format, name: str) -> Response:
    return Response(
        data,
        content_type=MIME_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
