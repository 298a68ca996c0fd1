"""Forms of tasks: setting one, handing in, reviewing."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, StringField

from calakan.assessment.models import Exercise
from calakan.assessment.services.exercises import Brief
from calakan.materials.contents import MOST_BYTES
from calakan.web.forms import AtMost, Form, LocalDateTimeField, Required, SelectMultipleField, TextAreaField

PUPILS = "Bila memuat foto atau nama murid, pastikan orang tua mengizinkan; hanya panitia dan narasumber yang membuka."


class TaskForm(Form):
    title = StringField("Judul tugas", [Required(), AtMost(120)])
    instruction = TextAreaField(
        "Petunjuk", [Required(), AtMost(5000)], description="Boleh memakai **tebal** dan baris berawalan tanda hubung."
    )
    due_at = LocalDateTimeField("Batas waktu (WIB)", [Required()])
    compulsory = BooleanField(
        "Wajib", default=True, description="Sertifikat terbit sesudah semua tugas wajib diterima."
    )
    late_allowed = BooleanField(
        "Boleh terlambat", default=True, description="Sampai diklat ditutup, dengan tanda terlambat."
    )
    takes_text = BooleanField("Peserta menulis jawaban", default=True)
    takes_link = BooleanField("Peserta mengirim tautan")
    takes_file = BooleanField("Peserta mengunggah berkas")

    def brief(self) -> Brief:
        assert self.due_at.data is not None
        return Brief(
            title=self.title.data or "",
            instruction=self.instruction.data or "",
            due_at=self.due_at.data,
            compulsory=bool(self.compulsory.data),
            late_allowed=bool(self.late_allowed.data),
            takes_text=bool(self.takes_text.data),
            takes_link=bool(self.takes_link.data),
            takes_file=bool(self.takes_file.data),
        )


class HandInForm(Form):
    """Only the fields that the task takes."""

    text = TextAreaField("Jawaban", [AtMost(20_000)])
    url = StringField("Tautan", [AtMost(500)], description="Diawali https://, mis. Google Drive yang dapat dibuka.")
    file = FileField(
        "Berkas",
        description=f"PDF, foto, atau berkas kantor (PPTX, DOCX, XLSX, ODF), paling besar {MOST_BYTES // 1024 // 1024} MB. {PUPILS}",
    )
    drop_file = BooleanField("Hapus berkas yang sudah terkirim")

    def __init__(self, task: Exercise, *, has_file: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, wanted in (
            ("text", task.takes_text), ("url", task.takes_link), ("file", task.takes_file),
            ("drop_file", task.takes_file and has_file),
        ):  # fmt: skip
            if not wanted:
                del self[name]

    def typed(self, name: str) -> str:
        return str(self[name].data or "") if name in self else ""

    def sent_file(self) -> bytes | None:
        """The bytes of the chosen file; its name counts for nothing."""
        if "file" not in self or not getattr(self["file"].data, "filename", ""):
            return None
        content: bytes = self["file"].data.read(MOST_BYTES + 1)
        return content


class ReviewForm(Form):
    """`seen` is the round of the work that the reviewer has before the eyes."""

    remark = TextAreaField("Catatan untuk peserta", [AtMost(500)], description="Wajib bila dikembalikan.")
    seen = HiddenField()
    verdict = HiddenField()


class BulkAcceptForm(Form):
    """Each chosen as `code:round`."""

    chosen = SelectMultipleField("Peserta", validate_choice=False, validators=[Required("Pilih peserta lebih dulu.")])
