"""What people search, copy and read: the printed words come out of the file exactly."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace

import pypdf
import pytest

from calakan.paper import Template, UndrawableError, undrawable
from tests.paper.paper_samples import (
    AT,
    EVENT,
    HOLDER,
    LONG_NAME,
    LONG_TITLE,
    LONG_UNIT,
    heavy,
    heavy_holder,
    page_text,
    render,
)

NAMES = [
    "Sri Mulyati, S.Pd.",
    "Suparno",
    "Ma'ruf Amin",
    "Ma’ruf ‘Abdullāh",
    "Ḥasan al-Baṣrī",
    "Asyʿari Raʾūf Ṭāhā Ḍiyāʾ Ẓāhir",
    "Nuʼman Saʻid",
    "Drs. H. Zoë Müller-Çelik, M.Si.",
    "Søren Đặng Ştefan Łukasz Ñandú",
    "Ɓuɗo Ɗan-Ɓaba",
    "R. Ngt. Kanjeng Dwi Wahyuningsih S. Kusumo-Wiranto, A.Ma.Pd.",
    "X",
    LONG_NAME,
    "dr. WIDYA “Wiwid” AYU, Sp.A (K)",
    "Muhammad" * 12,
]


@pytest.fixture(scope="module")
def template() -> Template:
    return Template(EVENT)


@pytest.mark.parametrize("name", NAMES)
def test_the_name_is_found_exactly(template: Template, name: str):
    pdf = template.render(replace(HOLDER, name=name), created_at=AT)
    printed = unicodedata.normalize("NFC", name)
    assert printed in page_text(pdf, 0)
    assert printed in page_text(pdf, 1)
    assert printed in folded(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text())


def folded(text: str) -> str:
    return " ".join(text.split())


def test_all_facts_of_page_one_are_found():
    text = page_text(render(heavy(), heavy_holder()), 0)
    for wanted in (
        LONG_NAME,
        LONG_TITLE,
        LONG_UNIT,
        "Nomor 800.2.5/12327/BPSDM/AKJ-26/VII/2026 · Revisi 2",
        "telah tuntas mengikuti diklat daring sebagai PESERTA",
        "pada 5, 12, 19, dan 26 September serta 3 Oktober 2026 secara hibrida di Aula",
        "dengan beban belajar 41 JP (empat puluh satu jam pelajaran).",
        "Purwokerto, 12 September 2026",
        "Kepala Dinas Pendidikan Kabupaten Banyumas",
        "Drs. H. Joko Wiyono Kusumaningrat, M.Si.",
        "NIP 19680101 199203 1 001",
        "calakan.banyumaskab.example/periksa",
        "ada pada halaman 2.",
    ):
        assert wanted in text


def test_all_facts_of_page_two_are_found():
    text = page_text(render(), 1)
    for wanted in (
        "Lampiran sertifikat BC/2026/0917/00318",
        "Numerasi Asyik dengan Benda di Sekitar",
        "Bilangan di sekitar anak",
        "Siti Nur Hidayah, S.Pd.",
        "13.00–15.15",
        "Jumlah",
        "1 JP setara 45 menit.",
        "Halaman 2 dari 2",
    ):
        assert wanted in text
    assert [text.count(word) for word in ("Hadir", "Tidak hadir", "Tuntas")] == [1, 1, 1]


def test_revision_is_printed_only_when_there_is_one(template: Template):
    assert "Revisi" not in page_text(template.render(HOLDER, created_at=AT))
    assert "Revisi 3" in page_text(template.render(replace(HOLDER, revision=3), created_at=AT))


def test_specimens_say_so_on_every_page():
    assert "CONTOH" not in page_text(render())
    pdf = render(replace(EVENT, specimen=True))
    assert all("CONTOH" in page_text(pdf, page).replace(" ", "") for page in (0, 1))


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("Siti\u200f Aminah\u200e", "Siti Aminah"),
        ("\u202eSiti\u202c Aminah", "Siti Aminah"),
        ("Siti\tAminah\r\n", "Siti Aminah"),
        ("Siti\u00a0\u2003Aminah", "Siti Aminah"),
        ("Si\u00adti A\u200dminah\x00\x07", "Siti Aminah"),
        ("\ufeffSiti Aminah", "Siti Aminah"),
        ("H\u0323asan", "Ḥasan"),
        ("Siti\u2028Aminah", "Siti Aminah"),
    ],
)
def test_invisible_characters_do_not_reach_the_paper(template: Template, given: str, printed: str):
    assert undrawable(given) == []
    text = page_text(template.render(replace(HOLDER, name=given), created_at=AT))
    assert f"{HOLDER.number} {printed} {HOLDER.unit}" in text


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Siti 😀 Aminah 😀", ["😀"]),
        ("محمد", ["م", "ح", "د"]),
        ("ꦱꦶꦠꦶ", ["ꦱ", "ꦶ", "ꦠ"]),
        ("Ж 王", ["Ж", "王"]),
        ("a\u0331\u0323", ["\u0331", "\u0323"]),
        ("\ue000\ud800", ["\ue000", "\ud800"]),
    ],
)
def test_what_no_font_draws_is_named_and_refused(template: Template, text: str, refused: list[str]):
    assert undrawable(text) == refused
    with pytest.raises(UndrawableError) as caught:
        template.render(replace(HOLDER, name=text), created_at=AT)
    assert caught.value.characters == refused


@pytest.mark.parametrize("name", NAMES)
def test_names_in_use_are_drawable(name: str):
    assert undrawable(name) == []


def test_every_field_is_checked(template: Template):
    for field in ("name", "unit", "role", "sentence", "number"):
        with pytest.raises(UndrawableError):
            template.tail(replace(HOLDER, **{field: "王"}), created_at=AT)
    with pytest.raises(UndrawableError):
        Template(replace(EVENT, title="王"))


def test_a_name_stays_in_one_typeface():
    reader = pypdf.PdfReader(io.BytesIO(render(EVENT, replace(HOLDER, name="Ɓuɗo Sastra, S.Pd."))))
    fonts: set[str] = set()

    def visit(text: str, _cm: object, _tm: object, font: dict[str, object] | None, _size: float) -> None:
        if "Sastra" in text and font:
            fonts.add(str(font["/BaseFont"]).partition("+")[2])

    reader.pages[0].extract_text(visitor_text=visit)
    assert fonts == {"BCReserve-SemiBold"}
