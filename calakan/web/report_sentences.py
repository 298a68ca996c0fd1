"""Sentences about reports and their files. `messages` shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calakan.kernel import formats


def _headcounts(f: dict[str, Any]) -> str:
    shown = formats.joined([f"baris {number} ({column})" for number, column in f["lines"][:6]])
    more = f" Seluruhnya {formats.number(len(f['lines']))} baris." if len(f["lines"]) > 6 else ""
    return f"Tidak ada yang disimpan. Betulkan {shown}.{more}"


REPORT_SENTENCES: dict[str, str | Callable[[dict[str, Any]], str]] = {
    "diklat_needed": "Daftar hadir dibuat untuk satu diklat. Pilih diklatnya.",
    "too_many_exports": lambda f: (
        f"Masih ada {f['most']} berkas yang sedang dibuat. Tunggu atau batalkan salah satunya."
    ),
    "export_over": "Berkas ini sudah selesai atau sudah dihentikan.",
    "too_long_to_print": lambda f: (
        f"Lebih dari {formats.number(f.get('most', 10_000))} baris tidak dicetak. "
        "Persempit saringannya, atau pilih Excel."
    ),
    "too_long_for_sheet": lambda f: (
        f"Excel memuat paling banyak {formats.number(f.get('most', 1_048_575))} baris. "
        "Persempit saringannya, atau pilih CSV."
    ),
    "storage_full": "Penyimpanan penuh. Pembuatan dicoba lagi sendiri; hubungi admin bila tidak kunjung selesai.",
    "no_longer_allowed": "Peminta tidak lagi berhak atas daftar ini.",
    "format_not_offered": "Laporan bukti tersedia sebagai PDF atau Excel.",
    "already_scheduled": "Orang ini sudah menerima berkas itu tiap bulan.",
    "headcounts_wrong": _headcounts,
    "kind_not_allowed": "Daftar ini memuat nama orang. Hanya panitia dan admin yang dapat mengekspornya.",
}
