"""Forms of this room: a diklat, a row of its programme, a session, and reasons."""

from __future__ import annotations

from typing import Any

import wtforms
from wtforms import BooleanField, HiddenField, StringField

from calakan.diklat import reasons
from calakan.diklat import seat_shares as shares
from calakan.diklat.cohorts import LONGEST
from calakan.diklat.errors import SeatLimitUnclear
from calakan.diklat.models import Diklat, Group, JpRule, Kind, Mode, PresenceRule, SeatBy
from calakan.diklat.services.details import Details
from calakan.diklat.services.sessions import SessionPlan
from calakan.narasumber.services import Needs
from calakan.people.models import Jenjang
from calakan.web.forms import (
    AtMost,
    ChoiceField,
    Form,
    LocalDateTimeField,
    PickManyField,
    Required,
    TextAreaField,
    WholeNumberField,
)
from calakan.web.messages import picks, sentence


class DiklatForm(Form):
    title = StringField("Judul", [Required(), AtMost(120)])
    cohort = StringField(
        "Angkatan", [AtMost(LONGEST)], description="Mis. Angkatan 3. Laporan dapat dikelompokkan menurut angkatan."
    )
    summary = StringField("Ringkasan", [Required(), AtMost(240)], description="Satu kalimat: apa yang didapat peserta.")
    kind = ChoiceField("Jenis", choices=picks(Kind), default=Kind.DIKLAT.value)
    mode = ChoiceField("Cara", choices=picks(Mode), default=Mode.ONLINE.value)
    place = StringField("Tempat", [AtMost(160)], description="Mis. Zoom, atau nama gedung.")
    topics = PickManyField("Topik", none="Tanpa topik")
    levels = PickManyField("Jenjang", choices=picks(Jenjang), none="Semua jenjang")
    posts = PickManyField("Jabatan sasaran", none="Semua jabatan")
    description = TextAreaField(
        "Uraian", [AtMost(10_000)], description="Boleh memakai **tebal** dan baris berawalan tanda hubung."
    )
    outcomes = TextAreaField("Hasil belajar", [AtMost(2000)], description="Satu hasil pada satu baris.")
    quota = WholeNumberField("Kuota", low=1, high=100_000, description="Kosongkan bila tidak dibatasi.")
    seat_by = ChoiceField("Batasi kursi untuk tiap", choices=picks(SeatBy, none="Tidak dibatasi"), default="")
    seat_limit = StringField(
        "Paling banyak",
        [AtMost(1000)],
        description="Satu angka untuk semua, mis. 2; atau bagian masing-masing, mis. SD 30, SMP 20.",
    )
    seat_release_days = WholeNumberField(
        "Sisanya dilepas untuk semua (hari sebelum sesi pertama)",
        low=0,
        high=60,
        description="Mis. 3. Kosongkan: tidak dilepas.",
    )
    newcomers_first = BooleanField("Dahulukan yang belum pernah ikut diklat dalam antrean")
    keep_seated = BooleanField("Tetap simpan", description="Yang sudah mendapat kursi tidak digeser.")
    enrol_opens_at = LocalDateTimeField("Pendaftaran dibuka", [wtforms.validators.Optional()])
    enrol_closes_at = LocalDateTimeField(
        "Pendaftaran ditutup",
        [wtforms.validators.Optional()],
        description="Kosongkan: ditutup saat sesi pertama mulai.",
    )
    min_attendance_percent = WholeNumberField(
        "Kehadiran paling sedikit (%)", [Required()], low=1, high=100, description="Syarat sertifikat."
    )
    presence_rule = ChoiceField(
        "Dihitung hadir dengan", choices=picks(PresenceRule), default=PresenceRule.CODE_OR_MINUTES.value
    )
    presence_percent = WholeNumberField(
        "Menit di ruang paling sedikit (%)",
        low=1,
        high=100,
        default=80,
        description="Dari lama sesi, bila menit dihitung.",
    )
    minutes_per_jp = WholeNumberField(
        "Menit per JP",
        low=30,
        high=60,
        description="Lama 1 JP pada diklat ini; tetap sesudah terbit. Kosongkan: menurut pengaturan kantor.",
    )
    jp_rule = ChoiceField(
        "JP pada sertifikat",
        choices=picks(JpRule),
        default=JpRule.HELD.value,
        description="Sesi yang batal dan materi tanpa bukti tidak pernah dihitung.",
    )
    questionnaire = BooleanField(
        "Angket tiap sesi yang diikuti harus terisi", description="Syarat sertifikat; isinya tetap tanpa nama."
    )
    remind = BooleanField("Kirim pengingat kepada peserta", default=True)
    issue_at_once = BooleanField(
        "Terbitkan sertifikat segera sesudah sesi terakhir",
        description="Setiap peserta yang memenuhi syarat menerimanya tanpa menunggu diklat ditutup.",
    )

    limits: dict[str, int]

    def validate_seat_limit(self, field: StringField) -> None:
        self.limits = {}
        by = self.seat_by.data
        if not by and (field.data or self.seat_release_days.data is not None):
            raise wtforms.validators.ValidationError(
                "Pilih dulu kursi dibatasi untuk tiap apa, atau kosongkan batas dan hari lepasnya."
            )
        if not by or by not in set(SeatBy):
            return
        try:
            names = reasons.groups(SeatBy(by))
            self.limits = shares.read(field.data or "", {label: key for key, label in names.items()})
        except SeatLimitUnclear as error:
            raise wtforms.validators.ValidationError(sentence(error)) from None

    @property
    def asks_to_keep(self) -> bool:
        """Whether something was refused that those who are seated stand in the way of."""
        return bool(self.keep_seated.data or self.quota.errors or self.seat_limit.errors)

    def offer(self, topics: list[tuple[str, str]], posts: list[tuple[str, str]]) -> None:
        self.topics.choices, self.posts.choices = topics, posts

    def details(self) -> Details:
        return Details(
            title=self.title.data or "",
            summary=self.summary.data or "",
            description=self.description.data or "",
            outcomes=self.outcomes.data or "",
            kind=Kind(self.kind.data),
            mode=Mode(self.mode.data),
            place=self.place.data or "",
            cohort=self.cohort.data or "",
            topics=list(self.topics.data or []),
            levels=[Jenjang(value) for value in self.levels.data or []],
            posts=list(self.posts.data or []),
            quota=self.quota.data,
            seat_by=SeatBy(self.seat_by.data) if self.seat_by.data else None,
            seat_limits=self.limits,
            seat_release_days=self.seat_release_days.data,
            newcomers_first=bool(self.newcomers_first.data),
            enrol_opens_at=self.enrol_opens_at.data,
            enrol_closes_at=self.enrol_closes_at.data,
            min_attendance_percent=self.min_attendance_percent.data or 80,
            minutes_per_jp=self.minutes_per_jp.data,
            jp_rule=JpRule(self.jp_rule.data),
            presence_rule=PresenceRule(self.presence_rule.data),
            presence_percent=self.presence_percent.data or 80,
            remind=bool(self.remind.data),
            issue_at_once=bool(self.issue_at_once.data),
            questionnaire=bool(self.questionnaire.data),
        )


def values_of(diklat: Diklat) -> dict[str, Any]:
    """What the form of a diklat starts with."""
    plain = (
        "title", "cohort", "summary", "place", "description", "outcomes", "quota", "enrol_opens_at", "enrol_closes_at",
        "min_attendance_percent", "minutes_per_jp", "questionnaire", "remind", "issue_at_once", "seat_release_days",
        "newcomers_first",
    )  # fmt: skip
    return {
        **{name: getattr(diklat, name) for name in plain},
        "kind": diklat.kind.value,
        "mode": diklat.mode.value,
        "seat_by": diklat.seat_by.value if diklat.seat_by else "",
        "seat_limit": reasons.limit(diklat),
        "jp_rule": diklat.jp_rule.value,
        "presence_rule": diklat.presence_rule.value,
        "presence_percent": diklat.presence_percent,
        "topics": [row.topic for row in diklat.topics],
        "levels": [level.value for level in diklat.jenjang],
        "posts": [row.jabatan for row in diklat.posts],
    }


class LeadForm(Form):
    lead_id = ChoiceField("Narasumber penanggung jawab", description="Boleh mengubah isi dan jadwal diklat ini.")


class NewDiklatForm(DiklatForm):
    """With the question of who is in charge, which the panitia answer at once."""

    lead_id = ChoiceField(
        "Narasumber penanggung jawab",
        default="",
        description="Boleh mengubah isi dan jadwal diklat ini. Dapat dipilih nanti.",
    )


class RowForm(Form):
    title = StringField("Materi", [Required(), AtMost(160)])
    note = StringField("Keterangan", [AtMost(300)], description="Mis. tugas yang dikerjakan peserta.")
    group = ChoiceField("Kelompok", choices=picks(Group), default=Group.CORE.value)
    jp = WholeNumberField("JP", [Required()], low=1, high=200)
    live = BooleanField("Diajarkan dalam sesi", description="Kosongkan untuk tugas dan belajar mandiri.")
    row = HiddenField()

    def carries_none(self) -> None:
        """The minutes of its sessions carry no whole JP yet, and no figure has to be typed."""
        self.jp.validators, self.jp.flags.required = [], False
        if not self.is_submitted():
            self.jp.data = None


class SessionForm(Form):
    title = StringField("Judul sesi", [Required(), AtMost(160)])
    starts_at = LocalDateTimeField("Mulai", [Required()])
    ends_at = LocalDateTimeField("Selesai", [Required()])
    jp = WholeNumberField(
        "JP", low=1, high=50, description="Kosongkan: dihitung dari lamanya, bersama sesi lain dari materi yang sama."
    )
    row = ChoiceField("Materi pada struktur program", default="")
    speakers = PickManyField("Narasumber", coerce=int, none="Belum ada; jadwal ini ditawarkan kepada relawan")
    moderators = PickManyField("Moderator", coerce=int, none="Tanpa moderator")
    needed = WholeNumberField("Jumlah narasumber yang diperlukan", low=0, high=9, default=1)
    account = ChoiceField("Akun rapat", default="", description="Satu akun hanya untuk satu sesi pada satu waktu.")
    override = StringField(
        "Alasan menerima bentrok",
        [AtMost(300)],
        description="Isi hanya bila bentroknya disengaja. Tercatat pada jejak audit.",
    )
    room_url = StringField(
        "Tautan ruang", [AtMost(500)], description="Diawali https://. Hanya terlihat oleh peserta terdaftar."
    )
    stream_url = StringField(
        "Tautan siaran",
        [AtMost(500)],
        description="Untuk peserta sesudah ruang penuh, mis. YouTube. Bila menit yang dihitung, kode hadir menggantikannya.",
    )
    room_capacity = WholeNumberField("Kapasitas ruang", low=1, high=100_000, description="Kosongkan: tidak dibatasi.")
    room_note = StringField("Catatan ruang", [AtMost(200)], description="Mis. ID rapat dan kata sandinya.")
    place = StringField("Tempat", [AtMost(160)], description="Untuk sesi tatap muka.")

    def plan(self) -> SessionPlan:
        assert self.starts_at.data is not None
        assert self.ends_at.data is not None
        return SessionPlan(
            title=self.title.data or "",
            starts_at=self.starts_at.data,
            ends_at=self.ends_at.data,
            jp=self.jp.data,
            row_id=int(self.row.data) if self.row.data else None,
            room_url=self.room_url.data or "",
            room_note=self.room_note.data or "",
            stream_url=self.stream_url.data or "",
            room_capacity=self.room_capacity.data,
            place=self.place.data or "",
            override=self.override.data or "",
        )

    def needs(self) -> Needs:
        account = self.account.data
        speakers = self.needed.data
        return Needs(speakers=1 if speakers is None else speakers, meeting_account_id=int(account) if account else None)


class ReasonForm(Form):
    reason = TextAreaField("Alasan", [Required("Tulis alasannya."), AtMost(300)])


class AnswerForm(Form):
    assignment = HiddenField()
    accept = HiddenField()
