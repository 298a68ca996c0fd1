"""The document from cover to method: chapters begin on a page of their own, sections where their head and body have room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from calakan.office.house import house
from calakan.paper.shapes import filled, path, rect, stroked
from calakan.reports.documents.dossier import drawings, styles, tables
from calakan.reports.documents.dossier.cover import draw_cover, draw_headlines
from calakan.reports.documents.dossier.sheet import END, HEIGHT, MARGIN, WIDE, WIDTH, Sheets
from calakan.reports.documents.evidence import TITLE, Evidence, Section, Shape

FOOT = HEIGHT - MARGIN - 8
HEAD, TABLE_HEAD = 66.0, 36.0
"""The room that the heading of a section or a chapter takes, and that of the head of a table."""
METHOD_TALL = 300.0
KEPT_WHOLE = 9
"""Rows of a table that is not torn."""

CHAPTERS: Sequence[tuple[str, str, Sequence[str]]] = (
    (
        "Jangkauan dan tren",
        "Seberapa banyak yang ikut, dan apakah bertambah",
        ("Jangkauan", "Tren tahunan", "Tren triwulan"),
    ),
    ("Sebaran wilayah", "Dari mana peserta datang", ("Menurut kecamatan", "Peserta dari luar kabupaten")),
    (
        "Siapa yang ikut",
        "Menurut jenjang, status kepegawaian, dan bidang",
        ("Menurut jenjang", "Menurut status kepegawaian", "Menurut bidang"),
    ),
    ("Mutu dan hasil", "Apa yang dicapai peserta", ("Kelulusan", "Peningkatan hasil tes", "Kepuasan")),
    ("Suara peserta", "Kata mereka yang belajar", ("Suara peserta",)),
    ("Gotong royong dan biaya", "Siapa yang mengerjakan, dan berapa biayanya", ("Kerja relawan", "Biaya")),
)
METHOD = (
    "Semua angka dihitung oleh aplikasi dari catatan pendaftaran, kehadiran, tes, angket, dan sertifikat pada saat laporan "
    "dibuat; hanya biaya yang diketik penyelenggara.",
    "Yang dihitung hanya diklat yang sudah terlaksana. Daftar tunggu, pendaftaran yang dibatalkan, dan sesi yang batal tidak "
    "dihitung.",
    "Peserta unik menghitung tiap orang satu kali; kali ikut menghitung tiap orang pada tiap diklat.",
    "Angket dan tes dengan kurang dari lima jawaban tidak ditampilkan, supaya tidak ada yang dapat dikenali.",
    "Kutipan dimuat dengan izin penulisnya, yang dapat ditarik sewaktu-waktu.",
)


def write_pdf(made: Evidence, path: Path) -> None:
    """Raises OSError when the disk is full."""
    sheets = Sheets(path, title=f"{TITLE} {house().name}", author=house().source)
    _Document(sheets, made).draw()
    sheets.save()


class _Document:
    def __init__(self, sheets: Sheets, made: Evidence) -> None:
        self.sheets, self.made = sheets, made
        self.y = 0.0

    def draw(self) -> None:
        draw_cover(self.sheets, self.made)
        sections = {section.title: section for section in self.made.sections}
        if self.made.headlines:
            self._chapter("Ringkasan", "Angka yang mewakili periode ini")
            self.y = draw_headlines(self.sheets, self.y, list(self.made.headlines))
        for title, lead, names in CHAPTERS:
            held = [sections[name] for name in names if name in sections]
            if held:
                self._chapter(title, lead, sum(_tall(tables.Drawn(self.sheets, section)) for section in held) + HEAD)
            for section in held:
                self._section(section, alone=section.title == title)
        self._chapter("Cara menghitung", "Supaya angka dapat diperiksa dan dibandingkan", METHOD_TALL)
        if not sections:
            self.y = self.sheets.say("P", self.y, "Tidak ada kegiatan pada periode ini.", styles.HEADING) + 8
        self._method()

    def _chapter(self, title: str, lead: str, needed: float = HEIGHT) -> None:
        """On a new page, but where all of it has room below the one before."""
        self.y += 34
        self._room(needed)
        self.sheets.outline(title)
        self.sheets.decorate(filled(rect(MARGIN, self.y, 36, 4), styles.TURMERIC))
        self.y = self.sheets.say("H2", self.y + 16, title, styles.CHAPTER)
        self.y = self.sheets.say("P", self.y, lead, styles.BODY) + 10

    def _turn(self) -> None:
        self.sheets.turn()
        self.y = MARGIN
        name = f"{TITLE} {house().name}, {self.made.period}"
        with self.sheets.art():
            self.sheets.draw(stroked(path(f"M{MARGIN} {HEIGHT - MARGIN + 4}H{WIDTH - MARGIN}"), styles.LINE, 0.6))
            self.sheets.write(MARGIN, HEIGHT - MARGIN + 18, styles.FOOT.lines(name, WIDE - 60)[0], styles.FOOT)
            self.sheets.write(WIDTH - MARGIN, HEIGHT - MARGIN + 18, str(self.sheets.number), styles.FOOT, END)

    def _room(self, needed: float) -> bool:
        """Turn the page where this does not fit any more."""
        if self.y + needed <= FOOT:
            return False
        self._turn()
        return True

    def _section(self, section: Section, *, alone: bool) -> None:
        table = tables.Drawn(self.sheets, section)
        whole = _tall(table)
        self._room(
            whole if len(table.rows) <= KEPT_WHOLE and whole < FOOT - MARGIN - HEAD else _tall(table, whole=False)
        )
        if not alone:  # the chapter says it already
            self.y = self.sheets.say("H3", self.y + 12, section.title, styles.HEADING)
        if section.note:
            self.y = self.sheets.say("P", self.y, section.note, styles.NOTE)
        draw = _DRAWN.get(section.shape)
        if draw is not None:
            self.y = draw(self.sheets, self.y + 6, section)
        if section.shape is Shape.QUOTES:
            self._quotes(section)
        else:
            self._rows(table)

    def _quotes(self, section: Section) -> None:
        self.y += 12
        for row in section.rows:
            self._room(tables.quote_tall(row))
            self.y = tables.quote(self.sheets, self.y, row)

    def _rows(self, table: tables.Drawn) -> None:
        self.y = table.head(self.y + 6)
        for row in table.rows:
            if self._room(table.tall(row)):
                self.y = table.head(self.y)
            self.y = table.row(self.y, row)
        self.y += 10

    def _method(self) -> None:
        texts = [section.note for section in self.made.sections if section.title == "Jangkauan"]
        for text in (*METHOD, *texts, f"Sumber: {house().source}. Dibuat {self.made.made}."):
            self.y = self.sheets.say("P", self.y, text, styles.BODY) + 6


def _tall(table: tables.Drawn, *, whole: bool = True) -> float:
    """What a section takes; not whole, what its beginning does. A chart stands on a page where it has all its room."""
    section = table.section
    notes = len(styles.NOTE.lines(section.note, WIDE)) * styles.NOTE.step if section.note else 0
    rows = list(section.rows) if section.shape is Shape.QUOTES else table.rows
    tall = tables.quote_tall if section.shape is Shape.QUOTES else table.tall
    return TABLE_HEAD + HEAD / 2 + notes + _CHARTS.get(section.shape, 0.0) + sum(map(tall, rows if whole else rows[:1]))


_CHARTS = {Shape.YEARS: drawings.COLUMNS_TALL, Shape.MAP: 420.0, Shape.GAIN: drawings.GAIN_TALL}
_DRAWN: dict[Shape, Callable[[Sheets, float, Section], float]] = {
    Shape.YEARS: drawings.columns, Shape.MAP: drawings.kecamatan, Shape.GAIN: drawings.gain,
}  # fmt: skip
