"""Sentences about the narasumber's side: busy times, materials, planning, questionnaires. `messages` shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BUSY = {
    "reversed": "Waktu selesai harus sesudah waktu mulai.",
    "long": "Satu waktu sibuk paling lama 60 hari.",
    "past": "Waktu itu sudah lewat.",
    "many": "Sudah ada 200 waktu sibuk. Hapus yang tidak perlu lagi.",
}
CALENDAR_ADDRESS = {
    "scheme": "Alamat kalender harus diawali https://",
    "address": "Alamat kalender ini tidak terbaca. Salin lagi seluruh alamatnya.",
    "private": "Alamat ini tidak berada di internet umum, jadi tidak dapat dibaca.",
}

SERVICE_SENTENCES: dict[str, str | Callable[[dict[str, Any]], str]] = {
    "holiday_exists": lambda f: f"Tanggal itu sudah ada dalam daftar: {f['name']}.",
    "busy_times_invalid": lambda f: BUSY[f["why"]],
    "calendar_address_invalid": lambda f: CALENDAR_ADDRESS[f["why"]],
}
