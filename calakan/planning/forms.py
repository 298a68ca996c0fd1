"""Forms of proposing, reviewing and cloning."""

from __future__ import annotations

import unicodedata
from datetime import datetime, time
from typing import Any

from wtforms import BooleanField, StringField

from calakan.diklat.cohorts import LONGEST
from calakan.diklat.models import Kind
from calakan.diklat.services.details import Details
from calakan.kernel import clock
from calakan.people.models import Jenjang
from calakan.planning.series import MOST_TIMES, Pattern
from calakan.web.forms import (
    AtMost,
    ChoiceField,
    DayField,
    Form,
    PickManyField,
    Required,
    TextAreaField,
    WholeNumberField,
)
from calakan.web.messages import picks

DAYS = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]
LENGTHS = [(45, "45 menit (1 JP)"), (90, "90 menit (2 JP)"), (135, "135 menit (3 JP)"), (180, "180 menit (4 JP)")]


class TimeOfDayField(StringField):
    """`13:00` or `13.00` by the clock of the house, which the label names; its data are a time."""

    def __init__(self, label: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(f"{label} ({clock.abbreviation()})", *args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = (valuelist[0] if valuelist else "").strip().replace(".", ":")
        self.data: Any = None
        if not text:
            return
        try:
            self.data = datetime.strptime(text[:5], "%H:%M").time()  # noqa: DTZ007  # a wall-clock time has no zone
        except ValueError:
            raise ValueError("Tulis jam seperti 13.00.") from None

    def _value(self) -> str:
        if self.raw_data:
            return unicodedata.normalize("NFC", " ".join(self.raw_data))
        return f"{self.data:%H:%M}" if isinstance(self.data, time) else ""


class SeriesForm(Form):
    title = StringField("Judul", [Required(), AtMost(120)])
    summary = StringField("Ringkasan", [Required(), AtMost(240)], description="Satu kalimat: apa yang didapat peserta.")
    description = TextAreaField("Uraian", [AtMost(10_000)])
    kind = ChoiceField("Jenis", choices=picks(Kind), default=Kind.DIKLAT.value)
    topics = PickManyField("Topik")
    levels = PickManyField("Jenjang", choices=picks(Jenjang), none="Semua jenjang")
    quota = WholeNumberField("Kuota", low=1, high=100_000, description="Kosongkan bila tidak dibatasi.")
    weekday = ChoiceField("Hari", choices=[(str(n), day) for n, day in enumerate(DAYS)], default="1")
    at = TimeOfDayField("Mulai pukul", [Required()])
    minutes = ChoiceField("Lama", choices=[(str(n), text) for n, text in LENGTHS], default="90")
    times = WholeNumberField("Berapa kali", [Required()], low=1, high=MOST_TIMES)
    first = DayField("Paling awal tanggal", [Required()])
    skip_holidays = BooleanField("Lewati hari libur")

    def pattern(self) -> Pattern:
        assert self.first.data is not None
        return Pattern(
            weekday=int(self.weekday.data),
            at=self.at.data,
            minutes=int(self.minutes.data),
            times=self.times.data or 1,
            first=self.first.data,
            skip_holidays=bool(self.skip_holidays.data),
        )

    def details(self, min_attendance_percent: int) -> Details:
        return Details(
            title=self.title.data or "",
            summary=self.summary.data or "",
            description=self.description.data or "",
            kind=Kind(self.kind.data),
            topics=list(self.topics.data or []),
            levels=[Jenjang(value) for value in self.levels.data or []],
            quota=self.quota.data,
            min_attendance_percent=min_attendance_percent,
        )


class NoteForm(Form):
    text = TextAreaField("Tulis catatan", [Required("Tulis catatannya."), AtMost(1000)])


class CloneForm(Form):
    title = StringField("Judul", [Required(), AtMost(120)])
    cohort = StringField(
        "Angkatan", [AtMost(LONGEST)], description="Mis. Angkatan 3. Laporan dapat dikelompokkan menurut angkatan."
    )
    first = DayField("Tanggal sesi pertama", [Required()])
    quota = WholeNumberField("Kuota", low=1, high=100_000, description="Kosongkan bila tidak dibatasi.")
