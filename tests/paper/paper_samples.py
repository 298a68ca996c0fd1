"""Facts and readers that the tests of the paper share."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
from PIL import Image

from calakan.paper import EventFacts, HolderFacts, ProgrammeRow, Signer, Template

MM = 72 / 25.4
HEIGHT = 210.0
AT = datetime(2026, 9, 12, 9, 30, tzinfo=UTC)
LONG_NAME = "Prof. Dr. K.H. Muhammad Ḥasan Asyʿari Ma’ruf Kusumawardhana Al-Banyumasi, S.Pd.SD., M.Pd., Gr."
LONG_TITLE = (
    "Penguatan Literasi dan Numerasi Berbasis Kearifan Lokal Banyumas bagi Guru Sekolah Dasar "
    "Kelas Awal Tahun Pelajaran 2026/2027"
)
LONG_UNIT = "SMP Negeri 3 Satu Atap Gumelar Pelosok Pegunungan Kabupaten Banyumas Jawa Tengah · Kecamatan Gumelar"
TOKEN_URL = "HTTPS://CALAKAN.EXAMPLE/PERIKSA/" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 7

EVENT = EventFacts(
    organisation=("BANYUMAS CALAKAN", "Program diklat gratis untuk guru Kabupaten Banyumas"),
    organiser="Banyumas Calakan",
    title="Numerasi Asyik dengan Benda di Sekitar",
    held_on="5 dan 12 September 2026",
    jp=6,
    jp_in_words="enam",
    issued="Purwokerto, 12 September 2026",
    programme=(
        ProgrammeRow("Bilangan di sekitar anak", "", "Siti Nur Hidayah, S.Pd.", "Sab, 5 Sep 2026, 13.00–15.15", 2),
        ProgrammeRow("Pojok numerasi dari barang bekas", "", "Siti Nur Hidayah, S.Pd.", "Sab, 12 Sep 2026", 2),
        ProgrammeRow("Praktik mandiri dan refleksi", "", "Bagus Prasetyo, S.Pd.", "6–11 Sep 2026", 2),
    ),
    signers=(Signer("Koordinator Program", "Ratri Kusumaningtyas, M.Pd."),),
    check_host="calakan.example/periksa",
    notes=("1 JP setara 45 menit. Kehadiran dicatat dengan kode hadir per sesi.",),
)
HOLDER = HolderFacts(
    name="Sri Mulyati, S.Pd.",
    unit="SDN 2 Cikidang Kulon · Kecamatan Cilongok",
    role="PESERTA",
    sentence="telah tuntas mengikuti diklat daring sebagai",
    number="BC/2026/0917/00318",
    check_url="https://calakan.example/periksa/BC-2026-0917-00318",
    attendance=("Hadir", "Tidak hadir", "Tuntas"),
)
SIGNERS = (
    Signer(
        "Kepala Dinas Pendidikan Kabupaten Banyumas",
        "Drs. H. Joko Wiyono Kusumaningrat, M.Si.",
        "Pembina Utama Muda (IV/c)",
        "19680101 199203 1 001",
    ),
    Signer("Ketua Banyumas Calakan", "Ratri Kusumaningtyas Wulandari Prabawati, M.Pd."),
    Signer("Ketua Panitia Pelaksana", "Ahmad Ṣidqī, S.Kom.", "Penata Muda (III/a)", "19900101 201903 1 002"),
)


def programme(count: int) -> tuple[ProgrammeRow, ...]:
    """So many rows in three groups, some with long titles."""
    titles = ("Merancang asesmen awal", "Praktik mengajar dan refleksi sejawat di sekolah selama dua pekan penuh")
    return tuple(
        ProgrammeRow(
            f"{titles[row % 2]} {row + 1}",
            ("Umum", "Pokok", "Penunjang")[3 * row // count],
            "Dra. Hj. Siti Nur Hidayah, S.Pd., M.Pd." if row % 3 == 0 else "Bagus Prasetyo, S.Pd.",
            "Sab, 12 Sep 2026, 13.00–15.15",
            1 + row % 3,
        )
        for row in range(count)
    )


def heavy(rows: int = 14, signers: int = 2) -> EventFacts:
    """A diklat that needs all the room."""
    return replace(
        EVENT,
        organisation=("PEMERINTAH KABUPATEN BANYUMAS", "DINAS PENDIDIKAN", "Program Banyumas Calakan"),
        title=LONG_TITLE,
        held_on="5, 12, 19, dan 26 September serta 3 Oktober 2026",
        held_at="secara hibrida di Aula Dinas Pendidikan Kabupaten Banyumas, Purwokerto Timur",
        jp=41,
        jp_in_words="empat puluh satu",
        programme=programme(rows),
        signers=SIGNERS[:signers],
        check_host="calakan.banyumaskab.example/periksa",
    )


def heavy_holder(rows: int = 14) -> HolderFacts:
    """A holder that needs all the room."""
    attendance = tuple(("Hadir", "Tidak hadir", "Tuntas")[row % 3] for row in range(rows))
    number = "800.2.5/12327/BPSDM/AKJ-26/VII/2026"
    return replace(
        HOLDER, name=LONG_NAME, unit=LONG_UNIT, number=number, attendance=attendance, revision=2, check_url=TOKEN_URL
    )


def render(event: EventFacts = EVENT, holder: HolderFacts = HOLDER) -> bytes:
    """One finished paper."""
    return Template(event).render(holder, created_at=AT)


def picture(pdf: bytes, page: int = 0, dpi: int = 150) -> Image.Image:
    """A page as an independent renderer paints it."""
    image: Image.Image = pypdfium2.PdfDocument(io.BytesIO(pdf))[page].render(scale=dpi / 72).to_pil()
    return image.convert("RGB")


def page_text(pdf: bytes, page: int = 0) -> str:
    """All characters of a page in the order of its content, blanks folded."""
    return " ".join(pypdfium2.PdfDocument(io.BytesIO(pdf))[page].get_textpage().get_text_bounded().split())
