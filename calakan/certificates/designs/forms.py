"""The forms of a design: its name and background, and where each thing stands."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, DecimalField, HiddenField, StringField
from wtforms.validators import ValidationError

from calakan.certificates.designs.kinds import KINDS, Kind
from calakan.certificates.designs.layout import Ground, Layout
from calakan.intake.process import LARGEST
from calakan.office.forms import printable
from calakan.web.forms import AtMost, ChoiceField, Form, Required

MILLIMETRES = re.compile(r"-?\d{1,3}(?:[.,]\d{1,2})?")
COLOUR = re.compile(r"#[0-9a-f]{6}")
GROUNDS = [("artwork", "Bingkai bawaan"), ("plain", "Polos"), ("own", "Berkas sendiri")]
FONTS = [
    ("regular", "Sans"), ("medium", "Sans sedang"), ("bold", "Sans tebal"), ("extra", "Sans sangat tebal"),
    ("serif", "Serif"),
]  # fmt: skip
SIDES = [("left", "Kiri"), ("centre", "Tengah"), ("right", "Kanan")]
ROWS = [(str(number), str(number)) for number in (1, 2, 3)]


class MillimetreField(DecimalField):
    """A length, with a comma or a point. Left out of what was sent, it keeps what the design has."""

    data: float | None

    def __init__(self, *args: Any, low: float, high: float, step: str = "0.1", **kwargs: Any) -> None:
        shown = {"step": step, "min": f"{low:g}", "max": f"{high:g}", "inputmode": "decimal"}
        super().__init__(*args, render_kw=shown, **kwargs)
        self.low, self.high = low, high

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist:
            return
        text = str(valuelist[0]).strip()
        self.data = None
        if not MILLIMETRES.fullmatch(text) or not self.low <= float(text.replace(",", ".")) <= self.high:
            raise ValueError(f"Tulis angka {self.low:g} sampai {self.high:g}.")
        self.data = float(text.replace(",", "."))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:g}" if self.data is not None else ""


class ColourField(StringField):
    data: str | None

    def pre_validate(self, form: Any) -> None:
        self.data = (self.data or "").lower()
        if not COLOUR.fullmatch(self.data):
            raise ValidationError("Pilih warna.")


class DesignForm(Form):
    """What belongs to the whole; `LayoutForm` adds the places."""

    name = StringField("Nama templat", [Required(), AtMost(80)])
    ground = ChoiceField("Latar", choices=GROUNDS)
    file = FileField(
        "Berkas latar",
        description=f"A4 mendatar: PDF, SVG, PNG, JPG, atau WebP, paling besar {LARGEST // 1024 // 1024} MB. "
        "PDF dengan garis dan huruf tertanam menghasilkan sertifikat paling kecil; foto dan SVG dicetak sebagai gambar.",
    )
    titles = BooleanField("Cetak gelar penanda tangan")
    appendix = BooleanField("Halaman kedua berisi struktur program")
    appendix_artwork = BooleanField("Hiasan bawaan pada halaman kedua")
    seen = HiddenField()

    def sent_file(self) -> bytes | None:
        """The bytes of the chosen file; its name counts for nothing."""
        if not self.file.data or not getattr(self.file.data, "filename", ""):
            return None
        content: bytes = self.file.data.read(LARGEST + 1)
        return content

    @property
    def seen_at(self) -> datetime:
        """The state that the page showed; of a page that lies, one that never was."""
        try:
            return datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _fields(key: str, kind: Kind) -> dict[str, Any]:
    """The fields of one kind, named `<key>_<what>`, in the order of the page."""
    made: dict[str, Any] = {} if kind.needed else {"on": BooleanField("Tampilkan")}
    if kind.written:
        made["text"] = StringField("Tulisan", [AtMost(300), printable])
    made["x"] = MillimetreField("Dari kiri (mm)", low=0, high=297)
    made["y"] = MillimetreField("Dari atas (mm)", low=0, high=210)
    if key != "seal":
        made["width"] = MillimetreField("Lebar (mm)", low=28 if key == "qr" else 10, high=60 if key == "qr" else 297)
    if key == "line":
        made["size"] = MillimetreField("Tebal (mm)", low=0.1, high=5)
    if not kind.drawn:
        made["align"] = ChoiceField("Rata", choices=SIDES)
        made["voice"] = ChoiceField("Huruf", choices=FONTS)
        made["size"] = MillimetreField("Ukuran (mm)", low=1.5, high=40)
        made["least"] = MillimetreField("Terkecil (mm)", low=1.5, high=40)
        made["lines"] = ChoiceField("Baris terbanyak", choices=ROWS)
        made["spacing"] = MillimetreField("Jarak huruf (mm)", low=0, high=10)
    if key == "line" or not kind.drawn:
        made["colour"] = ColourField("Warna")
    return {f"{key}_{what}": field for what, field in made.items()}


class _LayoutForm(DesignForm):
    def parts(self) -> list[tuple[str, Kind, list[Any]]]:
        """(key, kind, its fields) for the page."""
        return [(key, kind, [self[name] for name in _fields(key, kind)]) for key, kind in KINDS.items()]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        right = bool(super().validate(*args, **kwargs))
        for key, kind in KINDS.items():
            if not kind.drawn and not self.errors and self[f"{key}_least"].data > self[f"{key}_size"].data:
                self[f"{key}_least"].errors = ["Tidak boleh lebih besar daripada ukurannya."]
                right = False
        return right

    def layout(self, held: Layout) -> Layout:
        """What the form says; of a valid form only."""
        places = []
        for place in held.places:
            named = {
                name.removeprefix(f"{place.key}_"): self[name].data for name in _fields(place.key, KINDS[place.key])
            }
            named.pop("on", None)
            named |= {"lines": int(named["lines"])} if "lines" in named else {}
            places.append(replace(place, **named))
        off = {key for key, kind in KINDS.items() if not kind.needed and not self[f"{key}_on"].data}
        return Layout(
            places=tuple(places),
            off=frozenset(off),
            ground=Ground(self.ground.data),
            titles=self.titles.data,
            appendix=self.appendix.data,
            appendix_artwork=self.appendix_artwork.data,
        )


LayoutForm: type[_LayoutForm] = type(
    "LayoutForm", (_LayoutForm,), {name: f for key, kind in KINDS.items() for name, f in _fields(key, kind).items()}
)


def typed(layout: Layout) -> dict[str, Any]:
    """A layout as the form shows it."""
    found: dict[str, Any] = {
        "ground": layout.ground.value,
        "titles": layout.titles,
        "appendix": layout.appendix,
        "appendix_artwork": layout.appendix_artwork,
    }
    for place in layout.places:
        found[f"{place.key}_on"] = place.key not in layout.off
        for what in ("x", "y", "width", "align", "voice", "size", "least", "spacing", "colour", "text"):
            found[f"{place.key}_{what}"] = getattr(place, what)
        found[f"{place.key}_lines"] = str(place.lines)
    return found


class NewDesignForm(Form):
    name = StringField("Nama templat", [Required(), AtMost(80)])
    start = ChoiceField("Mulai dari", choices=[("", "Bawaan")], default="")
