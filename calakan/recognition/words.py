"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.kernel.wording import Words

WORDS = Words(
    acts_are_of="Pengakuan JP",
    acts={
        "recognition.write_letters": "membuat surat tugas",
    },
)
