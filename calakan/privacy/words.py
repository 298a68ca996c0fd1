"""What the room calls its refusals, its acts and its letters."""

from __future__ import annotations

from calakan.kernel.wording import Words
from calakan.privacy import errors

WORDS = Words(
    phrases={
        "privacy.erased": "Data pribadi dihapus",
    },
    sentences={
        errors.ErasureNeedsReason: "Tulis alasan atau dasar penghapusannya.",
        errors.ErasureOfStaff: "Cabut dulu peran panitia, Korwilcam, pimpinan, atau adminnya.",
        errors.StillOnDuty: "Orang ini masih bertugas sebagai narasumber. Ganti narasumbernya lebih dulu.",
    },
    acts={
        "people.ask_erasure": "meminta penghapusan data",
        "people.erase": "menghapus data pribadi",
    },
    letters={
        "reports.erasure_asked": "Permintaan hapus data",
    },
)
