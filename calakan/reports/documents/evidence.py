"""The evidence that a jury of public-service innovations asks for (KIPP), for one period. What has no data is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa

from calakan.feedback import queries as feedback
from calakan.feedback.models import Consent
from calakan.kernel import db, formats
from calakan.kernel.actor import Actor
from calakan.people.queries import workplace
from calakan.reports import elsewhere, queries
from calakan.reports.documents import exports, measures
from calakan.reports.documents.headlines import Headline, headlines
from calakan.reports.models import ProgrammeCost
from calakan.reports.terms import OF_DIKLAT, Dimension, Filters, Stage
from calakan.reports.turnout import Turnout

TITLE = "Laporan bukti"
Value = str | int | float


class Shape(StrEnum):
    """How a section looks on paper; in a workbook each is a table."""

    TABLE = "table"
    BARS = "bars"  # a bar in each row, as long as its second cell is large
    YEARS = "years"  # upright columns above the table
    MAP = "map"  # the kecamatan, darker with more people, above the bars
    SCALE = "scale"  # bars on the scale of an angket
    GAIN = "gain"  # the mean before and after
    QUOTES = "quotes"


@dataclass(frozen=True)
class Section:
    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    shape: Shape = Shape.TABLE
    codes: Sequence[str] = ()
    """Of the places in the rows of a map."""


@dataclass(frozen=True)
class Evidence:
    period: str
    made: str
    sections: Sequence[Section]
    headlines: Sequence[Headline] = ()


def evidence(since: date | None, until: date | None, *, visible_to: Actor, now: datetime) -> Evidence:
    """Sections in the order a jury reads them, of diklat that were held until now.

    A period holds for the start of a diklat, and for the day of a session.
    """
    filters = Filters(since=since, until=until, held_by=now)
    turnout = Turnout(filters, visible_to=visible_to)
    found = [
        _reach(turnout),
        *(_by(dimension, title, shape, turnout) for dimension, title, shape in _GROUPS),
        _passed(turnout),
        gained(filters, now),
        satisfaction(filters),
        _voices(filters),
        _volunteers(filters, now),
        _cost(filters, visible_to),
        _elsewhere(filters, visible_to),
    ]
    sections = [section for section in found if section is not None]
    return Evidence(exports.period(filters), formats.moment(now), sections, headlines(turnout, visible_to, now))


_GROUPS = [
    (Dimension.YEAR, "Tren tahunan", Shape.YEARS),
    (Dimension.QUARTER, "Tren triwulan", Shape.BARS),
    (Dimension.JENJANG, "Menurut jenjang", Shape.BARS),
    (Dimension.STATUS, "Menurut status kepegawaian", Shape.BARS),
    (Dimension.KECAMATAN, "Menurut kecamatan", Shape.MAP),
    (Dimension.TOPIC, "Menurut bidang", Shape.BARS),
]


def _reach(turnout: Turnout) -> Section | None:
    summary = queries.summary(turnout)
    if not summary.enrolled:
        return None
    courses = turnout.rows([Dimension.DIKLAT])
    schools = [row for row in turnout.rows([Dimension.SCHOOL]) if row.keys[0].code]
    return Section(
        "Jangkauan",
        exports.definition(turnout.filters),
        ["Ukuran", "Jumlah"],
        [
            ["Peserta unik", summary.people],
            ["Kali ikut", summary.enrolled],
            ["Diklat", len(courses)],
            ["Sekolah dengan peserta", len(schools)],
            ["Sertifikat peserta berlaku", summary.certified],
        ],
    )


def _by(dimension: Dimension, title: str, shape: Shape, turnout: Turnout) -> Section | None:
    rows = turnout.rows([dimension])
    if not any(row.keys[0].code for row in rows):
        return None
    note = "Orang yang ada pada beberapa baris tetap satu orang." if dimension in OF_DIKLAT else ""
    return Section(
        title,
        note,
        [exports.TITLES[dimension], "Peserta unik", "Kali ikut"],
        [[row.keys[0].label, row.unik, row.kepesertaan] for row in rows],
        shape,
        [row.keys[0].code for row in rows] if shape is Shape.MAP else (),
    )


def _passed(turnout: Turnout) -> Section | None:
    counts = {stage: turnout.at(stage).total[0] for stage in Stage}
    if not counts[Stage.ATTENDED]:
        return None
    whole = counts[Stage.ENROLLED]
    return Section(
        "Kelulusan",
        "Bagian dari semua yang terdaftar.",
        ["Tahap", "Kali ikut", "Persen"],
        [[exports.STAGES[stage], counts[stage], round(counts[stage] * 100 / whole, 1)] for stage in Stage],
        Shape.BARS,
    )


def gained(filters: Filters, now: datetime) -> Section | None:
    found = measures.gain(filters, now)
    if found is None:
        return None
    courses, gain = found
    rows: list[Sequence[Value]] = [
        ["Diklat dengan tes awal dan akhir", courses],
        ["Peserta dengan kedua tes", gain.people],
        ["Rata-rata tes awal", gain.before],
        ["Rata-rata tes akhir", gain.after],
        ["Kenaikan", gain.gain],
    ]
    if gain.n_gain is not None:
        rows.append(["N-gain", gain.n_gain])
    note = "Skala 100, nilai tertinggi tiap peserta. N-gain: kenaikan dibagi yang masih dapat dicapai, dari rata-rata."
    return Section("Peningkatan hasil tes", note, ["Ukuran", "Nilai"], rows, Shape.GAIN)


def satisfaction(filters: Filters) -> Section | None:
    found = measures.means(filters)
    if found is None:
        return None
    answers, means = found
    names = ("Penguasaan materi", "Penyampaian", "Interaksi", "Ketepatan waktu")
    return Section(
        "Kepuasan",
        f"Rata-rata {formats.number(answers)} jawaban angket, skala 1 (kurang) sampai 4 (sangat baik).",
        ["Unsur", "Rata-rata"],
        [[name, round(mean, 2)] for name, mean in zip(names, means, strict=True)],
        Shape.SCALE,
    )


def _voices(filters: Filters) -> Section | None:
    """Words whose writers still let them be printed, and that the panitia chose."""
    rows: list[Sequence[Value]] = []
    for quote in feedback.quotes_chosen(filters.since, filters.until):
        who = "Peserta"
        if quote.consent is Consent.NAMED:
            who = ", ".join(filter(None, (quote.person.printed_name, workplace(quote.person))))
        rows.append([" ".join(quote.text.split()), f"{who} ({quote.live_session.diklat.title})"])
    if not rows:
        return None
    return Section("Suara peserta", "Dikutip dengan izin penulisnya.", ["Kutipan", "Dari"], rows, Shape.QUOTES)


def _volunteers(filters: Filters, now: datetime) -> Section | None:
    found = measures.duties(filters, now)
    if not found:
        return None
    return Section(
        "Kerja relawan",
        "Narasumber dan moderator pada sesi yang sudah terlaksana; jam menurut jadwal.",
        ["Ukuran", "Jumlah"],
        [
            ["Relawan", len({person for person, _ in found})],
            ["Penugasan", len(found)],
            ["Jam relawan", measures.hours(found)],
        ],
    )


def _cost(filters: Filters, actor: Actor) -> Section | None:
    """Only of whole years that lie within the period, because costs are typed in by year."""
    rows: list[Sequence[Value]] = []
    for cost in db.session().scalars(sa.select(ProgrammeCost).order_by(ProgrammeCost.year)):
        first, last = date(cost.year, 1, 1), date(cost.year, 12, 31)
        if (filters.since and filters.since > first) or (filters.until and filters.until < last):
            continue
        shares, people = queries.total(replace(filters, since=first, until=last), visible_to=actor)
        if people:
            rows.append([str(cost.year), cost.rupiah, cost.rupiah // people, cost.rupiah // shares, cost.note])
    if not rows:
        return None
    return Section(
        "Biaya",
        "Rupiah, menurut catatan penyelenggara.",
        ["Tahun", "Biaya", "Per peserta unik", "Per kali ikut", "Catatan"],
        rows,
    )


def _elsewhere(filters: Filters, actor: Actor) -> Section | None:
    found: list[Sequence[Value]] = [list(row) for row in elsewhere.by_kabupaten(filters, visible_to=actor)]
    if not found:
        return None
    return Section("Peserta dari luar kabupaten", "", ["Kabupaten/kota", "Peserta unik", "Kali ikut"], found)
