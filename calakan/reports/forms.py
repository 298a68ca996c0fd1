"""What a report is asked for, from the address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import ValidationError

from calakan.reports import labels
from calakan.reports.documents.exports import COUNTS, MEASURES, STAGES, TITLES
from calakan.reports.documents.lists import fixed_columns
from calakan.reports.models import ExportKind
from calakan.reports.rules import CHOOSABLE
from calakan.reports.terms import MOST_DIMENSIONS, Count, Dimension, Filters, Measure, Stage, usual_days
from calakan.web.forms import AtMost, ChoiceField, Form, Required, SelectMultipleField, WholeNumberField

USUAL = [Dimension.JENJANG]
ONLY = {
    "jabatan": Dimension.JABATAN, "jenjang": Dimension.JENJANG, "status": Dimension.STATUS, "npsn": Dimension.SCHOOL,
    "kelamin": Dimension.SEX, "kewenangan": Dimension.AUTHORITY, "bidang": Dimension.TOPIC, "moda": Dimension.MODE,
    "angkatan": Dimension.COHORT,
}  # fmt: skip
"""Name in the address -> what it narrows."""


class DayField(DateField):
    """A day on a calendar in Jakarta; empty means no limit."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = (valuelist[0] if valuelist else "").strip()
        if not text:
            return
        try:
            found = date.fromisoformat(text)
        except ValueError:
            raise ValueError("Tanggal ini tidak ada. Pilih lagi.") from None
        if not 2000 <= found.year <= 2100:
            raise ValueError("Tahunnya tidak wajar. Pilih lagi.")
        self.data = found

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if isinstance(self.data, date) else ""


class ReportForm(Form):
    """Sent by GET; every field may be missing."""

    dari = DayField("Mulai dari")
    sampai = DayField("Sampai")
    tahap = ChoiceField("Tahap", choices=[(s.value, STAGES[s]) for s in Stage], default=Stage.ENROLLED.value)
    hitung = ChoiceField("Hitung", choices=[(c.value, COUNTS[c]) for c in Count], default=Count.KEPESERTAAN.value)
    bentuk = ChoiceField("Bentuk", choices=[("daftar", "Daftar"), ("silang", "Tabel silang")], default="daftar")
    diklat = ChoiceField("Diklat", default="")
    kecamatan = ChoiceField("Kecamatan", default="")
    jabatan = ChoiceField("Jabatan", default="")
    jenjang = ChoiceField("Jenjang", default="")
    status = ChoiceField("Status kepegawaian", default="")
    kelamin = ChoiceField("Jenis kelamin", default="")
    npsn = StringField("NPSN sekolah", [AtMost(8)], default="")
    kewenangan = ChoiceField("Kewenangan", default="")
    bidang = ChoiceField("Bidang", default="")
    moda = ChoiceField("Moda", default="")
    angkatan = ChoiceField("Angkatan", default="")
    ukuran = SelectMultipleField("Ukuran lain", choices=[(m.value, MEASURES[m]) for m in Measure], default=())

    def validate_sampai(self, field: DayField) -> None:
        if self.dari.data and field.data and field.data < self.dari.data:
            raise ValidationError("Tanggal akhir mendahului tanggal awal. Tukar keduanya.")

    def offer(self, *, diklat: Iterable[tuple[str, str]], kecamatan: Iterable[tuple[str, str]]) -> None:
        self.diklat.choices = [("", "Semua"), *diklat]
        self.kecamatan.choices = [("", "Semua"), *kecamatan]
        for name, dimension in ONLY.items():
            if dimension is not Dimension.SCHOOL:
                self[name].choices = [("", "Semua"), *labels.choices(dimension)]

    @property
    def only(self) -> tuple[tuple[Dimension, str], ...]:
        """Only of a valid form."""
        return tuple((dimension, self[name].data) for name, dimension in ONLY.items() if self[name].data)

    def as_usual(self, today: date) -> None:
        """Take the usual days when the address names neither days nor a diklat; days that are named and empty are all time."""
        if not self.dari.raw_data and not self.sampai.raw_data and not self.diklat.data:
            self.dari.data, self.sampai.data = usual_days(today)

    @property
    def filters(self) -> Filters:
        """Only of a valid form."""
        return Filters(
            since=self.dari.data,
            until=self.sampai.data,
            diklat=self.diklat.data or "",
            kecamatan=self.kecamatan.data or "",
            stage=Stage(self.tahap.data),
            count=Count(self.hitung.data),
            only=self.only,
            measures=tuple(Measure(name) for name in self.ukuran.data or ()),
        )


def dimensions(wanted: Iterable[str]) -> tuple[list[Dimension], list[str]]:
    """Up to three dimensions in the order asked for, and a sentence for each word that is none."""
    found: list[Dimension] = []
    notices: list[str] = []
    for name in (part.strip() for text in wanted for part in text.split(",")):
        if not name:
            continue
        try:
            dimension = Dimension(name)
        except ValueError:
            notices.append(f"Pengelompokan “{name[:40]}” tidak dikenal, jadi diabaikan.")
            continue
        if dimension not in found:
            found.append(dimension)
    if len(found) > MOST_DIMENSIONS:
        left = ", ".join(TITLES[d] for d in found[MOST_DIMENSIONS:])
        notices.append(f"Paling banyak tiga pengelompokan; {left} diabaikan.")
    return found[:MOST_DIMENSIONS] or list(USUAL), notices[:4]


class SaveForm(ReportForm):
    """The filters that are seen, and the name they get."""

    nama = StringField("Nama laporan", [Required("Beri nama laporannya."), AtMost(80)])
    bersama = BooleanField("Tampilkan juga kepada orang lain yang membuka laporan")


def _columns(kind: ExportKind, title: str) -> SelectMultipleField:
    return SelectMultipleField(
        title, choices=[(column.name, column.name) for column in fixed_columns(kind)], default=()
    )


class ExportForm(ReportForm):
    """The same filters, and what is to be made of them."""

    jenis = ChoiceField("Daftar")
    format = ChoiceField("Bentuk berkas", default="xlsx")
    kolom_participants = _columns(ExportKind.PARTICIPANTS, "Kolom daftar peserta")
    kolom_register = _columns(ExportKind.REGISTER, "Kolom register sertifikat")
    kolom_hours = _columns(ExportKind.HOURS, "Kolom jam narasumber")

    @property
    def chosen(self) -> list[SelectMultipleField]:
        """The columns of each list that may be chosen."""
        return [self[f"kolom_{kind.value}"] for kind in CHOOSABLE]

    @property
    def columns(self) -> Sequence[str]:
        """Those that are chosen of the list that is asked for. Only of a valid form."""
        kind = ExportKind(self.jenis.data)
        return self[f"kolom_{kind.value}"].data or () if kind in CHOOSABLE else ()


class CoverageForm(ReportForm):
    """Of schools: nothing is narrowed but their level, which the page counts by itself."""

    only = ()
    jenjang = ChoiceField("Jenjang", default="")
    peta = ChoiceField("Peta", choices=[("heksagon", "Heksagon"), ("wilayah", "Batas wilayah")], default="heksagon")


class HeadcountForm(Form):
    file = FileField(
        "Berkas CSV atau XLSX",
        description="Kolom npsn dan jumlah; jabatan boleh ada. Satu baris untuk tiap sekolah (dan jabatan).",
    )
    sumber = StringField("Sumber", [Required(), AtMost(120)], description="Mis. Dapodik semester ganjil 2026/2027.")
    per = DayField("Data per tanggal")

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise ValidationError("Pilih berkasnya dulu.")

    def validate_per(self, field: DayField) -> None:
        if not field.data:
            raise ValidationError("Tulis tanggal datanya.")


class CostForm(Form):
    tahun = WholeNumberField("Tahun", low=2015, high=2100)
    rupiah = WholeNumberField("Biaya (rupiah, tanpa titik)", low=0, high=999_999_999)
    catatan = StringField("Catatan", [AtMost(200)], description="Mis. honor, konsumsi, langganan ruang rapat.")

    def validate_tahun(self, field: WholeNumberField) -> None:
        if field.data is None:
            raise ValidationError("Tulis tahunnya.")

    def validate_rupiah(self, field: WholeNumberField) -> None:
        if field.data is None:
            raise ValidationError("Tulis biayanya; nol boleh.")


class ScheduleForm(Form):
    orang = ChoiceField("Penerima", validators=[Required("Pilih penerimanya.")])
    berkas = ChoiceField("Berkas")
    sebagai = ChoiceField("Bentuk")
