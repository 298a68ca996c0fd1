"""What keeps a paper from being issued, in the words of the board; the workers' own words are English."""

from __future__ import annotations

import re

from calakan.kernel import formats

FAILURES = {
    "a certificate needs a name": ("Namanya kosong.", "person"),
    "at most three people sign a certificate": ("Penanda tangan lebih dari tiga.", "settings"),
    "the head of a certificate has at most three lines": (
        "Nama program atau keterangannya terlalu panjang.",
        "settings",
    ),
}
HINDRANCES = {
    "SourceError": "Kunci tanda tangan sedang tidak dapat dipakai",
    "TimeStampError": "Layanan cap waktu sedang tidak menjawab",
}


def why_failed(error: str) -> tuple[str, str]:
    """What stopped a paper, and whose page mends it (`person` or `settings`)."""
    letters = [chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-F]{4,6})", error)]
    if letters:
        return f"Huruf {formats.joined(letters)} tidak dapat dicetak. Betulkan nama atau unit kerjanya.", "person"
    return FAILURES.get(error, ("Lembarnya tidak dapat dibuat; coba lagi, atau periksa data orangnya.", "person"))


def why_waiting(error: str) -> str:
    """What a paper waits for; `error` begins with the name of its class."""
    return HINDRANCES.get(error.partition(":")[0], "Penyimpanan di server sedang bermasalah")
