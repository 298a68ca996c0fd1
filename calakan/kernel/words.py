"""What the kernel's own refusals, roles and states of work are called."""

from __future__ import annotations

from calakan.kernel import errors
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.kernel.wording import Words

WORDS = Words(
    # Who stands where the name of somebody who was erased stood.
    phrases={"kernel.nobody": "Data dihapus"},
    sentences={
        errors.OwnCase: "Untuk diri sendiri, minta panitia lain yang memutuskan.",
        errors.NotFound: "Yang dicari tidak ditemukan.",
    },
    members={
        WorkState: {
            WorkState.PENDING: "Menunggu",
            WorkState.CLAIMED: "Dikerjakan",
            WorkState.PAUSED: "Dijeda",
            WorkState.SIGNING: "Menunggu tanda tangan",
            WorkState.HANDING: "Dikirim",
            WorkState.DONE: "Selesai",
            WorkState.FAILED: "Gagal",
            WorkState.UNCERTAIN: "Meragukan",
            WorkState.DROPPED: "Tidak jadi",
        },
        Role: {
            Role.PESERTA: "Peserta",
            Role.NARASUMBER: "Narasumber",
            Role.PANITIA: "Panitia",
            Role.KORWILCAM: "Korwilcam",
            Role.PIMPINAN: "Pimpinan",
            Role.ADMIN: "Admin",
        },
    },
)
