"""Forms of handing out."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import StringField

from calakan.materials.contents import MOST_BYTES
from calakan.web.forms import AtMost, ChoiceField, Form, Required

AUDIENCES = [("enrolled", "Peserta terdaftar"), ("everyone", "Siapa saja")]


class ContentForm(Form):
    file = FileField(
        "Berkas",
        description=f"PDF, gambar, atau berkas kantor (PPTX, DOCX, XLSX, ODF), paling besar {MOST_BYTES // 1024 // 1024} MB.",
    )
    url = StringField("Atau tautan", [AtMost(500)], description="Diawali https://, mis. Google Drive atau YouTube.")
    note = StringField("Catatan versi", [AtMost(160)])

    def sent_file(self) -> bytes | None:
        """The bytes of the chosen file; its name counts for nothing."""
        if not self.file.data or not getattr(self.file.data, "filename", ""):
            return None
        content: bytes = self.file.data.read(MOST_BYTES + 1)
        return content


class MaterialForm(ContentForm):
    title = StringField("Judul", [Required(), AtMost(120)])
    kind = ChoiceField("Jenis", choices=[("material", "Materi"), ("recording", "Rekaman sesi")], default="material")
    session = ChoiceField("Untuk", default="")
    audience = ChoiceField("Yang boleh membuka", choices=AUDIENCES, default="enrolled")
