"""Counts of participation: for everyone with small cells hidden, and for those who may see reports."""

from __future__ import annotations

import json

from flask import Response

from calakan.api import door
from calakan.api.door import Operation, Param
from calakan.api.problem import Invalid
from calakan.api.schema import DAY, INSTANT, NUMBER, TEXT, WHOLE, many, maybe, obj, one_of
from calakan.kernel import clock
from calakan.office.house import house
from calakan.reports import queries, statistics
from calakan.reports.documents import exports
from calakan.reports.terms import FILTERED, MOST_DIMENSIONS, Count, Dimension, Filters, Measure, Stage
from calakan.reports.words import STATISTICS_DEFINITION
from calakan.web import gate

STATISTICS_PARAMS = (
    Param("by", {**one_of(statistics.DIMENSIONS), "default": "jenjang"}, "Pengelompokan."),
)  # fmt: skip
STATISTICS = obj(
    definition=TEXT, source=TEXT, updated=DAY, until=DAY, by=TEXT, fewest=WHOLE,
    total=obj(peserta_unik=maybe(WHOLE), kepesertaan=maybe(WHOLE)),
    rows=many(obj(
        code=TEXT, label=TEXT, peserta_unik=maybe(WHOLE), kepesertaan=maybe(WHOLE),
        hidden=maybe(one_of(statistics.Hidden)),
    )),
)  # fmt: skip
REPORT_PARAMS = (
    Param("by", {**one_of(Dimension), "default": ["jenjang"]}, "Satu sampai tiga, dipisah koma.", several=True),
    Param("from", DAY, "Diklat mulai sejak hari ini, menurut waktu setempat."),
    Param("to", DAY, "Diklat mulai sampai hari ini, menurut waktu setempat."),
    Param("diklat", TEXT, "Slug satu diklat."),
    Param("kecamatan", TEXT, "Kode Kemendagri."),
    *(Param(dimension.value, TEXT, f"Hanya satu {exports.TITLES[dimension].lower()}.") for dimension in FILTERED),
    Param("stage", {**one_of(Stage), "default": "enrolled"}, "Sejauh mana keikutsertaan dihitung."),
    Param("count", {**one_of(Count), "default": "kepesertaan"}, "Satuan utama."),
    Param("measures", {**one_of(Measure), "default": []}, "Ukuran lain, dipisah koma.", several=True),
)
MEASURED = {measure.value: maybe(NUMBER) for measure in Measure}
REPORT = obj(
    definition=TEXT, unit=one_of(Count), stage=one_of(Stage),
    period={"type": "object", "properties": {"from": maybe(DAY), "to": maybe(DAY), "text": TEXT},
            "required": ["from", "to", "text"], "additionalProperties": False},
    filters=obj(diklat=maybe(TEXT), kecamatan=maybe(TEXT), **{d.value: maybe(TEXT) for d in FILTERED}), source=TEXT, updated=INSTANT,
    dimensions=many(one_of(Dimension)), total={
        "type": "object",
        "properties": {"kepesertaan": WHOLE, "peserta_unik": WHOLE, **MEASURED},
        "required": ["kepesertaan", "peserta_unik"],
        "additionalProperties": False,
    },
    rows=many({
        "type": "object",
        "properties": {"kepesertaan": WHOLE, "peserta_unik": WHOLE, **MEASURED},
        "required": ["kepesertaan", "peserta_unik"],
        "additionalProperties": obj(code=TEXT, label=TEXT),
    }),
)  # fmt: skip


def public_statistics() -> Response:
    today = clock.today()
    table = statistics.table(Dimension(door.query(STATISTICS_PARAMS)["by"]), today=today)
    answer = door.answer(
        {
            "definition": STATISTICS_DEFINITION,
            "source": house().source,
            "updated": today.isoformat(),
            "until": table.until.isoformat(),
            "by": table.dimension.value,
            "fewest": statistics.FEWEST,
            "total": {"peserta_unik": table.people, "kepesertaan": table.participations},
            "rows": [
                {
                    "code": cell.key.code,
                    "label": cell.key.label,
                    "peserta_unik": cell.people,
                    "kepesertaan": cell.participations,
                    "hidden": cell.hidden.value if cell.hidden else None,
                }
                for cell in table.cells
            ],
        }
    )
    answer.headers["Cache-Control"] = statistics.CACHE
    return answer


def participation() -> Response:
    asked = door.query(REPORT_PARAMS)
    since, until = asked["from"], asked["to"]
    if since and until and until < since:
        raise Invalid({"to": ["Tanggal akhir mendahului tanggal awal. Tukar keduanya."]})
    by = list(dict.fromkeys(asked["by"]))
    if not 1 <= len(by) <= MOST_DIMENSIONS:
        raise Invalid({"by": ["Paling banyak tiga pengelompokan."]})
    filters = Filters(
        since=since,
        until=until,
        diklat=asked["diklat"] or "",
        kecamatan=asked["kecamatan"] or "",
        stage=Stage(asked["stage"]),
        count=Count(asked["count"]),
        only=tuple((dimension, asked[dimension.value]) for dimension in FILTERED if asked[dimension.value]),
        measures=tuple(Measure(name) for name in dict.fromkeys(asked["measures"])),
    )
    report = queries.participation([Dimension(name) for name in by], filters, visible_to=gate.actor())
    return door.answer(json.loads(exports.as_json(report, made_at=clock.now())))


OPERATIONS = [
    Operation(
        method="GET", path="/statistics/participation", name="statistics", view=public_statistics, public=True,
        summary="Statistik partisipasi", about="Untuk umum: tanpa data pribadi, sel di bawah lima orang disamarkan, "
        "diklat yang sudah mulai sampai kemarin. Boleh disimpan satu jam.",
        params=STATISTICS_PARAMS, answers={200: STATISTICS},
    ),
    Operation(
        method="GET", path="/reports/participation", name="participation_report", view=participation,
        summary="Laporan partisipasi", about="Panitia dan pimpinan melihat semua; kepala sekolah, pengawas, dan "
        "korwilcam melihat binaannya.",
        params=REPORT_PARAMS, answers={200: REPORT}, refusals=(403,),
    ),
]  # fmt: skip
